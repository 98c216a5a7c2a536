// SPDX-License-Identifier: Apache-2.0
#pragma once
// Floats on a cache line boundary: what the hand-written kernels read and write. No LibTorch; a plain value:
// one thread writes it, or several each their own cache lines.
//
//     latent::learn::AlignedFloats w(latent::learn::roundUpToPanel(10) * 64);      // zeros
//     w[3] = 1.0F;

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace latent::learn {

inline constexpr int kPanel = 16;  ///< floats in a cache line, and in a Row of simd/lanes_*.hpp

constexpr int roundUpToPanel(int n) { return (n + kPanel - 1) / kPanel * kPanel; }

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

}  // namespace latent::learn
