// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A grid of images and its pixels in words and as results of a pick.
//
// Pure functions; any thread.
//
//     Q_EMIT readout(pixelWords(*content, pixel));          // "t = 1.5, row 3, column 2, weight 0.21"
//     Q_EMIT gestured(0, pixelResults(*content, pixel));    // {"x": 2, "y": 3, "value": 0.21, "index.time": 1, …}

#include "desktop/views/field/grid_layout.hpp"

namespace latent::desktop {

/// What a tile is called: its own label, or its row and column in a table of tiles.
QString tileWords(const GridContent& content, std::size_t tile);
QString pixelWords(const GridContent& content, const GridPixel& pixel);
nlohmann::json pixelResults(const GridContent& content, const GridPixel& pixel);
/// "Weights: 5 images of 4 by 4, from 0 to 1."
QString gridSentence(const GridContent& content, const QString& title);

}  // namespace latent::desktop
