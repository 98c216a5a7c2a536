// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Draws a laid-out grid of images: tiles, the gaps between large cells, captions, names of rows and columns, colour bar.
//
// For the window the tiles are made once at its pixels; for vector paper at about 600 dots an inch. UI thread.
//
//     drawGrid(painter, *content, layout, theme, nullptr);

#include <QImage>

#include "desktop/views/field/grid_layout.hpp"

class QPainter;

namespace latent::desktop {

/// The last tiles of a window, so that a moving pointer draws no pixel anew.
class GridImageCache {
  public:
    const QImage& tile(const GridContentPtr& content, const GridLayout& layout, std::size_t tile,
                       double scale, const Theme& theme);

  private:
    GridContentPtr m_content;
    QSizeF m_size;
    double m_scale = 0;
    std::vector<QImage> m_tiles;
};

/// What one drawing borrows.
struct GridScene {
    const GridContentPtr& content;
    const GridLayout& layout;
    const Theme& theme;
    GridImageCache* cache = nullptr;         ///< of a window; null: tiles are made here
    std::optional<std::size_t> marked = {};  ///< the tile at which a shared cursor stands
};

void drawGrid(QPainter& painter, const GridScene& scene);

}  // namespace latent::desktop
