// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/probe_cache.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <latent/error.hpp>
#include <latent/learn/unet/weights_file.hpp>
#include <vector>

namespace concept_space {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostKept = 64;

void removeOldest(const fs::path& folder) {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, fs::path>> kept;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".safetensors")
            kept.emplace_back(entry.last_write_time(error), entry.path());
    if (kept.size() <= kMostKept) return;
    std::sort(kept.begin(), kept.end());
    for (std::size_t i = 0; i < kept.size() - kMostKept; ++i) fs::remove(kept[i].second, error);
}

}  // namespace

void DataHash::add(std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) m_value = (m_value ^ (value >> (8 * byte) & 255)) * 1099511628211U;
}

void DataHash::add(std::span<const float> values) {
    for (const float v : values) m_value = (m_value ^ std::bit_cast<std::uint32_t>(v)) * 1099511628211U;
}

ProbeCache ProbeCache::ofUser() {
    const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
    if (cache && cache[0] == '/') return ProbeCache(fs::path(cache) / "latent" / "concept_space");
    if (home && home[0] == '/') return ProbeCache(fs::path(home) / ".cache" / "latent" / "concept_space");
    return ProbeCache({});
}

fs::path ProbeCache::fileOf(std::uint64_t hash) const {
    char name[48];
    std::snprintf(name, sizeof name, "probe-%016llx.safetensors", static_cast<unsigned long long>(hash));
    return m_folder / name;
}

std::optional<latent::learn::unet::Weights> ProbeCache::find(std::uint64_t hash,
                                                             const latent::learn::unet::Shape& shape) const {
    std::error_code error;
    if (m_folder.empty() || !fs::is_regular_file(fileOf(hash), error)) return std::nullopt;
    try {
        latent::learn::unet::Weights weights = latent::learn::unet::readWeights(fileOf(hash), shape);
        const auto flat = weights.flat();
        if (std::all_of(flat.begin(), flat.end(), [](float w) { return std::isfinite(w); })) return weights;
    } catch (const latent::RunError&) {
    }
    return std::nullopt;
}

void ProbeCache::keep(std::uint64_t hash, const latent::learn::unet::Weights& weights) const {
    if (m_folder.empty()) return;
    std::error_code error;
    fs::create_directories(m_folder, error);
    try {
        latent::learn::unet::writeWeights(fileOf(hash), weights);
        removeOldest(m_folder);
    } catch (const latent::RunError&) {
    }
}

}  // namespace concept_space
