// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Values to pixels along one axis as it stands now, and back: one multiplication, for loops over millions of points.
//
// Taken from an axis after its layout; stale after the next zoom or resize. Pixels are those of the plot's widget or page.
// Plain value; any thread.
//
//     const AxisMap across = AxisMap::of(*plot.xAxis, scale);
//     for (double x : line.x) path.lineTo(across.pixel(x), …);
//     const double time = across.value(event->position().x());

#include <algorithm>

#include "desktop/views/plot/axis_scale.hpp"
#include "desktop/views/plot/qcustomplot.hpp"

namespace latent::desktop {

struct AxisMap {
    AxisScale scale;
    double start = 0;  ///< place at `startPixel`
    double startPixel = 0;
    double perPlace = 1;  ///< pixels

    double pixelOfPlace(double place) const { return startPixel + perPlace * (place - start); }
    double placeOfPixel(double pixel) const { return start + (pixel - startPixel) / perPlace; }
    double pixel(double value) const { return pixelOfPlace(scale.place(value)); }
    double value(double pixel) const { return scale.value(placeOfPixel(pixel)); }

    static AxisMap of(const QCPAxis& axis, const AxisScale& scale) {
        const QCPRange range = axis.range();
        AxisMap map{scale, range.lower, axis.coordToPixel(range.lower), 1};
        map.perPlace = (axis.coordToPixel(range.upper) - map.startPixel) / range.size();
        return map;
    }
};

/// Both axes of a plot, and the rectangle between them: its edges are the ends of their ranges.
struct PlotMap {
    AxisMap x, y;
    QRectF area;
    QPointF pixel(double xValue, double yValue) const { return {x.pixel(xValue), y.pixel(yValue)}; }

    static PlotMap of(const QCPAxis& x, const QCPAxis& y, const AxisScale& xScale, const AxisScale& yScale) {
        // QCustomPlot puts the low end of a vertical axis on the last row of its rectangle, and the high end a row above it.
        // In a plot that is smaller than its margins the rectangle ends before it begins.
        const QRect rect = x.axisRect()->rect();
        return {AxisMap::of(x, xScale), AxisMap::of(y, yScale),
                QRectF(rect.x(), rect.y() - 1, std::max(0, rect.width()), std::max(0, rect.height()))};
    }
};

}  // namespace latent::desktop
