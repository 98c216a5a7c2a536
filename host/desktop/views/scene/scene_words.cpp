// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_words.hpp"

#include <QCoreApplication>
#include <cmath>

#include "desktop/views/field/raster_words.hpp"
#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

/// With a context that lupdate knows.
class SceneWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::SceneCanvas)
};

QString axisWords(const Axis& axis, double value, const char* otherwise) {
    const QString title =
        QString::fromStdString(axis.title.empty() ? otherwise : axis.title) + QLatin1Char(' ');
    if (value >= 0 && value < static_cast<double>(axis.categories.size()) && value == std::floor(value))
        return title + QString::fromStdString(axis.categories[static_cast<std::size_t>(value)]);
    return title + quantityWords(value, axis.unit);
}

}  // namespace

QString hitWords(const SceneModel& model, const SceneHit& hit) {
    const SceneSeries& series = model.series[hit.series];
    static constexpr std::array<const char*, 3> kNames{"x", "y", "z"};
    QStringList words;
    for (std::size_t a = 0; a < 3; ++a)
        words << axisWords(*model.axes[a].axis, series.values[a][hit.point], kNames[a]);
    if (series.colour && model.colours()) {
        const Colours& colours = *model.colours();
        const double value = series.colour[hit.point];
        const QString name =
            colours.title.empty() ? SceneWords::tr("value") : QString::fromStdString(colours.title);
        const bool isWord = value >= 0 && value < static_cast<double>(colours.categories.size());
        words << name + QLatin1Char(' ') +
                     (std::isnan(value) ? SceneWords::tr("no number")
                      : isWord ? QString::fromStdString(colours.categories[static_cast<std::size_t>(value)])
                               : quantityWords(value, colours.unit));
    }
    QString all = words.join(QStringLiteral(", "));
    if (model.series.size() > 1) all = series.label + QStringLiteral(": ") + all;
    if (const auto* points = std::get_if<Points>(&model.figure->body)) {
        const Cloud& cloud = points->clouds[series.member];
        if (hit.point < cloud.text.size())
            all = QString::fromStdString(cloud.text[hit.point]) + QStringLiteral(": ") + all;
    }
    return all;
}

nlohmann::json hitResults(const SceneModel& model, const SceneHit& hit) {
    const SceneSeries& series = model.series[hit.series];
    nlohmann::json results = {{"x", numberOrNull(series.values[0][hit.point])},
                              {"y", numberOrNull(series.values[1][hit.point])},
                              {"z", numberOrNull(series.values[2][hit.point])}};
    if (series.colour) results["value"] = numberOrNull(series.colour[hit.point]);
    if (const auto* points = std::get_if<Points>(&model.figure->body)) {
        const Cloud& cloud = points->clouds[series.member];
        // The points are in the order of their flattened dimensions, the last one fastest.
        std::size_t rest = hit.point;
        for (std::size_t d = std::min(cloud.dims.size(), cloud.shape.size()); d-- > 0;) {
            if (cloud.shape[d] == 0) break;
            results["index." + cloud.dims[d]] = rest % cloud.shape[d];
            rest /= cloud.shape[d];
        }
    } else if (const auto* trajectory = std::get_if<Trajectory>(&model.figure->body)) {
        const Path& path = trajectory->paths[series.member];
        if (!path.dimension.empty()) results["index." + path.dimension] = hit.point;
        if (!path.family.empty() && path.look.familyIndex >= 0)
            results["index." + path.family] = path.look.familyIndex;
    }
    return results;
}

nlohmann::json lassoResults(const SceneModel& model, const SceneArrangement& arranged,
                            const QSet<QString>& hidden, const QPolygonF& lasso) {
    nlohmann::json indices = nlohmann::json::array();
    for (const SceneSeries& series : model.series) {
        if (hidden.contains(series.label) || series.points.empty()) continue;
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ScenePoint& p = series.points[i];
            if (!std::isnan(p.x) &&
                lasso.containsPoint(arranged.pixel(Vector{p.x, p.y, p.z}), Qt::OddEvenFill))
                indices.push_back(i);
        }
        break;
    }
    // A shape on the screen has no corners in the units of three axes.
    return {{"indices", std::move(indices)}};
}

QString sceneSentence(const SceneModel& model, const QString& title) {
    const bool isPaths = std::holds_alternative<Trajectory>(model.figure->body);
    QString words = (isPaths ? SceneWords::tr("%1: paths in three dimensions: %2, points: %L3")
                             : SceneWords::tr("%1: clouds in three dimensions: %2, points: %L3"))
                        .arg(title)
                        .arg(model.series.size())
                        .arg(model.points());
    if (model.missing > 0) words += SceneWords::tr("; without a number: %L1").arg(model.missing);
    if (model.leftOut > 0) words += SceneWords::tr("; outside of the axes: %L1").arg(model.leftOut);
    return words + QLatin1Char('.');
}

}  // namespace latent::desktop
