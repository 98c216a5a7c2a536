// SPDX-License-Identifier: Apache-2.0
#pragma once
// One forward pass of Decoder. Internal to this folder; see decoder.hpp.

#include <functional>
#include <span>
#include <vector>

#include "decoder/language_model.hpp"
#include "decoder/products.hpp"
#include "decoder/rotary.hpp"

namespace icl_graphs {

inline constexpr int kQueries = 64;  // of an attention block: its scores stay in the second cache

class Pass {
  public:
    /// tiles: null for products by DecoderKernels.
    Pass(const DecoderWeights& weights, const DecoderKernels& kernels, const TileKernels* tiles,
         std::span<const int> tokens, const DecoderRun& run);
    /// False when keepGoing ended it.
    bool go();

  private:
    int layers() const { return m_run.blocksOf(c.layers); }
    void hand(const std::function<void(const Block&)>& to, int layer, Rows& rows, int columns) {
        if (to) to({layer, m_first, m_rows, columns, rows.stride, rows.data.data()});
    }
    void handResidual(int layer) {
        if (m_run.wantsResidual(layer)) hand(m_run.residual, layer, m_x, c.width);
    }

    void embed();
    void block(int layer);
    void normalise(const Normalisation& norm);
    void project(const DecoderLayer& layer);
    /// Turns queries and keys, and puts keys and values into the cache.
    void store(Cache& cache);
    void attend(int layer, Cache& cache);
    /// Adds the map of `in` to the residual stream.
    void add(const LinearMap& map, const Operand& in);
    void activate(const DecoderLayer& layer);
    /// Logits a few hundred columns at a time: only their sum of exponentials and the selected ones are kept.
    void predict();

    /// body(first row, rows, thread) for every sixteen rows of the chunk.
    template <class Body>
    void eachSixteen(Body&& body) {
        m_team.each(static_cast<std::size_t>((m_rows + kTileRows - 1) / kTileRows),
                    [&](std::size_t i, int thread) {
                        const int first = static_cast<int>(i) * kTileRows;
                        body(first, std::min(kTileRows, m_rows - first), thread);
                    });
    }
    /// Makes the tiles of rows first … first + count − 1, where there are tiles.
    void split(Operand& of, int first, int count, int columns) {
        if (m_tiles)
            m_tiles->splitLeft(of.floats.row(first), of.floats.stride, count, columns,
                               of.tiles.at(first / kTileRows));
    }

    const DecoderWeights& w;
    const DecoderConfig& c;
    const DecoderKernels& k;
    const TileKernels* m_tiles;
    std::span<const int> m_tokens;
    const DecoderRun& m_run;
    RotaryTable m_rotary;
    int m_chunk, m_first = 0, m_rows = 0;
    Team m_team;
    Products m_products;
    Rows m_x, m_q, m_k, m_v;
    Operand m_normed, m_heads, m_hidden;
    std::vector<Cache> m_cache;
    std::vector<AlignedFloats> m_scores, m_mixed;  // of each thread
    std::vector<Products::Columns> m_pieces;
};

}  // namespace icl_graphs
