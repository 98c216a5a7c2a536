// SPDX-License-Identifier: Apache-2.0
#include "model/training/reference.hpp"

#include <cmath>
#include <latent/learn/parallel.hpp>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {
namespace {

ReferenceReplicate referenceOf(const AlgorithmBank& bank, const EvaluationSpec& spec, SetKind kind,
                               std::int64_t number) {
    ReferenceReplicate r;
    r.contexts = makeReplicate(bank.mixture(), spec, kind, number);
    const auto k = static_cast<std::size_t>(bank.states());
    r.truthWeights.resize(k);
    klWeights(bank.states(), r.contexts.truth.transition, r.truthWeights);
    for (std::size_t m = 0; m < spec.contextLength.size(); ++m) {
        std::vector<Context> windows;
        for (int j = 0; j < bank.states(); ++j)
            windows.push_back({r.contexts.window(m, j), r.contexts.tokenBefore(m, j)});
        const std::vector<double> matrices = bank.inferredMatrices(windows);
        r.matrices.insert(r.matrices.end(), matrices.begin(), matrices.end());
        for (const Algorithm a : kFour) {
            std::vector<double> weights(k);
            klWeights(bank.states(), std::span(matrices).subspan(indexOf(a) * k * k, k * k), weights);
            r.weights.insert(r.weights.end(), weights.begin(), weights.end());
        }
    }
    return r;
}

}  // namespace

std::vector<std::size_t> proximityPlaces(std::span<const int> contextLength) {
    std::vector<std::size_t> places;
    for (const double share : {.25, .5, 1.0}) {
        const double wanted = share * contextLength.back();
        std::size_t nearest = 0;
        for (std::size_t m = 1; m < contextLength.size(); ++m)
            if (std::abs(contextLength[m] - wanted) < std::abs(contextLength[nearest] - wanted)) nearest = m;
        if (places.empty() || places.back() != nearest) places.push_back(nearest);
    }
    return places;
}

std::optional<Reference> Reference::make(const AlgorithmBank& bank, const EvaluationSpec& spec,
                                         const ReferenceOptions& options, const Effort& effort) {
    if (options.replicates < 1) throw std::invalid_argument("'replicates' must be at least 1.");
    requireValid(spec);
    Reference reference(bank, spec, options);
    const auto count = static_cast<std::size_t>(options.replicates);
    const auto goOn = [&](std::size_t) { return !effort.keepGoing || effort.keepGoing(); };
    for (std::size_t set = 0; set < kModelSets.size(); ++set) {
        ReferenceSet& to = reference.m_sets[set];
        to.replicates.resize(count);
        std::vector<ReplicateCurves> curves(count);
        const auto one = [&](std::size_t r) {
            to.replicates[r] = referenceOf(bank, spec, kModelSets[set], static_cast<std::int64_t>(r));
            curves[r] = evaluateReplicate(bank, to.replicates[r].contexts);
        };
        if (!latent::learn::forEachIndex(count, effort.threads, one, goOn)) return std::nullopt;
        const std::size_t lengths = spec.contextLength.size();
        to.klMatrix.assign(4 * lengths, 0.0);
        to.klPosition.assign(4 * lengths, 0.0);
        for (const ReferenceReplicate& r : to.replicates) {
            const Chain& truth = r.contexts.truth;
            std::vector<double> rows;
            for (int i = 0; i < truth.states; ++i)
                rows.insert(rows.end(), truth.stationary.begin(), truth.stationary.end());
            to.unigramMatrix += klMatrix(rows, truth.transition, r.truthWeights) / static_cast<double>(count);
            to.unigramPosition +=
                (stationaryEntropy(truth) - entropyRate(truth)) / static_cast<double>(count);
        }
        for (std::size_t a = 0; a < 4; ++a)
            for (std::size_t m = 0; m < lengths; ++m)
                for (const ReplicateCurves& c : curves) {
                    to.klMatrix[a * lengths + m] +=
                        c.klMatrix[indexOf(kFour[a]) * lengths + m] / static_cast<double>(count);
                    to.klPosition[a * lengths + m] +=
                        c.klPosition[indexOf(kFour[a]) * lengths + m] / static_cast<double>(count);
                }
    }
    if (options.proximityChains < 1) return reference;
    reference.m_proximityLengths = proximityPlaces(spec.contextLength);
    EvaluationSpec few = spec;
    few.contextLength.clear();
    for (const std::size_t m : reference.m_proximityLengths)
        few.contextLength.push_back(spec.contextLength[m]);
    few.sequences = 1;
    reference.m_proximity.resize(static_cast<std::size_t>(options.proximityChains));
    const auto context = [&](std::size_t r) {
        reference.m_proximity[r] =
            makeReplicate(bank.mixture(), few, SetKind::Ood, static_cast<std::int64_t>(r));
    };
    if (!latent::learn::forEachIndex(reference.m_proximity.size(), effort.threads, context, goOn))
        return std::nullopt;
    reference.m_test = ProximityTest::make(bank.mixture(), spec.generator,
                                           {.redraws = options.redraws,
                                            .seed = spec.seed,
                                            .unigram = false,
                                            .confidence = .95,
                                            .threads = effort.threads},
                                           effort.keepGoing);
    if (!reference.m_test) return std::nullopt;
    return reference;
}

}  // namespace markov_mixtures
