// SPDX-License-Identifier: Apache-2.0
#include "experiments/diffusion_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "experiments/expected_path.hpp"

namespace concept_space {

using namespace latent;

learn::diffusion::SamplerOptions samplerOf(const Parameters& p) {
    using learn::diffusion::SamplerKind;
    const std::string kind = p.choice("sampler");
    return {kind == "ancestral" ? SamplerKind::Ancestral
            : kind == "ddim"    ? SamplerKind::Ddim
                                : SamplerKind::Heun,
            static_cast<int>(p.integer("sampler_steps"))};
}

ImageSpec imageSpecOf(const Parameters& p) {
    ImageSpec s{.side = static_cast<int>(p.integer("side")),
                .colour = p.number("sep_colour"),
                .size = p.number("sep_size"),
                .background = p.number("sep_background"),
                .figure = p.choice("shape") == "disc" ? Figure::Disc : Figure::Triangle,
                .perClass = static_cast<int>(p.integer("samples_per_class")),
                .noise = p.number("noise"),
                .mask = p.number("mask"),
                .seed = p.seed()};
    s.validateValues();
    return s;
}

DiffusionPlan DiffusionPlan::of(const Parameters& p) {
    namespace unet = learn::unet;
    namespace diffusion = learn::diffusion;
    DiffusionPlan plan;
    plan.vectors = p.choice("data") == "vector";
    plan.image = imageSpecOf(p);
    plan.own = ownSpecOf(p);
    if (plan.drawsImages()) plan.image.validate();
    plan.vector = {.first = plan.image.colour,
                   .second = plan.image.size,
                   .perClass = plan.image.perClass,
                   .mask = plan.image.mask,
                   .seed = plan.image.seed};
    TrainingSpec& t = plan.training;
    unet::Shape& s = t.shape;
    s.height = s.width = plan.side();
    s.channels = plan.channels();
    s.conditions = plan.conditions();
    s.widths.clear();
    for (const std::int64_t w : p.integers("widths")) s.widths.push_back(static_cast<int>(w));
    s.blocks = static_cast<int>(p.integer("blocks"));
    s.attention = p.flag("attention");
    s.conditioning = p.choice("conditioning") == "sep_mlp" ? unet::Conditioning::SeparateMlps
                                                           : unet::Conditioning::CommonLinear;
    if (const auto wrong = s.validate(); !wrong.empty()) throw UsageError(wrong.front());
    t.optimiser = {.learningRate = p.number("learning_rate"),
                   .weightDecay = p.number("weight_decay"),
                   .clip = p.number("clip"),
                   .average = p.number("average")};
    const std::string kind = p.choice("schedule");
    t.schedule = {.kind = kind == "cosine"   ? diffusion::ScheduleKind::Cosine
                          : kind == "linear" ? diffusion::ScheduleKind::Linear
                                             : diffusion::ScheduleKind::LearnedLinear,
                  .gammaMin = p.number("gamma_min"),
                  .gammaMax = p.number("gamma_max")};
    t.batch = static_cast<int>(p.integer("batch"));
    t.initScale = p.number("init_scale");
    t.dropCondition = p.number("drop_condition");
    t.dataDeviation = plan.vectors ? plan.vector.deviation : std::max(plan.image.noise, 1e-4);
    t.regression = p.choice("objective") == "regression";
    plan.averaged = t.optimiser.average > 0;
    plan.seeds = static_cast<int>(p.integer("seeds"));
    plan.firstSeed = p.seed();
    plan.draw.sampler = samplerOf(p);
    plan.draw.guidance = p.number("guidance");
    plan.draw.regression = t.regression;
    if (plan.draw.guidance > 0 && t.dropCondition <= 0)
        throw UsageError(
            "Guidance needs a model that has learned without conditions as well: set 'drop_condition', for "
            "example to .1.");
    plan.assessment = {static_cast<int>(p.integer("samples")), static_cast<int>(p.integer("class_samples")),
                       static_cast<int>(p.integer("scan_samples")), p.numbers("strengths")};
    plan.probeSteps = static_cast<int>(p.integer("probe_steps"));
    plan.threshold = p.number("threshold");
    plan.patching = p.flag("patching");
    plan.keepsAllWeights = p.choice("weights") == "checkpoints";
    const std::int64_t steps = p.integer("steps"), first = p.integer("first_checkpoint"),
                       count = p.integer("checkpoints");
    if (first > steps)
        throw UsageError("The first checkpoint, after " + std::to_string(first) +
                         " steps, comes after the end of the training at " + std::to_string(steps) +
                         ". Lower 'first_checkpoint' or raise 'steps'.");
    plan.checkpoints.push_back(0);
    for (std::int64_t i = 0; i < count; ++i) {
        const double u = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 1,
                     a = static_cast<double>(first), b = static_cast<double>(steps);
        const double at = p.choice("spacing") == "log"
                              ? a * std::pow(b / a, u)
                              : std::pow(std::sqrt(a) + u * (std::sqrt(b) - std::sqrt(a)), 2);
        const auto step = std::min(steps, static_cast<std::int64_t>(std::llround(at)));
        if (step > plan.checkpoints.back()) plan.checkpoints.push_back(step);
    }
    return plan;
}

TrainingSpec DiffusionPlan::trainingOf(int seed) const {
    TrainingSpec spec = training;
    spec.seed = firstSeed + static_cast<std::uint64_t>(seed);
    return spec;
}

ConceptSet DiffusionPlan::makeSet() const {
    if (own) return ConceptSet::own(readOwnImages(*own), image.mask, image.seed);
    return vectors ? ConceptSet::vectors(vector) : ConceptSet::images(image);
}

ConceptSet DiffusionPlan::makeSmallSet() const {
    DiffusionPlan small = *this;
    small.image.perClass = small.vector.perClass = 1;
    if (small.own) small.own->mostPerClass = std::min(small.own->mostPerClass, 64);
    return small.makeSet();
}

DiffusionPlan& DiffusionPlan::nameConcepts() {
    if (own) {
        const auto [first, second] = ownAttributes(*own);
        own->first = first;
        own->second = second;
    }
    return *this;
}

std::vector<std::string> DiffusionPlan::conceptTitles() const {
    return vectors ? std::vector<std::string>{"first concept", "second concept"} : conceptNames();
}

std::vector<std::string> DiffusionPlan::conceptNames() const {
    if (own && !own->first.empty() && !own->second.empty()) return {own->first, own->second};
    return vectors || own ? std::vector<std::string>{"first", "second"} : concept_space::conceptNames(image);
}

std::vector<std::string> DiffusionPlan::classNames() const {
    if (vectors) return {"neither", "second", "first", "both"};
    return own ? ownClassNames(conceptNames()[0], conceptNames()[1]) : concept_space::classNames(image);
}

std::vector<double> DiffusionPlan::theoryPath() const {
    if (own) return {};
    if (!vectors) return expectedPath(separationsOf(image), spreadsOf(image));
    const double spread = vector.jitter / std::numbers::sqrt3;
    return expectedPath({vector.first, vector.second}, {spread * vector.first, spread * vector.second});
}

std::vector<std::int32_t> placesOf(std::size_t n) {
    std::vector<std::int32_t> places(n);
    std::iota(places.begin(), places.end(), 0);
    return places;
}

}  // namespace concept_space
