// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/brush_mask.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {

bool BrushMask::isEmpty() const {
    return std::all_of(m_cells.begin(), m_cells.end(), [](double cell) { return cell == 0; });
}

void BrushMask::dab(const QPointF& at, int diameter, Mode mode) {
    if (m_cells.empty()) return;
    const double radius = diameter / 2.0, paint = mode == Mode::Paint ? 1 : 0;
    const auto clampTo = [](double cell, std::size_t count) {
        return static_cast<std::size_t>(std::clamp(cell, 0.0, static_cast<double>(count) - 1));
    };
    const std::size_t row = clampTo(std::floor(at.y()), m_rows),
                      column = clampTo(std::floor(at.x()), m_columns);
    const std::size_t top = clampTo(std::floor(at.y() - radius), m_rows),
                      bottom = clampTo(std::floor(at.y() + radius), m_rows);
    const std::size_t left = clampTo(std::floor(at.x() - radius), m_columns),
                      right = clampTo(std::floor(at.x() + radius), m_columns);
    // The middle of a dab is the middle of a cell for odd sizes, so that size 1 is one cell and size 3 a plus and its corners.
    const QPointF middle =
        diameter % 2 ? QPointF(static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5) : at;
    for (std::size_t y = top; y <= bottom; ++y)
        for (std::size_t x = left; x <= right; ++x)
            if (std::hypot(static_cast<double>(x) + 0.5 - middle.x(),
                           static_cast<double>(y) + 0.5 - middle.y()) <= radius)
                m_cells[y * m_columns + x] = paint;
    // The cell under the pointer belongs to every dab.
    m_cells[row * m_columns + column] = paint;
}

void BrushMask::stroke(const QPointF& from, const QPointF& to, int diameter, Mode mode) {
    const int steps =
        std::max(1, static_cast<int>(std::ceil(2 * std::hypot(to.x() - from.x(), to.y() - from.y()))));
    for (int i = 0; i <= steps; ++i)
        dab(from + (to - from) * (static_cast<double>(i) / steps), std::max(1, diameter), mode);
}

void BrushMask::clear() { std::fill(m_cells.begin(), m_cells.end(), 0); }

nlohmann::json BrushMask::toJson() const {
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t y = 0; y < m_rows; ++y) {
        nlohmann::json row = nlohmann::json::array();
        for (std::size_t x = 0; x < m_columns; ++x) row.push_back(at(y, x) ? 1 : 0);
        rows.push_back(std::move(row));
    }
    return rows;
}

CellColours BrushMask::colours(const QColor& colour) const {
    return CellColours::ofOverlay(m_rows, m_columns, m_cells, colour);
}

}  // namespace latent::desktop
