// SPDX-License-Identifier: Apache-2.0
#pragma once
// The numbers of a phase diagram, filled as models come to their checkpoints: its arrays, its state in a checkpoint, its labels.
//
// Axes: n number of chains, c checkpoint, m context length; of attention also layer, head, query, key. What has not come yet is no number,
// and 4 among labels. Different threads may set different cells. Divergences in nats.
//
//     PhaseMap map(4, 40, 11, {2, 1, 40});
//     map.set(n, c, snapshot, predictor.attention(example, 1));  map.has(n, c);
//     map.publish(job);  map.save(state);  map.restore(resumed);

#include <latent/latent.hpp>

#include "model/training/snapshot.hpp"

namespace markov_mixtures {

/// Labels: the algorithms in the order of kFour, and none yet.
inline constexpr std::int32_t kNoPhase = 4;
/// Thresholds of a label, as shares of the way from "not at all" to "wholly": .1, .2, … .9.
inline constexpr std::size_t kThresholds = 9;
inline double threshold(std::size_t i) { return .1 * static_cast<double>(i + 1); }

/// Bigram where utilisation reaches the threshold, retrieval where proximity has made that share of its way from .5 to 1; kNoPhase where
/// one of them is no number.
std::int32_t phaseOf(double utilisation, double proximity, double threshold);

/// Of the attention that is kept of each cell.
struct AttentionShape {
    std::size_t layers = 0, heads = 0, length = 0;
    std::size_t size() const { return layers * heads * length * length; }
};

class PhaseMap {
  public:
    PhaseMap(std::size_t chains, std::size_t checkpoints, std::size_t lengths, AttentionShape attention);

    bool has(std::size_t n, std::size_t c) const;
    /// `attention`: [layer, head, query, key] on the model's example.
    void set(std::size_t n, std::size_t c, const Snapshot& snapshot, const std::vector<float>& attention);
    void publish(latent::Job& job) const;
    void save(latent::State& state) const;
    void restore(const latent::Resumed& resumed);

  private:
    std::size_t cell(std::size_t n, std::size_t c) const { return n * m_checkpoints + c; }

    std::size_t m_chains, m_checkpoints, m_lengths;
    AttentionShape m_shape;
    std::vector<float> m_attention;                                     // [n, c, layer, head, query, key]
    std::vector<double> m_known, m_fresh, m_used, m_rmse, m_condition;  // [n, c, m]
    std::vector<double> m_weights;                                      // [n, c, m, 4]
    std::vector<double> m_proximity, m_low, m_high;                     // [n, c]
};

}  // namespace markov_mixtures
