// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/grid_model.hpp"

#include <algorithm>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

void GridModel::setRows(GridRows rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void GridModel::reshape(int rows, int columns) {
    const std::size_t most = isMatrix() ? engine::kMostMatrixEntries : engine::kMostListEntries;
    columns = isMatrix() ? std::max(columns, 1) : 1;
    rows = std::clamp(rows, isMatrix() ? 1 : 0, static_cast<int>(most) / columns);
    m_rows.resize(static_cast<std::size_t>(rows));
    for (QStringList& row : m_rows) {
        while (row.size() > columns) row.removeLast();
        while (row.size() < columns) row << emptyCell();
    }
}

void GridModel::resizeTo(int rows, int columns) {
    beginResetModel();
    reshape(rows, columns);
    endResetModel();
    Q_EMIT changed();
}

void GridModel::paste(const GridRows& block, int row, int column) {
    if (block.empty() || row < 0 || column < 0) return;
    beginResetModel();
    reshape(std::max(rowCount(), row + static_cast<int>(block.size())),
            std::max(columns(), column + static_cast<int>(block.front().size())));
    for (std::size_t r = 0; r < block.size(); ++r)
        for (qsizetype c = 0; c < block[r].size(); ++c)
            if (const std::size_t at = static_cast<std::size_t>(row) + r;
                at < m_rows.size() && column + c < m_rows[at].size())
                m_rows[at][column + c] = block[r][c];
    endResetModel();
    Q_EMIT changed();
}

void GridModel::clearCells(const QModelIndexList& cells) {
    if (cells.isEmpty()) return;
    for (const QModelIndex& cell : cells)
        m_rows[static_cast<std::size_t>(cell.row())][cell.column()] = emptyCell();
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns() - 1));
    Q_EMIT changed();
}

QVariant GridModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const QString& cell = m_rows[static_cast<std::size_t>(index.row())][index.column()];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::EditRole:
            return cell;
        case Qt::TextAlignmentRole:
            return static_cast<int>(m_parameter.type == engine::ParameterType::Texts
                                        ? Qt::AlignLeft | Qt::AlignVCenter
                                        : Qt::AlignRight | Qt::AlignVCenter);
        case Qt::FontRole:
            return theme().tabular;
        case Qt::ForegroundRole:
            return isRight(m_parameter, cell) ? QVariant() : QVariant(theme().bad);
        case Qt::ToolTipRole:
        case Qt::AccessibleDescriptionRole:
            return isRight(m_parameter, cell) ? QVariant() : tr("Not taken");
        default:
            return {};
    }
}

bool GridModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole) return false;
    m_rows[static_cast<std::size_t>(index.row())][index.column()] = value.toString().trimmed();
    Q_EMIT dataChanged(index, index);
    Q_EMIT changed();
    return true;
}

QVariant GridModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    return isMatrix() || orientation == Qt::Vertical
               ? QVariant(section + 1)
               : QVariant(m_parameter.unit.empty() || m_parameter.unit == "1"
                              ? tr("entry")
                              : QString::fromStdString(m_parameter.unit));
}

}  // namespace latent::desktop
