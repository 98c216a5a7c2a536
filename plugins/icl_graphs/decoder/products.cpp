// SPDX-License-Identifier: Apache-2.0
#include "decoder/products.hpp"

#include <cstring>

namespace icl_graphs {

void Products::unpack(const Columns& columns, Scratch& s) const {
    const int depth = columns.maps[0]->weight.columns, stride = roundUpToPanel(depth);
    const std::ptrdiff_t step = m_tiles ? tileRowSize(depth) : static_cast<std::ptrdiff_t>(depth) * kPanel;
    float* to = s.packed.data();
    for (const LinearMap* map : columns.maps)
        for (int p = 0; p < columns.panels + columns.panels % 2; ++p, to += step) {
            const int first = (columns.firstPanel + p) * kPanel;
            for (int j = 0; j < kPanel; ++j) {
                float* at = s.rows.data() + static_cast<std::ptrdiff_t>(j) * stride;
                if (first + j < map->weight.rows)
                    m_kernels.unpackRow(map->weight.storage, map->weight.row(first + j), depth, at);
                else
                    std::memset(at, 0, static_cast<std::size_t>(depth) * sizeof(float));
            }
            if (m_tiles)
                m_tiles->splitRight(s.rows.data(), stride, depth, to);
            else
                m_kernels.packPanel(s.rows.data(), stride, depth, to);
        }
}

void Products::multiply(const Operand& in, int first, int rows, const Columns& columns, Scratch& s,
                        int stride) const {
    const int depth = columns.maps[0]->weight.columns, panels = stride / kPanel;
    if (m_tiles)
        m_tiles->product(in.tiles.at(first / kTileRows), tileRowSize(depth),
                         (rows + 2 * kTileRows - 1) / (2 * kTileRows) * 2 * kTileRows, s.packed.data(),
                         tileRowSize(depth), stride, depth, s.out.data(), stride);
    else
        m_kernels.product(in.floats.row(first), in.floats.stride, rows, s.packed.data(),
                          static_cast<std::ptrdiff_t>(depth) * kPanel, kPanel, panels, depth, s.out.data(),
                          stride);
    for (std::size_t m = 0; m < columns.maps.size(); ++m) {
        const std::vector<float>& bias = columns.maps[m]->bias;
        if (bias.empty()) continue;
        const int width = stride / static_cast<int>(columns.maps.size()), from = columns.firstPanel * kPanel,
                  count = std::min(width, static_cast<int>(bias.size()) - from);
        for (int r = 0; r < rows; ++r)
            for (int j = 0; j < count; ++j)
                s.out[static_cast<std::size_t>(r * stride + static_cast<int>(m) * width + j)] +=
                    bias[static_cast<std::size_t>(from + j)];
    }
}

}  // namespace icl_graphs
