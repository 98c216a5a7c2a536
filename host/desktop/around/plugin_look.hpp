// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How the state of a plugin is told: word, icon and colour; and the line of it in the list. UI thread only.
//
//     const StateLook look = lookOf(row);
//     list->setItemDelegate(new PluginDelegate(rows, list));

#include <QColor>
#include <QString>
#include <QStyledItemDelegate>
#include <vector>

#include "desktop/around/plugin_rows.hpp"

namespace latent::desktop {

struct StateLook {
    QString word, icon;
    QColor colour;
};
StateLook lookOf(const PluginRow& row);
QString titleOf(const PluginRow& row);

class PluginDelegate final : public QStyledItemDelegate {
  public:
    PluginDelegate(const std::vector<PluginRow>& rows, QObject* parent) : QStyledItemDelegate(parent), m_rows(rows) {}
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    const std::vector<PluginRow>& m_rows;
};

}  // namespace latent::desktop
