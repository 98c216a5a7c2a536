// SPDX-License-Identifier: Apache-2.0
#include "experiments/look.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "graphs/no_number.hpp"

namespace icl_graphs {
namespace {
constexpr std::size_t kMostOccurrences = 4096;
constexpr const char* kLookOpens = "Open this on a run of icl/analysis or icl/model.";
}  // namespace

latent::Schema Look::parameters() {
    using namespace latent;
    return Schema{}
        .add(integer("layer", -1)
                 .range(-1, 1'000'000)
                 .help("Number of the layer as the recording counts, or after so many blocks of the model; "
                       "−1: two thirds up, 21 of 32."))
        .add(integer("context", 0)
                 .range(0, 10'000'000)
                 .unit("words")
                 .help("End of the context; 0: all of it. Of sums that were pooled elsewhere the nearest "
                       "context is taken."))
        .add(integer("window", 200)
                 .range(1, 100'000)
                 .unit("words")
                 .help("Class means are over the last so many words."))
        .add(integer("component_x", 1)
                 .range(1, 32)
                 .unit("1")
                 .help("The component that is drawn across, from 1."))
        .add(integer("component_y", 2).range(1, 32).unit("1").help("The one that is drawn upwards."))
        .add(integer("word", 0).range(0, 4095).unit("1").help(
            "The node whose occurrences are shown. A click on the map chooses it."))
        .add(integer("placement", 0)
                 .range(0, 999)
                 .unit("1")
                 .help("Of a run of icl/model: which placement of words, from 0."))
        .add(integer("prompt", 0)
                 .range(0, 255)
                 .unit("1")
                 .help("Of a run of icl/model: which of its prompts, from 0. It is read once, which takes "
                       "seconds."));
}

void Look::open(const latent::Run* run) {
    if (!run || (run->experiment() != "icl/analysis" && run->experiment() != "icl/model"))
        throw latent::RunError(kLookOpens);
    if (run->experiment() == "icl/model") {
        m_session = std::make_unique<ModelSession>(*run);
        return;
    }
    m_plan = std::make_unique<AnalysisPlan>(AnalysisPlan::of(run->parameters()));
    if (!m_plan->recording->pooled()) m_positions = m_plan->positions();
}

std::vector<int> Look::layerNumbers() const {
    std::vector<int> numbers;
    const int count = m_plan ? m_plan->recording->layers() : m_session->plan().config.layers + 1;
    for (int i = 0; i < count; ++i) numbers.push_back(m_plan ? m_plan->recording->layerNumber(i) : i);
    return numbers;
}

int Look::layerOf(const latent::Parameters& p) const {
    const std::vector<int> numbers = layerNumbers();
    const std::int64_t wanted = p.integer("layer");
    if (wanted < 0) return m_session ? m_session->plan().layer : static_cast<int>(judgedOf(numbers.size()));
    const auto found = std::find(numbers.begin(), numbers.end(), wanted);
    if (found == numbers.end())
        throw latent::RunError("There is no layer " + std::to_string(wanted) + "; there are " +
                               std::to_string(numbers.size()) + ", from " + std::to_string(numbers.front()) +
                               " to " + std::to_string(numbers.back()) + ".");
    return static_cast<int>(found - numbers.begin());
}

std::int64_t Look::longest() const {
    return m_plan ? m_plan->contexts.back() : m_session->plan().study.spec.length;
}

std::int64_t Look::contextOf(const latent::Parameters& p) const {
    const std::int64_t asked = p.integer("context") > 0 ? p.integer("context") : longest();
    if (!m_plan || !m_plan->recording->pooled()) return asked;
    const auto& there = m_plan->recording->contexts();
    return *std::min_element(there.begin(), there.end(), [&](std::int64_t a, std::int64_t b) {
        return std::abs(a - asked) < std::abs(b - asked);
    });
}

latent::Outputs Look::outputs(const latent::Parameters& p) {
    using namespace latent;
    if (!m_plan && !m_session) throw latent::RunError(kLookOpens);
    layerOf(p);
    if (p.integer("component_x") == p.integer("component_y"))
        throw RunError("'component_x' and 'component_y' must be two different components.");
    if (p.integer("word") >= graph().nodes)
        throw RunError("There is no node " + std::to_string(p.integer("word")) + "; nodes are 0 to " +
                       std::to_string(graph().nodes - 1) + ".");
    if (p.integer("context") > longest())
        throw RunError("The longest context is " + std::to_string(longest()) + " words; 'context' asks for " +
                       std::to_string(p.integer("context")) + ".");
    if (m_session) m_session->check(p.integer("placement"), p.integer("prompt"));
    const int seen = static_cast<int>(seenWords(p));
    if (seen < 3)
        throw RunError(
            "Fewer than three words were seen in this window; take a longer one, or a longer context.");
    const int exist = std::min(seen - 1, dim());
    for (const char* name : {"component_x", "component_y"})
        if (p.integer(name) > exist)
            throw RunError("The map of the " + std::to_string(seen) + " words of this window has " +
                           std::to_string(exist) + " principal components; '" + name + "' asks for number " +
                           std::to_string(p.integer(name)) + ".");
    const std::vector<std::string> words = m_plan ? m_plan->words : m_session->words(p.integer("placement"));
    const Dimension node = fixed("node", graph().nodes), occurrence = grows("occurrence");
    Outputs o;
    o.array("node", I32, {node}).label("node").categories(words);
    o.array("edges", I32, {fixed("edge", graph().edges.size()), fixed("end", 2)}).label("edge");
    o.array("x", F64, {node}).units("1").label("first component");
    o.array("y", F64, {node}).units("1").label("second component");
    o.array("count", F64, {node}).units("1").label("occurrences in the window");
    o.array("context", I64, {}).units("words").label("context");
    o.array("layer", I64, {}).label("layer");
    o.array("rayleigh", F64, {}).units("1").label("mean Rayleigh quotient");
    o.array("rayleigh_isotropic", F64, {})
        .units("1")
        .label("isotropic, tr(L)/(n−1)")
        .description("Of the graph of the nodes that were seen.");
    o.array("alignment", F64, {fixed("angle", 2)}).units("1").label("cosine of the principal angle");
    o.array("grid_r2", F64, {}).units("1").label("Procrustes R²");
    o.array("occurrence", I64, {occurrence})
        .units("words")
        .label("position of the word")
        .description("The last 4,096 at most; none of sums that were pooled elsewhere.");
    o.array("occurrence_x", F64, {occurrence}).units("1").label("first component");
    o.array("occurrence_y", F64, {occurrence}).units("1").label("second component");
    o.figure(
        view::graph("map")
            .title("The map of words")
            .nodes("node")
            .positions("x", "y")
            .edges("edges")
            .textBy("node")
            .sizeBy("count")
            .gesture(view::pick("icl/look").bind("index.node", "word").label("Occurrences of this word")));
    o.figure(
        view::points("occurrences")
            .title("Occurrences of the word")
            .caption("Each on the components of the class means.")
            .series(view::xy("occurrence_x", "occurrence_y").colourBy("occurrence").label("one occurrence")));
    o.figure(view::text("numbers")
                 .words("Layer {layer}, {context} words: Rayleigh quotient **{rayleigh}** (isotropic "
                        "{isotropic}), Procrustes R² **{r2}**.")
                 .value("layer", "layer")
                 .value("context", "context")
                 .value("rayleigh", "rayleigh")
                 .value("isotropic", "rayleigh_isotropic")
                 .value("r2", "grid_r2"));
    return o;
}

std::size_t Look::seenWords(const latent::Parameters& p) const {
    const std::int64_t end = contextOf(p), begin = end - p.integer("window");
    std::set<int> seen;
    if (m_session) {
        const std::vector<int> nodes =
            m_session->plan().study.sequence(p.integer("placement"), p.integer("prompt")).nodes;
        for (std::int64_t t = std::max<std::int64_t>(0, begin);
             t < std::min<std::int64_t>(end, static_cast<std::int64_t>(nodes.size())); ++t)
            seen.insert(nodes[static_cast<std::size_t>(t)]);
        return seen.size();
    }
    const Recording& r = *m_plan->recording;
    if (r.pooled()) {
        const std::vector<float> counts = r.pooledCount(static_cast<int>(
            std::find(r.contexts().begin(), r.contexts().end(), end) - r.contexts().begin()));
        return static_cast<std::size_t>(
            std::count_if(counts.begin(), counts.end(), [](float c) { return c > 0; }));
    }
    for (std::size_t t = 0; t < m_positions.size(); ++t)
        if (m_positions[t] >= begin && m_positions[t] < end && r.nodeIds()[t] >= 0)
            seen.insert(r.nodeIds()[t]);
    return seen.size();
}

std::vector<Look::Piece> Look::recorded(int layer, std::int64_t end, std::int64_t window) const {
    const Recording& r = *m_plan->recording;
    std::vector<Piece> pieces;
    for (std::size_t prompt = 0; prompt + 1 < r.promptOffsets().size(); ++prompt) {
        // Positions rise along a prompt, so the window is one run of tokens.
        const auto begin = m_positions.begin() + r.promptOffsets()[prompt],
                   stop = m_positions.begin() + r.promptOffsets()[prompt + 1];
        const auto from = std::lower_bound(begin, stop, end - window), to = std::lower_bound(from, stop, end);
        if (from == to) continue;
        const auto first = from - m_positions.begin(), count = to - from;
        pieces.push_back({r.states(layer, first, count),
                          {r.nodeIds().begin() + first, r.nodeIds().begin() + first + count},
                          {from, to}});
    }
    return pieces;
}

std::vector<Look::Piece> Look::read(const ReadPrompt& prompt, int layer, std::int64_t end,
                                    std::int64_t window) const {
    const auto length = static_cast<std::int64_t>(prompt.sequence.nodes.size()), last = std::min(end, length),
               first = std::max<std::int64_t>(0, last - window);
    Piece piece{prompt.states[static_cast<std::size_t>(layer)].middleRows(first, last - first),
                {prompt.sequence.nodes.begin() + first, prompt.sequence.nodes.begin() + last},
                {}};
    for (std::int64_t t = first; t < last; ++t) piece.positions.push_back(t);
    return {std::move(piece)};
}

void Look::answer(const latent::Parameters& p, latent::Reply& reply) {
    if (!m_plan && !m_session) throw latent::RunError(kLookOpens);
    const int layer = layerOf(p), a = static_cast<int>(p.integer("component_x")) - 1,
              b = static_cast<int>(p.integer("component_y")) - 1, dim = this->dim();
    const std::int64_t end = contextOf(p), number = layerNumbers()[static_cast<std::size_t>(layer)];
    ClassSums sums(graph().nodes, dim);
    std::vector<Piece> pieces;
    if (m_session) {
        const ReadPrompt* prompt = m_session->prompt(p.integer("placement"), p.integer("prompt"),
                                                     [&] { return !reply.cancelled(); });
        if (!prompt) return;
        pieces = read(*prompt, layer, end, p.integer("window"));
    } else if (!m_plan->recording->pooled()) {
        pieces = recorded(layer, end, p.integer("window"));
    } else {
        const Recording& r = *m_plan->recording;
        const int context =
            static_cast<int>(std::find(r.contexts().begin(), r.contexts().end(), end) - r.contexts().begin());
        const std::vector<float> sum = r.pooledSum(layer, context), counts = r.pooledCount(context);
        for (int i = 0; i < graph().nodes; ++i)
            sums.addPooled(i,
                           std::span(sum).subspan(static_cast<std::size_t>(i) * static_cast<std::size_t>(dim),
                                                  static_cast<std::size_t>(dim)),
                           counts[static_cast<std::size_t>(i)]);
    }
    for (const Piece& piece : pieces)
        for (std::size_t i = 0; i < piece.nodes.size(); ++i)
            sums.add(piece.nodes[i],
                     {piece.states.row(static_cast<Eigen::Index>(i)).data(), static_cast<std::size_t>(dim)});
    const ClassMeans means = sums.means();
    const Graph part = graph().induced(means.seen);
    const Geometry g = geometryOf(means.of, part, {std::max(a, b) + 1, a, b});
    std::vector<double> x(static_cast<std::size_t>(graph().nodes), kNan), y = x, count(x.size(), 0), ox, oy;
    for (std::size_t i = 0; i < means.seen.size(); ++i) {
        x[static_cast<std::size_t>(means.seen[i])] = g.pca.projection(static_cast<Eigen::Index>(i), a);
        y[static_cast<std::size_t>(means.seen[i])] = g.pca.projection(static_cast<Eigen::Index>(i), b);
        count[static_cast<std::size_t>(means.seen[i])] = means.count[i];
    }
    std::vector<std::int64_t> positions;
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece)
        for (std::size_t i = piece->nodes.size(); i-- > 0 && positions.size() < kMostOccurrences;) {
            if (piece->nodes[i] != p.integer("word")) continue;
            const Eigen::RowVectorXd state =
                piece->states.row(static_cast<Eigen::Index>(i)).cast<double>() - g.pca.mean;
            positions.push_back(piece->positions[i]);
            ox.push_back(state.dot(g.pca.directions.row(a)));
            oy.push_back(state.dot(g.pca.directions.row(b)));
        }
    for (std::vector<double>* of : {&ox, &oy}) std::reverse(of->begin(), of->end());
    std::reverse(positions.begin(), positions.end());
    const double isotropic = isotropicRayleigh(part);
    reply.array("node", counted(x.size()));
    sendEdges("edges", graph(),
              [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
    reply.array("x", x);
    reply.array("y", y);
    reply.array("count", count);
    reply.array("context", scalar(end));
    reply.array("layer", scalar(number));
    reply.array("rayleigh", scalar(g.energy.rayleigh));
    reply.array("rayleigh_isotropic", scalar(isotropic));
    reply.array("alignment", latent::ArrayView(g.alignment.data(), {2}));
    reply.array("grid_r2", scalar(g.gridR2));
    reply.array("occurrence", positions);
    reply.array("occurrence_x", ox);
    reply.array("occurrence_y", oy);
}

}  // namespace icl_graphs
