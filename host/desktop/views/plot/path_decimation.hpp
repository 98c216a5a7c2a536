// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A million points to the few thousand that pixels can tell apart.
//
// decimateFunction() is for lines whose x never falls: of every pixel column it keeps the first, lowest, highest and last
// value, found by binary search in x and one pass over y, and reports columns that are filled by noise as an envelope.
// decimatePath() is for any curve: points that stay within one cell of the last kept one are left out. Both clip to a
// rectangle, because vector formats do not, and leave a gap at NaN. Pure functions; any thread.
//
//     Strokes strokes = decimateFunction({line.x.data(), line.y.data(), line.x.size()}, map, 1.0);
//     for (const QPolygonF& part : strokes.parts) painter.drawPolyline(part);

#include <QPolygonF>
#include <cstddef>
#include <vector>

#include "desktop/views/plot/axis_map.hpp"

namespace latent::desktop {

/// Borrowed coordinates, in data units.
struct Curve {
    const double* x = nullptr;
    const double* y = nullptr;
    std::size_t size = 0;
    bool steps = false;  ///< constant up to the next x
};

/// Columns next to each other in which the line goes up and down more than its width: filled from top to bottom.
struct Envelope {
    std::vector<double> x, top, bottom;  ///< pixels; top ≤ bottom
};

struct Strokes {
    std::vector<QPolygonF> parts;  ///< unbroken pieces, in pixels
    std::vector<std::vector<std::size_t>>
        from;  ///< index of the point that each vertex comes from; of decimatePath only
    std::vector<Envelope> envelopes;
    std::vector<QPointF> lonely;  ///< points between two gaps, which a stroke would not show
    std::size_t vertices() const;
};

/// True when x never falls and is never NaN, so that decimateFunction() may be used.
bool isFunctionOfX(const double* x, std::size_t size);

/// The points of one pixel column.
struct ColumnSpan {
    double x = 0;                    ///< pixel of its middle
    std::size_t begin = 0, end = 0;  ///< never empty
};
/// The visible points of a function of x, column by column, in the order of the data. The point before the near edge and
/// the one behind the far edge are columns of their own.
std::vector<ColumnSpan> columnsOf(const double* x, std::size_t size, const PlotMap& map, double column_px);

/// Lowest and highest of y[begin … end) that the axis shows; false when there is none.
bool extremes(const double* y, std::size_t begin, std::size_t end, const AxisScale& scale, double& low,
              double& high);

/// `column_px`: width of a column; `thick_px`: a column that spans more than this is noise.
Strokes decimateFunction(const Curve& curve, const PlotMap& map, double column_px, double thick_px);
Strokes decimatePath(const Curve& curve, const PlotMap& map, double cell_px);

/// Index of the first point that may be seen and one past the last, of a function of x.
std::pair<std::size_t, std::size_t> visibleRange(const double* x, std::size_t size, const PlotMap& map);

}  // namespace latent::desktop
