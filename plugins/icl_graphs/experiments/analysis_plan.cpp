// SPDX-License-Identifier: Apache-2.0
#include "experiments/analysis_plan.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "experiments/token_bootstrap.hpp"
#include "graphs/no_number.hpp"

namespace icl_graphs {
namespace {
constexpr std::size_t kMostBootstrap = 4096;  // words: their products take 134 MB
}

latent::Schema analysisParameters() {
    using namespace latent;
    Schema schema;
    schema.group("Recording")
        .add(path("recording")
                 .endings({".safetensors", ".npz", ".h5", ".hdf5"})
                 .optional()
                 .help("Hidden states: arrays `hidden`, `hidden.L26` or `activations`, or sums pooled by "
                       "record_hidden_states.py. The README says how."))
        .add(path("sequence")
                 .optional()
                 .endings({".json"})
                 .help("The words that were read, in order, where the recording does not hold `node_ids`. A "
                       "recording of the end of a sequence holds its last words."))
        .add(choice("words",
                    {{"recording", "as the recording says"},
                     {"grid16", "the paper's 16"},
                     {"days", "days of the week"},
                     {"months", "months"},
                     {"own", "own list"}},
                    "recording")
                 .help("The words of the nodes, in the order of the nodes."))
        .add(texts("own_words", {}).help("One word for each node.").visibleWhen("words", "own"))
        .add(integers("layers", {})
                 .help("Numbers of the layers to look at, as the recording counts them; empty: all."));
    addGraphParameters(schema);
    addGeometryParameters(schema, 200);
    schema
        .add(integer("block", 10)
                 .range(1, 10'000)
                 .unit("words")
                 .help("Length of the blocks of the bootstrap over tokens. Its intervals tell how well this "
                       "one walk determines the numbers, not how another walk would differ.")
                 .advanced())
        .add(integer("bootstrap_draws", 200)
                 .range(0, 10'000)
                 .unit("1")
                 .help("Draws of the bootstrap over blocks of tokens, and of shuffled tokens.")
                 .advanced())
        .add(flag("keep_means", true)
                 .help("Keep the class means themselves: nodes × dimensions for each layer and context.")
                 .advanced())
        .add(latent::seed("seed", 0).help("Draws the nulls."))
        .preset("smoke", {{"null_draws", 20}, {"bootstrap_draws", 20}, {"contexts", 4}})
        .preset("laptop", {})
        .preset("paper", {{"window", 50}});
    return schema;
}

AnalysisPlan AnalysisPlan::of(const latent::Parameters& p) {
    AnalysisPlan plan;
    plan.graph = graphOf(p);
    plan.window = p.integer("window");
    const std::string words = p.choice("words");
    RecordingOptions options;
    options.nodes = plan.graph.nodes;
    if (words == "own")
        options.words = p.texts("own_words");
    else if (words != "recording")
        options.words = wordList(words);
    if (!options.words.empty() && static_cast<int>(options.words.size()) != plan.graph.nodes)
        throw latent::RunError("There are " + std::to_string(options.words.size()) + " words for the " +
                               std::to_string(plan.graph.nodes) +
                               " nodes of the graph; change 'words' or the graph.");
    if (!p.has("recording"))
        throw latent::RunError(
            "No recording is named; set 'recording' to a file of hidden states. record_hidden_states.py "
            "writes one.");
    if (p.has("sequence")) options.sequence = p.path("sequence");
    plan.recording = std::make_shared<Recording>(Recording::open(p.path("recording"), options));
    Recording& r = *plan.recording;
    plan.words = r.words();
    for (int i = static_cast<int>(plan.words.size()); i < plan.graph.nodes; ++i)
        plan.words.push_back(std::to_string(i));
    plan.options = layerOptionsOf(p, plan.graph.nodes, r.dim());
    if (r.pooled()) {
        plan.contexts = r.contexts();
    } else {
        std::int64_t longest = 1;  // words, not tokens
        for (std::size_t i = 0; i + 1 < r.promptOffsets().size(); ++i)
            longest =
                std::max<std::int64_t>(longest, std::count_if(r.nodeIds().begin() + r.promptOffsets()[i],
                                                              r.nodeIds().begin() + r.promptOffsets()[i + 1],
                                                              [](int n) { return n >= 0; }));
        // The first context whose window lies inside of what was recorded.
        const std::int64_t first = r.before() > 0 ? r.before() + std::min(plan.window, longest)
                                                  : std::min(p.integer("first_context"), longest);
        plan.contexts = contextsUpTo(first, r.before() + longest, static_cast<int>(p.integer("contexts")));
    }
    const std::vector<std::int64_t> wanted = p.integers("layers");
    for (int i = 0; i < r.layers(); ++i)
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), r.layerNumber(i)) != wanted.end())
            plan.layers.push_back(i);
    if (plan.layers.empty())
        throw latent::RunError("The recording has none of the layers that 'layers' names; it has " +
                               std::to_string(r.layerNumber(0)) + " to " +
                               std::to_string(r.layerNumber(r.layers() - 1)) + ".");
    if (!r.pooled() && p.integer("bootstrap_draws") > 0 &&
        LastWindow::of(plan, plan.positions()).tokens.size() > kMostBootstrap)
        throw latent::RunError("The bootstrap would be over more than " + std::to_string(kMostBootstrap) +
                               " words; take a shorter 'window', or set 'bootstrap_draws' to 0.");
    return plan;
}

