// SPDX-License-Identifier: Apache-2.0
// Figures of markov/train over its arrays (train_outputs.cpp).
#include <tuple>

#include "experiments/published.hpp"
#include "experiments/train_plan.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

constexpr int kHeadsInOneFigure = 8;

view::Selection reference(const std::string& metric, std::size_t set, std::size_t four) {
    return {"algorithm_" + metric,
            {{"set", set}, {"algorithm", four}, {"context_length", view::cursor("length")}}};
}

/// The true stationary distribution as prediction, in the metric of the figure.
view::Selection floorOf(const std::string& metric, std::size_t set) {
    return {metric == "kl_matrix" ? "unigram_floor_matrix" : "unigram_floor_position", {{"set", set}}};
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
        .referenceY(reference(metric, kId, 1), "Bi-Ret, known")
        .referenceY(floorOf(metric, kOod), "true unigrams, new");
    return figure.cursor("length", "context_length", true).cursor("checkpoint", "checkpoint_step");
}

/// The model's curves of one checkpoint against the length of the context, with those of the algorithms.
view::Lines overContexts(const std::string& metric, const char* axis) {
    view::Lines figure = view::lines(metric + "_context");
    figure.x("context_length", {.title = "context length", .unit = "tokens", .scale = view::Log})
        .y({.title = axis, .unit = "nats"});
    const auto model = [&](std::size_t set, const char* label, view::Role role) {
        figure.series(view::series(metric, {{"checkpoint_step", view::cursor("checkpoint")}, {"set", set}})
                          .label(label)
                          .role(role));
    };
    model(kId, "model, known", view::Role::Primary);
    model(kOod, "model, new", view::Role::Accent);
    if (metric == "kl_position") model(kBiased, "model, biased", view::Role::Secondary);
    for (const auto& [set, words, style] :
         {std::tuple{kOod, ", new", view::Style::Dashed}, std::tuple{kId, ", known", view::Style::Dotted}})
        for (std::size_t a = 0; a < 4; ++a)
            if (set == kOod || a == 1 || a == 3)  // on known chains unigrams say what they say on new ones
                figure.series(view::series("algorithm_" + metric, {{"set", set}, {"algorithm", a}})
                                  .label(std::string(labelOf(kFour[a])) + words)
                                  .category(static_cast<int>(a))
                                  .style(style));
    return figure.referenceY(floorOf(metric, kOod), "true unigrams, new")
        .referenceY(floorOf(metric, kId), "true unigrams, known");
}

}  // namespace

void addTrainFigures(Outputs& o, const latent::learn::transformer::Shape& shape) {
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
    o.figure(overContexts("kl_matrix", kMatrixAxis)
                 .title("One checkpoint over contexts, matrices")
                 .caption("Dashed: the algorithms on new chains; dotted: bigram ones on known chains.")
                 .group("Generalisation")
                 .cursor("checkpoint", "checkpoint_step", true));
    o.figure(
        overContexts("kl_position", kPositionAxis)
            .title("One checkpoint over contexts, next token")
            .caption("A rise on new chains before the fall is early ascent; in biased contexts, a rise after "
                     "a fall is bounded efficacy.")
            .group("Generalisation")
            .cursor("checkpoint", "checkpoint_step"));

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
    o.figure(
        view::lines("lia_fit")
            .title("How well the interpolation fits")
            .group("Algorithms")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "rms residual, in probability", .scale = view::Log})
            .series(view::series("lia_joint_rmse").label("all lengths"))
            .series(view::series("lia_rmse", {{"context_length", view::last()}}).label("longest context")));
    o.figure(
        view::lines("lia_fit_kl")
            .title("How far the model is from its interpolation")
            .group("Algorithms")
            .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
            .y({.title = "KL(model‖LIA)", .unit = "nats", .scale = view::Log})
            .series(view::series("kl_to_lia_joint").label("all lengths"))
            .series(view::series("kl_to_lia", {{"context_length", view::last()}}).label("longest context")));
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
                 .caption("At the longest context. Proximity .5: no retrieval. Band: exact 95 % over chains.")
                 .group("Scores")
                 .x("checkpoint_step", {.title = "training steps", .scale = view::Log})
                 .y({.title = "score"})
                 .series(view::series("utilisation_clipped", {{"context_length", view::last()}})
                             .label("bigram utilisation, clipped"))
                 .series(view::series("utilisation", {{"context_length", view::last()}})
                             .label("not clipped")
                             .role(view::Role::Muted)
                             .style(view::Style::Dashed))
                 .series(view::series("proximity", {{"score_length", view::last()}})
                             .band({"proximity_low", {{"score_length", view::last()}}},
                                   {"proximity_high", {{"score_length", view::last()}}})
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

}  // namespace markov_mixtures
