// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/canvas.hpp"

#include <QAbstractScrollArea>
#include <QScrollBar>
#include <QWheelEvent>

#include "desktop/views/plot/plot_model.hpp"

namespace latent::desktop {
namespace {

bool isOnScrollingPage(const QWidget* widget) {
    for (widget = widget->parentWidget(); widget; widget = widget->parentWidget())
        if (const auto* page = qobject_cast<const QAbstractScrollArea*>(widget);
            page && page->verticalScrollBar()->maximum() > page->verticalScrollBar()->minimum())
            return true;
    return false;
}

}  // namespace

bool FigureCanvas::event(QEvent* event) {
    if (event->type() != QEvent::Wheel) return QWidget::event(event);
    const bool isAsked = static_cast<QWheelEvent*>(event)->modifiers().testFlag(Qt::ControlModifier);
    if (isAsked || !isOnScrollingPage(this)) return QWidget::event(event);
    event->ignore();
    return false;
}

FigureCanvas* makeCanvas(const engine::figures::Figure& figure, QWidget* parent) {
    return isPlot(figure) ? makePlotCanvas(figure, parent) : makeFieldCanvas(figure, parent);
}

}  // namespace latent::desktop
