// SPDX-License-Identifier: Apache-2.0
#include "experiments/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>

#include "experiments/analysis_plan.hpp"
#include "experiments/claims.hpp"
#include "graphs/spectrum.hpp"
#include "measures/baselines.hpp"
#include "measures/context_curves.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kAccuracyWindow = 30;  // tokens, as the re-implementation has it

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The tokens of the last window, with the node of each.
struct LastWindow {
    std::vector<std::size_t> tokens;
    std::vector<int> nodes;
};

LastWindow lastWindowOf(const AnalysisPlan& plan, const std::vector<std::int64_t>& positions) {
    LastWindow last;
    for (std::size_t t = 0; t < positions.size(); ++t) {
        if (positions[t] >= plan.contexts.back() || positions[t] < plan.contexts.back() - plan.window) continue;
        last.tokens.push_back(t);
        last.nodes.push_back(plan.recording->nodeIds()[t]);
    }
    return last;
}

struct Spread {
    std::vector<double> rayleigh, alignment, gridR2;  ///< low and high each
    std::vector<double> shuffled;                     ///< mean, low, high of the Rayleigh quotient with the labels of tokens shuffled
};

/// What this one walk leaves open: blocks of tokens drawn with replacement; and tokens with shuffled labels.
Spread bootstrap(const AnalysisPlan& plan, const RowMajor& hidden, const LastWindow& last, std::int64_t block, std::int64_t draws, std::uint64_t seed) {
    std::vector<double> rayleigh, alignment, r2, shuffled;
    const std::size_t count = last.tokens.size();
    const auto row = [&](std::size_t i) { return std::span<const float>(hidden.data() + static_cast<std::ptrdiff_t>(last.tokens[i]) * hidden.cols(), static_cast<std::size_t>(hidden.cols())); };
    for (std::int64_t d = 0; d < draws && count > 0; ++d) {
        latent::learn::RandomStream random(seed, "icl/bootstrap", static_cast<std::uint64_t>(d));
        ClassSums sums(plan.graph.nodes, static_cast<int>(plan.dim())), mixed(plan.graph.nodes, static_cast<int>(plan.dim()));
        for (std::size_t done = 0; done < count;) {
            const std::size_t first = random.below(count);
            for (std::int64_t b = 0; b < block && done < count; ++b, ++done) {
                const std::size_t i = (first + static_cast<std::size_t>(b)) % count;
                sums.add(last.nodes[i], row(i));
            }
        }
        const auto order = random.permutation(static_cast<std::uint32_t>(count));
        for (std::size_t i = 0; i < count; ++i) mixed.add(last.nodes[order[i]], row(i));
        const ClassMeans means = sums.means(), lost = mixed.means();
        const Geometry g = geometryOf(means.of, plan.graph.induced(means.seen), {plan.options.components, plan.options.first, plan.options.second});
        rayleigh.push_back(g.energy.rayleigh);
        alignment.push_back(g.alignment[1]);
        r2.push_back(g.gridR2);
        shuffled.push_back(energyOf(lost.of, plan.graph.induced(lost.seen)).rayleigh);
    }
    const auto ends = [](const std::vector<double>& v) {
        const Band b = bandOf(v);
        return std::vector<double>{b.low, b.high};
    };
    const Band s = bandOf(shuffled);
    return {ends(rayleigh), ends(alignment), ends(r2), {s.mean, s.low, s.high}};
}

/// Rayleigh quotient of rows that are numbers.
double rayleighOf(const Eigen::MatrixXd& rows, const Graph& graph) {
    std::vector<int> kept;
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        if (rows.row(i).allFinite()) kept.push_back(static_cast<int>(i));
    if (kept.size() < 3) return kNan;
    Eigen::MatrixXd x(static_cast<Eigen::Index>(kept.size()), rows.cols());
    for (std::size_t r = 0; r < kept.size(); ++r) x.row(static_cast<Eigen::Index>(r)) = rows.row(kept[r]);
    return energyOf(x, graph.induced(kept)).rayleigh;
}

}  // namespace

latent::Schema Analysis::parameters() { return analysisParameters(); }
std::vector<latent::Claim> Analysis::claims() { return contextClaims(); }

