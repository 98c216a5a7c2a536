// SPDX-License-Identifier: Apache-2.0
#pragma once
// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC11) with named streams.
//
// Every number is a pure function of (seed, stream name, substream, position), so data and initial weights
// can be made in any order, on any thread, one seed without the others, and a checkpoint needs only a
// position. Needs nothing but the standard library; plugins with and without LibTorch use it. A RandomStream
// is a plain value: copy it freely, do not share one between threads. Numbers are the same on every machine
// up to the last bits of the C library's log, sin and cos in normal(); words, uniforms and permutations are
// the same to the bit everywhere.
//
//     latent::learn::RandomStream noise(seed, "data/noise");      // one name for each purpose
//     double z = noise.normal();                                  // mean 0, standard deviation 1
//     auto order = latent::learn::RandomStream(seed, "data/shuffle").permutation(15000);
//     latent::learn::RandomStream chain(seed, "chain", 7);        // the seventh of many alike
//     auto kept = noise.state();  noise.restore(kept);            // exact, for checkpoints

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace latent::learn {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// One block of Philox4x32 with ten rounds: the bare bijection, as published.
constexpr PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key) {
    constexpr std::uint64_t kMultiplier0 = 0xD2511F53U;
    constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57U;
    constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
    constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = kMultiplier0 * counter[0];
        const std::uint64_t b = kMultiplier1 * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

/// FNV-1a over the name, then a mix with the substream (the finaliser of SplitMix64): the upper half of the
/// counter.
constexpr std::uint64_t streamNumber(std::string_view name, std::uint64_t substream = 0) {
    std::uint64_t h = 0xCBF29CE484222325U;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    h += 0x9E3779B97F4A7C15U * (substream + 1);
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9U;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBU;
    return h ^ (h >> 31);
}

/// A sequence of random numbers, identified by a seed (the key) and a name (the upper half of the counter);
/// 2^66 words.
class RandomStream {
  public:
    /// All that a checkpoint has to keep besides the seed and the name.
    struct State {
        std::uint64_t block = 0;  ///< next block of four words to be made
        std::uint32_t used = 4;   ///< words of the last block already given out
        bool hasSpare = false;    ///< whether normal() holds the second number of a pair
        double spare = 0;
    };

    explicit constexpr RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t substream = 0)
        : m_key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
          m_stream(streamNumber(name, substream)) {}

    /// Uniform over all 2^32 values.
    constexpr std::uint32_t word() {
        if (m_state.used == 4) {
            m_words = blockAt(m_state.block++);
            m_state.used = 0;
        }
        return m_words[m_state.used++];
    }
    constexpr std::uint64_t word64() {
        const std::uint64_t low = word();
        return low | (static_cast<std::uint64_t>(word()) << 32);
    }

    /// Uniform in [0, 1) on the grid of 2^-24.
    constexpr float uniformFloat() { return static_cast<float>(word() >> 8) * 0x1p-24F; }
    /// Uniform in [0, 1) on the grid of 2^-53.
    constexpr double uniform() { return static_cast<double>(word64() >> 11) * 0x1p-53; }

    /// Normal, mean 0 and standard deviation 1 (Box–Muller in double; never infinite, |z| < 8.6).
    double normal() {
        if (m_state.hasSpare) {
            m_state.hasSpare = false;
            return m_state.spare;
        }
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        const double angle = 2.0 * std::numbers::pi * uniform();
        m_state.spare = radius * std::sin(angle);
        m_state.hasSpare = true;
        return radius * std::cos(angle);
    }

    /// Uniform in [0, n), without bias; n must not be 0.
    constexpr std::uint64_t below(std::uint64_t n) {
        const std::uint64_t threshold = (0 - n) % n;  // 2^64 mod n: values under it would come once too often
        for (;;) {
            const std::uint64_t value = word64();
            if (value >= threshold) return value % n;
        }
    }

    /// A uniformly random order of 0 … n-1 (Fisher–Yates).
    std::vector<std::uint32_t> permutation(std::uint32_t n) {
        std::vector<std::uint32_t> order(n);
        std::iota(order.begin(), order.end(), 0U);
        for (std::uint32_t i = n; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
        return order;
    }

    template <class Real>
    void fillNormal(std::span<Real> out, double standardDeviation = 1.0, double mean = 0.0) {
        for (Real& x : out) x = static_cast<Real>(mean + standardDeviation * normal());
    }
    template <class Real>
    void fillUniform(std::span<Real> out, double low, double high) {
        for (Real& x : out) x = static_cast<Real>(low + (high - low) * uniform());
    }

    constexpr State state() const { return m_state; }
    constexpr void restore(const State& state) {
        m_state = state;
        if (m_state.used < 4) m_words = blockAt(m_state.block - 1);
    }

    /// The four words of a block, without moving the stream: random access for parallel generators.
    constexpr PhiloxCounter blockAt(std::uint64_t block) const {
        return philox4x32({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                           static_cast<std::uint32_t>(m_stream), static_cast<std::uint32_t>(m_stream >> 32)},
                          m_key);
    }

  private:
    PhiloxKey m_key;
    std::uint64_t m_stream;
    State m_state;
    PhiloxCounter m_words{};
};

}  // namespace latent::learn
