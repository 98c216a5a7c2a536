// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "model/chains/chain.hpp"

namespace markov_mixtures {

void klWeights(int states, std::span<const double> truth, std::span<double> weights) {
    const auto k = static_cast<std::size_t>(states);
    if (truth.size() != k * k || weights.size() != k)
        throw std::invalid_argument("A divergence needs a matrix of states × states.");
    std::vector<double> raised(truth.begin(), truth.end());
    for (std::size_t i = 0; i < k; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < k; ++j) sum += raised[i * k + j] += kEpsilon;
        for (std::size_t j = 0; j < k; ++j) raised[i * k + j] /= sum;
    }
    const std::vector<double> pi = stationaryOf(states, raised);
    std::copy(pi.begin(), pi.end(), weights.begin());
}

double klMatrix(std::span<const double> prediction, std::span<const double> truth,
                std::span<const double> weights) {
    const std::size_t k = weights.size();
    if (prediction.size() != k * k || truth.size() != k * k)
        throw std::invalid_argument("A divergence compares two matrices of states × states.");
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i) {
        double row = 0;
        for (std::size_t j = 0; j < k; ++j) {
            const double p = prediction[i * k + j];
            if (p > 0) row += p * std::log(p / (truth[i * k + j] + kEpsilon));
        }
        sum += weights[i] * row;
    }
    return sum;
}

double klMatrix(int states, std::span<const double> prediction, std::span<const double> truth) {
    std::vector<double> weights(static_cast<std::size_t>(states));
    klWeights(states, truth, weights);
    return klMatrix(prediction, truth, weights);
}

double klPosition(std::span<const double> truth, std::span<const double> prediction) {
    if (truth.size() != prediction.size())
        throw std::invalid_argument("A divergence compares two rows of the same length.");
    double sum = 0;
    for (std::size_t j = 0; j < truth.size(); ++j)
        if (truth[j] > 0) sum += truth[j] * std::log(truth[j] / std::max(prediction[j], kEpsilon));
    return sum;
}

}  // namespace markov_mixtures
