// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A scene as what a painter draws from the back to the front: pieces of paths of one colour, and dots.
//
// Points of a path that fall on the pixel of the last one are left out, so that 10⁵ points cost what the screen can show.
// What is far is paler (depth cue). Pure function; any thread.
//
//     const SceneStrokes strokes = strokesOf(*model, arranged, hidden);
//     for (const auto& piece : strokes.pieces) …

#include <QPolygonF>

#include "desktop/views/scene/scene_arrangement.hpp"

namespace latent::desktop {

struct SceneStrokes {
    struct Piece {
        QPolygonF line;
        double near = 0;
        QColor colour;
        double width = 1, along = 0;  ///< `along`: pixels of the path before it, for dashes that go on
        const SeriesStyle* style = nullptr;
    };
    struct Dot {
        QPointF at;
        double near = 0, size_px = 0;
        QColor colour;
        const SeriesStyle* style = nullptr;
        bool isMissing = false;  ///< its colour is no number
        bool isOnPath = false;
    };
    std::vector<Piece> pieces;  ///< from far to near
    std::vector<Dot> dots;      ///< from far to near
    std::size_t vertices = 0;
};

SceneStrokes strokesOf(const SceneModel& model, const SceneArrangement& arranged,
                       const QSet<QString>& hidden);

}  // namespace latent::desktop
