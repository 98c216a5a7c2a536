// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cells of a list or matrix for a table: edited in place, rows and columns added and removed, wrong cells marked.

#include <QAbstractTableModel>

#include "desktop/form/grid_text.hpp"

namespace latent::desktop {

class GridModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    GridModel(const engine::ParameterModel& parameter, QObject* parent)
        : QAbstractTableModel(parent), m_parameter(parameter) {}
    void setRows(GridRows rows);
    const GridRows& rows() const { return m_rows; }
    /// New cells are zeros (empty texts); the last ones go. At least one row and column of a matrix stay.
    void resizeTo(int rows, int columns);
    /// Puts a block of cells at a place; the grid grows where it has to.
    void paste(const GridRows& block, int row, int column);
    void clearCells(const QModelIndexList& cells);

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : columns();
    }
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override {
        return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable
                               : Qt::NoItemFlags;
    }

  Q_SIGNALS:
    void changed();

  private:
    bool isMatrix() const { return m_parameter.type == engine::ParameterType::Matrix; }
    int columns() const {
        return m_rows.empty() ? (isMatrix() ? 0 : 1) : static_cast<int>(m_rows.front().size());
    }
    QString emptyCell() const {
        return m_parameter.type == engine::ParameterType::Texts ? QString() : QStringLiteral("0");
    }
    void reshape(int rows, int columns);
    engine::ParameterModel m_parameter;
    GridRows m_rows;
};

}  // namespace latent::desktop
