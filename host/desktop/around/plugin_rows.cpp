// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/plugin_rows.hpp"

#include <QCoreApplication>

#include "engine/files/operations.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/quarantine.hpp"
#include "engine/plugins/trust.hpp"

namespace latent::desktop {
namespace {

using engine::PluginState;
using engine::Status;

class PluginRowWords {
    Q_DECLARE_TR_FUNCTIONS(PluginRows)
};

/// Its hash, and whether that may be loaded: `changed` and `unknown` say why not.
SideLibrary lookAt(const std::filesystem::path& file, const std::string& trustId,
                   const engine::PluginEntry& entry, const engine::TrustStore& trust, const QString& changed,
                   const QString& unknown) {
    SideLibrary side;
    if (!engine::fileExists(file)) return side;
    side.file = file;
    const auto sha256 = [&]() -> engine::Result<std::string> {
        LATENT_TRY(const engine::LibraryFile opened, engine::LibraryFile::open(file));
        return opened.sha256();
    }();
    if (!sha256) {
        side.sentence = sha256.error().message;
        return side;
    }
    side.sha256 = *sha256;
    if (entry.state == PluginState::Disabled || trust.isOurs(file, *sha256)) return side;
    const engine::Trust known = trust.of(trustId, *sha256);
    side.isUntrusted = known != engine::Trust::Trusted;
    if (side.isUntrusted) side.sentence = (known == engine::Trust::Changed ? changed : unknown).toStdString();
    return side;
}

void lookAtPanels(PluginRow& row, const engine::CatalogSettings& settings, const engine::TrustStore& trust,
                  const engine::Quarantine& quarantine) {
    const engine::PluginEntry& entry = row.entry;
    if (entry.panels.empty()) return;
    const std::string id = engine::panelTrustId(entry.id);
    row.panel = lookAt(entry.manifest.parent_path() / (id + ".so"), id, entry, trust,
                       PluginRowWords::tr("Its panel library has changed since you trusted it."),
                       PluginRowWords::tr("Its panel library is not trusted yet."));
    if (row.panel.sha256.empty() || entry.state == PluginState::Disabled) return;
    if (settings.safeMode) {
        row.panel.isUntrusted = false;
        row.panel.sentence = PluginRowWords::tr("Panels are not shown in safe mode.").toStdString();
    } else if (const auto reason = quarantine.reason(row.panel.sha256); reason && !row.panel.isUntrusted) {
        row.panelQuarantined = true;
        row.panel.sentence = *reason;
    }
}

}  // namespace

PluginScan scanPlugins(const engine::CatalogSettings& settings) {
    const engine::PluginCatalog catalog = engine::PluginCatalog::scan(settings);
    PluginScan scan{{}, catalog.messages()};
    std::vector<std::string> known;  // the catalog has told of the same files
    const engine::TrustStore trust(settings.stateFolder, settings.bundled, known);
    const engine::Quarantine quarantine(settings.stateFolder, known);
    for (const engine::PluginEntry& entry : catalog.plugins()) {
        PluginRow row;
        row.entry = entry;
        lookAtPanels(row, settings, trust, quarantine);
        // Whether it loads, and sees a GPU, is found out when a run asks for one.
        row.torch =
            lookAt(entry.manifest.parent_path() / (entry.id + "_torch.so"), engine::torchTrustId(entry.id),
                   entry, trust, PluginRowWords::tr("Its library for GPUs has changed since you trusted it."),
                   PluginRowWords::tr("Its library for GPUs is not trusted yet."));
        scan.rows.push_back(std::move(row));
    }
    return scan;
}

Status trustExactly(const PluginRow& row, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::TrustStore store(settings.stateFolder, settings.bundled, messages);
    if (!row.entry.sha256.empty())
        LATENT_CHECK(store.trust(row.entry.id, row.entry.library, row.entry.sha256));
    if (!row.panel.sha256.empty())
        LATENT_CHECK(store.trust(engine::panelTrustId(row.entry.id), row.panel.file, row.panel.sha256));
    if (!row.torch.sha256.empty())
        LATENT_CHECK(store.trust(engine::torchTrustId(row.entry.id), row.torch.file, row.torch.sha256));
    return engine::ok();
}

Status releasePlugin(const PluginRow& row, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::Quarantine quarantine(settings.stateFolder, messages);
    LATENT_TRY(const bool found, quarantine.release(row.entry.id));
    if (!found)
        return engine::badRequest(PluginRowWords::tr("It is not quarantined any more.").toStdString());
    return engine::ok();
}

Status setPluginDisabled(const PluginRow& row, bool disabled, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::TrustStore store(settings.stateFolder, settings.bundled, messages);
    return store.setDisabled(row.entry.id, disabled);
}

}  // namespace latent::desktop
