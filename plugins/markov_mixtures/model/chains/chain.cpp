// SPDX-License-Identifier: Apache-2.0
#include "model/chains/chain.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace markov_mixtures {
namespace {

constexpr double kRowTolerance = 1e-9;  // rounding of k additions, far below any probability that matters

std::string stateName(std::size_t state) { return "state " + std::to_string(state); }

/// Steps from state 0 to every state along positive entries (backwards: against them); -1 where there is no way.
std::vector<int> distances(std::size_t k, std::span<const double> transition, bool backwards) {
    std::vector<int> steps(k, -1);
    std::vector<std::size_t> queue{0};
    steps[0] = 0;
    for (std::size_t head = 0; head < queue.size(); ++head) {
        const std::size_t i = queue[head];
        for (std::size_t j = 0; j < k; ++j) {
            if (steps[j] >= 0 || !((backwards ? transition[j * k + i] : transition[i * k + j]) > 0)) continue;
            steps[j] = steps[i] + 1;
            queue.push_back(j);
        }
    }
    return steps;
}

}  // namespace

std::string whyNotErgodic(int states, std::span<const double> transition) {
    if (states < 2) return "A chain needs at least 2 states, not " + std::to_string(states) + ".";
    if (states > kMostStates)
        return "A chain has at most " + std::to_string(kMostStates) + " states, not " +
               std::to_string(states) + ".";
    const auto k = static_cast<std::size_t>(states);
    if (transition.size() != k * k)
        return "A transition matrix of " + std::to_string(states) + " states has " + std::to_string(k * k) +
               " entries, not " + std::to_string(transition.size()) + ".";
    for (std::size_t i = 0; i < k; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < k; ++j) {
            const double p = transition[i * k + j];
            if (!(p >= 0) || p > 1 + kRowTolerance)
                return "Row " + std::to_string(i) +
                       " of the transition matrix holds an entry that is no probability.";
            sum += p;
        }
        if (std::abs(sum - 1) > kRowTolerance)
            return "Row " + std::to_string(i) + " of the transition matrix does not sum to 1.";
    }
    const std::vector<int> there = distances(k, transition, false), back = distances(k, transition, true);
    for (std::size_t i = 0; i < k; ++i) {
        if (there[i] < 0)
            return "The chain is reducible: there is no way from state 0 to " + stateName(i) + ".";
        if (back[i] < 0)
            return "The chain is reducible: there is no way from " + stateName(i) + " to state 0.";
    }
    // The period is the greatest common divisor of d(i) + 1 − d(j) over the edges (i, j), d the distance from state 0.
    int period = 0;
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j)
            if (transition[i * k + j] > 0) period = std::gcd(period, std::abs(there[i] + 1 - there[j]));
    if (period != 1)
        return "The chain is periodic: it returns to a state only after multiples of " +
               std::to_string(period) + " steps. Give one state a positive probability to stay.";
    return {};
}

std::vector<double> stationaryOf(int states, std::span<const double> transition) {
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const Matrix> t(transition.data(), states, states);
    Eigen::MatrixXd system(states + 1, states);
    system.topRows(states) = t.transpose();
    system.topRows(states).diagonal().array() -= 1;
    system.bottomRows(1).setOnes();
    Eigen::VectorXd right = Eigen::VectorXd::Zero(states + 1);
    right[states] = 1;
    const Eigen::VectorXd solution = system.householderQr().solve(right).cwiseMax(0.0);
    std::vector<double> pi(solution.data(), solution.data() + states);
    const double sum = std::accumulate(pi.begin(), pi.end(), 0.0);
    for (double& p : pi) p /= sum;
    return pi;
}

Chain makeChain(int states, std::vector<double> transition) {
    if (const std::string why = whyNotErgodic(states, transition); !why.empty())
        throw std::invalid_argument(why);
    Chain chain{states, std::move(transition), {}};
    chain.stationary = stationaryOf(states, chain.transition);
    return chain;
}

double entropy(std::span<const double> distribution) {
    double sum = 0;
    for (const double p : distribution)
        if (p > 0) sum -= p * std::log(p);
    return sum;
}

double entropyRate(const Chain& chain) {
    double rate = 0;
    for (int i = 0; i < chain.states; ++i)
        rate += chain.stationary[static_cast<std::size_t>(i)] * entropy(chain.row(i));
    return rate;
}

double stationaryEntropy(const Chain& chain) { return entropy(chain.stationary); }

Chain relabelled(const Chain& chain, std::span<const std::uint32_t> newName) {
    const auto k = static_cast<std::size_t>(chain.states);
    if (newName.size() != k) throw std::invalid_argument("A relabelling needs one new name for each state.");
    Chain other{chain.states, std::vector<double>(k * k), std::vector<double>(k)};
    for (std::size_t i = 0; i < k; ++i) {
        other.stationary[newName[i]] = chain.stationary[i];
        for (std::size_t j = 0; j < k; ++j)
            other.transition[newName[i] * k + newName[j]] = chain.transition[i * k + j];
    }
    return other;
}

}  // namespace markov_mixtures
