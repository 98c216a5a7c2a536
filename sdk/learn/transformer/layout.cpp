// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <map>

#include "latent/learn/aligned.hpp"

namespace latent::learn::transformer::detail {

Layout::Layout(const Shape& given) : shape(given) {
    std::map<std::string, Tensor> tensors;
    for (Tensor& tensor : tensorsOf(shape)) {
        flatFloats = tensor.offset + tensor.size;
        tensors.emplace(tensor.name, std::move(tensor));
    }
    std::vector<std::pair<std::string, Slot*>> vectors, matrices;
    const auto vector = [&](const std::string& name, Slot& slot, int columns) {
        slot.columns = columns;
        vectors.emplace_back(name, &slot);
    };
    const auto matrix = [&](const std::string& name, Slot& slot, int rows, int columns) {
        slot.rows = rows;
        slot.columns = columns;
        matrices.emplace_back(name, &slot);
    };
    const auto linear = [&](const std::string& name, LinearSlots& slots, int out, int in) {
        matrix(name + ".weight", slots.weight, out, in);
        vector(name + ".bias", slots.bias, out);
    };
    const auto normed = [&](const std::string& name, NormSlots& slots) {
        vector(name + ".weight", slots.scale, shape.width);
        vector(name + ".bias", slots.shift, shape.width);
    };
    const int d = shape.width, m = shape.hidden();
    matrix("transformer.wte.weight", tokens, shape.inputs(), d);
    if (shape.positions == Positions::Learned) matrix("transformer.wpe.weight", positions, shape.context, d);
    layers.resize(static_cast<std::size_t>(shape.layers));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = "transformer.h." + std::to_string(i) + ".";
        normed(name + "ln_1", layers[i].norm1);
        linear(name + "attn.c_attn", layers[i].qkv, 3 * d, d);
        linear(name + "attn.c_proj", layers[i].out, d, d);
        if (m == 0) continue;
        normed(name + "ln_2", layers[i].norm2);
        linear(name + "mlp.c_fc", layers[i].up, m, d);
        linear(name + "mlp.c_proj", layers[i].down, d, m);
    }
    normed("transformer.ln_f", norm);
    if (!shape.tiedHead) matrix("lm_head.weight", head, shape.vocabulary, d);

    const auto place = [&](const std::vector<std::pair<std::string, Slot*>>& slots) {
        for (const auto& [name, slot] : slots) {
            slot->stride = roundUpToPanel(slot->columns);
            slot->padded = paddedFloats;
            paddedFloats += static_cast<std::size_t>(slot->rows) * static_cast<std::size_t>(slot->stride);
            const auto found = tensors.find(name);
            if (found == tensors.end()) continue;
            slot->exists = true;
            slot->flat = found->second.offset;
            m_all.push_back(*slot);
        }
    };
    place(vectors);
    vectorFloats = paddedFloats;
    place(matrices);
    if (shape.tiedHead) {
        head = tokens;
        head.rows = shape.vocabulary;
    }
}

}  // namespace latent::learn::transformer::detail
