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

std::string said(const char* text) { return QCoreApplication::translate("PluginRows", text).toStdString(); }

void lookAtPanels(PluginRow& row, const engine::CatalogSettings& settings, const engine::TrustStore& trust,
                  const engine::Quarantine& quarantine) {
    const engine::PluginEntry& entry = row.entry;
    const std::string id = engine::panelTrustId(entry.id);
    const std::filesystem::path library = entry.manifest.parent_path() / (id + ".so");
    if (entry.panels.empty() || !engine::fileExists(library)) return;
    row.panelLibrary = library;
    const auto refuse = [&row](const engine::Error& error) { row.panelSentence = error.message; };
    const auto file = engine::LibraryFile::open(library);
    if (!file) return refuse(file.error());
    const auto sha256 = file->sha256();
    if (!sha256) return refuse(sha256.error());
    row.panelSha256 = *sha256;
    if (entry.state == PluginState::Disabled) return;
    if (settings.safeMode) {
        row.panelSentence = said("Panels are not shown in safe mode.");
    } else if (!trust.isOurs(library, *sha256) && trust.of(id, *sha256) != engine::Trust::Trusted) {
        row.panelUntrusted = true;
        row.panelSentence = trust.of(id, *sha256) == engine::Trust::Changed
                                ? said("Its panel library has changed since you trusted it.")
                                : said("Its panel library is not trusted yet.");
    } else if (const auto reason = quarantine.reason(*sha256)) {
        row.panelQuarantined = true;
        row.panelSentence = *reason;
    }
}

/// Whether it loads, and sees a GPU, is found out when a run asks for one.
void lookAtTorchPart(PluginRow& row, const engine::TrustStore& trust) {
    const engine::PluginEntry& entry = row.entry;
    const std::filesystem::path library = entry.manifest.parent_path() / (entry.id + "_torch.so");
    if (!engine::fileExists(library)) return;
    row.torchLibrary = library;
    const auto refuse = [&row](const engine::Error& error) { row.torchSentence = error.message; };
    const auto file = engine::LibraryFile::open(library);
    if (!file) return refuse(file.error());
    const auto sha256 = file->sha256();
    if (!sha256) return refuse(sha256.error());
    row.torchSha256 = *sha256;
    if (entry.state == PluginState::Disabled || trust.isOurs(library, *sha256)) return;
    const engine::Trust known = trust.of(engine::torchTrustId(entry.id), *sha256);
    if (known == engine::Trust::Trusted) return;
    row.torchUntrusted = true;
    row.torchSentence = known == engine::Trust::Changed
                            ? said("Its library for GPUs has changed since you trusted it.")
                            : said("Its library for GPUs is not trusted yet.");
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
        lookAtTorchPart(row, trust);
        scan.rows.push_back(std::move(row));
    }
    return scan;
}

Status trustExactly(const PluginRow& row, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::TrustStore store(settings.stateFolder, settings.bundled, messages);
    if (!row.entry.sha256.empty())
        LATENT_CHECK(store.trust(row.entry.id, row.entry.library, row.entry.sha256));
    if (!row.panelSha256.empty())
        LATENT_CHECK(store.trust(engine::panelTrustId(row.entry.id), row.panelLibrary, row.panelSha256));
    if (!row.torchSha256.empty())
        LATENT_CHECK(store.trust(engine::torchTrustId(row.entry.id), row.torchLibrary, row.torchSha256));
    return engine::ok();
}

Status releasePlugin(const PluginRow& row, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::Quarantine quarantine(settings.stateFolder, messages);
    LATENT_TRY(const bool found, quarantine.release(row.entry.id));
    if (!found) return engine::badRequest(said("It is not quarantined any more."));
    return engine::ok();
}

Status setPluginDisabled(const PluginRow& row, bool disabled, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    engine::TrustStore store(settings.stateFolder, settings.bundled, messages);
    return store.setDisabled(row.entry.id, disabled);
}

}  // namespace latent::desktop