latent::Outputs Analysis::outputs(const latent::Parameters& p) {
    using namespace latent;
    const AnalysisPlan plan = AnalysisPlan::of(p);
    const Dimension layer = grows("layer"), context = fixed("context", plan.contexts.size());
    const view::Selector here = view::cursor("layer");
    Outputs o;
    declareGraph(o, plan.graph, plan.words);
    o.array("layer", I64, {layer}).label("layer").description("As the recording counts: 0 is the embedding, i the residual stream after i blocks.");
    declareGeometry(o, plan.axes());
    if (p.flag("keep_means")) o.array("class_means", F32, {layer, context, fixed("node", plan.graph.nodes), fixed("dim", plan.dim())}).units("1").label("class mean").description("No number where a node was not seen in the window.");
    for (const auto& [name, label] : {std::pair{"rayleigh_interval", "mean Rayleigh quotient"}, {"alignment_interval", "smaller cosine"}, {"grid_r2_interval", "Procrustes R²"}})
        o.array(name, F64, {layer, fixed("side", 2)}).units("1").label(label).description("95 % of a bootstrap over blocks of tokens, at the longest context: how well this one walk determines the number, not how another would differ.");
    o.array("rayleigh_shuffled", F64, {layer, fixed("band", 3)}).units("1").label("Rayleigh quotient, tokens with shuffled words");
    o.array("rayleigh_beyond", F64, {layer}).units("1").label("beyond neighbour mixing").description("Rayleigh quotient of the class means without the part that the preceding word explains, at the longest context.");
    o.array("mixing_explained", F64, {layer}).units("1").label("share explained by the word before").description("Of the variance of states within a word.");
    o.array("planted_beyond", F64, {}).units("1").label("the same of states that are nothing but mixing");
    o.array("stored_means_error", F64, {layer}).units("1").label("largest difference to the stored class means").description("No number where the recording stores none.");
    o.array("memorised_once", F64, {context}).units("1").label("p₁: a node seen at least once").description("Equation 4.");
    o.array("memorised_twice", F64, {context}).units("1").label("p₂: at least twice").description("Equation 5.");
    if (plan.hasAccuracy()) {
        o.array("accuracy", F64, {context}).units("1").label("probability of valid neighbours").description("Mean over the last 30 tokens of each context.");
        o.array("critical_context", F64, {}).units("tokens").label("critical context").description("Knee of a broken line in ln(context).");
    }
    addGeometryFigures(o, plan.axes());
    const auto over = [&](const char* name, const char* title, const char* axis) { return view::lines(name).title(title).group("Over the layers").x("layer", {.title = "layer"}).y({.title = axis}); };
    const view::Selector longest = view::last();
    o.figure(over("rayleigh_layers", "Energy without its scale, longest context", "mean Rayleigh quotient")
                 .caption("Band: bootstrap over blocks of tokens of this one walk.").series(view::series("rayleigh", {{"context", longest}}).band({"rayleigh_interval", {{"side", 0}}}, {"rayleigh_interval", {{"side", 1}}}).label("class means").marker(view::Marker::Circle))
                 .series(view::series("rayleigh_beyond").label("without the word before").role(view::Role::Accent).marker(view::Marker::Square))
                 .series(view::series("rayleigh_shuffled", {{"band", 0}}).band({"rayleigh_shuffled", {{"band", 1}}}, {"rayleigh_shuffled", {{"band", 2}}}).label("tokens with shuffled words").role(view::Role::Muted))
                 .series(view::series("rayleigh_null", {{"context", longest}, {"band", 0}}).label("permuted labels").role(view::Role::Muted).style(view::Style::Dashed)).referenceY(view::Selection("rayleigh_minimal"), "λ₂").referenceY(view::Selection("rayleigh_isotropic"), "isotropic").cursor("layer", "layer"));
    o.figure(over("alignment_layers", "Alignment with the graph, longest context", "smaller cosine").series(view::series("alignment", {{"context", longest}, {"angle", 1}}).band({"alignment_interval", {{"side", 0}}}, {"alignment_interval", {{"side", 1}}}).label("two components").marker(view::Marker::Circle))
                 .series(view::series("alignment_null", {{"context", longest}, {"band", 0}}).band({"alignment_null", {{"context", longest}, {"band", 1}}}, {"alignment_null", {{"context", longest}, {"band", 2}}}).label("permuted labels").role(view::Role::Muted)).cursor("layer", "layer"));
    o.figure(view::heatmap("rayleigh_map").title("Energy without its scale, layer × context").group("Over the layers").z("rayleigh").across("context").down("layer").upwards().colours({.title = "Rayleigh"}).cursor("layer", "layer").cursor("context", "context"));
    o.figure(view::heatmap("grid_r2_map").title("Procrustes R², layer × context").group("Over the layers").z("grid_r2").across("context").down("layer").upwards().colours({.limits = {0.0, 1.0}, .title = "R²"}).cursor("layer", "layer").cursor("context", "context"));
    if (plan.hasAccuracy())
        o.figure(view::lines("accuracy_context").title("Does it predict a neighbour?").group("Over the context").x("context", {.title = "context length", .unit = "tokens", .scale = view::Log}).y({.title = "probability", .limits = {0.0, 1.0}}).series(view::series("accuracy").label("valid neighbours"))
                     .series(view::series("memorised_once").label("p₁").role(view::Role::Muted).style(view::Style::Dashed)).series(view::series("memorised_twice").label("p₂").role(view::Role::Muted).style(view::Style::Dotted)).referenceX(view::Selection("critical_context"), "critical context").cursor("context", "context"));
    return o;
}

