// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/cell_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace latent::desktop {
namespace {

constexpr double kHatchPeriod_px = 6, kHatchLine_px = 1.5;
/// Runs of missing pixels shorter than this show no pattern, only noise.
constexpr std::size_t kLeastHatched_px = 6;

QRgb mixed(const QColor& a, const QColor& b, double part) {
    const auto mix = [part](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * part)); };
    return qRgb(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

/// Whether any or all of the cells of a pixel are missing.
enum class Hole : std::uint8_t { None, Partly, Wholly };

class Sampler {
  public:
    Sampler(const CellColours& cells, const std::vector<CellRange>& across,
            const std::vector<CellRange>& down, const Hatch& hatch)
        : m_cells(cells), m_across(across), m_down(down), m_hatch(hatch), m_grid(&cells.grid()) {
        useOverview();
    }

    QImage image() {
        const std::size_t width = m_across.size(), height = m_down.size();
        QImage image(static_cast<int>(std::max<std::size_t>(width, 1)),
                     static_cast<int>(std::max<std::size_t>(height, 1)), QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        m_holes.assign(width * height, Hole::None);
        for (std::size_t y = 0; y < height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(y)));
            Hole* holes = m_holes.data() + y * width;
            const CellRange rows = m_down[y];
            if (rows.last <= rows.first) continue;
            if (y > 0 && rows == m_down[y - 1]) {
                std::memcpy(line, image.constScanLine(static_cast<int>(y) - 1), width * sizeof(QRgb));
                std::copy(holes - width, holes, holes);
                continue;
            }
            m_cells.isMapped() ? mapRow(line, holes, rows) : blendRow(line, holes, rows);
        }
        if (m_hasHoles) fillHoles(image);
        return image;
    }

  private:
    void useOverview() {
        const auto isDense = [](const std::vector<CellRange>& ranges, std::size_t step) {
            std::size_t cells = 0, pixels = 0;
            for (const CellRange& range : ranges)
                if (range.last > range.first) {
                    cells += static_cast<std::size_t>(range.last - range.first);
                    ++pixels;
                }
            return pixels > 0 && cells >= step * pixels;
        };
        const std::size_t across = m_cells.stepAcross(), down = m_cells.stepDown();
        if (across * down == 1 || !isDense(m_across, across) || !isDense(m_down, down)) return;
        m_grid = &m_cells.overview();
        const auto merge = [](std::vector<CellRange>& ranges, std::size_t step) {
            const int by = static_cast<int>(step);
            for (CellRange& range : ranges)
                if (range.last > range.first) range = {range.first / by, (range.last - 1) / by + 1};
        };
        merge(m_across, across);
        merge(m_down, down);
    }

    void mapRow(QRgb* line, Hole* holes, const CellRange& rows) {
        const std::size_t columns = m_grid->columns;
        const float* positions = m_grid->positions.data();
        for (std::size_t x = 0; x < m_across.size(); ++x) {
            const CellRange range = m_across[x];
            if (range.last <= range.first) continue;
            if (range.last - range.first == 1 && rows.last - rows.first == 1) {
                const float position = positions[static_cast<std::size_t>(rows.first) * columns +
                                                 static_cast<std::size_t>(range.first)];
                if (std::isnan(position))
                    putHole(holes[x], 0, 1);
                else
                    line[x] = m_cells.colourAt(position);
                continue;
            }
            CellMean mean(m_cells.mean());
            for (int row = rows.first; row < rows.last; ++row) {
                const float* cell = positions + static_cast<std::size_t>(row) * columns;
                for (int column = range.first; column < range.last; ++column) mean.add(cell[column]);
            }
            if (mean.count() > 0) line[x] = m_cells.colourAt(mean.result());
            putHole(holes[x], mean.count(), mean.missing());
        }
    }

    void blendRow(QRgb* line, Hole* holes, const CellRange& rows) {
        const std::size_t columns = m_grid->columns;
        for (std::size_t x = 0; x < m_across.size(); ++x) {
            const CellRange range = m_across[x];
            if (range.last <= range.first) continue;
            int sums[4] = {}, count = 0, missing = 0;
            for (int row = rows.first; row < rows.last; ++row)
                for (int column = range.first; column < range.last; ++column) {
                    const QRgb colour = m_grid->colours[static_cast<std::size_t>(row) * columns +
                                                        static_cast<std::size_t>(column)];
                    if (colour == kMissingColour) {
                        ++missing;
                        continue;
                    }
                    ++count;
                    sums[0] += qRed(colour);
                    sums[1] += qGreen(colour);
                    sums[2] += qBlue(colour);
                    sums[3] += qAlpha(colour);
                }
            if (count > 0)
                line[x] = qRgba(sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count);
            putHole(holes[x], count, missing);
        }
    }

    void putHole(Hole& hole, int count, int missing) {
        hole = missing == 0 ? Hole::None : count == 0 ? Hole::Wholly : Hole::Partly;
        m_hasHoles = m_hasHoles || missing > 0;
    }

    void fillHoles(QImage& image) const {
        const std::size_t width = m_across.size(), height = m_down.size();
        const std::vector<bool> isWide = longRuns(height, width, width, 1),
                                isHigh = longRuns(width, height, 1, width);
        std::vector<bool> shownAbove(width);
        for (std::size_t y = 0; y < height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(y)));
            bool shownLeft = false;
            for (std::size_t x = 0; x < width; ++x) {
                const std::size_t i = y * width + x;
                const bool isPartly = m_holes[i] == Hole::Partly && !shownLeft && !shownAbove[x];
                shownLeft = shownAbove[x] = isPartly;
                if (m_holes[i] != Hole::Wholly && !isPartly) continue;
                if (!m_cells.hatches())
                    line[x] = 0;
                else
                    line[x] = isWide[i] && isHigh[i] ? m_hatch.at(static_cast<int>(x), static_cast<int>(y))
                                                     : m_hatch.plain();
            }
        }
    }

    /// Whether each pixel lies in a run of missing ones that is long enough for lines, along one of the two directions.
    std::vector<bool> longRuns(std::size_t lines, std::size_t length, std::size_t perLine,
                               std::size_t perPixel) const {
        std::vector<bool> isLong(m_holes.size());
        for (std::size_t line = 0; line < lines; ++line)
            for (std::size_t start = 0; start < length;) {
                std::size_t end = start;
                while (end < length && m_holes[line * perLine + end * perPixel] == Hole::Wholly) ++end;
                if (end - start >= kLeastHatched_px)
                    for (std::size_t i = start; i < end; ++i) isLong[line * perLine + i * perPixel] = true;
                start = std::max(end, start + 1);
            }
        return isLong;
    }

    const CellColours& m_cells;
    std::vector<CellRange> m_across, m_down;
    const Hatch& m_hatch;
    const CellGrid* m_grid;
    std::vector<Hole> m_holes;  ///< one a pixel
    bool m_hasHoles = false;
};

}  // namespace

Hatch::Hatch(const Theme& theme, double scale)
    : m_plain(theme.hatch.rgb()), m_ground(mixed(theme.panel, theme.hatch, 0.22)) {
    const int period = std::max(4, static_cast<int>(std::lround(kHatchPeriod_px * scale * 1.4)));
    m_line.resize(static_cast<std::size_t>(period));
    const double half = kHatchLine_px * scale * 1.4 / 2;
    for (int i = 0; i < period; ++i) {
        const double away = std::abs(i - (period - 1) / 2.0);
        m_line[static_cast<std::size_t>(i)] =
            mixed(QColor(m_ground), theme.hatch, std::clamp(half + 0.5 - away, 0.0, 1.0));
    }
}

QImage sampleCells(const CellColours& cells, const std::vector<CellRange>& across,
                   const std::vector<CellRange>& down, const Hatch& hatch) {
    return Sampler(cells, across, down, hatch).image();
}

}  // namespace latent::desktop
