// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every plugin that was found, what became of it, and what it contributes: what `latent plugins`, the plugin manager
// and everything that looks an experiment up ask.
//
// scan() never fails: a plugin that cannot be used is an entry with one plain sentence, and the others work. With a warm
// cache it reads manifests and a few small files, loads no library and starts no child. One thread at a time; a few
// hundred milliseconds per plugin that is new.
//
//     PluginCatalog catalog = PluginCatalog::scan(CatalogSettings::standard());
//     LATENT_TRY(auto found, catalog.experiment("sim/theory"));
//     LATENT_TRY(LoadedPlugin plugin, loadPlugin(*found.plugin));

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/admission.hpp"
#include "engine/plugins/contribution.hpp"
#include "engine/plugins/descriptor.hpp"
#include "engine/plugins/manifest.hpp"
#include "engine/result.hpp"

namespace latent::engine {

enum class PluginState { Usable, Refused, Untrusted, Disabled, Quarantined };
std::string_view nameOf(PluginState state);  ///< "usable", "refused", …

struct PluginEntry {
    std::string id;
    std::string version;
    std::string title;
    std::string summary;
    std::filesystem::path manifest;
    std::filesystem::path library;
    std::string sha256;  ///< of the library; empty when it could not be read
    bool ours = false;
    PluginState state = PluginState::Refused;
    std::string sentence;  ///< why it cannot be used; empty when usable
    /// Ids by kind that the manifest names, known also when the plugin cannot be used.
    std::map<std::string, std::set<std::string>> declared;
    std::map<std::string, std::set<std::string>> opens;  ///< by probe: see Manifest
    /// The experiments and data sources whose runs a probe opens; null where the manifest does not say.
    const std::set<std::string>* opensOf(const std::string& probe) const {
        const auto found = opens.find(probe);
        return found == opens.end() ? nullptr : &found->second;
    }
    std::set<std::string> cuda;         ///< experiments that compute on a GPU when they are asked to
    std::vector<DeclaredPanel> panels;  ///< of the first plugin of its id; admitted by the desktop, not here
    DescriptorFacts descriptor;         ///< filled when usable
    std::vector<Contribution> contributions;  ///< filled when usable
};

struct CatalogSettings {
    std::vector<std::filesystem::path> folders;  ///< in order; the first plugin of an id wins
    std::filesystem::path bundled;  ///< the one with plugins.sha256; usually also the last of `folders`
    std::filesystem::path stateFolder;
    std::filesystem::path cacheFolder;
    bool safeMode = false;  ///< only ours
    AdmissionSettings admission;
    std::chrono::milliseconds hashSettle = std::chrono::seconds(2);  ///< see HashCache

    /// The folders of this user and this program.
    static CatalogSettings standard(bool safeMode = false);
};

class PluginCatalog {
  public:
    static PluginCatalog scan(CatalogSettings settings);

    const std::vector<PluginEntry>& plugins() const { return m_plugins; }
    /// What was noticed on the way: damaged files set aside, folders that cannot be read.
    const std::vector<std::string>& messages() const { return m_messages; }
    /// How much the last scan had to do; both are 0 with a warm cache.
    int childrenStarted() const { return m_childrenStarted; }
    int librariesRead() const { return m_librariesRead; }

    struct Found {
        const PluginEntry* plugin;
        const Contribution* contribution;
    };
    /// Usable contributions of a kind ("experiment", …; empty: all), in the order of the plugins.
    std::vector<Found> contributions(std::string_view kind = {}) const;
    /// Refused (exit 2) with the reason when there is none of that id, or when its plugin cannot be used.
    Result<Found> experiment(std::string_view id) const { return contribution("experiment", id); }
    Result<Found> probe(std::string_view id) const { return contribution("probe", id); }
    Result<Found> dataSource(std::string_view id) const { return contribution("data_source", id); }
    Result<Found> contribution(std::string_view kind, std::string_view id) const;
    Result<const PluginEntry*> find(std::string_view id) const;

    /// Each changes what is on record and scans again; pointers into the catalog are void after. A plugin's panel library
    /// is trusted and released with it.
    Status trust(const std::string& id);
    Status release(const std::string& id);
    Status disable(const std::string& id);
    Status enable(const std::string& id);

  private:
    void rescan();
    CatalogSettings m_settings;
    std::vector<PluginEntry> m_plugins;
    std::vector<std::string> m_messages;
    int m_childrenStarted = 0;
    int m_librariesRead = 0;
};

}  // namespace latent::engine
