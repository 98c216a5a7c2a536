// SPDX-License-Identifier: GPL-3.0-or-later
// Which canvas draws which body.
#include "desktop/views/field/raster_canvas.hpp"

namespace latent::desktop {

using namespace engine::figures;

FigureCanvas* makeFieldCanvas(const Figure& figure, QWidget* parent) {
    (void)figure;
    return new RasterCanvas(parent);
}

}  // namespace latent::desktop
