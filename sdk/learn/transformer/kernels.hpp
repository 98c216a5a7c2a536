// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pieces of a training step of one sequence, each with what surrounds it fused in. Internal to sdk/learn.
//
// Activations [rows, columns] are row-major, their rows `stride` floats apart (a multiple of sixteen), on cache line boundaries.
// The right operand of a product is in panels of sixteen columns. Three variants exist (portable, AVX2, AVX-512), each one
// translation unit with its own compiler flags. Kernels are pure functions of their arguments: any thread, no allocation, no state.
//
//     const Kernels& k = kernelsFor(bestInstructions());
//     k.product({x, 64, 48, 32, packed, 32 * 16, 16, 6}, bias, out, 96);          // [48, 32]·[32, 96] + bias

#include <cstddef>
#include <cstdint>

#include "latent/learn/instructions.hpp"

namespace latent::learn::transformer::detail {

/// left [rows, depth] · right [depth, panels·16]; element (k, 16j + c) of the right lies at right[j·panelStep + k·rowStep + c].
struct Product {
    const float* left;
    int leftStride;
    int rows;
    int depth;
    const float* right;
    std::ptrdiff_t panelStep;
    std::ptrdiff_t rowStep;
    int panels;
};

/// leftᵀ·right for a weight gradient: left [rows, outs] is the gradient of the output, right [rows, panels·16] the input.
struct Outer {
    const float* left;
    int leftStride;
    int outs;
    const float* right;
    int rightStride;
    int panels;
    int rows;
};

/// A layer norm over `width` columns of `rows` rows; scale and shift are padded with zeros to a whole panel.
struct Norm {
    int rows;
    int width;
    int stride;  ///< of all activations
    const float* scale;
    const float* shift;
};

/// One head of one sequence: q (scaled by 1/√width), k, v [rows rounded up to a panel, width rounded up], zero in the padding.
struct Head {
    int rows;
    int width;
    const float* q;
    const float* k;
    const float* v;
    float* keysAcross;    ///< scratch, as large as k
    float* valuesAcross;  ///< scratch, as large as v
    float* gradient;      ///< scratch, as large as v: of the head's output
    float* scores;        ///< scratch [kQueryBlock, scoreStride(rows)]
    float* slopes;        ///< scratch of the same size
    float* largest;       ///< [rows]: of each row of scores; forward writes, backward reads
    float* inverse;       ///< [rows]: 1 / Σ exp(score − largest)
};
inline constexpr int kQueryBlock = 32;  ///< queries whose scores are in cache at a time
/// An odd number of cache lines, so that a column of scores does not fall into few sets of the cache.
constexpr int scoreStride(int rows) { return (rows + 15) / 16 * 16 + ((rows + 15) / 16 % 2 == 0 ? 16 : 0); }

/// torch.optim.AdamW at one step: factors that are the same for all parameters.
struct AdamWStep {
    float gradientFactor;  ///< of clipping
    float keep;            ///< 1 − rate·decay
    float beta1, beta2;
    float rate;         ///< learning rate / (1 − beta1^t)
    float inverseRoot;  ///< 1/√(1 − beta2^t)
    float epsilon;
};

struct Kernels {
    const char* name;
    /// out = left·right + bias (null: none)
    void (*product)(const Product&, const float* bias, float* out, int stride);
    /// out += left·right + bias
    void (*productAdd)(const Product&, const float* bias, float* out, int stride);
    /// out = gelu(left·right + bias), slope = gelu'(the same)
    void (*productGelu)(const Product&, const float* bias, float* out, float* slope, int stride);
    /// out = (left·right) ∘ factor
    void (*productTimes)(const Product&, const float* factor, float* out, int stride);
    /// gradient [outs, panels·16] += leftᵀ·right; sums [outs rounded up] += Σ over rows of left (null: none)
    void (*outerAdd)(const Outer&, float* gradient, int stride, float* sums);

    /// standard = (x − mean)/√(variance + 1e-5), out = scale∘standard + shift, inverse [rows] = 1/√…
    void (*normForward)(const Norm&, const float* x, float* standard, float* out, float* inverse);
    /// dx += the gradient through the norm of dout; dscale and dshift [width rounded up] += theirs
    void (*normBackward)(const Norm&, const float* dout, const float* standard, const float* inverse,
                         float* dx, float* dscale, float* dshift);

    /// to [rows, width rounded up] = from's columns, pairs turned: to = from∘cosine + swapped(from)∘sine, both [rows, width rounded up]
    void (*splitHead)(const float* from, int stride, int rows, int width, const float* cosine,
                      const float* sine, float* to);
    /// The transpose of splitHead: from [rows, width rounded up] back to columns.
    void (*mergeHead)(const float* from, int rows, int width, const float* cosine, const float* sine,
                      float* to, int stride);
    /// Causal softmax(q·kᵀ)·v into columns of out; map [rows, rows] gets the attention of past keys (null: not wanted).
    void (*attentionForward)(const Head&, float* out, int stride, float* map);
    /// dq, dk, dv (shaped as q) from the gradient of out's columns.
    void (*attentionBackward)(const Head&, const float* out, const float* dout, int stride, float* dq,
                              float* dk, float* dv);

    /// logits [rows, ≥ vocabulary] → (softmax − onehot(target))·factor, 0 where target < 0; largest and sum [rows] as in a log-sum-exp
    /// less the target's logit: loss = largest + log(sum).
    void (*crossEntropy)(float* logits, int stride, int rows, int vocabulary, const std::int32_t* targets,
                         float factor, float* largest, float* sum);

    /// a += b for count floats, a multiple of sixteen.
    void (*addTo)(std::size_t count, float* a, const float* b);
    double (*sumOfSquares)(std::size_t count, const float* a);
    void (*adamw)(std::size_t count, const AdamWStep&, const float* gradient, float* weights, float* first,
                  float* second);
    /// 16×16 blocks of weights [rows, columns] (any alignment) into panels: to[(j·rows + r)·16 + c] = from[r, 16j + c].
    void (*pack)(const float* from, int rows, int columns, float* to);
    /// The same of the transpose: to[(j·columns + k)·16 + c] = from[16j + c, k].
    void (*packAcross)(const float* from, int rows, int columns, float* to);
};

/// Throws UsageError where this processor or build does not have them.
const Kernels& kernelsFor(Instructions instructions);

const Kernels& portableKernels();
const Kernels& avx2Kernels();    // only where built for x86-64
const Kernels& avx512Kernels();  // only where built for x86-64

}  // namespace latent::learn::transformer::detail
