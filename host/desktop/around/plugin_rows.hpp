// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The plugins as the manager shows them: an entry of the catalog with what became of the libraries beside it, and the changes
// that a person may ask for. Everything here reads files and may start children: any thread but the UI thread.
//
//     const PluginScan scan = scanPlugins(settings);
//     LATENT_CHECK(trustExactly(scan.rows[0], settings));      // the bytes whose hashes the row holds, no others

#include <string>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

/// One that stands beside the plugin's own library.
struct SideLibrary {
    std::filesystem::path file;  ///< empty when the plugin has none
    std::string sha256;
    std::string sentence;  ///< why it is not used although the plugin may work; empty: it may be
    bool isUntrusted = false;
};

struct PluginRow {
    engine::PluginEntry entry;
    SideLibrary panel, torch;  ///< of its panels; of what computes on a GPU
    bool panelQuarantined = false;

    bool needsTrust() const {
        return entry.state == engine::PluginState::Untrusted || panel.isUntrusted || torch.isUntrusted;
    }
    bool isQuarantined() const { return entry.state == engine::PluginState::Quarantined || panelQuarantined; }
};

struct PluginScan {
    std::vector<PluginRow> rows;
    std::vector<std::string> messages;  ///< what was noticed on the way
};

PluginScan scanPlugins(const engine::CatalogSettings& settings);

/// Trusts the hashes that the row holds. A file that has changed since stays untrusted.
engine::Status trustExactly(const PluginRow& row, const engine::CatalogSettings& settings);
engine::Status releasePlugin(const PluginRow& row, const engine::CatalogSettings& settings);
engine::Status setPluginDisabled(const PluginRow& row, bool disabled,
                                 const engine::CatalogSettings& settings);

}  // namespace latent::desktop
