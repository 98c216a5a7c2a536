// SPDX-License-Identifier: Apache-2.0
#include "experiments/phases_plan.hpp"

#include <algorithm>

#include "experiments/phase_column.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

/// Parameters of markov/train that one model alone has.
const std::array<const char*, 5> kOfOneModel{"chains", "transition", "attention_length", "weights",
                                             "initial_weights"};

view::Heatmap map(const char* name, const char* array, const char* title, const view::Where& where) {
    return view::heatmap(name)
        .title(title)
        .z(array, where)
        .across("checkpoint_step")
        .down("chains")
        .upwards()
        .xAxis({.title = "training steps", .scale = view::Log})
        .yAxis({.title = "chains N", .scale = view::Log})
        .cursor("checkpoint", "checkpoint_step")
        .cursor("diversity", "chains");
}

}  // namespace

Schema phasesParameters() {
    nlohmann::json json = trainParameters().toJson();
    const auto isOfOneModel = [](const std::string& name) {
        return std::find(kOfOneModel.begin(), kOfOneModel.end(), name) != kOfOneModel.end();
    };
    nlohmann::json kept = nlohmann::json::array();
    for (const nlohmann::json& parameter : json.at("parameters"))
        if (!isOfOneModel(parameter.at("name").get<std::string>())) kept.push_back(parameter);
    json["parameters"] = kept;
    const nlohmann::json presets = json.at("presets");
    json["presets"] = nlohmann::json::array();
    Schema schema = Schema::fromJson(json);
    schema.group("Phases").add(integers("diversity", {4, 16, 64, 256})
                                   .range(1, 1'000'000)
                                   .length(1, 64)
                                   .unit("1")
                                   .help("Numbers of chains N: one model for each, all trained at once."));
    json = schema.toJson();
    for (nlohmann::json preset : presets) {
        for (const char* name : kOfOneModel) preset.at("values").erase(name);
        const std::string name = preset.at("name").get<std::string>();
        preset.erase("help");
        if (name == "smoke") preset["values"]["diversity"] = {2, 8};
        if (name == "paper") preset["values"]["diversity"] = {4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};
        json["presets"].push_back(preset);
    }
    return Schema::fromJson(json);
}

std::vector<std::int64_t> diversityOf(const Parameters& p) {
    std::vector<std::int64_t> all = p.integers("diversity");
    std::sort(all.begin(), all.end());
    if (std::adjacent_find(all.begin(), all.end()) != all.end())
        throw UsageError("A number of chains comes twice in 'diversity'.");
    return all;
}

Parameters cellOf(const Parameters& p, std::int64_t chains) {
    nlohmann::json json = Parameters::defaultsOf(trainParameters()).json();
    nlohmann::json given = p.json();
    given.erase("diversity");
    json.update(given);
    json["chains"] = chains;
    return Parameters::fromJson(json);
}

