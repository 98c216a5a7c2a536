// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/catalog.hpp"

#include <utility>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/plugins/catalog_scan.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/quarantine.hpp"
#include "engine/plugins/search.hpp"
#include "engine/plugins/trust.hpp"

namespace latent::engine {
namespace {

std::string kindWords(std::string_view kind) {
    return kind == "data_source" ? "data source" : std::string(kind);
}

/// "/a/b/" and "/a/./b" are the same folder.
std::filesystem::path plain(const std::filesystem::path& folder) {
    std::filesystem::path path = folder.lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

struct Trusted {
    std::string id;
    std::filesystem::path library;
    std::string sha256;
};

/// False where it is sure that the scan passed it by: without a manifest that can be used, without a library, or not looked
/// at in safe mode. An owner whose library is refused has no hash either.
bool mayOwnId(const PluginEntry& entry) {
    if (!entry.sha256.empty()) return true;
    if (entry.version.empty() || entry.state == PluginState::Disabled) return false;
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(entry.library, error));
}

/// As it lies there now, and passes the checks.
Status read(const std::string& id, const std::filesystem::path& library, std::vector<Trusted>& all) {
    LATENT_TRY(const LibraryFile file, LibraryFile::open(library));
    LATENT_TRY(const std::string sha256, file.sha256());
    all.push_back({id, library, sha256});
    return ok();
}

}  // namespace

std::string_view nameOf(PluginState state) {
    switch (state) {
        case PluginState::Usable:
            return "usable";
        case PluginState::Refused:
            return "refused";
        case PluginState::Untrusted:
            return "untrusted";
        case PluginState::Disabled:
            return "disabled";
        case PluginState::Quarantined:
            return "quarantined";
    }
    return "refused";
}

CatalogSettings CatalogSettings::standard(bool safeMode) {
    CatalogSettings settings;
    settings.safeMode = safeMode;
    settings.bundled = bundledPluginFolder(programFile());
    settings.folders = pluginFolders(settings.bundled);
    settings.stateFolder = latent::engine::stateFolder();
    settings.cacheFolder = latent::engine::cacheFolder();
    // Compute libraries are examined by the program that would run them: the desktop, which stands beside it, does not know
    // how, and would start as a whole instead.
    const std::filesystem::path latent = programFile().parent_path() / "latent";
    if (fileExists(latent)) settings.admission.program = latent;
    return settings;
}

PluginCatalog PluginCatalog::scan(CatalogSettings settings) {
    PluginCatalog catalog;
    catalog.m_settings = std::move(settings);
    catalog.m_settings.bundled = plain(catalog.m_settings.bundled);
    for (auto& folder : catalog.m_settings.folders) folder = plain(folder);
    catalog.rescan();
    return catalog;
}

void PluginCatalog::rescan() {
    CatalogScan scan(m_settings);
    scan.run();
    m_plugins = std::move(scan.plugins);
    m_messages = std::move(scan.messages);
    m_childrenStarted = scan.childrenStarted;
    m_librariesRead = scan.librariesRead;
}

std::vector<PluginCatalog::Found> PluginCatalog::contributions(std::string_view kind) const {
    std::vector<Found> all;
    for (const PluginEntry& plugin : m_plugins)
        for (const Contribution& c : plugin.contributions)
            if (c.refusal.empty() && (kind.empty() || c.kind == kind)) all.push_back({&plugin, &c});
    return all;
}

Result<PluginCatalog::Found> PluginCatalog::contribution(std::string_view kind, std::string_view id) const {
    std::vector<std::string> known;
    for (const Found& found : contributions(kind)) {
        if (found.contribution->id == id) return found;
        known.push_back(found.contribution->id);
    }
    const std::string what = "The " + kindWords(kind) + " \"" + std::string(id) + "\"";
    for (const PluginEntry& plugin : m_plugins) {
        for (const Contribution& c : plugin.contributions)
            if (c.kind == kind && c.id == id) return badRequest(what + " cannot be used: " + c.refusal);
        const auto declared = plugin.declared.find(std::string(kind));
        if (plugin.state != PluginState::Usable && declared != plugin.declared.end() &&
            declared->second.count(std::string(id)))
            return badRequest(what + " is part of the plugin \"" + plugin.id +
                              "\", which cannot be used now: " + plugin.sentence);
    }
    const std::string near = didYouMean(id, known);
    return badRequest(
        what + " is not known" +
        (near.empty() ? "; \"latent experiments\" and \"latent plugins\" list what there is." : near));
}

Result<const PluginEntry*> PluginCatalog::find(std::string_view id) const {
    std::vector<std::string> known;
    const PluginEntry* found = nullptr;
    for (const PluginEntry& plugin : m_plugins) {
        known.push_back(plugin.id);
        if (plugin.id != id) continue;
        // Of several the one that owns the id: the others are not in use.
        if (!found || !plugin.sha256.empty() || !mayOwnId(*found)) found = &plugin;
    }
    if (found) return found;
    const std::string near = didYouMean(id, known);
    return badRequest("There is no plugin \"" + std::string(id) + "\"" +
                      (near.empty() ? "; \"latent plugins\" lists those that were found." : near));
}

Status PluginCatalog::trust(const std::string& id) {
    LATENT_TRY(const PluginEntry* plugin, find(id));
    // What came with the plugin, for its panels or for LibTorch, is trusted with it: one question, and all of it or none.
    std::vector<Trusted> all;
    LATENT_CHECK(read(id, plugin->library, all));
    const std::filesystem::path folder = plugin->manifest.parent_path();
    const std::filesystem::path panel = folder / (id + "_panel.so"), part = folder / (id + "_torch.so");
    if (!plugin->panels.empty() && fileExists(panel)) LATENT_CHECK(read(panelTrustId(id), panel, all));
    if (fileExists(part)) LATENT_CHECK(read(torchTrustId(id), part, all));
    std::vector<std::string> messages;
    TrustStore store(m_settings.stateFolder, m_settings.bundled, messages);
    for (const Trusted& one : all) LATENT_CHECK(store.trust(one.id, one.library, one.sha256));
    rescan();
    return ok();
}

Status PluginCatalog::release(const std::string& id) {
    std::vector<std::string> messages;
    Quarantine quarantine(m_settings.stateFolder, messages);
    LATENT_TRY(const bool found, quarantine.release(id));
    if (!found) return badRequest("No plugin \"" + id + "\" is quarantined.");
    rescan();
    return ok();
}

Status PluginCatalog::disable(const std::string& id) {
    LATENT_TRY(const PluginEntry* plugin, find(id));
    std::vector<std::string> messages;
    TrustStore store(m_settings.stateFolder, m_settings.bundled, messages);
    LATENT_CHECK(store.setDisabled(plugin->id, true));
    rescan();
    return ok();
}

Status PluginCatalog::enable(const std::string& id) {
    std::vector<std::string> messages;
    TrustStore store(m_settings.stateFolder, m_settings.bundled, messages);
    if (!store.isDisabled(id)) return badRequest("No plugin \"" + id + "\" is disabled.");
    LATENT_CHECK(store.setDisabled(id, false));
    rescan();
    return ok();
}

}  // namespace latent::engine
