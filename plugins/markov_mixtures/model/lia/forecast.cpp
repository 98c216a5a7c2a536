// SPDX-License-Identifier: Apache-2.0
#include "model/lia/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"
#include "model/chains/dirichlet.hpp"

namespace markov_mixtures {
namespace {

std::vector<double> ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return values[x] < values[y]; });
    std::vector<double> rank(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i + 1;
        while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
        for (std::size_t j = i; j < end; ++j) rank[order[j]] = static_cast<double>(i + end - 1) / 2;
        i = end;
    }
    return rank;
}

/// The forecast of given weights in one condition; `weights` of kFour.
double divergenceOf(int states, const Condition& condition, std::span<const double> weights) {
    double sum = 0;
    for (std::size_t r = 0; r < condition.truth.size(); ++r)
        sum += klMatrix(states, interpolate(weights, condition.algorithms[r]), condition.truth[r]);
    return sum / static_cast<double>(condition.truth.size());
}

Account judged(std::vector<double> predicted, const std::vector<Condition>& conditions) {
    Account account;
    std::vector<double> measured;
    for (std::size_t c = 0; c < conditions.size(); ++c) {
        measured.push_back(conditions[c].measured);
        account.meanAbsoluteError +=
            std::abs(predicted[c] - measured[c]) / static_cast<double>(conditions.size());
    }
    account.rankCorrelation = rankCorrelation(predicted, measured);
    account.predicted = std::move(predicted);
    return account;
}

template <class WeightsOf>
Account accountOf(int states, const std::vector<Condition>& conditions, const WeightsOf& weightsOf) {
    std::vector<double> predicted;
    for (const Condition& c : conditions) {
        const std::array<double, 4> w = weightsOf(c);
        predicted.push_back(divergenceOf(states, c, w));
    }
    return judged(std::move(predicted), conditions);
}

}  // namespace

double rankCorrelation(std::span<const double> a, std::span<const double> b) {
    const std::size_t n = a.size();
    if (n != b.size()) throw std::invalid_argument("A correlation needs as many numbers on both sides.");
    const std::vector<double> x = ranks(a), y = ranks(b);
    const double mean = (static_cast<double>(n) - 1) / 2;
    double xy = 0, xx = 0, yy = 0;
    for (std::size_t i = 0; i < n; ++i) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    return n < 3 || xx == 0 || yy == 0 ? std::numeric_limits<double>::quiet_NaN() : xy / std::sqrt(xx * yy);
}

ForecastReport forecast(int states, const std::vector<Condition>& conditions,
                        const ForecastOptions& options) {
    if (conditions.empty()) throw std::invalid_argument("A forecast needs at least one condition.");
    const std::size_t size =
        kAlgorithms * static_cast<std::size_t>(states) * static_cast<std::size_t>(states);
    for (const Condition& c : conditions) {
        if (c.truth.empty() || c.truth.size() != c.algorithms.size())
            throw std::invalid_argument(
                "A condition of a forecast needs algorithms and truth of at least one chain.");
        for (const auto& a : c.algorithms)
            if (a.size() != size)
                throw std::invalid_argument(
                    "A condition of a forecast has matrices of another number of states.");
    }
    std::array<double, 4> mean{};
    for (const Condition& c : conditions)
        for (std::size_t a = 0; a < 4; ++a)
            mean[a] += c.fit.weights[a] / static_cast<double>(conditions.size());

    ForecastReport report;
    report.lia = accountOf(states, conditions, [](const Condition& c) { return c.fit.weights; });
    report.singleBest = accountOf(states, conditions, [](const Condition& c) {
        std::array<double, 4> w{};
        w[static_cast<std::size_t>(std::min_element(c.klToModel.begin(), c.klToModel.end()) -
                                   c.klToModel.begin())] = 1;
        return w;
    });
    report.staticWeights = accountOf(states, conditions, [&](const Condition&) { return mean; });
    std::vector<double> free;
    const std::size_t entries = size / kAlgorithms;
    for (const Condition& c : conditions) {
        double sum = 0;
        for (std::size_t r = 0; r < c.truth.size(); ++r)
            sum += klMatrix(
                states, std::span(c.algorithms[r]).subspan(indexOf(Algorithm::MeanMatrix) * entries, entries),
                c.truth[r]);
        free.push_back(sum / static_cast<double>(c.truth.size()));
    }
    report.contextFree = judged(std::move(free), conditions);
    latent::learn::RandomStream random(options.seed, "markov/random_weights");
    report.randomBestError = std::numeric_limits<double>::infinity();
    const std::array<double, 4> ones{1, 1, 1, 1};
    for (int draw = 0; draw < options.randomDraws; ++draw) {
        const std::vector<double> w = dirichlet(random, ones);
        const double error = accountOf(states, conditions, [&](const Condition&) {
                                 return std::array<double, 4>{w[0], w[1], w[2], w[3]};
                             }).meanAbsoluteError;
        report.randomMeanError += error / options.randomDraws;
        report.randomBestError = std::min(report.randomBestError, error);
    }
    return report;
}

}  // namespace markov_mixtures
