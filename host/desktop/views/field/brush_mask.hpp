// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A mask that is painted over the cells of a raster with a round brush, and rubbed out again.
//
// Sizes and positions are in cells: (0.5, 0.5) is the middle of the first one. Plain value; any thread.
//
//     BrushMask mask(raster.rows, raster.columns);
//     mask.stroke({3.5, 2.5}, {9.5, 2.5}, 3, BrushMask::Mode::Paint);
//     Q_EMIT gestured(0, {{"mask", mask.toJson()}});         // rows of 0 and 1

#include <QColor>
#include <QPointF>
#include <nlohmann/json.hpp>
#include <vector>

#include "desktop/views/field/cell_colours.hpp"

namespace latent::desktop {

class BrushMask {
  public:
    enum class Mode { Paint, Erase };

    BrushMask() = default;
    BrushMask(std::size_t rows, std::size_t columns) : m_rows(rows), m_columns(columns), m_cells(rows * columns, 0) {}
    bool fits(std::size_t rows, std::size_t columns) const { return m_rows == rows && m_columns == columns; }
    bool isEmpty() const;
    bool at(std::size_t row, std::size_t column) const { return m_cells[row * m_columns + column] != 0; }
    /// `x` of the points is across, `y` down; the disc's diameter is in cells.
    void stroke(const QPointF& from, const QPointF& to, int diameter, Mode mode);
    void clear();
    nlohmann::json toJson() const;
    /// To be drawn over the cells.
    CellColours colours(const QColor& colour) const;

  private:
    void dab(const QPointF& at, int diameter, Mode mode);
    std::size_t m_rows = 0, m_columns = 0;
    std::vector<double> m_cells;
};

}  // namespace latent::desktop
