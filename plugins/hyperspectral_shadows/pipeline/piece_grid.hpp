// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pieces in which a file stores a cube (chunks, pieces of planes, lines), and which of them a first look reads.
//
// A compressed chunk is unpacked whole or not at all, so a look at a large cube is a choice among chunks: a few
// rows of them along the track, the columns across it, and of the bands as many layers as may be. Pure; any thread.
//
//     const PieceGrid grid(cube.header());
//     const PieceChoice some = grid.picture(std::size_t{64} << 20);
//     for (row : some.rows) for (column : some.columns) for (layer : some.layers) cube.readBox(grid.box(row, column, layer), …);

#include <cstdint>
#include <utility>
#include <vector>

#include "data/cube.hpp"
#include "pipeline/stream.hpp"

namespace hyperspectral_shadows {

/// Where the i-th of m stands that are spread evenly over n numbers: in the middle of its part.
constexpr std::int64_t middleOf(std::int64_t i, std::int64_t m, std::int64_t n) {
    return (2 * i + 1) * n / (2 * m);
}

/// m of n numbers 0 … n − 1, rising and evenly spaced, each in the middle of its part; all where m ≥ n.
std::vector<std::int64_t> evenly(std::int64_t n, std::int64_t m);

/// Which rows, columns and layers of pieces are read; each by rising number.
struct PieceChoice {
    std::vector<std::int64_t> rows, columns, layers;
};

/// Of a piece in float32; larger ones are taken apart by lines. Each part of a packed one costs as much as all of it.
struct PieceLimits {
    std::size_t loose = kMostSlabBytes, packed = kMostKeptBytes;
};

class PieceGrid {
  public:
    explicit PieceGrid(const CubeHeader& header, const PieceLimits& limits = {});

    std::int64_t rows() const { return m_rows; }        ///< along the lines
    std::int64_t columns() const { return m_columns; }  ///< along the samples
    std::int64_t layers() const { return m_layers; }    ///< along the bands
    std::size_t bytes() const { return m_bytes; }       ///< of one piece in float32; of the largest
    CubeBox box(std::int64_t row, std::int64_t column, std::int64_t layer) const;

    PieceChoice all() const;
    /// For an image within about `bytes`: of all rows and columns with as many layers as fit; where one layer of
    /// them is too much, of some rows with all columns; where one row is, of some of its columns. At least one.
    PieceChoice picture(std::size_t bytes) const;
    /// At most m places (row, column), spread along both; by rising row, each once.
    std::vector<std::pair<std::int64_t, std::int64_t>> spread(std::int64_t m) const;

  private:
    std::int64_t m_all[3], m_step[3];  ///< lines, samples, bands: of the cube, of a piece
    std::int64_t m_rows, m_columns, m_layers;
    std::size_t m_bytes;
};

}  // namespace hyperspectral_shadows
