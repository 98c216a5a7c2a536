// SPDX-License-Identifier: Apache-2.0
#pragma once
// The three inner loops of retrieval over N chains, which are compiled once for each instruction set.
//
// Log-likelihoods are sums of count × logarithm over rows of N numbers; they are exponentiated only after their largest
// has been taken off, so that 2,048 chains and contexts of thousands of tokens lose nothing. Every variant does the same
// IEEE operations in the same order, four chains side by side and without fused multiply-add: the same bits everywhere.
// Plain pointers and numbers; sizes and strides are multiples of 4 and rows are aligned to 32 bytes. Pure functions, any
// thread; the caller owns everything.
//
//     const PosteriorKernels& k = bestPosterior();
//     k.accumulate(logPrior, logRows, stride, index, count, features, x, stride);   // x_m = ln p_m + L_m
//     double evidence = k.normalise(x, stride);                                     // x_m = w_m, Σ = 1
//     k.mix(x, columns, stride, 10, prediction);                                    // Σ_m w_m T_m[j, i]

namespace markov_mixtures {

struct PosteriorKernels {
    const char* name;
    /// out[m] = base[m] + Σ_f count[f] · rows[index[f] · stride + m], m < size.
    void (*accumulate)(const double* base, const double* rows, long stride, const int* index,
                       const double* count, int features, double* out, long size);
    /// Turns log-weights into weights that sum to 1; returns the logarithm of their sum before.
    double (*normalise)(double* x, long size);
    /// out[i] = Σ_m weights[m] · columns[i · stride + m], m < stride.
    void (*mix)(const double* weights, const double* columns, long stride, int count, double* out);
};

enum class PosteriorSet { Baseline, Avx2 };
/// The variant asked for, or null where this processor or this build does not have it.
const PosteriorKernels* posteriorFor(PosteriorSet set);
const PosteriorKernels& bestPosterior();

namespace detail {
extern const PosteriorKernels kPosteriorBaseline;
#ifdef MARKOV_MIXTURES_X86_KERNELS
extern const PosteriorKernels kPosteriorAvx2;
#endif
}  // namespace detail

}  // namespace markov_mixtures
