// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/folding_splitter.hpp"

#include <QEvent>
#include <QLayout>
#include <algorithm>
#include <utility>

namespace latent::desktop {

namespace {

/// Percent of the height: what stands below has a head and a foot beside its form.
constexpr int kBelow = 55;

int leastOf(const QWidget& widget) {
    return std::max(widget.minimumSizeHint().width(), widget.minimumWidth());
}

}  // namespace

FoldingSplitter::FoldingSplitter(FoldingWidths widths, QWidget* parent)
    : QSplitter(Qt::Horizontal, parent), m_widths(widths) {
    setChildrenCollapsible(false);
}

/// Asks for no more width than one of the two needs: it folds before they stop fitting beside each other.
QSize FoldingSplitter::minimumSizeHint() const {
    QSize least = QSplitter::minimumSizeHint();
    if (orientation() == Qt::Horizontal) {
        int widest = 0;
        for (int i = 0; i < count(); ++i) widest = std::max(widest, leastOf(*widget(i)));
        least.setWidth(widest);
    }
    return least;
}

void FoldingSplitter::foldFor(const QSize& pane) {
    m_pane = pane;
    fold(pane);
}

void FoldingSplitter::fold(const QSize& pane) {
    const bool isTight = count() > 1 && pane.width() < m_widths.first + handleWidth() + leastOf(*widget(1));
    const bool isFolded = isTight || (pane.width() < m_widths.least && pane.height() > pane.width());
    const Qt::Orientation wanted = isFolded ? Qt::Vertical : Qt::Horizontal;
    const bool isFirst = !std::exchange(m_isShared, true);
    if (isFirst || wanted != orientation()) {
        setOrientation(wanted);
        keepHeights();
        share();
    }
}

void FoldingSplitter::resizeEvent(QResizeEvent* event) {
    fold(m_pane.isValid() ? m_pane : size());
    keepHeights();
    QSplitter::resizeEvent(event);
}

bool FoldingSplitter::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest) keepHeights();
    return QSplitter::event(event);
}

/// Words wrap: how high the second one must be depends on its width, which a splitter does not ask.
void FoldingSplitter::keepHeights() {
    if (m_widths.high == 0 || count() < 2) return;
    const bool isFolded = orientation() == Qt::Vertical;
    widget(0)->setMinimumHeight(isFolded ? m_widths.high : 0);
    const QLayout* words = widget(1)->layout();
    widget(1)->setMinimumHeight(
        isFolded && words && words->hasHeightForWidth() ? words->minimumHeightForWidth(width()) : 0);
}

void FoldingSplitter::share() {
    if (orientation() == Qt::Vertical)
        setSizes({height() - height() * kBelow / 100, height() * kBelow / 100});
    else
        setSizes({std::max(1, width() - m_widths.side), m_widths.side});
}

}  // namespace latent::desktop
