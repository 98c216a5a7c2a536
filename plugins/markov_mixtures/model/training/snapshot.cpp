// SPDX-License-Identifier: Apache-2.0
#include "model/training/snapshot.hpp"

#include <cmath>
#include <latent/learn/parallel.hpp>
#include <limits>
#include <stdexcept>

#include "model/algorithms/divergence.hpp"

namespace markov_mixtures {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// What the model says on one replicate.
struct Answers {
    std::vector<double> matrices;    // [m, k, k]
    std::vector<double> klPosition;  // [m]
};

/// The k windows of length m as one batch [k, length].
std::vector<Token> windowsOf(const Replicate& r, std::size_t m) {
    std::vector<Token> tokens;
    for (int j = 0; j < r.truth.states; ++j) {
        const std::span<const Token> window = r.window(m, j);
        tokens.insert(tokens.end(), window.begin(), window.end());
    }
    return tokens;
}

Answers answersOf(const Predictor& model, const Replicate& r, bool shuffled) {
    const auto k = static_cast<std::size_t>(r.truth.states);
    const std::size_t lengths = r.contextLength.size(), sequences = r.sequences(),
                      longest = static_cast<std::size_t>(r.longest());
    Answers answers{std::vector<double>(lengths * k * k), std::vector<double>(lengths, 0.0)};
    for (std::size_t m = 0; m < lengths; ++m)
        model.predict(windowsOf(r, m), r.truth.states, Positions::Last,
                      std::span(answers.matrices).subspan(m * k * k, k * k));

    std::vector<Token> whole;
    std::vector<double> rows(sequences * longest * k);
    if (!shuffled) {  // every prefix is a prefix of the same sequence: one pass serves all lengths
        for (std::size_t s = 0; s < sequences; ++s)
            whole.insert(whole.end(), r.sequence(s).begin(), r.sequence(s).end());
        model.predict(whole, static_cast<int>(sequences), Positions::Every, rows);
    }
    for (std::size_t m = 0; m < lengths; ++m) {
        const auto n = static_cast<std::size_t>(r.contextLength[m]);
        if (shuffled) {
            whole.clear();
            for (std::size_t s = 0; s < sequences; ++s)
                whole.insert(whole.end(), r.prefix(m, s).begin(), r.prefix(m, s).end());
            model.predict(whole, static_cast<int>(sequences), Positions::Last,
                          std::span(rows).first(sequences * k));
        }
        for (std::size_t s = 0; s < sequences; ++s) {
            const std::size_t at = shuffled ? s : s * longest + n - 1;
            answers.klPosition[m] +=
                klPosition(r.truth.row(r.prefix(m, s).back()), std::span(rows).subspan(at * k, k)) /
                static_cast<double>(sequences);
        }
    }
    return answers;
}

/// Mean, standard error and means of the two halves of one number a replicate.
struct Summary {
    double mean = 0, sem = kNan;
    std::array<double, 2> half{kNan, kNan};
};
template <class Value>
Summary summarised(const ReferenceSet& set, Value value) {
    Summary s;
    std::array<double, 2> sum{}, count{};
    std::vector<double> all;
    for (std::size_t r = 0; r < set.replicates.size(); ++r) {
        all.push_back(value(r));
        const std::size_t half = set.replicates[r].half(r);
        sum[half] += all.back();
        count[half] += 1;
        s.mean += all.back() / static_cast<double>(set.replicates.size());
    }
    for (std::size_t h = 0; h < 2; ++h)
        if (count[h] > 0) s.half[h] = sum[h] / count[h];
    const double n = static_cast<double>(all.size());
    if (n < 2) return s;
    double squares = 0;
    for (const double x : all) squares += (x - s.mean) * (x - s.mean);
    s.sem = std::sqrt(squares / (n - 1) / n);
    return s;
}

/// Everything about one set but LIA.
void addSet(std::size_t place, const Reference& reference, const std::vector<Answers>& answers,
            Snapshot& to) {
    const ReferenceSet& set = reference.set(place);
    const std::size_t lengths = reference.lengths(), k = static_cast<std::size_t>(reference.states()),
                      sets = kModelSets.size();
    const auto matrix = [&](std::size_t r, std::size_t m) {
        return std::span(answers[r].matrices).subspan(m * k * k, k * k);
    };
    for (std::size_t m = 0; m < lengths; ++m) {
        const Summary truth = summarised(set, [&](std::size_t r) {
            return klMatrix(matrix(r, m), set.replicates[r].contexts.truth.transition,
                            set.replicates[r].truthWeights);
        });
        const Summary position = summarised(set, [&](std::size_t r) { return answers[r].klPosition[m]; });
        const std::size_t at = place * lengths + m;
        to.klMatrix[at] = truth.mean, to.klMatrixSem[at] = truth.sem;
        to.klPosition[at] = position.mean, to.klPositionSem[at] = position.sem;
        for (std::size_t h = 0; h < 2; ++h) {
            to.klMatrixHalf[h * sets * lengths + at] = truth.half[h];
            to.klPositionHalf[h * sets * lengths + at] = position.half[h];
        }
        for (std::size_t a = 0; a < 4; ++a) {
            const Summary d = summarised(set, [&](std::size_t r) {
                return klMatrix(matrix(r, m), set.replicates[r].matrix(m, indexOf(kFour[a])),
                                set.replicates[r].weightsOf(m, a));
            });
            const std::size_t to4 = (place * 4 + a) * lengths + m;
            to.klToAlgorithm[to4] = d.mean;
            for (std::size_t h = 0; h < 2; ++h)
                to.klToAlgorithmHalf[h * sets * 4 * lengths + to4] = d.half[h];
        }
    }
}

/// The k rows of one replicate and length as contexts of a fit.
void addContexts(LiaFit& fit, std::span<const double> model, std::span<const double> algorithms,
                 std::size_t k) {
    std::vector<double> rows(kAlgorithms * k);
    for (std::size_t j = 0; j < k; ++j) {
        for (std::size_t a = 0; a < kAlgorithms; ++a)
            std::copy_n(algorithms.begin() + static_cast<std::ptrdiff_t>((a * k + j) * k), k,
                        rows.begin() + static_cast<std::ptrdiff_t>(a * k));
        fit.add(model.subspan(j * k, k), rows);
    }
}

Lia notFitted() {
    Lia none;
    none.weights.fill(kNan), none.weakest.fill(kNan);
    none.rmse = none.klModelLia = none.condition = kNan;
    return none;
}

void fitLia(const Reference& reference, const std::vector<Answers>& known, Snapshot& to) {
    const auto k = static_cast<std::size_t>(reference.states());
    const ReferenceSet& set = reference.set(kId);
    LiaFit joint(reference.states());
    std::array<LiaFit, 2> half{LiaFit(reference.states()), LiaFit(reference.states())};
    std::array<bool, 2> some{};
    for (std::size_t m = 0; m < reference.lengths(); ++m) {
        LiaFit fit(reference.states());
        for (std::size_t r = 0; r < known.size(); ++r) {
            const std::span<const double> model = std::span(known[r].matrices).subspan(m * k * k, k * k),
                                          algorithms = set.replicates[r].allMatrices(m);
            const std::size_t h = set.replicates[r].half(r);
            some[h] = true;
            addContexts(fit, model, algorithms, k);
            addContexts(joint, model, algorithms, k);
            addContexts(half[h], model, algorithms, k);
        }
        to.lia.push_back(fit.solve());
        const Summary forecast = summarised(reference.set(kOod), [&](std::size_t r) {
            const ReferenceReplicate& fresh = reference.set(kOod).replicates[r];
            return klMatrix(interpolate(to.lia.back().weights, fresh.allMatrices(m)),
                            fresh.contexts.truth.transition, fresh.truthWeights);
        });
        to.forecast.push_back(forecast.mean);
    }
    to.joint = joint.solve();
    for (std::size_t h = 0; h < 2; ++h) to.half[h] = some[h] ? half[h].solve() : notFitted();
}

}  // namespace

