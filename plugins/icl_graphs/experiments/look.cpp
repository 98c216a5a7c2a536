// SPDX-License-Identifier: Apache-2.0
#include "experiments/look.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace icl_graphs {
namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMostOccurrences = 4096;
}  // namespace

latent::Schema Look::parameters() {
    using namespace latent;
    return Schema{}
        .add(integer("layer", -1).range(-1, 10'000).help("Number of the layer as the recording counts; −1: its last."))
        .add(integer("context", 0).range(0, 10'000'000).unit("tokens").help("End of the context; 0: all of it."))
        .add(integer("window", 200).range(1, 100'000).unit("tokens").help("Class means are over the last so many tokens."))
        .add(integer("component_x", 1).range(1, 32).unit("1").help("The component that is drawn across, from 1."))
        .add(integer("component_y", 2).range(1, 32).unit("1").help("The one that is drawn upwards."))
        .add(integer("word", 0).range(0, 4095).unit("1").help("The node whose occurrences are shown."));
}

void Look::open(const latent::Run* run) {
    if (!run) throw latent::RunError("Open this on a run of icl/analysis.");
    if (!run->parameters().has("recording")) throw latent::RunError("The run names no recording.");
    m_plan = std::make_unique<AnalysisPlan>(AnalysisPlan::of(run->parameters()));
    if (!m_plan->recording->pooled()) m_positions = m_plan->positions();
}

latent::Outputs Look::outputs(const latent::Parameters&) {
    using namespace latent;
    const Graph graph = m_plan ? m_plan->graph : makeGrid(2, 2);
    std::vector<std::string> words = m_plan ? m_plan->words : std::vector<std::string>{"0", "1", "2", "3"};
    const Dimension node = fixed("node", graph.nodes), occurrence = grows("occurrence");
    Outputs o;
    o.array("node", I32, {node}).label("node").categories(words);
    o.array("edges", I32, {fixed("edge", graph.edges.size()), fixed("end", 2)}).label("edge");
    o.array("x", F64, {node}).units("1").label("first component");
    o.array("y", F64, {node}).units("1").label("second component");
    o.array("count", F64, {node}).units("1").label("occurrences in the window");
    o.array("rayleigh", F64, {}).units("1").label("mean Rayleigh quotient");
    o.array("alignment", F64, {fixed("angle", 2)}).units("1").label("cosine of the principal angle");
    o.array("grid_r2", F64, {}).units("1").label("Procrustes R²");
    o.array("occurrence", I64, {occurrence}).units("tokens").label("position of the word");
    o.array("occurrence_x", F64, {occurrence}).units("1").label("first component");
    o.array("occurrence_y", F64, {occurrence}).units("1").label("second component");
    o.figure(view::graph("map").title("The map of words").nodes("node").positions("x", "y").edges("edges").textBy("node").sizeBy("count").gesture(view::pick("icl/look").bind("index.node", "word").label("Occurrences of this word")));
    o.figure(view::points("occurrences").title("Occurrences of the word").caption("Each on the components of the class means.").series(view::xy("occurrence_x", "occurrence_y").colourBy("occurrence").label("one occurrence")));
    o.figure(view::text("numbers").words("Rayleigh quotient **{rayleigh}**, Procrustes R² **{r2}**.").value("rayleigh", "rayleigh").value("r2", "grid_r2"));
    return o;
}

void Look::answer(const latent::Parameters& p, latent::Reply& reply) {
    Recording& r = *m_plan->recording;
    int layer = r.layers() - 1;
    if (const std::int64_t wanted = p.integer("layer"); wanted >= 0) {
        layer = -1;
        for (int i = 0; i < r.layers(); ++i)
            if (r.layerNumber(i) == wanted) layer = i;
        if (layer < 0) throw latent::RunError("The recording has no layer " + std::to_string(wanted) + "; it has " + std::to_string(r.layerNumber(0)) + " to " + std::to_string(r.layerNumber(r.layers() - 1)) + ".");
    }
    const int a = static_cast<int>(p.integer("component_x")) - 1, b = static_cast<int>(p.integer("component_y")) - 1;
    if (a == b) throw latent::RunError("'component_x' and 'component_y' must be two different components.");
    ClassSums sums(m_plan->graph.nodes, r.dim());
    std::vector<std::int64_t> at;
    std::vector<double> x(static_cast<std::size_t>(m_plan->graph.nodes), kNan), y = x, count(x.size(), 0), ox, oy;
    std::int64_t end = p.integer("context") > 0 ? p.integer("context") : m_plan->contexts.back();
    if (r.pooled()) {
        // Contexts and window are those that were pooled: the nearest one.
        std::size_t nearest = 0;
        for (std::size_t c = 0; c < r.contexts().size(); ++c)
            if (std::abs(r.contexts()[c] - end) < std::abs(r.contexts()[nearest] - end)) nearest = c;
        const std::vector<float> sum = r.pooledSum(layer, static_cast<int>(nearest)), counts = r.pooledCount(static_cast<int>(nearest));
        for (int i = 0; i < m_plan->graph.nodes; ++i) sums.addPooled(i, std::span(sum).subspan(static_cast<std::size_t>(i) * static_cast<std::size_t>(r.dim()), static_cast<std::size_t>(r.dim())), counts[static_cast<std::size_t>(i)]);
    } else {
        // The layer stays in memory until another is asked for.
        if (layer != m_layer) {
            m_layer = -1;  // stays so when the layer is refused
            r.hidden(layer);
            m_layer = layer;
        }
        const auto& hidden = r.lastHidden();
        for (std::size_t t = 0; t < m_positions.size(); ++t) {
            if (m_positions[t] >= end || m_positions[t] < end - p.integer("window")) continue;
            sums.add(r.nodeIds()[t], {hidden.data() + static_cast<std::ptrdiff_t>(t) * hidden.cols(), static_cast<std::size_t>(hidden.cols())});
            if (r.nodeIds()[t] == p.integer("word") && static_cast<std::int64_t>(at.size()) < kMostOccurrences) at.push_back(static_cast<std::int64_t>(t));
        }
    }
    const ClassMeans means = sums.means();
    if (means.seen.size() < 3) throw latent::RunError("Fewer than three words were seen in this window; take a longer one, or a longer context.");
    const Geometry g = geometryOf(means.of, m_plan->graph.induced(means.seen), {std::max(a, b) + 1, a, b});
    for (std::size_t i = 0; i < means.seen.size(); ++i) {
        x[static_cast<std::size_t>(means.seen[i])] = g.pca.projection(static_cast<Eigen::Index>(i), a);
        y[static_cast<std::size_t>(means.seen[i])] = g.pca.projection(static_cast<Eigen::Index>(i), b);
        count[static_cast<std::size_t>(means.seen[i])] = means.count[i];
    }
    std::vector<std::int64_t> positions;
    for (const std::int64_t t : at) {
        const Eigen::RowVectorXd state = r.lastHidden().row(t).cast<double>() - g.pca.mean;
        positions.push_back(m_positions[static_cast<std::size_t>(t)]);
        ox.push_back(state.dot(g.pca.directions.row(a)));
        oy.push_back(state.dot(g.pca.directions.row(b)));
    }
    std::vector<std::int32_t> edges;
    for (const auto& [u, v] : m_plan->graph.edges) {
        edges.push_back(u);
        edges.push_back(v);
    }
    reply.array("node", counted(x.size()));
    reply.array("edges", latent::ArrayView(edges, {static_cast<std::int64_t>(m_plan->graph.edges.size()), 2}));
    reply.array("x", x);
    reply.array("y", y);
    reply.array("count", count);
    reply.array("rayleigh", latent::ArrayView(&g.energy.rayleigh, {}));
    reply.array("alignment", latent::ArrayView(g.alignment.data(), {2}));
    reply.array("grid_r2", latent::ArrayView(&g.gridR2, {}));
    reply.array("occurrence", positions);
    reply.array("occurrence_x", ox);
    reply.array("occurrence_y", oy);
}

}  // namespace icl_graphs
