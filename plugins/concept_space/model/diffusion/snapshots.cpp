// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/snapshots.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

namespace concept_space {

namespace diffusion = latent::learn::diffusion;
namespace unet = latent::learn::unet;

void Snapshots::add(const unet::Weights& weights, const diffusion::Schedule& schedule) {
    m_weights.insert(m_weights.end(), weights.flat().begin(), weights.flat().end());
    m_lines.insert(m_lines.end(), {schedule.intercept(), schedule.slope()});
}

unet::Weights Snapshots::weights(std::size_t i) const {
    unet::Weights weights(m_shape);
    const std::size_t each = weights.flat().size();
    std::copy_n(m_weights.begin() + static_cast<std::ptrdiff_t>(i * each), each, weights.flat().begin());
    return weights;
}

diffusion::Schedule Snapshots::schedule(std::size_t i) const {
    diffusion::Schedule schedule(m_schedule);
    if (m_schedule.kind != diffusion::ScheduleKind::Cosine)
        schedule.setLine(m_lines[2 * i], m_lines[2 * i + 1]);
    return schedule;
}

void Snapshots::save(latent::State& state) const {
    if (m_lines.empty()) return;
    state.arrays.push_back({"snapshots", latent::ArrayView(m_weights)});
    state.arrays.push_back({"snapshot_lines", latent::ArrayView(m_lines)});
}

void Snapshots::restore(const latent::Resumed& resumed, std::size_t n) {
    const latent::Array weights = resumed.array("snapshots"), lines = resumed.array("snapshot_lines");
    const std::size_t each = static_cast<std::size_t>(m_shape.parameterCount());
    if (weights.dtype() != latent::F32 || lines.dtype() != latent::F64 || weights.count() != n * each ||
        lines.count() != 2 * n)
        throw latent::RunError("The checkpoint keeps networks of " + std::to_string(weights.count()) +
                               " numbers with " + std::to_string(lines.count()) + " of noise schedules; " +
                               std::to_string(n) + " networks of " + std::to_string(each) +
                               " parameters were due. Start the run anew.");
    const auto flat = weights.as<float>();
    const auto line = lines.as<double>();
    if (!std::all_of(line.begin(), line.end(), [](double v) { return std::isfinite(v); }))
        throw latent::RunError(
            "The checkpoint keeps noise schedules that are not finite. Start the run anew.");
    m_weights.assign(flat.begin(), flat.end());
    m_lines.assign(line.begin(), line.end());
}

}  // namespace concept_space
