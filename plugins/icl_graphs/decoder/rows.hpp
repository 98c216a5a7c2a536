// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory of a forward pass: activations, what a linear map reads of them, keys and values. Plain values.

#include <cstddef>
#include <latent/learn/aligned.hpp>

#include "decoder/tiles.hpp"
#include "decoder/weights.hpp"

namespace icl_graphs {

using latent::learn::AlignedFloats;
using latent::learn::kPanel;
using latent::learn::roundUpToPanel;

/// Rows of activations on cache lines.
struct Rows {
    int stride;
    AlignedFloats data;
    Rows(int rows, int columns)
        : stride(roundUpToPanel(columns)),
          data(static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride)) {}
    float* row(int r) { return data.data() + static_cast<std::ptrdiff_t>(r) * stride; }
    const float* row(int r) const { return data.data() + static_cast<std::ptrdiff_t>(r) * stride; }
};

/// Rows of activations as TileKernels::product reads them; an even number of rows of tiles.
struct TiledRows {
    int depth = 0;
    AlignedFloats data;
    TiledRows() = default;
    TiledRows(int rows, int columns)
        : depth(columns),
          data(static_cast<std::size_t>((rows + 2 * kTileRows - 1) / (2 * kTileRows) * 2) *
               static_cast<std::size_t>(tileRowSize(columns))) {}
    /// The tiles of rows 16·tileRow … and of the depth from `first`, a multiple of 32.
    float* at(int tileRow, int first = 0) {
        return data.data() + tileRow * tileRowSize(depth) +
               static_cast<std::ptrdiff_t>(first) / kTileDepth * kParts * kTile;
    }
    const float* at(int tileRow) const { return data.data() + tileRow * tileRowSize(depth); }
};

/// What a linear map reads: rows of floats, or these as tiles where `tiled`.
struct Operand {
    bool tiled;
    Rows floats;
    TiledRows tiles;
    /// withFloats: also where it is tiled, for what is made as floats.
    Operand(int rows, int columns, bool asTiles, bool withFloats)
        : tiled(asTiles),
          floats(!asTiles || withFloats ? rows : 0, columns),
          tiles(asTiles ? TiledRows(rows, columns) : TiledRows()) {}
};

/// Keys as panels of sixteen positions, values as rows; one of each for every layer and head of keys.
struct Cache {
    int tokens, headWidth, valueStride;
    AlignedFloats keys, values;  // [kvHead][panel][headWidth][16]; [kvHead][token][valueStride]

    Cache(const DecoderConfig& c, int count)
        : tokens(roundUpToPanel(count)),
          headWidth(c.headWidth),
          valueStride(roundUpToPanel(c.headWidth)),
          keys(static_cast<std::size_t>(c.kvHeads) * static_cast<std::size_t>(tokens) *
               static_cast<std::size_t>(headWidth)),
          values(static_cast<std::size_t>(c.kvHeads) * static_cast<std::size_t>(tokens) *
                 static_cast<std::size_t>(valueStride)) {}
    float* keysOf(int head) { return keys.data() + static_cast<std::ptrdiff_t>(head) * tokens * headWidth; }
    float* valuesOf(int head) {
        return values.data() + static_cast<std::ptrdiff_t>(head) * tokens * valueStride;
    }
};

}  // namespace icl_graphs
