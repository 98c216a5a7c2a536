// SPDX-License-Identifier: GPL-3.0-or-later
// Which canvas draws which body; what has no drawing of its own is shown as its numbers.
#include "desktop/views/field/grid_canvas.hpp"
#include "desktop/views/field/raster_canvas.hpp"
#include "desktop/views/field/table_canvas.hpp"
#include "desktop/views/field/text_canvas.hpp"
#include "desktop/views/graph/graph_canvas.hpp"
#include "desktop/views/scene/scene_canvas.hpp"

namespace latent::desktop {

using namespace engine::figures;

FigureCanvas* makeFieldCanvas(const Figure& figure, QWidget* parent) {
    if (std::holds_alternative<Raster>(figure.body)) return new RasterCanvas(parent);
    if (std::holds_alternative<ImageGrid>(figure.body)) return new GridCanvas(parent);
    if (std::holds_alternative<Graph>(figure.body)) return new GraphCanvas(parent);
    if (std::holds_alternative<Text>(figure.body)) return new TextCanvas(parent);
    // Plots in the plane are made elsewhere, so that these have three dimensions.
    if (std::holds_alternative<Points>(figure.body) || std::holds_alternative<Trajectory>(figure.body))
        return new SceneCanvas(parent);
    return new TableCanvas(parent);
}

}  // namespace latent::desktop
