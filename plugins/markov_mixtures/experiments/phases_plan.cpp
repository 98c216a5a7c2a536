// SPDX-License-Identifier: Apache-2.0
#include "experiments/phases_plan.hpp"

#include <algorithm>

#include "experiments/phase_map.hpp"
#include "model/algorithms/algorithm.hpp"

namespace markov_mixtures {
namespace {

using namespace latent;

/// Parameters of markov/train that one model alone has.
const std::array<const char*, 4> kOfOneModel{"chains", "transition", "attention_length", "weights"};

std::vector<std::string> phaseNames() {
    std::vector<std::string> names;
    for (const Algorithm a : kFour) names.push_back(labelOf(a));
    names.push_back("not yet");
    return names;
}

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
    std::optional<TrainPlan> plan;
    for (const std::int64_t chains : diversity) {
        requireChains(cellOf(p, chains));
        plan = TrainPlan::of(cellOf(p, chains));
    }
    const Dimension chains = fixed("chains", diversity.size()),
                    checkpoint = fixed("checkpoint_step", plan->checkpoints.size()),
                    length = fixed("context_length", plan->evaluation.contextLength.size()),
                    algorithm = fixed("algorithm", kFour.size()),
                    thresholds = fixed("threshold", kThresholds),
                    layer = fixed("layer", plan->training.shape.layers),
                    head = fixed("head", plan->training.shape.heads),
                    query = fixed("query", plan->attentionLength), key = fixed("key", plan->attentionLength);
    const char* axis = "KL(prediction‖truth)";
    Outputs o;
    for (const std::int64_t n : diversity)
        o.metric("train_loss_" + std::to_string(n))
            .label("training loss, N = " + std::to_string(n))
            .units("nats");
    o.array("chains", I64, {chains}).units("1").label("chains N");
    o.array("checkpoint_step", I64, {checkpoint}).units("1").label("training steps");
    o.array("context_length", I32, {length}).units("tokens").label("context length");
    std::vector<std::string> labels = phaseNames();
    labels.pop_back();
    o.array("algorithm", I32, {algorithm}).label("algorithm").categories(labels);
    o.array("threshold", F64, {thresholds}).units("1").label("threshold of a label").rest(.5);
    for (const char* set : {"id", "ood"}) {
        const std::string words = std::string(set) == "id" ? "known chains" : "new chains";
        o.array(std::string("kl_matrix_") + set, F64, {chains, checkpoint, length})
            .units("nats")
            .label(axis)
            .description("Of the model, on " + words + ", mean over chains.");
        o.array(std::string("algorithm_kl_matrix_") + set, F64, {chains, algorithm, length})
            .units("nats")
            .label(axis)
            .description("Of the algorithms, on " + words + ".");
    }
    o.array("utilisation", F64, {chains, checkpoint, length})
        .units("1")
        .label("bigram utilisation")
        .description("(KL shuffled − KL original) / (KL Uni-Inf − KL Bi-Inf), not clipped.");
    o.array("proximity", F64, {chains, checkpoint}).units("1").label("retrieval proximity");
    o.array("proximity_low", F64, {chains, checkpoint}).units("1").label("lower end of the exact 95 %");
    o.array("proximity_high", F64, {chains, checkpoint}).units("1").label("upper end of the exact 95 %");
    o.array("lia_weights", F64, {chains, checkpoint, length, algorithm})
        .units("1")
        .label("LIA weight")
        .description("On known chains, at one length.");
    o.array("lia_largest", I32, {chains, checkpoint, length})
        .label("largest LIA weight")
        .categories(phaseNames());
    o.array("lia_rmse", F64, {chains, checkpoint, length})
        .units("1")
        .label("rms residual of LIA, in probability");
    o.array("lia_condition", F64, {chains, checkpoint, length}).units("1").label("condition number of LIA");
    for (const Dimension& one : {layer, head}) o.array(one.name, I32, {one}).label(one.name);
    for (const Dimension& one : {query, key}) o.array(one.name, I32, {one}).units("tokens").label(one.name);
    o.array("attention", F32, {chains, checkpoint, layer, head, query, key})
        .units("1")
        .label("attention")
        .description("Of each model on an example of a new chain.");
    o.array("phase", I32, {thresholds, chains, checkpoint})
        .label("phase")
        .categories(phaseNames())
        .description(
            "Bigram where utilisation at the longest context reaches the threshold, retrieval where "
            "proximity has made that share of its way from .5 to 1.");

    const view::Selector at = view::cursor("length");
    o.figure(map("phases", "phase", "Phases by the two scores", {{"threshold", view::cursor("threshold")}})
                 .colours({.map = view::Map::Categorical})
                 .caption("The slider moves the threshold of both scores.")
                 .group("Phases")
                 .cursor("threshold", "threshold", true));
    o.figure(map("phases_lia", "lia_largest", "Largest LIA weight", {{"context_length", at}})
                 .colours({.map = view::Map::Categorical})
                 .caption("Look at the residual before you believe it.")
                 .group("Phases")
                 .cursor("length", "context_length", true));
    o.figure(map("residual", "lia_rmse", "Residual of LIA", {{"context_length", at}})
                 .group("Phases")
                 .cursor("length", "context_length"));
    o.figure(map("utilisation_map", "utilisation", "Bigram utilisation", {{"context_length", at}})
                 .colours({.limits = {0, 1}, .title = "bigram utilisation"})
                 .group("Scores")
                 .cursor("length", "context_length"));
    o.figure(map("proximity_map", "proximity", "Retrieval proximity", {})
                 .colours({.limits = {0, 1}, .title = "retrieval proximity"})
                 .group("Scores"));
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
    view::Lines curves = view::lines("one_model");
    curves.x("context_length", {.title = "context length", .unit = "tokens", .scale = view::Log})
        .y({.title = axis, .unit = "nats"});
    const view::Where cell{{"chains", view::cursor("diversity")},
                           {"checkpoint_step", view::cursor("checkpoint")}};
    curves.series(view::series("kl_matrix_id", cell).label("model, known").role(view::Role::Primary))
        .series(view::series("kl_matrix_ood", cell).label("model, new").role(view::Role::Accent));
    for (std::size_t a = 0; a < kFour.size(); ++a)
        curves.series(
            view::series("algorithm_kl_matrix_ood", {{"chains", view::cursor("diversity")}, {"algorithm", a}})
                .label(std::string(labelOf(kFour[a])) + ", new")
                .category(static_cast<int>(a))
                .style(view::Style::Dashed));
    o.figure(curves.title("One model over contexts")
                 .caption("A click on a cell of a map chooses the model.")
                 .group("One model")
                 .cursor("checkpoint", "checkpoint_step", true)
                 .cursor("diversity", "chains", true));
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
