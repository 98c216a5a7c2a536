// SPDX-License-Identifier: Apache-2.0
#pragma once
// A figure as numbers: what a view of the vocabulary selects from arrays, ready to be drawn, listed or written as CSV.
//
// resolveFigure() makes it from the view's JSON (view-1.schema.json), arrays and cursors; renderers draw it and never look
// at JSON. No smoothing, binning or scaling is hidden: what was derived (a smoothed line, the bins of a histogram) stands
// beside what it was derived from. Coordinates are in the units of their axes. Plain values, immutable once resolved; any
// thread. NaN means "no number here" everywhere and is drawn as such.
//
//     const Figure& figure = …;
//     if (const auto* lines = std::get_if<Lines>(&figure.body)) for (const Line& line : lines->lines) draw(line.x, line.y);

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace latent::engine::figures {

enum class Scale { Linear, Log, SymLog };
enum class Role { None, Primary, Secondary, Accent, Muted, Reference, Positive, Negative };
enum class LineStyle { Solid, Dashed, Dotted, None };
enum class Marker { None, Circle, Square, Triangle, Diamond, Cross, Star };
enum class MapFamily { Sequential, Diverging, Cyclic, Categorical };

/// An axis. Title and unit come from the view, else from the array's label and units; a unit of "1" is left out.
struct Axis {
    std::string title, unit;
    Scale scale = Scale::Linear;
    std::optional<double> low, high;  ///< limits that the view asks for; else the data decide
    double linearBelow = 0;  ///< of SymLog: linear between minus and plus this; 0: the renderer's choice
    bool reversed = false;
    std::vector<std::string> categories;  ///< words at 0, 1, 2, …; empty: numbers
    std::string text() const;             ///< "time (s)"
};

/// How numbers become colours, of a map, of the lines of a family, of points and nodes.
struct Colours {
    MapFamily map = MapFamily::Sequential;
    std::optional<double> low{}, high{}, centre{};  ///< asked for by the view
    double dataLow = 0, dataHigh = 1;               ///< of the finite values that are coloured
    Scale scale = Scale::Linear;
    std::string title{}, unit{};
    bool bar = true;
    bool transparentNan = false;
    std::vector<std::string> categories{};
};

/// What a series means and how the view asks it to look; the theme decides colours.
struct Look {
    std::string label;  ///< for the legend; never empty
    Role role = Role::None;
    int category = -1;  ///< same number, same colour in all figures of a run; -1: by order
    LineStyle style = LineStyle::Solid;
    int dash = -1;  ///< 0, 1, …: which pattern a line has whatever stands beside it; -1: `style` says
    Marker marker = Marker::None;
    std::optional<double> colourValue;  ///< of one member of a family that is coloured by its dimension
    int familyIndex = -1;               ///< of a member of a family, else -1
};

struct Line {
    Look look;
    std::vector<double> x, y;       ///< same length
    std::vector<double> low, high;  ///< of a band; empty: none
    std::vector<double> smoothed;   ///< y smoothed; empty: none. y stays what was measured
    bool steps = false;             ///< constant up to the next x
};
struct Lines {
    std::vector<Line> lines;
    std::optional<Colours> colours;  ///< when a family is coloured by its dimension
};

/// Points, in the order of the flattened drawn dimensions.
struct Cloud {
    Look look;
    std::vector<double> x, y, z;    ///< z empty: two dimensions
    std::vector<double> colour;     ///< empty: by look
    std::vector<double> size;       ///< area in relation to the largest; empty: all alike
    std::vector<std::string> text;  ///< beside each point; empty: none
    std::vector<std::string>
        dims;  ///< the drawn dimensions and their extents, for `index.<dimension>` of a pick
    std::vector<std::uint64_t> shape;
};
struct Points {
    std::vector<Cloud> clouds;
    std::optional<Colours> colours;
};

struct PathMark {
    std::int64_t at = 0;  ///< index along the path
    std::string label;
    Marker marker = Marker::Circle;
    std::string cursor;  ///< name of the cursor that it follows, else empty
};
struct Path {
    Look look;
    std::vector<double> x, y, z;  ///< z empty: two dimensions
    std::vector<double> colour;   ///< along the path; empty: by look
    std::vector<PathMark> marks;
    std::string dimension;  ///< that it runs along
    std::string family;     ///< dimension of which it is the member look.familyIndex; empty: none
};
struct Trajectory {
    std::vector<Path> paths;
    std::optional<Colours> colours;
};

/// One side of a raster: how many cells, where their centres are, what they are called.
struct Side {
    std::string dimension;
    Axis axis;
    std::vector<double> centres;  ///< one for each cell; indices when the dimension has no coordinate
    bool evenly = true;           ///< centres are evenly spaced
};
/// Heat maps and images. Row-major with `down` first: element (row, column) is z[row * columns + column].
struct Raster {
    std::size_t rows = 0, columns = 0;
    std::vector<double> z;        ///< one value a cell, or `channels` interleaved values in 0…1
    int channels = 1;             ///< 1, 3 (RGB) or 4 (RGBA)
    std::vector<double> overlay;  ///< like z with one channel; empty: none
    std::vector<double> left;     ///< like z: what is shown left of the swiping line; empty: there is no line
    std::string leftWord, rightWord;  ///< what the two sides of the line are
    Side across, down;
    bool upwards = false;  ///< row 0 at the bottom
    bool numbers = false;  ///< write the value into each cell
    bool square = false;   ///< cells are square pixels (images)
    Colours colours;
    std::string valueName;  ///< "weight", for the readout
};
struct Tile {
    std::string label;
    std::vector<double> z;  ///< like Raster::z
};
struct ImageGrid {
    std::size_t rows = 0, columns = 0;  ///< pixels of one tile
    int channels = 1;
    std::vector<Tile> tiles;
    std::size_t tilesAcross = 0;                 ///< 0: as many as fit
    std::string tileDimension, rowDimension;     ///< of the tiles; the second only for a table of them
    std::string acrossDimension, downDimension;  ///< of the pixels
    std::vector<std::string> rowLabels, columnLabels;
    Colours colours;
};

struct Edge {
    std::size_t from = 0, to = 0;
    double weight = 1;
};
struct Graph {
    std::size_t nodes = 0;
    std::string dimension;
    std::vector<double> x, y, z;  ///< given positions, z empty in two dimensions; x empty: `layout` decides
    std::string layout;           ///< circle, grid, layers, spring
    std::vector<Edge> edges;
    bool weighted = false, directed = false;
    std::vector<double> colour, size;
    std::vector<std::string> text;  ///< one a node
    Colours colours;
};

struct HistogramSeries {
    Look look;
    std::vector<double> values;   ///< as given
    std::vector<double> heights;  ///< one for each bin: counts or densities
    std::size_t left_out = 0;     ///< values that are no finite number
};
struct Histogram {
    std::vector<double> edges;  ///< bins + 1
    std::vector<HistogramSeries> series;
    bool density = false;
};

struct Column {
    std::string title, unit;
    std::vector<double> values;
    std::vector<std::string> words;  ///< instead of the numbers, for arrays with categories; empty: numbers
    enum class Format { General, Fixed, Scientific, Percent } format = Format::General;
    int digits = 4;
};
struct Table {
    std::vector<std::string> rows;  ///< names of the rows
    std::string rowTitle;
    std::vector<Column> columns;
};
struct Text {
    std::string paragraph;  ///< values put in; emphasis as in Markdown, no links, no HTML
};

struct Reference {
    enum class Kind { X, Y, Diagonal } kind = Kind::Y;
    double value = 0;
    std::string label;
};

/// Where a shared cursor stands in this figure.
struct CursorPlace {
    std::string name{}, dimension{};
    std::int64_t index = 0, size = 0;
    std::optional<double> coordinate{};  ///< of that index, when the dimension has a coordinate
    std::string title{}, unit{};         ///< of the coordinate, for the scrubber
    bool scrubber = false;
    bool alongX = false;  ///< the figure's x axis is that coordinate: draw a vertical line
};

struct Gesture {
    enum class Kind { Pick, Range, Rectangle, Lasso, Brush, Connect } kind = Kind::Pick;
    std::string probe, label;
    bool alongY = false;
    std::vector<std::pair<std::string, std::string>>
        bind;  ///< result of the gesture → parameter of the probe
};

struct Figure {
    std::string kind, name, title, caption, group;
    Axis x, y, z;
    bool equalAspect = false;
    std::vector<Reference> references;
    std::vector<CursorPlace> cursors;
    std::vector<Gesture> gestures;
    std::variant<Lines, Points, Trajectory, Raster, ImageGrid, Graph, Histogram, Table, Text> body;
    bool isEmpty = false;  ///< nothing to draw yet: no row of it was published
    std::vector<std::string>
        notes;  ///< sentences under the figure: values left out, points thinned, kind unknown
};

}  // namespace latent::engine::figures
