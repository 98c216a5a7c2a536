// SPDX-License-Identifier: Apache-2.0
// Figures over the arrays of geometry_record.cpp. Each shows what was measured beside what permuted labels, shuffled tokens and fitted mixing give.
#include "experiments/geometry_record.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

/// Adds more selectors to where the figures stand.
view::Where with(const GeometryAxes& axes, view::Where more) {
    more.insert(more.begin(), axes.at.begin(), axes.at.end());
    return more;
}

view::Lines curve(const std::string& name, const char* title, const char* axis) {
    return view::lines(name)
        .title(title)
        .group("Over the context")
        .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
        .y({.title = axis});
}

view::Series band(const GeometryAxes& axes, const std::string& array, const char* label) {
    return view::series(array, with(axes, {{"band", 0}}))
        .band({array, with(axes, {{"band", 1}})}, {array, with(axes, {{"band", 2}})})
        .label(label);
}

/// The nulls of one measured array.
void addNulls(view::Lines& figure, const GeometryAxes& axes, const std::string& measured) {
    figure.series(
        band(axes, measured + "_null", "permuted labels").role(view::Role::Muted).style(view::Style::Dashed));
    figure.series(view::series(measured + "_shuffled", with(axes, {}))
                      .label(axes.shuffled)
                      .role(view::Role::Muted)
                      .style(view::Style::Dotted));
    figure.series(band(axes, measured + "_mixing", "mixing as fitted")
                      .role(view::Role::Reference)
                      .style(view::Style::Dashed));
}

template <class Figure>
Figure tied(Figure figure, const GeometryAxes& axes, bool scrubber) {
    for (const auto& [dimension, selector] : axes.at) figure.cursor(dimension, dimension, scrubber);
    figure.cursor("context", "context", scrubber);
    return figure;
}

view::Graph map(const GeometryAxes& axes, const char* name, const char* array, int first) {
    const auto score = [&](int k) {
        return view::Selection(array, with(axes, {{"context", view::cursor("context")}, {"component", k}}));
    };
    return view::graph(name)
        .group("Map")
        .nodes("node")
        .positions(score(first), score(first + 1))
        .edges("edges")
        .textBy("node");
}

/// The same class means on both graphs of a mixture.
void addSecondGraphFigures(Outputs& o, const GeometryAxes& axes) {
    o.figure(tied(map(axes, "map_second", "pca", 0)
                      .edges("edges_second")
                      .title("The map of words, edges of the second graph")
                      .caption("The same places; edges are short where the map is of this graph."),
                  axes, false));
    const auto both = [&](const char* name, const char* title, const char* axis, const char* caption,
                          const view::Series& first, const std::string& measured) {
        return curve(name, title, axis)
            .caption(caption)
            .series(first)
            .series(view::series(measured + "_second", with(axes, {}))
                        .label("second graph")
                        .role(view::Role::Accent))
            .series(band(axes, measured + "_null", "first graph, permuted labels")
                        .role(view::Role::Muted)
                        .style(view::Style::Dotted))
            .series(band(axes, measured + "_second_null", "second graph, permuted labels")
                        .role(view::Role::Muted)
                        .style(view::Style::Dashed));
    };
    view::Lines rayleigh = both(
        "rayleigh_both", "On both graphs", "Rayleigh quotient",
        "Each is compared with the isotropic value of its own graph: below it the map is one of that graph.",
        view::series("rayleigh", with(axes, {})).label("first graph"), "rayleigh");
    o.figure(tied(rayleigh.referenceY(view::Selection("rayleigh_isotropic"), "isotropic, first")
                      .referenceY(view::Selection("rayleigh_second_isotropic"), "isotropic, second"),
                  axes, false));
    o.figure(
        tied(both("alignment_both", "Alignment with both graphs", "smaller cosine",
                  "With the plane of the lowest Laplacian eigenvectors of each.",
                  view::series("alignment", with(axes, {{"angle", 1}})).label("first graph"), "alignment"),
             axes, false));
}

}  // namespace

