// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A plottable for lines and trajectories that draws what the pixels can show: 10⁶ points of a line or 10⁵ of a curve at more
// than 30 frames a second, thick and antialiased.
//
// It borrows the coordinates of a figure and copies none; the figure must outlive it. Lines whose x never falls are reduced
// column by column, other curves cell by cell (path_decimation.hpp). On vector devices the reduced line is a path as long
// as it has at most `kMostVectorVertices` vertices, else an image. UI thread; owned by its plot.
//
//     auto* path = new DecimatedPath(plot->xAxis, plot->yAxis, view);
//     path->setCurve({line.x.data(), line.y.data(), line.x.size()}, isFunction);
//     path->setStyle(style, opacity);

#include <functional>

#include "desktop/views/plot/moved_picture.hpp"
#include "desktop/views/plot/path_decimation.hpp"
#include "desktop/views/plot/series_style.hpp"

namespace latent::desktop {

inline constexpr std::size_t kMostVectorVertices = 20'000;

/// What all plottables of one plot share: its scales and how finely a vector device resolves a pixel.
struct PlotScales {
    AxisScale x, y;
    double vectorRatio = 4;  ///< dots of paper for one pixel of 1/96 inch
};

class ScaledPlottable : public QCPAbstractPlottable {
  public:
    ScaledPlottable(QCPAxis* x, QCPAxis* y, const PlotScales& scales);
    // The model knows ranges and distances; QCustomPlot's own selection and rescaling are not used.
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override {
        found = false;
        return {};
    }
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override {
        found = false;
        return {};
    }

  protected:
    PlotMap map() const;
    /// Device pixels per pixel: of the screen, or of paper.
    double ratioOf(QCPPainter& painter) const;
    static bool isVector(const QCPPainter& painter) {
        return painter.modes().testFlag(QCPPainter::pmVectorized);
    }
    /// A little more than the axes, so that a line at the very edge has its full width.
    QRect clipRect() const override;
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}
    const PlotScales& m_scales;
};

class DecimatedPath final : public ScaledPlottable {
  public:
    using ScaledPlottable::ScaledPlottable;
    void setCurve(const Curve& curve, bool isFunction);
    /// One value for each point and the map that colours it; null: in the colour of the style.
    void setColours(const double* values, const ColourMap* map);
    void setStyle(const SeriesStyle& style, double opacity = 1);

  protected:
    void draw(QCPPainter* painter) override;

  private:
    void drawImage(QCPPainter& painter, const Strokes& strokes, const PlotMap& map, double ratio);
    void drawInto(class StrokeImage& image, const Strokes& strokes) const;
    void drawPolylines(QCPPainter& painter, const Strokes& strokes) const;
    void drawColoured(QCPPainter& painter, const Strokes& strokes) const;
    void drawMarkers(QCPPainter& painter, const PlotMap& map) const;
    Curve m_curve;
    bool m_isFunction = true;
    const double* m_colourValues = nullptr;
    const ColourMap* m_colourMap = nullptr;
    SeriesStyle m_style;
    double m_opacity = 1;
    MovedPicture m_last;
};

}  // namespace latent::desktop
