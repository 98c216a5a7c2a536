// SPDX-License-Identifier: Apache-2.0
#pragma once
// A small JSON file with what the user decided about plugins (trust.json, quarantine.json), kept with care.
//
// Missing: empty. Damaged, or changeable by other users: renamed out of the way with a message, and empty. One that cannot
// be read just now stays as it is: it reads as empty with a message, and a change is an error. A change
// reads the newest text under a lock shared with other processes, edits it, and puts a complete new file in place; keys
// that this version does not know are kept. Any thread; two processes may change at once.
//
//     StateFile file(stateFolder() / "trust.json");
//     json now = file.read(messages);
//     LATENT_CHECK(file.change([](json& all) { all["trusted"]["walk"] = …; }, messages));

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

class StateFile {
  public:
    explicit StateFile(std::filesystem::path file) : m_file(std::move(file)) {}

    const std::filesystem::path& path() const { return m_file; }
    /// Always an object.
    nlohmann::json read(std::vector<std::string>& messages) const;
    Status change(const std::function<void(nlohmann::json&)>& edit, std::vector<std::string>& messages) const;

  private:
    /// An object, or why the file cannot be read now.
    Result<nlohmann::json> readForChange(std::vector<std::string>& messages) const;

    std::filesystem::path m_file;
};

}  // namespace latent::engine
