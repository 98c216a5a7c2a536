// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whose code may run: libraries are trusted by the SHA-256 of their bytes.
//
// Ours are those in the bundled folder whose hash stands in plugins.sha256 there (written by the build and by the
// installation, in the format of sha256sum). All others the user trusts by name; the hash of that moment is kept in
// trust.json, so a library that changes has to be trusted again. trust.json also lists the plugins that the user
// disabled. One thread at a time; the file may be changed by several processes.
//
//     TrustStore trust(stateFolder(), bundled, messages);
//     if (!trust.isOurs(library, sha256) && trust.of("walk", sha256) != Trust::Trusted) …

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/plugins/state_file.hpp"
#include "engine/result.hpp"

namespace latent::engine {

enum class Trust { Trusted, Changed, Unknown };

/// The name under which a plugin's panel library is on record beside the plugin itself; no plugin can have it.
inline std::string panelTrustId(const std::string& plugin) { return plugin + "_panel"; }
/// The same of its LibTorch part.
inline std::string torchTrustId(const std::string& plugin) { return plugin + "/torch"; }

class TrustStore {
  public:
    TrustStore(const std::filesystem::path& stateFolder, const std::filesystem::path& bundled,
               std::vector<std::string>& messages);

    bool isOurs(const std::filesystem::path& library, const std::string& sha256) const;
    Trust of(const std::string& id, const std::string& sha256) const;
    bool isDisabled(const std::string& id) const { return m_disabled.count(id) > 0; }

    Status trust(const std::string& id, const std::filesystem::path& library, const std::string& sha256);
    Status setDisabled(const std::string& id, bool disabled);

  private:
    void readUser(std::vector<std::string>& messages);
    void readBundled(std::vector<std::string>& messages);

    StateFile m_file;
    std::filesystem::path m_bundled;
    std::map<std::string, std::string> m_ours;     // file name → hash
    std::map<std::string, std::string> m_trusted;  // id → hash
    std::set<std::string> m_disabled;
};

}  // namespace latent::engine
