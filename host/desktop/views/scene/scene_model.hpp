// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Clouds and paths in three dimensions made ready to be looked at in one theme: styles, scales, and all points in one cube.
//
// Coordinates are copied once as numbers from −1 to 1 of the box (0.6 MB for 10⁵ points each), so that turning the scene is
// nine multiplications a point. Points beyond the limits of an axis or without a place on it have none. Immutable and
// shared; any thread. Keeps the figure alive.
//
//     const SceneModelPtr model = makeSceneModel(figure, theme());

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "desktop/views/canvas.hpp"
#include "desktop/views/plot/axis_range.hpp"
#include "desktop/views/plot/series_style.hpp"
#include "desktop/views/scene/camera.hpp"

namespace latent::desktop {

struct ScenePoint {
    float x = 0, y = 0, z = 0;  ///< not a number: nowhere
};

struct SceneSeries {
    QString label;
    SeriesStyle style;
    bool isPath = false;
    bool isNamed = true;  ///< has an entry of its own in the key
    std::vector<ScenePoint> points;
    std::array<const double*, 3> values{};  ///< x, y, z as the figure has them
    const double* colour = nullptr;         ///< a value for each point, or null
    const double* size = nullptr;           ///< relative areas, or null
    std::size_t member = 0;                 ///< its place in the body of the figure
};

struct SceneAxis {
    const engine::figures::Axis* axis = nullptr;
    AxisScale scale;
    Span range;       ///< values at the ends of the box
    double half = 1;  ///< of the box along this axis
    /// −half … half.
    double place(double value) const;
};

struct SceneModel {
    SceneModel(FigurePtr figure, const Theme& theme);
    SceneModel(const SceneModel&) = delete;
    SceneModel& operator=(const SceneModel&) = delete;
    const engine::figures::Colours* colours() const { return m_colours; }
    bool hasBar() const { return m_colours && m_colours->bar; }
    std::size_t points() const;
    /// Points that have no place in the box although they are numbers, and those that are none.
    std::size_t leftOut = 0, missing = 0;

    FigurePtr figure;
    Theme theme;
    std::optional<ColourMap> map;
    std::array<SceneAxis, 3> axes;
    std::vector<SceneSeries> series;
    std::vector<std::size_t> named;  ///< series in the key; empty when there is nothing to tell apart

  private:
    void add(const engine::figures::Look& look, bool isPath, std::array<const std::vector<double>*, 3> values,
             const std::vector<double>& colour, std::size_t member, int count);
    void scale();
    void place();
    const engine::figures::Colours* m_colours = nullptr;
};
using SceneModelPtr = std::shared_ptr<const SceneModel>;

/// Null unless the figure has points or paths that are not empty.
SceneModelPtr makeSceneModel(const FigurePtr& figure, const Theme& theme);

}  // namespace latent::desktop
