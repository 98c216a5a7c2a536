// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Draws a laid-out raster: cells as one image, the gaps and numbers between and in them, references, labels and colour bar.
//
// For the window the image is made at its pixels; for vector paper at about 600 dots an inch, so that cells stay sharp when
// somebody enlarges the page. UI thread.
//
//     drawRaster(painter, *content, layout, theme, nullptr);

#include <QImage>

#include "desktop/views/field/raster_layout.hpp"

class QPainter;

namespace latent::desktop {

/// The cells as pixels; `left` is null unless there is a swiping line.
struct RasterImages {
    QImage cells, left;
};

/// The last images of a window, so that a moving pointer draws no cell anew.
class RasterImageCache {
  public:
    const RasterImages& images(const RasterContentPtr& content, const RasterLayout& layout, double scale,
                               const Theme& theme);

  private:
    RasterContentPtr m_content;
    PlaceSpan m_across, m_down;
    QRectF m_raster;
    double m_scale = 0;
    RasterImages m_images;
};

RasterImages rasterImages(const RasterContent& content, const RasterLayout& layout, double scale,
                          const Theme& theme);

/// `images`: of the window, made before; null: made here at what the painter resolves. `swipe`: where the swiping line stands,
/// as a share of the raster's width.
void drawRaster(QPainter& painter, const RasterContent& content, const RasterLayout& layout,
                const Theme& theme, const RasterImages* images, double swipe = 0.5);
/// A line for each shared cursor along a side, at the middle of its cell.
void drawRasterCursor(QPainter& painter, const RasterLayout& layout, bool alongAcross, std::size_t cell,
                      const Theme& theme);

/// A thin line of the ground between two cells; `edge` has no width or no height.
void drawGap(QPainter& painter, const QRectF& edge, const Theme& theme);
/// Black or white, whichever reads better on a colour.
QColor inkOn(const QColor& ground);
/// Pixels of an image for one unit of the painter: those of the screen, more for paper.
double imageScale(const QPainter& painter, const QSizeF& size);

}  // namespace latent::desktop
