// SPDX-License-Identifier: GPL-3.0-or-later
// Which canvas draws which body. Bodies that have no drawing yet are shown as their numbers.
#include "desktop/views/field/raster_canvas.hpp"
#include "desktop/views/field/table_canvas.hpp"
#include "desktop/views/field/text_canvas.hpp"

namespace latent::desktop {

using namespace engine::figures;

FigureCanvas* makeFieldCanvas(const Figure& figure, QWidget* parent) {
    if (std::holds_alternative<Raster>(figure.body)) return new RasterCanvas(parent);
    if (std::holds_alternative<Text>(figure.body)) return new TextCanvas(parent);
    return new TableCanvas(parent);
}

}  // namespace latent::desktop
