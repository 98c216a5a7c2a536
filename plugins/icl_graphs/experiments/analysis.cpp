// SPDX-License-Identifier: Apache-2.0
#include "experiments/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decoder/load.hpp"
#include "experiments/analysis_plan.hpp"
#include "experiments/claims.hpp"
#include "experiments/onset_record.hpp"
#include "experiments/token_bootstrap.hpp"
#include "graphs/no_number.hpp"
#include "graphs/nth_seed.hpp"
#include "measures/context_curves.hpp"
#include "measures/neighbour_mass.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {
namespace {

/// What makes runs different studies, so that their walks are no repetitions of each other.
constexpr const char* kRecordingStudy[] = {
    "family",           "rows",        "columns",    "nodes", "branching",    "depth",
    "edge_probability", "degree",      "graph_seed", "edges", "edited_edges", "window",
    "component_a",      "component_b", "layers"};

/// Nodes before each token, −1 at the first of a prompt.
std::vector<int> nodesBefore(const std::vector<int>& nodes, const std::vector<std::int64_t>& offsets) {
    std::vector<int> before(nodes.size(), -1);
    for (std::size_t p = 0; p + 1 < offsets.size(); ++p)
        for (auto t = static_cast<std::size_t>(offsets[p]) + 1; t < static_cast<std::size_t>(offsets[p + 1]);
             ++t)
            before[t] = nodes[t - 1];
    return before;
}

/// The words of each prompt in a random order, other tokens where they were.
std::vector<int> shuffledWords(const std::vector<int>& nodes, const std::vector<std::int64_t>& offsets,
                               std::uint64_t seed) {
    std::vector<int> mixed = nodes;
    for (std::size_t p = 0; p + 1 < offsets.size(); ++p) {
        std::vector<std::size_t> at;
        std::vector<int> words;
        for (auto t = static_cast<std::size_t>(offsets[p]); t < static_cast<std::size_t>(offsets[p + 1]); ++t)
            if (nodes[t] >= 0) at.push_back(t), words.push_back(nodes[t]);
        words = shuffled(std::move(words), seed, p);
        for (std::size_t i = 0; i < at.size(); ++i) mixed[at[i]] = words[i];
    }
    return mixed;
}

/// What the largest of the run's parts takes at once, in bytes: the states of a layer, its sums and those of the shuffled
/// tokens, the class means that are kept, and the products of the bootstrap.
std::uint64_t memoryFor(const AnalysisPlan& plan, std::int64_t bootstrapped) {
    const Recording& r = *plan.recording;
    const auto dim = static_cast<std::uint64_t>(r.dim()), tokens = static_cast<std::uint64_t>(bootstrapped);
    return (r.pooled() ? 0 : r.nodeIds().size() * dim * sizeof(float)) +
           2 * PooledLayer::memoryFor(plan.contexts.size(), plan.graph.nodes, r.dim()) +
           plan.contexts.size() * static_cast<std::uint64_t>(plan.graph.nodes) * dim *
               (sizeof(float) + sizeof(double)) +
           tokens * (tokens + dim) * sizeof(double);
}

/// The words' probabilities over the contexts, what counting learners give, and the same with permuted labels.
void publishAccuracy(const AnalysisPlan& plan, const std::vector<std::int64_t>& positions, std::uint64_t seed,
                     latent::Job& job) {
    const auto meansOf = [&](const std::vector<double>& byToken) {
        return meanBefore(byToken, positions, plan.contexts, kAccuracyWindow);
    };
    const std::vector<double> accuracy = meansOf(plan.accuracyByToken());
    job.publish("accuracy", accuracy);
    sendOnset(onsetOf(plan.contexts, accuracy), {},
              [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
    if (plan.hasBeginning()) {
        const CountBaselines learners = plan.countedByToken();
        job.publish("accuracy_induction", meansOf(learners.induction));
        job.publish("accuracy_unigram", meansOf(learners.unigram));
    }
    if (plan.recording->nodeProbabilities().empty()) return;
    std::vector<std::vector<double>> draws;
    for (const auto& moved : permutedGraphs(std::span(&plan.graph, 1), plan.options.draws, seed))
        draws.push_back(meansOf(plan.accuracyByToken(moved.data())));
    job.publish("accuracy_permuted",
                {bandsOf(draws, plan.contexts.size()), {static_cast<std::int64_t>(plan.contexts.size()), 3}});
}

}  // namespace

latent::Schema Analysis::parameters() { return analysisParameters(); }
std::vector<latent::Claim> Analysis::claims() { return contextClaims(); }

latent::Outputs Analysis::outputs(const latent::Parameters& p) {
    using namespace latent;
    const AnalysisPlan plan = AnalysisPlan::of(p);
    const Dimension layer = grows("layer"), context = fixed("context", plan.contexts.size());
    Outputs o;
    declareGraph(o, plan.graph, plan.words);
    o.array("layer", I64, {layer})
        .label("layer")
        .description("As the recording counts: 0 is the embedding, i the residual stream after i blocks.");
    declareGeometry(o, plan.axes());
    if (p.flag("keep_means"))
        o.array("class_means", F32,
                {layer, context, fixed("node", plan.graph.nodes), fixed("dim", plan.dim())})
            .units("1")
            .label("class mean")
            .description("No number where a node was not seen in the window.");
    for (const auto& [name, label] : {std::pair{"rayleigh_interval", "mean Rayleigh quotient"},
                                      {"alignment_interval", "smaller cosine"},
                                      {"grid_r2_interval", "Procrustes R²"}})
        o.array(name, F64, {layer, fixed("side", 2)})
            .units("1")
            .label(label)
            .description(
                "95 % of a bootstrap over blocks of tokens, at the longest context: how well this one walk "
                "determines the number, not how another would differ.");
    o.array("planted_beyond", F64, {layer})
        .units("1")
        .label("what is left beyond the word before of states that are nothing but mixing")
        .description(
            "Rayleigh quotient, at the longest context, on the same words, with as much noise as was "
            "fitted.");
    o.array("stored_means_error", F64, {layer})
        .units("1")
        .label("largest difference to the stored class means")
        .description(
            "Over the larger of 1 and the stored value, at the longest context. No number where the "
            "recording stores none, or has several layers.");
    declareMemorisation(o, plan.contexts.size());
    if (plan.hasBeginning())
        o.array("giant_component", F64, {context})
            .units("1")
            .label("giant component")
            .description(
                "Share of the nodes in the largest component of the edges that have been seen, mean over "
                "prompts.");
    if (plan.hasAccuracy()) {
        o.array("accuracy", F64, {context})
            .units("1")
            .label("probability of valid neighbours")
            .description("Mean over the last 30 words of each context.");
        if (plan.hasBeginning())
            for (const auto& [name, label] :
                 {std::pair{"accuracy_induction", "learner that repeats what followed"},
                  {"accuracy_unigram", "learner that counts words"}})
                o.array(name, F64, {context}).units("1").label(label);
        if (!plan.recording->nodeProbabilities().empty())
            o.array("accuracy_permuted", F64, {context, fixed("band", 3)})
                .units("1")
                .label("probability of the word's neighbours, permuted labels");
        declareOnset(o, {});
    }
    addGeometryFigures(o, plan.axes());
    const auto over = [&](const char* name, const char* title, const char* axis) {
        return view::lines(name)
            .title(title)
            .group("Over the layers")
            .x("layer", {.title = "layer"})
            .y({.title = axis});
    };
    const view::Selector longest = view::last();
    const auto null = [&](const std::string& array, const char* label) {
        return view::series(array, {{"context", longest}, {"band", 0}})
            .band({array, {{"context", longest}, {"band", 1}}}, {array, {{"context", longest}, {"band", 2}}})
            .label(label);
    };
    const auto nulls = [&](view::Lines& figure, const std::string& measured) {
        figure
            .series(null(measured + "_null", "permuted labels")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed))
            .series(null(measured + "_mixing", "mixing as fitted")
                        .role(view::Role::Reference)
                        .style(view::Style::Dashed));
        figure.series(view::series(measured + "_shuffled", {{"context", longest}})
                          .label("tokens with shuffled words")
                          .role(view::Role::Muted)
                          .style(view::Style::Dotted));
    };
    const auto measured = [&](const char* array, view::Where where, const char* interval, const char* label) {
        return view::series(array, where)
            .band({interval, {{"side", 0}}}, {interval, {{"side", 1}}})
            .label(label)
            .marker(view::Marker::Circle);
    };
    view::Lines rayleigh = over("rayleigh_layers", "Energy without its scale, longest context",
                                "mean Rayleigh quotient"),
                alignment =
                    over("alignment_layers", "Alignment with the graph, longest context", "smaller cosine"),
                r2 = over("grid_r2_layers", "Do the coordinates lie in it? Longest context", "Procrustes R²");
    rayleigh.caption("Band around the points: bootstrap over blocks of tokens of this one walk.")
        .series(measured("rayleigh", {{"context", longest}}, "rayleigh_interval", "class means"))
        .series(view::series("beyond_mixing", {{"context", longest}})
                    .label("without the word before")
                    .role(view::Role::Accent)
                    .marker(view::Marker::Square));
    nulls(rayleigh, "rayleigh");
    o.figure(rayleigh.referenceY(view::Selection("rayleigh_minimal"), "λ₂")
                 .referenceY(view::Selection("rayleigh_isotropic"), "isotropic")
                 .referenceY(view::Selection("rayleigh_maximal"), "λₙ")
                 .cursor("layer", "layer"));
    alignment.series(
        measured("alignment", {{"context", longest}, {"angle", 1}}, "alignment_interval", "two components"));
    nulls(alignment, "alignment");
    o.figure(alignment.cursor("layer", "layer"));
    r2.series(measured("grid_r2", {{"context", longest}}, "grid_r2_interval", "two components"));
    nulls(r2, "grid_r2");
    o.figure(r2.cursor("layer", "layer"));
    addGeometryMaps(o, plan.axes());
    view::Lines seen = view::lines("memorisation");
    seen.title("Seen so far")
        .group("Over the context")
        .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
        .y({.title = "share", .limits = {0.0, 1.0}})
        .series(view::series("memorised_once").label("a node, at least once"))
        .series(view::series("memorised_twice").label("at least twice"));
    if (plan.hasBeginning())
        seen.series(view::series("giant_component")
                        .label("nodes in the largest component of the edges seen")
                        .role(view::Role::Reference)
                        .style(view::Style::Dashed));
    o.figure(seen.cursor("context", "context"));
    if (!plan.hasAccuracy()) return o;
    view::Lines accuracy = view::lines("accuracy_context");
    accuracy.title("Does it predict a neighbour?")
        .group("Over the context")
        .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
        .y({.title = "probability", .limits = {0.0, 1.0}})
        .series(view::series("accuracy").label("valid neighbours"));
    const auto beside = [&](const char* array, const char* label, view::Style style) {
        accuracy.series(view::series(array).label(label).role(view::Role::Muted).style(style));
    };
    if (plan.hasBeginning()) {
        beside("accuracy_induction", "repeats what followed", view::Style::Dashed);
        beside("accuracy_unigram", "counts words", view::Style::Dashed);
    }
    if (!plan.recording->nodeProbabilities().empty())
        accuracy.series(view::series("accuracy_permuted", {{"band", 0}})
                            .band({"accuracy_permuted", {{"band", 1}}}, {"accuracy_permuted", {{"band", 2}}})
                            .label("permuted labels")
                            .role(view::Role::Muted)
                            .style(view::Style::Dashed));
    beside("memorised_once", "p₁", view::Style::Dashed);
    beside("memorised_twice", "p₂", view::Style::Dotted);
    o.figure(accuracy.referenceX(view::Selection("critical_context"), "critical context")
                 .cursor("context", "context"));
    addOnsetFigure(o);
    return o;
}

void Analysis::run(const latent::Parameters& p, latent::Job& job) {
    const AnalysisPlan plan = AnalysisPlan::of(p);
    Recording& r = *plan.recording;
    const std::uint64_t seed = p.seed();
    const auto nodes = static_cast<std::int64_t>(plan.graph.nodes),
               contexts = static_cast<std::int64_t>(plan.contexts.size());
    std::size_t done = 0;
    const std::vector<std::int64_t> positions =
        r.nodeIds().empty() ? std::vector<std::int64_t>{} : plan.positions();
    const LastWindow last = r.pooled() ? LastWindow{} : LastWindow::of(plan, positions);
    requireMemory(
        memoryFor(plan, p.integer("bootstrap_draws") > 0 ? static_cast<std::int64_t>(last.tokens.size()) : 0),
        "Reading a layer of this recording", "Take fewer 'contexts' or a smaller graph.");
    const Send send = [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); };
    const std::vector<int> before = nodesBefore(r.nodeIds(), r.promptOffsets()),
                           mixedNodes = shuffledWords(r.nodeIds(), r.promptOffsets(), seed),
                           mixedBefore = nodesBefore(mixedNodes, r.promptOffsets());
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at("layers").get<std::size_t>();
    } else {
        if (const std::string edit = editOf(plan.graph); !edit.empty()) job.log(edit);
        describeGraph(plan.graph, send);
        job.publish("context", plan.contexts);
        job.publish("component", counted(static_cast<std::size_t>(plan.options.components)));
        job.publish("band", counted(3));
        sendMemorisation(plan.graph.nodes, plan.contexts, send);
        if (plan.hasBeginning())
            job.publish("giant_component", meanBefore(plan.giantByToken(), positions, plan.contexts, 1));
        if (plan.hasAccuracy()) publishAccuracy(plan, positions, seed, job);
    }
    for (; done < plan.layers.size(); ++done) {
        const int layer = plan.layers[done];
        PooledLayer pooled(plan.contexts, static_cast<int>(plan.window), plan.graph.nodes, r.dim()),
            mixed = r.pooled() ? PooledLayer(plan.contexts, 1, plan.graph.nodes, 1) : pooled;
        double storedError = kNan;
        TokenSpread spread{{kNan, kNan}, {kNan, kNan}, {kNan, kNan}};
        if (r.pooled()) {
            for (std::size_t c = 0; c < plan.contexts.size(); ++c)
                pooled.addPooled(c, r.pooledSum(layer, static_cast<int>(c)),
                                 r.pooledCount(static_cast<int>(c)));
        } else {
            const HiddenStates& hidden = r.hidden(layer);
            for (std::size_t t = 0; t < positions.size(); ++t) {
                const std::span<const float> state(
                    hidden.data() + static_cast<std::ptrdiff_t>(t) * hidden.cols(),
                    static_cast<std::size_t>(hidden.cols()));
                pooled.add(positions[t], r.nodeIds()[t], before[t], state);
                mixed.add(positions[t], mixedNodes[t], mixedBefore[t], state);
            }
            spread =
                bootstrapTokens(plan, hidden, last, {p.integer("block"), p.integer("bootstrap_draws")}, seed);
        }
        std::vector<ClassMeans> means;
        for (std::size_t c = 0; c < plan.contexts.size(); ++c) means.push_back(pooled.means(c));
        std::vector<float> kept(static_cast<std::size_t>(contexts * nodes * r.dim()),
                                std::numeric_limits<float>::quiet_NaN());
        for (std::size_t c = 0; c < means.size(); ++c)
            for (std::size_t i = 0; i < means[c].seen.size(); ++i)
                for (Eigen::Index d = 0; d < r.dim(); ++d)
                    kept[(c * static_cast<std::size_t>(nodes) + static_cast<std::size_t>(means[c].seen[i])) *
                             static_cast<std::size_t>(r.dim()) +
                         static_cast<std::size_t>(d)] =
                        static_cast<float>(means[c].of(static_cast<Eigen::Index>(i), d));
        if (const std::vector<float> stored = r.storedClassMeans(); !stored.empty() && r.layers() == 1) {
            storedError = 0;
            const float* ours = kept.data() + kept.size() - stored.size();
            for (std::size_t i = 0; i < stored.size(); ++i)
                if (!std::isnan(ours[i]))
                    storedError =
                        std::max(storedError, std::abs(static_cast<double>(ours[i]) - stored[i]) /
                                                  std::max(1., std::abs(static_cast<double>(stored[i]))));
        }
        const auto number = static_cast<std::int64_t>(r.layerNumber(layer));
        job.publish("layer", latent::ArrayView(&number, {1}));
        const LayerGeometry geometry = measureLayer(pooled, plan.graph, plan.options, seed);
        const double planted = r.pooled() ? kNan
                                          : plantedBeyond(last.withGaps, plan.graph, geometry.mixingSizes,
                                                          nthSeed(seed, static_cast<std::uint64_t>(number))) *
                                                isotropicRayleigh(plan.graph);
        publishGeometry(job, plan.axes(), {geometry},
                        {measureLayer(mixed, plan.graph, plan.options.withoutNulls(), seed)});
        job.publish("planted_beyond", latent::ArrayView(&planted, {1}));
        if (p.flag("keep_means")) job.publish("class_means", {kept, {1, contexts, nodes, r.dim()}});
        job.publish("rayleigh_interval", {spread.rayleigh, {1, 2}});
        job.publish("alignment_interval", {spread.alignment, {1, 2}});
        job.publish("grid_r2_interval", {spread.gridR2, {1, 2}});
        job.publish("stored_means_error", latent::ArrayView(&storedError, {1}));
        job.progress(static_cast<std::int64_t>(done) + 1, static_cast<std::int64_t>(plan.layers.size()),
                     "layers");
        if (done + 1 < plan.layers.size() && (job.stopRequested() || job.checkpointDue())) {
            job.checkpoint(static_cast<std::int64_t>(done) + 1, {{{"layers", done + 1}}, {}});
            if (job.stopRequested()) return;
        }
    }
}

