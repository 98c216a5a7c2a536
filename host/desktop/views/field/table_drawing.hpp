// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A table on paper: columns as wide as what stands in them, words from the left, numbers from the right.
//
//     const double height_px = width_px * tableShape(table, width_px, theme);
//     drawTable(painter, QRectF(0, 0, width_px, height_px), model, theme);

class QPainter;
class QRectF;

namespace latent::engine::figures {
struct Table;
}

namespace latent::desktop {

class FigureTableModel;
struct Theme;

/// As many rows as there is room for; where that is not all, the last line says how many there are.
void drawTable(QPainter& painter, const QRectF& area, const FigureTableModel& model, const Theme& theme);

/// Height in relation to the width (pixels of 1/96 inch) at which all rows are seen, of long tables the
/// first.
double tableShape(const engine::figures::Table& table, double width_px, const Theme& theme);

}  // namespace latent::desktop
