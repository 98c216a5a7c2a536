// SPDX-License-Identifier: Apache-2.0
#pragma once
// One checkpoint of a model, explained: how far it is from the truth and from each algorithm, its LIA weights, its two scores.
//
// The k contexts of a replicate, one ending in each state, give the model's inferred transition matrix; the prefixes of independent
// sequences give the metric by position. LIA is fitted on known chains alone; its forecast for new chains applies the same weights to
// the algorithms there. Replicates are shared between threads and each result has a place of its own, so that the numbers do not
// depend on how many there are. Divergences in nats, everything else has no unit. Throws what the predictor throws.
//
//     const std::optional<Snapshot> s = explain(model, reference, {.threads = 2});
//     s->klMatrix[kOod * reference.lengths() + m];  s->joint.weights;  s->proximity.back().fraction;

#include "model/lia/forecast.hpp"
#include "model/lia/scores.hpp"
#include "model/training/predictor.hpp"
#include "model/training/reference.hpp"

namespace markov_mixtures {

/// [set, m] each where nothing else is said; sets in the order of kModelSets, algorithms in that of kFour.
struct Snapshot {
    std::vector<double> klMatrix,
        klMatrixSem;  ///< klMatrix(model‖truth): mean and standard error over replicates
    std::vector<double> klPosition, klPositionSem;  ///< klPosition(truth‖model)
    /// [half, set, m]; not a number for a half without replicates.
    std::vector<double> klMatrixHalf, klPositionHalf;
    std::vector<double> klToAlgorithm;      ///< [set, 4, m] klMatrix(model‖algorithm)
    std::vector<double> klToAlgorithmHalf;  ///< [half, set, 4, m]
    std::vector<Lia> lia;                   ///< [m] fits on the contexts of one length
    Lia joint;                              ///< on all lengths: short ones separate Uni-Ret from Uni-Inf
    std::array<Lia, 2> half;                ///< the joint fit on each half of the known chains
    std::vector<double> forecast;           ///< [m] klMatrix(LIA‖truth) on new chains
    std::vector<Utilisation> utilisation;   ///< [m] on new chains
    /// At Reference::proximityLengths(), the longest last; empty without proximity chains.
    std::vector<Proximity> proximity;
};

/// Nothing when keepGoing said no.
std::optional<Snapshot> explain(const Predictor& model, const Reference& reference,
                                const Effort& effort = {});

/// LIA's forecasts for the longest context over checkpoints, with their controls: the fit, klToAlgorithm on known chains and klMatrix
/// on new ones of each checkpoint. `joint`, weights of another fit, is kept beside them and not looked at.
struct CheckpointFit {
    std::array<double, 4> weights{}, klToAlgorithm{};
    double measured = 0;
    std::array<double, 4> joint{};
};
ForecastReport forecastOver(const Reference& reference, const std::vector<CheckpointFit>& checkpoints,
                            int randomDraws = ForecastOptions{}.randomDraws);

}  // namespace markov_mixtures
