// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where each tensor lies: in the flat buffer as PyTorch has it, and in the packed one of the kernels (panels of sixteen outputs on cache
// line boundaries; see kernels.hpp), in which weights, moments and gradients are kept while training. Internal.
#include <vector>

#include "latent/learn/aligned.hpp"
#include "latent/learn/unet/shape.hpp"

namespace latent::learn::unet::detail {

inline std::size_t sized(int n) { return static_cast<std::size_t>(n); }

struct Vector {
    std::size_t flat = 0, packed = 0;
    int size = 0;
};

/// The order of a packed matrix. Window: [panel][tap][in][16], one product over all taps. Scatter: [tap][panel][in][16], one product for
/// each tap, whose results go to different places.
enum class Order { Window, Scatter };

struct Matrix {
    std::size_t flat = 0, packed = 0;
    std::size_t backward = 0;  ///< of the transposed one in Packed::backward()
    int taps = 1, ins = 0, outs = 0;
    Order order = Order::Window;
    bool inFirst = false;  ///< [in, out, …] in the flat buffer: torch's transposed convolution

    int panels() const { return roundUpToPanel(outs) / kPanel; }
    int backwardPanels() const { return roundUpToPanel(ins) / kPanel; }
    std::size_t packedFloats() const {
        return static_cast<std::size_t>(panels()) * static_cast<std::size_t>(taps) *
               static_cast<std::size_t>(ins) * kPanel;
    }
    std::size_t backwardFloats() const {
        return static_cast<std::size_t>(backwardPanels()) * static_cast<std::size_t>(taps) *
               static_cast<std::size_t>(outs) * kPanel;
    }
    std::size_t flatAt(int tap, int in, int out) const;
    std::size_t packedAt(int tap, int in, int out) const;
    /// The gradient of the input of a Window is one of the taps mirrored (3×3) or a Scatter (stride 2), and the other way round.
    std::size_t backwardAt(int tap, int in, int out) const;
};

struct Map {
    Matrix weight;
    Vector bias;
};
struct NormSlots {
    Vector scale, shift;
};
struct BlockSlots {
    int ins = 0, outs = 0;
    int vectorAt = 0;  ///< of its condition vector in those of all blocks
    NormSlots norm1, norm2;
    Map conv1, conv2, skip;
    bool hasSkip = false;
    Map time0, time2;            ///< CommonLinear: only time0
    Map condition0, condition2;  ///< CommonLinear: only condition0
};
struct AttentionSlots {
    NormSlots norm;
    Map qkv, out;
};

struct Layout {
    explicit Layout(const Shape& shape);

    Shape shape;
    Map input, time0, time2, embed0, embed2;
    std::vector<std::vector<BlockSlots>> down, up;  ///< [level][block]
    std::vector<Map> pool, grow;  ///< [level]; pool of the last and grow of the first do not exist
    BlockSlots middle[2];
    AttentionSlots attention;
    NormSlots outputNorm;
    Map output;
    int vectorWidth = 0;  ///< numbers of the condition vectors of all blocks

    std::vector<Tensor> tensors;
    std::vector<Vector> vectors;
    std::vector<Matrix> matrices;
    std::size_t flatFloats = 0, packedFloats = 0, backwardFloats = 0;

    /// Between the two layouts; padding of the packed one is not touched.
    void pack(const float* flat, float* packed) const;
    void unpack(const float* packed, float* flat) const;
};

}  // namespace latent::learn::unet::detail
