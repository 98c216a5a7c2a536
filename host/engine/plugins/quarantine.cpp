// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/quarantine.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/files/sha256.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr const char* kKey = "quarantined";

std::string textAt(const json& record, const char* key) {
    return record.contains(key) && record[key].is_string() ? record[key].get<std::string>() : std::string();
}

}  // namespace

Quarantine::Quarantine(const std::filesystem::path& stateFolder, std::vector<std::string>& messages)
    : m_file(stateFolder / "quarantine.json") {
    const json all = m_file.read(messages);
    if (const auto records = all.find(kKey); records != all.end() && records->is_object())
        for (const auto& [sha256, record] : records->items())
            if (isSha256Hex(sha256) && record.is_object())
                m_records[sha256] = {textAt(record, "id"), textAt(record, "reason")};
}

std::optional<std::string> Quarantine::reason(const std::string& sha256) const {
    const auto it = m_records.find(sha256);
    if (it == m_records.end()) return std::nullopt;
    return it->second.reason;
}

Status Quarantine::add(const std::string& sha256, const std::string& id, const std::filesystem::path& library,
                       const std::string& reason) {
    m_records[sha256] = {id, reason};
    std::vector<std::string> messages;
    return m_file.change(
        [&](json& all) {
            json& records = all[kKey];
            if (!records.is_object()) records = json::object();
            records[sha256] = {
                {"id", id}, {"path", library.string()}, {"reason", reason}, {"since", std::time(nullptr)}};
        },
        messages);
}

Result<bool> Quarantine::release(const std::string& id) {
    bool found = false;
    std::vector<std::string> messages;
    LATENT_CHECK(m_file.change(
        [&](json& all) {
            json& records = all[kKey];
            if (!records.is_object()) records = json::object();
            for (auto it = records.begin(); it != records.end();) {
                const bool mine = it->is_object() && textAt(*it, "id") == id;
                found = found || mine;
                it = mine ? records.erase(it) : std::next(it);
            }
        },
        messages));
    std::erase_if(m_records, [&](const auto& entry) { return entry.second.id == id; });
    return found;
}

}  // namespace latent::engine
