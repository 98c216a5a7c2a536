// SPDX-License-Identifier: Apache-2.0
#pragma once
// The memory layout of every matrix in the training step: column panels of sixteen floats.
//
// A matrix [rows, cols] is kept as ceil(cols/16) panels; a panel is `stride` rows of sixteen neighbouring
// columns, one cache line each, so element (i, j) lies at (j/16)*stride*16 + i*16 + j%16. Every operand of
// the forward, backward and gradient products can be read in this layout in the order the product wants,
// without packing or transposing. Columns past `cols` and rows past `rows` hold zeros and stay zero through
// every kernel (their weights and activations are zero, and so are the gradients), which is how any width is
// served by one set of kernels. Plain values and free functions; no thread rules beyond "one writer".
//
//     AlignedFloats w(panelFloats(64, 10));            // 64 rows, 10 columns (padded to 16)
//     packPanels(rowMajor.data(), 64, 10, 64, w.data());
//     float x = w[panelIndex(3, 9, 64)];

#include <cstddef>
#include <latent/learn/aligned.hpp>

namespace concept_space::mlp {

using latent::learn::AlignedFloats;
using latent::learn::kPanel;  // columns in a panel: one cache line of floats
using latent::learn::roundUpToPanel;

constexpr std::size_t panelFloats(int stride, int cols) {
    return static_cast<std::size_t>(stride) * static_cast<std::size_t>(roundUpToPanel(cols));
}
constexpr std::size_t panelIndex(int row, int col, int stride) {
    return (static_cast<std::size_t>(col / kPanel) * static_cast<std::size_t>(stride) +
            static_cast<std::size_t>(row)) *
               kPanel +
           static_cast<std::size_t>(col % kPanel);
}

/// Row-major [rows, cols] → panels of the given stride (≥ rows); padding is left as it is (zero in a new
/// buffer).
inline void packPanels(const float* rowMajor, int rows, int cols, int stride, float* panels) {
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < cols; ++j) panels[panelIndex(i, j, stride)] = *rowMajor++;
}

/// Panels → row-major [rows, cols].
inline void unpackPanels(const float* panels, int rows, int cols, int stride, float* rowMajor) {
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < cols; ++j) *rowMajor++ = panels[panelIndex(i, j, stride)];
}

}  // namespace concept_space::mlp
