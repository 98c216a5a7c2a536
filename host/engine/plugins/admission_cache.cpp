// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/admission_cache.hpp"

#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/bounded.hpp"
#include "latent/abi/descriptor.h"
#include "latent/version.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
using Outcome = Admission::Outcome;
constexpr int kFormat = 3;  // raised whenever admission judges differently
constexpr std::size_t kMaxEntryBytes = kMaxDescriptionBytes + (1u << 20);

}  // namespace

AdmissionCache::AdmissionCache(const std::filesystem::path& cacheFolder, std::string torchVersion,
                               std::uint32_t qtVersion)
    : m_folder(cacheFolder / "plugins"), m_torchVersion(std::move(torchVersion)), m_qtVersion(qtVersion) {}

std::filesystem::path AdmissionCache::fileOf(const Manifest& manifest, const std::string& sha256) const {
    const json key = {
        kFormat,          sha256,           manifest.sha256,  manifest.file.string(), LATENT_SDK_VERSION,
        LATENT_TOOLCHAIN, LATENT_ABI_MAJOR, LATENT_ABI_MINOR, m_torchVersion,         m_qtVersion};
    const std::string text = key.dump(-1, ' ', false, json::error_handler_t::replace);
    return m_folder / (manifest.id + "-" + sha256Hex(text).substr(0, 32) + ".json");
}

std::optional<Admission> AdmissionCache::find(const Manifest& manifest, const std::string& sha256) const {
    const auto file = fileOf(manifest, sha256);
    if (!fileExists(file)) return std::nullopt;
    const auto bytes = readFile(file, kMaxEntryBytes);
    if (!bytes) return std::nullopt;
    const std::string what = "The cached description " + file.string();
    const auto value = parseJson(*bytes, what, {.bytes = kMaxEntryBytes, .depth = 66});
    if (!value || !value->is_object()) return std::nullopt;

    Admission known;
    if (const auto refusal = value->find("refused"); refusal != value->end()) {
        if (!refusal->is_string()) return std::nullopt;
        known.outcome = Outcome::Refused;
        known.sentence = refusal->get<std::string>();
        return known;
    }
    auto facts = descriptorFromJson(value->value("descriptor", json()), what);
    auto contributions = readContributions(value->value("contributions", json()), what);
    if (!facts || !contributions) return std::nullopt;
    if (!checkDescriptor(*facts,
                         {manifest.id, manifest.version, m_torchVersion, manifest.library, m_qtVersion}))
        return std::nullopt;
    known.outcome = Outcome::Accepted;
    known.descriptor = *std::move(facts);
    known.contributions = *std::move(contributions);
    return known;
}

void AdmissionCache::keep(const Manifest& manifest, const std::string& sha256,
                          const Admission& admission) const {
    json entry = json::object();
    if (admission.outcome == Outcome::Refused) {
        entry["refused"] = admission.sentence;
    } else if (admission.outcome == Outcome::Accepted) {
        entry["descriptor"] = toJson(admission.descriptor);
        json& list = entry["contributions"] = json::array();
        for (const Contribution& c : admission.contributions) list.push_back(*c.description);
    } else {
        return;
    }
    // Without the cache the next start asks a child again; that is all.
    if (makeFolders(m_folder, 0700))
        (void)static_cast<bool>(writeNew(fileOf(manifest, sha256),
                                         entry.dump(-1, ' ', false, json::error_handler_t::replace), 0600));
}

void AdmissionCache::forget(const Manifest& manifest, const std::string& sha256) const {
    (void)static_cast<bool>(removeFile(fileOf(manifest, sha256)));
}

}  // namespace latent::engine
