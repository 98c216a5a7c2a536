// SPDX-License-Identifier: Apache-2.0
#include "experiments/phase_column.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/published.hpp"

namespace markov_mixtures {
std::vector<std::string> phaseNames() {
    std::vector<std::string> names;
    for (const Algorithm a : kFour) names.push_back(labelOf(a));
    names.push_back("unigrams");
    names.push_back("none");
    return names;
}

std::int32_t phaseOf(double utilisation, double proximity, double threshold) {
    if (!std::isfinite(utilisation) || !std::isfinite(proximity)) return kNoPhase;
    const bool bigram = utilisation >= threshold, retrieves = proximity >= .5 + threshold / 2;
    return (retrieves ? 0 : 2) + (bigram ? 1 : 0);
}

std::int32_t largestOf(const Lia& lia) {
    if (!std::isfinite(lia.weights[0])) return kNoPhase;
    if (!lia.illConditioned()) return static_cast<std::int32_t>(lia.largest());
    if (lia.unigram() >= std::max(lia.weights[1], lia.weights[3])) return kUnigrams;
    return lia.weights[1] > lia.weights[3] ? 1 : 3;
}

PhaseColumn::PhaseColumn(std::size_t chains, const std::vector<int>& contextLength, AttentionShape attention)
    : m_chains(chains),
      m_lengths(contextLength.size()),
      m_scored(proximityPlaces(contextLength)),
      m_shape(attention) {
    clear();
}

const std::vector<std::pair<const char*, std::vector<double> PhaseColumn::*>>& PhaseColumn::all() {
    using P = PhaseColumn;
    static const std::vector<std::pair<const char*, std::vector<double> P::*>> members{
        {"column_has", &P::m_has},
        {"column_known_matrix", &P::m_knownMatrix},
        {"column_fresh_matrix", &P::m_freshMatrix},
        {"column_known_position", &P::m_knownPosition},
        {"column_fresh_position", &P::m_freshPosition},
        {"column_biased_position", &P::m_biasedPosition},
        {"column_used", &P::m_used},
        {"column_rmse", &P::m_rmse},
        {"column_condition", &P::m_condition},
        {"column_largest", &P::m_largest},
        {"column_weights", &P::m_weights},
        {"column_proximity", &P::m_proximity},
        {"column_low", &P::m_low},
        {"column_high", &P::m_high}};
    return members;
}

void PhaseColumn::clear() {
    for (const auto& [name, values] : all()) (this->*values).assign(m_chains * m_lengths, kNan);
    m_has.assign(m_chains, 0);
    m_weights.assign(m_chains * m_lengths * 4, kNan);
    for (auto* each : {&m_proximity, &m_low, &m_high}) each->assign(m_scored.size() * m_chains, kNan);
    m_attention.assign(m_chains * m_shape.size(), std::numeric_limits<float>::quiet_NaN());
}

void PhaseColumn::set(std::size_t n, const Snapshot& s, const std::vector<float>& attention) {
    std::copy_n(attention.begin(), std::min(attention.size(), m_shape.size()),
                m_attention.begin() + static_cast<std::ptrdiff_t>(n * m_shape.size()));
    for (std::size_t m = 0; m < m_lengths; ++m) {
        const std::size_t at = n * m_lengths + m;
        m_knownMatrix[at] = s.klMatrix[kId * m_lengths + m];
        m_freshMatrix[at] = s.klMatrix[kOod * m_lengths + m];
        m_knownPosition[at] = s.klPosition[kId * m_lengths + m];
        m_freshPosition[at] = s.klPosition[kOod * m_lengths + m];
        m_biasedPosition[at] = s.klPosition[kBiased * m_lengths + m];
        m_used[at] = s.utilisation[m].raw;
        m_rmse[at] = s.lia[m].rmse;
        m_condition[at] = s.lia[m].condition;
        m_largest[at] = largestOf(s.lia[m]);
        std::copy(s.lia[m].weights.begin(), s.lia[m].weights.end(),
                  m_weights.begin() + static_cast<std::ptrdiff_t>(at * 4));
    }
    for (std::size_t i = 0; i < s.proximity.size(); ++i) {
        m_proximity[i * m_chains + n] = s.proximity[i].fraction;
        m_low[i * m_chains + n] = s.proximity[i].low;
        m_high[i * m_chains + n] = s.proximity[i].high;
    }
    m_has[n] = 1;
}

void PhaseColumn::publish(latent::Job& job, std::int64_t step) const {
    const std::int64_t n = extent(m_chains), m = extent(m_lengths), s = extent(m_scored.size());
    job.publish("checkpoint_step", latent::ArrayView(&step, {1}));
    for (const auto& [name, values] : {std::pair{"kl_matrix_id", &m_knownMatrix},
                                       {"kl_matrix_ood", &m_freshMatrix},
                                       {"kl_position_id", &m_knownPosition},
                                       {"kl_position_ood", &m_freshPosition},
                                       {"kl_position_biased", &m_biasedPosition},
                                       {"utilisation", &m_used},
                                       {"lia_rmse", &m_rmse},
                                       {"lia_condition", &m_condition}})
        job.publish(name, {*values, {1, n, m}});
    job.publish("lia_weights", {m_weights, {1, n, m, 4}});
    std::vector<double> unigram;
    for (std::size_t at = 0; at < m_weights.size(); at += 4)
        unigram.push_back(m_weights[at] + m_weights[at + 2]);
    job.publish("lia_unigram", {unigram, {1, n, m}});
    job.publish("lia_largest", {std::vector<std::int32_t>(m_largest.begin(), m_largest.end()), {1, n, m}});
    const std::int64_t length = extent(m_shape.length);
    job.publish("attention",
                {m_attention, {1, n, extent(m_shape.layers), extent(m_shape.heads), length, length}});
    job.publish("proximity", {m_proximity, {1, s, n}});
    job.publish("proximity_low", {m_low, {1, s, n}});
    job.publish("proximity_high", {m_high, {1, s, n}});
    std::vector<std::int32_t> phase;
    for (std::size_t t = 0; t < kThresholds; ++t)
        for (std::size_t i = 0; i < m_scored.size(); ++i)
            for (std::size_t c = 0; c < m_chains; ++c)
                phase.push_back(phaseOf(m_used[c * m_lengths + m_scored[i]], m_proximity[i * m_chains + c],
                                        threshold(t)));
    job.publish("phase", {phase, {1, extent(kThresholds), s, n}});
}

void PhaseColumn::save(latent::State& state) const {
    for (const auto& [name, values] : all()) state.arrays.push_back({name, this->*values});
    state.arrays.push_back({"column_attention", m_attention});
}

void PhaseColumn::restore(const latent::Resumed& resumed) {
    const auto refuse = [] {
        throw latent::RunError("The checkpoint holds a phase diagram of another size; start the run anew.");
    };
    for (const auto& [name, values] : all()) {
        std::vector<double> saved = resumed.array(name).toDoubles();
        if (saved.size() != (this->*values).size()) refuse();
        this->*values = std::move(saved);
    }
    const latent::Array attention = resumed.array("column_attention");
    const std::span<const float> kept = attention.as<float>();
    if (kept.size() != m_attention.size()) refuse();
    m_attention.assign(kept.begin(), kept.end());
}

}  // namespace markov_mixtures
