// SPDX-License-Identifier: Apache-2.0
#include "experiments/geometry_record.hpp"

#include <algorithm>

namespace icl_graphs {
namespace {

using namespace latent;

const std::vector<std::string> kBand{"mean", "2.5 %", "97.5 %"};

/// Adds a context to where the figures stand.
view::Where with(const GeometryAxes& axes, view::Where more) {
    more.insert(more.begin(), axes.at.begin(), axes.at.end());
    return more;
}

}  // namespace

void addGeometryParameters(Schema& schema, std::int64_t window) {
    schema.group("Geometry")
        .add(integer("window", window).range(1, 100'000).unit("tokens").help("Class means are over the last so many tokens before the end of a context. The paper has 50; an earlier draft and later work 200."))
        .add(integer("contexts", 16).range(1, 256).unit("1").help("Ends of contexts, spaced by factors up to the length of the sequence."))
        .add(integer("first_context", 16).range(1, 100'000).unit("tokens").help("The shortest context."))
        .add(integer("components", 6).range(2, 32).unit("1").help("Principal components that are kept."))
        .add(integer("component_a", 1).range(1, 32).unit("1").help("The first of the two components that are compared with the graph, counted from 1."))
        .add(integer("component_b", 2).range(1, 32).unit("1").help("The second one. For days of the week, the calendar takes the first two."))
        .add(integer("null_draws", 100).range(0, 10'000).unit("1").help("Permutations of the labels behind the null bands; 0: none.").advanced());
}

LayerOptions layerOptionsOf(const Parameters& p) {
    LayerOptions o{static_cast<int>(p.integer("components")), static_cast<int>(p.integer("component_a")) - 1, static_cast<int>(p.integer("component_b")) - 1, static_cast<int>(p.integer("null_draws"))};
    if (o.first == o.second || o.first >= o.components || o.second >= o.components)
        throw RunError("'component_a' and 'component_b' must be two different ones of the " + std::to_string(o.components) + " components that are kept.");
    return o;
}

void declareGeometry(Outputs& o, const GeometryAxes& axes) {
    const Dimension context = fixed("context", axes.contexts), node = fixed("node", axes.nodes), component = fixed("component", axes.components), band = fixed("band", 3);
    const auto dims = [&](std::vector<Dimension> more) {
        more.insert(more.begin(), axes.lead.begin(), axes.lead.end());
        return more;
    };
    o.array("context", I64, {context}).units("tokens").label("context length");
    o.array("component", I32, {component}).label("principal component");
    o.array("band", I32, {band}).label("null").categories(kBand);
    o.array("energy", F64, dims({context})).units("1").label("Dirichlet energy").description("Equation 3: sum over ordered pairs A_ij ‖x_i − x_j‖² of the class means of nodes that were seen.");
    o.array("energy_per_edge", F64, dims({context})).units("1").label("squared distance per edge");
    o.array("energy_standardised", F64, dims({context})).units("1").label("standardised energy").description("After z-scoring each dimension over the nodes, divided by the number of dimensions.");
    o.array("rayleigh", F64, dims({context})).units("1").label("mean Rayleigh quotient").description("tr(XᵀLX)/‖X‖² of centred class means: the energy without its scale.");
    o.array("rayleigh_plane", F64, dims({context})).units("1").label("Rayleigh quotient of the two components");
    o.array("alignment", F64, dims({context, fixed("angle", 2)})).units("1").label("cosine of the principal angle").description("Between the two components and the Laplacian eigenvectors 2 and 3; larger first.");
    o.array("grid_r2", F64, dims({context})).units("1").label("Procrustes R²").description("Of the two components to the true coordinates.");
    o.array("seen", F64, dims({context})).units("nodes").label("nodes seen in the window");
    o.array("explained_variance", F64, dims({context, component})).units("1").label("share of the variance");
    o.array("pca", F64, dims({context, node, component})).units("1").label("score").description("Class means on their principal components; no number where a node was not seen.");
    o.array("rayleigh_null", F64, dims({context, band})).units("1").label("Rayleigh quotient, permuted labels");
    o.array("alignment_null", F64, dims({context, band})).units("1").label("smaller cosine, permuted labels").description("With the same two components.");
    o.array("grid_r2_null", F64, dims({context, band})).units("1").label("Procrustes R², permuted labels");
}

void addGeometryFigures(Outputs& o, const GeometryAxes& axes) {
    const view::Selector here = view::cursor("context");
    const auto score = [&](int k) { return view::Selection("pca", with(axes, {{"context", here}, {"component", k}})); };
    const auto tied = [&](auto figure, bool scrubber, bool context = true) {
        for (const auto& [dimension, selector] : axes.at) figure.cursor(dimension, dimension, scrubber);
        if (context) figure.cursor("context", "context", scrubber);
        return figure;
    };
    o.figure(tied(view::graph("map").title("The map of words: components 1 and 2").caption("Class means, joined where the graph has edges. Words without a place were not seen in the window.").group("Map").nodes("node").positions(score(0), score(1)).edges("edges").textBy("node"), true));
    if (axes.components >= 4) o.figure(tied(view::graph("map_later").title("Components 3 and 4").caption("With days of the week, the calendar takes the first two and the ring of the context these.").group("Map").nodes("node").positions(score(2), score(3)).edges("edges").textBy("node"), false));
    const auto curve = [&](const char* name, const char* title, const char* axis) {
        return view::lines(name).title(title).group("Over the context").x("context", {.title = "context length", .unit = "tokens", .scale = view::Log}).y({.title = axis});
    };
    const auto nullBand = [&](const char* array) { return view::series(array, with(axes, {{"band", 0}})).band({array, with(axes, {{"band", 1}})}, {array, with(axes, {{"band", 2}})}).label("permuted labels").role(view::Role::Muted).style(view::Style::Dashed); };
    o.figure(tied(curve("rayleigh_context", "Energy without its scale", "mean Rayleigh quotient").caption("A map of the graph lies below the isotropic line; the permuted labels lie on it.").series(view::series("rayleigh", with(axes, {})).label("class means"))
                      .series(view::series("rayleigh_plane", with(axes, {})).label("the two components").role(view::Role::Secondary)).series(nullBand("rayleigh_null"))
                      .referenceY(view::Selection("rayleigh_minimal"), "λ₂").referenceY(view::Selection("rayleigh_isotropic"), "isotropic").referenceY(view::Selection("rayleigh_maximal"), "λₙ"), false));
    o.figure(tied(curve("energy_context", "Dirichlet energy, standardised", "standardised energy").series(view::series("energy_standardised", with(axes, {})).label("class means")), false));
    o.figure(tied(curve("energy_raw_context", "Dirichlet energy, raw", "energy").caption("Grows with the size of the states, so compare it within a layer only.").series(view::series("energy", with(axes, {})).label("class means")), false));
    o.figure(tied(curve("alignment_context", "Alignment with the graph", "cosine").caption("With the plane of Laplacian eigenvectors 2 and 3; both cosines 1: the same plane.").series(view::series("alignment", with(axes, {{"angle", 0}})).label("larger"))
                      .series(view::series("alignment", with(axes, {{"angle", 1}})).label("smaller").role(view::Role::Accent)).series(nullBand("alignment_null")), false));
    o.figure(tied(curve("grid_r2_context", "Do the coordinates lie in it?", "Procrustes R²").series(view::series("grid_r2", with(axes, {})).label("class means")).series(nullBand("grid_r2_null")), false));
    o.figure(tied(curve("explained_context", "Share of the variance", "share").series(view::series("explained_variance", with(axes, {})).family("component").label("component")), false));
}

void publishGeometry(Job& job, const GeometryAxes& axes, const std::vector<LayerGeometry>& inner) {
    const auto contexts = static_cast<std::int64_t>(axes.contexts);
    const auto put = [&](const char* name, std::vector<double> LayerGeometry::* member, std::vector<std::int64_t> tail) {
        std::vector<double> all;
        for (const LayerGeometry& g : inner) all.insert(all.end(), (g.*member).begin(), (g.*member).end());
        std::vector<std::int64_t> shape{1};
        if (axes.lead.size() > 1) shape.push_back(static_cast<std::int64_t>(inner.size()));
        shape.push_back(contexts);
        shape.insert(shape.end(), tail.begin(), tail.end());
        job.publish(name, {all, shape});
    };
    put("energy", &LayerGeometry::energy, {});
    put("energy_per_edge", &LayerGeometry::energyPerEdge, {});
    put("energy_standardised", &LayerGeometry::energyStandardised, {});
    put("rayleigh", &LayerGeometry::rayleigh, {});
    put("rayleigh_plane", &LayerGeometry::rayleighPlane, {});
    put("alignment", &LayerGeometry::alignment, {2});
    put("grid_r2", &LayerGeometry::gridR2, {});
    put("seen", &LayerGeometry::seen, {});
    put("explained_variance", &LayerGeometry::explainedVariance, {axes.components});
    put("pca", &LayerGeometry::pca, {axes.nodes, axes.components});
    put("rayleigh_null", &LayerGeometry::rayleighNull, {3});
    put("alignment_null", &LayerGeometry::alignmentNull, {3});
    put("grid_r2_null", &LayerGeometry::gridR2Null, {3});
}

}  // namespace icl_graphs
