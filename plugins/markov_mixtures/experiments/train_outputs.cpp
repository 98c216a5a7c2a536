// SPDX-License-Identifier: Apache-2.0
// Arrays and figures of markov/train.
#include "experiments/train_plan.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

constexpr const char* kMatrixAxis = "KL(prediction‖truth)";
constexpr const char* kPositionAxis = "KL(truth‖prediction)";
constexpr int kHeadsInOneFigure = 8;

std::vector<std::string> modelSetNames() {
    std::vector<std::string> names;
    for (const SetKind kind : kModelSets) names.push_back(kSetNames[static_cast<std::size_t>(kind)]);
    return names;
}
std::vector<std::string> fourLabels() {
    std::vector<std::string> labels;
    for (const Algorithm a : kFour) labels.push_back(labelOf(a));
    return labels;
}

view::Selection reference(const std::string& metric, std::size_t set, std::size_t four) {
    return {"algorithm_" + metric,
            {{"set", set}, {"algorithm", four}, {"context_length", view::cursor("length")}}};
}

/// The model's curves against steps, with the algorithms as lines.
view::Lines overSteps(const std::string& metric, const char* axis) {
    view::Lines figure = view::lines(metric + "_steps");
    figure.x("checkpoint_step", {.title = "training steps", .scale = view::Log})
        .y({.title = axis, .unit = "nats"});
    const view::Selector length = view::cursor("length");
    figure
        .series(view::series(metric, {{"set", kId}, {"context_length", length}})
                    .label("known chains")
                    .role(view::Role::Primary))
        .series(view::series(metric, {{"set", kOod}, {"context_length", length}})
                    .label("new chains")
                    .role(view::Role::Accent));
    figure.referenceY(reference(metric, kOod, 2), "Uni-Inf")
        .referenceY(reference(metric, kOod, 3), "Bi-Inf")
        .referenceY(reference(metric, kOod, 1), "Bi-Ret, new")
        .referenceY(reference(metric, kId, 1), "Bi-Ret, known");
    return figure.cursor("length", "context_length", true).cursor("checkpoint", "checkpoint_step");
}

