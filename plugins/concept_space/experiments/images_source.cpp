// SPDX-License-Identifier: Apache-2.0
#include "experiments/images_source.hpp"

#include <numeric>

#include "experiments/diffusion_plan.hpp"

namespace concept_space {
namespace {

constexpr int kTiles = 8;
constexpr std::uint64_t kPreviewNumbers = std::uint64_t{1} << 43;  // drawn for the preview only

/// Which images: what a plan of concept/diffusion has of them.
DiffusionPlan imagesOf(const latent::Parameters& p) {
    DiffusionPlan plan;
    plan.image = imageSpecOf(p);
    plan.own = ownSpecOf(p);
    if (plan.drawsImages()) plan.image.validate();
    return plan;
}

template <class Send>
void describe(const DiffusionPlan& plan, const ConceptSet& set, const Send& send) {
    std::vector<float> samples, conditions;
    std::vector<std::int32_t> held;
    // Of own images the first numbers are all different ones.
    const std::uint64_t first = plan.own ? 0 : kPreviewNumbers;
    for (int c = 0; c < set.classes(); ++c) {
        for (std::uint64_t i = 0; i < kTiles; ++i) {
            const auto [image, condition] = set.sampleWithCondition(c, first + i);
            samples.insert(samples.end(), image.begin(), image.end());
            conditions.insert(conditions.end(), condition.begin(), condition.end());
        }
        held.push_back(isHeldOut(c) ? 1 : 0);
    }
    send("class", latent::ArrayView(placesOf(static_cast<std::size_t>(set.classes()))));
    send("concept", latent::ArrayView(placesOf(static_cast<std::size_t>(set.concepts()))));
    send("held_out", latent::ArrayView(held));
    send("concept_signal", latent::ArrayView(set.signal()));
    send("samples", latent::ArrayView(samples, {set.classes(), kTiles, plan.side(), plan.side(), 3}));
    send("conditions", latent::ArrayView(conditions, {set.classes(), kTiles, set.conditions()}));
}

}  // namespace

latent::Schema ImagesSource::parameters() {
    latent::Schema schema;
    addImageParameters(schema, false);
    return schema.add(latent::seed("seed", 0).help("Draws the images."))
        .preset("smoke", {{"side", 8}, {"samples_per_class", 16}})
        .preset("laptop", {{"side", 16}, {"samples_per_class", 1024}})
        .preset("three_concepts", {{"sep_background", .4}}, "2 × 2 × 2: the ground is light or dark.")
        .preset("paper", {});
}

latent::Outputs ImagesSource::outputs(const latent::Parameters& p) {
    using namespace latent;
    const DiffusionPlan plan = imagesOf(p).nameConcepts();
    const Dimension itsClass = fixed("class", plan.classes()), tile = fixed("tile", kTiles),
                    concept_ = fixed("concept", plan.concepts()),
                    condition = fixed("condition", plan.conditions()), y = fixed("y", plan.side()),
                    x = fixed("x", plan.side()), channel = fixed("channel", 3), row = grows("row");
    Outputs o;
    o.array("class", I32, {itsClass}).label("class").categories(plan.classNames());
    o.array("concept", I32, {concept_}).label("concept").categories(plan.conceptNames());
    o.array("held_out", I32, {itsClass}).label("held out").categories({"trained", "held out"});
    o.array("concept_signal", F64, {concept_})
        .units("1")
        .label("concept signal")
        .description("Mean squared difference of pixels when only this concept changes.");
    o.array("samples", F32, {itsClass, tile, y, x, channel}).units("1").label("images of every class");
    o.array("conditions", F32, {itsClass, tile, condition})
        .units("1")
        .label("conditions")
        .description(plan.own ? "no | yes of " + plan.conceptNames()[0] + ", and of " +
                                    plan.conceptNames()[1] + "."
                              : "shape 2 | x | y | RGB 3 | radius | ground RGB 3; 0 where it is no concept.");
    o.array("image", F32, {row, y, x, channel})
        .units("1")
        .label("training and validation images")
        .description("Only in a run.");
    o.array("image_condition", F32, {row, condition})
        .units("1")
        .label("their conditions")
        .description("Only in a run; masked where asked.");
    o.array("image_class", I32, {row})
        .label("their classes")
        .categories(plan.classNames())
        .description("Only in a run.");
    o.array("train_size", I64, {})
        .units("1")
        .label("images that train")
        .description("The first ones; the rest validate.");
    o.figure(view::imageGrid("grid")
                 .title("Images of every class")
                 .caption(plan.own ? "Images with both attributes are held out of training."
                                   : "The classes with two changes are held out of training.")
                 .z("samples")
                 .table("class", "tile")
                 .across("x")
                 .down("y")
                 .channel("channel"));
    o.figure(view::table("signals")
                 .title("Strength of the signals")
                 .column("concept_signal", "mean squared difference"));
    o.figure(view::table("classes").title("Classes").column("held_out", "in training"));
    return o;
}

void ImagesSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    const DiffusionPlan plan = imagesOf(p);
    describe(plan, plan.makeSmallSet(),
             [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
}

void ImagesSource::run(const latent::Parameters& p, latent::Job& job) {
    constexpr std::size_t kAtOnce = 256;
    tellOwnImages(p, job);
    const DiffusionPlan plan = imagesOf(p);
    const ConceptSet set = plan.makeSet();
    describe(plan, set, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
    const auto trained = static_cast<std::int64_t>(set.trainSize());
    job.publish("train_size", latent::ArrayView(&trained, {}));
    for (std::size_t first = 0; first < set.size(); first += kAtOnce) {
        const std::size_t n = std::min(kAtOnce, set.size() - first);
        std::vector<std::int32_t> labels;
        for (std::size_t i = first; i < first + n; ++i) labels.push_back(set.label(i));
        const auto rows = static_cast<std::int64_t>(n);
        job.publish("image", latent::ArrayView(set.x(first).data(), {rows, plan.side(), plan.side(), 3}));
        job.publish("image_condition",
                    latent::ArrayView(set.condition(first).data(), {rows, set.conditions()}));
        job.publish("image_class", labels);
        job.progress(static_cast<std::int64_t>(first + n), static_cast<std::int64_t>(set.size()), "images");
    }
}

}  // namespace concept_space
