// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/flow_layout.hpp"

#include <QVariant>
#include <QWidget>
#include <algorithm>

namespace latent::desktop {
namespace {

/// Pixels: in a pane that is narrower than a card wants to be, the card gives way.
constexpr int kLeastCell = 150;

}  // namespace

FlowLayout::FlowLayout(QWidget* parent, int leastWidth, int cellHeight)
    : QLayout(parent), m_leastWidth(leastWidth), m_cellHeight(cellHeight) {}

FlowLayout::~FlowLayout() {
    while (QLayoutItem* item = FlowLayout::takeAt(0)) delete item;
}

void FlowLayout::setCell(int leastWidth, int height) {
    m_leastWidth = leastWidth;
    m_cellHeight = height;
    invalidate();
}

void FlowLayout::addItem(QLayoutItem* item) { m_items.append(item); }
QLayoutItem* FlowLayout::itemAt(int index) const { return m_items.value(index); }
QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

QSize FlowLayout::minimumSize() const {
    const QMargins margins = contentsMargins();
    return QSize(std::min(m_leastWidth, kLeastCell) + margins.left() + margins.right(), m_cellHeight);
}

int FlowLayout::arrange(const QRect& rect, bool apply) const {
    const QMargins margins = contentsMargins();
    const QRect inner = rect.marginsRemoved(margins);
    const int gap = spacing(), width = std::max(inner.width(), 1);
    int visible = 0;
    for (const QLayoutItem* item : m_items)
        visible += item->isEmpty() || item->widget()->property("span").toBool() ? 0 : 1;
    const int columns = std::clamp((width + gap) / (m_leastWidth + gap), 1, std::max(1, visible));
    const int cell = (width - gap * (columns - 1)) / columns;
    int column = 0, y = inner.y();
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty()) continue;
        const QVariant span = item->widget()->property("span");
        if (span.toBool() && (column == 0 || span.toString() != kWhereRowBegins)) {
            if (column > 0) y += m_cellHeight + gap;
            column = 0;
            const int height =
                item->hasHeightForWidth() ? item->heightForWidth(width) : item->sizeHint().height();
            if (apply) item->setGeometry(QRect(inner.x(), y, width, height));
            y += height + gap;
            continue;
        }
        if (apply) item->setGeometry(QRect(inner.x() + column * (cell + gap), y, cell, m_cellHeight));
        if (++column == columns) {
            column = 0;
            y += m_cellHeight + gap;
        }
    }
    if (column > 0) y += m_cellHeight + gap;
    return std::max(0, y - gap - rect.y() + margins.bottom());
}

}  // namespace latent::desktop
