// SPDX-License-Identifier: Apache-2.0
#include "experiments/graphs_source.hpp"

#include <algorithm>
#include <filesystem>
#include <latent/learn/whole_file.hpp>

#include "decoder/load.hpp"
#include "measures/baselines.hpp"

namespace icl_graphs {
namespace {

constexpr std::int64_t kPreviewPrompts = 4;
constexpr int kPreviewLength = 400;
constexpr std::size_t kPreviewWords = 60;

void give(const SourcePlan& plan, std::int64_t prompts, const Send& send, Eigenvectors vectors) {
    const GraphStudy& study = plan.study;
    describeGraph(study.graph(), send, vectors);
    describeSecondGraph(study, send);
    std::vector<std::int32_t> nodes, tokens;
    std::vector<double> fraction, second, giant;
    for (std::int64_t i = 0; i < prompts; ++i) {
        const Sequence s = study.sequence(0, i);
        nodes.insert(nodes.end(), s.nodes.begin(), s.nodes.end());
        for (const int node : s.nodes)
            if (!plan.tokens.empty()) tokens.push_back(plan.tokens[static_cast<std::size_t>(node)]);
        if (i > 0) continue;
        fraction = observedEdges(study.graph(), s).fraction;
        if (study.isMixture()) second = observedEdges(study.graphs[1], s).fraction;
        giant = observedEdges(unionOf(study.graphs), s).giant;
    }
    send("position", positionsOf(study.spec.length));
    send("node_ids", latent::ArrayView(nodes, {prompts, study.spec.length}));
    if (!plan.tokens.empty()) send("token_ids", latent::ArrayView(tokens, {prompts, study.spec.length}));
    send("edges_seen", fraction);
    if (study.isMixture()) send("edges_seen_second", second);
    send("giant_component", giant);
}

}  // namespace

SourcePlan SourcePlan::of(const latent::Parameters& p) {
    SourcePlan plan{GraphStudy::of(p), {}};
    if (!p.has("vocabulary")) return plan;
    const Vocabulary vocabulary = loadVocabulary(p.path("vocabulary"));
    for (const std::string& word : plan.study.words(0)) plan.tokens.push_back(vocabulary.wordToken(word));
    return plan;
}

SourcePlan GraphsSource::take(const latent::Parameters& p) {
    const std::optional<SourcePlan> plan = std::exchange(m_plan, std::nullopt);
    return plan && m_parameters == p.json() ? *plan : SourcePlan::of(p);
}

void writePrompts(const GraphStudy& study, std::int64_t prompts, const std::filesystem::path& file,
                  const std::vector<int>& tokens) {
    const std::vector<std::string> words = study.words(0);
    latent::learn::writeWhole(file, [&](std::ostream& out) {
        for (std::int64_t i = 0; i < prompts && out;
             ++i)  // one after the other: all at once may be gigabytes
            out << (i > 0 ? ",\n" : "[")
                << promptJson(study.graphs, words, study.sequence(0, i), tokens).dump();
        out << "]";
    });
}

latent::Schema GraphsSource::parameters() {
    using namespace latent;
    Schema schema;
    addGraphParameters(schema);
    addWordParameters(schema);
    addSequenceParameters(schema);
    schema.add(integer("prompts", 16).range(1, 10'000).unit("1").help("Sequences, each from another start."))
        .add(path("vocabulary")
                 .optional()
                 .help("Of the model that is to read the prompts: a folder with tokenizer.json, or a GGUF "
                       "file. The "
                       "prompts then come as token ids, too, without the token that begins a text; a word "
                       "that is "
                       "not one token is named."))
        .preset("smoke", {{"length", 40}, {"prompts", 2}})
        .preset("laptop", {})
        .preset("paper", {{"words", "grid16"}, {"length", 1400}});
    return schema;
}

latent::Outputs GraphsSource::outputs(const latent::Parameters& p) {
    using namespace latent;
    m_plan = SourcePlan::of(p);  // says at once which word is no token
    m_parameters = p.json();
    const GraphStudy& study = m_plan->study;
    Outputs o;
    declareGraph(o, study.graph(), study.words(0), "icl/graphs");
    declareSecondGraph(o, study);
    const Dimension prompt = grows("prompt"), position = grows("position");
    o.array("position", I32, {position}).units("words").label("position");
    o.array("node_ids", I32, {prompt, fixed("token", study.spec.length)})
        .label("node")
        .categories(study.words(0))
        .description("A preview holds fewer and shorter sequences.");
    if (!m_plan->tokens.empty())
        o.array("token_ids", I32, {prompt, fixed("token", study.spec.length)})
            .label("token")
            .description(
                "Ids in the vocabulary that was named; the token that begins a text is not among them.");
    o.array("edges_seen", F64, {position})
        .units("1")
        .label("share of the edges seen")
        .description(study.isMixture() ? "Of the first graph, in the first sequence."
                                       : "In the first sequence.");
    if (study.isMixture())
        o.array("edges_seen_second", F64, {position})
            .units("1")
            .label("share of the edges of the second graph seen")
            .description("In the first sequence.");
    o.array("giant_component", F64, {position})
        .units("1")
        .label("giant component")
        .description("Share of the nodes in the largest component of the edges seen, of either graph.");
    view::Lines percolation = view::lines("percolation");
    percolation.title("How much of the graph has been shown")
        .caption("Of the first sequence. The nodes hang together well before all edges have been seen.")
        .x("position", {.title = "words", .scale = view::Log})
        .y({.title = "share", .limits = {0.0, 1.0}})
        .series(view::series("edges_seen").label("edges seen"))
        .series(view::series("giant_component").label("nodes in the largest component"));
    if (study.isMixture())
        percolation.series(view::series("edges_seen_second")
                               .label("edges of the second graph seen")
                               .role(view::Role::Accent));
    o.figure(percolation);
    return o;
}

void GraphsSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    SourcePlan plan = take(p);
    SequenceSpec& spec = plan.study.spec;
    // The shape of ids is declared by `length`, so a preview sends them only where the whole length is short.
    const bool isWhole = spec.length <= kPreviewLength;
    spec.length = std::min(spec.length, kPreviewLength);
    give(
        plan, std::min<std::int64_t>(p.integer("prompts"), kPreviewPrompts),
        [&](const char* name, const latent::ArrayView& view) {
            const std::string_view one = name;
            if (isWhole || (one != "node_ids" && one != "token_ids")) reply.array(name, view);
        },
        Eigenvectors::LeftOut);
    std::vector<int> begin = plan.study.sequence(0, 0).nodes;
    begin.resize(std::min(begin.size(), kPreviewWords));
    reply.values({{"prompt", promptText(plan.study.words(0), begin) + " …"}});
}

void GraphsSource::run(const latent::Parameters& p, latent::Job& job) {
    const SourcePlan plan = take(p);
    const std::int64_t prompts = p.integer("prompts");
    if (const std::string edit = editOf(plan.study.graph()); !edit.empty()) job.log(edit);
    give(
        plan, prompts, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); },
        Eigenvectors::Kept);
    const std::filesystem::path file = job.file("prompts.json");
    writePrompts(plan.study, prompts, file, plan.tokens);
    const bool hasTokens = !plan.tokens.empty();
    job.log("The prompts, as words, node ids" + std::string(hasTokens ? ", token ids" : "") +
            " and text, lie in " + file.string() + "; record_hidden_states.py reads them." +
            (hasTokens ? "" : " For token ids, name a model's folder or GGUF file in 'vocabulary'."));
}

}  // namespace icl_graphs
