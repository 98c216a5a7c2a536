// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights as the kernels read them: each matrix in panels, once for the forward and once for the backward product, vectors padded,
// and the rotation tables. Made again after each update; read by all threads. Internal.
#include <vector>

#include "kernels.hpp"
#include "latent/learn/aligned.hpp"
#include "layout.hpp"

namespace latent::learn::transformer::detail {

/// A map out = in·weightᵀ + bias.
struct PackedLinear {
    const float* forward;   ///< panels over the outputs, each [in, 16]
    const float* backward;  ///< panels over the inputs, each [out, 16]
    const float* bias;      ///< [out rounded up]
    int in;
    int out;
};

class Packed {
  public:
    Packed(const Layout& layout, const Kernels& kernels);

    void refresh(const float* flat);

    const Layout& layout() const { return *m_layout; }
    const Kernels& kernels() const { return *m_kernels; }
    const float* vector(const Slot& slot) const { return m_vectors.data() + slot.padded; }
    PackedLinear linear(const LinearSlots& slots) const;
    PackedLinear head() const;
    /// Row-major [rows, width] of the embeddings, not padded.
    const float* rows(const Slot& slot) const { return m_flat + slot.flat; }

    /// [context, head width rounded up]; those of queries hold the factor 1/√(head width) as well.
    const float* queryCosine() const { return m_tables.data(); }
    const float* querySine() const { return m_tables.data() + m_tableFloats; }
    const float* keyCosine() const { return m_rotary ? m_tables.data() + 2 * m_tableFloats : nullptr; }
    const float* keySine() const { return m_rotary ? m_tables.data() + 3 * m_tableFloats : nullptr; }

  private:
    struct Panels {
        Slot slot;
        std::size_t forward, backward;
    };
    void makeTables();
    PackedLinear find(const Slot& weight) const;

    const Layout* m_layout;
    const Kernels* m_kernels;
    const float* m_flat = nullptr;
    std::vector<Panels> m_matrices;
    AlignedFloats m_vectors, m_panels, m_tables;
    std::size_t m_tableFloats;
    bool m_rotary;
};

}  // namespace latent::learn::transformer::detail
