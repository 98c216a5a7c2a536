// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/field_line.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QStyleOptionFrame>
#include <QToolButton>
#include <QWheelEvent>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kButton = 24, kNotch = 120,
              kOwnMargin = 2;  ///< the last one is what QLineEdit keeps beside its text

}  // namespace

FieldLine::FieldLine(QWidget* parent) : QLineEdit(parent) {
    // The row shows the menu: it knows about resetting and help.
    setContextMenuPolicy(Qt::NoContextMenu);
    setMinimumWidth(64);
}

void FieldLine::setUnit(const QString& unit) {
    m_unit = unit;
    place();
}

QToolButton* FieldLine::addButton(const QString& iconName, const QString& words) {
    auto* button = new QToolButton(this);
    button->setIcon(icon(iconName));
    button->setIconSize(QSize(14, 14));
    button->setProperty("look", "flat");
    // Within a field it is an icon without a frame of its own.
    button->setStyleSheet(
        QStringLiteral("QToolButton { border: none; padding: 0; min-height: 0; border-radius: 4px; }"));
    button->setToolTip(tr("%1 (Alt+Down)").arg(words));
    button->setAccessibleName(words);
    button->setFocusPolicy(Qt::NoFocus);
    button->setCursor(Qt::ArrowCursor);
    m_buttons.push_back(button);
    place();
    return button;
}

void FieldLine::place() {
    int right = 2;
    for (QToolButton* button : m_buttons) {
        right += kButton;
        button->setGeometry(width() - right, (height() - kButton + 2) / 2, kButton, kButton - 2);
    }
    const int unitWidth =
        m_unit.isEmpty() ? 0 : QFontMetrics(theme().small).horizontalAdvance(m_unit) + space::tight;
    setTextMargins(0, 0, unitWidth + (m_buttons.empty() ? 0 : right - space::inside), 0);
}

/// Of the text.
QRect FieldLine::room() const {
    QStyleOptionFrame option;
    initStyleOption(&option);
    return style()
        ->subElementRect(QStyle::SE_LineEditContents, &option, this)
        .marginsRemoved(textMargins())
        .adjusted(kOwnMargin, 0, -kOwnMargin, 0);
}

QString FieldLine::shownText() const {
    return hasFocus() ? text() : fontMetrics().elidedText(text(), m_elide, room().width());
}

void FieldLine::paintEvent(QPaintEvent* event) {
    const QString shown = shownText();
    if (shown == text()) {
        QLineEdit::paintEvent(event);
    } else {
        QStyleOptionFrame option;
        initStyleOption(&option);
        QPainter painter(this);
        style()->drawPrimitive(QStyle::PE_PanelLineEdit, &option, &painter, this);
        painter.setPen(theme().text);
        painter.drawText(room(), static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                         shown);
    }
    if (m_unit.isEmpty()) return;
    QPainter painter(this);
    painter.setFont(theme().small);
    painter.setPen(theme().muted);
    const QRect area = room();
    painter.drawText(QRect(area.right() + kOwnMargin, 0, textMargins().right(), height()),
                     Qt::AlignVCenter | Qt::AlignLeft, QLatin1Char(' ') + m_unit);
}

void FieldLine::resizeEvent(QResizeEvent* event) {
    QLineEdit::resizeEvent(event);
    place();
}

void FieldLine::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    m_turned = 0;
    update();
}

void FieldLine::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) home(false);
    update();
}

void FieldLine::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool opens = key == Qt::Key_F4 || (key == Qt::Key_Down && event->modifiers() == Qt::AltModifier);
    if (opens && button()) return button()->click();
    const QMimeData* copied =
        event->matches(QKeySequence::Paste) && m_taker ? QGuiApplication::clipboard()->mimeData() : nullptr;
    if (copied && m_taker(*copied)) return;
    if (m_steps && !isReadOnly() && (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier) {
        if (key == Qt::Key_Up || key == Qt::Key_Down)
            return Q_EMIT stepAsked(key == Qt::Key_Up ? 1 : -1, false);
        if (key == Qt::Key_PageUp || key == Qt::Key_PageDown)
            return Q_EMIT stepAsked(key == Qt::Key_PageUp ? 1 : -1, true);
    }
    QLineEdit::keyPressEvent(event);
}

void FieldLine::wheelEvent(QWheelEvent* event) {
    if (!m_steps || !hasFocus() || isReadOnly()) return event->ignore();
    m_turned += event->angleDelta().y();
    for (; m_turned >= kNotch; m_turned -= kNotch) Q_EMIT stepAsked(1, false);
    for (; m_turned <= -kNotch; m_turned += kNotch) Q_EMIT stepAsked(-1, false);
    event->accept();
}

void FieldLine::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) return QLineEdit::dragEnterEvent(event);
    m_takesFiles ? event->acceptProposedAction() : event->ignore();
}

void FieldLine::dropEvent(QDropEvent* event) {
    if (m_taker && m_taker(*event->mimeData())) return event->acceptProposedAction();
    QLineEdit::dropEvent(event);
}

}  // namespace latent::desktop
