// SPDX-License-Identifier: Apache-2.0
// Figures: the input as one view over fixed arrays, resolved with and without cursors and fixed axes, listed, and written
// as a script. Whatever it is: refused, empty or drawn, with series that fit together.
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/figures/resolve.hpp"
#include "engine/figures/words.hpp"
#include "engine/json/bounded.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
using nlohmann::json;

namespace {

/// An array of counting numbers with a NaN now and then; the last of its kind are in a window.
template <class T>
void put(ArraySet& set, DType dtype, const std::string& name, std::vector<std::string> dims, Shape shape,
         std::vector<std::string> categories = {}) {
    auto array = std::make_shared<LoadedArray>();
    array->name = name;
    array->dims = std::move(dims);
    array->categories = std::move(categories);
    array->values = {dtype, shape, {}};
    const std::uint64_t count = elementCount(shape).value_or(0);
    for (std::uint64_t i = 0; i < count; ++i) {
        T value = static_cast<T>(i);
        if constexpr (std::is_floating_point_v<T>)
            if (i % 7 == 5) value = static_cast<T>(NAN);
        array->values.bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    if (name == "window") array->window = {{2, 9}, {0, 4}};
    if (name.starts_with("metrics/")) array->steps = {5, 10, 20};
    set.put(std::move(array));
}

ArraySet makeArrays() {
    ArraySet set;
    put<double>(set, DType::F64, "time", {"time"}, {6});
    put<double>(set, DType::F64, "loss", {"time"}, {5});
    put<float>(set, DType::F32, "weights", {"time", "row", "col"}, {6, 4, 4});
    put<std::int32_t>(set, DType::I32, "node", {"node"}, {4}, {"00", "01", "10"});
    put<double>(set, DType::F64, "node_x", {"node"}, {4});
    put<double>(set, DType::F64, "adjacency", {"node", "other_node"}, {4, 4});
    put<std::int32_t>(set, DType::I32, "edges", {"edge", "end"}, {3, 2});
    put<std::uint8_t>(set, DType::U8, "samples", {"sample", "y", "x", "channel"}, {5, 3, 4, 3});
    put<double>(set, DType::F64, "sweep", {"mu", "seed", "time"}, {2, 3, 6});
    put<double>(set, DType::F64, "empty", {"time", "none"}, {6, 0});
    put<double>(set, DType::F64, "scalar", {}, {});
    put<double>(set, DType::F64, "window", {"rows", "col"}, {3, 4});
    put<double>(set, DType::F64, "metrics/loss", {"step"}, {3});
    auto broken = std::make_shared<LoadedArray>(*set.find("loss"));
    broken->name = "broken";
    broken->values.bytes.resize(9);
    set.put(std::move(broken));
    return set;
}

void checkBody(const Figure& figure) {
    if (const auto* lines = std::get_if<Lines>(&figure.body)) {
        for (const Line& line : lines->lines) {
            require(line.x.size() == line.y.size() && line.low.size() == line.high.size(),
                    "a line's numbers fit together");
            require(line.low.empty() || line.low.size() == line.x.size(), "a band is as long as its line");
            require(line.smoothed.empty() || line.smoothed.size() == line.y.size(),
                    "a smooth line is as long as the raw one");
            require(!line.look.label.empty(), "a series has a label");
        }
    } else if (const auto* raster = std::get_if<Raster>(&figure.body)) {
        require(figure.isEmpty || raster->z.size() == raster->rows * raster->columns *
                                                          static_cast<std::size_t>(raster->channels),
                "cells");
        require(raster->overlay.empty() || raster->overlay.size() == raster->rows * raster->columns,
                "overlay");
        require(figure.isEmpty || (raster->across.centres.size() == raster->columns &&
                                   raster->down.centres.size() == raster->rows),
                "centres");
    } else if (const auto* grid = std::get_if<ImageGrid>(&figure.body)) {
        for (const Tile& tile : grid->tiles)
            require(tile.z.size() == grid->rows * grid->columns * static_cast<std::size_t>(grid->channels),
                    "pixels");
    } else if (const auto* graph = std::get_if<Graph>(&figure.body)) {
        for (const Edge& edge : graph->edges)
            require(edge.from < graph->nodes && edge.to < graph->nodes, "edges lead to nodes");
        require(graph->text.size() == graph->nodes, "each node has a name");
    } else if (const auto* trajectory = std::get_if<Trajectory>(&figure.body)) {
        for (const Path& path : trajectory->paths) {
            require(path.x.size() == path.y.size() && (path.z.empty() || path.z.size() == path.x.size()),
                    "a path's numbers fit together");
            require(path.colour.empty() || path.colour.size() == path.x.size(), "its colours too");
            for (const PathMark& mark : path.marks)
                require(mark.at >= 0 && static_cast<std::size_t>(mark.at) < path.x.size(),
                        "marks lie on their path");
        }
    } else if (const auto* points = std::get_if<Points>(&figure.body)) {
        for (const Cloud& cloud : points->clouds) {
            const std::size_t count = cloud.x.size();
            require(cloud.y.size() == count, "a cloud's numbers fit together");
            for (const auto* part : {&cloud.z, &cloud.colour, &cloud.size})
                require(part->empty() || part->size() == count, "its parts too");
            require(cloud.text.empty() || cloud.text.size() == count, "and its texts");
        }
    } else if (const auto* histogram = std::get_if<Histogram>(&figure.body)) {
        for (const HistogramSeries& series : histogram->series)
            require(series.heights.size() + 1 == histogram->edges.size(), "bins");
    } else if (const auto* table = std::get_if<Table>(&figure.body)) {
        for (const Column& column : table->columns)
            require(column.values.size() == table->rows.size(), "rows");
    }
    for (const CursorPlace& place : figure.cursors)
        require(place.index >= 0 && place.index < place.size, "cursors stand inside");
}

/// Every value in the document, to change one of them.
void collect(json& node, std::vector<json*>& all) {
    all.push_back(&node);
    if (node.is_structured())
        for (json& entry : node) collect(entry, all);
}

/// What stands in views: names of arrays and dimensions, selectors, words of enums, odd numbers.
const json kPool = json::parse(
    R"(["time", "loss", "weights", "row", "col", "node", "node_x", "adjacency", "other_node", "edges", "edge", "end", "samples",
    "sample", "y", "x", "channel", "sweep", "mu", "seed", "empty", "none", "scalar", "window", "rows", "metrics/loss", "step", "broken", "missing",
    0, 1, -1, 5, 6, -7, 9007199254740992, 1e-300, 1e300, 0.5, null, true, {"cursor": "frame"}, {"cursor": "far"}, {"cursor": "back"}, {"value": 2.5},
    {"value": -1e300}, {"slice": [0, 3, 1]}, {"slice": [-2, 99, 2]}, {"slice": [4, 1, 1]}, {"slice": [3, 4, 9007199254740992]}, {"dimension": "time"},
    {"dimension": "row"}, {"array": "weights"}, {"array": "sweep", "select": {"mu": 0}}, {"array": "window", "select": {"rows": 3}}, "log", "symlog",
    "heatmap", "image", "lines", "points", "trajectory", "histogram", "graph", {"kind": "median", "strength": 1e300}, {"kind": "gaussian", "strength": 3}])");
const std::vector<std::string> kKeys = {
    "x",      "y",         "z",      "low",    "high",    "family",  "colour",  "size",      "text",
    "marks",  "smoothing", "values", "across", "down",    "tiles",   "channel", "tile_rows", "tile_columns",
    "labels", "overlay",   "nodes",  "matrix", "edges",   "weights", "select",  "time",      "row",
    "col",    "step",      "mu",     "seed",   "cursors", "columns", "bins",    "kind",      "references"};

}  // namespace

