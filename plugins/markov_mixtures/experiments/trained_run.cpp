// SPDX-License-Identifier: Apache-2.0
#include "experiments/trained_run.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/chain_parameters.hpp"

namespace markov_mixtures {

TrainedRun::TrainedRun(const latent::Run& run)
    : chains(chainsOf(run.parameters())),
      width(run.parameters().integer("width")),
      seed(run.parameters().seed()) {
    const latent::Parameters& p = run.parameters();
    if (p.has("training_seed")) training = " trained with " + std::to_string(p.integer("training_seed"));
    const auto read = [&](const char* name) { return run.read(name).toDoubles(); };
    for (const double s : read("checkpoint_step")) step.push_back(static_cast<std::int64_t>(s));
    sets = read("set").size();
    lengths = read("context_length").size();
    layers = static_cast<std::size_t>(p.integer("layers"));
    heads = static_cast<std::size_t>(p.integer("heads"));
    kl = read("kl_matrix");
    klHalves = read("kl_matrix_half");
    if (run.has("kl_position_half")) positionHalves = read("kl_position_half");
    toAlgorithm = read("kl_to_algorithm");
    toAlgorithmHalves = read("kl_to_algorithm_half");
    jointHalves = read("lia_joint_half");
    used = read("utilisation");
    previousToken = read("previous_token_half");
    induction = read("induction_half");
    forecastError = read("forecast_error");
}

std::vector<double> TrainedRun::klHalf(std::size_t set, std::size_t half) const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c)
        curve.push_back(klHalves[((c * 2 + half) * sets + set) * lengths + lengths - 1]);
    return curve;
}

std::vector<double> TrainedRun::risk(std::size_t checkpoint, std::size_t set, std::size_t half) const {
    if (positionHalves.empty() || set >= sets) return {};
    const auto from = positionHalves.begin() +
                      static_cast<std::ptrdiff_t>(((checkpoint * 2 + half) * sets + set) * lengths);
    return {from, from + static_cast<std::ptrdiff_t>(lengths)};
}

std::array<double, 3> TrainedRun::kinds(std::size_t checkpoint, std::size_t half, std::size_t length) const {
    const auto at = [&](std::size_t four) { return toAlgorithmOf(checkpoint, half, kOod, four, length); };
    return {std::min(at(0), at(2)), at(1), at(3)};
}

std::optional<std::size_t> TrainedRun::mostUnigram(std::size_t half) const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c) curve.push_back(nearestUnigram(c, half));
    return lowest(curve);
}

double TrainedRun::towardsInference(std::size_t checkpoint) const {
    const auto at = [&](std::size_t four, std::size_t m) {
        return toAlgorithm[((checkpoint * sets + kOod) * 4 + four) * lengths + m];
    };
    double sum = 0;
    for (std::size_t m = lengths / 2; m < lengths; ++m)
        sum += (at(1, m) - at(3, m)) / static_cast<double>(lengths - lengths / 2);
    return sum;
}

std::vector<double> TrainedRun::bigramRetrieval() const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c)
        curve.push_back((jointHalves[(c * 2 + kEven) * 4 + 1] + jointHalves[(c * 2 + kOdd) * 4 + 1]) / 2);
    return curve;
}

std::vector<double> TrainedRun::utilisation() const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c) curve.push_back(used[c * lengths + lengths - 1]);
    return curve;
}

std::vector<double> TrainedRun::knowledge() const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c)
        curve.push_back(-kl[(c * sets + kId) * lengths + lengths - 1]);
    return curve;
}

std::optional<std::size_t> TrainedRun::strongestHead(const std::vector<double>& scores, std::size_t half,
                                                     std::size_t first, std::size_t end) const {
    std::optional<std::size_t> strongest;
    for (std::size_t h = first * heads; h < end * heads; ++h) {
        const double score = headCurve(scores, half, h).back();
        if (std::isfinite(score) && (!strongest || score > headCurve(scores, half, *strongest).back()))
            strongest = h;
    }
    return strongest;
}

std::vector<double> TrainedRun::headCurve(const std::vector<double>& scores, std::size_t half,
                                          std::size_t head) const {
    std::vector<double> curve;
    for (std::size_t c = 0; c < checkpoints(); ++c)
        curve.push_back(scores[(c * 2 + half) * layers * heads + head]);
    return curve;
}

}  // namespace markov_mixtures
