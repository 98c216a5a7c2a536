// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_delegate.hpp"

#include <QDateTime>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "desktop/live/run_words.hpp"
#include "desktop/runs/run_list.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kDot = 8;
constexpr int kStar = 16;

void paintDot(QPainter* painter, const QPointF& centre, const QColor& colour) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    painter->drawEllipse(centre, kDot / 2.0, kDot / 2.0);
    painter->restore();
}

void paintStar(QPainter* painter, const QRect& area, bool isOn, bool isFaint) {
    const double scale = painter->device()->devicePixelRatioF();
    const QColor colour = isOn ? theme().warning : theme().muted;
    painter->save();
    if (isFaint) painter->setOpacity(0.35);
    const QRect place(area.center().x() - kStar / 2 + 1, area.center().y() - kStar / 2 + 1, kStar, kStar);
    painter->drawPixmap(place, iconPixmap(isOn ? QStringLiteral("star-filled") : QStringLiteral("star"),
                                          colour, kStar, scale));
    painter->restore();
}

void paintText(QPainter* painter, const QRect& area, const QString& text, const QFont& font,
               const QColor& colour, Qt::Alignment alignment = Qt::AlignLeft) {
    painter->setFont(font);
    painter->setPen(colour);
    painter->drawText(area, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                      QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width()));
}

}  // namespace

int RunDelegate::rowHeight(bool compact) {
    const int body = QFontMetrics(theme().body).height(), small = QFontMetrics(theme().small).height();
    return compact ? std::max(44, body + small + space::between) : std::max(30, body + space::between);
}

RunDelegate::RunDelegate(RunList* list, QObject* parent) : QStyledItemDelegate(parent), m_list(list) {}

QSize RunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return {QStyledItemDelegate::sizeHint(option, index).width() +
                (index.data(RunList::StateRole).isValid() ? space::groups : 0),
            rowHeight(m_isCompact)};
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    painter->save();
    const bool isSelected = option.state & QStyle::State_Selected,
               isUnderMouse = option.state & QStyle::State_MouseOver;
    if (m_isCompact) {
        if (isSelected || isUnderMouse) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(isSelected ? theme().selection : theme().hover);
            painter->drawRoundedRect(option.rect.adjusted(space::inside, 0, -space::inside, 0), space::radius,
                                     space::radius);
        }
        paintCompact(painter, option, index);
    } else {
        if (isSelected || isUnderMouse)
            painter->fillRect(option.rect, isSelected ? theme().selection : theme().hover);
        paintCell(painter, option, index);
    }
    if (option.state & QStyle::State_HasFocus) {
        painter->setRenderHint(QPainter::Antialiasing, m_isCompact);
        painter->setPen(theme().accent);
        painter->setBrush(Qt::NoBrush);
        if (m_isCompact)
            painter->drawRoundedRect(
                QRectF(option.rect).adjusted(space::inside + 0.5, 0.5, -space::inside - 0.5, -0.5),
                space::radius, space::radius);
        else
            painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

void RunDelegate::paintCell(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const QString column = m_list->columns().value(index.column());
    const QRect inside = option.rect.adjusted(space::inside, 0, -space::inside, 0);
    if (column == QLatin1String("star")) {
        const bool isOn = index.data(RunList::StarRole).toBool();
        if (isOn || (option.state & (QStyle::State_MouseOver | QStyle::State_Selected)))
            paintStar(painter, option.rect, isOn, !isOn);
        return;
    }
    QFont font = index.data(Qt::FontRole).isValid() ? index.data(Qt::FontRole).value<QFont>() : theme().body;
    QColor colour = index.data(Qt::ForegroundRole).isValid() ? index.data(Qt::ForegroundRole).value<QColor>()
                                                             : theme().text;
    QRect text = inside;
    if (column == QLatin1String("state")) {
        paintDot(painter, QPointF(inside.left() + kDot / 2.0, inside.center().y() + 1),
                 lookOfState(index.data(RunList::StateRole).toString().toStdString()).colour);
        text.setLeft(inside.left() + kDot + space::inside);
    }
    const Qt::Alignment alignment =
        static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt()) & Qt::AlignHorizontal_Mask;
    if (alignment & Qt::AlignRight)
        text.setRight(option.rect.right() - kHeaderArrow);  // under the header's words, not its arrow
    paintText(painter, text, index.data(Qt::DisplayRole).toString(), font, colour, alignment);
}

void RunDelegate::paintCompact(QPainter* painter, const QStyleOptionViewItem& option,
                               const QModelIndex& index) const {
    const engine::IndexedRun* run = m_list->run(index.row());
    if (!run) return;
    const StateLook look = lookOfState(run->state);
    const QRect inside = option.rect.adjusted(space::groups, 4, -space::groups, -4);
    const int half = inside.height() / 2;
    const QRect first(inside.left() + kDot + space::inside, inside.top(),
                      inside.width() - kDot - space::inside, half),
        second = first.translated(0, half);
    paintDot(painter, QPointF(inside.left() + kDot / 2.0, first.center().y() + 1), look.colour);

    const QString age = ageWords(run->created, QDateTime::currentDateTime());
    const int ageWidth = QFontMetrics(theme().small).horizontalAdvance(age);
    paintText(painter, first, m_list->title(index.row()), theme().body, theme().text);

    QString state = look.word;
    if (run->state == "running") state += QStringLiteral(" %1 %").arg(static_cast<int>(100 * run->fraction));
    if (run->state == "interrupted" || run->state == "paused") state += tr(", resume");
    QStringList words{state};
    for (const std::string& tag : run->tags) words << QString::fromStdString(tag);
    // The title has its line to itself: what tells runs apart stands at its end.
    paintText(painter, second, age, theme().small, theme().muted, Qt::AlignRight);
    const int starWidth = run->star ? kStar + space::tight : 0;
    if (run->star)
        paintStar(painter, QRect(second.right() - ageWidth - starWidth, second.top(), kStar, second.height()),
                  true, false);
    paintText(painter, second.adjusted(0, 0, -ageWidth - space::inside - starWidth, 0),
              words.join(QStringLiteral(" · ")), theme().small, theme().muted);
}

bool RunDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                              const QModelIndex& index) {
    const bool isStar = !m_isCompact && m_list->columns().value(index.column()) == QLatin1String("star");
    if (isStar && event->type() == QEvent::MouseButtonRelease &&
        static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) {
        Q_EMIT starClicked(index);
        return true;
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace latent::desktop
