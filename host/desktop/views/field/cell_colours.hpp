// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cells of a raster or a tile as positions on a colour map, or as colours, ready to be put on pixels.
//
// Positions rather than colours, so that several cells on one pixel average as numbers do: on a logarithmic map in the
// logarithm, on a cyclic one around the circle; of categories the first one stands for all. Above kOverviewCells an overview
// of merged cells is made beside them, so that drawing stays quick. Made once for each figure (about 5 ms for 10⁶ cells);
// any thread; plain value.
//
//     const CellColours cells = CellColours::ofValues(raster.rows, raster.columns, raster.z, map, family);
//     QImage picture = sampleCells(cells, across.rangesOf(800), down.rangesOf(600), hatch);

#include <QRgb>
#include <array>
#include <span>
#include <vector>

#include "desktop/theme/colour_map.hpp"

namespace latent::desktop {

inline constexpr std::size_t kOverviewCells = 2'000'000;

/// Either `positions` (NaN: missing) or `colours` (premultiplied; kMissingColour: missing), row by row.
struct CellGrid {
    std::size_t rows = 0, columns = 0;
    std::vector<float> positions;
    std::vector<QRgb> colours;
};
/// No premultiplied colour looks like this.
inline constexpr QRgb kMissingColour = 0x00ffffff;

class CellColours {
  public:
    enum class Mean { Plain, Circular, First };

    static CellColours ofValues(std::size_t rows, std::size_t columns, std::span<const double> z,
                                const ColourMap& map, engine::figures::MapFamily family);
    /// 3 or 4 interleaved values in 0…1 a cell.
    static CellColours ofChannels(std::size_t rows, std::size_t columns, std::span<const double> z,
                                  int channels);
    /// One colour over all cells, as opaque as each value is large; 0 and no number are transparent.
    static CellColours ofOverlay(std::size_t rows, std::size_t columns, std::span<const double> values,
                                 const QColor& colour);

    const CellGrid& grid() const { return m_grid; }
    /// Where at least stepDown × stepAcross cells fall on one pixel, the overview serves as well.
    const CellGrid& overview() const { return m_overview; }
    std::size_t stepDown() const { return m_stepDown; }
    std::size_t stepAcross() const { return m_stepAcross; }
    Mean mean() const { return m_mean; }
    bool isMapped() const { return !m_grid.positions.empty(); }
    QRgb colourAt(float position) const;
    QRgb missing() const { return m_missing; }
    bool hatches() const { return m_hatches; }
    /// Of one cell; missing() where there is none.
    QRgb colourOf(std::size_t row, std::size_t column) const;

  private:
    void makeOverview();
    CellGrid m_grid, m_overview;
    std::size_t m_stepDown = 1, m_stepAcross = 1;
    std::array<QRgb, 1024> m_table{};
    Mean m_mean = Mean::Plain;
    QRgb m_missing = 0;
    bool m_hatches = false;
};

/// Adds up what falls on one pixel, and says what it looks like.
class CellMean {
  public:
    explicit CellMean(CellColours::Mean kind = CellColours::Mean::Plain) : m_kind(kind) {}
    void add(float position);
    /// NaN when only missing cells were added.
    float result() const;
    int missing() const { return m_missing; }
    int count() const { return m_count; }

  private:
    CellColours::Mean m_kind;
    int m_count = 0, m_missing = 0;
    float m_sum = 0, m_sine = 0, m_first = 0;
};

}  // namespace latent::desktop
