// SPDX-License-Identifier: Apache-2.0
#pragma once
// The inner loops of a decoder's forward pass, one table for each instruction set. Internal to this folder.
//
// Rows of activations have a stride that is a multiple of 16 floats and begin on a cache line. Weights stay as they are in the file and
// are unpacked, sixteen outputs at a time, into panels that serve all rows of a chunk: memory is the file's, time is that of floats.

#include <cstddef>
#include <cstdint>
#include <latent/learn/instructions.hpp>

namespace icl_graphs {

/// How the elements of a row of weights lie: as floats, or in blocks of 32 with a half-precision scale (and minimum).
enum class Storage : std::uint8_t { F32, F16, BF16, Q8_0, Q4_0, Q4_1 };

struct DecoderKernels {
    /// One row of `n` weights as floats.
    void (*unpackRow)(Storage storage, const std::byte* from, int n, float* to);
    /// Rows of floats [16][stride] to one panel [n][16].
    void (*packPanel)(const float* rows, std::ptrdiff_t stride, int n, float* panel);
    /// out[r][16·panel + j] = Σ_k left[r][k] · right[panel·panelStep + k·rowStep + j]
    void (*product)(const float* left, std::ptrdiff_t leftStride, int rows, const float* right,
                    std::ptrdiff_t panelStep, std::ptrdiff_t rowStep, int panels, int depth, float* out,
                    std::ptrdiff_t outStride);
    /// LayerNorm, or RMSNorm where there is no bias.
    void (*normalise)(const float* x, int n, const float* weight, const float* bias, double epsilon,
                      float* y);
    /// Turns the pairs (i, i + pairs) of a head by their angles.
    void (*turn)(float* head, const float* cosine, const float* sine, int pairs);
    /// to += from
    void (*addRow)(const float* from, int n, float* to);
    /// softmax(scale·row) over the first `n`, zeros after them up to `padded`.
    void (*softmax)(float* row, int n, int padded, float scale);
    /// gate = silu(gate)·up; gelu by its error function, and by tanh (GPT-2).
    void (*siluTimes)(float* gate, const float* up, int n);
    void (*gelu)(float* x, int n);
    void (*geluTanh)(float* x, int n);
    /// largest, and Σ exp(x − largest), of the first `n`.
    void (*logSum)(const float* row, int n, float* largest, float* sum);
};
const DecoderKernels& decoderKernels(
    latent::learn::Instructions instructions = latent::learn::bestInstructions());

const DecoderKernels& portableDecoderKernels();
const DecoderKernels& avx2DecoderKernels();
const DecoderKernels& avx512DecoderKernels();

}  // namespace icl_graphs