void Analysis::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<ContextUnit> units;
    std::vector<nlohmann::json> parameters;
    for (const latent::Run& run : runs) {
        if (!run.has("rayleigh") || !run.has("layer")) continue;
        const auto all = [&](const char* name) {
            return run.has(name) ? run.read(name).toDoubles() : std::vector<double>{};
        };
        parameters.push_back(run.parameters().json());
        ContextUnit unit;
        // By the file, not the run: the same walk analysed twice is no repetition.
        unit.name = "recording " + run.parameters().path("recording");
        unit.context = all("context");
        unit.accuracy = all("accuracy");
        const std::size_t contexts = unit.context.size(), layer = judgedOf(run.read("layer").count());
        const std::vector<double> rayleigh = all("rayleigh"), isotropic = all("rayleigh_isotropic_seen"),
                                  shuffled = all("rayleigh_shuffled"),
                                  isotropicShuffled = all("rayleigh_isotropic_shuffled"),
                                  planted = all("planted_beyond");
        unit.isotropic = all("rayleigh_isotropic").front();
        unit.older = isotropic.empty();
        const auto whole = [&](const std::vector<double>& values, const std::vector<double>& of,
                               std::size_t at) { return onTheScaleOf(unit.isotropic, values[at], of, at); };
        const std::size_t last = (layer + 1) * contexts - 1;
        for (std::size_t at = layer * contexts; at <= last; ++at)
            unit.rayleigh.push_back(whole(rayleigh, isotropic, at));
        unit.shuffledRayleigh = whole(shuffled, isotropicShuffled, last);
        unit.beyondRayleigh = all("beyond_mixing")[last];
        unit.plantedBeyond = planted[std::min(layer, planted.size() - 1)];
        units.push_back(std::move(unit));
    }
    if (const auto different = severalStudies(parameters, analysisParameters(), kRecordingStudy)) {
        for (const latent::Claim& claim : claims()) out.notMeasured(claim.id(), *different);
        return;
    }
    measureContextClaims(units, out);
}

}  // namespace icl_graphs
