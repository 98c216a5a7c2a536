// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/field_canvas.hpp"

#include <QKeyEvent>
#include <QPainter>

namespace latent::desktop {

FieldCanvas::FieldCanvas(QWidget* parent) : FigureCanvas(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        figureChanged(false);
        update();
    });
}

void FieldCanvas::setFigure(FigurePtr figure) {
    const bool isAnother = !m_figure || !figure || m_figure->name != figure->name;
    m_figure = std::move(figure);
    if (isAnother) m_gestureIndex = -1;
    figureChanged(isAnother);
    describe();
    update();
}

void FieldCanvas::describe() {
    if (!m_figure) return;
    if (accessibleName().isEmpty())
        setAccessibleName(QString::fromStdString(m_figure->title.empty() ? m_figure->name : m_figure->title));
    setAccessibleDescription(sentence());
}

QString FieldCanvas::titleWords() const {
    if (!m_figure) return {};
    return QString::fromStdString(m_figure->title.empty() ? m_figure->name : m_figure->title);
}

void FieldCanvas::setActiveGesture(int index) {
    const bool isThere =
        m_figure && index >= 0 && static_cast<std::size_t>(index) < m_figure->gestures.size();
    m_gestureIndex = isThere ? index : -1;
    update();
}

const engine::figures::Gesture* FieldCanvas::activeGesture() const {
    if (!m_figure || m_gestureIndex < 0 ||
        static_cast<std::size_t>(m_gestureIndex) >= m_figure->gestures.size())
        return nullptr;
    return &m_figure->gestures[static_cast<std::size_t>(m_gestureIndex)];
}

void FieldCanvas::setReadout(const QString& words) {
    if (words.isEmpty() && !m_readsOut) return;
    m_readsOut = !words.isEmpty();
    Q_EMIT readout(words);
}

void FieldCanvas::edited() {
    update();
    Q_EMIT viewEdited();
}

bool FieldCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && isBusy()) {
        event->accept();
        return true;
    }
    return FigureCanvas::event(event);
}

void FieldCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintWindow(painter);
    if (!m_hasKeyboardFocus) return;
    QColor ring = theme().accent;
    ring.setAlphaF(0.6f);
    painter.setPen(QPen(ring, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), space::radius, space::radius);
}

void FieldCanvas::focusInEvent(QFocusEvent* event) {
    m_hasKeyboardFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
}

void FieldCanvas::focusOutEvent(QFocusEvent*) {
    m_hasKeyboardFocus = false;
    update();
}

void FieldCanvas::leaveEvent(QEvent* event) {
    FigureCanvas::leaveEvent(event);
    setReadout(QString());
}

void drawSentence(QPainter& painter, const QRectF& area, const QString& words, const Theme& theme) {
    painter.save();
    painter.setFont(theme.body);
    painter.setPen(theme.muted);
    painter.drawText(area.adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, words);
    painter.restore();
}

}  // namespace latent::desktop
