// SPDX-License-Identifier: Apache-2.0
#pragma once
// Linear maps over the rows of a chunk. Threads share the outputs, so that each weight is unpacked once for all rows; the rows are taken
// 128 at a time, so that they and the unpacked weights stay in the second cache; and what follows is done while the sums are there.
// Internal to this folder. A Products belongs to one pass; its threads have scratch of their own.

#include <algorithm>
#include <latent/learn/team.hpp>
#include <vector>

#include "decoder/rows.hpp"

namespace icl_graphs {

using latent::learn::Team;

inline constexpr int kBlockRows = 128;  // rows that are multiplied at a time
inline constexpr int kMostPanels = 16;  // of sixteen outputs, that are unpacked at a time

class Products {
  public:
    Products(const DecoderKernels& kernels, const TileKernels* tiles, Team& team, int deepest)
        : m_kernels(kernels), m_tiles(tiles), m_team(team) {
        for (int t = 0; t < team.size(); ++t) m_scratch.emplace_back(deepest, tiles != nullptr);
    }

    static std::uint64_t floatsFor(int deepest, bool tiled) {
        return static_cast<std::uint64_t>(Scratch::rowSize(deepest) + Scratch::packedSize(deepest, tiled) +
                                          Scratch::kOut);
    }

    /// Some outputs of maps that read the same input: of each, panels firstPanel … firstPanel + panels − 1.
    struct Columns {
        std::vector<const LinearMap*> maps;
        Rows* to;  ///< for finish()
        int firstPanel, panels;
    };

    /// Cuts the outputs of maps into pieces of about the same size for the threads, `most` panels in each.
    void cut(std::vector<const LinearMap*> maps, Rows* to, int most, std::vector<Columns>& pieces) const {
        const int panels = roundUpToPanel(maps[0]->weight.rows) / kPanel, threads = m_team.size(),
                  even = (panels + 1) / 2;
        const int count = std::min(even, ((panels + most - 1) / most + threads - 1) / threads * threads),
                  each = (even + count - 1) / count * 2;
        for (int p = 0; p < panels; p += each) pieces.push_back({maps, to, p, std::min(each, panels - p)});
    }

    /// finish(columns, thread, firstRow, rows, out, stride, width) for each block of rows of each piece: out[r][m·width + j] is output j of
    /// map m, bias included; it may be changed. Zeros beyond the last output of a map.
    template <class Finish>
    void run(const Operand& in, int rows, const std::vector<Columns>& pieces, Finish&& finish) {
        m_team.each(pieces.size(), [&](std::size_t i, int thread) {
            const Columns& piece = pieces[i];
            Scratch& s = m_scratch[static_cast<std::size_t>(thread)];
            const int width = (piece.panels + piece.panels % 2) * kPanel,
                      stride = width * static_cast<int>(piece.maps.size());
            unpack(piece, s);
            for (int first = 0; first < rows; first += kBlockRows) {
                const int count = std::min(kBlockRows, rows - first);
                multiply(in, first, count, piece, s, stride);
                finish(piece, thread, first, count, s.out.data(), stride, width);
            }
        });
    }

  private:
    struct Scratch {
        static constexpr std::ptrdiff_t kOut = kBlockRows * kMostPanels * kPanel;
        static std::ptrdiff_t rowSize(int depth) {
            return kPanel * static_cast<std::ptrdiff_t>(roundUpToPanel(depth));
        }
        static std::ptrdiff_t packedSize(int depth, bool tiled) {
            return kMostPanels * (tiled ? tileRowSize(depth) : static_cast<std::ptrdiff_t>(depth) * kPanel);
        }
        AlignedFloats rows, packed, out;
        Scratch(int depth, bool tiled)
            : rows(static_cast<std::size_t>(rowSize(depth))),
              packed(static_cast<std::size_t>(packedSize(depth, tiled))),
              out(static_cast<std::size_t>(kOut)) {}
    };

    /// Panels [map][panel][depth][16], or rows of tiles; an even number of each map.
    void unpack(const Columns& columns, Scratch& scratch) const;
    void multiply(const Operand& in, int first, int rows, const Columns& columns, Scratch& scratch,
                  int stride) const;

    const DecoderKernels& m_kernels;
    const TileKernels* m_tiles;
    Team& m_team;
    std::vector<Scratch> m_scratch;
};

}  // namespace icl_graphs
