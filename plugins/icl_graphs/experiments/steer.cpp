// SPDX-License-Identifier: Apache-2.0
#include "experiments/steer.hpp"

#include <algorithm>
#include <set>

#include "graphs/nth_seed.hpp"

namespace icl_graphs {
namespace {

constexpr std::int64_t kPushes = 3;  // not, along, random
constexpr const char* kSteerOpens = "Open this on a run of icl/model.";

/// Mean probability of each node's word over some positions.
std::vector<double> meanAt(const std::vector<int>& positions, const std::vector<float>& probability,
                           int nodes) {
    std::vector<double> mean(static_cast<std::size_t>(nodes), 0);
    for (const int t : positions)
        for (std::size_t v = 0; v < mean.size(); ++v)
            mean[v] += probability[static_cast<std::size_t>(t) * mean.size() + v] /
                       static_cast<double>(positions.size());
    return mean;
}

}  // namespace

latent::Schema Steer::parameters() {
    using namespace latent;
    return Schema{}
        .group("Move")
        .add(integer("word", 0).range(0, 4095).unit("1").help(
            "The node whose word is moved. A click on the graph chooses it."))
        .add(integer("target", -1)
                 .range(-1, 4095)
                 .unit("1")
                 .help("The node that it is moved towards; −1: the farthest one that shares no neighbour "
                       "with it."))
        .add(choice("kind",
                    {{"steer", "add the difference of the two means"},
                     {"patch", "put the state where the target's mean is"}},
                    "steer")
                 .help("In the two components only; all other directions stay."))
        .add(number("strength", 1)
                 .range(-10, 10)
                 .unit("1")
                 .help("1: all of the way; 0: not at all; below 0: away from the target."))
        .add(integer("layer", -1)
                 .range(-1, 1024)
                 .unit("1")
                 .help("After so many blocks; −1: the layer that the run judges."))
        .add(integer("component_a", 0)
                 .range(0, 32)
                 .unit("1")
                 .help("The first component, from 1; 0: that of the run."))
        .add(integer("component_b", 0).range(0, 32).unit("1").help("The second one; 0: that of the run."))
        .add(
            integer("subspaces", 1)
                .range(1, 16)
                .unit("1")
                .help(
                    "Random subspaces that the comparison is averaged over; each takes a pass of the model."))
        .group("Prompt")
        .add(integer("placement", 0).range(0, 999).unit("1").help("Which placement of words, from 0."))
        .add(integer("prompt", 0).range(0, 255).unit("1").help("Which of the run's prompts, from 0."))
        .add(integer("moved", 100)
                 .range(1, 100'000)
                 .unit("words")
                 .help("Occurrences of the word among the last so many words are moved, and read."))
        .add(integer("window", 200)
                 .range(3, 100'000)
                 .unit("words")
                 .help("The map is that of the class means over the last so many words."))
        .add(latent::seed("seed", 0).help("Draws the random subspaces."));
}

void Steer::open(const latent::Run* run) {
    if (!run) throw latent::RunError(kSteerOpens);
    m_session = std::make_unique<ModelSession>(*run);
}

int Steer::layerOf(const latent::Parameters& p) const {
    if (p.integer("layer") > m_session->plan().config.layers)
        throw latent::RunError("The model has " + std::to_string(m_session->plan().config.layers) +
                               " layers; 'layer' asks for number " + std::to_string(p.integer("layer")) +
                               ".");
    return p.integer("layer") >= 0 ? static_cast<int>(p.integer("layer")) : m_session->plan().layer;
}

std::pair<int, int> Steer::componentsOf(const latent::Parameters& p) const {
    const LayerOptions& run = m_session->plan().options;
    const auto chosen = [&](const char* name, int otherwise) {
        return p.integer(name) > 0 ? static_cast<int>(p.integer(name)) - 1 : otherwise;
    };
    const std::pair<int, int> two{chosen("component_a", run.first), chosen("component_b", run.second)};
    if (two.first == two.second)
        throw latent::RunError("'component_a' and 'component_b' must be two different components.");
    // Of the words of the window, which is known before the model is asked.
    const std::vector<int> nodes =
        m_session->plan().study.sequence(p.integer("placement"), p.integer("prompt")).nodes;
    const std::set<int> seen(
        nodes.end() -
            std::min<std::ptrdiff_t>(std::ssize(nodes), static_cast<std::ptrdiff_t>(p.integer("window"))),
        nodes.end());
    const int exist = std::min(static_cast<int>(seen.size()) - 1, m_session->plan().config.width);
    if (std::max(two.first, two.second) >= exist)
        throw latent::RunError("The map of the " + std::to_string(seen.size()) +
                               " words of this window has " + std::to_string(exist) +
                               " principal components; number " +
                               std::to_string(std::max(two.first, two.second) + 1) + " is asked for.");
    return two;
}

int Steer::targetOf(const latent::Parameters& p) const {
    const int nodes = m_session->plan().study.nodes();
    for (const char* name : {"word", "target"})
        if (p.integer(name) >= nodes)
            throw latent::RunError("There is no node " + std::to_string(p.integer(name)) +
                                   "; nodes are 0 to " + std::to_string(nodes - 1) + ".");
    if (p.integer("target") == p.integer("word"))
        throw latent::RunError("'target' must be another node than 'word'.");
    if (p.integer("target") >= 0) return static_cast<int>(p.integer("target"));
    const int far = farTargets(m_session->plan().study.graph())[static_cast<std::size_t>(p.integer("word"))];
    if (far < 0)
        throw latent::RunError("Every other node shares a neighbour with node " +
                               std::to_string(p.integer("word")) + "; name a 'target'.");
    return far;
}

std::vector<int> Steer::positionsOf(const latent::Parameters& p, const Sequence& sequence) const {
    const auto length = static_cast<std::int64_t>(sequence.nodes.size());
    const int from = static_cast<int>(p.integer("word")), to = targetOf(p);
    std::vector<int> positions;
    for (std::int64_t t = std::max<std::int64_t>(0, length - p.integer("moved")); t < length; ++t)
        if (sequence.nodes[static_cast<std::size_t>(t)] == from &&
            sequence.follows[static_cast<std::size_t>(t)])
            positions.push_back(static_cast<int>(t));
    const auto window = sequence.nodes.end() - std::min(length, p.integer("window"));
    for (const int node : {from, to})
        if (positions.empty() || std::find(window, sequence.nodes.end(), node) == sequence.nodes.end())
            throw latent::RunError("Node " + std::to_string(node) +
                                   " does not occur among the last words of this prompt; take a longer "
                                   "'moved' or 'window', or another word.");
    return positions;
}

latent::Outputs Steer::outputs(const latent::Parameters& p) {
    using namespace latent;
    if (!m_session) throw latent::RunError(kSteerOpens);
    const ModelPlan& plan = m_session->plan();
    m_session->check(p.integer("placement"), p.integer("prompt"));
    layerOf(p);
    componentsOf(p);
    positionsOf(p, plan.study.sequence(p.integer("placement"), p.integer("prompt")));
    const std::vector<std::string> names = m_session->words(p.integer("placement"));
    const Dimension node = fixed("node", plan.study.nodes()), push = fixed("push", kPushes);
    Outputs o;
    declareLayout(o, plan.study.graph(), names);
    o.array("push", I32, {push})
        .label("how the word is moved")
        .categories({"not", "along the components", "in a random subspace, as far"});
    o.array("probability", F64, {push, node})
        .units("1")
        .label("probability of each word")
        .description("After the moved occurrences, mean over these; full softmax.");
    o.array("change_along", F64, {node}).units("1").label("change of the probability, along the components");
    o.array("change_random", F64, {node}).units("1").label("change of the probability, random subspace");
    o.array("own_mass", F64, {push}).units("1").label("probability of the word's own neighbours");
    o.array("target_mass", F64, {push}).units("1").label("probability of the target's neighbours");
    o.array("target", I32, {}).label("target").categories(names);
    o.array("occurrences", I64, {}).units("1").label("occurrences that were moved");
    const auto graph = [](const char* name, const char* title, const char* array) {
        return view::graph(name)
            .title(title)
            .nodes("node")
            .positions("layout_x", "layout_y")
            .edges("edges")
            .textBy("node")
            .colourBy(array)
            .colours({.map = view::Map::Diverging, .centre = 0.0, .title = "change"})
            .gesture(view::pick("icl/steer").bind("index.node", "word").label("Move this word"));
    };
    o.figure(graph("along", "What becomes more likely: moved along the components", "change_along")
                 .caption("Used components raise the neighbours of the target and lower those of the word."));
    o.figure(graph("random", "What becomes more likely: moved as far in a random subspace", "change_random"));
    o.figure(view::table("masses")
                 .title("Neighbours")
                 .column("push", "moved")
                 .column("own_mass", "own neighbours", view::Format::Fixed, 4)
                 .column("target_mass", "target's neighbours", view::Format::Fixed, 4));
    o.figure(view::text("who")
                 .words("Towards **{target}**, at {n} occurrences.")
                 .value("target", "target")
                 .value("n", "occurrences"));
    return o;
}

void Steer::answer(const latent::Parameters& p, latent::Reply& reply) {
    if (!m_session) throw latent::RunError(kSteerOpens);
    const ModelPlan& plan = m_session->plan();
    const int layer = layerOf(p), from = static_cast<int>(p.integer("word")), to = targetOf(p),
              nodes = plan.study.nodes();
    const auto goOn = [&] { return !reply.cancelled(); };
    const ReadPrompt* read = m_session->prompt(p.integer("placement"), p.integer("prompt"), goOn);
    if (!read) return;
    const std::vector<int>& sequence = read->sequence.nodes;
    const int length = static_cast<int>(sequence.size());
    ClassSums sums(nodes, plan.config.width);
    const HiddenStates& states = read->states[static_cast<std::size_t>(layer)];
    for (int t = std::max<int>(0, length - static_cast<int>(p.integer("window"))); t < length; ++t)
        sums.add(sequence[static_cast<std::size_t>(t)],
                 {states.row(t).data(), static_cast<std::size_t>(states.cols())});
    const ClassMeans means = sums.means();
    const auto [a, b] = componentsOf(p);
    const std::vector<int> positions = positionsOf(p, read->sequence);

    const Pca pca = pcaOf(means.of, std::max(a, b) + 1);
    const auto push = [&](Push how, std::uint64_t seed) -> std::vector<double> {
        const Steering steering = Steering::of(means, pca, a, b, nodes, seed);
        ReadOptions options;
        options.keepGoing = goOn;
        options.layers = {layer};
        options.onState = [&](int, int t, std::span<float> state) {
            if (std::binary_search(positions.begin(), positions.end(), t))
                steering.push(state, from, to, how, p.choice("kind") == "patch" ? Kind::Patch : Kind::Steer,
                              p.number("strength"));
        };
        const Reader::Heard heard = m_session->reader(p.integer("placement")).read(sequence, options);
        return heard.finished ? meanAt(positions, heard.probability, nodes) : std::vector<double>{};
    };
    std::vector<std::vector<double>> probability{meanAt(positions, read->probability, nodes),
                                                 push(Push::Along, p.seed()),
                                                 std::vector<double>(static_cast<std::size_t>(nodes), 0)};
    if (probability[1].empty()) return;
    for (std::int64_t k = 0; k < p.integer("subspaces"); ++k) {
        const std::vector<double> one = push(Push::Random, nthSeed(p.seed(), static_cast<std::uint64_t>(k)));
        if (one.empty()) return;
        for (std::size_t v = 0; v < one.size(); ++v)
            probability[2][v] += one[v] / static_cast<double>(p.integer("subspaces"));
    }
    const auto near = plan.study.graph().neighbours();
    std::vector<double> all, own, target, along, random;
    for (const std::vector<double>& each : probability) {
        all.insert(all.end(), each.begin(), each.end());
        double mine = 0, theirs = 0;
        for (const int v : near[static_cast<std::size_t>(from)]) mine += each[static_cast<std::size_t>(v)];
        for (const int v : near[static_cast<std::size_t>(to)]) theirs += each[static_cast<std::size_t>(v)];
        own.push_back(mine);
        target.push_back(theirs);
    }
    for (std::size_t v = 0; v < static_cast<std::size_t>(nodes); ++v)
        along.push_back(probability[1][v] - probability[0][v]),
            random.push_back(probability[2][v] - probability[0][v]);
    const auto count = static_cast<std::int64_t>(positions.size());
    const std::int32_t towards = to;
    sendLayout(plan.study.graph(),
               [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
    reply.array("push", counted(static_cast<std::size_t>(kPushes)));
    reply.array("probability", latent::ArrayView(all, {kPushes, nodes}));
    reply.array("change_along", along);
    reply.array("change_random", random);
    reply.array("own_mass", own);
    reply.array("target_mass", target);
    reply.array("target", scalar(towards));
    reply.array("occurrences", scalar(count));
}

}  // namespace icl_graphs
