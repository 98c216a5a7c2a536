// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/cell_side.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

namespace {

/// Of the mean cell: thinner ones are hard to see and to hit beside the others.
constexpr double kLeastPart = 0.25;

}  // namespace

CellSide::CellSide(const engine::figures::Side& side, std::size_t cells)
    : m_edges(std::max<std::size_t>(cells, 1) + 1),
      m_values(side.centres),
      m_categories(side.axis.categories),
      m_reversed(side.axis.reversed) {
    m_values.resize(std::min(m_values.size(), cells));
    m_byIndex = !placeByValue(side);
    if (m_byIndex) m_scale = AxisScale();
    if (!m_byIndex && isTooUneven()) {
        m_nodes.resize(cells);
        std::transform(m_values.begin(), m_values.end(), m_nodes.begin(),
                       [this](double value) { return m_scale.place(value); });
    }
    if (m_byIndex || hasEqualCells())
        for (std::size_t i = 0; i < m_edges.size(); ++i) m_edges[i] = static_cast<double>(i) - 0.5;
    m_home = all();
    if (m_byIndex) return;
    // Of equal cells places rise with the index, whichever way the values go.
    auto [low, high] = std::pair(side.axis.low, side.axis.high);
    if (hasEqualCells() && m_nodes.back() < m_nodes.front()) std::swap(low, high);
    PlaceSpan asked = m_home;
    if (low && m_scale.shows(*low)) asked.low = std::max(asked.low, placeOf(*low));
    if (high && m_scale.shows(*high)) asked.high = std::min(asked.high, placeOf(*high));
    if (asked.high > asked.low) m_home = asked;
}

bool CellSide::isTooUneven() const {
    double thinnest = INFINITY;
    for (std::size_t i = 0; i < cells(); ++i)
        thinnest = std::min(thinnest, std::abs(m_edges[i + 1] - m_edges[i]));
    return thinnest < kLeastPart * all().size() / static_cast<double>(cells());
}

double CellSide::placeOf(double value) const {
    const double node = m_scale.place(value);
    if (!hasEqualCells() || std::isnan(node)) return node;
    // The stretch between two centres that holds it; beyond the outermost ones the last stretch goes on.
    const auto after =
        m_nodes.back() > m_nodes.front()
            ? std::upper_bound(m_nodes.begin() + 1, m_nodes.end() - 1, node)
            : std::upper_bound(m_nodes.begin() + 1, m_nodes.end() - 1, node, std::greater<double>());
    const double before = after[-1];
    return static_cast<double>(after - m_nodes.begin() - 1) + (node - before) / (*after - before);
}

double CellSide::valueAt(double place) const {
    if (!hasEqualCells()) return m_scale.value(place);
    const double first = std::clamp(std::floor(place), 0.0, static_cast<double>(m_nodes.size()) - 2),
                 part = place - first;
    const auto i = static_cast<std::size_t>(first);
    // The centres themselves come back as they are, not by way of a logarithm.
    if (part == 0 || part == 1) return m_values[i + (part == 1 ? 1 : 0)];
    return m_scale.value(m_nodes[i] + part * (m_nodes[i + 1] - m_nodes[i]));
}

PlaceSpan CellSide::spanFrom(const CellSide& before, PlaceSpan span) const {
    // To scale, a place is the same one in both; by index too, whatever the values.
    if (m_byIndex || before.m_byIndex || m_nodes == before.m_nodes) return span;
    const auto [low, high] =
        std::minmax({placeOf(before.valueAt(span.low)), placeOf(before.valueAt(span.high))});
    return std::isfinite(low) && std::isfinite(high) ? clamped({low, high}) : home();
}

bool CellSide::placeByValue(const engine::figures::Side& side) {
    const std::size_t cells = m_edges.size() - 1;
    if (!side.axis.categories.empty() || side.centres.size() != cells || cells == 0) return false;
    m_scale = AxisScale(side.axis.scale, side.axis.linearBelow);
    std::vector<double> places(cells);
    for (std::size_t i = 0; i < cells; ++i) {
        places[i] = m_scale.place(side.centres[i]);
        if (!std::isfinite(places[i])) return false;
    }
    const bool rises = places.back() > places.front();
    for (std::size_t i = 1; i < cells; ++i)
        if (rises ? !(places[i] > places[i - 1]) : !(places[i] < places[i - 1])) return false;
    for (std::size_t i = 1; i < cells; ++i) m_edges[i] = (places[i - 1] + places[i]) / 2;
    m_edges[0] = cells > 1 ? places[0] - (m_edges[1] - places[0]) : places[0] - 0.5;
    m_edges[cells] =
        cells > 1 ? places[cells - 1] + (places[cells - 1] - m_edges[cells - 1]) : places[0] + 0.5;
    // Coordinates so close that doubles cannot hold the edge between them.
    return m_edges[0] != m_edges[1] && m_edges[cells] != m_edges[cells - 1];
}

