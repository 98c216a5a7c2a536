// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Draws runs: in the table a star, a dot before the state and flat cells; in a narrow list two lines for each run.
//
// The dot is an ornament: the state stands beside it in words. UI thread only.
//
//     table->setItemDelegate(new RunDelegate(&list, table));

#include <QStyledItemDelegate>

namespace latent::desktop {

class RunList;

class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit RunDelegate(RunList* list, QObject* parent = nullptr);
    /// Two lines in the column "name", which is then the only one.
    void setCompact(bool compact) { m_isCompact = compact; }
    static constexpr int kHeaderArrow = 20;  ///< room that headers keep for the sort arrow
    /// Grows with the size of text.
    static int rowHeight(bool compact);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  Q_SIGNALS:
    void starClicked(const QModelIndex& index);

  protected:
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

  private:
    void paintCell(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintCompact(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    RunList* m_list;
    bool m_isCompact = false;
};

}  // namespace latent::desktop
