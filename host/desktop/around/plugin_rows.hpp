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

struct PluginRow {
    engine::PluginEntry entry;
    std::filesystem::path panelLibrary;  ///< empty when it has none
    std::string panelSha256;
    std::string
        panelSentence;  ///< why its panels cannot be shown although the plugin may work; empty: they can
    bool panelQuarantined = false, panelUntrusted = false;
    std::filesystem::path torchLibrary;  ///< what computes on a GPU; empty when it has none
    std::string torchSha256;
    std::string torchSentence;  ///< why it does not compute on a GPU although it might; empty: it may
    bool torchUntrusted = false;

    bool needsTrust() const {
        return entry.state == engine::PluginState::Untrusted || panelUntrusted || torchUntrusted;
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
