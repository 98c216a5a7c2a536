// SPDX-License-Identifier: Apache-2.0
#pragma once
// Does LIA, fitted on known chains, forecast how the model behaves on new ones, better than simpler accounts do?
//
// A condition is a checkpoint, a mixture size or a context length: a fit on known chains, the matrices of all algorithms on new
// chains, and the model's measured divergence there. Each account gives weights for every condition; its forecast is
// klMatrix(Σ_a w_a T_a ‖ truth) in nats, averaged over the chains. Controls: the single algorithm that is nearest to the model
// on known chains; the mean weights over all conditions (static); the context-free average matrix; random weights. An account
// is as good as its mean absolute error and its rank correlation over the conditions. Pure; any thread.
//
//     std::vector<Condition> conditions;                       // one for each checkpoint
//     ForecastReport report = forecast(10, conditions, {.randomDraws = 200, .seed = 1});
//     report.lia.meanAbsoluteError < report.staticWeights.meanAbsoluteError;

#include <cstdint>
#include <vector>

#include "model/lia/lia.hpp"

namespace markov_mixtures {

struct Condition {
    Lia fit;  ///< on known chains
    std::array<double, 4>
        klToModel{};  ///< on known chains: klMatrix(model‖algorithm) of kFour; picks the single best
    std::vector<std::vector<double>> algorithms;  ///< for each new chain: [kAlgorithms, k, k]
    std::vector<std::vector<double>> truth;       ///< for each new chain: [k, k]
    double measured = 0;  ///< mean over the new chains of klMatrix(model‖truth), nats
};

struct Account {
    std::vector<double> predicted;  ///< [conditions], nats
    double meanAbsoluteError = 0;   ///< nats
    double rankCorrelation =
        0;  ///< Spearman's, ties averaged; not a number for fewer than 3 conditions or a constant
};

struct ForecastReport {
    Account lia, singleBest, staticWeights, contextFree;
    /// Of random weights (uniform on the simplex, one draw for all conditions): the mean and the best of the draws.
    double randomMeanError = 0, randomBestError = 0;
};

struct ForecastOptions {
    int randomDraws = 200;
    std::uint64_t seed = 0;
};
ForecastReport forecast(int states, const std::vector<Condition>& conditions,
                        const ForecastOptions& options = {});

/// Spearman's rank correlation with averaged ties; not a number for fewer than 3 pairs or where one side is constant.
double rankCorrelation(std::span<const double> a, std::span<const double> b);

}  // namespace markov_mixtures
