// SPDX-License-Identifier: Apache-2.0
#pragma once
// Products of float matrices by a processor's matrix unit (Intel AMX), which multiplies bfloat16 and sums in float.
//
// A float is the sum of three bfloat16 without a rest: x = h + m + l, each with eight digits of its own. Of the nine products of two such
// sums the six of a weight above 2⁻²⁴ are formed: h·h, h·m, m·h, m·m, h·l, l·h (Henry, Tang and Heinecke, 2019, arXiv 1904.06376). Within
// a stretch of the depth the five small ones are summed first, so that a result is rounded about once for every 32 products where a chain
// of floats is rounded at each: it errs by half as much. Parts below 2⁻¹²⁶ count as zero.
//
// A tile is 16 × 32 numbers of one part in 1 KiB (kTile floats of memory). Left: 16 rows of activations. Right: 16 outputs, numbers of
// consecutive depth in pairs. Tiles of one row of tiles lie one after the other: [depth / 32][h, m, l].

#include <cstddef>

namespace icl_graphs {

inline constexpr int kTileRows = 16, kTileDepth = 32, kTile = 256, kParts = 3;

constexpr int tileDepths(int depth) { return (depth + kTileDepth - 1) / kTileDepth; }
/// Floats of memory that 16 rows of this depth take.
constexpr std::ptrdiff_t tileRowSize(int depth) {
    return static_cast<std::ptrdiff_t>(tileDepths(depth)) * kParts * kTile;
}

struct TileKernels {
    /// `count` ≤ 16 rows of floats, on cache lines; what is beyond count and depth becomes zero.
    void (*splitLeft)(const float* rows, std::ptrdiff_t stride, int count, int depth, float* tiles);
    /// 16 rows of floats, one for each output.
    void (*splitRight)(const float* rows, std::ptrdiff_t stride, int depth, float* tiles);
    /// out[r][j] = Σ_k left[r][k] · right[j][k]. Rows and outputs are multiples of 32; the rows of tiles lie `leftStep` and `rightStep` apart.
    void (*product)(const float* left, std::ptrdiff_t leftStep, int rows, const float* right,
                    std::ptrdiff_t rightStep, int outputs, int depth, float* out, std::ptrdiff_t outStride);
};

/// Null where the processor, the system or the compiler has none.
const TileKernels* tileKernels();

}  // namespace icl_graphs
