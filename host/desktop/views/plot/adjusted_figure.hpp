// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A plot as the person wants to see it, beside what its view says: curves smoothed, an axis logarithmic.
//
// The choice is a part of the view state of a figure ("smoothing", "x_scale", "y_scale"), so that it is kept,
// undone and exported with zoom and hidden series. What was measured stays under a smoothed curve. Pure
// functions; any thread.
//
//     const FigurePtr shown = adjusted(figure, adjustmentOf(canvas->viewState()));

#include <QVariantMap>
#include <optional>

#include "desktop/views/canvas.hpp"

namespace latent::desktop {

struct Adjustment {
    /// Weight of the past of an exponential mean, 0 (what was measured) to below 1; none: as the view says.
    std::optional<double> smoothing = {};
    std::optional<engine::figures::Scale> x = {}, y = {};  ///< none: as the view says
    bool operator==(const Adjustment&) const = default;
};

Adjustment adjustmentOf(const QVariantMap& viewState);
/// Writes it into a view state; nothing else of the state changes.
void write(QVariantMap& viewState, const Adjustment& adjustment);
/// The view state of a figure whose scales or smoothing are chosen anew: of an axis with another scale all data
/// are shown.
QVariantMap readjusted(QVariantMap viewState, const Adjustment& adjustment);
/// The figure itself where nothing is chosen, or nothing of it can be adjusted.
FigurePtr adjusted(const FigurePtr& figure, const Adjustment& adjustment);

/// Whether it has curves.
bool canBeSmoothed(const engine::figures::Figure& figure);
/// Whether this axis of a plot has numbers that a logarithm makes sense of.
bool canBeLogarithmic(const engine::figures::Figure& figure, bool alongX);

}  // namespace latent::desktop
