// SPDX-License-Identifier: Apache-2.0
#include "experiments/oracle.hpp"

#include <cmath>

#include "decoder/load.hpp"
#include "experiments/calendar.hpp"
#include "experiments/geometry_record.hpp"
#include "experiments/graph_parameters.hpp"
#include "graphs/nth_seed.hpp"
#include "measures/baselines.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {
namespace {

struct OraclePlan {
    GraphStudy study;
    std::vector<std::int64_t> contexts;
    LayerOptions options;
    GeometryAxes axes;

    static OraclePlan of(const latent::Parameters& p) {
        OraclePlan plan{GraphStudy::of(p), {}, {}, {}};
        plan.options = layerOptionsOf(p, plan.study.nodes(), static_cast<int>(p.integer("dim")));
        plan.contexts = contextsUpTo(p.integer("first_context"), p.integer("length"),
                                     static_cast<int>(p.integer("contexts")));
        plan.axes = {{latent::grows("replicate")},
                     {{"replicate", latent::view::cursor("replicate")}},
                     plan.contexts.size(),
                     plan.study.nodes(),
                     plan.options.components};
        plan.axes.twoGraphs = plan.study.isMixture();
        return plan;
    }
};

}  // namespace

latent::Schema Oracle::parameters() {
    using namespace latent;
    Schema schema;
    addGraphParameters(schema);
    addWordParameters(schema);
    addSequenceParameters(schema);
    schema.group("Model")
        .add(integer("dim", 512)
                 .range(4, 16'384)
                 .unit("1")
                 .help("Dimensions of an embedding. More of them make words more nearly orthogonal."))
        .add(number("own", 1).range(0, 100).unit("1").help("How much of its own embedding a word keeps."))
        .add(number("mixing", 1)
                 .range(0, 100)
                 .unit("1")
                 .help("How much of the mean embedding of the words before it is added. 0: no map appears."))
        .add(number("calendar", 0)
                 .range(0, 100)
                 .unit("1")
                 .help("Radius of a ring that the embeddings of days or months lie on beforehand, in lengths "
                       "of an embedding. Needs the whole list on the nodes: 7 days, 12 months."))
        .add(integer("replicates", 5)
                 .range(1, 1000)
                 .unit("1")
                 .help("Draws of embeddings, placements and walks."))
        .add(integer("prompts", 4).range(1, 256).unit("1").help("Walks that class means are pooled over."));
    addGeometryParameters(schema, 200);
    schema
        .preset("smoke",
                {{"length", 200}, {"replicates", 2}, {"dim", 64}, {"contexts", 6}, {"null_draws", 20}})
        .preset("laptop", {})
        .preset("days",
                {{"family", "ring"},
                 {"nodes", 7},
                 {"words", "days"},
                 {"placement", "permuted"},
                 {"calendar", 2.0},
                 {"component_a", 3},
                 {"component_b", 4}},
                "The calendar in components 1 and 2, the ring of the context in 3 and 4.")
        .preset("paper", {{"dim", 4096}, {"words", "grid16"}, {"placement", "listed"}, {"prompts", 16}});
    return schema;
}

latent::Outputs Oracle::outputs(const latent::Parameters& p) {
    using namespace latent;
    const OraclePlan plan = OraclePlan::of(p);
    Outputs o;
    declareGraph(o, plan.study.graph(), plan.study.words(0));
    declareSecondGraph(o, plan.study);
    o.array("replicate", I32, {grows("replicate")}).label("replicate");
    declareGeometry(o, plan.axes);
    declareCalendar(o, {grows("replicate")}, plan.contexts.size());
    o.array("giant_component", F64, {grows("replicate"), fixed("context", plan.contexts.size())})
        .units("1")
        .label("giant component")
        .description(
            "Share of the nodes in the largest component of the edges seen in the first walk, of either "
            "graph where there are two.");
    declareMemorisation(o, plan.contexts.size());
    addGeometryFigures(o, plan.axes);
    addCalendarFigure(o, {{"replicate", view::cursor("replicate")}});
    o.figure(view::lines("memorisation")
                 .title("Seen so far")
                 .group("Over the context")
                 .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
                 .y({.title = "share", .limits = {0.0, 1.0}})
                 .series(view::series("memorised_once").label("a node, at least once"))
                 .series(view::series("memorised_twice").label("at least twice"))
                 .series(view::series("giant_component", {{"replicate", view::cursor("replicate")}})
                             .label("nodes in the largest component of the edges seen")
                             .role(view::Role::Reference)
                             .style(view::Style::Dashed))
                 .cursor("replicate", "replicate"));
    return o;
}

void Oracle::run(const latent::Parameters& p, latent::Job& job) {
    const OraclePlan plan = OraclePlan::of(p);
    const GraphStudy& study = plan.study;
    const std::int64_t total = p.integer("replicates"), prompts = p.integer("prompts");
    const int window = static_cast<int>(p.integer("window")), dim = static_cast<int>(p.integer("dim"));
    requireMemory(
        2 * PooledLayer::memoryFor(plan.contexts.size(), study.nodes(), dim) +
            static_cast<std::uint64_t>(study.nodes()) * static_cast<std::uint64_t>(dim) * sizeof(double),
        "The oracle", "Take fewer 'contexts', a smaller 'dim' or a smaller graph.");
    std::int64_t done = 0;
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at("replicates").get<std::int64_t>();
    } else {
        const Send send = [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); };
        if (const std::string edit = editOf(study.graph()); !edit.empty()) job.log(edit);
        describeGraph(study.graph(), send);
        describeSecondGraph(study, send);
        job.publish("context", plan.contexts);
        job.publish("component", counted(static_cast<std::size_t>(plan.options.components)));
        job.publish("band", counted(3));
        sendMemorisation(study.nodes(), plan.contexts, send);
    }
    for (; done < total; ++done) {
        MixingSpec spec{study.nodes(),        dim,
                        p.number("own"),      p.number("mixing"),
                        p.number("calendar"), study.cyclePlaces(done)};
        if (spec.calendar > 0 && spec.calendarPlace.empty())
            throw latent::RunError(
                "A calendar needs all days (a graph of 7 nodes) or all months (12) as 'words'.");
        const auto part = nthSeed(study.seed, static_cast<std::uint64_t>(done));
        const MixingModel model(spec, part);
        PooledLayer pooled(plan.contexts, window, study.nodes(), spec.dim), mixed = pooled;
        const auto pool = [&](PooledLayer& into, const std::vector<int>& nodes) {
            for (std::size_t t = 0; t < nodes.size(); ++t) {
                const int before = t > 0 ? nodes[t - 1] : -1;
                const std::vector<float> state = model.state(nodes[t], before);
                into.add(static_cast<std::int64_t>(t), nodes[t], before, state);
            }
        };
        std::vector<double> giant;
        for (std::int64_t i = 0; i < prompts; ++i) {
            const Sequence s = study.sequence(done, i);
            pool(pooled, s.nodes);
            pool(mixed, shuffled(s.nodes, part, static_cast<std::uint64_t>(i)));
            if (i > 0) continue;
            const ObservedEdges seen = observedEdges(unionOf(study.graphs), s);
            for (const std::int64_t c : plan.contexts)
                giant.push_back(seen.giant[static_cast<std::size_t>(c) - 1]);
        }
        const auto number = static_cast<std::int32_t>(done);
        const auto contexts = static_cast<std::int64_t>(plan.contexts.size());
        job.publish("replicate", latent::ArrayView(&number, {1}));
        const LayerGeometry inner = measureLayer(pooled, study.graph(), plan.options, part),
                            control = measureLayer(mixed, study.graph(), plan.options.withoutNulls(), part);
        std::vector<LayerGeometry> second;
        if (study.isMixture())
            second = {measureLayer(pooled, study.graphs[1], plan.options.withoutMixing(), part)};
        publishGeometry(job, plan.axes, {inner}, {control}, second);
        job.publish("giant_component", {giant, {1, contexts}});
        publishCalendar(
            job,
            calendarCurves(inner, control, spec.calendar > 0 ? spec.calendarPlace : std::vector<int>{},
                           plan.options, part),
            {}, contexts);
        job.progress(done + 1, total, "replicates");
        if (done + 1 < total && (job.stopRequested() || job.checkpointDue())) {
            job.checkpoint(done + 1, {{{"replicates", done + 1}}, {}});
            if (job.stopRequested()) return;
        }
    }
}

}  // namespace icl_graphs