void addFigures(Outputs& o, const latent::learn::transformer::Shape& shape) {
    o.figure(
        view::lines("loss")
            .title("Training loss")
            .caption("From the loss of a guess over the unigram plateau towards the entropy rate.")
            .group("Training")
            .x("step", {.title = "training steps", .scale = view::Log})
            .y({.title = "loss", .unit = "nats"})
            .series(view::series("train_loss").label("training").smoothed(view::Smoothing::Exponential, .9))
            .referenceY(view::Selection("guess_entropy"), "guess")
            .referenceY(view::Selection("unigram_entropy"), "unigrams")
            .referenceY(view::Selection("entropy_rate"), "entropy rate"));
    o.figure(view::lines("health")
                 .title("Gradient norm")
                 .caption("Before clipping.")
                 .group("Training")
                 .series(view::series("metrics/gradient_norm").label("gradient norm"))
                 .yAxis({.title = "global norm", .scale = view::Log}));
    o.figure(overSteps("kl_matrix", kMatrixAxis)
                 .title("Distance from the truth, matrices")
                 .caption("A rise on new chains after a fall, while known ones go on falling, is transience.")
                 .group("Generalisation"));
    o.figure(overSteps("kl_position", kPositionAxis)
                 .title("Distance from the truth, next token")
                 .group("Generalisation"));
    view::Lines curves = view::lines("kl_matrix_context");
    curves.x("context_length", {.title = "context length", .unit = "tokens", .scale = view::Log})
        .y({.title = kMatrixAxis, .unit = "nats"});
    for (std::size_t set : {kId, kOod})
        curves.series(
            view::series("kl_matrix", {{"checkpoint_step", view::cursor("checkpoint")}, {"set", set}})
                .label(set == kId ? "model, known" : "model, new")
                .role(set == kId ? view::Role::Primary : view::Role::Accent));
    for (std::size_t a = 0; a < 4; ++a)
        curves.series(view::series("algorithm_kl_matrix", {{"set", kOod}, {"algorithm", a}})
                          .label(std::string(labelOf(kFour[a])) + ", new")
                          .category(static_cast<int>(a))
                          .style(view::Style::Dashed));
    o.figure(curves.title("One checkpoint over contexts")
                 .group("Generalisation")
                 .cursor("checkpoint", "checkpoint_step", true));

    view::Lines known = view::lines("algorithms_id"), fresh = view::lines("algorithms_ood"),
                weights = view::lines("lia"), weightsAt = view::lines("lia_length");
    for (view::Lines* figure : {&known, &fresh})
        figure->x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "KL(model‖algorithm)", .unit = "nats"});
    for (view::Lines* figure : {&weights, &weightsAt})
        figure->x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "LIA weight", .limits = {0, 1}});
    for (std::size_t a = 0; a < 4; ++a) {
        const int category = static_cast<int>(a);
        known.series(
            view::series("kl_to_algorithm",
                         {{"set", kId}, {"algorithm", a}, {"context_length", view::cursor("length")}})
                .label(labelOf(kFour[a]))
                .category(category));
        fresh.series(
            view::series("kl_to_algorithm",
                         {{"set", kOod}, {"algorithm", a}, {"context_length", view::cursor("length")}})
                .label(labelOf(kFour[a]))
                .category(category));
        weights.series(
            view::series("lia_joint", {{"algorithm", a}}).label(labelOf(kFour[a])).category(category));
        weightsAt.series(
            view::series("lia_weights", {{"context_length", view::cursor("length")}, {"algorithm", a}})
                .label(labelOf(kFour[a]))
                .category(category));
    }
    weights.series(view::series("lia_joint_unigram")
                       .label("unigrams, merged")
                       .role(view::Role::Muted)
                       .style(view::Style::Dashed));
    weightsAt.series(view::series("lia_unigram", {{"context_length", view::cursor("length")}})
                         .label("unigrams, merged")
                         .role(view::Role::Muted)
                         .style(view::Style::Dashed));
    o.figure(known.title("Distance from each algorithm, known chains")
                 .caption("The lowest line is what the model does most nearly.")
                 .group("Algorithms")
                 .cursor("length", "context_length")
                 .cursor("checkpoint", "checkpoint_step"));
    o.figure(fresh.title("Distance from each algorithm, new chains")
                 .group("Algorithms")
                 .cursor("length", "context_length")
                 .cursor("checkpoint", "checkpoint_step"));
    o.figure(weights.title("Algorithms that the model interpolates")
                 .caption("Fitted on known chains, all lengths together. The split of the two unigram "
                          "algorithms is only known as far as the condition number is small.")
                 .group("Algorithms")
                 .cursor("checkpoint", "checkpoint_step"));
    o.figure(weightsAt.title("The same at one length")
                 .group("Algorithms")
                 .cursor("length", "context_length")
                 .cursor("checkpoint", "checkpoint_step"));
    o.figure(view::lines("lia_fit")
                 .title("How well the interpolation fits")
                 .group("Algorithms")
                 .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
                 .y({.title = "residual", .scale = view::Log})
                 .series(view::series("lia_joint_rmse").label("rms residual"))
                 .series(view::series("kl_to_lia_joint").label("KL(model‖LIA), nats")));
    o.figure(
        view::lines("lia_condition_steps")
            .title("Condition number of the interpolation")
            .group("Algorithms")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "condition number", .scale = view::Log})
            .series(view::series("lia_joint_condition").label("all lengths"))
            .series(
                view::series("lia_condition", {{"context_length", view::last()}}).label("longest context")));
    o.figure(
        view::lines("forecast")
            .title("New chains: forecast from known ones")
            .caption("The weights of known chains, applied to the algorithms on new ones.")
            .group("Algorithms")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = kMatrixAxis, .unit = "nats"})
            .series(view::series("kl_matrix", {{"set", kOod}, {"context_length", view::cursor("length")}})
                        .label("measured")
                        .role(view::Role::Accent))
            .series(view::series("lia_forecast", {{"context_length", view::cursor("length")}})
                        .label("LIA")
                        .style(view::Style::Dashed))
            .cursor("length", "context_length"));
    o.figure(view::table("accounts")
                 .title("Forecasts and their controls")
                 .group("Algorithms")
                 .column("forecast_error", "mean error")
                 .column("forecast_rank", "rank corr."));
    o.figure(view::lines("scores")
                 .title("Bigram utilisation and retrieval proximity")
                 .caption("Proximity .5: no retrieval. Band: exact 95 % over chains.")
                 .group("Scores")
                 .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
                 .y({.title = "score"})
                 .series(view::series("utilisation_clipped", {{"context_length", view::last()}})
                             .label("bigram utilisation, clipped"))
                 .series(view::series("proximity")
                             .band("proximity_low", "proximity_high")
                             .label("retrieval proximity"))
                 .referenceY(.5, "no retrieval"));
    o.figure(view::heatmap("attention_map")
                 .title("Attention on an example")
                 .caption("Rows attend to columns.")
                 .group("Attention")
                 .z("attention", {{"checkpoint_step", view::cursor("checkpoint")},
                                  {"layer", view::cursor("layer")},
                                  {"head", view::cursor("head")}})
                 .across("key")
                 .down("query")
                 .cursor("checkpoint", "checkpoint_step", true)
                 .cursor("layer", "layer", true)
                 .cursor("head", "head", true));
    const auto headScore = [&](const char* name, const char* chance, const char* title) {
        view::Lines figure = view::lines(std::string(name) + "s");
        figure.title(title)
            .group("Attention")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "attention"})
            .referenceY(view::Selection(chance), "even attention");
        if (shape.layers * shape.heads <= kHeadsInOneFigure) {
            for (int layer = 0; layer < shape.layers; ++layer)
                for (int head = 0; head < shape.heads; ++head)
                    figure.series(view::series(name, {{"layer", layer}, {"head", head}})
                                      .label("layer " + std::to_string(layer) +
                                             (shape.heads > 1 ? ", head " + std::to_string(head) : "")));
        } else {
            figure.series(view::series(name, {{"layer", view::cursor("layer")}}).family("head").label("head"))
                .cursor("layer", "layer", true);
        }
        o.figure(figure);
    };
    headScore("previous_token_score", "previous_token_chance", "Attention to the previous token");
    headScore("induction_score", "induction_chance", "Attention to what followed the state before");
}

}  // namespace

