// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/canvas.hpp"

#include <QElapsedTimer>
#include <QEvent>

#include "desktop/views/plot/plot_model.hpp"

namespace latent::desktop {
namespace {

constexpr int kScroll_ms = 400;   ///< one turn of the wheel follows the other within this

QElapsedTimer& sincePageScrolled() {
    static QElapsedTimer timer;
    return timer;
}

}  // namespace

void FigureCanvas::leaveWheelToPage() { sincePageScrolled().start(); }

bool FigureCanvas::event(QEvent* event) {
    if (event->type() == QEvent::Wheel && sincePageScrolled().isValid() && !sincePageScrolled().hasExpired(kScroll_ms)) {
        event->ignore();
        return false;
    }
    return QWidget::event(event);
}

FigureCanvas* makeCanvas(const engine::figures::Figure& figure, QWidget* parent) {
    return isPlot(figure) ? makePlotCanvas(figure, parent) : makeFieldCanvas(figure, parent);
}

}  // namespace latent::desktop
