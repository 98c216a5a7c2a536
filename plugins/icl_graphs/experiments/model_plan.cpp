// SPDX-License-Identifier: Apache-2.0
#include "experiments/model_plan.hpp"

#include <algorithm>

namespace icl_graphs {

using namespace latent;

std::string describedModel(const DecoderConfig& config) {
    std::string name = config.name;
    std::erase_if(name, [](char c) {
        return std::string_view("{}*_`").find(c) != std::string_view::npos;
    });  // would be markup
    const bool tuned = name.find("nstruct") != std::string::npos || name.find("hat") != std::string::npos;
    return (name.empty() ? std::string("A model without a name") : name) + ": " +
           std::to_string(config.parameterCount() / 1'000'000) + " million parameters in " +
           std::to_string(config.layers) + " layers, stored as " + config.quantisation +
           (tuned ? ", tuned to instructions" : "") +
           ". What is measured is about these weights: quantisation and tuning may matter.";
}

Schema modelParameters() {
    Schema schema;
    schema.group("Model")
        .add(path("model").optional().help(
            "A GGUF file, or a folder with config.json, safetensors and tokenizer.json. `latent samples get "
            "smollm2` fetches SmolLM2-135M-Instruct and says where it lies."))
        .add(choice(
                 "bos",
                 {{"any", "where the model names one"}, {"tokenizer", "as its tokenizer does"}, {"no", "no"}},
                 "any")
                 .help("Whether the token that begins a text stands before the words, as in the paper. It is "
                       "never analysed."))
        .add(integer("layer", 0)
                 .range(0, 1024)
                 .unit("1")
                 .help("The layer that claims are judged on: the residual stream after so many blocks. 0: "
                       "two thirds up, as the paper's 26 of 32. It is set beforehand, never chosen by what "
                       "it shows."));
    addGraphParameters(schema);
    addWordParameters(schema);
    addSequenceParameters(schema);
    schema
        .add(integer("prompts", 4)
                 .range(1, 256)
                 .unit("1")
                 .help("Sequences, each from another start, that class means and accuracy are pooled over. "
                       "The paper has one for each node."))
        .add(
            integer("replicates", 3)
                .range(1, 1000)
                .unit("1")
                .help(
                    "Word placements, each with sequences of its own: the independent units of the claims."));
    addGeometryParameters(schema, 50);
    schema.group("Controls")
        .add(flag("shuffled_control", true).help("Read the same words in random order as well."))
        .add(integer("ablated_heads", 8)
                 .range(0, 1024)
                 .unit("1")
                 .help("Heads that are taken away: those with the largest induction scores, with the largest "
                       "previous-token scores, and as many random ones in the layers of the first. 0: none."))
        .add(flag("moves", true)
                 .help("Move words along the components that carry the graph, and by as much in a random "
                       "subspace, and read the prediction."));
    schema
        .preset("smoke", {{"length", 120},
                          {"prompts", 2},
                          {"replicates", 1},
                          {"contexts", 5},
                          {"null_draws", 10},
                          {"ablated_heads", 2}})
        .preset("laptop", {{"length", 1000}, {"contexts", 24}})
        .preset("days",
                {{"family", "ring"},
                 {"nodes", 7},
                 {"words", "days"},
                 {"placement", "permuted"},
                 {"length", 1000},
                 {"contexts", 24},
                 {"component_a", 3},
                 {"component_b", 4}},
                "Figure 3: days of the week on a ring in an order that is not the calendar's.")
        .preset("ring", {{"family", "ring"}, {"reading", "pairs"}, {"length", 1000}, {"contexts", 24}},
                "Figure 4b: pairs of neighbours on a ring of ten.")
        .preset("desk", {{"length", 1400}, {"contexts", 24}, {"replicates", 10}})
        .preset("paper", {{"length", 1400}, {"prompts", 16}, {"contexts", 24}, {"replicates", 10}});
    return schema;
}

ModelPlan ModelPlan::of(const Parameters& p) {
    ModelPlan plan;
    plan.study = GraphStudy::of(p);
    plan.options = layerOptionsOf(p);
    plan.window = p.integer("window");
    plan.replicates = p.integer("replicates");
    plan.prompts = p.integer("prompts");
    plan.shuffledControl = p.flag("shuffled_control");
    plan.moves = p.flag("moves");
    plan.contexts = contextsUpTo(p.integer("first_context"), p.integer("length"),
                                 static_cast<int>(p.integer("contexts")));
    if (!p.has("model"))
        throw RunError(
            "No model is named; set 'model'. `latent samples get smollm2` fetches a small one and says where "
            "it lies.");
    plan.path = p.path("model");
    const ModelSummary summary = summarise(plan.path);
    plan.config = summary.config;
    plan.weightBytes = summary.weightBytes;
    for (std::int64_t r = 0; r < plan.replicates; ++r)
        for (const std::string& word : plan.study.words(r))  // says at once which word is no token
            if (summary.vocabulary.wordToken(word) >= plan.config.vocabulary)
                throw RunError("The token of the word '" + word +
                               "' is beyond the model's vocabulary; its tokenizer is of another model.");
    plan.startsWithBos = plan.config.bos >= 0 && plan.config.bos < plan.config.vocabulary &&
                         (p.choice("bos") == "any" || (p.choice("bos") == "tokenizer" && plan.config.addBos));
    if (const std::int64_t most = plan.config.context - (plan.startsWithBos ? 1 : 0);
        plan.config.rotaryWidth == 0 && p.integer("length") > most)
        throw RunError("This model has learned positions for " + std::to_string(most) +
                       " words; 'length' is " + std::to_string(p.integer("length")) + ". Shorten the walk.");
    plan.layer = p.integer("layer") > 0 ? static_cast<int>(p.integer("layer"))
                                        : std::max(1, plan.config.layers * 2 / 3);
    if (plan.layer > plan.config.layers)
        throw RunError("The model has " + std::to_string(plan.config.layers) +
                       " layers; 'layer' asks for number " + std::to_string(plan.layer) + ".");
    plan.ablatedHeads = static_cast<int>(std::min<std::int64_t>(
        p.integer("ablated_heads"), static_cast<std::int64_t>(plan.config.layers) * plan.config.heads / 4));
    return plan;
}

GeometryAxes ModelPlan::axes() const {
    return {{grows("replicate"), fixed("layer", config.layers + 1)},
            {{"replicate", view::cursor("replicate")}, {"layer", view::cursor("layer")}},
            contexts.size(),
            study.nodes(),
            options.components,
            "tokens in random order",
            true};
}

Outputs modelOutputs(const Parameters& p) {
    const ModelPlan plan = ModelPlan::of(p);
    const Dimension replicate = grows("replicate"), context = fixed("context", plan.contexts.size()),
                    position = fixed("position", plan.study.spec.length),
                    layer = fixed("layer", plan.config.layers + 1),
                    block = fixed("block", plan.config.layers), head = fixed("head", plan.config.heads);
    const view::Where here{{"replicate", view::cursor("replicate")}};
    Outputs o;
    declareGraph(o, plan.study.graph(), plan.study.words(0));
    o.array("replicate", I32, {replicate}).label("placement");
    o.array("layer", I32, {layer})
        .label("layer")
        .description("0: the embedding; i: the residual stream after i blocks.");
    o.array("position", I32, {position}).units("tokens").label("words read");
    o.array("block", I32, {block}).label("block");
    o.array("head", I32, {head}).label("head");
    o.array("placement", I32, {replicate, fixed("node", plan.study.nodes())})
        .label("word of each node")
        .categories(plan.study.list)
        .description(
            "By its place in the list of words. The names in figures are those of the first placement.");
    declareGeometry(o, plan.axes());
    o.array("accuracy", F32, {replicate, position})
        .units("1")
        .label("probability of valid neighbours")
        .description(
            "Full softmax over the vocabulary, mean over prompts; no number where no neighbour ought to "
            "come.");
    for (const auto& [name, label] :
         {std::pair{"accuracy_context", "probability of valid neighbours"},
          {"accuracy_shuffled", "probability of the word's neighbours, tokens in random order"},
          {"accuracy_nodes", "probability of any word of the graph"},
          {"accuracy_induction", "learner that repeats what followed"},
          {"accuracy_unigram", "learner that counts words"}})
        o.array(name, F64, {replicate, context})
            .units("1")
            .label(label)
            .description("Mean over the 30 positions before each context, and over prompts.");
    o.array("accuracy_permuted", F64, {replicate, context, fixed("band", 3)})
        .units("1")
        .label("probability of the word's neighbours, permuted labels");
    o.array("giant_component", F64, {replicate, context})
        .units("1")
        .label("nodes in the largest component of the edges seen");
    o.array("memorised_once", F64, {context})
        .units("1")
        .label("p₁: a node seen at least once")
        .description("Equation 4.");
    o.array("memorised_twice", F64, {context})
        .units("1")
        .label("p₂: at least twice")
        .description("Equation 5.");
    o.array("walk_once", F64, {context})
        .units("1")
        .label("p₁ on real sequences")
        .description("Mean over 500 of them.");
    for (const auto& [name, label, unit] :
         {std::tuple{"critical_context", "critical context (knee of a broken line)", "tokens"},
          {"half_accuracy", "half of the change of accuracy", "tokens"},
          {"half_energy", "half of the change of the Rayleigh quotient", "tokens"},
          {"rayleigh_beyond", "Rayleigh quotient beyond neighbour mixing, last 200 words of each prompt",
           "1"},
          {"planted_beyond", "the same of states that are nothing but mixing", "1"},
          {"beyond_explained", "share explained by the word before, judged layer", "1"}})
        o.array(name, F64, {replicate}).units(unit).label(label);
    o.array("induction_score", F64, {replicate, block, head})
        .units("1")
        .label("attention to what followed this word before");
    o.array("previous_token_score", F64, {replicate, block, head})
        .units("1")
        .label("attention to the previous token");
    if (plan.ablatedHeads > 0) {
        o.array("arm", I32, {fixed("arm", kArms)})
            .label("heads taken away")
            .categories({"none", "induction", "random, same layers", "previous token", "induction, mean",
                         "random, mean", "previous token, mean"})
            .description(
                "Their output is zero, or (mean) what it is on average over the words of another prompt.");
        o.array("ablation_accuracy", F64, {replicate, fixed("arm", kArms)})
            .units("1")
            .label("probability of valid neighbours")
            .description("Second half of another prompt than the one that heads were chosen on.");
        o.array("ablation_rayleigh", F64, {replicate, fixed("arm", kArms)})
            .units("1")
            .label("mean Rayleigh quotient")
            .description("Judged layer, the last 200 tokens of that prompt.");
    }
    if (plan.moves) {
        o.array("move", I32, {fixed("move", kMoves)})
            .label("how words are moved")
            .categories({"not", "along the graph's components", "in a random subspace, as far"});
        o.array("move_target_mass", F64, {replicate, fixed("move", kMoves)})
            .units("1")
            .label("probability of the target's neighbours")
            .description(
                "Each word of the last 100 is moved, in the judged layer, towards another node that shares "
                "no neighbour with it.");
        o.array("move_own_mass", F64, {replicate, fixed("move", kMoves)})
            .units("1")
            .label("probability of the word's own neighbours");
    }
    if (plan.hasCycle()) {
        o.array("draw", I32, {fixed("draw", plan.options.draws)}).label("permutation");
        o.array("calendar_alignment", F64, {replicate, layer, context, fixed("angle", 2)})
            .units("1")
            .label("cosine to the calendar")
            .description("Of components 1 and 2.");
        o.array("calendar_null", F64, {replicate, fixed("draw", plan.options.draws)})
            .units("1")
            .label("the smaller one with permuted labels")
            .description("Judged layer, longest context.");
        o.array("graph_later", F64, {replicate})
            .units("1")
            .label("smaller cosine to the graph, best two of the components after the second");
        o.array("graph_later_null", F64, {replicate, fixed("draw", plan.options.draws)})
            .units("1")
            .label("the same choice with permuted labels");
    }
    o.array("model_summary", F64, {fixed("number", 4)}).label("parameters, bytes of weights, layers, width");

    o.figure(view::text("weights").title("Which model").words(describedModel(plan.config)));
    addGeometryFigures(o, plan.axes());
    o.figure(
        view::lines("accuracy_curve")
            .title("Does it predict a neighbour?")
            .caption("Full softmax. Memorising learners: p₁ and p₂ of the paper; a learner that repeats what "
                     "followed this word before.")
            .group("Prediction")
            .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
            .y({.title = "probability", .limits = {0.0, 1.0}})
            .series(view::series("accuracy_context", here).label("valid neighbours"))
            .series(view::series("accuracy_nodes", here)
                        .label("any word of the graph")
                        .role(view::Role::Secondary))
            .series(view::series("accuracy_induction", here)
                        .label("repeats what followed")
                        .role(view::Role::Reference)
                        .style(view::Style::Dashed))
            .series(view::series("accuracy_shuffled", here)
                        .label("tokens in random order")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .series(view::series("accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 0}})
                        .band({"accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 1}}},
                              {"accuracy_permuted", {{"replicate", view::cursor("replicate")}, {"band", 2}}})
                        .label("permuted labels")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed))
            .series(view::series("accuracy_unigram", here)
                        .label("counts words")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed))
            .series(
                view::series("memorised_once").label("p₁").role(view::Role::Muted).style(view::Style::Dotted))
            .series(view::series("memorised_twice")
                        .label("p₂")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .referenceX(view::Selection("critical_context", here), "critical context")
            .cursor("replicate", "replicate", true)
            .cursor("context", "context"));
    o.figure(view::lines("accuracy_positions")
                 .title("Each position")
                 .group("Prediction")
                 .x("position", {.title = "words read", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy", here)
                             .label("mean over prompts")
                             .smoothed(view::Smoothing::Gaussian, 30))
                 .cursor("replicate", "replicate"));
    o.figure(view::lines("placements")
                 .title("Every placement")
                 .group("Prediction")
                 .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
                 .y({.title = "probability of valid neighbours", .limits = {0.0, 1.0}})
                 .series(view::series("accuracy_context").family("replicate").label("placement"))
                 .cursor("context", "context"));
    o.figure(
        view::lines("observed")
            .title("How much of the graph has been shown")
            .group("Prediction")
            .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
            .y({.title = "share", .limits = {0.0, 1.0}})
            .series(view::series("giant_component", here)
                        .label("nodes in the largest component of the edges seen"))
            .series(view::series("walk_once").label("nodes seen, on real sequences"))
            .series(
                view::series("memorised_once").label("p₁").role(view::Role::Muted).style(view::Style::Dotted))
            .cursor("replicate", "replicate"));
    addGeometryMaps(o, plan.axes());
    const view::Gesture attention = view::pick("icl/attend")
                                        .bind("index.block", "block")
                                        .bind("index.head", "head")
                                        .label("Attention of this head");
    o.figure(view::heatmap("induction_heads")
                 .title("Induction heads")
                 .caption("Attention to the word that followed an earlier occurrence of this one.")
                 .group("Heads")
                 .z("induction_score", here)
                 .across("head")
                 .down("block")
                 .upwards()
                 .colours({.limits = {0.0, 1.0}, .title = "attention"})
                 .cursor("replicate", "replicate")
                 .gesture(attention));
    o.figure(view::heatmap("previous_heads")
                 .title("Previous-token heads")
                 .group("Heads")
                 .z("previous_token_score", here)
                 .across("head")
                 .down("block")
                 .upwards()
                 .colours({.limits = {0.0, 1.0}, .title = "attention"})
                 .cursor("replicate", "replicate")
                 .gesture(attention));
    if (plan.ablatedHeads > 0) {
        o.figure(view::table("ablation")
                     .title("Without some heads")
                     .caption("Heads chosen on one prompt, judged on another.")
                     .group("Heads")
                     .column({"ablation_accuracy", here}, "valid neighbours", view::Format::Fixed, 3)
                     .column({"ablation_rayleigh", here}, "Rayleigh", view::Format::Fixed, 3));
    }
    if (plan.moves)
        o.figure(view::table("moved")
                     .title("Words moved along the graph")
                     .group("Heads")
                     .column({"move_target_mass", here}, "target's neighbours", view::Format::Fixed, 4)
                     .column({"move_own_mass", here}, "own neighbours", view::Format::Fixed, 4));
    if (plan.hasCycle())
        o.figure(view::lines("calendar")
                     .title("The calendar in components 1 and 2")
                     .group("Over the context")
                     .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
                     .y({.title = "cosine", .limits = {0.0, 1.0}})
                     .series(view::series("calendar_alignment", {{"replicate", view::cursor("replicate")},
                                                                 {"layer", view::cursor("layer")},
                                                                 {"angle", 0}})
                                 .label("larger"))
                     .series(view::series("calendar_alignment", {{"replicate", view::cursor("replicate")},
                                                                 {"layer", view::cursor("layer")},
                                                                 {"angle", 1}})
                                 .label("smaller")
                                 .role(view::Role::Accent))
                     .cursor("replicate", "replicate")
                     .cursor("layer", "layer"));
    return o;
}

}  // namespace icl_graphs
