// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/hash_cache.hpp"

#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/bounded.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxCacheBytes = 4u << 20;
constexpr int kHashFormat = 1;

std::int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

HashCache::HashCache(std::filesystem::path file, std::chrono::milliseconds settle)
    : m_file(std::move(file)), m_settle(settle) {
    if (!fileExists(m_file)) return;
    const Result<std::string> bytes = readFile(m_file, kMaxCacheBytes);
    if (!bytes) return;
    const Result<json> value = parseJson(*bytes, "The hash cache " + m_file.string());
    if (!value) return;
    try {
        if (value->at("format") != kHashFormat) return;
        for (const auto& [path, k] : value->at("files").items()) {
            Known known{
                {k.at("device"), k.at("inode"), k.at("bytes"), k.at("modified_ns"), k.at("changed_ns")},
                k.at("sha256")};
            if (isSha256Hex(known.sha256)) m_known[path] = std::move(known);
        }
    } catch (const json::exception&) {
        m_known.clear();
    }
}

Result<std::string> HashCache::of(const LibraryFile& library) {
    const std::string path = library.path().string();
    if (const auto it = m_known.find(path); it != m_known.end() && it->second.identity == library.identity())
        return it->second.sha256;

    ++m_filesRead;
    LATENT_TRY(std::string sha256, library.sha256());
    m_changed = m_known.erase(path) > 0 || m_changed;
    const auto settle = std::chrono::duration_cast<std::chrono::nanoseconds>(m_settle).count();
    if (library.identity().changedNs + settle <= nowNs()) {
        m_known[path] = {library.identity(), sha256};
        m_changed = true;
    }
    return sha256;
}

void HashCache::save() {
    if (!m_changed) return;
    json files = json::object();
    for (const auto& [path, k] : m_known) {
        // A name that is not UTF-8 cannot be written as JSON; it is hashed at every start.
        if (!isUtf8(path)) continue;
        files[path] = {{"device", k.identity.device},        {"inode", k.identity.inode},
                       {"bytes", k.identity.bytes},          {"modified_ns", k.identity.modifiedNs},
                       {"changed_ns", k.identity.changedNs}, {"sha256", k.sha256}};
    }
    const std::string text = json{{"format", kHashFormat}, {"files", files}}.dump(1);
    if (makeFolders(m_file.parent_path(), 0700) && writeNew(m_file, text, 0600)) m_changed = false;
}

}  // namespace latent::engine