void Analysis::run(const latent::Parameters& p, latent::Job& job) {
    const AnalysisPlan plan = AnalysisPlan::of(p);
    if (!plan.recording) throw latent::RunError("No recording is named; set 'recording' to a file of hidden states.");
    Recording& r = *plan.recording;
    const std::uint64_t seed = p.seed();
    const auto nodes = static_cast<std::int64_t>(plan.graph.nodes), contexts = static_cast<std::int64_t>(plan.contexts.size());
    std::size_t done = 0;
    const std::vector<std::int64_t> positions = r.nodeIds().empty() ? std::vector<std::int64_t>{} : plan.positions();
    const LastWindow last = r.pooled() ? LastWindow{} : lastWindowOf(plan, positions);
    if (const auto resumed = job.resumed()) {
        done = resumed->values().at("layers").get<std::size_t>();
    } else {
        describeGraph(plan.graph, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
        job.publish("context", plan.contexts);
        job.publish("component", counted(static_cast<std::size_t>(plan.options.components)));
        job.publish("band", counted(3));
        std::vector<double> once, twice;
        for (const std::int64_t c : plan.contexts) {
            const auto [p1, p2] = memorisation(plan.graph.nodes, static_cast<double>(c));
            once.push_back(p1);
            twice.push_back(p2);
        }
        job.publish("memorised_once", once);
        job.publish("memorised_twice", twice);
        // States that are nothing but mixing, on the very sequence: what the fit leaves of them.
        double planted = kNan;
        if (!r.pooled()) {
            const MixingModel model({.nodes = plan.graph.nodes, .dim = 256}, seed);
            Eigen::MatrixXf states = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(last.nodes.size()), 256);
            for (std::size_t i = 0; i < last.nodes.size(); ++i) {
                if (last.nodes[i] >= 0) states.row(static_cast<Eigen::Index>(i)) += model.embeddings().row(last.nodes[i]).cast<float>();
                if (i > 0 && last.nodes[i - 1] >= 0) states.row(static_cast<Eigen::Index>(i)) += model.embeddings().row(last.nodes[i - 1]).cast<float>();
            }
            planted = rayleighOf(fitNeighbourMixing(states, last.nodes, plan.graph.nodes).withoutNeighbours, plan.graph);
        }
        job.publish("planted_beyond", latent::ArrayView(&planted, {}));
        if (plan.hasAccuracy()) {
            const std::vector<double> byToken = plan.accuracyByToken();
            std::vector<double> accuracy, at;
            for (const std::int64_t c : plan.contexts) {
                double sum = 0, count = 0;
                for (std::size_t t = 0; t < byToken.size(); ++t)
                    if (positions[t] < c && positions[t] >= c - kAccuracyWindow && std::isfinite(byToken[t])) sum += byToken[t], ++count;
                accuracy.push_back(count > 0 ? sum / count : kNan);
                at.push_back(static_cast<double>(c));
            }
            const auto onset = compareOnset(at, accuracy);
            const double knee = onset ? onset->criticalContext : kNan;
            job.publish("accuracy", accuracy);
            job.publish("critical_context", latent::ArrayView(&knee, {}));
        }
    }
    for (; done < plan.layers.size(); ++done) {
        const int layer = plan.layers[done];
        PooledLayer pooled(plan.contexts, static_cast<int>(plan.window), plan.graph.nodes, r.dim());
        double beyond = kNan, explained = kNan, storedError = kNan;
        Spread spread{{kNan, kNan}, {kNan, kNan}, {kNan, kNan}, {kNan, kNan, kNan}};
        if (r.pooled()) {
            for (std::size_t c = 0; c < plan.contexts.size(); ++c) pooled.addPooled(c, r.pooledSum(layer, static_cast<int>(c)), r.pooledCount(static_cast<int>(c)));
        } else {
            const RowMajor& hidden = r.hidden(layer);
            for (Eigen::Index t = 0; t < hidden.rows(); ++t) pooled.add(positions[static_cast<std::size_t>(t)], r.nodeIds()[static_cast<std::size_t>(t)], {hidden.data() + t * hidden.cols(), static_cast<std::size_t>(hidden.cols())});
            Eigen::MatrixXf window(static_cast<Eigen::Index>(last.tokens.size()), hidden.cols());
            for (std::size_t i = 0; i < last.tokens.size(); ++i) window.row(static_cast<Eigen::Index>(i)) = hidden.row(static_cast<Eigen::Index>(last.tokens[i]));
            const MixingFit fit = fitNeighbourMixing(window, last.nodes, plan.graph.nodes);
            beyond = rayleighOf(fit.withoutNeighbours, plan.graph);
            explained = fit.explained;
            if (p.integer("bootstrap_draws") > 0) spread = bootstrap(plan, hidden, last, p.integer("block"), p.integer("bootstrap_draws"), seed);
        }
        const std::vector<ClassMeans> means = pooled.means();
        std::vector<float> kept(static_cast<std::size_t>(contexts * nodes * r.dim()), std::numeric_limits<float>::quiet_NaN());
        for (std::size_t c = 0; c < means.size(); ++c)
            for (std::size_t i = 0; i < means[c].seen.size(); ++i)
                for (Eigen::Index d = 0; d < r.dim(); ++d)
                    kept[(c * static_cast<std::size_t>(nodes) + static_cast<std::size_t>(means[c].seen[i])) * static_cast<std::size_t>(r.dim()) + static_cast<std::size_t>(d)] = static_cast<float>(means[c].of(static_cast<Eigen::Index>(i), d));
        if (const std::vector<float> stored = r.storedClassMeans(); !stored.empty()) {
            storedError = 0;
            const float* ours = kept.data() + kept.size() - stored.size();
            for (std::size_t i = 0; i < stored.size(); ++i)
                if (!std::isnan(ours[i])) storedError = std::max(storedError, std::abs(static_cast<double>(ours[i]) - stored[i]));
        }
        const auto number = static_cast<std::int64_t>(r.layerNumber(layer));
        job.publish("layer", latent::ArrayView(&number, {1}));
        publishGeometry(job, plan.axes(), {measureLayer(means, plan.graph, plan.options, seed)});
        if (p.flag("keep_means")) job.publish("class_means", {kept, {1, contexts, nodes, r.dim()}});
        job.publish("rayleigh_interval", {spread.rayleigh, {1, 2}});
        job.publish("alignment_interval", {spread.alignment, {1, 2}});
        job.publish("grid_r2_interval", {spread.gridR2, {1, 2}});
        job.publish("rayleigh_shuffled", {spread.shuffled, {1, 3}});
        job.publish("rayleigh_beyond", latent::ArrayView(&beyond, {1}));
        job.publish("mixing_explained", latent::ArrayView(&explained, {1}));
        job.publish("stored_means_error", latent::ArrayView(&storedError, {1}));
        job.progress(static_cast<std::int64_t>(done) + 1, static_cast<std::int64_t>(plan.layers.size()), "layers");
        if (done + 1 < plan.layers.size() && (job.stopRequested() || job.checkpointDue())) {
            job.checkpoint(static_cast<std::int64_t>(done) + 1, {{{"layers", done + 1}}, {}});
            if (job.stopRequested()) return;
        }
    }
}

