// SPDX-License-Identifier: Apache-2.0
#include "experiments/graphs_source.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "measures/baselines.hpp"

namespace icl_graphs {
namespace {

constexpr std::int64_t kPreviewPrompts = 4, kPreviewLength = 400;

void give(const latent::Parameters& p, std::int64_t prompts, int most, const Send& send) {
    GraphStudy study = GraphStudy::of(p);
    study.spec.length = std::min(study.spec.length, most);
    describeGraph(study.graph(), send);
    std::vector<std::int32_t> nodes;
    std::vector<double> fraction, giant;
    for (std::int64_t i = 0; i < prompts; ++i) {
        const Sequence s = study.sequence(0, i);
        nodes.insert(nodes.end(), s.nodes.begin(), s.nodes.end());
        if (i > 0) continue;
        const ObservedEdges seen = observedEdges(study.graph(), s);
        fraction = seen.fraction;
        giant = seen.giant;
    }
    send("position", positionsOf(study.spec.length));
    send("node_ids", latent::ArrayView(nodes, {prompts, study.spec.length}));
    send("edges_seen", fraction);
    send("giant_component", giant);
}

}  // namespace

void writePrompts(const GraphStudy& study, std::int64_t prompts, const std::filesystem::path& file) {
    const std::filesystem::path part = file.string() + ".part";
    const std::vector<std::string> words = study.words(0);
    std::ofstream out(part, std::ios::binary);
    for (std::int64_t i = 0; i < prompts && out; ++i)  // one after the other: all at once may be gigabytes
        out << (i > 0 ? ",\n" : "[") << promptJson(study.graph(), words, study.sequence(0, i)).dump();
    out << "]";
    out.close();
    std::error_code failed, ignored;
    if (out) std::filesystem::rename(part, file, failed);
    if (out && !failed) return;
    std::filesystem::remove(part, ignored);
    throw latent::RunError("'" + file.string() + "' could not be written: " +
                           (out ? failed.message() : "the disk is full, or the folder cannot be written to") +
                           ".");
}

latent::Schema GraphsSource::parameters() {
    using namespace latent;
    Schema schema;
    addGraphParameters(schema);
    addWordParameters(schema);
    addSequenceParameters(schema);
    schema.add(integer("prompts", 16).range(1, 10'000).unit("1").help("Sequences, each from another start."))
        .preset("smoke", {{"length", 40}, {"prompts", 2}})
        .preset("laptop", {})
        .preset("paper", {{"words", "grid16"}, {"length", 1400}});
    return schema;
}

latent::Outputs GraphsSource::outputs(const latent::Parameters& p) {
    using namespace latent;
    const GraphStudy study = GraphStudy::of(p);
    Outputs o;
    declareGraph(o, study.graph(), study.words(0));
    const Dimension prompt = grows("prompt"), position = grows("position");
    o.array("position", I32, {position}).units("words").label("position");
    o.array("node_ids", I32, {prompt, fixed("token", study.spec.length)})
        .label("node")
        .categories(study.words(0))
        .description("A preview holds fewer and shorter sequences.");
    o.array("edges_seen", F64, {position})
        .units("1")
        .label("share of the edges seen")
        .description("In the first sequence.");
    o.array("giant_component", F64, {position})
        .units("1")
        .label("giant component")
        .description("Share of the nodes in the largest component of the edges seen.");
    o.figure(
        view::lines("percolation")
            .title("How much of the graph has been shown")
            .caption("Of the first sequence. The nodes hang together well before all edges have been seen.")
            .x("position", {.title = "words", .scale = view::Log})
            .y({.title = "share", .limits = {0.0, 1.0}})
            .series(view::series("edges_seen").label("edges seen"))
            .series(view::series("giant_component").label("nodes in the largest component")));
    return o;
}

void GraphsSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    // The shape of node_ids is declared by `length`, so a preview sends it only where the whole length is short.
    give(p, std::min<std::int64_t>(p.integer("prompts"), kPreviewPrompts), static_cast<int>(kPreviewLength),
         [&](const char* name, const latent::ArrayView& view) {
             if (std::string_view(name) == "node_ids" && p.integer("length") > kPreviewLength) return;
             reply.array(name, view);
         });
    const GraphStudy study = GraphStudy::of(p);
    const Sequence s = study.sequence(0, 0);
    reply.values(
        {{"prompt", promptText(study.words(0),
                               {s.nodes.begin(),
                                s.nodes.begin() + std::min<std::ptrdiff_t>(
                                                      60, static_cast<std::ptrdiff_t>(s.nodes.size()))}) +
                        " …"}});
}

void GraphsSource::run(const latent::Parameters& p, latent::Job& job) {
    give(p, p.integer("prompts"), 1 << 30,
         [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
    const std::filesystem::path file = job.file("prompts.json");
    writePrompts(GraphStudy::of(p), p.integer("prompts"), file);
    job.log("The prompts, as words, node ids and text, lie in " + file.string() +
            "; record_hidden_states.py reads them.");
}

}  // namespace icl_graphs
