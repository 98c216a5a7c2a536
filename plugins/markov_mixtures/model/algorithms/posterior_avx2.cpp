// SPDX-License-Identifier: Apache-2.0
// The AVX2 variant; compiled with -mavx2 and called only where the processor has it.
#include "model/algorithms/posterior_body.hpp"

namespace markov_mixtures::detail {
extern const PosteriorKernels kPosteriorAvx2{"avx2", &accumulate, &normalise, &mix};
}