void addGeometryFigures(Outputs& o, const GeometryAxes& axes) {
    view::Graph first = map(axes, "map", "pca", 0);
    first.title("The map of words: components 1 and 2")
        .caption(
            "Class means, joined where the graph has edges. Words without a place were not seen in the "
            "window.");
    if (axes.looks)
        first.gesture(view::pick("icl/look").bind("index.node", "word").label("Occurrences of this word"));
    o.figure(tied(first, axes, true));
    if (axes.components >= 4)
        o.figure(tied(map(axes, "map_later", "pca", 2)
                          .title("Components 3 and 4")
                          .caption("With days of the week, the calendar takes the first two and the ring of "
                                   "the context these."),
                      axes, false));
    o.figure(tied(map(axes, "map_shuffled", "pca_shuffled", 0)
                      .title("The same, " + axes.shuffled)
                      .caption("What components 1 and 2 look like where there is no map."),
                  axes, false));

    view::Lines rayleigh = curve("rayleigh_context", "Energy without its scale", "mean Rayleigh quotient");
    rayleigh
        .caption(
            "A map of the graph lies below the isotropic value of the words seen; permuted labels lie on it. "
            "Below "
            "'mixing as fitted' it is more than copies of the word before.")
        .series(view::series("rayleigh", with(axes, {})).label("class means"));
    rayleigh
        .series(view::series("rayleigh_plane", with(axes, {}))
                    .label("the two components")
                    .role(view::Role::Secondary))
        .series(view::series("beyond_mixing", with(axes, {}))
                    .label("without the word before")
                    .role(view::Role::Accent))
        .series(view::series("rayleigh_isotropic_seen", with(axes, {}))
                    .label("isotropic, of the words seen")
                    .role(view::Role::Muted));
    addNulls(rayleigh, axes, "rayleigh");
    o.figure(tied(rayleigh.referenceY(view::Selection("rayleigh_minimal"), "λ₂")
                      .referenceY(view::Selection("rayleigh_isotropic"), "isotropic")
                      .referenceY(view::Selection("rayleigh_maximal"), "λₙ"),
                  axes, false));

    if (axes.twoGraphs) addSecondGraphFigures(o, axes);

    view::Lines standardised =
        curve("energy_context", "Dirichlet energy, standardised", "standardised energy");
    standardised.series(view::series("energy_standardised", with(axes, {})).label("class means"));
    addNulls(standardised, axes, "energy_standardised");
    o.figure(tied(standardised, axes, false));

    view::Lines raw = curve("energy_raw_context", "Dirichlet energy, raw", "energy");
    raw.caption("Grows with the size of the states, so compare it within a layer only.")
        .series(view::series("energy", with(axes, {})).label("class means"));
    addNulls(raw, axes, "energy");
    o.figure(tied(raw, axes, false));

    view::Lines alignment = curve("alignment_context", "Alignment with the graph", "cosine");
    alignment.caption("With the plane of Laplacian eigenvectors 2 and 3; both cosines 1: the same plane.")
        .series(view::series("alignment", with(axes, {{"angle", 0}})).label("larger"))
        .series(
            view::series("alignment", with(axes, {{"angle", 1}})).label("smaller").role(view::Role::Accent));
    addNulls(alignment, axes, "alignment");
    o.figure(tied(alignment, axes, false));

    view::Lines r2 = curve("grid_r2_context", "Do the coordinates lie in it?", "Procrustes R²");
    r2.series(view::series("grid_r2", with(axes, {})).label("class means"));
    addNulls(r2, axes, "grid_r2");
    o.figure(tied(r2, axes, false));

    view::Lines explained = curve("explained_context", "Share of the variance", "share");
    explained.caption("Permuted labels leave these shares as they are.");
    explained.series(
        view::series("explained_variance", with(axes, {})).family("component").label("component"));
    explained.series(view::series("explained_variance_shuffled", with(axes, {{"component", 0}}))
                         .label("first component, " + axes.shuffled)
                         .role(view::Role::Muted)
                         .style(view::Style::Dotted));
    explained.series(band(axes, "explained_variance_mixing", "first component, mixing as fitted")
                         .role(view::Role::Reference)
                         .style(view::Style::Dashed));
    o.figure(tied(explained, axes, false));
}

void addGeometryMaps(Outputs& o, const GeometryAxes& axes) {
    view::Where at;
    for (const auto& [dimension, selector] : axes.at)
        if (dimension != "layer") at.emplace_back(dimension, selector);
    const auto add = [&](const std::string& name, const std::string& title, const std::string& array,
                         view::Where more, const view::Colours& colours) {
        more.insert(more.begin(), at.begin(), at.end());
        view::Heatmap figure = view::heatmap(name)
                                   .title(title)
                                   .group("Over the layers")
                                   .z(array, more)
                                   .across("context")
                                   .down("layer")
                                   .upwards()
                                   .colours(colours);
        for (const auto& [dimension, selector] : axes.at) figure.cursor(dimension, dimension);
        o.figure(figure.cursor("context", "context"));
    };
    const view::Colours cosine{.limits = {0.0, 1.0}, .title = "smaller cosine"},
        r2{.limits = {0.0, 1.0}, .title = "R²"};
    add("rayleigh_map", "Energy without its scale, layer × context", "rayleigh", {}, {.title = "Rayleigh"});
    add("rayleigh_null_map", "Permuted labels: 2.5 % lie below", "rayleigh_null", {{"band", 1}},
        {.title = "Rayleigh"});
    add("alignment_map", "Alignment with the graph, layer × context", "alignment", {{"angle", 1}}, cosine);
    add("alignment_null_map", "Permuted labels: 2.5 % lie above", "alignment_null", {{"band", 2}}, cosine);
    add("grid_r2_map", "Procrustes R², layer × context", "grid_r2", {}, r2);
    add("grid_r2_null_map", "Permuted labels: 2.5 % lie above", "grid_r2_null", {{"band", 2}}, r2);
}

}  // namespace icl_graphs
