// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A scene and its points in words and as results of gestures.
//
// Pure functions; any thread.
//
//     Q_EMIT readout(hitWords(*model, hit));                // "Lorenz: x 3.2, y −1.5, z 27"

#include <QPolygonF>
#include <nlohmann/json.hpp>

#include "desktop/views/scene/scene_arrangement.hpp"

namespace latent::desktop {

QString hitWords(const SceneModel& model, const SceneHit& hit);
/// x, y, z, value, index.<dimension>.
nlohmann::json hitResults(const SceneModel& model, const SceneHit& hit);
/// Indices of the points inside of a shape on the screen, of the first series that is shown.
nlohmann::json lassoResults(const SceneModel& model, const SceneArrangement& arranged,
                            const QSet<QString>& hidden, const QPolygonF& lasso);
/// "Attractor: 3 paths in three dimensions, 30,000 points."
QString sceneSentence(const SceneModel& model, const QString& title);

}  // namespace latent::desktop