extern "C" size_t LLVMFuzzerMutate(std::uint8_t* data, size_t size, size_t most);

/// Mostly changes values of the document, so that it stays a view; now and then its bytes.
extern "C" size_t LLVMFuzzerCustomMutator(std::uint8_t* data, size_t size, size_t most, unsigned int random) {
    const auto parsed = parseJson({reinterpret_cast<const char*>(data), size}, "The input");
    if (!parsed || random % 16 == 0) return LLVMFuzzerMutate(data, size, most);
    json document = *parsed;
    for (unsigned changes = 1 + random % 3; changes > 0; --changes) {
        random = random * 1664525u + 1013904223u;
        std::vector<json*> all;
        collect(document, all);
        json& place = *all[(random >> 8) % all.size()];
        json value = kPool[(random >> 3) % kPool.size()];
        const std::string& key = kKeys[(random >> 5) % kKeys.size()];
        if (random % 8 == 0) value = *all[(random >> 12) % all.size()];
        if (place.is_object() && random % 3 != 0)
            random % 5 == 1 ? (void)place.erase(key) : (void)(place[key] = std::move(value));
        else if (place.is_array() && random % 3 != 0)
            place.push_back(std::move(value));
        else
            place = std::move(value);
    }
    const std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > most) return LLVMFuzzerMutate(data, size, most);
    std::copy(text.begin(), text.end(), data);
    return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ArraySet arrays = makeArrays();
    static const ArraySet nothing;
    const auto input = parseJson({reinterpret_cast<const char*>(data), size}, "The input");
    if (!input) return 0;
    static_cast<void>(arraysOf(*input));
    static_cast<void>(cursorsOf(*input, arrays));
    const Cursors cursors{{"frame", 2}, {"far", 1'000'000'000'000}, {"back", -3}};
    const ResolveOptions options{{.elements = 1u << 20}, {{"mu", 1}, {"seed", -9}}};
    static_cast<void>(resolveFigure(*input, nothing, cursors, options));
    static_cast<void>(resolveFigure(*input, arrays));
    const auto figure = resolveFigure(*input, arrays, cursors, options);
    if (!figure) {
        require(figure.error().message.find("figure") != std::string::npos, "a refusal names the figure");
    } else {
        checkBody(*figure);
        const NumberTable table = figureNumbers(*figure);
        for (std::size_t row = 0; row < table.rows; row += std::max<std::size_t>(1, table.rows / 50))
            for (std::size_t column = 0; column < table.columns.size(); ++column)
                static_cast<void>(table.cell(row, column));
    }
    static_cast<void>(figureScript(*input, cursors, "runs/x"));
    return 0;
}
