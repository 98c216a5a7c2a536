// SPDX-License-Identifier: Apache-2.0
#include "experiments/model_plan.hpp"

#include <algorithm>

#include "decoder/decoder.hpp"
#include "experiments/reading.hpp"

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
                       "two thirds up, 21 of 32. It is set beforehand, never chosen by what "
                       "it shows."))
        .add(choice("precision",
                    {{"device", "bfloat16 on a GPU, float32 on the CPU"}, {"float32", "float32"}}, "device")
                 .help("Of weights and what is multiplied with them. The residual stream, norms, softmax and "
                       "logits are float32 in "
                       "any case."));
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
                       "previous-token scores, and for each of the two as many others in the same layers. 0: "
                       "none."))
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
    plan.options = layerOptionsOf(p, plan.study.nodes(), plan.config.width);
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
    // Runs from before there was this parameter do not name it.
    plan.asksForFloat32 = p.json().value("precision", "device") == "float32";
    plan.layer = judgedLayer(p.integer("layer"), plan.config.layers);
    if (plan.layer > plan.config.layers)
        throw RunError("The model has " + std::to_string(plan.config.layers) +
                       " layers; 'layer' asks for number " + std::to_string(plan.layer) + ".");
    plan.ablatedHeads = static_cast<int>(std::min<std::int64_t>(
        p.integer("ablated_heads"), static_cast<std::int64_t>(plan.config.layers) * plan.config.heads / 4));
    return plan;
}

int judgedLayer(std::int64_t asked, int blocks) {
    return asked > 0 ? static_cast<int>(asked)
                     : static_cast<int>(judgedOf(static_cast<std::size_t>(blocks) + 1));
}

namespace {

/// The largest pass of a run: one that is asked for attention.
DecoderRun largestPass(const ModelPlan& plan) {
    DecoderRun run{.threads = plan.threads, .chunk = Reader::kChunk};
    run.attention = [](const AttentionBlock&) {};
    return run;
}

}  // namespace

std::uint64_t deviceMemoryFor(const ModelPlan& plan) {
    return plan.device == "cpu" ? 0
                                : deviceMemoryFor(plan.config, plan.precision(), plan.study.spec.length + 1,
                                                  largestPass(plan));
}

std::uint64_t memoryFor(const ModelPlan& plan) {
    const auto length = static_cast<std::uint64_t>(plan.study.spec.length),
               layers = static_cast<std::uint64_t>(plan.config.layers) + 1,
               nodes = static_cast<std::uint64_t>(plan.study.nodes());
    // The first word of a walk alone has none before it.
    const auto reachFirst = std::count_if(plan.contexts.begin(), plan.contexts.end(),
                                          [&](std::int64_t c) { return c <= plan.window; });
    const std::uint64_t reading =
        plan.device == "cpu"
            ? Decoder::memoryFor(plan.config, plan.weightBytes, plan.study.spec.length + 1, largestPass(plan))
            : hostMemoryFor(plan.config, plan.weightBytes, largestPass(plan));
    return reading +
           layers * PooledLayer::memoryFor(plan.contexts.size(), plan.study.nodes(), plan.config.width,
                                           static_cast<std::size_t>(reachFirst)) +
           length * nodes * sizeof(float) +  // what is predicted
           static_cast<std::uint64_t>(plan.options.draws) * length * 2 *
               sizeof(double);  // with permuted labels
}

GeometryAxes ModelPlan::axes() const {
    return {{grows("replicate"), fixed("layer", config.layers + 1)},
            {{"replicate", view::cursor("replicate")}, {"layer", view::cursor("layer")}},
            contexts.size(),
            study.nodes(),
            options.components,
            "tokens in random order",
            true,
            study.isMixture()};
}

}  // namespace icl_graphs
