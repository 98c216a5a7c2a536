// SPDX-License-Identifier: Apache-2.0
// A trainer as a value, and in the checkpoints of a run.
#include <algorithm>
#include <latent/error.hpp>

#include "trainer_members.hpp"

namespace latent::learn::unet {
namespace {

Weights unpacked(const detail::Layout& layout, const float* packed) {
    Weights weights(layout.shape);
    layout.unpack(packed, weights.flat().data());
    return weights;
}

}  // namespace

Weights Trainer::weights() const { return unpacked(m->layout, m->packed.data()); }

Weights Trainer::averagedWeights() const {
    if (m->rule.average <= 0) throw UsageError("This trainer keeps no average of its weights.");
    return unpacked(m->layout, m->average.data());
}

TrainerState Trainer::state() const {
    const auto flat = [&](const float* packed) {
        std::vector<float> values(m->layout.flatFloats);
        m->layout.unpack(packed, values.data());
        return values;
    };
    TrainerState state{m->steps, flat(m->packed.data()), flat(m->first.data()), flat(m->second.data()), {}};
    if (m->rule.average > 0) state.average = flat(m->average.data());
    return state;
}

void Trainer::restore(const TrainerState& state) {
    const std::size_t n = m->layout.flatFloats;
    if (state.weights.size() != n || state.first.size() != n || state.second.size() != n || state.step < 0)
        throw UsageError("The state is not that of a U-Net with " + std::to_string(n) + " parameters.");
    if (state.average.size() != (m->rule.average > 0 ? n : 0))
        throw UsageError("The state and the options differ in whether an average of the weights is kept.");
    m->steps = state.step;
    m->layout.pack(state.weights.data(), m->packed.data());
    m->layout.pack(state.first.data(), m->first.data());
    m->layout.pack(state.second.data(), m->second.data());
    if (m->rule.average > 0) m->layout.pack(state.average.data(), m->average.data());
    m->refresh();
}

State Trainer::save(const std::string& prefix) {
    TrainerState now = state();
    State state;
    state.values[prefix + ".step"] = now.step;
    m->saved[0] = std::move(now.weights);
    m->saved[1] = std::move(now.first);
    m->saved[2] = std::move(now.second);
    m->saved[3] = std::move(now.average);
    const char* names[] = {".weights", ".adam_first", ".adam_second", ".average"};
    for (std::size_t i = 0; i < 4; ++i)
        if (!m->saved[i].empty()) state.arrays.push_back({prefix + names[i], ArrayView(m->saved[i])});
    return state;
}

void Trainer::restore(const Resumed& resumed, const std::string& prefix) {
    const auto floats = [&](const char* name) {
        const Array array = resumed.array(prefix + name);
        if (array.dtype() != F32 || array.count() != m->layout.flatFloats)
            throw RunError("The checkpoint's '" + prefix + name + "' has " + std::to_string(array.count()) +
                           " elements; this U-Net has " + std::to_string(m->layout.flatFloats) +
                           " parameters.");
        const auto values = array.as<float>();
        return std::vector<float>(values.begin(), values.end());
    };
    const auto step = resumed.values().find(prefix + ".step");
    if (step == resumed.values().end() || !step->is_number_unsigned())
        throw RunError("The checkpoint does not say how many steps '" + prefix + "' has done.");
    TrainerState state{
        step->get<std::int64_t>(), floats(".weights"), floats(".adam_first"), floats(".adam_second"), {}};
    if (m->rule.average > 0) state.average = floats(".average");
    restore(state);
}

}  // namespace latent::learn::unet