GeometryAxes AnalysisPlan::axes() const {
    return {{latent::grows("layer")},
            {{"layer", latent::view::cursor("layer")}},
            contexts.size(),
            graph.nodes,
            options.components,
            "tokens with shuffled words",
            true};
}

std::vector<std::int64_t> AnalysisPlan::positions() const {
    std::vector<std::int64_t> at;
    const auto& offsets = recording->promptOffsets();
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
        for (std::int64_t t = offsets[i], word = 0; t < offsets[i + 1]; ++t)
            at.push_back(recording->nodeIds()[static_cast<std::size_t>(t)] < 0
                             ? recording->before() + word
                             : recording->before() + word++);
    return at;
}

std::vector<bool> AnalysisPlan::asksByToken() const {
    const std::vector<int>& nodes = recording->nodeIds();
    const auto& mass = recording->neighbourMass();
    const auto& offsets = recording->promptOffsets();
    std::vector<bool> asks(nodes.size(), false);
    for (std::size_t p = 0; p + 1 < offsets.size(); ++p)
        for (auto t = static_cast<std::size_t>(offsets[p]), end = static_cast<std::size_t>(offsets[p + 1]);
             t < end; ++t)
            // Before another token, the end of the prompt or of a pair, or a teleport none comes.
            asks[t] = nodes[t] >= 0 && (mass.empty() ? t + 1 < end && nodes[t + 1] >= 0 &&
                                                           graph.adjacent(nodes[t], nodes[t + 1])
                                                     : std::isfinite(mass[t]));
    return asks;
}

std::vector<double> AnalysisPlan::accuracyByToken(const Graph* moved) const {
    const std::vector<int>& nodes = recording->nodeIds();
    const std::vector<bool> asks = asksByToken();
    const std::size_t n = static_cast<std::size_t>(graph.nodes);
    std::vector<double> accuracy(nodes.size(), kNan);
    const auto valid = (moved ? *moved : graph).neighbours();
    for (std::size_t t = 0; t < nodes.size(); ++t) {
        if (!asks[t]) continue;
        if (!moved && !recording->neighbourMass().empty()) {
            accuracy[t] = recording->neighbourMass()[t];
            continue;
        }
        accuracy[t] = 0;
        for (const int v : valid[static_cast<std::size_t>(nodes[t])])
            accuracy[t] += recording->nodeProbabilities()[t * n + static_cast<std::size_t>(v)];
    }
    return accuracy;
}

std::vector<AnalysisPlan::Prompt> AnalysisPlan::prompts() const {
    const std::vector<int>& nodes = recording->nodeIds();
    const auto& offsets = recording->promptOffsets();
    const bool knowsSteps = !recording->neighbourMass().empty();
    const std::vector<bool> asks = asksByToken();
    std::vector<Prompt> all;
    for (std::size_t p = 0; p + 1 < offsets.size(); ++p) {
        Prompt prompt;
        for (auto t = static_cast<std::size_t>(offsets[p]); t < static_cast<std::size_t>(offsets[p + 1]);
             ++t) {
            if (nodes[t] < 0) continue;
            if (!prompt.tokens.empty())
                // Where it is recorded what each word asks for, a neighbour after the end of a pair is no step.
                prompt.read.follows.back() = graph.adjacent(prompt.read.nodes.back(), nodes[t]) &&
                                             (!knowsSteps || asks[prompt.tokens.back()]);
            prompt.tokens.push_back(t);
            prompt.read.nodes.push_back(nodes[t]);
            prompt.read.graph.push_back(0);
            prompt.read.follows.push_back(false);
        }
        if (!prompt.tokens.empty()) all.push_back(std::move(prompt));
    }
    return all;
}

CountBaselines AnalysisPlan::countedByToken() const {
    const std::vector<bool> asks = asksByToken();
    CountBaselines all{std::vector<double>(asks.size(), kNan), std::vector<double>(asks.size(), kNan)};
    for (Prompt& prompt : prompts()) {
        for (std::size_t i = 0; i < prompt.tokens.size(); ++i)
            prompt.read.follows[i] = asks[prompt.tokens[i]];
        const CountBaselines counted = countBaselines(std::span(&graph, 1), prompt.read);
        for (std::size_t i = 0; i < prompt.tokens.size(); ++i)
            all.unigram[prompt.tokens[i]] = counted.unigram[i],
            all.induction[prompt.tokens[i]] = counted.induction[i];
    }
    return all;
}

std::vector<double> AnalysisPlan::giantByToken() const {
    std::vector<double> all(recording->nodeIds().size(), kNan);
    for (const Prompt& prompt : prompts()) {
        const std::vector<double> giant = observedEdges(graph, prompt.read).giant;
        for (std::size_t i = 0; i < prompt.tokens.size(); ++i) all[prompt.tokens[i]] = giant[i];
    }
    return all;
}

}  // namespace icl_graphs
