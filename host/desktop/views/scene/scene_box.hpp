// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The box around a scene: grid on the three faces behind it, ticks, and titles with units at its outer edges.
//
// Numbers stand level, whichever way the scene is turned, at the edges where they lie outside of the box. Vectors. UI thread.
//
//     drawBox(painter, *model, arranged);      // before the points

#include "desktop/views/scene/scene_arrangement.hpp"

class QPainter;

namespace latent::desktop {

void drawBox(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged);

}  // namespace latent::desktop
