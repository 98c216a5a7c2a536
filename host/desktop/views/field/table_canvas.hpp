// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers in rows: tables, and every figure that has no drawing of its own yet.
//
// The model makes cells as they are seen, so a million rows cost nothing. Copy gives tab-separated text with the titles.
// UI thread only.

#include <QAbstractTableModel>
#include <QTableView>

#include "desktop/views/canvas.hpp"
#include "engine/figures/words.hpp"

namespace latent::desktop {

class FigureTableModel final : public QAbstractTableModel {
  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setFigure(FigurePtr figure);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    const engine::figures::Table* table() const;
    FigurePtr m_figure;
    engine::figures::NumberTable m_numbers;
};

class TableCanvas final : public FigureCanvas {
    Q_OBJECT
  public:
    explicit TableCanvas(QWidget* parent);
    void setFigure(FigurePtr figure) override;
    FigurePtr figure() const override { return m_figure; }
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;

  private:
    void copy();
    FigurePtr m_figure;
    FigureTableModel* m_model;
    QTableView* m_view;
};

}  // namespace latent::desktop
