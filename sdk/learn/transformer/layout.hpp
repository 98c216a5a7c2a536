// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where each tensor lies: in the flat buffer without gaps, and in the padded one of the kernels, whose rows are whole panels on cache
// line boundaries. Gradients are summed in the padded one. Vectors come first in it, so that they can be kept apart. Internal.
#include <vector>

#include "latent/learn/transformer/shape.hpp"

namespace latent::learn::transformer::detail {

/// A tensor [rows, columns] (a vector has one row). Without biases their slots exist all the same: zero, and their gradient is dropped.
struct Slot {
    bool exists = false;
    std::size_t flat = 0;    ///< offset of the tensor in Weights::flat()
    std::size_t padded = 0;  ///< offset of the same in the padded buffer
    int rows = 1;
    int columns = 0;
    int stride = 0;  ///< of the padded one: columns rounded up to a panel
};

struct LinearSlots {
    Slot weight, bias;
};
struct NormSlots {
    Slot scale, shift;
};
struct LayerSlots {
    NormSlots norm1, norm2;
    LinearSlots qkv, out, up, down;
};

struct Layout {
    explicit Layout(const Shape& shape);

    Shape shape;
    Slot tokens, positions, head;  ///< `head` of a tied model is the first rows of `tokens`
    NormSlots norm;
    std::vector<LayerSlots> layers;
    std::size_t flatFloats = 0;
    std::size_t vectorFloats = 0;  ///< of the padded buffer: where the matrices begin
    std::size_t paddedFloats = 0;

    /// Calls body(slot) for every tensor that exists, vectors first; a tied head is not called again.
    template <class Body>
    void eachSlot(Body body) const {
        for (const Slot& slot : m_all) body(slot);
    }

  private:
    std::vector<Slot> m_all;
};

}  // namespace latent::learn::transformer::detail
