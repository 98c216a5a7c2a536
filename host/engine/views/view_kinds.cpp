// SPDX-License-Identifier: Apache-2.0
// What each kind of figure needs of its selections.
#include <algorithm>

#include "engine/views/view_checker.hpp"

namespace latent::engine {

void ViewChecker::checkKind() {
    const auto& kind = m_view.at("kind").get_ref<const std::string&>();
    if (kind == "lines")
        lines();
    else if (kind == "points")
        clouds(false);
    else if (kind == "trajectory")
        clouds(true);
    else if (kind == "heatmap" || kind == "image")
        picture({});
    else if (kind == "image_grid")
        picture({"tiles", "tile_rows", "tile_columns"});
    else if (kind == "graph")
        graph();
    else if (kind == "histogram")
        histogram();
    else if (kind == "table")
        table();
    else if (kind == "text")
        text();
    references();
}

void ViewChecker::references() {
    if (!m_view.contains("references")) return;
    for (std::size_t i = 0; i < m_view["references"].size(); ++i) {
        const json& line = m_view["references"][i];
        const std::string path = pathOf("references", i);
        if (line.contains("value") && line["value"].is_object())
            single(selectIn(line, "value", path), path + ".value");
    }
}

/// Colour by an array that varies over what is drawn, or by one of the drawn dimensions.
void ViewChecker::colour(const json& series, const Remaining& drawn, const std::string& path) {
    const auto found = series.find("colour");
    if (found == series.end()) return;
    if (!found->contains("dimension"))
        return within(select(*found, path + ".colour"), drawn, path + ".colour", "the series");
    if (drawn) oneOf(*drawn, *found, "dimension", path + ".colour");
}

/// The drawn dimensions without the one that makes a family of curves.
std::vector<DimensionModel> ViewChecker::withoutFamily(const json& series, const Remaining& drawn,
                                                       const std::string& path) {
    if (!drawn) return {};
    std::vector<DimensionModel> dims = *drawn;
    if (oneOf(dims, series, "family", path)) {
        dims.erase(std::remove_if(dims.begin(), dims.end(),
                                  [&](const auto& d) { return series["family"] == json(d.name); }),
                   dims.end());
    }
    return dims;
}

void ViewChecker::lines() {
    const Remaining x = selectIn(m_view, "x", "");
    for (std::size_t i = 0; i < m_view["series"].size(); ++i) {
        const json& series = m_view["series"][i];
        const std::string path = pathOf("series", i);
        const Remaining y = selectIn(series, "y", path);
        const auto along = withoutFamily(series, y, path);
        if (y && along.size() != 1) {
            say(path + ".y",
                "leaves the dimensions " + dimensionWords(along) + "; a line needs exactly one" +
                    (along.size() > 1 ? ": fix the others by an index or a cursor, or make one the family."
                                      : "."));
        }
        const Remaining ownX = selectIn(series, "x", path);
        if (series.contains("x"))
            within(ownX, y, path + ".x", "y");
        else if (x)
            within(x, y, "x", ("y of series " + std::to_string(i)).c_str());
        if (series.contains("low") != series.contains("high"))
            say(path, "a band needs both \"low\" and \"high\".");
        for (const char* side : {"low", "high"}) {
            if (series.contains(side))
                sameDimensions(selectIn(series, side, path), y, pathOf(path, side), "y");
        }
        colour(series, y, path);
        if (series.contains("colour") && !series.contains("family"))
            say(path + ".colour", "colours the lines of a family, but there is no \"family\".");
    }
}

/// Points and trajectories: the same parts, but a path runs along one dimension.
void ViewChecker::clouds(bool isPath) {
    for (std::size_t i = 0; i < m_view["series"].size(); ++i) {
        const json& series = m_view["series"][i];
        const std::string path = pathOf("series", i);
        const Remaining x = selectIn(series, "x", path);
        sameDimensions(selectIn(series, "y", path), x, path + ".y", "x");
        if (series.contains("z")) sameDimensions(selectIn(series, "z", path), x, path + ".z", "x");
        for (const char* part : {"size", "text"}) {
            if (series.contains(part)) within(selectIn(series, part, path), x, pathOf(path, part), "x");
        }
        colour(series, x, path);
        if (!isPath || !x) continue;
        const auto along = withoutFamily(series, x, path);
        if (along.size() == 1) {
            marks(series, along[0], path);
        } else {
            say(path + ".x",
                "leaves the dimensions " + dimensionWords(along) + "; a path runs along exactly one.");
        }
    }
}

void ViewChecker::marks(const json& series, const DimensionModel& along, const std::string& path) {
    if (!series.contains("marks")) return;
    for (std::size_t i = 0; i < series["marks"].size(); ++i) {
        selector(series["marks"][i].at("at"), along, pathOf(path + ".marks", i) + ".at");
    }
}

/// Heat maps, images and grids of them: z leaves the two dimensions of the picture, those of the tiles, a
/// channel.
void ViewChecker::picture(const std::set<std::string>& tileKeys) {
    const Remaining z = selectIn(m_view, "z", "");
    if (!z) return;
    const bool grid = !tileKeys.empty(),
               table = m_view.contains("tile_rows") || m_view.contains("tile_columns");
    if (table && m_view.contains("tiles"))
        say("tiles",
            "is for one row of tiles that wraps; leave it out with \"tile_rows\" and \"tile_columns\".");
    if (table && !(m_view.contains("tile_rows") && m_view.contains("tile_columns")))
        say("", "\"tile_rows\" and \"tile_columns\" belong together.");

    const std::size_t needed = 2 + (grid ? (table ? 2 : 1) : 0) + (m_view.contains("channel") ? 1 : 0);
    if (z->size() != needed) {
        say("z", "leaves the dimensions " + dimensionWords(*z) + ", but this figure needs " +
                     std::to_string(needed) + "; fix the others by an index or a cursor.");
        return;
    }
    std::set<std::string> used, tiles;
    for (const char* key : {"across", "down", "channel", "tiles", "tile_rows", "tile_columns"}) {
        if (!oneOf(*z, m_view, key, "")) continue;
        const std::string name = m_view[key];
        if (!used.insert(name).second) say(key, "\"" + name + "\" has another part in this figure already.");
        if (tileKeys.count(key)) tiles.insert(name);
        if (std::string_view(key) != "channel") continue;
        const auto d = std::find_if(z->begin(), z->end(), [&](const auto& one) { return one.name == name; });
        if (d->size != 3 && d->size != 4)
            say(key, "the channel dimension must have the size 3 (red, green, blue) or 4 (and opacity).");
    }
    if (m_view.contains("overlay")) {
        const Remaining overlay = selectIn(m_view, "overlay", "");
        within(overlay, z, "overlay", "the picture");
        if (overlay && overlay->size() != 2)
            say("overlay",
                "leaves the dimensions " + dimensionWords(*overlay) + "; it needs the picture's two.");
    }
    if (m_view.contains("swipe"))
        sameDimensions(selectIn(m_view["swipe"], "z", "swipe"), z, "swipe.z", "the picture");
    if (m_view.contains("labels")) {
        std::vector<DimensionModel> tileDims;
        for (const DimensionModel& d : *z) {
            if (tiles.empty() ? &d == &z->front() : tiles.count(d.name) != 0) tileDims.push_back(d);
        }
        within(selectIn(m_view, "labels", ""), tileDims, "labels", "the set of tiles");
    }
}

void ViewChecker::graph() {
    const std::string nodes = m_view.at("nodes");
    const Remaining wanted = std::vector<DimensionModel>{{nodes, std::nullopt}};
    for (const char* key : {"x", "y", "z", "colour", "size", "text"}) {
        if (m_view.contains(key)) sameDimensions(selectIn(m_view, key, ""), wanted, key, "\"nodes\"");
    }
    if (m_view.contains("x") != m_view.contains("y"))
        say("", "\"x\" and \"y\" of the nodes belong together.");
    if (m_view.contains("z") && !m_view.contains("x")) say("z", "needs \"x\" and \"y\".");
    if (m_view.contains("layout") && m_view.contains("x"))
        say("layout", "is made by the host, but positions are given; leave one out.");
    if (m_view.contains("edges") == m_view.contains("matrix"))
        say("", "a graph needs either \"edges\" or \"matrix\".");
    if (m_view.contains("weights") && !m_view.contains("edges"))
        say("weights", "belong to \"edges\"; entries of a matrix are its weights.");
    if (m_view.contains("edges")) {
        const Remaining edges = selectIn(m_view, "edges", "");
        const bool pairs = edges && edges->size() == 2 && (*edges)[1].size == 2;
        if (edges && !pairs)
            say("edges", "leaves the dimensions " + dimensionWords(*edges) +
                             "; it needs two, the second of size 2 (from and to).");
        const ArrayModel* array = m_outputs.find(m_view["edges"]["array"].get_ref<const std::string&>());
        if (array && isFloating(array->dtype))
            say("edges", "holds indices of nodes, so it must be an array of integers.");
        if (pairs && m_view.contains("weights")) {
            const Remaining one = std::vector<DimensionModel>{edges->front()};
            sameDimensions(selectIn(m_view, "weights", ""), one, "weights", "the list of edges");
        }
    }
    if (m_view.contains("matrix")) {
        const Remaining matrix = selectIn(m_view, "matrix", "");
        const bool square = matrix && matrix->size() == 2 && (*matrix)[0].size == (*matrix)[1].size &&
                            (*matrix)[0].name == nodes;
        if (matrix && !square)
            say("matrix", "leaves the dimensions " + dimensionWords(*matrix) + "; it needs \"" + nodes +
                              "\" and another of the same size.");
    }
    if (!m_involved.count(nodes))
        say("nodes", "no array of this figure has the dimension \"" + nodes + "\".");
}

void ViewChecker::histogram() {
    for (std::size_t i = 0; i < m_view["series"].size(); ++i) {
        const json& series = m_view["series"][i];
        const std::string path = pathOf("series", i);
        const Remaining values = selectIn(series, "values", path);
        if (values && withoutFamily(series, values, path).empty())
            say(path + ".values", "leaves no dimension, so there is nothing to count.");
    }
}

void ViewChecker::table() {
    Remaining rows;
    for (std::size_t i = 0; i < m_view["columns"].size(); ++i) {
        const std::string path = pathOf("columns", i);
        const Remaining column = selectIn(m_view["columns"][i], "values", path);
        if (column && column->size() > 1) {
            say(path + ".values", "leaves the dimensions " + dimensionWords(*column) +
                                      "; a column has one at most: fix the others by an index or a cursor.");
        }
        if (!rows)
            rows = column;
        else
            sameDimensions(column, rows, path + ".values", "the first column");
    }
}

void ViewChecker::text() {
    const json values = m_view.value("values", json::object());
    const auto& words = m_view.at("words").get_ref<const std::string&>();
    std::set<std::string> used;
    for (std::size_t at = words.find('{'); at != std::string::npos; at = words.find('{', at + 1)) {
        const std::size_t end = words.find('}', at);
        if (end == std::string::npos) break;
        const std::string name = words.substr(at + 1, end - at - 1);
        if (values.contains(name))
            used.insert(name);
        else if (name.size() <= 64)
            say("words", "{" + name + "} has no entry in \"values\".");
    }
    for (const auto& [name, selection] : values.items()) {
        const std::string path = pathOf("values", name);
        single(select(selection, path), path);
        if (!used.count(name)) say(path, "is not used: the words hold no {" + name + "}.");
    }
}

}  // namespace latent::engine
