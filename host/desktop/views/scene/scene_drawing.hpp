// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Draws a scene: box, paths and points from the back to the front, marks of shared cursors, key and colour bar.
//
// With few vertices as vectors; with many as one image that is stroked pixel by pixel, so that turning 10⁵ points stays
// fluid. UI thread.
//
//     drawScene(painter, *model, arrange(*model, view, area), view.hidden, marks);

#include "desktop/views/scene/scene_arrangement.hpp"

class QPainter;

namespace latent::desktop {

/// Where a path is marked: by a shared cursor or by the view.
struct SceneMark {
    QString cursor;  ///< name; empty: none
    std::size_t series = 0, point = 0;
    QString words;
    engine::figures::Marker marker = engine::figures::Marker::Circle;
};
/// `moved`: a cursor that is ahead of the figure, and its index.
std::vector<SceneMark> marksOf(const SceneModel& model, const QSet<QString>& hidden,
                               const std::optional<std::pair<QString, qint64>>& moved);
QPointF pixelOf(const SceneModel& model, const SceneArrangement& arranged, std::size_t series,
                std::size_t point);

void drawScene(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged,
               const QSet<QString>& hidden, const std::vector<SceneMark>& marks);

}  // namespace latent::desktop
