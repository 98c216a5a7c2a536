// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/probe_cache.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/unet/weights_file.hpp>
#include <random>
#include <string>
#include <vector>

namespace concept_space {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostKept = 64;
constexpr const char* kSumKey = "concept_space.sum";  // in the metadata

void removeOldest(const fs::path& folder) {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, fs::path>> kept;
    const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
    for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
         it.increment(error)) {
        std::error_code gone;  // another process removes files too
        const fs::file_time_type written = it->last_write_time(gone);
        if (gone) continue;
        if (it->path().extension() == ".safetensors")
            kept.emplace_back(written, it->path());
        else if (it->path().filename().string().starts_with("probe-") && written < yesterday)
            fs::remove(it->path(), gone);  // what a process that was killed began to write
    }
    if (kept.size() <= kMostKept) return;
    std::sort(kept.begin(), kept.end());
    for (std::size_t i = 0; i < kept.size() - kMostKept; ++i) fs::remove(kept[i].second, error);
}

std::string hexOf(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

/// Differs for certain where one weight alone is another, and all but for certain where more are.
std::string sumOf(std::span<const float> weights) {
    DataHash sum;
    sum.add(weights);
    return hexOf(sum.value());
}

/// Beside the target, and written by nobody else: several processes may keep the same probe at once.
fs::path besideOf(const fs::path& target) {
    std::random_device random;
    return target.string() + "." + std::to_string(::getpid()) + "-" +
           hexOf(std::uint64_t{random()} << 32 | random());
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
    return m_folder / ("probe-" + hexOf(hash) + ".safetensors");
}

std::optional<latent::learn::unet::Weights> ProbeCache::find(std::uint64_t hash,
                                                             const latent::learn::unet::Shape& shape) const {
    std::error_code error;
    if (m_folder.empty() || !fs::is_regular_file(fileOf(hash), error)) return std::nullopt;
    try {
        latent::learn::unet::Weights weights = latent::learn::unet::readWeights(fileOf(hash), shape);
        const auto metadata = latent::learn::indexSafetensors(fileOf(hash)).metadata;
        const auto sum = metadata.find(kSumKey);
        if (sum != metadata.end() && sum->second == sumOf(weights.flat())) return weights;
    } catch (const std::exception&) {  // whatever it is: no hit
    }
    return std::nullopt;
}

void ProbeCache::keep(std::uint64_t hash, const latent::learn::unet::Weights& weights) const {
    if (m_folder.empty()) return;
    std::error_code error;
    fs::create_directories(m_folder, error);
    try {
        const fs::path beside = besideOf(fileOf(hash));
        try {
            latent::learn::unet::writeWeights(beside, weights);
            // The same file once more, with what it has to come to beside the shape.
            auto metadata = latent::learn::indexSafetensors(beside).metadata;
            metadata[kSumKey] = sumOf(weights.flat());
            std::vector<latent::learn::NamedFloats> tensors;
            for (const auto& tensor : weights.tensors())
                tensors.push_back(
                    {tensor.name, tensor.shape, weights.flat().subspan(tensor.offset, tensor.size)});
            latent::learn::writeSafetensors(beside, tensors, metadata);
            fs::rename(beside, fileOf(hash));
        } catch (...) {
            fs::remove(beside, error);
            throw;
        }
        removeOldest(m_folder);
    } catch (const std::exception&) {  // not kept, then
    }
}

}  // namespace concept_space
