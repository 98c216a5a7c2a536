// SPDX-License-Identifier: Apache-2.0
// The variant for every machine; it also chooses among the variants.
#include "model/algorithms/posterior_body.hpp"

namespace markov_mixtures {
namespace detail {
extern const PosteriorKernels kPosteriorBaseline{"baseline", &accumulate, &normalise, &mix};
}

const PosteriorKernels* posteriorFor(PosteriorSet set) {
    if (set == PosteriorSet::Baseline) return &detail::kPosteriorBaseline;
#ifdef MARKOV_MIXTURES_X86_KERNELS
    if (set == PosteriorSet::Avx2 && __builtin_cpu_supports("avx2")) return &detail::kPosteriorAvx2;
#endif
    return nullptr;
}

const PosteriorKernels& bestPosterior() {
    static const PosteriorKernels& best =
        posteriorFor(PosteriorSet::Avx2) ? *posteriorFor(PosteriorSet::Avx2) : detail::kPosteriorBaseline;
    return best;
}

}  // namespace markov_mixtures
