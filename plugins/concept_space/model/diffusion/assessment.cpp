// SPDX-License-Identifier: Apache-2.0
#include "model/diffusion/assessment.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/diffusion/losses.hpp>
#include <latent/learn/random.hpp>
#include <limits>

namespace concept_space {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The best of several embeddings, chosen on even samples; its number and its score on odd ones.
struct Best {
    std::size_t number = 0;
    double score = 0;
};

std::optional<Best> bestOf(const ConceptSet& set, const Drawer& drawer,
                           const std::vector<std::vector<float>>& embeddings, int samples, int target,
                           const Reader& probe, const std::function<bool()>& goOn) {
    Best best;
    double highest = -1;
    for (std::size_t i = 0; i < embeddings.size(); ++i) {
        const std::vector<float> drawn = drawer.draw(embeddings[i], samples, 0, goOn);
        if (drawn.empty()) return std::nullopt;
        const std::vector<double> coordinates = probe(drawn, samples);
        const double chosen = scoreOf(set, coordinates, target, 0, 2);
        if (chosen <= highest) continue;
        highest = chosen;
        best = {i, scoreOf(set, coordinates, target, 1, 2)};
    }
    return best;
}

}  // namespace

double scoreOf(const ConceptSet& set, const std::vector<double>& coordinates, int itsClass, std::size_t first,
               std::size_t step) {
    const auto concepts = static_cast<std::size_t>(set.concepts());
    const std::size_t n = coordinates.size() / concepts;
    double product = 1;
    for (std::size_t k = 0; k < concepts; ++k) {
        double right = 0, all = 0;
        for (std::size_t i = first; i < n; i += step, ++all)
            right +=
                (coordinates[i * concepts + k] > .5) == (set.conceptOf(itsClass, static_cast<int>(k)) == 1)
                    ? 1
                    : 0;
        product *= right / std::max(all, 1.);
    }
    return product;
}

std::optional<Placement> place(const ConceptSet& set, const Drawer& drawer, const AssessmentPlan& plan,
                               const Reader& probe, int tiles, const std::function<bool()>& goOn) {
    Placement a;
    const auto concepts = static_cast<std::size_t>(set.concepts());
    for (int c = 0; c < set.classes(); ++c) {
        const int n = c == set.heldOut() ? plan.samples : plan.classSamples;
        const std::vector<float> drawn = drawer.draw(drawer.embed(set.meanCondition(c)), n, 0, goOn);
        if (drawn.empty()) return std::nullopt;
        const std::vector<double> learned = probe(drawn, n), read = set.readAll(drawn, n);
        std::vector<double> mean(concepts), analytic(concepts);
        for (std::size_t i = 0; i < learned.size(); ++i) {
            mean[i % concepts] += learned[i] / n;
            analytic[i % concepts] += read[i] / n;
        }
        a.coordinates.insert(a.coordinates.end(), mean.begin(), mean.end());
        a.analytic.insert(a.analytic.end(), analytic.begin(), analytic.end());
        a.accuracy.push_back(scoreOf(set, learned, c));
        for (int t = 0; t < tiles; ++t) {  // where there are fewer samples than tiles, they come again
            const auto from =
                drawn.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(t % n) * set.each());
            a.shown.insert(a.shown.end(), from, from + static_cast<std::ptrdiff_t>(set.each()));
        }
    }
    return a;
}

std::optional<Assessment> assess(const ConceptSet& set, const Drawer& drawer, const AssessmentPlan& plan,
                                 const Reader& probe, std::uint64_t seed, int tiles,
                                 const std::function<bool()>& goOn) {
    auto placed = place(set, drawer, plan, probe, tiles, goOn);
    if (!placed) return std::nullopt;
    Assessment a{std::move(*placed), {}, {}};
    a.capability.fill(kNan);
    a.choice.fill(kNan);
    a.capability[kNaive] = a.accuracy.back();

    const std::vector<float> own = drawer.embed(set.meanCondition(set.heldOut())),
                             start = drawer.embed(set.meanCondition(0));
    const std::vector<float> direction = drawer.direction(0), random = drawer.randomDirection(0, seed);
    std::vector<std::vector<float>> prompts, moved, randomly, trained;
    for (const std::vector<float>& prompt : set.prompts()) prompts.push_back(drawer.embed(prompt));
    for (const double strength : plan.strengths) {
        moved.push_back(intervened(own, direction, strength));
        randomly.push_back(intervened(own, random, strength));
        trained.push_back(intervened(start, direction, strength));
    }
    const int first = 1 << (set.concepts() - 1);
    for (const auto& [method, embeddings, target] : {std::tuple{kOverPrompt, &prompts, set.heldOut()},
                                                     {kIntervention, &moved, set.heldOut()},
                                                     {kRandom, &randomly, set.heldOut()},
                                                     {kTrained, &trained, first}}) {
        const auto best = bestOf(set, drawer, *embeddings, plan.scanSamples, target, probe, goOn);
        if (!best) return std::nullopt;
        a.capability[method] = best->score;
        a.choice[method] =
            method == kOverPrompt ? static_cast<double>(best->number) : plan.strengths[best->number];
    }
    return a;
}

double lossOf(const ConceptSet& set, const latent::learn::unet::Model& model,
              const latent::learn::diffusion::Schedule& schedule, bool regression, std::span<const float> x,
              std::span<const float> conditions, int n, int threads) {
    namespace diffusion = latent::learn::diffusion;
    const auto count = static_cast<std::size_t>(n);
    const std::size_t d = set.each();
    const std::vector<double> times = diffusion::antitheticTimes(.5 / n, count);
    std::vector<float> z(x.size()), target(x.begin(), x.end()), inputs(count), out(x.size());
    for (std::size_t i = 0; i < count && !regression; ++i) {
        const diffusion::Noise noise = schedule.at(times[i]);
        inputs[i] = static_cast<float>(noise.input);
        const std::span<float> epsilon = std::span(target).subspan(i * d, d);
        latent::learn::RandomStream(0, "concept/validation", i).fillNormal(epsilon);
        diffusion::diffuse(noise, x.subspan(i * d, d), epsilon, std::span(z).subspan(i * d, d));
    }
    model.predict(z, inputs, model.embed(conditions, n), n, out, threads);
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
        double error = 0;
        for (std::size_t p = i * d; p < (i + 1) * d; ++p)
            error += std::pow(static_cast<double>(out[p] - target[p]), 2) / static_cast<double>(d);
        loss += error * (regression ? 1 : diffusion::weightOf(schedule.at(times[i]))) / n;
    }
    return loss;
}

std::optional<double> promptScore(const ConceptSet& set, const Drawer& drawer, int samples,
                                  const Reader& probe, const std::function<bool()>& goOn) {
    const std::vector<float> drawn =
        drawer.draw(drawer.embed(set.meanCondition(set.heldOut())), samples, 0, goOn);
    if (drawn.empty()) return std::nullopt;
    return scoreOf(set, probe(drawn, samples), set.heldOut());
}

}  // namespace concept_space
