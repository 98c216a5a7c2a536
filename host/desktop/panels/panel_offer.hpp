// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What plugins offer to show runs of an experiment with: their own panels, by their manifests alone.
//
// Cheap: reads the catalog, runs no code, opens no file. Whether a library may be loaded is found out when a panel is
// opened; what is known before (the plugin is disabled) stands in `sentence`. Plain values; any thread.
//
//     for (const PanelOffer& offer : panelsFor(bench.catalog(), "sim/theory"))
//         menu->addAction(offer.title, this, [=, this] { show(openPanel(offer, m_source, this, run)); });

#include <QString>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

struct PanelOffer {
    std::string id;       ///< "sim/hypercube"
    std::string plugin;   ///< "concept_space"
    QString title, summary;
    std::filesystem::path manifest;
    QString sentence;     ///< why it cannot be opened now; empty: it can be tried
};

/// In the order of the plugins and of their manifests.
std::vector<PanelOffer> panelsFor(const engine::PluginCatalog& catalog, std::string_view experiment);

}  // namespace latent::desktop
