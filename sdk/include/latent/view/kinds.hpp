// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kinds of figures. Each class says which dimensions must be left after its selections.
//
// Authors call the functions of the same name at the end (view::lines("loss")…) inside `outputs()`; the
// result goes to `Outputs::figure`. Plain values, any thread. A host that does not know a kind shows a table
// of its arrays.
//
//     view::points("pca").series(view::xy("pc1", "pc2").colourByDimension("node"))
//     view::histogram("swing").values("swing_by").bins(40)
//     view::graph("nodes").nodes("node").positions("x", "y").matrix({"edges", {{"time", view::cursor("frame")}}})
//     view::table("summary").column("learning_time", "Learning time").column("speed")
//     view::text("note").words("Ended at {loss}.").value("loss", {"ood_loss", {{"time", view::last()}}})

#include <latent/view/builder.hpp>

namespace latent::view {

/// Curves. Each series leaves one dimension (two with family()); without x the coordinate of that dimension
/// is x.
class Lines : public AxesFigure<Lines> {
  public:
    explicit Lines(std::string name) : AxesFigure("lines", std::move(name)) {}
    Lines& x(const Selection& s, const Axis& axis = {}) { return put("x", s.toJson()).xAxis(axis); }
    Lines& y(const Axis& axis) { return yAxis(axis); }
    Lines& series(const Series& s) { return push("series", s.toJson()); }
    /// Of the lines of a family that is coloured by its dimension.
    Lines& colours(const Colours& c) { return put("colours", c.toJson()); }
};

/// Clouds in two or three dimensions: x, y (and z) of a series leave the same dimensions.
class Points : public AxesFigure<Points> {
  public:
    explicit Points(std::string name) : AxesFigure("points", std::move(name)) {}
    Points& series(const Series& s) { return push("series", s.toJson()); }
    Points& zAxis(const Axis& axis) { return putAxis("z_axis", axis); }
    Points& colours(const Colours& c) { return put("colours", c.toJson()); }
    /// Of a sweep the points of all cells, not of the one that is looked at: how one measure goes with another.
    Points& everyCell() { return put("every_cell", true); }
};

/// Paths in two or three dimensions: x, y (and z) of a series leave one dimension, along which the path runs
/// (two with family()).
class Trajectory : public AxesFigure<Trajectory> {
  public:
    explicit Trajectory(std::string name) : AxesFigure("trajectory", std::move(name)) {}
    Trajectory& series(const Series& s) { return push("series", s.toJson()); }
    Trajectory& zAxis(const Axis& axis) { return putAxis("z_axis", axis); }
    Trajectory& colours(const Colours& c) { return put("colours", c.toJson()); }
};

/// A matrix as coloured cells: z leaves two dimensions, one across and one down (or up, with upwards()).
class Heatmap : public AxesFigure<Heatmap> {
  public:
    explicit Heatmap(std::string name) : AxesFigure("heatmap", std::move(name)) {}
    Heatmap& z(const std::string& array, const Where& where = {}) {
        return put("z", Selection(array, where).toJson());
    }
    Heatmap& across(std::string dimension) { return put("across", std::move(dimension)); }
    Heatmap& down(std::string dimension) { return put("down", std::move(dimension)); }
    /// Index 0 of the vertical dimension at the bottom, as on a plot, instead of at the top, as in a matrix.
    Heatmap& upwards() { return put("upwards", true); }
    Heatmap& colours(const Colours& c) { return put("colours", c.toJson()); }
    /// Writes the number into each cell where there is room.
    Heatmap& numbers() { return put("numbers", true); }
};

/// A picture in square pixels: z leaves two dimensions, and a third of size 3 where channel() names it.
class Image : public AxesFigure<Image> {
  public:
    explicit Image(std::string name) : AxesFigure("image", std::move(name)) {}
    Image& z(const std::string& array, const Where& where = {}) {
        return put("z", Selection(array, where).toJson());
    }
    Image& across(std::string dimension) { return put("across", std::move(dimension)); }
    Image& down(std::string dimension) { return put("down", std::move(dimension)); }
    Image& channel(std::string dimension) { return put("channel", std::move(dimension)); }
    Image& upwards() { return put("upwards", true); }
    Image& colours(const Colours& c) { return put("colours", c.toJson()); }
    /// An array of the same two dimensions drawn over the picture, transparent where it is 0 or no number.
    Image& overlay(const Selection& s) { return put("overlay", s.toJson()); }
    /// A second picture of the same shape and colours, shown left of a line that the mouse moves: before and after a
    /// correction, predicted and measured. The two words stand in the corners.
    Image& swipe(const Selection& left, std::string leftWord, std::string rightWord) {
        return put("swipe", {{"z", left.toJson()}, {"left", std::move(leftWord)}, {"right", std::move(rightWord)}});
    }
};

/// Small pictures side by side: z leaves a dimension of tiles and the two (or three) of a picture.
class ImageGrid : public Figure<ImageGrid> {
  public:
    explicit ImageGrid(std::string name) : Figure("image_grid", std::move(name)) {}
    ImageGrid& z(const std::string& array, const Where& where = {}) {
        return put("z", Selection(array, where).toJson());
    }
    /// One dimension of tiles, wrapped …
    ImageGrid& tiles(std::string dimension) { return put("tiles", std::move(dimension)); }
    ImageGrid& columns(int count) { return put("columns", count); }
    /// … or two, as a table of pictures.
    ImageGrid& table(std::string rowDimension, std::string columnDimension) {
        return put("tile_rows", std::move(rowDimension)).put("tile_columns", std::move(columnDimension));
    }
    ImageGrid& across(std::string dimension) { return put("across", std::move(dimension)); }
    ImageGrid& down(std::string dimension) { return put("down", std::move(dimension)); }
    ImageGrid& channel(std::string dimension) { return put("channel", std::move(dimension)); }
    /// A value under each tile, one for each index of the tile dimension.
    ImageGrid& labels(const Selection& s) { return put("labels", s.toJson()); }
    ImageGrid& colours(const Colours& c) { return put("colours", c.toJson()); }
};

/// Nodes along one dimension and edges between them, from a list of pairs or a matrix.
class Graph : public Figure<Graph> {
  public:
    explicit Graph(std::string name) : Figure("graph", std::move(name)) {}
    Graph& nodes(std::string dimension) { return put("nodes", std::move(dimension)); }
    /// Where the nodes stand, one value a node; or a layout that the host makes: circle, grid, layers,
    /// spring.
    Graph& positions(const Selection& x, const Selection& y) {
        return put("x", x.toJson()).put("y", y.toJson());
    }
    Graph& positions(const Selection& x, const Selection& y, const Selection& z) {
        return positions(x, y).put("z", z.toJson());
    }
    Graph& layout(std::string name) { return put("layout", std::move(name)); }
    /// An array [edge, 2] of node indices …
    Graph& edges(const Selection& pairs) { return put("edges", pairs.toJson()); }
    /// … with a weight for each edge …
    Graph& weights(const Selection& s) { return put("weights", s.toJson()); }
    /// … or an array [node, other node] whose non-zero entries are edges.
    Graph& matrix(const Selection& s) { return put("matrix", s.toJson()); }
    Graph& directed() { return put("directed", true); }
    Graph& colourBy(const Selection& s) { return put("colour", s.toJson()); }
    Graph& sizeBy(const Selection& s) { return put("size", s.toJson()); }
    Graph& textBy(const Selection& s) { return put("text", s.toJson()); }
    Graph& colours(const Colours& c) { return put("colours", c.toJson()); }
};

/// How often values occur. The host only sorts values into bins; give counts yourself as lines where it
/// matters.
class Histogram : public AxesFigure<Histogram> {
  public:
    explicit Histogram(std::string name) : AxesFigure("histogram", std::move(name)) {}
    Histogram& values(const Selection& s) { return series(Series().values(s)); }
    Histogram& series(const Series& s) { return push("series", s.toJson()); }
    Histogram& bins(int count) { return put("bins", count); }
    /// Bars are densities (area 1) instead of counts.
    Histogram& density() { return put("density", true); }
};

enum class Format { General, Fixed, Scientific, Percent };

/// Numbers in columns: every column leaves the same one dimension, whose indices are the rows.
class Table : public Figure<Table> {
  public:
    explicit Table(std::string name) : Figure("table", std::move(name)) {}
    Table& column(const Selection& s, std::string title = {}, Format format = Format::General,
                  int digits = 4) {
        static constexpr const char* kNames[] = {"general", "fixed", "scientific", "percent"};
        nlohmann::json entry = {
            {"values", s.toJson()}, {"format", kNames[static_cast<int>(format)]}, {"digits", digits}};
        if (!title.empty()) entry["title"] = std::move(title);
        return push("columns", std::move(entry));
    }
};

/// A paragraph; {name} stands for a value that is selected below. Emphasis as in Markdown, no links, no HTML.
class Text : public Figure<Text> {
  public:
    explicit Text(std::string name) : Figure("text", std::move(name)) {}
    Text& words(std::string paragraph) { return put("words", std::move(paragraph)); }
    Text& value(const std::string& name, const Selection& s) {
        detail::requireName("value", name);
        m_json["values"][name] = s.toJson();
        return *this;
    }
};

inline Lines lines(std::string name) { return Lines(std::move(name)); }
inline Points points(std::string name) { return Points(std::move(name)); }
inline Trajectory trajectory(std::string name) { return Trajectory(std::move(name)); }
inline Heatmap heatmap(std::string name) { return Heatmap(std::move(name)); }
inline Image image(std::string name) { return Image(std::move(name)); }
inline ImageGrid imageGrid(std::string name) { return ImageGrid(std::move(name)); }
inline Graph graph(std::string name) { return Graph(std::move(name)); }
inline Histogram histogram(std::string name) { return Histogram(std::move(name)); }
inline Table table(std::string name) { return Table(std::move(name)); }
inline Text text(std::string name) { return Text(std::move(name)); }

}  // namespace latent::view
