// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/brush_bar.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <algorithm>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

BrushBar::BrushBar(QWidget* parent) : QFrame(parent), m_size(new QLabel(this)) {
    setProperty("look", "card");
    setCursor(Qt::ArrowCursor);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::tight, 2, space::tight, 2);
    row->setSpacing(2);
    QToolButton* smaller = button(QStringLiteral("minus"), tr("Smaller brush ([)"));
    m_size->setProperty("look", "small");
    m_size->setAlignment(Qt::AlignCenter);
    m_size->setAccessibleName(tr("Size of the brush"));
    QToolButton* larger = button(QStringLiteral("plus"), tr("Larger brush (])"));
    m_eraser = button(QStringLiteral("eraser"), tr("Eraser (E)"));
    m_eraser->setCheckable(true);
    QToolButton* clear = button(QStringLiteral("trash"), tr("Clear the mask (Delete)"));
    for (QWidget* widget : std::initializer_list<QWidget*>{smaller, m_size, larger, m_eraser, clear})
        row->addWidget(widget);
    connect(smaller, &QToolButton::clicked, this, [this] { Q_EMIT sizeAsked(m_cells - 1); });
    connect(larger, &QToolButton::clicked, this, [this] { Q_EMIT sizeAsked(m_cells + 1); });
    connect(m_eraser, &QToolButton::clicked, this, &BrushBar::eraserAsked);
    connect(clear, &QToolButton::clicked, this, &BrushBar::clearAsked);
    hide();
}

QToolButton* BrushBar::button(const QString& name, const QString& words) {
    auto* made = new QToolButton(this);
    made->setIcon(icon(name));
    made->setToolTip(words);
    made->setAccessibleName(words);
    made->setProperty("look", "flat");
    made->setFocusPolicy(Qt::TabFocus);
    return made;
}

void BrushBar::show(int size, bool erases) {
    m_cells = size;
    m_size->setText(size == 1 ? tr("1 cell") : tr("%1 cells").arg(size));
    // As wide as the widest text, so that the buttons stay under the mouse.
    m_size->setMinimumWidth(m_size->fontMetrics().horizontalAdvance(tr("%1 cells").arg(888)) + space::inside);
    m_eraser->setChecked(erases);
    setVisible(true);
    adjustSize();
}

}  // namespace latent::desktop
