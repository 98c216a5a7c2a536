// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands in a plot beside its data: axis titles, references, marks and ends of paths, shared cursors, and the pointer.
//
// Painting only, with the model and the axes as they stand; for the window and for paper. UI thread.
//
//     drawReferences(painter, model, map);
//     drawPathEnds(painter, model, map, hidden);
//     drawCursors(painter, model, map, placeCursors(model, map, dragged));

#include <QPolygonF>
#include <QRectF>
#include <QSet>
#include <optional>
#include <vector>

#include "desktop/views/plot/axis_map.hpp"
#include "desktop/views/plot/plot_model.hpp"

class QPainter;

namespace latent::desktop {

void drawAxisTitles(QPainter& painter, const PlotModel& model, const QRectF& axes, const QSizeF& size);
void drawReferences(QPainter& painter, const PlotModel& model, const PlotMap& map);
/// Starts are rings, ends are dots; then the marks that a view asks for, with their labels.
void drawPathEnds(QPainter& painter, const PlotModel& model, const PlotMap& map, const QSet<QString>& hidden);

/// A shared cursor as it is drawn: a line across the axes, or marks on paths.
struct CursorMark {
    QString name;
    bool isLine = false;
    double pixel = 0;  ///< of the line, along x
    QString words;     ///< value under the cursor
    struct OnPath {
        int series = 0;
        QPointF at;
        engine::figures::Marker marker = engine::figures::Marker::Circle;
        QString words;
    };
    std::vector<OnPath> onPaths;
};
/// A cursor while it is dragged is where the mouse has it, not where the figure still has it.
struct DraggedCursor {
    QString name;
    qint64 index = 0;
};
std::vector<CursorMark> placeCursors(const PlotModel& model, const PlotMap& map,
                                     const std::optional<DraggedCursor>& dragged,
                                     const QSet<QString>& hidden);
void drawCursors(QPainter& painter, const PlotModel& model, const PlotMap& map,
                 const std::vector<CursorMark>& cursors);
/// Value on the x axis of an index of a cursor along x.
double cursorValue(const PlotModel& model, const engine::figures::CursorPlace& cursor, qint64 index);

/// What the mouse or the keyboard points at, and the shape that a gesture draws.
struct PointerMarks {
    std::optional<QPointF> nearest;  ///< crosshair and ring
    QColor colour;
    std::optional<QPointF> keyboard;  ///< where the keyboard's pointer is
    std::optional<QRectF> band;       ///< zoom box, range or rectangle
    bool hasFocus = false;            ///< of the keyboard, to be seen
    QPolygonF lasso;
};
void drawPointer(QPainter& painter, const PlotModel& model, const PlotMap& map, const PointerMarks& marks,
                 const QSizeF& size);

}  // namespace latent::desktop
