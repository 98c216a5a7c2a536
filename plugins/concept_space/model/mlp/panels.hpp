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
#include <memory>
#include <new>
#include <utility>

namespace concept_space::mlp {

inline constexpr int kPanel = 16;  ///< columns in a panel: one cache line of floats

constexpr int roundUpToPanel(int n) { return (n + kPanel - 1) / kPanel * kPanel; }
constexpr std::size_t panelFloats(int stride, int cols) {
    return static_cast<std::size_t>(stride) * static_cast<std::size_t>(roundUpToPanel(cols));
}
constexpr std::size_t panelIndex(int row, int col, int stride) {
    return (static_cast<std::size_t>(col / kPanel) * static_cast<std::size_t>(stride) +
            static_cast<std::size_t>(row)) *
               kPanel +
           static_cast<std::size_t>(col % kPanel);
}

/// Zero-initialised floats on a cache line boundary; owns its memory, moves, copies by value.
class AlignedFloats {
  public:
    AlignedFloats() = default;
    explicit AlignedFloats(std::size_t size) : m_size(size) {
        if (size == 0) return;
        m_data.reset(static_cast<float*>(::operator new(size * sizeof(float), kAlignment)));
        for (std::size_t i = 0; i < size; ++i) m_data[i] = 0.0F;
    }
    AlignedFloats(const AlignedFloats& other) : AlignedFloats(other.m_size) {
        for (std::size_t i = 0; i < m_size; ++i) m_data[i] = other.m_data[i];
    }
    AlignedFloats(AlignedFloats&& other) noexcept
        : m_data(std::move(other.m_data)), m_size(std::exchange(other.m_size, 0)) {}
    AlignedFloats& operator=(AlignedFloats other) noexcept {
        m_data.swap(other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    ~AlignedFloats() = default;

    float* data() { return m_data.get(); }
    const float* data() const { return m_data.get(); }
    std::size_t size() const { return m_size; }
    float& operator[](std::size_t i) { return m_data[i]; }
    float operator[](std::size_t i) const { return m_data[i]; }

  private:
    static constexpr std::align_val_t kAlignment{64};
    struct Free {
        void operator()(float* p) const { ::operator delete(p, kAlignment); }
    };
    std::unique_ptr<float[], Free> m_data;
    std::size_t m_size = 0;
};

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