std::optional<Snapshot> explain(const Predictor& model, const Reference& reference, const Effort& effort) {
    if (model.states() != reference.states())
        throw std::invalid_argument("The model predicts another number of states than the chains have.");
    const std::size_t lengths = reference.lengths(), sets = kModelSets.size(), count = reference.count(),
                      k = static_cast<std::size_t>(reference.states());
    const std::size_t proximityChains = reference.proximityContexts().size(),
                      proximityLengths = reference.proximityLengths().size();
    std::array<std::vector<Answers>, kModelSets.size()> answers;
    for (auto& of : answers) of.resize(count);
    std::vector<std::vector<std::vector<double>>> inferred(
        proximityLengths, std::vector<std::vector<double>>(proximityChains, std::vector<double>(k * k)));
    const auto piece = [&](std::size_t i) {
        if (i < sets * count) {
            const std::size_t set = i / count, r = i % count;
            answers[set][r] = answersOf(model, reference.set(set).replicates[r].contexts,
                                        kModelSets[set] == SetKind::Shuffled);
        } else {
            const std::size_t r = i - sets * count;
            for (std::size_t m = 0; m < proximityLengths; ++m)
                model.predict(windowsOf(reference.proximityContexts()[r], m), reference.states(),
                              Positions::Last, inferred[m][r]);
        }
    };
    if (!latent::learn::forEachIndex(sets * count + proximityChains, effort.threads, piece,
                                     [&](std::size_t) { return !effort.keepGoing || effort.keepGoing(); }))
        return std::nullopt;

    Snapshot s;
    for (auto* of : {&s.klMatrix, &s.klMatrixSem, &s.klPosition, &s.klPositionSem})
        of->resize(sets * lengths);
    s.klMatrixHalf.resize(2 * sets * lengths);
    s.klPositionHalf.resize(2 * sets * lengths);
    s.klToAlgorithm.resize(sets * 4 * lengths);
    s.klToAlgorithmHalf.resize(2 * sets * 4 * lengths);
    for (std::size_t set = 0; set < sets; ++set) addSet(set, reference, answers[set], s);
    fitLia(reference, answers[kId], s);
    const auto algorithm = [&](std::size_t four, std::size_t m) {
        return reference.set(kOod).klMatrix[four * lengths + m];
    };
    for (std::size_t m = 0; m < lengths; ++m)
        s.utilisation.push_back(utilisation(s.klMatrix[kShuffled * lengths + m],
                                            s.klMatrix[kOod * lengths + m], algorithm(2, m),
                                            algorithm(3, m)));
    if (effort.keepGoing && !effort.keepGoing()) return std::nullopt;
    if (inferred.empty()) return s;
    auto proximity = reference.proximityTest().ofAll(inferred, effort.threads, effort.keepGoing);
    if (!proximity) return std::nullopt;
    s.proximity = std::move(*proximity);
    return s;
}

ForecastReport forecastOver(const Reference& reference, const std::vector<CheckpointFit>& checkpoints,
                            int randomDraws) {
    const std::size_t last = reference.lengths() - 1;
    Condition common;
    for (const ReferenceReplicate& r : reference.set(kOod).replicates) {
        const std::span<const double> all = r.allMatrices(last);
        common.algorithms.emplace_back(all.begin(), all.end());
        common.truth.push_back(r.contexts.truth.transition);
    }
    std::vector<Condition> conditions(checkpoints.size(), common);
    for (std::size_t c = 0; c < checkpoints.size(); ++c) {
        conditions[c].fit.weights = checkpoints[c].weights;
        conditions[c].klToModel = checkpoints[c].klToAlgorithm;
        conditions[c].measured = checkpoints[c].measured;
    }
    return forecast(reference.states(), conditions,
                    {.randomDraws = randomDraws, .seed = reference.spec().seed});
}

}  // namespace markov_mixtures
