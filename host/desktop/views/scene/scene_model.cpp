// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_model.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {

using namespace engine::figures;

double SceneAxis::place(double value) const {
    const double low = scale.place(range.low), high = scale.place(range.high),
                 at = (scale.place(value) - low) / (high - low);
    return (axis->reversed ? 1 - 2 * at : 2 * at - 1) * half;
}

SceneModel::SceneModel(FigurePtr drawn, const Theme& inTheme) : figure(std::move(drawn)), theme(inTheme) {
    static const std::vector<double> kNone;
    if (const auto* points = std::get_if<Points>(&figure->body)) {
        if (points->colours) m_colours = &*points->colours;
        if (m_colours) map.emplace(*m_colours, theme);
        for (std::size_t i = 0; i < points->clouds.size(); ++i) {
            const Cloud& cloud = points->clouds[i];
            add(cloud.look, false, {&cloud.x, &cloud.y, &cloud.z}, cloud.colour, i,
                static_cast<int>(points->clouds.size()));
            if (cloud.size.size() == series.back().points.size() && !cloud.size.empty())
                series.back().size = cloud.size.data();
        }
    } else if (const auto* trajectory = std::get_if<Trajectory>(&figure->body)) {
        if (trajectory->colours) m_colours = &*trajectory->colours;
        if (m_colours) map.emplace(*m_colours, theme);
        for (std::size_t i = 0; i < trajectory->paths.size(); ++i) {
            const Path& path = trajectory->paths[i];
            add(path.look, true, {&path.x, &path.y, &path.z}, path.colour, i,
                static_cast<int>(trajectory->paths.size()));
            // Colour along the path is the information; dashes would only cut it up.
            if (series.back().colour) series.back().style.dashes.clear();
        }
    }
    scale();
    place();
    for (std::size_t i = 0; i < series.size(); ++i)
        if (series[i].isNamed) named.push_back(i);
    if (named.size() < 2) named.clear();
}

void SceneModel::add(const Look& look, bool isPath, std::array<const std::vector<double>*, 3> values,
                     const std::vector<double>& colour, std::size_t member, int count) {
    const std::size_t size = std::min({values[0]->size(), values[1]->size(), values[2]->size()});
    const auto kind = isPath ? SeriesPlace::Kind::Line : SeriesPlace::Kind::Cloud;
    SceneSeries made{.label = QString::fromStdString(look.label),
                     .style = seriesStyle(look, {static_cast<int>(series.size()), count, kind},
                                          map ? &*map : nullptr, theme),
                     .isPath = isPath,
                     .isNamed = !look.colourValue,
                     .points = std::vector<ScenePoint>(size),
                     .values = {values[0]->data(), values[1]->data(), values[2]->data()},
                     .member = member};
    if (map && colour.size() == size && size > 0) made.colour = colour.data();
    // A series without z in a scene has no place there; it is counted, not guessed.
    if (values[2]->empty()) missing += values[0]->size();
    series.push_back(std::move(made));
}

void SceneModel::scale() {
    const std::array<const Axis*, 3> given{&figure->x, &figure->y, &figure->z};
    for (std::size_t a = 0; a < 3; ++a) {
        SceneAxis& axis = axes[a];
        axis.axis = given[a];
        axis.scale = AxisScale(given[a]->scale, given[a]->linearBelow);
        if (given[a]->scale == Scale::SymLog && given[a]->linearBelow <= 0) {
            Magnitudes sizes;
            for (const SceneSeries& one : series) sizes.add(one.values[a], one.points.size());
            axis.scale = AxisScale(Scale::SymLog, linearStretch(sizes));
        }
        std::optional<Span> bounds;
        for (const SceneSeries& one : series)
            bounds = unite(bounds, boundsOf(one.values[a], one.points.size(), axis.scale, false));
        axis.range = rangeOf(*given[a], axis.scale, bounds, {.low = 0.04, .high = 0.04});
    }
    if (!figure->equalAspect) {
        axes[2].half = 0.8;
        return;
    }
    double longest = 0;
    for (const SceneAxis& axis : axes) longest = std::max(longest, axis.range.high - axis.range.low);
    for (SceneAxis& axis : axes) axis.half = std::max(0.05, (axis.range.high - axis.range.low) / longest);
}

void SceneModel::place() {
    for (SceneSeries& one : series)
        for (std::size_t i = 0; i < one.points.size(); ++i) {
            double at[3];
            bool isInside = true, isNumber = true;
            for (std::size_t a = 0; a < 3; ++a) {
                at[a] = axes[a].place(one.values[a][i]);
                isNumber = isNumber && std::isfinite(one.values[a][i]);
                isInside = isInside && std::abs(at[a]) <= axes[a].half * (1 + 1e-9);
            }
            if (!isNumber)
                ++missing;
            else if (!isInside)
                ++leftOut;
            one.points[i] = isInside ? ScenePoint{static_cast<float>(at[0]), static_cast<float>(at[1]),
                                                  static_cast<float>(at[2])}
                                     : ScenePoint{NAN, NAN, NAN};
        }
}

std::size_t SceneModel::points() const {
    std::size_t all = 0;
    for (const SceneSeries& one : series) all += one.points.size();
    return all;
}

SceneModelPtr makeSceneModel(const FigurePtr& figure, const Theme& theme) {
    if (!figure || figure->isEmpty) return nullptr;
    if (!std::holds_alternative<Points>(figure->body) && !std::holds_alternative<Trajectory>(figure->body))
        return nullptr;
    auto model = std::make_shared<const SceneModel>(figure, theme);
    return model->points() > 0 ? model : nullptr;
}

}  // namespace latent::desktop
