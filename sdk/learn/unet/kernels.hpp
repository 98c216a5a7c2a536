// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pieces of a step of the U-Net, each over the images of one group. Internal to sdk/learn.
//
// Feature maps are channels-last with pixels, rows and images at strides of their own: a slice of channels of a wider map (a skip
// connection beside what it is concatenated with) is a map as well. Channels that are written or read as vectors are multiples of sixteen
// on cache line boundaries; what is only broadcast may have any number. A map that is convolved has a border of one pixel around it.
// Weights are in panels of sixteen output channels: element (tap, in, 16j + c) of a matrix lies at ((j·taps + tap)·ins + in)·16 + c.
// Three variants exist (portable, AVX2, AVX-512), each one translation unit with its own flags. Kernels are pure functions of their
// arguments: any thread, no allocation, no state; every output element is one chain of operations in an order that does not depend on
// how the work is tiled.

#include <cstddef>

#include "latent/learn/instructions.hpp"

namespace latent::learn::unet::detail {

inline constexpr int kMostTaps = 9;

/// Where the pixels of a map are, in floats.
struct Strides {
    std::ptrdiff_t pixel = 0, row = 0, image = 0;
};

/// What a convolution reads for each output pixel: `taps` runs of `depth` floats.
struct Window {
    const float* data = nullptr;  ///< of the first tap at output pixel (0, 0) of image 0
    Strides step;                 ///< from one output pixel to the next
    int taps = 1;
    int depth = 0;
    std::ptrdiff_t tap[kMostTaps] = {};  ///< offset of each run
};

/// out = add + bias + Σ over both windows; out and add may be the same.
struct Convolution {
    int images, height, width;  ///< of the output
    Window in;
    const float* weights;  ///< panels
    Window in2;            ///< a second product into the same sum (a 1×1 skip); depth 0: none
    const float* weights2;
    const float* bias = nullptr;   ///< [panels·16]; null: none
    std::ptrdiff_t biasImage = 0;  ///< from the bias of one image to that of the next
    const float* add = nullptr;
    Strides addStep;
    float* out;
    Strides outStep;
    int panels;
};

/// gradient [panels, taps, depth, 16] += windowᵀ · dout, over all pixels and images.
struct WeightGradient {
    int images, height, width;
    Window in;
    const float* dout;
    Strides step;
    int panels;
    float* gradient;
};

/// Group normalisation (Wu and He, arXiv 1803.08494), and GELU after it unless `plain`.
struct Norm {
    int images, height, width, channels, groups;
    float epsilon;
    const float* scale;  ///< [channels]
    const float* shift;
    const float* x;
    Strides xStep;
    float*
        statistics;  ///< [images, 2, channels]: mean and 1/√(variance + ε) of each channel's group; forward writes, backward reads
    bool plain;
};

struct Kernels {
    const char* name;
    void (*convolve)(const Convolution&);
    void (*weightGradient)(const WeightGradient&);
    /// sums [images, panels·16], images `step` floats apart, += Σ over the pixels of each image
    void (*pixelSums)(int images, int height, int width, int panels, const float* map, const Strides&,
                      float* sums, std::ptrdiff_t step);

    /// out = gelu(norm(x)), slope = gelu'(norm(x)) laid out as x is not: dense [images, height, width, channels] (null: not wanted)
    void (*normForward)(const Norm&, float* out, const Strides&, float* slope);
    /// dx = add (null: 0) + the gradient through gelu and norm of dout (dense); dscale, dshift [channels] += theirs
    void (*normBackward)(const Norm&, const float* dout, const float* slope, const float* add,
                         const Strides& addStep, float* dx, const Strides&, float* dscale, float* dshift);

    /// x = gelu(x), slope = gelu'(x) (null: not wanted) for count floats, a multiple of sixteen
    void (*gelu)(std::size_t count, float* x, float* slope);
    void (*multiply)(std::size_t count, float* a, const float* b);           ///< a ∘= b
    void (*blend)(std::size_t count, float* a, const float* b, float keep);  ///< a = keep·a + (1 − keep)·b
    void (*softmaxRows)(int rows, int columns, int stride, float factor,
                        float* x);  ///< x = softmax(factor·x) over columns
    /// x = (x − Σ x∘p)∘p·factor along rows: through the softmax, x holding the gradient and p the probabilities
    void (*softmaxBackward)(int rows, int columns, int stride, float factor, const float* p, float* x);
    void (*transpose)(const float* from, int fromStride, float* to, int toStride);  ///< 16×16, aligned
};

/// Throws UsageError where this processor or build does not have them.
const Kernels& kernelsFor(Instructions instructions);

const Kernels& portableKernels();
const Kernels& avx2Kernels();    // only where built for x86-64
const Kernels& avx512Kernels();  // only where built for x86-64

}  // namespace latent::learn::unet::detail
