// SPDX-License-Identifier: Apache-2.0
#include "experiments/train_plan.hpp"

#include <algorithm>

namespace icl_graphs {

TrainPlan TrainPlan::of(const latent::Parameters& p) {
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
    plan.evaluation = {
        integer("placements"),
        integer("walks"),
        integer("length"),
        std::min(integer("window"), integer("length")),
        kDays,
        {static_cast<int>(kTrainComponents), 0, 1, integer("null_draws"), integer("null_draws")}};
    plan.steps = p.integer("steps");
    plan.batch = integer("batch");
    plan.checkpoints =
        contextsUpTo(std::min<std::int64_t>(20, plan.steps), plan.steps, integer("checkpoints"));
    return plan;
}

latent::Schema trainParameters() {
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
        .add(integer("null_draws", 40)
                 .range(0, 1000)
                 .unit("1")
                 .help(
                     "Permutations of the labels, and maps of fitted mixing, behind the null bands; 0: none.")
                 .advanced())
        .preset("smoke", {{"steps", 20},
                          {"length", 40},
                          {"width", 16},
                          {"batch", 4},
                          {"checkpoints", 3},
                          {"placements", 2},
                          {"walks", 4},
                          {"null_draws", 10}})
        .preset("laptop", {})
        .preset("desk", {{"steps", 6000}, {"checkpoints", 24}, {"placements", 10}});
}

}  // namespace icl_graphs
