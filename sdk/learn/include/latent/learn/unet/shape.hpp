// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a conditional U-Net looks like, in numbers: the denoiser of "Emergence of Hidden Capabilities" (arXiv 2406.19370, appendix) with
// its options.
//
//     h = input(x)                                                     3×3 convolution to widths[0]
//     each level:  `blocks` residual blocks, kept for later; pool      2×2 convolution of stride 2, but for the last level
//     middle:      block, (attention), block
//     each level, upwards:  concat(h, kept) → `blocks` blocks; grow    2×2 transposed convolution of stride 2, but for the first level
//     y = x + conv(gelu(norm(h)))                                      the last convolution starts at 0: an untrained net is the identity
//
// A block is  skip(x) + conv2(gelu(norm2(conv1(gelu(norm1(x))) + condition)))  with 3×3 convolutions, conv2 starting at 0, a 1×1 skip
// where the width changes, and group norms of `groups` groups, ε = 1e-6. The condition is one vector for each block, made once a step from
// time (64 sinusoids of 1000·t, then an MLP of width `timeWidth`) and the conditions. GELU is the exact one (erf). A plain value; any thread.
//
//     Shape shape{.height = 16, .width = 16, .widths = {16, 32}};
//     if (const auto wrong = shape.validate(); !wrong.empty()) throw latent::UsageError(wrong.front());
//     shape.parameterCount();

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace latent::learn::unet {

enum class Padding { Zero, Circular };

/// SeparateMlps ("sep_mlp"): in each block an MLP (Linear, GELU, Linear, GELU) of the time embedding and one of the conditions, added.
/// CommonLinear ("common_linear"): one embedding of the conditions (Linear, GELU, Linear) for all blocks, and in each block a linear map of
/// it and one of the time embedding.
enum class Conditioning { SeparateMlps, CommonLinear };

struct Shape {
    int height = 16;  ///< pixels; both sides divisible by 2^(levels − 1)
    int width = 16;
    int channels = 3;                    ///< of the image
    std::vector<int> widths = {16, 32};  ///< channels of each level; multiples of 16 and of `groups`
    int blocks = 1;                      ///< residual blocks of a level, on the way down and up
    bool attention = false;              ///< self-attention between the two middle blocks
    int heads = 4;       ///< of the attention; they divide the last width into multiples of 16
    int groups = 8;      ///< of every group norm
    int conditions = 4;  ///< numbers of the condition vector; 0: none
    int sinusoids = 64;  ///< of the time embedding, even
    int timeWidth = 256;
    int embeddingWidth = 64;  ///< of CommonLinear's embedding
    Conditioning conditioning = Conditioning::SeparateMlps;
    Padding padding = Padding::Zero;

    bool operator==(const Shape&) const = default;

    /// One sentence for each thing that is wrong; empty: the shape can be built.
    std::vector<std::string> validate() const;

    int levels() const { return static_cast<int>(widths.size()); }
    std::int64_t parameterCount() const;
    /// Floats of one image [height, width, channels].
    std::size_t pixels() const {
        return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
               static_cast<std::size_t>(channels);
    }
    /// Numbers into which conditions are embedded: what an intervention changes. All block vectors of SeparateMlps, or the embedding.
    int latentWidth() const;
    /// Multiplications and additions of one forward pass of one image in all convolutions and products.
    double flopsPerImage() const;
};

/// A named tensor of the model and where it lies in the flat buffer: names and shapes of a PyTorch state_dict.
struct Tensor {
    std::string name;  ///< "down.0.0.conv1.weight"
    std::vector<std::int64_t>
        shape;  ///< [out, in, y, x] for convolutions, [in, out, y, x] for `grow`, [out, in] for linear maps
    std::size_t offset;  ///< in floats
    std::size_t size;    ///< in floats
};

/// All tensors in the order of the flat buffer, without gaps. Throws UsageError when the shape is not valid.
std::vector<Tensor> tensorsOf(const Shape& shape);

}  // namespace latent::learn::unet
