// SPDX-License-Identifier: Apache-2.0
// Points and trajectories: positions in two or three dimensions, coloured by arrays or dimensions.
#include <algorithm>
#include <cmath>

#include "engine/figures/resolver.hpp"

namespace latent::engine::figures {

namespace {

/// Values of a dimension repeated over all drawn dimensions, in the order of the flattened points.
std::vector<double> spread(const std::vector<double>& values, const std::vector<KeptDimension>& dims,
                           std::size_t axis) {
    std::uint64_t inner = 1, outer = 1;
    for (std::size_t i = 0; i < dims.size(); ++i)
        (i < axis ? outer : i > axis ? inner : outer) *= i == axis ? 1 : dims[i].size;
    std::vector<double> all;
    all.reserve(static_cast<std::size_t>(inner * outer * dims[axis].size));
    for (std::uint64_t o = 0; o < outer; ++o)
        for (std::uint64_t i = 0; i < dims[axis].size; ++i)
            all.insert(all.end(), static_cast<std::size_t>(inner), i < values.size() ? values[i] : NAN);
    return all;
}

/// Areas in relation to the largest; what is no positive number has none.
void relate(std::vector<double>& sizes) {
    double most = 0;
    for (const double size : sizes)
        if (std::isfinite(size)) most = std::max(most, size);
    for (double& size : sizes) size = std::isfinite(size) && size > 0 ? size / most : 0;
}

}  // namespace

void Resolver::spaceAxes() {
    m_figure.x = axisOf(m_view, "x_axis", m_x);
    m_figure.y = axisOf(m_view, "y_axis", m_y);
    m_figure.z = axisOf(m_view, "z_axis", m_z);
}

Status Resolver::points() {
    Points points;
    DataRange range;
    for (std::size_t i = 0; i < m_view.at("series").size(); ++i) LATENT_CHECK(cloud(i, points, range));
    if (points.colours) range.put(*points.colours);
    m_figure.isEmpty = std::all_of(points.clouds.begin(), points.clouds.end(),
                                   [](const Cloud& cloud) { return cloud.x.empty(); });
    spaceAxes();
    m_figure.body = std::move(points);
    return ok();
}

Status Resolver::cloud(std::size_t number, Points& points, DataRange& range) {
    const json& series = m_view["series"][number];
    const std::string what = seriesWords(m_view, number);
    Cloud cloud;
    LATENT_TRY(Picked x, m_picker.pick(series.at("x")));
    LATENT_TRY(Picked y, m_picker.pick(series.at("y")));
    LATENT_TRY(Picked z, pickIn(series, "z"));
    cloud.look = lookOf(series, wordsOfName(series["y"]["array"].get<std::string>()));
    if (cloud.look.marker == Marker::None && !series.contains("marker")) cloud.look.marker = Marker::Circle;
    if (!x || !y || (series.contains("z") && !z)) {
        points.clouds.push_back(std::move(cloud));
        return ok();
    }
    if (!m_view.value("every_cell", false)) m_picker.fixSwept(x);
    std::vector<KeptDimension> dims = x.dims;
    LATENT_CHECK(m_picker.within(y, dims, "y of " + what));
    LATENT_CHECK(m_picker.within(z, dims, "z of " + what));
    LATENT_TRY(Picked size, pickIn(series, "size"));
    LATENT_CHECK(m_picker.within(size, dims, "the size of " + what));
    LATENT_TRY(Picked text, pickIn(series, "text"));
    LATENT_CHECK(m_picker.within(text, dims, "the text of " + what));
    Picked colour;
    const json* colourOf = series.contains("colour") ? &series["colour"] : nullptr;
    if (colourOf && colourOf->contains("array")) {
        LATENT_TRY(colour, m_picker.pick(*colourOf));
        LATENT_CHECK(m_picker.within(colour, dims, "the colour of " + what));
    }
    m_x.push_back(x.array);
    m_y.push_back(y.array);
    if (z) m_z.push_back(z.array);
    LATENT_TRY(cloud.x, m_picker.numbers(x, dims));
    LATENT_TRY(cloud.y, m_picker.numbers(y, dims));
    if (z) {
        LATENT_TRY(cloud.z, m_picker.numbers(z, dims));
    }
    if (size) {
        LATENT_TRY(cloud.size, m_picker.numbers(size, dims));
        relate(cloud.size);
    }
    if (colour) {
        LATENT_TRY(cloud.colour, m_picker.numbers(colour, dims));
        if (!points.colours) points.colours = coloursOf(m_view, colour.array);
    } else if (colourOf && colourOf->contains("dimension")) {
        const std::string dimension = textIn(*colourOf, "dimension");
        const auto axis = std::find_if(dims.begin(), dims.end(),
                                       [&](const KeptDimension& d) { return d.name == dimension; });
        if (axis == dims.end())
            return refused(what + " is coloured by " + dimension + ", along which it does not vary.");
        const Coordinate coordinate = m_picker.coordinate(x.array, *axis);
        LATENT_CHECK(m_picker.take(cloud.x.size()));
        cloud.colour = spread(coordinate.values, dims, static_cast<std::size_t>(axis - dims.begin()));
        if (!points.colours) points.colours = coloursOf(m_view, coordinate.array, dimension);
    }
    range.add(cloud.colour);
    if (text) {
        LATENT_TRY(const std::vector<double> values, m_picker.numbers(text, dims));
        for (const double value : values) cloud.text.push_back(valueText(text.array, value));
    }
    for (const KeptDimension& d : dims) {
        cloud.dims.push_back(d.name);
        cloud.shape.push_back(d.size);
    }
    points.clouds.push_back(std::move(cloud));
    return ok();
}

Status Resolver::trajectory() {
    Trajectory trajectory;
    DataRange range;
    for (std::size_t i = 0; i < m_view.at("series").size(); ++i) LATENT_CHECK(path(i, trajectory, range));
    if (trajectory.colours) range.put(*trajectory.colours);
    m_figure.isEmpty = std::all_of(trajectory.paths.begin(), trajectory.paths.end(),
                                   [](const Path& path) { return path.x.empty(); });
    m_alongX = kNoOne;
    spaceAxes();
    m_figure.body = std::move(trajectory);
    return ok();
}

Result<std::vector<PathMark>> Resolver::marks(const json& series, const Picked& x,
                                              const KeptDimension& along) {
    std::vector<PathMark> marks;
    const auto list = series.find("marks");
    if (list == series.end() || !x || along.size == 0) return marks;
    const auto dimension = std::find(x.array->dims.begin(), x.array->dims.end(), along.name);
    for (const json& entry : *list) {
        const json& at = entry.at("at");
        const auto index =
            m_picker.indexOf(at, *x.array, static_cast<std::size_t>(dimension - x.array->dims.begin()));
        const auto place = index ? along.entryOf(*index) : std::nullopt;
        PathMark mark;
        if (at.is_object()) mark.cursor = textIn(at, "cursor");
        // A cursor beyond the rows that are there so far stands at the last of them.
        if (!place && (mark.cursor.empty() || !index || along.step != 1)) continue;
        mark.at = static_cast<std::int64_t>(place ? *place : *index < along.first ? 0 : along.size - 1);
        mark.label = textIn(entry, "label");
        mark.marker = markerOf(entry, Marker::Circle);
        marks.push_back(std::move(mark));
    }
    return marks;
}

Status Resolver::path(std::size_t number, Trajectory& trajectory, DataRange& range) {
    const json& series = m_view["series"][number];
    const std::string what = seriesWords(m_view, number), family = textIn(series, "family");
    LATENT_TRY(Picked x, m_picker.pick(series.at("x")));
    LATENT_TRY(Picked y, m_picker.pick(series.at("y")));
    LATENT_TRY(Picked z, pickIn(series, "z"));
    LATENT_CHECK(m_picker.leave(x, family.empty() ? 1 : 2, "x of " + what));
    if (!x || !y || (series.contains("z") && !z)) {
        if (family.empty())
            trajectory.paths.emplace_back().look =
                lookOf(series, wordsOfName(series["y"]["array"].get<std::string>()));
        return ok();
    }
    if (!family.empty() && !x.find(family))
        return refused("x of " + what + " does not vary along " + family + ", its family.");
    std::vector<KeptDimension> dims = x.dims;
    if (!family.empty() && dims[0].name != family) std::swap(dims[0], dims[1]);
    LATENT_CHECK(m_picker.within(y, dims, "y of " + what));
    LATENT_CHECK(m_picker.within(z, dims, "z of " + what));
    const KeptDimension& along = dims.back();

    const json* colourOf = series.contains("colour") ? &series["colour"] : nullptr;
    Picked colour;
    Coordinate colourAlong;
    const Coordinate familyCoordinate =
        family.empty() ? Coordinate() : m_picker.coordinate(x.array, dims.front());
    const std::string colourDimension = colourOf ? textIn(*colourOf, "dimension") : "";
    if (colourOf && colourOf->contains("array")) {
        LATENT_TRY(colour, m_picker.pick(*colourOf));
        LATENT_CHECK(m_picker.within(colour, dims, "the colour of " + what));
        if (!trajectory.colours) trajectory.colours = coloursOf(m_view, colour.array);
    } else if (!colourDimension.empty() && colourDimension == along.name) {
        colourAlong = m_picker.coordinate(x.array, along);
        colourAlong.values.resize(along.size, NAN);
        if (!trajectory.colours) trajectory.colours = coloursOf(m_view, colourAlong.array, colourDimension);
    } else if (!colourDimension.empty() && colourDimension == family) {
        if (!trajectory.colours)
            trajectory.colours = coloursOf(m_view, familyCoordinate.array, colourDimension);
    } else if (!colourDimension.empty()) {
        return refused(what + " is coloured by " + colourDimension + ", along which it does not vary.");
    }
    m_x.push_back(x.array);
    m_y.push_back(y.array);
    if (z) m_z.push_back(z.array);
    LATENT_TRY(const std::vector<PathMark> allMarks, marks(series, x, along));

    const std::uint64_t drawn = family.empty() ? 1 : members(dims.front().size, family);
    for (std::uint64_t member = 0; member < drawn; ++member) {
        const auto numbersOf = [&](const Picked& picked) -> Result<std::vector<double>> {
            Picked own = picked;
            if (!family.empty()) own.fix(family, member);
            return m_picker.numbers(own, std::span(&along, 1));
        };
        Path path;
        path.look = lookOf(series, titleOf(*y.array));
        path.dimension = along.name;
        path.family = family;
        path.marks = allMarks;
        if (!family.empty()) {
            const double value = member < familyCoordinate.values.size() ? familyCoordinate.values[member]
                                                                         : static_cast<double>(member);
            path.look.label = memberLabel(series, family, familyCoordinate.array, value);
            path.look.familyIndex = static_cast<int>(dims.front().indexOf(member));
            if (colourDimension == family) {
                path.look.colourValue = value;
                range.add(value);
            }
        }
        LATENT_TRY(path.x, numbersOf(x));
        LATENT_TRY(path.y, numbersOf(y));
        if (z) {
            LATENT_TRY(path.z, numbersOf(z));
        }
        if (colour) {
            LATENT_TRY(path.colour, numbersOf(colour));
        }
        if (!colourAlong.values.empty()) path.colour = colourAlong.values;
        range.add(path.colour);
        trajectory.paths.push_back(std::move(path));
    }
    return ok();
}

}  // namespace latent::engine::figures
