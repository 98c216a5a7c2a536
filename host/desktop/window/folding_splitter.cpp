// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/folding_splitter.hpp"

#include <algorithm>
#include <utility>

namespace latent::desktop {

FoldingSplitter::FoldingSplitter(FoldingWidths widths, QWidget* parent)
    : QSplitter(Qt::Horizontal, parent), m_widths(widths) {
    setChildrenCollapsible(false);
}

void FoldingSplitter::resizeEvent(QResizeEvent* event) {
    const bool isFolded = width() < m_widths.least && height() > width();
    const Qt::Orientation wanted = isFolded ? Qt::Vertical : Qt::Horizontal;
    const bool isFirst = !std::exchange(m_isShared, true);
    if (isFirst || wanted != orientation()) {
        setOrientation(wanted);
        share();
    }
    QSplitter::resizeEvent(event);
}

void FoldingSplitter::share() {
    if (orientation() == Qt::Vertical)
        setSizes({height() / 2, height() / 2});
    else
        setSizes({std::max(1, width() - m_widths.side), m_widths.side});
}

}  // namespace latent::desktop
