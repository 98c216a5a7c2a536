// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is under the mouse: the nearest point of the nearest series, in words and as results of a pick.
//
// Pure functions over the model and the axes as they stand. UI thread.
//
//     if (auto picked = nearestPoint(model, map, position, hidden)) Q_EMIT readout(readoutWords(model, *picked));

#include <QSet>
#include <QString>
#include <nlohmann/json.hpp>
#include <optional>

#include "desktop/views/plot/axis_map.hpp"
#include "desktop/views/plot/plot_model.hpp"

namespace latent::desktop {

struct Picked {
    int series = 0;
    std::size_t point = 0;
    QPointF at;  ///< pixels
    double distance_px = 0;
};

/// Of lines: the point nearest in x, of the line nearest to the mouse at that x. Of clouds and paths: the nearest point
/// within reach. Of histograms: the bin under the mouse.
std::optional<Picked> nearestPoint(const PlotModel& model, const PlotMap& map, const QPointF& position,
                                   const QSet<QString>& hidden);

/// "time 3.2 s, two-layer 0.31".
QString readoutWords(const PlotModel& model, const Picked& picked);

/// x, y, value and index.<dimension> of a point.
nlohmann::json pickResults(const PlotModel& model, const Picked& picked);

/// Index of the point nearest to the mouse along x (`alongX`) or in the plane.
std::optional<qint64> nearestIndex(const PlotSeries& series, const PlotMap& map, const QPointF& position,
                                   bool alongX);

}  // namespace latent::desktop
