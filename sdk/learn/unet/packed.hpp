// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights as the kernels read them, and their transposes for the way back. Read by all threads. Internal.
#include "kernels.hpp"
#include "layout.hpp"

namespace latent::learn::unet::detail {

class Packed {
  public:
    Packed(const Layout& layout, const Kernels& kernels, bool training)
        : m_layout(&layout),
          m_kernels(&kernels),
          m_forward(layout.packedFloats),
          m_backward(training ? layout.backwardFloats : 0) {}

    const Layout& layout() const { return *m_layout; }
    const Kernels& kernels() const { return *m_kernels; }
    float* data() { return m_forward.data(); }
    const float* data() const { return m_forward.data(); }
    std::size_t size() const { return m_forward.size(); }

    const float* at(const Vector& v) const { return m_forward.data() + v.packed; }
    const float* at(const Matrix& m) const { return m_forward.data() + m.packed; }
    const float* backward(const Matrix& m) const { return m_backward.data() + m.backward; }

    /// Makes the transposes of matrices first … end − 1 anew; pieces may go to several threads.
    void refresh(std::size_t first, std::size_t end);
    void refresh() { refresh(0, m_layout->matrices.size()); }

  private:
    const Layout* m_layout;
    const Kernels* m_kernels;
    AlignedFloats m_forward, m_backward;
};

}  // namespace latent::learn::unet::detail
