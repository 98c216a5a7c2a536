// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a training publishes while it goes on, and the part of it that a checkpoint keeps.
//
// Rows of growing arrays are published once, when they are made; a resume takes back what came after the last checkpoint, so the
// state holds only what later rows and the last tables depend on. One thread, that of run().
//
//     TrainRecord record(plan, reference);
//     record.begin(job);                                         // axes, reference lines
//     if (record.isDue(done)) record.add(job, model, snapshot);  // one row of everything
//     record.loss(job, done, loss, norm);
//     record.end(job);

#include <chrono>
#include <latent/latent.hpp>

#include "experiments/train_plan.hpp"
#include "model/training/attention.hpp"
#include "model/training/snapshot.hpp"

namespace markov_mixtures {

class TrainRecord {
  public:
    TrainRecord(const TrainPlan& plan, const Reference& reference);

    void begin(latent::Job& job) const;
    /// Whether the model after so many steps is to be explained and has not been.
    bool isDue(std::int64_t done) const {
        return m_fits.size() < m_plan.checkpoints.size() && m_plan.checkpoints[m_fits.size()] == done;
    }
    void add(latent::Job& job, const TransformerPredictor& model, const Snapshot& snapshot);
    /// `step`: the update that it belongs to, from 1 on.
    void loss(latent::Job& job, std::int64_t step, double loss, double gradientNorm);
    /// Before every checkpoint: losses wait here until there are enough of them.
    void publishLosses(latent::Job& job);
    void publishWeights(latent::Job& job, const latent::learn::transformer::Weights& weights,
                        std::int64_t step) const;
    void end(latent::Job& job) const;

    /// Adds the record to the state of the training; views stay valid until the next row.
    void save(latent::State& state) const;
    void restore(const latent::Resumed& resumed);

  private:
    void publishHeads(latent::Job& job, const TransformerPredictor& model) const;

    const TrainPlan& m_plan;
    const Reference& m_reference;
    std::array<std::vector<std::vector<Token>>, 2> m_scored;  // sequences of new chains, by half
    std::vector<Token> m_example;
    std::vector<CheckpointFit> m_fits;  // of the checkpoints that are done, at the longest context
    std::vector<std::int64_t> m_step;
    std::vector<float> m_loss;
    std::chrono::steady_clock::time_point m_shown = std::chrono::steady_clock::now();
};

}  // namespace markov_mixtures
