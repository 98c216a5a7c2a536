// SPDX-License-Identifier: Apache-2.0
#include "packed.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

namespace latent::learn::transformer::detail {

Packed::Packed(const Layout& layout, const Kernels& kernels)
    : m_layout(&layout), m_kernels(&kernels), m_vectors(layout.vectorFloats) {
    std::size_t floats = 0;
    const auto add = [&](const Slot& slot) {
        const std::size_t forward = floats;
        floats +=
            static_cast<std::size_t>(roundUpToPanel(slot.rows)) * static_cast<std::size_t>(slot.columns);
        const std::size_t backward = floats;
        floats += static_cast<std::size_t>(slot.stride) * static_cast<std::size_t>(slot.rows);
        m_matrices.push_back({slot, forward, backward});
    };
    for (const LayerSlots& layer : layout.layers)
        for (const LinearSlots* slots : {&layer.qkv, &layer.out, &layer.up, &layer.down})
            if (slots->weight.exists) add(slots->weight);
    add(layout.head);
    m_panels = AlignedFloats(floats);
    makeTables();
}

void Packed::makeTables() {
    const Shape& shape = m_layout->shape;
    const int width = shape.headWidth(), padded = roundUpToPanel(width);
    m_rotary = shape.positions == Positions::Rotary;
    m_tableFloats = static_cast<std::size_t>(shape.context) * static_cast<std::size_t>(padded);
    m_tables = AlignedFloats(4 * m_tableFloats);
    const double scale = 1.0 / std::sqrt(static_cast<double>(width));
    for (int t = 0; t < shape.context; ++t)
        for (int i = 0; i < width; ++i) {
            const std::size_t at =
                static_cast<std::size_t>(t) * static_cast<std::size_t>(padded) + static_cast<std::size_t>(i);
            const double angle =
                m_rotary ? t * std::pow(shape.rotaryBase, -static_cast<double>(i / 2 * 2) / width) : 0.0;
            const double cosine = std::cos(angle), sine = (i % 2 == 0 ? -1.0 : 1.0) * std::sin(angle);
            m_tables[at] = static_cast<float>(scale * cosine);
            m_tables[m_tableFloats + at] = static_cast<float>(scale * sine);
            m_tables[2 * m_tableFloats + at] = static_cast<float>(cosine);
            m_tables[3 * m_tableFloats + at] = static_cast<float>(sine);
        }
}

void Packed::refresh(const float* flat) {
    m_flat = flat;
    m_layout->eachSlot([&](const Slot& slot) {
        if (slot.padded < m_layout->vectorFloats)
            std::copy_n(flat + slot.flat, slot.columns, m_vectors.data() + slot.padded);
    });
    for (const Panels& matrix : m_matrices) {
        m_kernels->packAcross(flat + matrix.slot.flat, matrix.slot.rows, matrix.slot.columns,
                              m_panels.data() + matrix.forward);
        m_kernels->pack(flat + matrix.slot.flat, matrix.slot.rows, matrix.slot.columns,
                        m_panels.data() + matrix.backward);
    }
}

PackedLinear Packed::find(const Slot& weight) const {
    for (const Panels& matrix : m_matrices)
        if (matrix.slot.flat == weight.flat)
            return {m_panels.data() + matrix.forward, m_panels.data() + matrix.backward, nullptr,
                    weight.columns, weight.rows};
    throw UsageError("A transformer has no such matrix.");
}

PackedLinear Packed::linear(const LinearSlots& slots) const {
    PackedLinear linear = find(slots.weight);
    linear.bias = vector(slots.bias);
    return linear;
}

PackedLinear Packed::head() const { return find(m_layout->head); }

}  // namespace latent::learn::transformer::detail
