// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/compare_grid.hpp"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>
#include <algorithm>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kRow = 28, kMostRows = 14;
constexpr int kLeastColumn = 112, kMostName = 420;

struct Mark {
    const char* icon;
    QColor colour;
};

Mark markOf(const QString& verdict) {
    if (verdict == QLatin1String("holds")) return {"check", theme().ok};
    if (verdict == QLatin1String("contradicted")) return {"close", theme().bad};
    if (verdict == QLatin1String("tie")) return {"pause", theme().accent};
    if (verdict == QLatin1String("inconclusive")) return {"more", theme().warning};
    return {"clock", theme().muted};
}

}  // namespace

CompareGrid::CompareGrid(const QString& name, QWidget* parent) : QTableWidget(parent) {
    setAccessibleName(name);
    setEditTriggers(NoEditTriggers);
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(NoFrame);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(kRow);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setTextElideMode(Qt::ElideRight);
    auto* action = new QAction(tr("Copy"), this);
    action->setShortcut(QKeySequence::Copy);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, &CompareGrid::copy);
    addAction(action);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void CompareGrid::setTable(const CompareTable& table) {
    const int columns = static_cast<int>(table.columns.size()), rows = static_cast<int>(table.rows.size());
    setColumnCount(columns);
    setRowCount(rows);
    // Numbers stand at the right where the whole table is numbers; beside words they would only look ragged.
    const bool areNumbers = std::all_of(table.rows.begin(), table.rows.end(), [this](const auto& row) {
        return std::all_of(
            row.begin() + std::min<std::ptrdiff_t>(m_nameColumns, static_cast<std::ptrdiff_t>(row.size())),
            row.end(), [](const CompareTable::Cell& cell) { return cell.isNumber; });
    });
    const auto alignment = [&](int column) {
        return Qt::AlignVCenter | (areNumbers && column >= m_nameColumns ? Qt::AlignRight : Qt::AlignLeft);
    };
    for (int column = 0; column < columns; ++column) {
        auto* head = new QTableWidgetItem(table.columns[column]);
        head->setToolTip(table.columns[column].toHtmlEscaped());
        head->setTextAlignment(alignment(column));
        setHorizontalHeaderItem(column, head);
    }
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const CompareTable::Cell& cell =
                table.rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
            QTableWidgetItem* item = this->item(row, column);
            if (!item) setItem(row, column, item = new QTableWidgetItem);
            item->setText(cell.text);
            item->setToolTip(cell.toolTip.toHtmlEscaped());
            item->setTextAlignment(alignment(column));
            if (cell.isNumber) item->setFont(theme().tabular);
            if (column < m_nameColumns && column > 0) item->setForeground(theme().muted);
            if (cell.verdict.isEmpty()) continue;
            const Mark mark = markOf(cell.verdict);
            item->setForeground(mark.colour);
            item->setIcon(QIcon(iconPixmap(QLatin1String(mark.icon), mark.colour, 16, devicePixelRatioF())));
        }
    }
    share();
    fitHeight();
}

/// Names first, as wide as they need; what is left is shared by the runs.
void CompareGrid::share() {
    int left = viewport()->width();
    for (int column = 0; column < columnCount() && column < m_nameColumns; ++column) {
        resizeColumnToContents(column);
        setColumnWidth(column, std::min(columnWidth(column) + space::groups, kMostName));
        left -= columnWidth(column);
    }
    const int runs = std::max(1, columnCount() - m_nameColumns);
    for (int column = m_nameColumns; column < columnCount(); ++column)
        setColumnWidth(column, std::max(kLeastColumn, left / runs));
    fitHeight();
}

void CompareGrid::fitHeight() {
    int width = 0;
    for (int column = 0; column < columnCount(); ++column) width += columnWidth(column);
    const int bar = width > viewport()->width() ? horizontalScrollBar()->sizeHint().height() : 0;
    setFixedHeight(horizontalHeader()->sizeHint().height() + kRow * std::clamp(rowCount(), 1, kMostRows) +
                   bar + 2);
}

void CompareGrid::resizeEvent(QResizeEvent* event) {
    QTableWidget::resizeEvent(event);
    share();
}

void CompareGrid::copy() {
    const auto ranges = selectedRanges();
    const QTableWidgetSelectionRange all(0, 0, rowCount() - 1, columnCount() - 1);
    QStringList lines;
    for (const QTableWidgetSelectionRange& range :
         ranges.isEmpty() ? QList<QTableWidgetSelectionRange>{all} : ranges) {
        for (int row = range.topRow(); row <= range.bottomRow(); ++row) {
            QStringList cells;
            for (int column = range.leftColumn(); column <= range.rightColumn(); ++column)
                cells << (item(row, column) ? item(row, column)->text() : QString());
            lines << cells.join(QLatin1Char('\t'));
        }
    }
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

}  // namespace latent::desktop
