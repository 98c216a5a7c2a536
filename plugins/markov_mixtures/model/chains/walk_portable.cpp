// SPDX-License-Identifier: Apache-2.0
// The portable variant, with the Philox of sdk/learn; it also chooses among the variants.
#include <latent/learn/random.hpp>

#include "model/chains/walk_body.hpp"

namespace markov_mixtures {
namespace detail {
namespace {

struct ScalarWords {
    const WalkJob& job;
    explicit ScalarWords(const WalkJob& j) : job(j) {}
    void make(std::uint32_t block, std::uint32_t (&word)[4][kLanes]) const {
        for (int lane = 0; lane < kLanes; ++lane) {
            const auto made = latent::learn::philox4x32({block, 0, job.streamLow[lane], job.streamHigh[lane]},
                                                        {job.key[0], job.key[1]});
            for (std::size_t step = 0; step < 4; ++step) word[step][lane] = made[step];
        }
    }
};

}  // namespace

void walkPortable(const WalkJob& job) { walk<ScalarWords>(job); }

}  // namespace detail

WalkKernel walkFor(WalkSet set) {
    if (set == WalkSet::Portable) return &detail::walkPortable;
#ifdef MARKOV_MIXTURES_X86_KERNELS
    if (set == WalkSet::Avx2 && __builtin_cpu_supports("avx2")) return &detail::walkAvx2;
#endif
    return nullptr;
}

WalkKernel bestWalk() {
    static const WalkKernel best =
        walkFor(WalkSet::Avx2) ? walkFor(WalkSet::Avx2) : walkFor(WalkSet::Portable);
    return best;
}

}  // namespace markov_mixtures
