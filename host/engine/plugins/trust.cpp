// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/trust.hpp"

#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/plugins/library_file.hpp"

namespace latent::engine {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
constexpr std::size_t kMaxListBytes = 1u << 20;
constexpr const char* kBundledList = "plugins.sha256";

/// The value at `key` if it is of the wanted kind, made so otherwise: what this version does not know stays.
json& member(json& object, const char* key, json::value_t kind) {
    json& value = object[key];
    if (value.type() != kind) value = json(kind);
    return value;
}

}  // namespace

TrustStore::TrustStore(const fs::path& stateFolder, const fs::path& bundled, std::vector<std::string>& messages)
    : m_file(stateFolder / "trust.json"), m_bundled(bundled) {
    readUser(messages);
    readBundled(messages);
}

void TrustStore::readUser(std::vector<std::string>& messages) {
    const json all = m_file.read(messages);
    if (const auto trusted = all.find("trusted"); trusted != all.end() && trusted->is_object())
        for (const auto& [id, record] : trusted->items())
            if (record.is_object() && record.contains("sha256") && record["sha256"].is_string())
                m_trusted[id] = record["sha256"].get<std::string>();
    if (const auto disabled = all.find("disabled"); disabled != all.end() && disabled->is_array())
        for (const json& id : *disabled)
            if (id.is_string()) m_disabled.insert(id.get<std::string>());
}

void TrustStore::readBundled(std::vector<std::string>& messages) {
    const fs::path list = m_bundled / kBundledList;
    if (m_bundled.empty() || !fileExists(list)) return;
    // Who could change the list could make anything ours.
    for (const fs::path& path : {list, m_bundled}) {
        if (const Status safe = checkOwnerAndMode(path); !safe) {
            messages.push_back(safe.error().message + " Its plugins count as untrusted until then.");
            return;
        }
    }
    const Result<std::string> text = readFile(list, kMaxListBytes);
    if (!text) {
        messages.push_back(text.error().message);
        return;
    }
    std::istringstream lines(*text);
    std::string hash, name;
    while (lines >> hash >> name)
        if (isSha256Hex(hash)) m_ours[name] = hash;
}

bool TrustStore::isOurs(const fs::path& library, const std::string& sha256) const {
    if (library.parent_path() != m_bundled) return false;
    const auto it = m_ours.find(library.filename().string());
    return it != m_ours.end() && it->second == sha256;
}

Trust TrustStore::of(const std::string& id, const std::string& sha256) const {
    const auto it = m_trusted.find(id);
    if (it == m_trusted.end()) return Trust::Unknown;
    return it->second == sha256 ? Trust::Trusted : Trust::Changed;
}

Status TrustStore::trust(const std::string& id, const fs::path& library, const std::string& sha256) {
    std::vector<std::string> messages;
    LATENT_CHECK(m_file.change(
        [&](json& all) {
            json& record = member(member(all, "trusted", json::value_t::object), id.c_str(), json::value_t::object);
            record["path"] = library.string();
            record["sha256"] = sha256;
            record["since"] = std::time(nullptr);
        },
        messages));
    m_trusted[id] = sha256;
    return ok();
}

Status TrustStore::setDisabled(const std::string& id, bool disabled) {
    std::vector<std::string> messages;
    LATENT_CHECK(m_file.change(
        [&](json& all) {
            json& list = member(all, "disabled", json::value_t::array);
            json kept = json::array();
            for (const json& other : list)
                if (other != id) kept.push_back(other);
            if (disabled) kept.push_back(id);
            list = std::move(kept);
        },
        messages));
    if (disabled)
        m_disabled.insert(id);
    else
        m_disabled.erase(id);
    return ok();
}

}  // namespace latent::engine
