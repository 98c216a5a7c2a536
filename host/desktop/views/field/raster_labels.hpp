// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands at the two sides of a raster: the names of cells at their middles where all have room, else ticks at nice
// numbers, and the titles of both axes.
//
// Measures before it draws, so that the layout knows its margins. Vectors, for the window and for paper. UI thread.
//
//     const SideLabels labels = labelsAcross(view, theme, height);
//     const double room = labels.extent_px + titleRoom(sideTitle(axis, side), theme);
//     drawLabelsAcross(painter, labels, axes.bottom(), theme);

#include <QRectF>
#include <QString>
#include <vector>

#include "desktop/theme/theme.hpp"
#include "desktop/views/field/cell_side.hpp"

class QPainter;

namespace latent::desktop {

struct SideLabels {
    struct Label {
        double pixel = 0;
        QString words;
    };
    std::vector<Label> labels;
    std::vector<double> minor;  ///< pixels of ticks without words
    bool hasTicks = true;       ///< none where the words stand at the middle of cells
    bool isTurned = false;      ///< words across that only have room on a slant
    double extent_px = 0;       ///< away from the raster, ticks and gap included
    double beyond_px = 0;       ///< how far the last word across stands out to the right
};

/// Words longer than `most_px` are cut.
SideLabels labelsAcross(const SideView& view, const Theme& theme, double most_px);
SideLabels labelsDown(const SideView& view, const Theme& theme, double most_px);
void drawLabelsAcross(QPainter& painter, const SideLabels& labels, double top, const Theme& theme);
void drawLabelsDown(QPainter& painter, const SideLabels& labels, double right, const Theme& theme);

/// "time (s)"; also says so where equal cells stand at uneven values.
QString sideTitle(const engine::figures::Axis& axis, const CellSide& side);
/// Room that a title takes, gap included; 0 without one.
double titleRoom(const QString& title, const Theme& theme);
/// Titles at the lower and left border of `area`, centred on the raster; cut where they have no room.
void drawSideTitles(QPainter& painter, const QString& across, const QString& down, const QRectF& raster,
                    const QRectF& area, const Theme& theme);

}  // namespace latent::desktop
