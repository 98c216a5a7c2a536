// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/table_canvas.hpp"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace latent::desktop {

using engine::figures::Column;
using engine::figures::Table;

namespace {

QString cellText(const Column& column, std::size_t row) {
    if (row < column.words.size()) return QString::fromStdString(column.words[row]);
    if (row >= column.values.size()) return {};
    const double value = column.values[row];
    if (std::isnan(value)) return QStringLiteral("–");
    switch (column.format) {
        case Column::Format::Fixed: return QString::number(value, 'f', column.digits);
        case Column::Format::Scientific: return QString::number(value, 'e', column.digits);
        case Column::Format::Percent: return QString::number(100 * value, 'f', column.digits) + QStringLiteral(" %");
        case Column::Format::General: break;
    }
    return QString::number(value, 'g', column.digits);
}

}  // namespace

void FigureTableModel::setFigure(FigurePtr figure) {
    beginResetModel();
    m_figure = std::move(figure);
    m_numbers = m_figure && !table() ? engine::figures::figureNumbers(*m_figure) : engine::figures::NumberTable();
    endResetModel();
}

const Table* FigureTableModel::table() const { return m_figure ? std::get_if<Table>(&m_figure->body) : nullptr; }

int FigureTableModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || !m_figure) return 0;
    std::size_t rows = m_numbers.rows;
    if (const Table* shown = table())
        for (const Column& column : shown->columns) rows = std::max({rows, column.values.size(), column.words.size()});
    return static_cast<int>(std::min<std::size_t>(rows, 1u << 30));
}

int FigureTableModel::columnCount(const QModelIndex& parent) const {
    if (parent.isValid() || !m_figure) return 0;
    return static_cast<int>(table() ? table()->columns.size() : m_numbers.columns.size());
}

QVariant FigureTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_figure) return {};
    const auto row = static_cast<std::size_t>(index.row()), column = static_cast<std::size_t>(index.column());
    if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    if (const Table* shown = table()) return cellText(shown->columns[column], row);
    return QString::fromStdString(m_numbers.cell(row, column));
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || !m_figure) return {};
    const auto place = static_cast<std::size_t>(section);
    const Table* shown = table();
    if (orientation == Qt::Vertical) return shown && place < shown->rows.size() ? QVariant(QString::fromStdString(shown->rows[place])) : QVariant(section);
    if (!shown) return QString::fromStdString(m_numbers.columns[place]);
    const Column& column = shown->columns[place];
    return QString::fromStdString(column.unit.empty() ? column.title : column.title + " (" + column.unit + ")");
}

TableCanvas::TableCanvas(QWidget* parent) : FigureCanvas(parent), m_model(new FigureTableModel(this)), m_view(new QTableView(this)) {
    m_view->setModel(m_model);
    m_view->setShowGrid(false);
    m_view->setFont(theme().tabular);
    m_view->setAlternatingRowColors(true);
    m_view->verticalHeader()->setDefaultSectionSize(space::target);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_view->setAccessibleName(tr("Table"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);
    auto* copyAction = new QAction(this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(copyAction);
    connect(copyAction, &QAction::triggered, this, &TableCanvas::copy);
}

void TableCanvas::setFigure(FigurePtr figure) {
    const bool first = !m_figure;
    m_figure = std::move(figure);
    m_model->setFigure(m_figure);
    if (first) m_view->resizeColumnsToContents();
}

void TableCanvas::copy() {
    const QModelIndexList chosen = m_view->selectionModel()->selectedIndexes();
    if (chosen.isEmpty()) return;
    int top = m_model->rowCount(), bottom = 0, left = m_model->columnCount(), right = 0;
    for (const QModelIndex& index : chosen) {
        top = std::min(top, index.row());
        bottom = std::max(bottom, index.row());
        left = std::min(left, index.column());
        right = std::max(right, index.column());
    }
    QStringList lines, titles;
    for (int c = left; c <= right; ++c) titles << m_model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
    lines << titles.join(QLatin1Char('\t'));
    for (int r = top; r <= bottom; ++r) {
        QStringList cells;
        for (int c = left; c <= right; ++c) cells << m_model->index(r, c).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

/// As many rows as there is room for; the last line says how many there are.
void TableCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    const int columns = m_model->columnCount(), rows = m_model->rowCount();
    if (columns == 0) return;
    painter.save();
    painter.setFont(theme.tabular);
    const double line = QFontMetricsF(theme.tabular).height() * 1.4, width = area.width() / (columns + 1);
    const int shown = std::min(rows, std::max(0, static_cast<int>(area.height() / line) - 2));
    const auto cell = [&](int column, double y, const QString& text) {
        painter.drawText(QRectF(area.x() + width * (column + 1), y, width - 8, line), Qt::AlignRight | Qt::AlignVCenter, text);
    };
    const auto name = [&](double y, const QString& text) { painter.drawText(QRectF(area.x(), y, width - 8, line), Qt::AlignLeft | Qt::AlignVCenter, text); };
    painter.setPen(theme.muted);
    for (int c = 0; c < columns; ++c) cell(c, area.y(), m_model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString());
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(area.left(), area.y() + line), QPointF(area.right(), area.y() + line));
    painter.setPen(theme.text);
    for (int r = 0; r < shown; ++r) {
        const double y = area.y() + line * (r + 1);
        name(y, m_model->headerData(r, Qt::Vertical, Qt::DisplayRole).toString());
        for (int c = 0; c < columns; ++c) cell(c, y, m_model->index(r, c).data().toString());
    }
    painter.setPen(theme.muted);
    if (shown < rows) name(area.y() + line * (shown + 1), tr("%1 of %2 rows").arg(shown).arg(rows));
    painter.restore();
}

}  // namespace latent::desktop
