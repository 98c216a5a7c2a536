// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/plugin_look.hpp"

#include <QCoreApplication>
#include <QPainter>

#include "desktop/around/highlighted_text.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// With a context that lupdate knows.
class PluginLookWords {
    Q_DECLARE_TR_FUNCTIONS(PluginLook)
};

}  // namespace

StateLook lookOf(const PluginRow& row) {
    const Theme& t = theme();
    switch (row.entry.state) {
        case engine::PluginState::Usable:
            if (!row.panel.sentence.empty())
                return {PluginLookWords::tr("Ready, without its panels"), QStringLiteral("warning"),
                        t.warning};
            if (!row.torch.sentence.empty())
                return {PluginLookWords::tr("Ready, on the CPU alone"), QStringLiteral("warning"), t.warning};
            return {PluginLookWords::tr("Ready"), QStringLiteral("check"), t.ok};
        case engine::PluginState::Refused:
            return {PluginLookWords::tr("Refused"), QStringLiteral("error"), t.bad};
        case engine::PluginState::Untrusted:
            return {PluginLookWords::tr("Not trusted"), QStringLiteral("shield"), t.warning};
        case engine::PluginState::Disabled:
            return {PluginLookWords::tr("Disabled"), QStringLiteral("disabled"), t.muted};
        case engine::PluginState::Quarantined:
            return {PluginLookWords::tr("Quarantined"), QStringLiteral("warning"), t.bad};
    }
    return {};
}

QString titleOf(const PluginRow& row) {
    return QString::fromStdString(row.entry.title.empty() ? row.entry.id : row.entry.title);
}

QSize PluginDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {180, QFontMetrics(theme().body).height() + QFontMetrics(theme().small).height() +
                     2 * space::inside + 2};
}

void PluginDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const PluginRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const StateLook look = lookOf(row);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected ? theme().selection : theme().hover);
        painter->drawRoundedRect(option.rect, space::radius, space::radius);
    }
    constexpr int kIcon = 16;
    QRectF line = QRectF(option.rect).adjusted(space::inside, space::inside, -space::inside, -space::inside);
    painter->drawPixmap(QPointF(line.left(), option.rect.center().y() - kIcon / 2 + 1),
                        iconPixmap(look.icon, look.colour, kIcon, painter->device()->devicePixelRatioF()));
    line.setLeft(line.left() + kIcon + space::inside + 2);
    line.setHeight(QFontMetricsF(theme().body).height());
    const QString version = QString::fromStdString(row.entry.version);
    const double width = QFontMetricsF(theme().small).horizontalAdvance(version);
    painter->setFont(theme().small);
    painter->setPen(theme().muted);
    painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, version);
    drawHighlighted(*painter, line.adjusted(0, 0, -width - space::inside, 0), titleOf(row), {}, theme().body,
                    theme().text);
    line.moveTop(line.bottom() + 2);
    line.setHeight(QFontMetricsF(theme().small).height());
    // On a selected row the colours of states would be too pale; icon and word tell it there.
    drawHighlighted(*painter, line, look.word, {}, theme().small,
                    option.state & QStyle::State_Selected ? theme().text : look.colour);
    painter->restore();
}

}  // namespace latent::desktop
