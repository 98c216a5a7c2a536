// SPDX-License-Identifier: Apache-2.0
// Parameters, arrays and figures of sim/train. Defaults are those of the paper's code.

#include <algorithm>

#include "experiments/node_names.hpp"
#include "experiments/train_plan.hpp"

namespace concept_space {

latent::Schema trainParameters() {
    using namespace latent;
    return Schema{}
        .group("Data")
        .add(integer("dim", 64).range(1, 1024).unit("1").help("Ambient dimensions d."))
        .add(numbers("mu", {1, 2})
                 .range(1e-6, 1e3)
                 .length(1, 10)
                 .unit("1")
                 .help("Distances of the clusters from the origin: the strengths of the concept signals. "
                       "At most `dim` entries."))
        .add(numbers("variance", {0.05})
                 .range(0, 1e6)
                 .length(1, 10)
                 .unit("1")
                 .optional()
                 .help("Variance of each concept inside a cluster (the paper's code calls it sigma). One "
                       "entry serves all."))
        .add(numbers("sigma")
                 .range(0, 1e3)
                 .length(1, 10)
                 .unit("1")
                 .optional()
                 .exclusiveWith("variance")
                 .help("The same as standard deviations."))
        .add(flag("origin_cluster", true)
                 .help("One more cluster at the origin, as the two-concept task of the code has it."))
        .add(integer("samples_per_cluster", 5000)
                 .range(1, 1'000'000)
                 .unit("1")
                 .help("Drawn once, shuffled once, then always in this order."))
        .add(number("noise", 0)
                 .range(0, 100)
                 .unit("1")
                 .help("Standard deviation of the other coordinates.")
                 .advanced())
        .add(flag("rotation", true).help("Turns the data by a random orthogonal matrix."))
        .add(flag("truncation", false)
                 .help("Rejects samples nearer than min(mu)/2 to the unseen combination (control of figure "
                       "16). Takes two concepts or more. No theory is drawn beside the curves, and no claim "
                       "compares them."))
        .group("Network")
        .add(integer("layers", 2).range(1, 4).unit("1").help("Affine maps; 1 is dim to dim."))
        .add(choice("activation", {"linear", "relu"}, "linear").help("Between the layers."))
        .add(integer("hidden", 64)
                 .range(1, 1024)
                 .unit("1")
                 .help("Width of the hidden layers.")
                 .visibleWhen("layers", std::vector<nlohmann::json>{2, 3, 4}))
        .add(flag("bias", true)
                 .help("Biases, as torch.nn.Linear has them by default; they change the dynamics."))
        .add(choice("init", {{"uniform", "torch's default, U(±1/√fan_in)"}, {"normal", "N(0, init_std²)"}},
                    "uniform")
                 .help("Initial weights and biases."))
        .add(number("init_std", 1e-4)
                 .range(0, 10)
                 .unit("1")
                 .help("Standard deviation of normal initial weights.")
                 .visibleWhen("init", "normal"))
        .group("Training")
        .add(integer("epochs", 40).range(1, 100'000).unit("1").help("Passes over the data."))
        .add(integer("batch_size", 128).range(1, 65'536).unit("1").help("Samples of a step."))
        .add(number("learning_rate", 0.1)
                 .above(0)
                 .atMost(100)
                 .unit("1")
                 .logarithmic()
                 .help("Of SGD on the mean over batch and dimensions."))
        .add(number("momentum", 0)
                 .range(0, 0.9999)
                 .unit("1")
                 .help("Of SGD. Training is faster than its gradient-flow time says, by up to "
                       "1/(1 − momentum): no theory is drawn beside the curves, and no claim compares them.")
                 .advanced())
        .add(number("weight_decay", 0)
                 .range(0, 10)
                 .unit("1")
                 .help("Of SGD. Training ends short of the target: no theory is drawn beside the curves, and "
                       "no claim compares them.")
                 .advanced())
        .add(integer("seeds", 5).range(1, 4096).unit("1").help("Independent repetitions, computed at once."))
        .add(seed("seed", 2333).help("The first seed; the others follow it."))
        .group("Record")
        .add(choice("frame_spacing", {"epochs", "linear", "log"}, "epochs")
                 .help("States at which outputs, node losses and weights are published."))
        .add(integer("frames", 200)
                 .range(2, 10'000)
                 .unit("1")
                 .help("How many, for linear and log spacing: at most one more than there are steps.")
                 .visibleWhen("frame_spacing", std::vector<nlohmann::json>{"linear", "log"}))
        .add(integer("ood_every", 1)
                 .range(1, 1'000'000)
                 .unit("1")
                 .help("Steps between two records of the OOD loss, at most as many as the training has. "
                       "Above 1, swing_by and descents take fifty records."))
        .add(number("learned", 0.9)
                 .range(0.01, 0.999)
                 .unit("1")
                 .help("A concept is learned when its output passes this fraction of its target.")
                 .advanced())
        .preset("smoke",
                {{"dim", 4}, {"hidden", 4}, {"epochs", 2}, {"samples_per_cluster", 256}, {"seeds", 2}})
        .preset("laptop", {{"layers", 1}, {"seeds", 10}})
        .preset("figure_2", {{"layers", 1}, {"seeds", 10}, {"variance", {0.05, 0.05}}})
        .preset("figure_3", {{"layers", 3},
                             {"dim", 3},
                             {"hidden", 3},
                             {"learning_rate", 0.01},
                             {"rotation", false},
                             {"seeds", 64}})
        .preset("figure_12", {{"layers", 2}, {"activation", "relu"}, {"seeds", 10}})
        .preset("paper", {{"layers", 4}, {"mu", {2, 4}}, {"seeds", 10}});
}

latent::Outputs trainOutputs(const latent::Parameters& p) {
    using namespace latent;
    const TrainPlan plan = TrainPlan::of(p);
    const Dimension seed = fixed("seed", plan.seeds), time = fixed("time", plan.frames.size()),
                    step = fixed("step", plan.steps), ood = fixed("ood_step", plan.oodStates()),
                    node = fixed("node", plan.nodes()),
                    coordinate = fixed("coordinate", plan.clusters.concepts()),
                    row = fixed("row", plan.clusters.concepts()),
                    col = fixed("col", plan.clusters.concepts()),
                    learned = fixed("concept", plan.clusters.concepts());
    const bool linear = !plan.network.relu || plan.network.layers == 1;
    Outputs o;
    o.array("seed", I64, {seed}).label("seed");
    o.array("time", F64, {time})
        .units("1")
        .label("gradient-flow time")
        .description("2 η/d for each SGD step.");
    o.array("frame_step", I64, {time}).units("1").label("SGD steps");
    o.array("epoch", F64, {time}).units("1").label("epoch");
    o.array("step", I64, {step}).units("1").label("SGD step");
    o.array("ood_step", I64, {ood}).units("1").label("SGD steps");
    o.array("node", I32, {node}).label("combination").categories(nodeNames(plan.clusters.concepts()));
    o.array("train_loss", F32, {seed, step})
        .units("1")
        .label("training loss")
        .description("Mean over batch and dimensions, before the step.");
    o.array("ood_loss", F64, {seed, ood})
        .units("1")
        .label("OOD loss")
        .description("½‖f(x̂) − x̂‖² at the unseen combination, per step.");
    o.array("node_loss", F32, {seed, time, node})
        .units("1")
        .label("loss")
        .description("½‖f(x) − x‖² at Σ v_p mu_p e_p; bit p of the index is v_p.");
    o.array("ood_loss_mean", F64, {ood}).units("1").label("OOD loss, mean over seeds");
    o.array("output", F32, {seed, time, coordinate})
        .units("1")
        .label("output at the unseen combination")
        .description(
            "f(x̂) in the basis of the concepts, one coordinate each; sim/theory gives all dim of them.");
    o.array("output_mean", F64, {time, coordinate})
        .units("1")
        .label("output at the unseen combination, mean over seeds");
    o.array(linear ? "weights" : "jacobian", F32, {seed, time, row, col})
        .units("1")
        .label(linear ? "end-to-end weight" : "Jacobian at the unseen combination")
        .description(
            "In the basis of the concepts: what concept `col` adds to concept `row` of the output. "
            "sim/theory gives all dim by dim entries.");
    o.array("concept", I32, {learned}).label("concept").categories(countedNames(plan.clusters.concepts()));
    o.array("learning_time", F64, {seed, learned})
        .units("epochs")
        .label("learning time")
        .description("First frame at which the output has passed the fraction `learned`; NaN: never.");
    o.array("learning_time_median", F64, {learned})
        .units("epochs")
        .label("learning time, median over seeds")
        .description("NaN: half of the seeds or more never learned it.");
    o.array("learning_order", F64, {seed, learned})
        .units("1")
        .label("place in the order of learning")
        .description("1 for the concept that was learned first; NaN: never.");
    o.array("first_learned", F64, {})
        .units("1")
        .label("concept learned first")
        .description("By most seeds, counted from 1; 0: none was learned.");
    o.array("half_learning_time", F64, {seed, learned})
        .units("epochs")
        .label("time to one half")
        .description("NaN: never.");
    o.array("swing_by", F64, {seed})
        .units("1")
        .label("swing-by")
        .description(
            "Largest rise of the OOD loss after an earlier minimum, from the loss of every recorded step; "
            "NaN: too few are recorded, or the seed diverged.");
    o.array("descents", F64, {seed})
        .units("1")
        .label("descents of the OOD loss")
        .description("Deeper than 1e-4, separated by rises higher than that; NaN as swing_by.");
    const bool theory = plan.theoryDescribes();
    if (theory)
        for (const char* name : {"theory_output", "theory_ood_loss"}) {
            const bool loss = std::string_view(name) == "theory_ood_loss";
            o.array(name, F64, loss ? std::vector<Dimension>{time} : std::vector<Dimension>{time, coordinate})
                .units("1")
                .label("one-layer theory")
                .description("Closed form of one layer from zero weights, whatever the network's depth.");
        }
    o.metric("train_loss").label("training loss, mean over seeds").units("1");
    o.metric("ood_loss").label("OOD loss, mean over seeds").units("1");

    const auto concepts = plan.clusters.concepts();
    if (concepts >= 2) {
        auto figure = view::trajectory("trajectory");
        figure.title("Output at the unseen combination")
            .series(view::xy(view::Selection("output", {{"coordinate", 0}}),
                             view::Selection("output", {{"coordinate", 1}}))
                        .family("seed")
                        .label("trained")
                        .role(view::Role::Muted))
            .series(view::xy(view::Selection("output_mean", {{"coordinate", 0}}),
                             view::Selection("output_mean", {{"coordinate", 1}}))
                        .label("mean over seeds"));
        if (theory)
            figure.series(view::xy(view::Selection("theory_output", {{"coordinate", 0}}),
                                   view::Selection("theory_output", {{"coordinate", 1}}))
                              .label("one-layer theory")
                              .role(view::Role::Reference)
                              .style(view::Style::Dashed));
        o.figure(
            figure.xAxis({.title = "concept 1"}).yAxis({.title = "concept 2"}).cursor("frame", "time", true));
    }
    o.figure(view::lines("ood")
                 .title("Loss at the unseen combination")
                 .x("ood_step")
                 .y({.title = "OOD loss", .scale = view::Log})
                 .series(view::series("ood_loss").family("seed").label("trained").role(view::Role::Muted))
                 .series(view::series("ood_loss_mean").label("mean over seeds")));
    o.figure(view::lines("losses")
                 .title("While it trains")
                 .caption("Mean over seeds.")
                 .series(view::series("metrics/train_loss").label("training"))
                 .series(view::series("metrics/ood_loss").label("OOD point"))
                 .yAxis({.title = "loss, mean over seeds", .scale = view::Log}));
    o.figure(view::lines("node_losses")
                 .title("Loss of every combination (first seed)")
                 .x("time")
                 .series(view::series("node_loss", view::Where{{"seed", 0}}).family("node"))
                 .cursor("frame", "time"));
    if (theory)
        o.figure(
            view::lines("theory_ood")
                .title("Against the one-layer theory")
                .caption("Loss at the unseen combination over gradient-flow time; the theory is that of one "
                         "layer from zero weights.")
                .x("time")
                .y({.title = "OOD loss", .scale = view::Log})
                .series(view::series("node_loss", {{"node", view::last()}})
                            .family("seed")
                            .label("trained")
                            .role(view::Role::Muted))
                .series(view::series("theory_ood_loss")
                            .label("one-layer theory")
                            .role(view::Role::Reference)
                            .style(view::Style::Dashed))
                .cursor("frame", "time"));
    o.figure(view::heatmap("learning_times")
                 .title("Learning times")
                 .caption("Epochs until each concept is learned, for every seed.")
                 .z("learning_time")
                 .across("concept")
                 .down("seed")
                 .numbers());
    o.figure(view::heatmap("learning_order")
                 .title("Order of learning")
                 .caption("The place of each concept, 1 for the first, for every seed.")
                 .z("learning_order")
                 .across("concept")
                 .down("seed")
                 .numbers());
    o.figure(view::histogram("swing_bys")
                 .title("Swing-by over seeds")
                 .values("swing_by")
                 .bins(static_cast<int>(std::clamp<std::int64_t>(plan.seeds / 2, 5, 30))));
    return o;
}

}  // namespace concept_space
