// SPDX-License-Identifier: Apache-2.0
#include "experiments/oracle.hpp"

#include <cmath>

#include "experiments/geometry_record.hpp"
#include "experiments/graph_parameters.hpp"
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
        OraclePlan plan{GraphStudy::of(p), {}, layerOptionsOf(p), {}};
        plan.contexts = contextsUpTo(p.integer("first_context"), p.integer("length"),
                                     static_cast<int>(p.integer("contexts")));
        plan.axes = {{latent::grows("replicate")},
                     {{"replicate", latent::view::cursor("replicate")}},
                     plan.contexts.size(),
                     plan.study.nodes(),
                     plan.options.components};
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
    o.array("replicate", I32, {grows("replicate")}).label("replicate");
    declareGeometry(o, plan.axes);
    o.array("calendar_alignment", F64,
            {grows("replicate"), fixed("context", plan.contexts.size()), fixed("angle", 2)})
        .units("1")
        .label("cosine to the calendar")
        .description("Between components 1 and 2 and the plane of the calendar; no number without one.");
    o.array("giant_component", F64, {grows("replicate"), fixed("context", plan.contexts.size())})
        .units("1")
        .label("giant component")
        .description("Share of the nodes in the largest component of the edges seen in the first walk.");
    o.array("memorised_once", F64, {fixed("context", plan.contexts.size())})
        .units("1")
        .label("p₁: a node seen at least once")
        .description("Equation 4.");
    o.array("memorised_twice", F64, {fixed("context", plan.contexts.size())})
        .units("1")
        .label("p₂: at least twice")
        .description("Equation 5.");
    addGeometryFigures(o, plan.axes);
    o.figure(view::lines("calendar")
                 .title("The calendar in the first two components")
                 .group("Over the context")
                 .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
                 .y({.title = "cosine", .limits = {0.0, 1.0}})
                 .series(view::series("calendar_alignment",
                                      {{"replicate", view::cursor("replicate")}, {"angle", 0}})
                             .label("larger"))
                 .series(view::series("calendar_alignment",
                                      {{"replicate", view::cursor("replicate")}, {"angle", 1}})
                             .label("smaller")
                             .role(view::Role::Accent))
                 .cursor("replicate", "replicate"));
    o.figure(view::lines("memorisation")
                 .title("Seen so far")
                 .group("Over the context")
                 .x("context", {.title = "context length", .unit = "tokens", .scale = view::Log})
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
    std::int64_t done = 0;
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at("replicates").get<std::int64_t>();
    } else {
        describeGraph(study.graph(),
                      [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
        job.publish("context", plan.contexts);
        job.publish("component", counted(static_cast<std::size_t>(plan.options.components)));
        job.publish("band", counted(3));
        std::vector<double> once, twice;
        for (const std::int64_t c : plan.contexts) {
            const auto [p1, p2] = memorisation(study.nodes(), static_cast<double>(c));
            once.push_back(p1);
            twice.push_back(p2);
        }
        job.publish("memorised_once", once);
        job.publish("memorised_twice", twice);
    }
    const std::int64_t total = p.integer("replicates"), prompts = p.integer("prompts");
    const int window = static_cast<int>(p.integer("window"));
    for (; done < total; ++done) {
        MixingSpec spec{study.nodes(),        static_cast<int>(p.integer("dim")),
                        p.number("own"),      p.number("mixing"),
                        p.number("calendar"), study.cyclePlaces(done)};
        if (spec.calendar > 0 && spec.calendarPlace.empty())
            throw latent::RunError(
                "A calendar needs all days (a graph of 7 nodes) or all months (12) as 'words'.");
        const MixingModel model(spec, study.seed * 7919 + static_cast<std::uint64_t>(done));
        PooledLayer pooled(plan.contexts, window, study.nodes(), spec.dim), mixed = pooled;
        const auto pool = [&](PooledLayer& into, const std::vector<int>& nodes) {
            for (std::size_t t = 0; t < nodes.size(); ++t) {
                const int before = t > 0 ? nodes[t - 1] : -1;
                const std::vector<float> state = model.state(nodes[t], before);
                into.add(static_cast<std::int64_t>(t), nodes[t], before, state);
            }
        };
        std::vector<double> giant, calendar;
        for (std::int64_t i = 0; i < prompts; ++i) {
            const Sequence s = study.sequence(done, i);
            pool(pooled, s.nodes);
            pool(mixed, shuffled(s.nodes, study.seed, static_cast<std::uint64_t>(done * 1000 + i)));
            if (i > 0) continue;
            const ObservedEdges seen = observedEdges(study.graph(), s);
            for (const std::int64_t c : plan.contexts)
                giant.push_back(seen.giant[static_cast<std::size_t>(c) - 1]);
        }
        for (std::size_t c = 0; c < plan.contexts.size(); ++c) {
            const ClassMeans m = pooled.means(c);
            const bool whole = spec.calendar > 0 && static_cast<int>(m.seen.size()) == study.nodes();
            const auto cosines = whole ? subspaceCosines(pcaOf(m.of, 2).projection, model.calendarPlane())
                                       : std::array<double, 2>{std::nan(""), std::nan("")};
            calendar.insert(calendar.end(), cosines.begin(), cosines.end());
        }
        const auto number = static_cast<std::int32_t>(done);
        const auto contexts = static_cast<std::int64_t>(plan.contexts.size());
        job.publish("replicate", latent::ArrayView(&number, {1}));
        publishGeometry(job, plan.axes, {measureLayer(pooled, study.graph(), plan.options, study.seed)},
                        {measureLayer(mixed, study.graph(), plan.options.withoutNulls(), study.seed)});
        job.publish("giant_component", {giant, {1, contexts}});
        job.publish("calendar_alignment", {calendar, {1, contexts, 2}});
        job.progress(done + 1, total, "replicates");
        if (done + 1 < total && (job.stopRequested() || job.checkpointDue())) {
            job.checkpoint(done + 1, {{{"replicates", done + 1}}, {}});
            if (job.stopRequested()) return;
        }
    }
}

}  // namespace icl_graphs
