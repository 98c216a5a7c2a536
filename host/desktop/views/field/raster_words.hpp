// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A raster and its cells in words and as results of a pick.
//
// Pure functions; any thread.
//
//     Q_EMIT readout(cellWords(*content, cell));            // "row 3, column 5, weight 0.21"
//     Q_EMIT gestured(0, cellResults(*content, cell));      // {"x": 5, "y": 3, "value": 0.21, "index.column": 5, "index.row": 3}

#include "desktop/views/field/raster_layout.hpp"

namespace latent::desktop {

QString cellWords(const RasterContent& content, const Cell& cell);
nlohmann::json cellResults(const RasterContent& content, const Cell& cell);
/// "Heat map weights, 4 by 4, from −0.2 to 1."
QString rasterSentence(const RasterContent& content, const QString& title);
/// The number alone, or no number at all, as JSON knows it.
nlohmann::json numberOrNull(double value);

}  // namespace latent::desktop
