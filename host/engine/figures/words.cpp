// SPDX-License-Identifier: Apache-2.0
// The numbers of a figure in columns, and as CSV.
#include "engine/figures/words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace latent::engine::figures {
namespace {

/// The shortest form that reads back as the same number.
std::string exact(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    char text[32];
    return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

std::string at(const std::vector<double>& values, std::size_t i) {
    return i < values.size() ? exact(values[i]) : std::string();
}

std::string withUnit(const std::string& title, const std::string& unit) {
    return unit.empty() ? title : title + " (" + unit + ")";
}

std::string nameOf(const Axis& axis, const char* otherwise) {
    return axis.title.empty() ? otherwise : axis.text();
}

/// A value on an axis: its word where the axis has words.
std::string onAxis(const Axis& axis, double value) {
    const bool isWord =
        value >= 0 && value < static_cast<double>(axis.categories.size()) && value == std::floor(value);
    return isWord ? axis.categories[static_cast<std::size_t>(value)] : exact(value);
}

/// Where each of several series begins in the rows of a long table.
class Rows {
  public:
    template <class Items, class Count>
    Rows(const Items& items, Count&& count) {
        for (const auto& item : items) m_begins.push_back(m_begins.back() + count(item));
    }
    std::size_t count() const { return m_begins.back(); }
    /// Series of this row, and its place in it.
    std::pair<std::size_t, std::size_t> find(std::size_t row) const {
        const auto after = std::upper_bound(m_begins.begin(), m_begins.end(), row);
        const auto series = static_cast<std::size_t>(after - m_begins.begin()) - 1;
        return {series, row - m_begins[series]};
    }

  private:
    std::vector<std::size_t> m_begins{0};
};

NumberTable sideBySide(const Figure& figure, const Lines& lines) {
    NumberTable table;
    std::vector<const std::vector<double>*> columns{&lines.lines.front().x};
    table.columns.push_back(nameOf(figure.x, "x"));
    for (const Line& line : lines.lines) {
        const std::pair<const char*, const std::vector<double>*> parts[] = {{"", &line.y},
                                                                            {", lower end", &line.low},
                                                                            {", upper end", &line.high},
                                                                            {", smoothed", &line.smoothed}};
        for (const auto& [words, values] : parts) {
            if (values->empty() && values != &line.y) continue;
            table.columns.push_back(line.look.label + words);
            columns.push_back(values);
        }
    }
    table.rows = lines.lines.front().x.size();
    table.cell = [columns, axis = &figure.x](std::size_t row, std::size_t column) {
        return column == 0 ? onAxis(*axis, (*columns[0])[row]) : at(*columns[column], row);
    };
    return table;
}

NumberTable numbersOf(const Figure& figure, const Lines& lines) {
    const auto& all = lines.lines;
    const bool shareX = !all.empty() && std::all_of(all.begin(), all.end(), [&](const Line& line) {
        return line.x == all.front().x;
    });
    if (shareX) return sideBySide(figure, lines);
    NumberTable table;
    table.columns = {"series", nameOf(figure.x, "x"), nameOf(figure.y, "y")};
    std::vector<std::vector<double> Line::*> members{&Line::x, &Line::y};
    const std::pair<const char*, std::vector<double> Line::*> others[] = {
        {"lower end", &Line::low}, {"upper end", &Line::high}, {"smoothed", &Line::smoothed}};
    for (const auto& [words, member] : others) {
        if (std::all_of(all.begin(), all.end(),
                        [&, m = member](const Line& line) { return (line.*m).empty(); }))
            continue;
        table.columns.emplace_back(words);
        members.push_back(member);
    }
    const Rows rows(all, [](const Line& line) { return line.x.size(); });
    table.rows = rows.count();
    table.cell = [rows, members, &all, axis = &figure.x](std::size_t row, std::size_t column) {
        const auto [series, i] = rows.find(row);
        if (column == 0) return all[series].look.label;
        return column == 1 ? onAxis(*axis, all[series].x[i]) : at(all[series].*members[column - 1], i);
    };
    return table;
}

/// Clouds and paths alike: series, place, coordinates, colour, and what else there is.
template <class Items, class Extra>
NumberTable positions(const Figure& figure, const Items& items, const std::optional<Colours>& colours,
                      std::vector<std::string> more, Extra&& extra) {
    const auto any = [&](auto member) {
        return std::any_of(items.begin(), items.end(),
                           [&](const auto& item) { return !(item.*member).empty(); });
    };
    using Item = typename Items::value_type;
    NumberTable table;
    table.columns = {"series", "index", nameOf(figure.x, "x"), nameOf(figure.y, "y")};
    std::vector<std::vector<double> Item::*> members{&Item::x, &Item::y};
    if (any(&Item::z)) {
        table.columns.push_back(nameOf(figure.z, "z"));
        members.push_back(&Item::z);
    }
    if (any(&Item::colour)) {
        table.columns.push_back(colours ? withUnit(colours->title, colours->unit) : "colour");
        members.push_back(&Item::colour);
    }
    table.columns.insert(table.columns.end(), more.begin(), more.end());
    const Rows rows(items, [](const Item& item) { return item.x.size(); });
    table.rows = rows.count();
    table.cell = [rows, members, &items, extra](std::size_t row, std::size_t column) {
        const auto [series, i] = rows.find(row);
        if (column == 0) return items[series].look.label;
        if (column == 1) return std::to_string(i);
        if (column - 2 < members.size()) return at(items[series].*members[column - 2], i);
        return extra(items[series], i, column - 2 - members.size());
    };
    return table;
}

NumberTable numbersOf(const Figure& figure, const Points& points) {
    const auto hasSize = std::any_of(points.clouds.begin(), points.clouds.end(),
                                     [](const Cloud& cloud) { return !cloud.size.empty(); });
    const auto hasText = std::any_of(points.clouds.begin(), points.clouds.end(),
                                     [](const Cloud& cloud) { return !cloud.text.empty(); });
    std::vector<std::string> more;
    if (hasSize) more.emplace_back("relative size");
    if (hasText) more.emplace_back("text");
    return positions(figure, points.clouds, points.colours, more,
                     [hasSize](const Cloud& cloud, std::size_t i, std::size_t column) {
                         if (hasSize && column == 0) return at(cloud.size, i);
                         return i < cloud.text.size() ? cloud.text[i] : std::string();
                     });
}

NumberTable numbersOf(const Figure& figure, const Trajectory& trajectory) {
    return positions(figure, trajectory.paths, trajectory.colours, {},
                     [](const Path&, std::size_t, std::size_t) { return std::string(); });
}

std::vector<std::string> channelNames(int channels, const std::string& value) {
    if (channels == 1) return {value.empty() ? "value" : value};
    std::vector<std::string> names{"red", "green", "blue", "opacity"};
    names.resize(static_cast<std::size_t>(channels));
    return names;
}

NumberTable numbersOf(const Figure&, const Raster& raster) {
    NumberTable table;
    table.columns = {nameOf(raster.down.axis, "row"), nameOf(raster.across.axis, "column")};
    for (std::string& name : channelNames(raster.channels, withUnit(raster.valueName, raster.colours.unit)))
        table.columns.push_back(std::move(name));
    const auto channels = static_cast<std::size_t>(raster.channels);
    if (!raster.left.empty()) {
        for (std::size_t i = 0; i < channels; ++i)
            table.columns.push_back(raster.leftWord + ": " + table.columns[2 + i]);
        for (std::size_t i = 0; i < channels; ++i)
            table.columns[2 + i] = raster.rightWord + ": " + table.columns[2 + i];
    }
    if (!raster.overlay.empty()) table.columns.emplace_back("overlay");
    table.rows = raster.rows * raster.columns;
    table.cell = [&raster, channels](std::size_t row, std::size_t column) {
        const std::size_t down = row / raster.columns, across = row % raster.columns;
        if (column == 0)
            return down < raster.down.centres.size() ? onAxis(raster.down.axis, raster.down.centres[down])
                                                     : std::to_string(down);
        if (column == 1)
            return across < raster.across.centres.size()
                       ? onAxis(raster.across.axis, raster.across.centres[across])
                       : std::to_string(across);
        const std::size_t part = column - 2;
        if (part < channels) return at(raster.z, row * channels + part);
        if (!raster.left.empty() && part < 2 * channels)
            return at(raster.left, row * channels + part - channels);
        return at(raster.overlay, row);
    };
    return table;
}

NumberTable numbersOf(const Figure&, const ImageGrid& grid) {
    NumberTable table;
    table.columns = {"tile", "label", "row", "column"};
    for (std::string& name : channelNames(grid.channels, withUnit(grid.colours.title, grid.colours.unit)))
        table.columns.push_back(std::move(name));
    table.rows = grid.tiles.size() * grid.rows * grid.columns;
    table.cell = [&grid](std::size_t row, std::size_t column) {
        const std::size_t tile = row / (grid.rows * grid.columns), pixel = row % (grid.rows * grid.columns);
        if (column == 0) return std::to_string(tile);
        if (column == 1) return grid.tiles[tile].label;
        if (column < 4) return std::to_string(column == 2 ? pixel / grid.columns : pixel % grid.columns);
        return at(grid.tiles[tile].z, pixel * static_cast<std::size_t>(grid.channels) + column - 4);
    };
    return table;
}

NumberTable numbersOf(const Figure&, const Graph& graph) {
    NumberTable table;
    table.columns = {
        "part",
        "from",
        "to",
        "weight",
        "x",
        "y",
        "z",
        graph.colours.title.empty() ? "colour" : withUnit(graph.colours.title, graph.colours.unit),
        "relative size"};
    table.rows = graph.nodes + graph.edges.size();
    table.cell = [&graph](std::size_t row, std::size_t column) -> std::string {
        const auto name = [&](std::size_t node) {
            return node < graph.text.size() ? graph.text[node] : std::to_string(node);
        };
        if (row < graph.nodes) {
            const std::vector<double>* const values[] = {&graph.x, &graph.y, &graph.z, &graph.colour,
                                                         &graph.size};
            if (column < 4) return column == 0 ? "node" : column == 1 ? name(row) : "";
            return at(*values[column - 4], row);
        }
        const Edge& edge = graph.edges[row - graph.nodes];
        if (column == 0) return "edge";
        return column == 1   ? name(edge.from)
               : column == 2 ? name(edge.to)
               : column == 3 ? exact(edge.weight)
                             : std::string();
    };
    return table;
}

NumberTable numbersOf(const Figure& figure, const Histogram& histogram) {
    NumberTable table;
    table.columns = {nameOf(figure.x, "value") + ", from", nameOf(figure.x, "value") + ", to"};
    for (const HistogramSeries& series : histogram.series)
        table.columns.push_back(series.look.label + (histogram.density ? ", density" : ", count"));
    table.rows = histogram.edges.empty() ? 0 : histogram.edges.size() - 1;
    table.cell = [&histogram](std::size_t row, std::size_t column) {
        return column < 2 ? exact(histogram.edges[row + column])
                          : at(histogram.series[column - 2].heights, row);
    };
    return table;
}

NumberTable numbersOf(const Figure&, const Table& given) {
    NumberTable table;
    const bool hasNames = std::any_of(given.rows.begin(), given.rows.end(),
                                      [](const std::string& name) { return !name.empty(); });
    if (hasNames) table.columns.push_back(given.rowTitle.empty() ? "row" : given.rowTitle);
    for (const Column& column : given.columns) table.columns.push_back(withUnit(column.title, column.unit));
    table.rows = given.rows.size();
    table.cell = [&given, hasNames](std::size_t row, std::size_t column) {
        if (hasNames && column == 0) return given.rows[row];
        const Column& own = given.columns[column - (hasNames ? 1 : 0)];
        return row < own.words.size() ? own.words[row] : at(own.values, row);
    };
    return table;
}

NumberTable numbersOf(const Figure&, const Text& text) {
    NumberTable table;
    table.columns = {"text"};
    table.rows = 1;
    table.cell = [&text](std::size_t, std::size_t) { return text.paragraph; };
    return table;
}

void appendField(std::string& csv, const std::string& field) {
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
        csv += field;
        return;
    }
    csv += '"';
    for (const char c : field) {
        if (c == '"') csv += '"';
        csv += c;
    }
    csv += '"';
}

}  // namespace

NumberTable figureNumbers(const Figure& figure) {
    return std::visit([&](const auto& body) { return numbersOf(figure, body); }, figure.body);
}

std::string figureCsv(const Figure& figure) {
    const NumberTable table = figureNumbers(figure);
    std::string csv;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (column > 0) csv += ',';
        appendField(csv, table.columns[column]);
    }
    csv += "\r\n";
    for (std::size_t row = 0; row < table.rows; ++row) {
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            if (column > 0) csv += ',';
            appendField(csv, table.cell(row, column));
        }
        csv += "\r\n";
    }
    return csv;
}

}  // namespace latent::engine::figures
