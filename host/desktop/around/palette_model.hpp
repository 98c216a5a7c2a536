// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the palette shows: entries of all sources, ranked for the words typed, and how a line of it is drawn.
//
// Titles are matched letter by letter, details only by whole pieces of text, because a long sentence holds nearly every
// sequence of letters somewhere. UI thread only.
//
//     model.setEntries(rankEntries(std::move(found), words, recentIds));

#include <QAbstractListModel>
#include <QStringList>
#include <QStyledItemDelegate>
#include <vector>

#include "desktop/around/palette_source.hpp"

namespace latent::desktop {

struct RankedEntry {
    PaletteEntry entry;
    std::vector<int> places;  ///< highlighted letters of the title
    int score = 0;
};

/// `recent`: ids, the newest first. At most 80; equal scores keep the order of the sources.
std::vector<RankedEntry> rankEntries(std::vector<PaletteEntry> entries, const QString& words,
                                     const QStringList& recent);

class PaletteModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void setEntries(std::vector<RankedEntry> entries);
    const std::vector<RankedEntry>& entries() const { return m_entries; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<RankedEntry> m_entries;
};

class PaletteDelegate final : public QStyledItemDelegate {
  public:
    PaletteDelegate(PaletteModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    PaletteModel& m_model;
};

}  // namespace latent::desktop
