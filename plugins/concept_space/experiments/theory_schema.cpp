// SPDX-License-Identifier: Apache-2.0
// Parameters, arrays and figures of sim/theory.

#include "experiments/node_names.hpp"
#include "experiments/theory_model.hpp"

namespace concept_space {
namespace {

constexpr std::int64_t kMostFullMatrix = 3;  ///< beyond, only the diagonal is drawn entry by entry
constexpr std::int64_t kMostDiagonal = 8;

/// Asks the probe for a shorter time: what is chosen ends the solution.
latent::view::Gesture upToHere() {
    return latent::view::range("sim/solve").bind("high", "t_end").label("Solve up to the end of the range");
}

/// Each entry of W over time; of a symmetric W the upper half says all.
latent::view::Lines weightEntries(std::int64_t d, bool symmetric, const latent::view::Axis& clock) {
    using namespace latent;
    const bool whole = d <= kMostFullMatrix;
    view::Lines figure = view::lines("weight_entries");
    figure.title("Entries of W over time")
        .caption(whole ? "The diagonal learns the concepts; the rest mixes them."
                       : "The diagonal learns the concepts; the rest is in Weights.");
    figure.x("time", clock).y({.title = "weight"});
    const auto entry = [&](std::int64_t i, std::int64_t j) {
        const std::string label = "w" + std::to_string(i + 1) + (d > 9 ? "," : "") + std::to_string(j + 1);
        figure.series(view::series("weights", {{"row", i}, {"col", j}}).label(label));
    };
    for (std::int64_t i = 0; i < std::min(d, kMostDiagonal); ++i) entry(i, i);
    for (std::int64_t i = 0; whole && i < d; ++i)
        for (std::int64_t j = symmetric ? i + 1 : 0; j < d; ++j)
            if (i != j) entry(i, j);
    return figure.cursor("frame", "time").gesture(upToHere());
}

}  // namespace

latent::Schema theoryParameters() {
    using namespace latent;
    return Schema{}
        .group("Model")
        .add(choice("model",
                    {{"symmetric", "symmetric two-layer, f(x) = U Uᵀ x"},
                     {"one_layer", "one linear layer, f(x) = W x"}},
                    "symmetric")
                 .help("The symmetric model integrates dW/dt = V(W) (equation D.2); the one-layer model is a "
                       "closed form (Theorem 4.1)."))
        .add(flag("bias", false)
                 .help("One-layer model with biases, on the augmented moment; what the paper's code trains.")
                 .visibleWhen("model", "one_layer"))
        .add(text("w0", "uniform:0.2")
                 .length(1, 4096)
                 .help("Initial W: a matrix as [[1,0],[0,1]], or zero, uniform:scale, normal:std:width, "
                       "torch_uniform:scale:seed (W = U Uᵀ of such U), "
                       "or linear (one-layer: torch's default)."))
        .add(seed("seed", 0).help(
            "Draws the initial weights; one seed is one initialisation. zero, torch_uniform and a matrix do "
            "not use it."))
        .group("Data")
        .add(integer("dim", 2).range(1, 64).unit("1").help("Dimensions d of the input."))
        .add(numbers("mu", {1, 2})
                 .range(1e-6, 1e3)
                 .length(1, "dim")
                 .unit("1")
                 .help("Distances of the clusters from the origin: the strengths of the concept signals. "
                       "With more than 12 entries node_loss is left out."))
        .add(numbers("sigma", {0.05})
                 .range(0, 1e3)
                 .length(1, "dim")
                 .unit("1")
                 .optional()
                 .help("Standard deviation of each concept inside its cluster: the diversity. One entry "
                       "serves all concepts."))
        .add(numbers("variance")
                 .range(0, 1e6)
                 .length(1, "dim")
                 .unit("1")
                 .optional()
                 .exclusiveWith("sigma")
                 .help("The same as variances; the paper's code calls these sigma."))
        .add(integer("clusters")
                 .range(1, 65)
                 .unit("1")
                 .optional()
                 .help("Equally weighted clusters in all; one more than the concepts adds one at the origin. "
                       "Left out: one for each concept."))
        .group("Time")
        .add(number("t_end", 20)
                 .range(1e-6, 1e6)
                 .unit("1")
                 .help("Gradient-flow time at the last frame, on the paper's clock dW/dt = V."))
        .add(integer("steps", 2000).range(1, 10'000'000).unit("1").help("Integration steps."))
        .add(integer("frames", 200)
                 .range(2, 10'000)
                 .unit("1")
                 .help("States that are published, the first and the last included: at most steps + 1."))
        .add(choice("frame_spacing", {"linear", "log"}, "linear")
                 .help("How the frames are spread over the steps."))
        .group("Solver")
        .add(choice("method",
                    {{"rk4", "Runge–Kutta, order 4"},
                     {"adaptive", "Dormand–Prince 5(4)"},
                     {"recursion", "the paper's W + η V(W)"},
                     {"gradient_descent", "gradient descent at the step size"}},
                    "rk4")
                 .help("Flows are integrated on U, which keeps W semi-definite; the recursion does not: "
                       "watch min_eigenvalue."))
        .add(number("tolerance", 1e-10)
                 .range(1e-14, 1e-2)
                 .unit("1")
                 .logarithmic()
                 .help("Error per step of the adaptive method.")
                 .visibleWhen("method", "adaptive"))
        .add(integer("exponent", 1)
                 .range(1, 2)
                 .unit("1")
                 .help("1: the theory. 2: A² wherever A belongs, as the paper's figure scripts iterate "
                       "(figure replication)."))
        .add(flag("decomposition", false)
                 .help("Publish growth, suppression and interaction of each weight (section 4.3).")
                 .visibleWhen("model", "symmetric"))
        .add(number("learned", 0.9)
                 .range(0.01, 0.999)
                 .unit("1")
                 .help("A concept is learned when its output passes this fraction of its target.")
                 .advanced())
        .preset("smoke", {{"steps", 200}, {"frames", 20}})
        .preset("laptop",
                {{"w0", "[[0.02,0.018],[0.018,0.02]]"}, {"t_end", 12}, {"steps", 4000}, {"frames", 400}})
        .preset("figure_5", {{"dim", 3},
                             {"mu", {1, 1.5}},
                             {"sigma", {0.05, 0.05, 0.05}},
                             {"w0", "torch_uniform:0.2:2333"},
                             {"exponent", 2},
                             {"method", "recursion"},
                             {"t_end", 20},
                             {"steps", 2000},
                             {"frames", 2001}})
        .preset("figure_8", {{"dim", 3},
                             {"mu", {1, 1.7, 2.25}},
                             {"sigma", {0.5, 0.25, 0.25}},
                             {"w0", "torch_uniform:0.2:2333"},
                             {"exponent", 2},
                             {"method", "recursion"},
                             {"t_end", 100},
                             {"steps", 10000},
                             {"frames", 400},
                             {"frame_spacing", "log"}})
        .preset("paper", {{"dim", 3},
                          {"mu", {1, 1.5}},
                          {"sigma", {0.05, 0.05, 0.05}},
                          {"w0", "torch_uniform:0.2:2333"},
                          {"t_end", 20},
                          {"steps", 20000},
                          {"frames", 2001}});
}

latent::Outputs theoryOutputs(const latent::Parameters& p) {
    using namespace latent;
    const std::int64_t n = p.integer("frames"), d = p.integer("dim");
    const auto concepts = static_cast<std::int64_t>(p.numbers("mu").size());
    const bool symmetric = p.choice("model") == "symmetric";
    const bool nodes = concepts <= theory::kMostNodeConcepts;
    const Dimension time = fixed("time", n), row = fixed("row", d), col = fixed("col", d),
                    out = fixed("coordinate", d);

    Outputs o;
    o.array("time", F64, {time}).units("1").label("gradient-flow time");
    o.array("row", I32, {row}).label("to output").categories(countedNames(d));
    o.array("col", I32, {col}).label("from input").categories(countedNames(d));
    o.array("weights", F64, {time, row, col})
        .units("1")
        .label("weight")
        .description("End-to-end weights W; entry (i, j) maps input j to output i.");
    o.array("output", F64, {time, out})
        .units("1")
        .label("output at the unseen combination")
        .description("f(x̂), x̂ = Σ mu_p e_p.");
    o.array("ood_loss", F64, {time}).units("1").label("OOD loss").description("½‖f(x̂) − x̂‖²");
    o.array("train_loss", F64, {time})
        .units("1")
        .label("training loss")
        .description("Population loss that the flow descends.");
    if (nodes) {
        o.array("node", I32, {fixed("node", std::int64_t{1} << concepts)})
            .label("combination")
            .categories(nodeNames(static_cast<int>(concepts)));
        o.array("node_loss", F64, {time, fixed("node", std::int64_t{1} << concepts)})
            .units("1")
            .label("loss")
            .description("½‖f(x) − x‖² at x = Σ v_p mu_p e_p; bit p of the index is v_p.");
    }
    o.array("speed", F64, {time}).units("1").label("speed of the output").description("‖df/dt‖");
    o.array("concept", I32, {fixed("concept", concepts)}).label("concept").categories(countedNames(concepts));
    o.array("learning_time", F64, {fixed("concept", concepts)})
        .units("1")
        .label("learning time")
        .description("When the output passes the fraction `learned` of its target; NaN: never.");
    o.array("swing_by", F64, {})
        .units("1")
        .label("swing-by")
        .description(
            "Largest rise of the OOD loss after an earlier minimum; NaN where the solution ends before its "
            "last frame.");
    // A histogram needs something to count: of one run one value, of a sweep one for each cell.
    o.array("rise", F64, {fixed("initialisation", 1)})
        .units("1")
        .label("swing-by")
        .description(
            "The same as swing_by, on an axis of its own, so that the cells of a sweep can be counted.");
    o.array("descents", F64, {})
        .units("1")
        .label("descents of the OOD loss")
        .description("Deeper than 1e-4, separated by rises higher than that; NaN as swing_by.");
    if (symmetric)
        o.array("min_eigenvalue", F64, {time})
            .units("1")
            .label("smallest eigenvalue of W")
            .description("Health: negative when the integration has left the model.");
    if (!symmetric && p.flag("bias")) o.array("bias", F64, {time, out}).units("1").label("bias");
    if (symmetric && p.flag("decomposition"))
        for (const char* force : {"growth", "suppression", "interaction"})
            o.array(force, F64, {time, row, col})
                .units("1")
                .label(force)
                .description("Part of dW/dt = growth − suppression − interaction (section 4.3).");

    const view::Axis clock{.scale = p.choice("frame_spacing") == "log" ? view::SymLog : view::Linear};
    o.figure(view::lines("losses")
                 .title("Loss at the unseen combination")
                 .caption("A rise after a minimum is the swing-by.")
                 .x("time", clock)
                 .y({.title = "loss"})
                 .series(view::series("ood_loss").label("OOD point"))
                 .series(view::series("train_loss")
                             .label("training")
                             .style(view::Style::Dashed)
                             .role(view::Role::Secondary))
                 .cursor("frame", "time", true)
                 .gesture(upToHere()));
    if (d >= 2) {
        const std::vector<double> mu = p.numbers("mu");
        o.figure(view::trajectory("trajectory")
                     .title("Output at the unseen combination")
                     .caption("A bend towards the stronger concept, then the turn to the target.")
                     .series(view::xy(view::Selection("output", {{"coordinate", 0}}),
                                      view::Selection("output", {{"coordinate", 1}}))
                                 .label("f(x̂)")
                                 .markAt(view::cursor("frame")))
                     .xAxis({.title = "concept 1"})
                     .yAxis({.title = "concept 2"})
                     .referenceX(mu[0], "target")
                     .referenceY(mu.size() > 1 ? mu[1] : 0.0)
                     .cursor("frame", "time"));
    }
    o.figure(weightEntries(d, symmetric, clock));
    if (nodes)
        o.figure(view::lines("node_losses")
                     .title("Loss of every combination")
                     .caption("Losses should respect the order of subsets.")
                     .x("time", clock)
                     .series(view::series("node_loss").family("node"))
                     .cursor("frame", "time"));
    o.figure(view::heatmap("weight_matrix")
                 .title("Weights")
                 .z("weights", {{"time", view::cursor("frame")}})
                 .across("col")
                 .down("row")
                 .colours({.map = view::Map::Diverging, .centre = 0.0})
                 .numbers()
                 .cursor("frame", "time"));
    o.figure(view::lines("speed")
                 .title("Speed of the output")
                 .caption("Terminal slowdown: the end decays exponentially.")
                 .x("time", clock)
                 .y({.scale = view::Log})
                 .series(view::series("speed"))
                 .cursor("frame", "time"));
    if (symmetric)
        o.figure(view::lines("health")
                     .title("Smallest eigenvalue of W")
                     .group("Health")
                     .x("time", clock)
                     .series(view::series("min_eigenvalue"))
                     .referenceY(0.0, "semi-definite above")
                     .cursor("frame", "time"));
    o.figure(view::histogram("swing_bys")
                 .title("Swing-by over initialisations")
                 .caption("Of a sweep: how large the rise is in its cells. One run has one value.")
                 .group("Sweep")
                 .values("rise")
                 .bins(20));
    return o;
}

}  // namespace concept_space