double CellSide::centre(std::size_t i) const {
    if (m_byIndex || hasEqualCells()) return static_cast<double>(i);
    return m_scale.place(m_values[i]);
}

std::optional<std::size_t> CellSide::cellAt(double place) const {
    const auto after = rises()
                           ? std::upper_bound(m_edges.begin(), m_edges.end(), place)
                           : std::upper_bound(m_edges.begin(), m_edges.end(), place, std::greater<double>());
    if (after == m_edges.begin() || after == m_edges.end()) return std::nullopt;
    return static_cast<std::size_t>(after - m_edges.begin()) - 1;
}

PlaceSpan CellSide::all() const {
    return {std::min(m_edges.front(), m_edges.back()), std::max(m_edges.front(), m_edges.back())};
}

PlaceSpan CellSide::clamped(PlaceSpan span) const {
    const PlaceSpan whole = all();
    const double least = whole.size() / static_cast<double>(cells()) * 0.999;
    const double middle = (span.low + span.high) / 2;
    const double size = std::clamp(span.size(), std::min(least, whole.size()), whole.size());
    const double low = std::clamp(middle - size / 2, whole.low, std::max(whole.low, whole.high - size));
    return {low, low + size};
}

QString CellSide::words(std::size_t i) const {
    const double own = value(i);
    if (own >= 0 && own < static_cast<double>(m_categories.size()) && own == std::floor(own))
        return QString::fromStdString(m_categories[static_cast<std::size_t>(own)]);
    return valueWords(own);
}

SideView::SideView(const CellSide& side, PlaceSpan shown, double firstPixel, double lastPixel,
                   Direction direction)
    : m_side(&side), m_shown(shown), m_firstPixel(firstPixel), m_lastPixel(lastPixel) {
    const bool risesOnScreen = side.rises() == (direction == Direction::Forward);
    m_start = risesOnScreen ? shown.low : shown.high;
    m_startPixel = firstPixel;
    m_perPlace = (lastPixel - firstPixel) / (risesOnScreen ? shown.size() : -shown.size());
}

std::pair<double, double> SideView::cellPixels(std::size_t i) const {
    const double a = edgePixel(i), b = edgePixel(i + 1);
    return {std::min(a, b), std::max(a, b)};
}

std::optional<std::size_t> SideView::cellAt(double pixel) const {
    if (pixel < m_firstPixel || pixel > m_lastPixel) return std::nullopt;
    return m_side->cellAt(std::clamp(place(pixel), std::nextafter(m_side->all().low, INFINITY),
                                     std::nextafter(m_side->all().high, -INFINITY)));
}

std::pair<std::size_t, std::size_t> SideView::visible() const {
    const auto inside = [&](double place) {
        return std::clamp(place, std::nextafter(m_side->all().low, INFINITY),
                          std::nextafter(m_side->all().high, -INFINITY));
    };
    const std::size_t a = m_side->cellAt(inside(m_shown.low)).value_or(0),
                      b = m_side->cellAt(inside(m_shown.high)).value_or(m_side->cells() - 1);
    return {std::min(a, b), std::max(a, b) + 1};
}

double SideView::smallestCell_px() const {
    const auto [first, last] = visible();
    double smallest = INFINITY;
    for (std::size_t i = first; i < last; ++i)
        smallest = std::min(smallest, std::abs(edgePixel(i + 1) - edgePixel(i)));
    return smallest;
}

std::vector<CellRange> SideView::rangesOf(int count) const {
    std::vector<CellRange> ranges(static_cast<std::size_t>(std::max(count, 0)));
    if (count <= 0) return ranges;
    const auto [first, last] = visible();
    const double perPixel = count / length();
    // Where the pixel shows one cell: the cell under its middle.
    for (int p = 0; p < count; ++p)
        if (const auto cell = cellAt(m_firstPixel + (p + 0.5) / perPixel))
            ranges[static_cast<std::size_t>(p)] = {static_cast<int>(*cell), static_cast<int>(*cell) + 1};
    // Where it shows several: all those whose middle it covers.
    for (std::size_t i = first; i < last; ++i) {
        const int p = std::clamp(static_cast<int>(std::floor((centrePixel(i) - m_firstPixel) * perPixel)), 0,
                                 count - 1);
        CellRange& range = ranges[static_cast<std::size_t>(p)];
        const int cell = static_cast<int>(i);
        if (range.first == range.last) continue;
        range = {std::min(range.first, cell), std::max(range.last, cell + 1)};
    }
    return ranges;
}

}  // namespace latent::desktop
