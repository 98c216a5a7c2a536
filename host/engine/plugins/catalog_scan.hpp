// SPDX-License-Identifier: Apache-2.0
#pragma once
// One pass over the plugin folders: the order of the checks, and what each leaves in an entry. For PluginCatalog only.
//
// Manifest → duplicate → file, owner, mode, ELF → disabled, safe mode → trust → quarantine → cache or child →
// contributions. No code of a library runs before all but the last two have passed. One thread; used once.
//
//     CatalogScan scan(settings);
//     scan.run();
//     take(scan.plugins, scan.messages);

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/plugins/admission_cache.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/plugins/hash_cache.hpp"
#include "engine/plugins/quarantine.hpp"
#include "engine/plugins/search.hpp"
#include "engine/plugins/trust.hpp"

namespace latent::engine {

class CatalogScan {
  public:
    explicit CatalogScan(const CatalogSettings& settings);
    void run();

    std::vector<PluginEntry> plugins;
    std::vector<std::string> messages;
    int childrenStarted = 0;
    int librariesRead = 0;

  private:
    void takeLeftovers();
    void examine(const Candidate& candidate);
    void examineLibrary(PluginEntry& entry, const Manifest& manifest);
    Admission admitNow(const PluginEntry& entry, const Manifest& manifest, const LibraryFile& file);
    void settleContributions();

    const CatalogSettings& m_settings;
    TrustStore m_trust;
    Quarantine m_quarantine;
    HashCache m_hashes;
    AdmissionCache m_cache;
    std::map<std::string, std::filesystem::path> m_owners;  // plugin id → its first library
};

}  // namespace latent::engine
