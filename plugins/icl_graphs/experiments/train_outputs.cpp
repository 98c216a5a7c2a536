// SPDX-License-Identifier: Apache-2.0
// What a run of icl/train publishes, and the figures over it.
#include "experiments/geometry_record.hpp"
#include "experiments/graph_parameters.hpp"
#include "experiments/train_plan.hpp"

namespace icl_graphs {

latent::Outputs trainOutputs(const latent::Parameters& p) {
    using namespace latent;
    const TrainPlan plan = TrainPlan::of(p);
    const Graph grid = makeGrid(4, 4);
    const Dimension step = grows("step"), checkpoint = grows("checkpoint_step"),
                    placement = fixed("placement", plan.evaluation.placements),
                    layer = fixed("layer", plan.shape.layers + 1);
    std::vector<std::string> names;
    for (int i = 0; i < grid.nodes; ++i) names.push_back(std::to_string(i / 4) + "," + std::to_string(i % 4));
    Outputs o;
    declareGraph(o, grid, names, nullptr);
    o.metric("train_loss").label("training loss").units("nats");
    o.array("step", I64, {step}).units("1").label("training steps");
    o.array("train_loss", F32, {step}).units("nats").label("training loss");
    o.array("checkpoint_step", I64, {checkpoint}).units("1").label("training steps");
    o.array("position", I32, {fixed("position", plan.evaluation.length)})
        .units("tokens")
        .label("tokens read");
    o.array("layer", I32, {layer}).label("layer");
    o.array("component", I32, {fixed("component", kTrainComponents)}).label("principal component");
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
        .description(
            "The same, with the fitted part of the preceding token and the noise taken out; no number where "
            "what is left does not stand out of it.");
    for (const auto& [name, label] : {std::pair{"rayleigh_null", "Rayleigh quotient, permuted labels"},
                                      {"rayleigh_mixing", "Rayleigh quotient, mixing as fitted"},
                                      {"alignment_null", "smaller cosine, permuted labels"},
                                      {"grid_r2_null", "Procrustes R², permuted labels"}})
        o.array(name, F64, {checkpoint, placement, layer, fixed("band", 3)})
            .units("1")
            .label(label)
            .description("Mean, 2.5 % and 97.5 % of the draws.");
    o.array("rayleigh_shuffled", F64, {checkpoint, placement, layer})
        .units("1")
        .label("Rayleigh quotient, tokens in random order");
    o.array("accuracy_shuffled_end", F64, {checkpoint})
        .units("1")
        .label("probability of the word's neighbours, tokens in random order");
    o.array("accuracy_permuted_end", F64, {checkpoint, fixed("band", 3)})
        .units("1")
        .label("probability of the word's neighbours, permuted labels");
    for (const auto& [name, label] : {std::pair{"accuracy_induction", "learner that repeats what followed"},
                                      {"accuracy_unigram", "learner that counts tokens"}})
        o.array(name, F64, {fixed("position", plan.evaluation.length)})
            .units("1")
            .label(label)
            .description("On the same walks.");
    o.array("induction_end", F64, {})
        .units("1")
        .label("learner that repeats what followed, second half of the walk");
    declareBand(o);
    o.array("alignment", F64, {checkpoint, placement, layer, fixed("angle", 2)})
        .units("1")
        .label("cosine of the principal angle");
    o.array("grid_r2", F64, {checkpoint, placement, layer}).units("1").label("Procrustes R²");
    o.array("pca", F64, {checkpoint, layer, fixed("node", grid.nodes), fixed("component", kTrainComponents)})
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
            .series(
                view::series("accuracy_permuted_end", {{"band", 0}})
                    .band({"accuracy_permuted_end", {{"band", 1}}}, {"accuracy_permuted_end", {{"band", 2}}})
                    .label("permuted labels")
                    .role(view::Role::Muted)
                    .style(view::Style::Dashed))
            .series(view::series("accuracy_shuffled_end")
                        .label("tokens in random order")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .referenceY(view::Selection("induction_end"), "repeats what followed")
            .cursor("checkpoint", "checkpoint_step"));
    o.figure(view::lines("context")
                 .title("Over the context")
                 .group("Training")
                 .x("position", {.title = "tokens read", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy", {{"checkpoint_step", now}}).label("held-out grid"))
                 .series(view::series("accuracy_induction")
                             .label("repeats what followed")
                             .role(view::Role::Reference)
                             .style(view::Style::Dashed))
                 .series(view::series("accuracy_unigram")
                             .label("counts tokens")
                             .role(view::Role::Muted)
                             .style(view::Style::Dashed))
                 .cursor("checkpoint", "checkpoint_step", true));
    view::Lines energy = view::lines("energy");
    energy.title("Is there a map? Mean Rayleigh quotient of each layer")
        .caption(
            "Below the isotropic line neighbours are near each other; above it they are pushed apart, as "
            "small models often do. First placement; the nulls are of the last layer.")
        .group("Geometry")
        .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
        .y({.title = "mean Rayleigh quotient"});
    for (int l = 0; l <= plan.shape.layers; ++l)
        energy.series(
            view::series("rayleigh", {{"placement", 0}, {"layer", l}}).label("layer " + std::to_string(l)));
    const auto ofLast = [&](view::Where more) {
        more.emplace_back("placement", 0);
        more.emplace_back("layer", plan.shape.layers);
        return more;
    };
    for (const auto& [array, label, role] :
         {std::tuple{"rayleigh_null", "permuted labels", view::Role::Muted},
          {"rayleigh_mixing", "mixing as fitted", view::Role::Reference}})
        energy.series(view::series(array, ofLast({{"band", 0}}))
                          .band({array, ofLast({{"band", 1}})}, {array, ofLast({{"band", 2}})})
                          .label(label)
                          .role(role)
                          .style(view::Style::Dashed));
    energy.series(view::series("rayleigh_shuffled", ofLast({}))
                      .label("tokens in random order")
                      .role(view::Role::Muted)
                      .style(view::Style::Dotted));
    energy.series(view::series("rayleigh_beyond", ofLast({}))
                      .label("last layer, without the word before")
                      .role(view::Role::Accent));
    o.figure(energy.referenceY(view::Selection("rayleigh_isotropic"), "isotropic")
                 .referenceY(view::Selection("rayleigh_minimal"), "λ₂")
                 .referenceY(view::Selection("rayleigh_maximal"), "λₙ")
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

}  // namespace icl_graphs
