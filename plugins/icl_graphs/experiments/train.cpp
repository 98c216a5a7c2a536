// SPDX-License-Identifier: Apache-2.0
#include "experiments/train.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/loop.hpp>
#include <latent/learn/transformer/trainer.hpp>

#include "experiments/graph_parameters.hpp"
#include "measures/layer_geometry.hpp"
#include "training/curriculum.hpp"
#include "training/evaluation.hpp"

namespace icl_graphs {
namespace {

namespace tf = latent::learn::transformer;
constexpr std::int64_t kComponents = 4, kLossesAtOnce = 200;

struct TrainPlan {
    tf::Shape shape;
    tf::AdamW optimiser;
    CurriculumSpec curriculum;
    EvaluationSpec evaluation;
    std::vector<std::int64_t> checkpoints;
    std::int64_t steps = 0;
    int batch = 24;

    static TrainPlan of(const latent::Parameters& p) {
        TrainPlan plan;
        const auto integer = [&](const char* name) { return static_cast<int>(p.integer(name)); };
        plan.curriculum = {
            integer("vocabulary"), integer("length"), p.number("calendar_share"), p.number("teleport"), {}};
        plan.curriculum.families = p.texts("families");
        for (const std::string& family : plan.curriculum.families)
            if (const std::vector<std::string> known = CurriculumSpec{}.families;
                std::find(known.begin(), known.end(), family) == known.end())
                throw latent::RunError("'families' holds '" + family +
                                       "'; known are ring, grid, tree, erdos_renyi and regular.");
        if (plan.curriculum.families.empty())
            throw latent::RunError("'families' must name at least one family of graphs.");
        plan.shape = {.vocabulary = integer("vocabulary"),
                      .context = integer("length"),
                      .width = integer("width"),
                      .heads = integer("heads"),
                      .layers = integer("layers")};
        if (const auto wrong = plan.shape.validate(); !wrong.empty()) throw latent::RunError(wrong.front());
        plan.optimiser = {.learningRate = p.number("learning_rate"),
                          .weightDecay = p.number("weight_decay"),
                          .clip = p.number("clip")};
        plan.evaluation = {integer("placements"),
                           integer("walks"),
                           integer("length"),
                           std::min(integer("window"), integer("length")),
                           kDays,
                           {static_cast<int>(kComponents), 0, 1, 0}};
        plan.steps = p.integer("steps");
        plan.batch = integer("batch");
        plan.checkpoints =
            contextsUpTo(std::min<std::int64_t>(20, plan.steps), plan.steps, integer("checkpoints"));
        return plan;
    }
};

}  // namespace

latent::Schema Train::parameters() {
    using namespace latent;
    return Schema{}
        .group("Sequences")
        .add(integer("vocabulary", 32)
                 .range(23, 4096)
                 .unit("tokens")
                 .help("Tokens; 0 to 6 are the days of the calendar, and 16 others are needed for the "
                       "held-out grid."))
        .add(integer("length", 160).range(16, 2048).unit("tokens").help("Tokens of a sequence."))
        .add(texts("families", CurriculumSpec{}.families)
                 .help("Families of training graphs: ring, grid, tree, erdos_renyi, regular. Grids are never "
                       "4 × 4: that one is held out."))
        .add(number("calendar_share", .3)
                 .range(0, 1)
                 .unit("1")
                 .help("Share of sequences that walk on one fixed ring of seven tokens."))
        .add(number("teleport", 0)
                 .range(0, 1)
                 .unit("1")
                 .help("Probability that a step of a training walk goes anywhere.")
                 .advanced())
        .group("Model")
        .add(integer("width", 64).range(8, 1024).unit("1"))
        .add(integer("heads", 2).range(1, 64).unit("1"))
        .add(integer("layers", 2).range(1, 16).unit("1"))
        .group("Training")
        .add(integer("steps", 1500).range(1, 1'000'000).unit("1"))
        .add(integer("batch", 24).range(1, 1024).unit("sequences"))
        .add(number("learning_rate", 1e-3).above(0).atMost(1).unit("1").logarithmic())
        .add(number("weight_decay", .1).range(0, 10).unit("1").advanced())
        .add(number("clip", 1)
                 .range(0, 1000)
                 .unit("1")
                 .help("Largest norm of a gradient; 0: none.")
                 .advanced())
        .add(latent::seed("seed", 0).help("Draws weights, sequences and evaluation."))
        .group("Evaluation")
        .add(integer("checkpoints", 12)
                 .range(1, 200)
                 .unit("1")
                 .help("Evaluations, spaced by factors up to the last step."))
        .add(integer("placements", 5)
                 .range(1, 100)
                 .unit("1")
                 .help("Placements of tokens on the held-out grid."))
        .add(integer("walks", 8)
                 .range(1, 100)
                 .unit("1")
                 .help("Walks of each that class means are pooled over."))
        .add(integer("window", 50)
                 .range(2, 2048)
                 .unit("tokens")
                 .help("Class means are over the last so many tokens."))
        .preset("smoke", {{"steps", 20},
                          {"length", 40},
                          {"width", 16},
                          {"batch", 4},
                          {"checkpoints", 3},
                          {"placements", 2},
                          {"walks", 4}})
        .preset("laptop", {})
        .preset("desk", {{"steps", 6000}, {"checkpoints", 24}, {"placements", 10}});
}

latent::Outputs Train::outputs(const latent::Parameters& p) {
    using namespace latent;
    const TrainPlan plan = TrainPlan::of(p);
    const Graph grid = makeGrid(4, 4);
    const Dimension step = grows("step"), checkpoint = grows("checkpoint_step"),
                    placement = fixed("placement", plan.evaluation.placements),
                    layer = fixed("layer", plan.shape.layers + 1);
    std::vector<std::string> names;
    for (int i = 0; i < grid.nodes; ++i) names.push_back(std::to_string(i / 4) + "," + std::to_string(i % 4));
    Outputs o;
    declareGraph(o, grid, names);
    o.metric("train_loss").label("training loss").units("nats");
    o.array("step", I64, {step}).units("1").label("training steps");
    o.array("train_loss", F32, {step}).units("nats").label("training loss");
    o.array("checkpoint_step", I64, {checkpoint}).units("1").label("training steps");
    o.array("position", I32, {fixed("position", plan.evaluation.length)})
        .units("tokens")
        .label("tokens read");
    o.array("layer", I32, {layer}).label("layer");
    o.array("component", I32, {fixed("component", kComponents)}).label("principal component");
    o.array("accuracy", F64, {checkpoint, fixed("position", plan.evaluation.length)})
        .units("1")
        .label("probability of valid neighbours")
        .description("On walks over the held-out 4 × 4 grid.");
    o.array("accuracy_end", F64, {checkpoint})
        .units("1")
        .label("probability of valid neighbours")
        .description("Mean over the second half of the walk.");
    o.array("rayleigh", F64, {checkpoint, placement, layer})
        .units("1")
        .label("mean Rayleigh quotient")
        .description(
            "Class means of the last tokens of walks on the held-out grid. Above the isotropic line "
            "neighbours are pushed apart.");
    o.array("rayleigh_beyond", F64, {checkpoint, placement, layer})
        .units("1")
        .label("without the word before")
        .description("The same, with the fitted part of the preceding token taken out.");
    o.array("alignment", F64, {checkpoint, placement, layer, fixed("angle", 2)})
        .units("1")
        .label("cosine of the principal angle");
    o.array("grid_r2", F64, {checkpoint, placement, layer}).units("1").label("Procrustes R²");
    o.array("pca", F64, {checkpoint, layer, fixed("node", grid.nodes), fixed("component", kComponents)})
        .units("1")
        .label("score")
        .description("First placement.");
    const view::Selector now = view::cursor("checkpoint"), at = view::cursor("layer");
    o.figure(
        view::lines("loss")
            .title("Training loss")
            .group("Training")
            .x("step", {.title = "training steps", .scale = view::Log})
            .y({.title = "loss", .unit = "nats"})
            .series(view::series("train_loss").label("training").smoothed(view::Smoothing::Exponential, .9)));
    o.figure(
        view::lines("tracing")
            .title("Does it follow the held-out grid?")
            .group("Training")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
            .series(
                view::series("accuracy_end").label("second half of the walk").marker(view::Marker::Circle))
            .cursor("checkpoint", "checkpoint_step"));
    o.figure(view::lines("context")
                 .title("Over the context")
                 .group("Training")
                 .x("position", {.title = "tokens read", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy", {{"checkpoint_step", now}}).label("held-out grid"))
                 .cursor("checkpoint", "checkpoint_step", true));
    view::Lines energy = view::lines("energy");
    energy.title("Is there a map? Mean Rayleigh quotient of each layer")
        .caption(
            "Below the isotropic line neighbours are near each other; above it they are pushed apart, as "
            "small models often do. First placement.")
        .group("Geometry")
        .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
        .y({.title = "mean Rayleigh quotient"});
    for (int l = 0; l <= plan.shape.layers; ++l)
        energy.series(
            view::series("rayleigh", {{"placement", 0}, {"layer", l}}).label("layer " + std::to_string(l)));
    o.figure(energy.referenceY(view::Selection("rayleigh_isotropic"), "isotropic")
                 .referenceY(view::Selection("rayleigh_minimal"), "λ₂")
                 .cursor("checkpoint", "checkpoint_step"));
    o.figure(view::graph("map")
                 .title("The held-out grid in the model")
                 .caption("Components 1 and 2 of the class means, joined where the grid has edges.")
                 .group("Geometry")
                 .nodes("node")
                 .positions({"pca", {{"checkpoint_step", now}, {"layer", at}, {"component", 0}}},
                            {"pca", {{"checkpoint_step", now}, {"layer", at}, {"component", 1}}})
                 .edges("edges")
                 .textBy("node")
                 .cursor("checkpoint", "checkpoint_step", true)
                 .cursor("layer", "layer", true));
    return o;
}

void Train::run(const latent::Parameters& p, latent::Job& job) {
    const TrainPlan plan = TrainPlan::of(p);
    const Graph grid = makeGrid(4, 4);
    const Curriculum curriculum(plan.curriculum, p.seed());
    tf::Trainer trainer(tf::initialise(plan.shape, p.seed()), plan.optimiser, job.threads());
    std::vector<std::int64_t> lossStep;
    std::vector<float> losses;
    const auto flush = [&] {
        if (losses.empty()) return;
        job.publish("step", lossStep);
        job.publish("train_loss", losses);
        lossStep.clear();
        losses.clear();
    };
    if (!job.resumed()) {
        describeGraph(grid,
                      [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
        std::vector<std::int32_t> position;
        for (int t = 1; t <= plan.evaluation.length; ++t) position.push_back(t);
        job.publish("position", position);
        job.publish("layer", counted(static_cast<std::size_t>(plan.shape.layers) + 1));
        job.publish("component", counted(static_cast<std::size_t>(kComponents)));
    }
    latent::learn::Loop loop;
    loop.steps = plan.steps;
    loop.step = [&](std::int64_t step) {
        const double loss = trainer.step(curriculum.batch(step, plan.batch), plan.batch);
        job.metric("train_loss", step, loss);
        lossStep.push_back(step + 1);
        losses.push_back(static_cast<float>(loss));
        if (static_cast<std::int64_t>(losses.size()) == kLossesAtOnce) flush();
        if (!std::binary_search(plan.checkpoints.begin(), plan.checkpoints.end(), step + 1)) return;
        const Evaluation e =
            evaluateTracing(tf::Model(trainer.weights()), grid, plan.evaluation, p.seed() + 9'000);
        const std::int64_t now = step + 1, placements = plan.evaluation.placements,
                           layers = plan.shape.layers + 1;
        double end = 0;
        for (std::size_t t = e.accuracy.size() / 2; t < e.accuracy.size(); ++t)
            end += e.accuracy[t] / static_cast<double>(e.accuracy.size() - e.accuracy.size() / 2);
        job.publish("checkpoint_step", latent::ArrayView(&now, {1}));
        job.publish("accuracy", {e.accuracy, {1, plan.evaluation.length}});
        job.publish("accuracy_end", latent::ArrayView(&end, {1}));
        job.publish("rayleigh", {e.rayleigh, {1, placements, layers}});
        job.publish("rayleigh_beyond", {e.rayleighBeyond, {1, placements, layers}});
        job.publish("alignment", {e.alignment, {1, placements, layers, 2}});
        job.publish("grid_r2", {e.gridR2, {1, placements, layers}});
        job.publish("pca", {e.pca, {1, layers, grid.nodes, kComponents}});
    };
    loop.save = [&] {
        flush();  // what is published before a checkpoint belongs to it
        return trainer.save();
    };
    loop.restore = [&](const latent::Resumed& r) { trainer.restore(r); };
    if (latent::learn::runLoop(job, loop) == latent::learn::Ended::Finished) flush();
}

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    return {
        Claim("a_map_appears_in_small_models",
              "A small transformer that follows random graphs holds a map of the held-out grid.")
            .source("arXiv:2501.00070", "in small models; re-implementations report the opposite")
            .estimand("Rayleigh quotient over the isotropic one in the last layer at the end of training, "
                      "mean over placements")
            .unit("1")
            .each(Replication::Seed)
            .by(Interval::Mean)
            .lessThan(1, .05)
            .atLeast(5)
            .control(
                Control("it_follows_the_grid",
                        "The model follows the held-out grid at all: valid neighbours get more than half.")
                    .by(Interval::Mean)
                    .greaterThan(.5, 0))};
}

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<double> ratio, accuracy;
    std::vector<std::string> names;
    for (const latent::Run& run : runs) {
        if (run.state() != "done" || !run.has("rayleigh")) continue;
        const std::vector<double> rayleigh = run.read("rayleigh").toDoubles(),
                                  end = run.read("accuracy_end").toDoubles();
        const std::size_t layers = run.read("layer").count(),
                          placements = rayleigh.size() / layers / end.size();
        double mean = 0;
        for (std::size_t q = 0; q < placements; ++q)
            mean += rayleigh[((end.size() - 1) * placements + q) * layers + layers - 1] /
                    static_cast<double>(placements);
        ratio.push_back(mean / run.read("rayleigh_isotropic").toDoubles().front());
        accuracy.push_back(end.back());
        names.push_back("seed " + std::to_string(run.parameters().seed()));
    }
    if (ratio.empty()) return out.notMeasured("a_map_appears_in_small_models", "There is no finished run.");
    out.claim("a_map_appears_in_small_models")
        .values(ratio)
        .units(names)
        .control("it_follows_the_grid")
        .values(accuracy)
        .units(names);
}

}  // namespace icl_graphs
