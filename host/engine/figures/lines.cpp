// SPDX-License-Identifier: Apache-2.0
// Curves: each series leaves one dimension, or two where one makes a family.
#include <algorithm>
#include <cmath>

#include "engine/figures/resolver.hpp"
#include "engine/figures/smoothing.hpp"

namespace latent::engine::figures {

namespace {

std::vector<double> smoothedBy(const nlohmann::json& how, const std::vector<double>& y) {
    const std::string kind = textIn(how, "kind");
    const SmoothingKind smoothing = kind == "exponential" ? SmoothingKind::Exponential
                                    : kind == "gaussian"  ? SmoothingKind::Gaussian
                                                          : SmoothingKind::Median;
    return smoothed(smoothing, how.at("strength").get<double>(), y);
}

}  // namespace

Status Resolver::lines() {
    Lines lines;
    DataRange range;
    for (std::size_t i = 0; i < m_view.at("series").size(); ++i) LATENT_CHECK(line(i, lines, range));
    if (lines.colours) range.put(*lines.colours);
    m_figure.isEmpty =
        std::all_of(lines.lines.begin(), lines.lines.end(), [](const Line& line) { return line.x.empty(); });
    m_figure.x = m_x.empty() ? axisOf(m_view, "x_axis", nullptr, m_alongX) : axisOf(m_view, "x_axis", m_x);
    m_figure.y = axisOf(m_view, "y_axis", m_y);
    m_figure.body = std::move(lines);
    return ok();
}

Status Resolver::line(std::size_t number, Lines& lines, DataRange& range) {
    const json& series = m_view["series"][number];
    const std::string what = seriesWords(m_view, number), family = textIn(series, "family");
    LATENT_TRY(Picked y, m_picker.pick(series.at("y")));
    LATENT_CHECK(m_picker.leave(y, family.empty() ? 1 : 2, "y of " + what));
    const std::string name = series["y"]["array"].get<std::string>();
    if (!y) {  // an empty line keeps its place in the legend and in the order of colours
        if (family.empty()) lines.lines.emplace_back().look = lookOf(series, wordsOfName(name));
        return ok();
    }
    if (!family.empty() && !y.find(family))
        return refused("y of " + what + " does not vary along " + family + ", its family.");
    std::vector<KeptDimension> dims = y.dims;
    if (!family.empty() && dims[0].name != family) std::swap(dims[0], dims[1]);
    const json* xOf = series.contains("x") ? &series["x"] : m_view.contains("x") ? &m_view["x"] : nullptr;
    Picked x, low, high;
    if (xOf) {
        LATENT_TRY(x, m_picker.pick(*xOf));
        if (!x) dims.back().size = 0;
        LATENT_CHECK(m_picker.within(x, dims, "x of " + what));
    }
    LATENT_TRY(low, pickIn(series, "low"));
    LATENT_CHECK(m_picker.within(low, dims, "the lower end of the band of " + what));
    LATENT_TRY(high, pickIn(series, "high"));
    LATENT_CHECK(m_picker.within(high, dims, "the upper end of the band of " + what));

    KeptDimension along = dims.back();
    Coordinate coordinate = m_picker.coordinate(y.array, along);
    if (!x) along.size = std::min<std::uint64_t>(along.size, coordinate.values.size());
    m_y.push_back(y.array);
    if (m_alongX.empty()) {
        m_alongX = along.name;
        m_alongOf = y.array;
        m_xAlong = x;
    }
    if (m_alongX != along.name || (x && !(x.dims.size() == 1 && x.dims[0].name == along.name)))
        m_alongX = kNoOne;  // no one dimension runs along x
    if (const LoadedArray* array = x ? x.array : coordinate.array;
        array && std::find(m_x.begin(), m_x.end(), array) == m_x.end())
        m_x.push_back(array);

    const std::uint64_t wanted = family.empty() ? 1 : dims.front().size;
    const std::uint64_t drawn = family.empty() ? 1 : members(wanted, family);
    const Coordinate familyCoordinate =
        family.empty() ? Coordinate() : m_picker.coordinate(y.array, dims.front());
    const bool isColoured =
        !family.empty() && series.contains("colour") && textIn(series["colour"], "dimension") == family;
    if (isColoured && !lines.colours) lines.colours = coloursOf(m_view, familyCoordinate.array, family);

    for (std::uint64_t member = 0; member < drawn; ++member) {
        const auto numbersOf = [&](const Picked& picked) -> Result<std::vector<double>> {
            Picked own = picked;
            if (!family.empty()) own.fix(family, member);
            return m_picker.numbers(own, std::span(&along, 1));
        };
        Line line;
        line.look = lookOf(series, titleOf(*y.array));
        line.steps = series.value("steps", false);
        if (!family.empty()) {
            const double value = member < familyCoordinate.values.size() ? familyCoordinate.values[member]
                                                                         : static_cast<double>(member);
            line.look.label = memberLabel(series, family, familyCoordinate.array, value);
            line.look.familyIndex = static_cast<int>(dims.front().indexOf(member));
            if (isColoured) {
                line.look.colourValue = value;
                range.add(value);
            }
        }
        LATENT_TRY(line.y, numbersOf(y));
        if (x) {
            LATENT_TRY(line.x, numbersOf(x));
        } else {
            LATENT_CHECK(m_picker.take(along.size));
            coordinate.values.resize(static_cast<std::size_t>(along.size));
            line.x = member + 1 < drawn ? coordinate.values : std::move(coordinate.values);
        }
        if (low && high) {
            LATENT_TRY(line.low, numbersOf(low));
            LATENT_TRY(line.high, numbersOf(high));
        }
        if (const auto how = series.find("smoothing"); how != series.end()) {
            LATENT_CHECK(m_picker.take(along.size));
            line.smoothed = smoothedBy(*how, line.y);
        }
        lines.lines.push_back(std::move(line));
    }
    return ok();
}

}  // namespace latent::engine::figures
