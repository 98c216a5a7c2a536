// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/evaluate.hpp"

#include <cmath>
#include <latent/learn/parallel.hpp>
#include <limits>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {

ReplicateCurves evaluateReplicate(const AlgorithmBank& bank, const Replicate& r) {
    const auto k = static_cast<std::size_t>(bank.states());
    const std::size_t lengths = r.contextLength.size(), sequences = r.sequences();
    ReplicateCurves curves{std::vector<double>(kAlgorithms * lengths),
                           std::vector<double>(kAlgorithms * lengths, 0.0)};
    std::vector<double> weights(k), rows(sequences * kAlgorithms * k);
    klWeights(bank.states(), r.truth.transition, weights);
    for (std::size_t m = 0; m < lengths; ++m) {
        std::vector<Context> windows, prefixes;
        for (int j = 0; j < bank.states(); ++j) windows.push_back({r.window(m, j), r.tokenBefore(m, j)});
        const std::vector<double> matrices = bank.inferredMatrices(windows);
        for (std::size_t s = 0; s < sequences; ++s) prefixes.push_back({r.prefix(m, s)});
        bank.predict(prefixes, rows);
        for (std::size_t a = 0; a < kAlgorithms; ++a) {
            curves.klMatrix[a * lengths + m] =
                klMatrix(std::span(matrices).subspan(a * k * k, k * k), r.truth.transition, weights);
            for (std::size_t s = 0; s < sequences; ++s)
                curves.klPosition[a * lengths + m] +=
                    klPosition(r.truth.row(prefixes[s].last()),
                               std::span(rows).subspan((s * kAlgorithms + a) * k, k)) /
                    static_cast<double>(sequences);
        }
    }
    return curves;
}

void summarise(std::span<const double> chains, std::size_t replicates, std::size_t lengths,
               std::vector<double>& mean, std::vector<double>& sem) {
    const double n = static_cast<double>(replicates);
    mean.assign(kAlgorithms * lengths, 0.0);
    sem.assign(kAlgorithms * lengths, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t a = 0; a < kAlgorithms; ++a)
        for (std::size_t m = 0; m < lengths; ++m) {
            double sum = 0, squares = 0;
            for (std::size_t r = 0; r < replicates; ++r) sum += chains[(a * replicates + r) * lengths + m];
            const double average = sum / n;
            for (std::size_t r = 0; r < replicates; ++r)
                squares += std::pow(chains[(a * replicates + r) * lengths + m] - average, 2);
            mean[a * lengths + m] = average;
            if (replicates > 1) sem[a * lengths + m] = std::sqrt(squares / (n - 1) / n);
        }
}

SetCurves evaluate(const AlgorithmBank& bank, const EvaluationSpec& spec, SetKind kind,
                   std::int64_t replicates, const EvaluateOptions& options) {
    if (replicates < 1) throw std::invalid_argument("'replicates' must be at least 1.");
    requireValid(spec);
    SetCurves curves;
    curves.replicates = static_cast<std::size_t>(replicates);
    curves.lengths = spec.contextLength.size();
    curves.klMatrixChain.resize(kAlgorithms * curves.replicates * curves.lengths);
    curves.klPositionChain.resize(curves.klMatrixChain.size());
    std::vector<double> drawn(curves.replicates, 0.0);
    const bool isWhole = latent::learn::forEachIndex(
        curves.replicates, options.threads,
        [&](std::size_t r) {
            const Replicate replicate =
                makeReplicate(bank.mixture(), spec, kind, static_cast<std::int64_t>(r));
            const ReplicateCurves one = evaluateReplicate(bank, replicate);
            drawn[r] = static_cast<double>(replicate.drawn);
            for (std::size_t a = 0; a < kAlgorithms; ++a)
                for (std::size_t m = 0; m < curves.lengths; ++m) {
                    const std::size_t to = (a * curves.replicates + r) * curves.lengths + m;
                    curves.klMatrixChain[to] = one.klMatrix[a * curves.lengths + m];
                    curves.klPositionChain[to] = one.klPosition[a * curves.lengths + m];
                }
        },
        [&](std::size_t done) {
            return !options.keepGoing || options.keepGoing(static_cast<std::int64_t>(done));
        });
    if (!isWhole) return {};
    for (const double d : drawn) curves.meanDrawn += d / static_cast<double>(curves.replicates);
    summarise(curves.klMatrixChain, curves.replicates, curves.lengths, curves.klMatrix, curves.klMatrixSem);
    summarise(curves.klPositionChain, curves.replicates, curves.lengths, curves.klPosition,
              curves.klPositionSem);
    return curves;
}

}  // namespace markov_mixtures
