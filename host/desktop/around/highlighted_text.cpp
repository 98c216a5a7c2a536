// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/highlighted_text.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <QTextLayout>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

double drawHighlighted(QPainter& painter, const QRectF& rect, const QString& text,
                       const std::vector<int>& places, const QFont& font, const QColor& colour) {
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    // Measured as if all of it were strong: highlighted letters are a little wider.
    QString shown =
        QFontMetricsF(places.empty() ? font : strong).elidedText(text, Qt::ElideRight, rect.width());
    shown.replace(QLatin1Char('\n'), QLatin1Char(' '));
    QTextLayout layout(shown, font);
    QList<QTextLayout::FormatRange> ranges;
    for (const int place : places) {
        if (place >= shown.size()) break;
        QTextLayout::FormatRange range;
        range.start = place;
        range.length = 1;
        range.format.setForeground(theme().accentText);
        range.format.setFontWeight(QFont::DemiBold);
        ranges.append(range);
    }
    layout.setFormats(ranges);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(1e6);
    layout.endLayout();
    painter.setPen(colour);
    layout.draw(&painter, QPointF(rect.left(), rect.center().y() - line.height() / 2));
    return line.naturalTextWidth();
}

double drawKeys(QPainter& painter, const QRectF& rect, const QString& shortcut) {
    if (shortcut.isEmpty()) return 0;
    QStringList keys = shortcut.split(QLatin1Char('+'), Qt::SkipEmptyParts);
    if (shortcut.endsWith(QLatin1String("+")) && shortcut.size() > 1) keys << QStringLiteral("+");
    const QFontMetricsF metrics(theme().small);
    const double height = metrics.height() + space::tight;
    double right = rect.right();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme().small);
    for (auto key = keys.crbegin(); key != keys.crend(); ++key) {
        const double width = std::max(height, metrics.horizontalAdvance(*key) + 3 * space::tight);
        const QRectF cap(right - width + 0.5, rect.center().y() - height / 2 + 0.5, width - 1, height - 1);
        painter.setPen(theme().line);
        painter.setBrush(theme().window);
        painter.drawRoundedRect(cap, space::tight, space::tight);
        painter.setPen(theme().muted);
        painter.drawText(cap, Qt::AlignCenter, *key);
        right -= width + space::tight;
    }
    painter.restore();
    return rect.right() - right;
}

}  // namespace latent::desktop
