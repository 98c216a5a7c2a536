// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/key_button.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

KeyButton::KeyButton(QWidget* parent) : QAbstractButton(parent) {
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
}

void KeyButton::showEntry(const QString& label, const QRect& area, bool isShown) {
    if (label != m_label) {
        m_label = label;
        setAccessibleName(tr("Show %1").arg(label));
        setToolTip(tr("%1: click hides and shows it, Shift-click shows it alone").arg(label));
    }
    setGeometry(area);
    setChecked(isShown);
}

void KeyButton::ask(Qt::KeyboardModifiers modifiers) {
    if (modifiers & Qt::ShiftModifier)
        Q_EMIT aloneAsked(m_label);
    else
        Q_EMIT toggleAsked(m_label);
}

void KeyButton::keyPressEvent(QKeyEvent* event) {
    const bool isPress =
        event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (!isPress) return QAbstractButton::keyPressEvent(event);
    ask(event->modifiers());
}

void KeyButton::mouseReleaseEvent(QMouseEvent* event) {
    setDown(false);
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        ask(event->modifiers());
}

void KeyButton::paintEvent(QPaintEvent*) {
    if (!underMouse() && !hasFocus()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = theme().accent;
    fill.setAlphaF(underMouse() ? 0.08f : 0.0f);
    painter.setPen(hasFocus() ? QPen(theme().accent, 1.5) : QPen(Qt::NoPen));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

}  // namespace latent::desktop
