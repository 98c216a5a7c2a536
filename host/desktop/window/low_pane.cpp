// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/low_pane.hpp"

namespace latent::desktop {

namespace {

constexpr int kLeastHeight = 80;

}  // namespace

LowPane::LowPane(FoldingSplitter* content, QWidget* parent) : QScrollArea(parent), m_content(content) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);  // what it holds has the keyboard
    setWidget(content);
}

QSize LowPane::minimumSizeHint() const { return {m_content->minimumSizeHint().width(), kLeastHeight}; }

void LowPane::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    m_content->foldFor(size());
}

}  // namespace latent::desktop
