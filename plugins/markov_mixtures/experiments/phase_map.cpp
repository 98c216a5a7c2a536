// SPDX-License-Identifier: Apache-2.0
#include "experiments/phase_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace markov_mixtures {
namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
}

std::int32_t phaseOf(double utilisation, double proximity, double threshold) {
    if (!std::isfinite(utilisation) || !std::isfinite(proximity)) return kNoPhase;
    const bool bigram = utilisation >= threshold, retrieves = proximity >= .5 + threshold / 2;
    return (retrieves ? 0 : 2) + (bigram ? 1 : 0);
}

PhaseMap::PhaseMap(std::size_t chains, std::size_t checkpoints, std::size_t lengths, AttentionShape attention)
    : m_chains(chains),
      m_checkpoints(checkpoints),
      m_lengths(lengths),
      m_shape(attention),
      m_attention(chains * checkpoints * attention.size(), std::numeric_limits<float>::quiet_NaN()) {
    for (auto* each : {&m_known, &m_fresh, &m_used, &m_rmse, &m_condition})
        each->assign(chains * checkpoints * lengths, kNan);
    m_weights.assign(chains * checkpoints * lengths * 4, kNan);
    for (auto* each : {&m_proximity, &m_low, &m_high}) each->assign(chains * checkpoints, kNan);
}

bool PhaseMap::has(std::size_t n, std::size_t c) const {
    return !std::isnan(m_known[cell(n, c) * m_lengths]);
}

void PhaseMap::set(std::size_t n, std::size_t c, const Snapshot& s, const std::vector<float>& attention) {
    std::copy_n(attention.begin(), std::min(attention.size(), m_shape.size()),
                m_attention.begin() + static_cast<std::ptrdiff_t>(cell(n, c) * m_shape.size()));
    for (std::size_t m = 0; m < m_lengths; ++m) {
        const std::size_t at = cell(n, c) * m_lengths + m;
        m_known[at] = s.klMatrix[kId * m_lengths + m];
        m_fresh[at] = s.klMatrix[kOod * m_lengths + m];
        m_used[at] = s.utilisation[m].raw;
        m_rmse[at] = s.lia[m].rmse;
        m_condition[at] = s.lia[m].condition;
        std::copy(s.lia[m].weights.begin(), s.lia[m].weights.end(),
                  m_weights.begin() + static_cast<std::ptrdiff_t>(at * 4));
    }
    if (!s.proximity) return;
    m_proximity[cell(n, c)] = s.proximity->fraction;
    m_low[cell(n, c)] = s.proximity->low;
    m_high[cell(n, c)] = s.proximity->high;
}

void PhaseMap::publish(latent::Job& job) const {
    const auto n = static_cast<std::int64_t>(m_chains), c = static_cast<std::int64_t>(m_checkpoints),
               m = static_cast<std::int64_t>(m_lengths);
    job.publish("kl_matrix_id", {m_known, {n, c, m}});
    job.publish("kl_matrix_ood", {m_fresh, {n, c, m}});
    job.publish("utilisation", {m_used, {n, c, m}});
    job.publish("lia_rmse", {m_rmse, {n, c, m}});
    job.publish("lia_condition", {m_condition, {n, c, m}});
    job.publish("lia_weights", {m_weights, {n, c, m, 4}});
    const auto layers = static_cast<std::int64_t>(m_shape.layers),
               heads = static_cast<std::int64_t>(m_shape.heads),
               length = static_cast<std::int64_t>(m_shape.length);
    job.publish("attention", {m_attention, {n, c, layers, heads, length, length}});
    job.publish("proximity", {m_proximity, {n, c}});
    job.publish("proximity_low", {m_low, {n, c}});
    job.publish("proximity_high", {m_high, {n, c}});
    std::vector<std::int32_t> largest;
    for (std::size_t at = 0; at < m_known.size(); ++at) {
        const auto first = m_weights.begin() + static_cast<std::ptrdiff_t>(at * 4);
        largest.push_back(std::isnan(*first)
                              ? kNoPhase
                              : static_cast<std::int32_t>(std::max_element(first, first + 4) - first));
    }
    job.publish("lia_largest", {largest, {n, c, m}});
    std::vector<std::int32_t> phase;
    for (std::size_t t = 0; t < kThresholds; ++t)
        for (std::size_t at = 0; at < m_proximity.size(); ++at)
            phase.push_back(phaseOf(m_used[(at + 1) * m_lengths - 1], m_proximity[at], threshold(t)));
    job.publish("phase", {phase, {static_cast<std::int64_t>(kThresholds), n, c}});
}

void PhaseMap::save(latent::State& state) const {
    const std::pair<const char*, const std::vector<double>*> all[]{{"known", &m_known},
                                                                   {"fresh", &m_fresh},
                                                                   {"used", &m_used},
                                                                   {"rmse", &m_rmse},
                                                                   {"condition", &m_condition},
                                                                   {"weights", &m_weights},
                                                                   {"proximity", &m_proximity},
                                                                   {"low", &m_low},
                                                                   {"high", &m_high}};
    for (const auto& [name, values] : all) state.arrays.push_back({name, *values});
    state.arrays.push_back({"attention", m_attention});
}

void PhaseMap::restore(const latent::Resumed& resumed) {
    const std::pair<const char*, std::vector<double>*> all[]{{"known", &m_known},
                                                             {"fresh", &m_fresh},
                                                             {"used", &m_used},
                                                             {"rmse", &m_rmse},
                                                             {"condition", &m_condition},
                                                             {"weights", &m_weights},
                                                             {"proximity", &m_proximity},
                                                             {"low", &m_low},
                                                             {"high", &m_high}};
    for (const auto& [name, values] : all) {
        std::vector<double> saved = resumed.array(name).toDoubles();
        if (saved.size() != values->size())
            throw latent::RunError(
                "The checkpoint holds a phase diagram of another size; start the run anew.");
        *values = std::move(saved);
    }
    const latent::Array attention = resumed.array("attention");
    const std::span<const float> kept = attention.as<float>();
    if (kept.size() != m_attention.size())
        throw latent::RunError("The checkpoint holds attention of another size; start the run anew.");
    m_attention.assign(kept.begin(), kept.end());
}

}  // namespace markov_mixtures
