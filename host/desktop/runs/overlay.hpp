// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The same figure of several runs as one: each run a colour and a marker, each line within a run its dashes.
//
// Lines, points, trajectories and histograms can be laid over each other; of other kinds there is no overlay. A line keeps
// its numbers; only its label ("mu 1, 2 · OOD loss") and look change. Pure function; any thread.
//
//     if (FigurePtr both = overlay({{"mu 1", first}, {"mu 2", second}})) canvas->setFigure(both);

#include <QString>
#include <utility>
#include <vector>

#include "desktop/views/canvas.hpp"

namespace latent::desktop {

/// Null when there is nothing to lay over: no figure, or a kind that cannot be.
FigurePtr overlay(const std::vector<std::pair<QString, FigurePtr>>& figures);
/// The sign of a run, beside its colour, in its lines and in the legend. `place`: among the compared runs.
engine::figures::Marker runMarker(int place);
/// Whether a view of this kind ("lines", "points", …) can be laid over others.
bool canOverlay(const std::string& kind);

}  // namespace latent::desktop
