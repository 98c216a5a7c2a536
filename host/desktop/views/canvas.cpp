// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/canvas.hpp"

#include "desktop/views/plot/plot_model.hpp"

namespace latent::desktop {

FigureCanvas* makeCanvas(const engine::figures::Figure& figure, QWidget* parent) {
    return isPlot(figure) ? makePlotCanvas(figure, parent) : makeFieldCanvas(figure, parent);
}

}  // namespace latent::desktop
