// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Points in two dimensions: coloured by value, sized by area, with words beside them where there is room.
//
// Borrows its numbers from the figure. Small clouds are drawn with outlined markers, large ones with smaller, stamped ones;
// more than `kMostVectorVertices` become an image on vector devices. UI thread; owned by its plot.
//
//     auto* cloud = new PointCloud(plot->xAxis, plot->yAxis, scales);
//     cloud->setCloud(figureCloud, style, points.colours ? &map : nullptr, theme);

#include "desktop/views/plot/decimated_path.hpp"

namespace latent::desktop {

class PointCloud final : public ScaledPlottable {
  public:
    using ScaledPlottable::ScaledPlottable;
    void setCloud(const engine::figures::Cloud& cloud, const SeriesStyle& style, const ColourMap* map,
                  const Theme& theme);
    /// Diameter of the markers of a cloud of so many points.
    static double markerSize(std::size_t points);

  protected:
    void draw(QCPPainter* painter) override;

  private:
    struct Dot;
    std::vector<Dot> dots(const PlotMap& map) const;
    void drawStamped(QCPPainter& painter, const std::vector<Dot>& dots) const;
    void drawWords(QCPPainter& painter, const PlotMap& map, const std::vector<Dot>& dots) const;
    const engine::figures::Cloud* m_cloud = nullptr;
    const ColourMap* m_colourMap = nullptr;
    const Theme* m_theme = nullptr;
    SeriesStyle m_style;
};

}  // namespace latent::desktop
