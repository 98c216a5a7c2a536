// SPDX-License-Identifier: Apache-2.0
#pragma once
// One column of a phase diagram: every model at one checkpoint, filled as models come to it, then published as
// one row of growing arrays. A checkpoint of the run keeps the column that is not full yet, and nothing of
// those that are.
//
// Axes: n number of chains, m context length, s length that proximity is measured at; of attention also layer,
// head, query, key. Different threads may set different models. Divergences in nats.
//
//     PhaseColumn column(4, lengths, {2, 1, 40});
//     column.set(n, snapshot, predictor.attention(example, 1));  column.has(n);
//     column.publish(job, step);  column.clear();  column.save(state);  column.restore(resumed);

#include <latent/latent.hpp>

#include "model/training/snapshot.hpp"

namespace markov_mixtures {

/// Labels: the algorithms in the order of kFour, both unigram ones where their split means nothing, and none
/// where a number is missing.
inline constexpr std::int32_t kUnigrams = 4, kNoPhase = 5;
std::vector<std::string> phaseNames();

/// Thresholds of a label, as shares of the way from "not at all" to "wholly": .1, .2, … .9.
inline constexpr std::size_t kThresholds = 9;
inline double threshold(std::size_t i) { return .1 * static_cast<double>(i + 1); }

/// Bigram where utilisation reaches the threshold, retrieval where proximity has made that share of its way
/// from .5 to 1; kNoPhase where one of them is no number.
std::int32_t phaseOf(double utilisation, double proximity, double threshold);

/// The algorithm with the largest weight. Where the fit is ill-conditioned (lia.hpp) the weights of both
/// unigram algorithms count as one, under a label of their own; kNoPhase without weights.
std::int32_t largestOf(const Lia& lia);

/// Of the attention that is kept of each model.
struct AttentionShape {
    std::size_t layers = 0, heads = 0, length = 0;
    std::size_t size() const { return layers * heads * length * length; }
};

class PhaseColumn {
  public:
    PhaseColumn(std::size_t chains, const std::vector<int>& contextLength, AttentionShape attention);

    bool has(std::size_t n) const { return m_has[n] != 0; }
    /// `attention`: [layer, head, query, key] on the model's example.
    void set(std::size_t n, const Snapshot& snapshot, const std::vector<float>& attention);
    /// Appends the column to the arrays of the run.
    void publish(latent::Job& job, std::int64_t step) const;
    /// Nobody has come to the next checkpoint yet.
    void clear();
    void save(latent::State& state) const;
    void restore(const latent::Resumed& resumed);

  private:
    /// All numbers that a checkpoint keeps, by name.
    static const std::vector<std::pair<const char*, std::vector<double> PhaseColumn::*>>& all();

    std::size_t m_chains, m_lengths;
    std::vector<std::size_t> m_scored;  // places of the lengths of proximity
    AttentionShape m_shape;
    std::vector<double> m_has;       // [n], 1 or 0
    std::vector<float> m_attention;  // [n, layer, head, query, key]
    std::vector<double> m_knownMatrix, m_freshMatrix, m_knownPosition, m_freshPosition, m_biasedPosition,
        m_used, m_rmse, m_condition, m_largest;      // [n, m]
    std::vector<double> m_weights;                   // [n, m, 4]
    std::vector<double> m_proximity, m_low, m_high;  // [s, n]
};

}  // namespace markov_mixtures
