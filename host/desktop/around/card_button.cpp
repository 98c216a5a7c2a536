// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/card_button.hpp"

#include <QKeyEvent>
#include <QPainter>
#include <QTextLayout>
#include <cmath>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kCardIcon = 24, kLineIcon = 16;

/// What is left and right of the text.
double aside(CardButton::Look look) {
    return look == CardButton::Look::Line ? 2 * space::inside + kLineIcon + space::between
                                          : 2 * (space::groups + 1);
}

}  // namespace

CardButton::CardButton(Look look, const QString& iconName, const QString& title, const QString& detail,
                       QWidget* parent)
    : QAbstractButton(parent),
      m_look(look),
      m_icon(iconName),
      m_detail(detail),
      m_detailLines(look == Look::Line ? 2 : 3) {
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(detail);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        m_starts.clear();
        updateGeometry();
        update();
    });
}

void CardButton::setDetailLines(int lines) {
    m_detailLines = lines;
    m_starts.clear();
    updateGeometry();
}

/// Where each line of the detail begins, as many as there may be. Nested layouts ask for the height at the same few
/// widths hundreds of times, and shaping text is what takes long.
const QList<int>& CardButton::lineStarts(int width) const {
    if (const QList<int>* known = m_starts.object(width)) return *known;
    auto* starts = new QList<int>;
    if (!m_detail.isEmpty() && m_detailLines == 1) *starts << 0;
    if (!m_detail.isEmpty() && m_detailLines > 1) {
        QTextLayout layout(m_detail, theme().small);
        layout.beginLayout();
        while (starts->size() < m_detailLines) {
            QTextLine line = layout.createLine();
            if (!line.isValid()) break;
            line.setLineWidth(width - aside(m_look));
            *starts << line.textStart();
        }
        layout.endLayout();
    }
    m_starts.insert(width, starts);
    return *starts;
}

/// The last one is cut with an ellipsis where not all of the text has room.
QStringList CardButton::lines() const {
    const QFontMetricsF metrics(theme().small);
    const double wide = width() - aside(m_look);
    if (m_detailLines == 1) return {metrics.elidedText(m_detail, Qt::ElideMiddle, wide)};
    QStringList lines;
    const QList<int>& starts = lineStarts(width());
    for (qsizetype i = 0; i + 1 < starts.size(); ++i)
        lines << m_detail.mid(starts[i], starts[i + 1] - starts[i]);
    if (!starts.isEmpty()) lines << metrics.elidedText(m_detail.mid(starts.last()), Qt::ElideRight, wide);
    return lines;
}

QSize CardButton::sizeHint() const {
    return {m_look == Look::Line ? 320 : 240, heightForWidth(m_look == Look::Line ? 320 : 240)};
}

int CardButton::heightForWidth(int width) const {
    const double title = QFontMetricsF(m_look == Look::Line ? theme().body : theme().heading).height(),
                 small = QFontMetricsF(theme().small).height();
    const qsizetype lines = lineStarts(width).size();
    if (m_look == Look::Line)
        return static_cast<int>(std::ceil(title + static_cast<double>(lines) * small + 2 * space::inside));
    const int icon = m_look == Look::Choice ? 0 : kCardIcon + space::between;
    const int around = m_look == Look::Choice ? space::between : space::groups + 1;
    return static_cast<int>(
        std::ceil(icon + title + space::tight + static_cast<double>(lines) * small + 2 * around));
}

void CardButton::paintEvent(QPaintEvent*) {
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hovered = isEnabled() && (underMouse() || isDown());
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    if (m_look == Look::Line) {
        painter.setPen(hasFocus() ? QPen(t.accent) : QPen(Qt::NoPen));
        painter.setBrush(hovered ? QBrush(isDown() ? t.pressed : t.hover) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(frame, space::radius, space::radius);
    } else {
        const bool primary = m_look == Look::Primary;
        painter.setPen(hasFocus() || hovered || primary ? t.accent : t.line);
        painter.setBrush(primary ? t.selection : hovered ? t.hover : t.panel);
        painter.drawRoundedRect(frame, 8, 8);
        if (hasFocus()) painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), 7, 7);
    }
    const double scale = devicePixelRatioF();
    const QColor titleColour = isEnabled() ? t.text : t.muted;
    const QFont& titleFont = m_look == Look::Line ? t.body : t.heading;
    const double titleHeight = QFontMetricsF(titleFont).height(),
                 smallHeight = QFontMetricsF(t.small).height();
    QRectF text;
    if (m_look == Look::Line) {
        const double top = space::inside + (titleHeight - kLineIcon) / 2;
        painter.drawPixmap(QPointF(space::inside, top), iconPixmap(m_icon, t.muted, kLineIcon, scale));
        text = QRectF(rect()).adjusted(space::inside + kLineIcon + space::between, space::inside,
                                       -space::inside, 0);
    } else if (m_look == Look::Choice) {
        text = QRectF(rect()).adjusted(space::groups + 1, space::between, -space::groups - 1, 0);
    } else {
        painter.drawPixmap(QPointF(space::groups + 1, space::groups + 1),
                           iconPixmap(m_icon, t.accent, kCardIcon, scale));
        text = QRectF(rect()).adjusted(space::groups + 1, space::groups + 1 + kCardIcon + space::between,
                                       -space::groups - 1, 0);
    }
    painter.setFont(titleFont);
    painter.setPen(titleColour);
    painter.drawText(QRectF(text.left(), text.top(), text.width(), titleHeight),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(titleFont).elidedText(this->text(), Qt::ElideRight, text.width()));
    if (m_detail.isEmpty()) return;
    double y = text.top() + titleHeight + (m_look == Look::Line ? 0 : space::tight);
    painter.setFont(t.small);
    painter.setPen(t.muted);
    for (const QString& line : lines()) {
        painter.drawText(QRectF(text.left(), y, text.width() + 1, smallHeight),
                         Qt::AlignLeft | Qt::AlignVCenter, line);
        y += smallHeight;
    }
}

void CardButton::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return click();
    QAbstractButton::keyPressEvent(event);
}

void CardButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void CardButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

}  // namespace latent::desktop
