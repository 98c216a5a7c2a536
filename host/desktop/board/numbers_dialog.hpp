// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// "Show the numbers": what a figure draws, as a table to read, copy and save as CSV. A million rows cost nothing until seen.

#include <QAbstractTableModel>
#include <QDialog>

#include "desktop/views/canvas.hpp"
#include "engine/figures/words.hpp"

namespace latent::desktop {

/// The lazy table of one figure; keeps the figure alive.
class NumbersModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    explicit NumbersModel(FigurePtr figure, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QVariant alignment(int column) const;
    FigurePtr m_figure;
    engine::figures::NumberTable m_table;
};

class NumbersDialog : public QDialog {
    Q_OBJECT
  public:
    /// `live`: the figure goes on changing, which the dialog does not.
    NumbersDialog(FigurePtr figure, bool live, QWidget* parent = nullptr);

  private:
    void copy();
    FigurePtr m_figure;
    class QTableView* m_view;
};

}  // namespace latent::desktop
