// SPDX-License-Identifier: Apache-2.0
#pragma once
// Trained probes that later runs on the same data take instead of training the same ones again: in the user's cache folder, by a hash of the
// data and of all that decides what training gives.
//
// A hit is what training would have given to the bit, on the same instruction set. A file that is missing, of another shape or damaged (its weights
// do not come to the sum that stands in its metadata) is no hit; one that cannot be written is not kept: a cache is never the reason why a run
// fails. The newest 64 stay. One thread; several processes may share the folder and keep the same probe, as each writes under a name of its own.
//
//     const ProbeCache cache = ProbeCache::ofUser();
//     if (const auto weights = cache.find(hash, shape)) …
//     cache.keep(hash, trainer.weights());

#include <cstdint>
#include <filesystem>
#include <latent/learn/unet/weights.hpp>
#include <optional>
#include <span>

namespace concept_space {

/// FNV-1a over what is added, 64 bits: tells data sets apart, and is no seal.
class DataHash {
  public:
    void add(std::uint64_t value);
    void add(std::span<const float> values);
    std::uint64_t value() const { return m_value; }

  private:
    std::uint64_t m_value = 14695981039346656037U;
};

class ProbeCache {
  public:
    /// An empty folder keeps nothing.
    explicit ProbeCache(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    /// $XDG_CACHE_HOME/latent/concept_space, else ~/.cache/latent/concept_space; without a home none.
    static ProbeCache ofUser();

    std::optional<latent::learn::unet::Weights> find(std::uint64_t hash,
                                                     const latent::learn::unet::Shape& shape) const;
    void keep(std::uint64_t hash, const latent::learn::unet::Weights& weights) const;

  private:
    std::filesystem::path fileOf(std::uint64_t hash) const;

    std::filesystem::path m_folder;
};

}  // namespace concept_space