Outputs phasesOutputs(const Parameters& p) {
    const std::vector<std::int64_t> diversity = diversityOf(p);
    requireMemory(cellOf(p, diversity.front()), diversity);
    requireChains(cellOf(p, diversity.back()), "diversity");  // mixtures are nested: this is all of them
    std::optional<TrainPlan> plan;
    for (const std::int64_t chains : diversity) plan = TrainPlan::of(cellOf(p, chains));
    const Dimension chains = fixed("chains", diversity.size()), checkpoint = grows("checkpoint_step"),
                    length = fixed("context_length", plan->evaluation.contextLength.size()),
                    scored = fixed("score_length", proximityPlaces(plan->evaluation.contextLength).size()),
                    algorithm = fixed("algorithm", kFour.size()),
                    thresholds = fixed("threshold", kThresholds),
                    layer = fixed("layer", plan->training.shape.layers),
                    head = fixed("head", plan->training.shape.heads),
                    query = fixed("query", plan->attentionLength), key = fixed("key", plan->attentionLength);
    const char *axis = "KL(prediction‖truth)", *positionAxis = "KL(truth‖prediction)";
    Outputs o;
    for (const std::int64_t n : diversity)
        o.metric("train_loss_" + std::to_string(n))
            .label("training loss, N = " + std::to_string(n))
            .units("nats");
    o.array("chains", I64, {chains}).units("1").label("chains N");
    o.array("checkpoint_step", I64, {checkpoint}).units("1").label("training steps");
    o.array("context_length", I32, {length}).units("tokens").label("context length");
    o.array("score_length", I32, {scored}).units("tokens").label("context length of both scores");
    std::vector<std::string> labels;
    for (const Algorithm a : kFour) labels.push_back(labelOf(a));
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(labels);
    o.array("threshold", F64, {thresholds}).units("1").label("threshold of a label").rest(.5);
    for (const char* set : {"id", "ood"}) {
        const std::string words = std::string(set) == "id" ? "known chains" : "new chains";
        for (const auto& [metric, label] : {std::pair{"kl_matrix_", axis}, {"kl_position_", positionAxis}}) {
            o.array(std::string(metric) + set, F64, {checkpoint, chains, length})
                .units("nats")
                .label(label)
                .description("Of the model, on " + words + ", mean over chains.");
            o.array(std::string("algorithm_") + metric + set, F64, {chains, algorithm, length})
                .units("nats")
                .label(label)
                .description("Of the algorithms, on " + words + ".");
        }
    }
    o.array("kl_position_biased", F64, {checkpoint, chains, length})
        .units("nats")
        .label(positionAxis)
        .description("Of the model in biased contexts, against the known chain.");
    o.array("utilisation", F64, {checkpoint, chains, length})
        .units("1")
        .label("bigram utilisation")
        .description("(KL shuffled − KL original) / (KL Uni-Inf − KL Bi-Inf), not clipped.");
    o.array("proximity", F64, {checkpoint, scored, chains}).units("1").label("retrieval proximity");
    o.array("proximity_low", F64, {checkpoint, scored, chains})
        .units("1")
        .label("lower end of the exact 95 %");
    o.array("proximity_high", F64, {checkpoint, scored, chains})
        .units("1")
        .label("upper end of the exact 95 %");
    o.array("lia_weights", F64, {checkpoint, chains, length, algorithm})
        .units("1")
        .label("LIA weight")
        .description("On known chains, at one length.");
    o.array("lia_unigram", F64, {checkpoint, chains, length})
        .units("1")
        .label("LIA weight of both unigram algorithms");
    o.array("lia_largest", I32, {checkpoint, chains, length})
        .label("largest LIA weight")
        .categories(phaseNames())
        .description("Where the condition number is 30 or more, both unigram algorithms count as one.");
    o.array("lia_rmse", F64, {checkpoint, chains, length})
        .units("1")
        .label("rms residual of LIA, in probability");
    o.array("lia_condition", F64, {checkpoint, chains, length}).units("1").label("condition number of LIA");
    for (const Dimension& one : {layer, head}) o.array(one.name, I32, {one}).label(one.name);
    for (const Dimension& one : {query, key}) o.array(one.name, I32, {one}).units("tokens").label(one.name);
    o.array("attention", F32, {checkpoint, chains, layer, head, query, key})
        .units("1")
        .label("attention")
        .description("Of each model on an example of a new chain.");
    o.array("phase", I32, {checkpoint, thresholds, scored, chains})
        .label("phase")
        .categories(phaseNames())
        .description(
            "Bigram where utilisation at that length reaches the threshold, retrieval where proximity has "
            "made that share of its way from .5 to 1.");

    const view::Selector at = view::cursor("length"), scoredAt = view::cursor("score_length");
    o.figure(
        map("phases", "phase", "Phases by the two scores",
            {{"threshold", view::cursor("threshold")}, {"score_length", scoredAt}})
            .colours({.map = view::Map::Categorical})
            .caption("The sliders move the threshold of both scores and the context they are measured at.")
            .group("Phases")
            .cursor("threshold", "threshold", true)
            .cursor("score_length", "score_length", true));
    o.figure(
        map("phases_lia", "lia_largest", "Largest LIA weight", {{"context_length", at}})
            .colours({.map = view::Map::Categorical})
            .caption("Look at the residual before you believe it. Unigrams: an ill-conditioned fit cannot "
                     "tell retrieval from inference there.")
            .group("Phases")
            .cursor("length", "context_length", true));
    o.figure(map("residual", "lia_rmse", "Residual of LIA", {{"context_length", at}})
                 .group("Phases")
                 .cursor("length", "context_length"));
    o.figure(map("condition", "lia_condition", "Condition number of LIA", {{"context_length", at}})
                 .colours({.title = "condition number"})
                 .group("Phases")
                 .cursor("length", "context_length"));
    o.figure(map("utilisation_map", "utilisation", "Bigram utilisation", {{"context_length", at}})
                 .colours({.limits = {0, 1}, .title = "bigram utilisation"})
                 .group("Scores")
                 .cursor("length", "context_length"));
    o.figure(map("proximity_map", "proximity", "Retrieval proximity", {{"score_length", scoredAt}})
                 .colours({.limits = {0, 1}, .title = "retrieval proximity"})
                 .group("Scores")
                 .cursor("score_length", "score_length"));
    o.figure(map("kl_ood_map", "kl_matrix_ood", "Distance from new chains", {{"context_length", at}})
                 .colours({.title = axis})
                 .group("Generalisation")
                 .cursor("length", "context_length"));
    view::Lines transience = view::lines("transience");
    transience.x("checkpoint_step", {.title = "training steps", .scale = view::Log})
        .y({.title = axis, .unit = "nats"});
    o.figure(transience.series(view::series("kl_matrix_ood", {{"context_length", at}}).family("chains"))
                 .title("New chains, one line for each N")
                 .caption("A rise after a fall is transience.")
                 .group("Generalisation")
                 .cursor("length", "context_length")
                 .cursor("checkpoint", "checkpoint_step"));
    const view::Where cell{{"chains", view::cursor("diversity")},
                           {"checkpoint_step", view::cursor("checkpoint")}};
    const auto oneModel = [&](const std::string& metric, const char* label) {
        view::Lines curves = view::lines(metric == "kl_matrix_" ? "one_model" : "one_model_position");
        curves.x("context_length", {.title = "context length", .unit = "tokens", .scale = view::Log})
            .y({.title = label, .unit = "nats"});
        curves.series(view::series(metric + "id", cell).label("model, known").role(view::Role::Primary))
            .series(view::series(metric + "ood", cell).label("model, new").role(view::Role::Accent));
        if (metric == "kl_position_")
            curves.series(
                view::series("kl_position_biased", cell).label("model, biased").role(view::Role::Secondary));
        for (std::size_t a = 0; a < kFour.size(); ++a)
            curves.series(view::series("algorithm_" + metric + "ood",
                                       {{"chains", view::cursor("diversity")}, {"algorithm", a}})
                              .label(std::string(labelOf(kFour[a])) + ", new")
                              .category(static_cast<int>(a))
                              .style(view::Style::Dashed));
        return curves.caption("A click on a cell of a map chooses the model.").group("One model");
    };
    o.figure(oneModel("kl_matrix_", axis)
                 .title("One model over contexts, matrices")
                 .cursor("checkpoint", "checkpoint_step", true)
                 .cursor("diversity", "chains", true));
    o.figure(oneModel("kl_position_", positionAxis)
                 .title("One model over contexts, next token")
                 .cursor("checkpoint", "checkpoint_step")
                 .cursor("diversity", "chains"));
    o.figure(view::heatmap("attention_map")
                 .title("Its attention on an example")
                 .caption("Rows attend to columns.")
                 .group("One model")
                 .z("attention", {{"chains", view::cursor("diversity")},
                                  {"checkpoint_step", view::cursor("checkpoint")},
                                  {"layer", view::cursor("layer")},
                                  {"head", view::cursor("head")}})
                 .across("key")
                 .down("query")
                 .cursor("checkpoint", "checkpoint_step")
                 .cursor("diversity", "chains")
                 .cursor("layer", "layer", true)
                 .cursor("head", "head", true));
    return o;
}

}  // namespace markov_mixtures
