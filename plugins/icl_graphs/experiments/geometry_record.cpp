// SPDX-License-Identifier: Apache-2.0
#include "experiments/geometry_record.hpp"

#include <algorithm>

namespace icl_graphs {
namespace {

using namespace latent;

constexpr int kMostMixingDraws = 40;  // each makes a map of its own

/// What nulls are given of; `alignment` stands for the smaller cosine.
const std::vector<std::pair<std::string, std::string>> kMeasured{
    {"energy", "energy"},
    {"energy_standardised", "standardised energy"},
    {"rayleigh", "Rayleigh quotient"},
    {"alignment", "smaller cosine"},
    {"grid_r2", "Procrustes R²"}};

}  // namespace

void declareBand(Outputs& o) {
    o.array("band", I32, {fixed("band", 3)}).label("null").categories({"mean", "2.5 %", "97.5 %"});
}

void addGeometryParameters(Schema& schema, std::int64_t window) {
    schema.group("Geometry")
        .add(integer("window", window)
                 .range(1, 100'000)
                 .unit("words")
                 .help("Class means are over the last so many words before the end of a context. The paper "
                       "has 50; an earlier draft and later work 200."))
        .add(integer("contexts", 16)
                 .range(1, 256)
                 .unit("1")
                 .help("Ends of contexts, spaced by factors up to the length of the sequence."))
        .add(integer("first_context", 16).range(1, 100'000).unit("words").help("The shortest context."))
        .add(integer("components", 6)
                 .range(2, 32)
                 .unit("1")
                 .help("Principal components that are kept, as far as there are: one less than words."))
        .add(integer("component_a", 1)
                 .range(1, 32)
                 .unit("1")
                 .help("The first of the two components that are compared with the graph, counted from 1."))
        .add(integer("component_b", 2)
                 .range(1, 32)
                 .unit("1")
                 .help("The second one. For days of the week, the calendar takes the first two."))
        .add(integer("null_draws", 100)
                 .range(0, 10'000)
                 .unit("1")
                 .help("Permutations of the labels behind the null bands; 0: none. The band of fitted mixing "
                       "has at most 40.")
                 .advanced());
}

LayerOptions layerOptionsOf(const Parameters& p, int nodes, int dim) {
    const int exist = std::min(nodes - 1, dim);
    LayerOptions o{std::min(static_cast<int>(p.integer("components")), exist),
                   static_cast<int>(p.integer("component_a")) - 1,
                   static_cast<int>(p.integer("component_b")) - 1, static_cast<int>(p.integer("null_draws")),
                   static_cast<int>(std::min<std::int64_t>(p.integer("null_draws"), kMostMixingDraws))};
    for (const char* name : {"component_a", "component_b"})
        if (p.integer(name) > exist)
            throw RunError("A map of " + std::to_string(nodes) + " words in " + std::to_string(dim) +
                           " dimensions has " + std::to_string(exist) + " principal components; '" + name +
                           "' asks for number " + std::to_string(p.integer(name)) + ".");
    if (o.first == o.second || o.first >= o.components || o.second >= o.components)
        throw RunError("'component_a' and 'component_b' must be two different ones of the " +
                       std::to_string(o.components) + " components that are kept.");
    return o;
}

void declareGeometry(Outputs& o, const GeometryAxes& axes) {
    const Dimension context = fixed("context", axes.contexts), node = fixed("node", axes.nodes),
                    component = fixed("component", axes.components), band = fixed("band", 3);
    const auto dims = [&](std::vector<Dimension> more) {
        more.insert(more.begin(), axes.lead.begin(), axes.lead.end());
        return more;
    };
    o.array("context", I64, {context})
        .units("words")
        .label("context length")
        .description("In words of the graph; other tokens are not counted.");
    o.array("component", I32, {component}).label("principal component");
    declareBand(o);
    const std::string which =
        axes.twoGraphs ? " Of the first of the two graphs; what is known of the second is in *_second." : "";
    o.array("energy", F64, dims({context}))
        .units("1")
        .label("Dirichlet energy")
        .description(
            "Equation 3: sum over ordered pairs A_ij ‖x_i − x_j‖² of the class means of nodes that were "
            "seen." +
            which);
    o.array("energy_per_edge", F64, dims({context})).units("1").label("squared distance per edge");
    o.array("energy_standardised", F64, dims({context}))
        .units("1")
        .label("standardised energy")
        .description("After z-scoring each dimension over the nodes, divided by the number of dimensions.");
    o.array("rayleigh", F64, dims({context}))
        .units("1")
        .label("mean Rayleigh quotient")
        .description("tr(XᵀLX)/‖X‖² of centred class means: the energy without its scale." + which);
    o.array("rayleigh_isotropic_seen", F64, dims({context}))
        .units("1")
        .label("isotropic, of the words seen")
        .description(
            "tr(L)/(n−1) of the graph of the nodes seen in the window: what `rayleigh` is compared with.");
    o.array("rayleigh_plane", F64, dims({context}))
        .units("1")
        .label("Rayleigh quotient of the two components");
    o.array("alignment", F64, dims({context, fixed("angle", 2)}))
        .units("1")
        .label("cosine of the principal angle")
        .description(
            "Between the two components and the Laplacian eigenvectors 2 and 3, with those that have the "
            "value of the third; larger first. No number where the two components do not both exist." +
            which);
    o.array("grid_r2", F64, dims({context}))
        .units("1")
        .label("Procrustes R²")
        .description("Of the two components to the true coordinates." + which);
    o.array("seen", F64, dims({context})).units("nodes").label("nodes seen in the window");
    o.array("explained_variance", F64, dims({context, component})).units("1").label("share of the variance");
    o.array("pca", F64, dims({context, node, component}))
        .units("1")
        .label("score")
        .description("Class means on their principal components; no number where a node was not seen.");
    o.array("beyond_mixing", F64, dims({context}))
        .units("1")
        .label("Rayleigh quotient without the word before")
        .description(
            "Of the class means less what a fit in the window gives to the word before, the noise of tokens "
            "taken "
            "out; the isotropic value of the whole graph where no map is left. No number where states of "
            "single "
            "tokens are not known, or the words' own parts do not stand out of the noise." +
            which);
    o.array("mixing_explained", F64, dims({context}))
        .units("1")
        .label("share explained by the word before")
        .description(
            "Of the variance of states within a word, in the window; adjusted for what a fit explains of "
            "noise, so that nothing is 0 on average.");
    for (const auto& [name, label] : kMeasured) {
        o.array(name + "_null", F64, dims({context, band}))
            .units("1")
            .label(label + ", permuted labels")
            .description("With the same layer and the same two components.");
        o.array(name + "_shuffled", F64, dims({context})).units("1").label(label + ", " + axes.shuffled);
        o.array(name + "_mixing", F64, dims({context, band}))
            .units("1")
            .label(label + ", mixing as fitted")
            .description(
                "Words with their own parts and their copies in other places of the graph, on the same "
                "walk.");
    }
    if (axes.twoGraphs) {
        for (const auto& [name, label] :
             {std::pair{"energy_second", "Dirichlet energy, second graph"},
              {"rayleigh_second", "mean Rayleigh quotient, second graph"},
              {"rayleigh_isotropic_seen_second", "isotropic, of the words seen, second graph"},
              {"alignment_second", "smaller cosine, second graph"}})
            o.array(name, F64, dims({context})).units("1").label(label);
        for (const auto& [name, label] : {std::pair{"rayleigh_second_null", "Rayleigh quotient"},
                                          {"alignment_second_null", "smaller cosine"}})
            o.array(name, F64, dims({context, band}))
                .units("1")
                .label(std::string(label) + ", second graph, permuted labels");
    }
    o.array("rayleigh_isotropic_shuffled", F64, dims({context}))
        .units("1")
        .label("isotropic, of the words seen, " + axes.shuffled);
    o.array("explained_variance_mixing", F64, dims({context, band}))
        .units("1")
        .label("share of the variance on the first component, mixing as fitted")
        .description("Permuted labels leave it as it is.");
    o.array("explained_variance_shuffled", F64, dims({context, component}))
        .units("1")
        .label("share of the variance, " + axes.shuffled);
    o.array("pca_shuffled", F64, dims({context, node, component}))
        .units("1")
        .label("score, " + axes.shuffled);
}

void publishGeometry(Job& job, const GeometryAxes& axes, const std::vector<LayerGeometry>& inner,
                     const std::vector<LayerGeometry>& shuffled, const std::vector<LayerGeometry>& second) {
    const auto contexts = static_cast<std::int64_t>(axes.contexts);
    const auto put = [&](const std::string& name, const std::vector<LayerGeometry>& of, const auto& member,
                         std::vector<std::int64_t> tail) {
        std::vector<double> all;
        for (const LayerGeometry& g : of) all.insert(all.end(), member(g).begin(), member(g).end());
        std::vector<std::int64_t> shape{1};
        if (axes.lead.size() > 1) shape.push_back(static_cast<std::int64_t>(of.size()));
        shape.push_back(contexts);
        shape.insert(shape.end(), tail.begin(), tail.end());
        job.publish(name, {all, shape});
    };
    using G = LayerGeometry;
    using B = LayerGeometry::Bands;
    const auto of = [](std::vector<double> G::*member) {
        return [member](const G& g) -> const std::vector<double>& { return g.*member; };
    };
    for (const auto& [name, member] : {std::pair{"energy", &G::energy},
                                       {"energy_per_edge", &G::energyPerEdge},
                                       {"energy_standardised", &G::energyStandardised},
                                       {"rayleigh", &G::rayleigh},
                                       {"rayleigh_plane", &G::rayleighPlane},
                                       {"grid_r2", &G::gridR2},
                                       {"seen", &G::seen},
                                       {"rayleigh_isotropic_seen", &G::isotropic},
                                       {"beyond_mixing", &G::rayleighBeyond},
                                       {"mixing_explained", &G::mixingExplained}})
        put(name, inner, of(member), {});
    put("alignment", inner, of(&G::alignment), {2});
    put("explained_variance", inner, of(&G::explainedVariance), {axes.components});
    put("pca", inner, of(&G::pca), {axes.nodes, axes.components});
    for (const auto& [name, member] : {std::pair{"energy", &B::energy},
                                       {"energy_standardised", &B::energyStandardised},
                                       {"rayleigh", &B::rayleigh},
                                       {"alignment", &B::alignment},
                                       {"grid_r2", &B::gridR2}}) {
        put(std::string(name) + "_null", inner,
            [m = member](const G& g) -> const std::vector<double>& { return g.permuted.*m; }, {3});
        put(std::string(name) + "_mixing", inner,
            [m = member](const G& g) -> const std::vector<double>& { return g.mixing.*m; }, {3});
    }
    for (const auto& [name, member] : {std::pair{"energy_shuffled", &G::energy},
                                       {"energy_standardised_shuffled", &G::energyStandardised},
                                       {"rayleigh_shuffled", &G::rayleigh},
                                       {"rayleigh_isotropic_shuffled", &G::isotropic},
                                       {"grid_r2_shuffled", &G::gridR2}})
        put(name, shuffled, of(member), {});
    const auto putSmaller = [&](const char* name, std::vector<LayerGeometry> smaller) {  // of the two cosines
        for (LayerGeometry& g : smaller)
            for (std::size_t c = 0; c < axes.contexts; ++c) g.seen[c] = g.alignment[2 * c + 1];
        put(name, smaller, of(&G::seen), {});
    };
    putSmaller("alignment_shuffled", shuffled);
    if (axes.twoGraphs) {
        for (const auto& [name, member] : {std::pair{"energy_second", &G::energy},
                                           {"rayleigh_second", &G::rayleigh},
                                           {"rayleigh_isotropic_seen_second", &G::isotropic}})
            put(name, second, of(member), {});
        putSmaller("alignment_second", second);
        for (const auto& [name, member] :
             {std::pair{"rayleigh_second_null", &B::rayleigh}, {"alignment_second_null", &B::alignment}})
            put(name, second,
                [m = member](const G& g) -> const std::vector<double>& { return g.permuted.*m; }, {3});
    }
    put("explained_variance_mixing", inner,
        [](const G& g) -> const std::vector<double>& { return g.mixing.explained; }, {3});
    put("explained_variance_shuffled", shuffled, of(&G::explainedVariance), {axes.components});
    put("pca_shuffled", shuffled, of(&G::pca), {axes.nodes, axes.components});
}

}  // namespace icl_graphs
