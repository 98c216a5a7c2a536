// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers in rows: tables.
//
// The model makes cells as they are seen, so a million rows cost nothing; live rows are appended and keep selection and
// place. Copy (Ctrl+C) gives tab-separated text with titles and names of rows, and all digits of the numbers. UI thread only.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <QAbstractTableModel>
#include <QTableView>

#include "desktop/views/canvas.hpp"
#include "engine/figures/words.hpp"

class QLabel;

namespace latent::desktop {

class FigureTableModel final : public QAbstractTableModel {
  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setFigure(FigurePtr figure);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// As it stands in a CSV file: all digits, "nan" for no number.
    QString exact(int row, int column) const;
    bool hasRowNames() const;

    /// Of a table, or of the numbers of any other figure.
    static int rowsOf(const engine::figures::Table* table, const engine::figures::NumberTable& numbers);

  private:
    const engine::figures::Table* table() const;
    FigurePtr m_figure;
    engine::figures::NumberTable m_numbers;
    int m_rows = 0, m_columns = 0;
};

class TableCanvas final : public FigureCanvas {
    Q_OBJECT
  public:
    explicit TableCanvas(QWidget* parent);
    void setFigure(FigurePtr figure) override;
    FigurePtr figure() const override { return m_figure; }
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        return kind == engine::figures::Gesture::Kind::Pick;
    }
    void setActiveGesture(int index) override { m_gestureIndex = index; }
    QTableView* view() const { return m_view; }

  private:
    void copy();
    void pick(const QModelIndex& index);
    void readOut(const QModelIndex& index);
    QString titleWords() const;
    FigurePtr m_figure;
    FigureTableModel* m_model;
    QTableView* m_view;
    QLabel* m_nothing;
    int m_gestureIndex = -1;
};

}  // namespace latent::desktop
