// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/theme/elided_label.hpp"

#include <QPainter>
#include <QStyle>
#include <QStyleOption>

namespace latent::desktop {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString& text) {
    if (text == QLabel::text()) return;
    QLabel::setText(text);
    updateToolTip();
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 4, fontMetrics().height()};
}
QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height()};
}

void ElidedLabel::setHelp(const QString& help) {
    m_help = help;
    updateToolTip();
}

void ElidedLabel::updateToolTip() {
    QStringList words{m_help};
    if (fontMetrics().horizontalAdvance(text()) > contentsRect().width()) words.prepend(text());
    words.removeAll(QString());
    if (const QString tip = words.join(QLatin1Char('\n')); tip != toolTip()) setToolTip(tip);
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    updateToolTip();
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QStyleOption option;
    option.initFrom(this);
    const QRect area = contentsRect();
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, area.width());
    style()->drawItemText(&painter, area, static_cast<int>(alignment()) | Qt::TextSingleLine, option.palette,
                          isEnabled(), shown, foregroundRole());
}

}  // namespace latent::desktop
