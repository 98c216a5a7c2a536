// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_offer.hpp"

namespace latent::desktop {

std::vector<PanelOffer> panelsFor(const engine::PluginCatalog& catalog, std::string_view experiment) {
    std::vector<PanelOffer> offers;
    for (const engine::PluginEntry& plugin : catalog.plugins()) {
        for (const engine::DeclaredPanel& panel : plugin.panels) {
            if (!panel.experiments.count(std::string(experiment))) continue;
            PanelOffer offer{panel.id,
                             plugin.id,
                             QString::fromStdString(panel.title),
                             QString::fromStdString(panel.summary),
                             plugin.manifest,
                             {}};
            // A compute library that cannot be used here (no LibTorch, say) is no reason not to look at runs.
            if (plugin.state == engine::PluginState::Disabled)
                offer.sentence = QString::fromStdString(plugin.sentence);
            offers.push_back(std::move(offer));
        }
    }
    return offers;
}

}  // namespace latent::desktop