void Analysis::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<ContextUnit> units;
    for (const latent::Run& run : runs) {
        if (!run.has("rayleigh") || !run.has("layer")) continue;
        ContextUnit unit;
        unit.name = "recording " + run.id();
        unit.context = run.read("context").toDoubles();
        if (run.has("accuracy")) unit.accuracy = run.read("accuracy").toDoubles();
        // The layer is two thirds up, as the paper's 26 of 32: fixed beforehand, not chosen by what it shows.
        const std::size_t contexts = unit.context.size(), layers = run.read("layer").count(), layer = layers * 2 / 3 < layers ? layers * 2 / 3 : layers - 1;
        const std::vector<double> rayleigh = run.read("rayleigh").toDoubles(), shuffled = run.read("rayleigh_shuffled").toDoubles();
        unit.rayleigh.assign(rayleigh.begin() + static_cast<std::ptrdiff_t>(layer * contexts), rayleigh.begin() + static_cast<std::ptrdiff_t>((layer + 1) * contexts));
        unit.isotropic = run.read("rayleigh_isotropic").toDoubles().front();
        unit.shuffledRayleigh = shuffled[layer * 3];
        unit.beyondRayleigh = run.read("rayleigh_beyond").toDoubles()[layer];
        unit.plantedBeyond = run.read("planted_beyond").toDoubles().front();
        units.push_back(std::move(unit));
    }
    measureContextClaims(units, out);
}

}  // namespace icl_graphs
