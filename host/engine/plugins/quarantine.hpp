// SPDX-License-Identifier: Apache-2.0
#pragma once
// Libraries that crashed, hung, or took the program with them: set apart by hash until the user releases them.
//
// A new build has a new hash and so a new chance. Kept in quarantine.json in the state folder; one thread at a time,
// several processes.
//
//     Quarantine quarantine(stateFolder(), messages);
//     if (const auto reason = quarantine.reason(sha256)) refuse(*reason);

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/state_file.hpp"
#include "engine/result.hpp"

namespace latent::engine {

class Quarantine {
  public:
    Quarantine(const std::filesystem::path& stateFolder, std::vector<std::string>& messages);

    /// The sentence that was recorded when this library was set apart.
    std::optional<std::string> reason(const std::string& sha256) const;
    Status add(const std::string& sha256, const std::string& id, const std::filesystem::path& library,
               const std::string& reason);
    /// Releases every library of this id; false when there was none.
    Result<bool> release(const std::string& id);

  private:
    struct Record {
        std::string id;
        std::string reason;
    };
    StateFile m_file;
    std::map<std::string, Record> m_records;
};

}  // namespace latent::engine