Outputs trainOutputs(const Parameters& p) {
    requireChains(p);
    const TrainPlan plan = TrainPlan::of(p);
    const auto& shape = plan.training.shape;
    const Dimension step = grows("step"), checkpoint = grows("checkpoint_step"),
                    set = fixed("set", kModelSets.size()), algorithm = fixed("algorithm", kFour.size()),
                    length = fixed("context_length", plan.evaluation.contextLength.size()),
                    half = fixed("half", 2), layer = fixed("layer", shape.layers),
                    head = fixed("head", shape.heads), query = fixed("query", plan.attentionLength),
                    key = fixed("key", plan.attentionLength), account = fixed("account", 6);
    Outputs o;
    o.metric("train_loss").label("training loss").units("nats");
    o.metric("gradient_norm").label("gradient norm, before clipping").units("1");
    o.array("step", I64, {step})
        .units("1")
        .label("training steps")
        .description("The update that a loss belongs to, from 1 on.");
    o.array("train_loss", F32, {step})
        .units("nats")
        .label("training loss")
        .description("Mean cross-entropy over positions 2 … length, before the update.");
    o.array("checkpoint_step", I64, {checkpoint})
        .units("1")
        .label("training steps")
        .description("Updates done.");
    o.array("set", I32, {set}).label("set").categories(modelSetNames());
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(fourLabels());
    o.array("context_length", I32, {length}).units("tokens").label("context length");
    o.array("half", I32, {half})
        .label("half of the chains")
        .categories({"even", "odd"})
        .description(
            "By the number of a known chain, or of the replicate: choices are made on one half and judged on "
            "the other.");
    o.array("layer", I32, {layer}).label("layer");
    o.array("head", I32, {head}).label("head");
    o.array("query", I32, {query}).units("tokens").label("position that attends");
    o.array("key", I32, {key}).units("tokens").label("position attended to");
    o.array("entropy_rate", F64, {})
        .units("nats")
        .label("entropy rate of the mixture")
        .description("Σ p_n h_n: what no model that knows the chain beats.");
    o.array("unigram_entropy", F64, {})
        .units("nats")
        .label("unigram entropy of the mixture")
        .description("Σ p_n H(π_n): for a model that knows the chain and ignores the order.");
    o.array("guess_entropy", F64, {}).units("nats").label("ln k");
    for (const auto& [metric, words] :
         {std::pair{
              "kl_matrix",
              "Extracted k × k matrices, weights the stationary distribution of the truth (equation 1)."},
          {"kl_position", "At the token after the context, mean over sequences of a chain."}}) {
        const std::string name = metric, axis = name == "kl_matrix" ? kMatrixAxis : kPositionAxis;
        o.array("algorithm_" + name, F64, {set, algorithm, length})
            .units("nats")
            .label(axis)
            .description(std::string("Of the algorithms. ") + words);
        o.array(name, F64, {checkpoint, set, length})
            .units("nats")
            .label(axis)
            .description(std::string("Of the model, mean over chains. ") + words);
        o.array(name + "_sem", F64, {checkpoint, set, length})
            .units("nats")
            .label("standard error over chains");
    }
    o.array("kl_matrix_half", F64, {checkpoint, half, set, length})
        .units("nats")
        .label(kMatrixAxis)
        .description("Of the model, mean over one half of the chains.");
    o.array("kl_to_algorithm", F64, {checkpoint, set, algorithm, length})
        .units("nats")
        .label("KL(model‖algorithm)")
        .description("Extracted matrices, weights the stationary distribution of the algorithm's.");
    o.array("kl_to_algorithm_half", F64, {checkpoint, half, set, algorithm, length})
        .units("nats")
        .label("KL(model‖algorithm)")
        .description("Mean over one half of the chains.");
    o.array("lia_weights", F64, {checkpoint, length, algorithm})
        .units("1")
        .label("LIA weight")
        .description("Least squares on the simplex, on known chains, at one length.");
    o.array("lia_unigram", F64, {checkpoint, length})
        .units("1")
        .label("LIA weight of both unigram algorithms");
    o.array("lia_rmse", F64, {checkpoint, length}).units("1").label("rms residual, in probability");
    o.array("lia_condition", F64, {checkpoint, length})
        .units("1")
        .label("condition number")
        .description("Above 30 the split between the weights means nothing.");
    o.array("kl_to_lia", F64, {checkpoint, length}).units("nats").label("KL(model‖LIA)");
    o.array("lia_forecast", F64, {checkpoint, length})
        .units("nats")
        .label("KL(LIA‖truth)")
        .description("On new chains, with the weights of known ones.");
    o.array("lia_joint", F64, {checkpoint, algorithm})
        .units("1")
        .label("LIA weight")
        .description("One fit over all lengths.");
    o.array("lia_joint_half", F64, {checkpoint, half, algorithm})
        .units("1")
        .label("LIA weight")
        .description("One fit over all lengths, on one half of the known chains.");
    o.array("lia_joint_unigram", F64, {checkpoint}).units("1").label("LIA weight of both unigram algorithms");
    o.array("lia_joint_rmse", F64, {checkpoint}).units("1").label("rms residual, in probability");
    o.array("lia_joint_condition", F64, {checkpoint}).units("1").label("condition number");
    o.array("kl_to_lia_joint", F64, {checkpoint}).units("nats").label("KL(model‖LIA)");
    o.array("account", I32, {account})
        .label("account")
        .categories(
            {"LIA", "nearest one", "static weights", "average matrix", "random, mean", "random, best"});
    o.array("forecast_error", F64, {account})
        .units("nats")
        .label("mean absolute error")
        .description(
            "Of the forecast for new chains at the longest context, over checkpoints. Nearest one: the "
            "single algorithm that is nearest to the model on known chains.");
    o.array("forecast_rank", F64, {account})
        .units("1")
        .label("rank correlation")
        .description("Spearman's, of forecast and measurement over checkpoints; not for random weights.");
    o.array("utilisation", F64, {checkpoint, length})
        .units("1")
        .label("bigram utilisation")
        .description(
            "(KL shuffled − KL original) / (KL Uni-Inf − KL Bi-Inf), kl_matrix on new chains; not clipped.");
    o.array("utilisation_clipped", F64, {checkpoint, length}).units("1").label("bigram utilisation, clipped");
    o.array("proximity", F64, {checkpoint})
        .units("1")
        .label("retrieval proximity")
        .description(
            "Share of new chains whose inferred matrix is nearer to the mixture than to as many fresh "
            "chains.");
    o.array("proximity_low", F64, {checkpoint}).units("1").label("lower end of the exact 95 %");
    o.array("proximity_high", F64, {checkpoint}).units("1").label("upper end of the exact 95 %");
    o.array("example", I32, {query})
        .label("state")
        .categories(stateNames(p.integer("states")))
        .description("The sequence of a new chain whose attention is shown.");
    o.array("attention", F32, {checkpoint, layer, head, query, key})
        .units("1")
        .label("attention")
        .description("On the example.");
    o.array("previous_token_score", F64, {checkpoint, layer, head})
        .units("1")
        .label("previous-token score")
        .description("Attention to the token before, mean over positions of new chains.");
    o.array("induction_score", F64, {checkpoint, layer, head})
        .units("1")
        .label("induction score")
        .description(
            "Attention to what followed the current state before, mean over positions of new chains.");
    o.array("previous_token_half", F64, {checkpoint, half, layer, head})
        .units("1")
        .label("previous-token score")
        .description("On one half of the chains.");
    o.array("induction_half", F64, {checkpoint, half, layer, head})
        .units("1")
        .label("induction score")
        .description("On one half of the chains.");
    o.array("previous_token_chance", F64, {}).units("1").label("previous-token score of even attention");
    o.array("induction_chance", F64, {}).units("1").label("induction score of even attention");
    const std::vector<latent::learn::transformer::Tensor> tensors = tensorsOf(shape);
    std::vector<std::string> names;
    for (const auto& tensor : tensors) names.push_back(tensor.name);
    const Dimension kept = grows("weights_step"), tensor = fixed("tensor", tensors.size());
    o.array("weights_step", I64, {kept}).units("1").label("training steps");
    o.array("weights", F32, {kept, fixed("parameter", shape.parameterCount())})
        .units("1")
        .label("weights")
        .description(
            "All tensors one after the other, as `tensor_offset` says; the names are those of nanoGPT's "
            "state_dict.");
    o.array("tensor", I32, {tensor}).label("tensor").categories(names);
    o.array("tensor_offset", I64, {tensor}).units("1").label("first parameter of the tensor");
    o.array("tensor_rows", I64, {tensor}).units("1").label("rows").description("0: a vector.");
    o.array("tensor_columns", I64, {tensor}).units("1").label("columns");
    addFigures(o, shape);
    return o;
}

}  // namespace markov_mixtures
