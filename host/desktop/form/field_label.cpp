// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/field_label.hpp"

#include <QPainter>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

FieldLabel::FieldLabel(const QString& text, QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setText(text);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setContentsMargins(0, 0, space::inside, 0);
}

QSize FieldLabel::sizeHint() const { return {wordsWidth() + 2 + space::inside, fontMetrics().height()}; }

void FieldLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(isEnabled() ? theme().text : theme().muted);
    painter.drawText(contentsRect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

ChangedMark::ChangedMark(QWidget* parent) : QAbstractButton(parent) {
    setFixedSize(sizeHint());
    setFocusPolicy(Qt::NoFocus);
    setOn(false);
}

void ChangedMark::setOn(bool on) {
    m_on = on;
    setEnabled(on);
    setCursor(on ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void ChangedMark::paintEvent(QPaintEvent*) {
    if (!m_on) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF centre(width() - 7.0, height() / 2.0);
    if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().selection);
        painter.drawEllipse(centre, 6.5, 6.5);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().accent);
    painter.drawEllipse(centre, 3, 3);
}

}  // namespace latent::desktop
