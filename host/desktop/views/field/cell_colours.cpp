// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/cell_colours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace latent::desktop {

using engine::figures::MapFamily;
using engine::figures::Scale;

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr double kOverlayOpacity = 0.62;

}  // namespace

void CellMean::add(float position) {
    if (std::isnan(position)) {
        ++m_missing;
        return;
    }
    if (m_count++ == 0) m_first = position;
    if (m_kind == CellColours::Mean::Circular) {
        const float angle = position * 2 * std::numbers::pi_v<float>;
        m_sum += std::cos(angle);
        m_sine += std::sin(angle);
    } else {
        m_sum += position;
    }
}

float CellMean::result() const {
    if (m_count == 0) return kNone;
    if (m_count == 1 || m_kind == CellColours::Mean::First) return m_first;
    if (m_kind == CellColours::Mean::Plain) return m_sum / static_cast<float>(m_count);
    const float turn = std::atan2(m_sine, m_sum) / (2 * std::numbers::pi_v<float>);
    return turn < 0 ? turn + 1 : turn;
}

CellColours CellColours::ofValues(std::size_t rows, std::size_t columns, std::span<const double> z,
                                  const ColourMap& map, MapFamily family) {
    CellColours made;
    made.m_hatches = map.hatches();
    made.m_missing = map.missing();
    made.m_mean = family == MapFamily::Categorical ? Mean::First
                  : family == MapFamily::Cyclic    ? Mean::Circular
                                                   : Mean::Plain;
    const auto last = static_cast<double>(made.m_table.size() - 1);
    // Categories keep their number: neighbours in the table must not blend.
    const bool isCategory = family == MapFamily::Categorical;
    for (std::size_t i = 0; i < made.m_table.size(); ++i)
        made.m_table[i] =
            isCategory ? map.at(static_cast<double>(i)) : map.atPosition(static_cast<double>(i) / last);
    made.m_grid = {rows, columns, std::vector<float>(rows * columns, kNone), {}};
    std::vector<float>& positions = made.m_grid.positions;
    const std::size_t count = std::min(z.size(), positions.size());
    if (isCategory) {
        for (std::size_t i = 0; i < count; ++i)
            if (std::isfinite(z[i]))
                positions[i] =
                    static_cast<float>(std::fmod(std::round(std::max(0.0, z[i])), last + 1) / last);
    } else if (map.scale() != Scale::Log && family != MapFamily::Diverging) {
        // The same as map.position(), without a call a cell.
        const double low = map.low(), perValue = 1 / (map.high() - map.low());
        for (std::size_t i = 0; i < count; ++i)
            positions[i] =
                std::isnan(z[i]) ? kNone : static_cast<float>(std::clamp((z[i] - low) * perValue, 0.0, 1.0));
    } else {
        for (std::size_t i = 0; i < count; ++i) positions[i] = static_cast<float>(map.position(z[i]));
    }
    made.makeOverview();
    return made;
}

CellColours CellColours::ofChannels(std::size_t rows, std::size_t columns, std::span<const double> z,
                                    int channels) {
    CellColours made;
    made.m_grid = {rows, columns, {}, std::vector<QRgb>(rows * columns, kMissingColour)};
    const auto step = static_cast<std::size_t>(channels);
    for (std::size_t i = 0; i < rows * columns && (i + 1) * step <= z.size(); ++i) {
        const double* cell = z.data() + i * step;
        if (std::isnan(cell[0] + cell[1] + cell[2])) continue;
        const auto byte = [](double part) {
            return static_cast<int>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
        };
        const int alpha = channels == 4 ? (std::isnan(cell[3]) ? 255 : byte(cell[3])) : 255;
        made.m_grid.colours[i] = qPremultiply(qRgba(byte(cell[0]), byte(cell[1]), byte(cell[2]), alpha));
    }
    made.m_hatches = true;
    made.makeOverview();
    return made;
}

CellColours CellColours::ofOverlay(std::size_t rows, std::size_t columns, std::span<const double> values,
                                   const QColor& colour) {
    CellColours made;
    made.m_grid = {rows, columns, {}, std::vector<QRgb>(rows * columns, 0)};
    double most = 0;
    for (const double value : values)
        if (std::isfinite(value)) most = std::max(most, std::abs(value));
    for (std::size_t i = 0; i < std::min(values.size(), rows * columns) && most > 0; ++i) {
        if (!std::isfinite(values[i]) || values[i] == 0) continue;
        // Even the weakest value is to be seen.
        const double part = 0.35 + 0.65 * std::abs(values[i]) / most;
        made.m_grid.colours[i] =
            qPremultiply(qRgba(colour.red(), colour.green(), colour.blue(),
                               static_cast<int>(std::lround(255 * kOverlayOpacity * part))));
    }
    made.makeOverview();
    return made;
}

QRgb CellColours::colourAt(float position) const {
    if (std::isnan(position)) return m_missing;
    return m_table[static_cast<std::size_t>(position * static_cast<float>(m_table.size() - 1) + 0.5f)];
}

QRgb CellColours::colourOf(std::size_t row, std::size_t column) const {
    const std::size_t i = row * m_grid.columns + column;
    return isMapped() ? colourAt(m_grid.positions[i]) : m_grid.colours[i];
}

/// Merged cells keep what is missing visible: a block with more than a quarter of its cells missing is missing.
void CellColours::makeOverview() {
    std::size_t rows = m_grid.rows, columns = m_grid.columns;
    while (rows * columns > kOverviewCells) {
        std::size_t& larger = rows > columns ? rows : columns;
        std::size_t& step = rows > columns ? m_stepDown : m_stepAcross;
        larger = (larger + 1) / 2;
        step *= 2;
    }
    if (m_stepDown == 1 && m_stepAcross == 1) return;
    rows = (m_grid.rows + m_stepDown - 1) / m_stepDown;
    columns = (m_grid.columns + m_stepAcross - 1) / m_stepAcross;
    m_overview.rows = rows;
    m_overview.columns = columns;
    (isMapped() ? void(m_overview.positions.resize(rows * columns))
                : void(m_overview.colours.resize(rows * columns)));
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            const std::size_t lastRow = std::min((r + 1) * m_stepDown, m_grid.rows),
                              lastColumn = std::min((c + 1) * m_stepAcross, m_grid.columns);
            if (!isMapped()) {
                m_overview.colours[r * columns + c] =
                    m_grid.colours[r * m_stepDown * m_grid.columns + c * m_stepAcross];
                continue;
            }
            CellMean mean(m_mean);
            for (std::size_t y = r * m_stepDown; y < lastRow; ++y)
                for (std::size_t x = c * m_stepAcross; x < lastColumn; ++x)
                    mean.add(m_grid.positions[y * m_grid.columns + x]);
            m_overview.positions[r * columns + c] =
                mean.missing() > 0 && 3 * mean.missing() >= mean.count() ? kNone : mean.result();
        }
}

}  // namespace latent::desktop
