// SPDX-License-Identifier: Apache-2.0
#pragma once
// The four products of a training step of a small multilayer perceptron, each with its epilogue fused into
// the store.
//
// A step of L layers needs L forward products, L-1 input gradients (the first layer's is not needed) and L
// weight gradients. Matrices are in the panel layout of panels.hpp. Activations [batch, width] have stride =
// batch; weights [fan_in, fan_out] have stride = fan_in rounded up to 16. Three variants exist: AVX-512, AVX2
// with FMA, and portable; each is one translation unit with its own compiler flags, chosen at run time by
// what the processor has, or by the caller (tests). Every output element is one chain of multiply-adds in a
// fixed order, so a result depends on the variant and the batch, never on the tiling or on threads. Kernels
// are pure functions of their arguments: any thread, no allocation, no state; the caller owns all memory and
// gives each call its own outputs.
//
//     const Kernels& k = bestKernels();
//     k.forward({x, w1, b1, 128, 64, 64}, h, true);                      // h = relu(x w1 + b1)
//     double squares = k.residual({h, w2, b2, 128, 64, 64}, x, 2.0F / (128 * 64), e);   // e = scale (h w2 +
//     b2 - x) k.backward({e, w2t, nullptr, 128, 64, 64}, h, dh);                 // dh = (e w2ᵀ) where h > 0
//     k.update({h, e, 128, 64, 64}, {w2, b2, w2t}, {}, {0.1F, 0.0F, 0.0F});    // w2 -= lr hᵀ e and b2 -= lr
//     Σ e

#include <latent/learn/instructions.hpp>

namespace concept_space::mlp {

/// in [batch, fan_in] times weights [fan_in, fan_out] plus bias [fan_out rounded up] (null: none).
struct Product {
    const float* in;
    const float* weights;
    const float* bias;
    int batch;
    int fanIn;
    int fanOut;
};

/// The operands of a weight gradient inᵀ·gradient: in [batch, fan_in], gradient [batch, fan_out].
struct Outer {
    const float* in;
    const float* gradient;
    int batch;
    int fanIn;
    int fanOut;
};

/// What an update changes. `transposed` [fan_out, fan_in] is refreshed when not null; `bias` may be null.
struct LayerWeights {
    float* weights;
    float* bias;
    float* transposed;
};

/// Momentum buffers in the layout of the weights; null without momentum.
struct LayerVelocity {
    float* weights = nullptr;
    float* bias = nullptr;
};

/// g += decay·w; with momentum v = momentum·v + g, g = v; then w -= rate·g (as torch.optim.SGD, dampening 0).
struct SgdRule {
    float rate;
    float momentum;
    float decay;
};

struct Kernels {
    const char* name;
    /// out = in·W + b, through max(0, ·) when `relu`.
    void (*forward)(const Product&, float* out, bool relu);
    /// out = scale·(in·W + b − target); returns Σ (in·W + b − target)² over batch and columns.
    double (*residual)(const Product&, const float* target, float scale, float* out);
    /// out = in·W, zero where gate ≤ 0 (gate null: no gate). `in` is the gradient, W the transposed weights.
    void (*backward)(const Product&, const float* gate, float* out);
    /// W and b by the rule from the gradients inᵀ·gradient and Σ gradient.
    void (*update)(const Outer&, const LayerWeights&, const LayerVelocity&, const SgdRule&);
};

using latent::learn::Instructions;

/// The variant asked for, or null where this processor or this build does not have it.
const Kernels* kernelsFor(Instructions instructions);

/// The fastest variant this processor runs.
const Kernels& bestKernels();

namespace detail {
const Kernels& portableKernels();
const Kernels& avx2Kernels();    // only where built for x86-64
const Kernels& avx512Kernels();  // only where built for x86-64
}  // namespace detail

}  // namespace concept_space::mlp
