// SPDX-License-Identifier: Apache-2.0
#pragma once
// One seed of an experiment: a trainer, the points it is asked about, and what was recorded on the way.
//
// "State n" is the network after n updates. train_loss[n] is the loss of batch n at state n; ood_loss belongs
// to states 0, ood_every, 2·ood_every, …; node losses, output and matrix belong to the states listed in
// `frames`. Each state is observed exactly once however often the run is stopped, saved and resumed: state 0
// before the first update, state n right after the n-th. One thread at a time may touch a SeedRun.
//
//     SeedRun run(trainer, plan);
//     run.advanceTo(4720);                          // may stop earlier between two steps when `stop` is
//     raised Records out = run.take();                     // what was recorded since the last take()
//     TrainerState kept = run.trainer().state();    // checkpoint: take() first, then keep this

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluator.hpp"
#include "trainer.hpp"

namespace concept_space::mlp {

struct RecordPlan {
    std::vector<std::uint64_t> frames;  ///< sorted states to record closely
    std::uint64_t oodEvery = 1;         ///< states between two OOD losses; 0: none
    std::vector<float> nodes;           ///< [2^s, dim] points; the last is the OOD point x̂
    std::vector<double> basis;          ///< [coordinates, dim]: rows are the directions in which to report
    int coordinates = 2;                ///< how many rows `basis` has
    bool matrix = true;  ///< record the Jacobian at x̂ (linear nets: the product of the weights)
};

/// Row-major, one row per recorded state; a frame's rows have the lengths given.
struct Records {
    std::uint64_t firstStep = 0;         ///< state of train_loss[0]
    std::vector<float> trainLoss;        ///< one per step
    std::vector<std::uint64_t> oodStep;  ///< states of oodLoss
    std::vector<double> oodLoss;
    std::vector<std::uint64_t> frame;  ///< states of the rows below
    std::vector<float> nodeLoss;       ///< [frames, 2^s]
    std::vector<float> output;         ///< [frames, coordinates]: f(x̂) in the basis
    std::vector<float> matrix;         ///< [frames, coordinates, coordinates]: basis · J · basisᵀ
};

class SeedRun {
  public:
    /// Throws std::invalid_argument when the plan's arrays do not fit the network.
    SeedRun(Trainer trainer, RecordPlan plan);

    /// Trains until `step` updates are done or `stop` is seen (looked at before each update); true when done.
    bool advanceTo(std::uint64_t step, const std::atomic<bool>* stop = nullptr);

    const Trainer& trainer() const { return m_trainer; }
    void restore(const TrainerState& state);  ///< drops what was recorded and not taken
    Records take();

  private:
    void reserve(std::uint64_t steps);
    void observe();
    void observeFrame();

    Trainer m_trainer;
    RecordPlan m_plan;
    Evaluator m_nodes;
    Evaluator m_ood;
    std::size_t m_nextFrame = 0;
    Records m_records;
};

}  // namespace concept_space::mlp
