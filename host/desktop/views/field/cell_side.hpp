// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One side of a raster: where its cells begin and end, and the same on pixels.
//
// Cells reach half-way to their neighbours, on a logarithmic axis in the logarithm, so unevenly spaced centres make uneven
// cells: drawn to scale. Where the thinnest cell would be less than a quarter of the mean one (1, 2, 4, … 1400 on a linear
// axis), all cells are equal instead, each tick tells the value of its cell, and values between two centres lie between them
// in proportion. Sides whose centres are words, or rise and fall, are drawn by index; each cell keeps its own name.
// A place is linear in pixels (see axis_scale.hpp); placeOf() and valueAt() are the only way between values and places.
// Plain values; any thread. A SideView borrows its CellSide.
//
//     const CellSide across(raster.across, raster.columns);
//     const SideView view(across, across.home(), {area.left(), area.right()}, Direction::Forward);
//     if (auto column = view.cellAt(event->position().x())) highlight(*column);

#include <QString>
#include <optional>
#include <vector>

#include "desktop/views/plot/axis_scale.hpp"

namespace latent::desktop {

/// Part of a side, in places; low < high.
struct PlaceSpan {
    double low = 0, high = 1;
    double size() const { return high - low; }
    bool operator==(const PlaceSpan&) const = default;
};

class CellSide {
  public:
    CellSide() = default;
    CellSide(const engine::figures::Side& side, std::size_t cells);

    std::size_t cells() const { return m_edges.size() - 1; }
    const AxisScale& scale() const { return m_scale; }
    bool isByIndex() const { return m_byIndex; }
    /// Equal cells that have uneven values: not to scale.
    bool hasEqualCells() const { return !m_nodes.empty(); }
    /// Continuous, and strictly rising or falling with the value; NaN where the axis cannot show it. Of a side by index: the
    /// index.
    double placeOf(double value) const;
    double valueAt(double place) const;
    /// A span of the same values that was meant for another state of this side, say before a column was added.
    PlaceSpan spanFrom(const CellSide& before, PlaceSpan span) const;
    bool isReversed() const { return m_reversed; }
    /// Place where cell `i` begins, for i = 0 … cells(); rising or falling.
    double edge(std::size_t i) const { return m_edges[i]; }
    bool rises() const { return m_edges.back() > m_edges.front(); }
    double centre(std::size_t i) const;
    std::optional<std::size_t> cellAt(double place) const;
    PlaceSpan all() const;
    /// All, or the limits that the view asks for.
    PlaceSpan home() const { return m_home; }
    /// Keeps at least one cell in view and nothing beyond the last one.
    PlaceSpan clamped(PlaceSpan span) const;
    /// What cell `i` is called: its category, else its coordinate.
    QString words(std::size_t i) const;
    /// Its coordinate as a number.
    double value(std::size_t i) const { return i < m_values.size() ? m_values[i] : static_cast<double>(i); }

  private:
    bool placeByValue(const engine::figures::Side& side);
    bool isTooUneven() const;
    std::vector<double> m_edges{0, 1};
    std::vector<double> m_values;
    std::vector<double> m_nodes;  ///< of equal cells: where each value would stand to scale
    std::vector<std::string> m_categories;
    AxisScale m_scale;
    PlaceSpan m_home;
    bool m_byIndex = true, m_reversed = false;
};

/// Cells [first, last) that a pixel shows; empty beyond the side.
struct CellRange {
    int first = 0, last = 0;
    bool operator==(const CellRange&) const = default;
};

/// Which way the indices run on the screen: left to right and top to bottom, or against it.
enum class Direction { Forward, Backward };

class SideView {
  public:
    SideView() = default;
    SideView(const CellSide& side, PlaceSpan shown, double firstPixel, double lastPixel, Direction direction);

    const CellSide& side() const { return *m_side; }
    PlaceSpan shown() const { return m_shown; }
    double firstPixel() const { return m_firstPixel; }
    double lastPixel() const { return m_lastPixel; }
    double length() const { return m_lastPixel - m_firstPixel; }
    double pixel(double place) const { return m_startPixel + (place - m_start) * m_perPlace; }
    double place(double pixel) const { return m_start + (pixel - m_startPixel) / m_perPlace; }
    double value(double pixel) const { return m_side->valueAt(place(pixel)); }
    double pixelOfValue(double value) const { return pixel(m_side->placeOf(value)); }
    double edgePixel(std::size_t i) const { return pixel(m_side->edge(i)); }
    double centrePixel(std::size_t i) const { return pixel(m_side->centre(i)); }
    /// From left to right, or from top to bottom.
    std::pair<double, double> cellPixels(std::size_t i) const;
    std::optional<std::size_t> cellAt(double pixel) const;
    /// Cells [first, last) that are in view at least in part.
    std::pair<std::size_t, std::size_t> visible() const;
    double smallestCell_px() const;
    /// For `count` pixels that divide the view evenly: every visible cell belongs to at least one of them.
    std::vector<CellRange> rangesOf(int count) const;

  private:
    const CellSide* m_side = nullptr;
    PlaceSpan m_shown;
    double m_firstPixel = 0, m_lastPixel = 1, m_start = 0, m_startPixel = 0, m_perPlace = 1;
};

}  // namespace latent::desktop
