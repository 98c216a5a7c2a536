// SPDX-License-Identifier: Apache-2.0
// A trainer as a value, and in the checkpoints of a run.
#include <algorithm>
#include <latent/error.hpp>

#include "trainer_members.hpp"

namespace latent::learn::transformer {

TrainerState Trainer::state() const {
    const std::size_t n = m->layout.flatFloats;
    const auto copied = [n](const float* from) { return std::vector<float>(from, from + n); };
    return {m->steps, copied(m->weights.flat().data()), copied(m->first.data()), copied(m->second.data())};
}

void Trainer::restore(const TrainerState& state) {
    const std::size_t n = m->layout.flatFloats;
    if (state.weights.size() != n || state.first.size() != n || state.second.size() != n || state.step < 0)
        throw UsageError("The state is not that of a transformer with " + std::to_string(n) + " parameters.");
    m->steps = state.step;
    std::copy(state.weights.begin(), state.weights.end(), m->weights.flat().begin());
    std::copy(state.first.begin(), state.first.end(), m->first.data());
    std::copy(state.second.begin(), state.second.end(), m->second.data());
}

State Trainer::save(const std::string& prefix) const {
    const auto view = [&](const float* data) {
        return ArrayView(data, {static_cast<std::int64_t>(m->layout.flatFloats)});
    };
    State state;
    state.values[prefix + ".step"] = m->steps;
    state.arrays = {{prefix + ".weights", view(m->weights.flat().data())},
                    {prefix + ".adam_first", view(m->first.data())},
                    {prefix + ".adam_second", view(m->second.data())}};
    return state;
}

void Trainer::restore(const Resumed& resumed, const std::string& prefix) {
    const auto floats = [&](const char* name) {
        const Array array = resumed.array(prefix + name);
        if (array.dtype() != F32 || array.count() != m->layout.flatFloats)
            throw RunError("The checkpoint's '" + prefix + name + "' has " + std::to_string(array.count()) +
                           " elements; this transformer has " + std::to_string(m->layout.flatFloats) +
                           " parameters.");
        const auto values = array.as<float>();
        return std::vector<float>(values.begin(), values.end());
    };
    const auto step = resumed.values().find(prefix + ".step");
    if (step == resumed.values().end() || !step->is_number_unsigned())
        throw RunError("The checkpoint does not say how many steps '" + prefix + "' has done.");
    restore(TrainerState{step->get<std::int64_t>(), floats(".weights"), floats(".adam_first"),
                         floats(".adam_second")});
}

}  // namespace latent::learn::transformer
