// SPDX-License-Identifier: Apache-2.0
#include "experiments/clusters_source.hpp"

#include <algorithm>

#include "experiments/cluster_parameters.hpp"
#include "experiments/node_names.hpp"

namespace concept_space {
namespace {

/// Enough to see the shape of a cluster, few enough to draw while a slider moves.
constexpr int kPreviewSamples = 300;

std::vector<std::string> clusterNames(const ClusterSpec& spec) {
    std::vector<std::string> names;
    for (int i = 1; i <= spec.concepts(); ++i) names.push_back("concept " + std::to_string(i));
    if (spec.originCluster) names.push_back("origin");
    return names;
}

/// Rows of `x` [count, dim] in the basis of the concepts: [count, s].
std::vector<float> inConcepts(const ClusterSpec& spec, const std::vector<float>& x,
                              const std::vector<double>& rotation) {
    const auto dim = static_cast<std::size_t>(spec.dim), s = spec.mu.size();
    std::vector<float> coordinates;
    coordinates.reserve(x.size() / dim * s);
    for (std::size_t row = 0; row < x.size(); row += dim)
        for (std::size_t concept_ = 0; concept_ < s; ++concept_) {
            double sum = 0;
            for (std::size_t i = 0; i < dim; ++i)
                sum += static_cast<double>(x[row + i]) * rotation[concept_ * dim + i];
            coordinates.push_back(static_cast<float>(sum));
        }
    return coordinates;
}

/// Gives the small arrays to `send(name, view)`: what the preview and the data set share.
template <class Send>
void describe(const ClusterSpec& spec, const ClusterData& data, const Send& send) {
    const auto s = static_cast<std::int64_t>(spec.mu.size()), nodes = std::int64_t{1} << s;
    const std::vector<float> position = inConcepts(spec, data.x, data.rotation);
    const std::vector<std::int32_t> cluster(data.cluster.begin(), data.cluster.end());
    const std::vector<float> node = inConcepts(spec, nodePoints(spec, data.rotation), data.rotation);
    const std::vector<double> moment = secondMoments(spec);
    send("position", latent::ArrayView(position, {static_cast<std::int64_t>(cluster.size()), s}));
    send("cluster", latent::ArrayView(cluster));
    send("node_position", latent::ArrayView(node, {nodes, s}));
    send("second_moment", latent::ArrayView(moment));
}

}  // namespace

latent::Schema ClustersSource::parameters() {
    using namespace latent;
    return Schema{}
        .add(integer("dim", 64).range(1, 1024).unit("1").help("Ambient dimensions d."))
        .add(numbers("mu", {1, 2})
                 .range(1e-6, 1e3)
                 .length(1, 10)
                 .unit("1")
                 .help("Distances of the clusters from the origin: the strengths of the concept signals. "
                       "At most `dim` entries."))
        .add(numbers("variance", {0.05})
                 .range(0, 1e6)
                 .length(1, 10)
                 .unit("1")
                 .optional()
                 .help("Variance of each concept inside a cluster (the paper's code calls it sigma). One "
                       "entry serves all."))
        .add(numbers("sigma")
                 .range(0, 1e3)
                 .length(1, 10)
                 .unit("1")
                 .optional()
                 .exclusiveWith("variance")
                 .help("The same as standard deviations."))
        .add(flag("origin_cluster", true)
                 .help("One more cluster at the origin, as the two-concept task of the code has it."))
        .add(integer("samples_per_cluster", 5000)
                 .range(1, 1'000'000)
                 .unit("1")
                 .help("Drawn once and shuffled once."))
        .add(number("noise", 0)
                 .range(0, 100)
                 .unit("1")
                 .help("Standard deviation of the other coordinates.")
                 .advanced())
        .add(flag("rotation", true).help("Turns the data by a random orthogonal matrix."))
        .add(flag("truncation", false)
                 .help("Rejects samples nearer than min(mu)/2 to the unseen combination (control of figure "
                       "16). Takes two concepts or more."))
        .add(seed("seed", 2333).help("Draws the samples and the rotation."))
        .preset("smoke", {{"dim", 4}, {"samples_per_cluster", 64}})
        .preset("laptop", {{"samples_per_cluster", 1000}})
        .preset("paper", {});
}

latent::Outputs ClustersSource::outputs(const latent::Parameters& p) {
    using namespace latent;
    const ClusterSpec spec = clusterSpecOf(p);
    const auto s = static_cast<std::int64_t>(spec.mu.size());
    // The preview holds fewer samples than the data set, so the dimension is declared as one that grows.
    const Dimension sample = grows("sample"), coordinate = fixed("coordinate", s),
                    node = fixed("node", std::int64_t{1} << s);
    Outputs o;
    o.array("position", F32, {sample, coordinate})
        .units("1")
        .label("coordinate")
        .description("Samples in the basis of the concepts.");
    o.array("cluster", I32, {sample}).label("cluster").categories(clusterNames(spec));
    o.array("node", I32, {node}).label("combination").categories(nodeNames(static_cast<int>(s)));
    o.array("node_position", F32, {node, coordinate})
        .units("1")
        .label("coordinate")
        .description("Σ v_p mu_p e_p; the last is the combination that is never seen.");
    o.array("second_moment", F64, {fixed("concept", s)})
        .units("1")
        .label("second moment a_p")
        .description("mu_p²/clusters + variance_p: concept p is learned at this rate.");
    o.array("x", F32, {grows("row"), fixed("dim", spec.dim)})
        .units("1")
        .label("input")
        .description("The data set, only in a run.");
    if (s >= 2)
        o.figure(view::points("clusters")
                     .title("Training clusters and compositions")
                     .caption("Networks see the clusters; stars are the combinations, of which those of "
                              "several concepts are never seen.")
                     .series(view::xy(view::Selection("position", {{"coordinate", 0}}),
                                      view::Selection("position", {{"coordinate", 1}}))
                                 .label("samples")
                                 .colourBy("cluster"))
                     .series(view::xy(view::Selection("node_position", {{"coordinate", 0}}),
                                      view::Selection("node_position", {{"coordinate", 1}}))
                                 .label("compositions")
                                 .marker(view::Marker::Star)
                                 .role(view::Role::Reference)
                                 .textBy("node"))
                     .colours({.map = view::Map::Categorical})
                     .xAxis({.title = "concept 1"})
                     .yAxis({.title = "concept 2"})
                     .equalAspect());
    o.figure(view::table("moments")
                 .title("What decides the order of learning")
                 .column("second_moment", "second moment a_p"));
    return o;
}

void ClustersSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    ClusterSpec spec = clusterSpecOf(p);
    spec.samplesPerCluster = std::min(spec.samplesPerCluster, kPreviewSamples);
    const ClusterData data = makeClusters(spec);
    describe(spec, data, [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
    std::vector<std::int32_t> node(std::size_t{1} << spec.mu.size());
    for (std::size_t v = 0; v < node.size(); ++v) node[v] = static_cast<std::int32_t>(v);
    reply.array("node", node);
}

void ClustersSource::run(const latent::Parameters& p, latent::Job& job) {
    const ClusterSpec spec = clusterSpecOf(p);
    const ClusterData data = makeClusters(spec);
    describe(spec, data, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
    std::vector<std::int32_t> node(std::size_t{1} << spec.mu.size());
    for (std::size_t v = 0; v < node.size(); ++v) node[v] = static_cast<std::int32_t>(v);
    job.publish("node", node);
    job.publish("x", latent::ArrayView(data.x, {static_cast<std::int64_t>(data.cluster.size()), spec.dim}));
    job.progress(1, 1, "made");
}

}  // namespace concept_space
