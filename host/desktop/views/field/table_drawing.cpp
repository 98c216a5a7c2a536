// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/table_drawing.hpp"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <numeric>
#include <vector>

#include "desktop/theme/theme.hpp"
#include "desktop/views/field/table_canvas.hpp"

namespace latent::desktop {
namespace {

constexpr double kLeading = 1.4;        ///< height of a line in relation to that of the letters
constexpr double kBetween_px = 14;      ///< between columns
constexpr double kLeastColumn_px = 28;  ///< of a column, however many there are
constexpr double kTitle_px = 26;        ///< what the export draws above a figure
constexpr int kMostRows = 120;          ///< of a page; longer tables are exported as CSV

QString headOf(const FigureTableModel& model, int column) {
    return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
}
QString nameOf(const FigureTableModel& model, int row) {
    return model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString();
}

/// Of the names of the rows, then of each column: as wide as what is shown of it, less where all of them
/// together find no room.
std::vector<double> widthsOf(const FigureTableModel& model, int rows, double available,
                             const QFontMetricsF& metrics) {
    std::vector<double> widths(static_cast<std::size_t>(model.columnCount()) + 1, 0.0);
    for (int r = 0; r < rows && model.hasRowNames(); ++r)
        widths[0] = std::max(widths[0], metrics.horizontalAdvance(nameOf(model, r)) + kBetween_px);
    for (int c = 0; c < model.columnCount(); ++c) {
        double& width = widths[static_cast<std::size_t>(c) + 1];
        width = metrics.horizontalAdvance(headOf(model, c));
        for (int r = 0; r < rows; ++r)
            width = std::max(width, metrics.horizontalAdvance(model.index(r, c).data().toString()));
        width += kBetween_px;
    }
    // The widest gives way first, so that short columns of numbers stay whole.
    double used = std::accumulate(widths.begin(), widths.end(), 0.0);
    while (used > available) {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= kLeastColumn_px) break;
        const double less =
            std::min({used - available, *widest - kLeastColumn_px, std::max(1.0, *widest * 0.05)});
        *widest -= less;
        used -= less;
    }
    return widths;
}

}  // namespace

void drawTable(QPainter& painter, const QRectF& area, const FigureTableModel& model, const Theme& theme) {
    painter.save();
    painter.setFont(theme.tabular);
    const QFontMetricsF metrics(theme.tabular);
    const double line = metrics.height() * kLeading;
    const int rows = model.rowCount(), columns = model.columnCount();
    const int room = std::max(0, static_cast<int>((area.height() + 0.5) / line) - 1);
    const int shown = rows <= room ? rows : std::max(0, room - 1);
    const std::vector<double> widths = widthsOf(model, shown, area.width(), metrics);
    const auto write = [&](double x, double y, double width, Qt::Alignment side, const QString& text) {
        const double own = width - kBetween_px;
        painter.drawText(QRectF(x, y, own, line), static_cast<int>(side | Qt::AlignVCenter),
                         metrics.elidedText(text, Qt::ElideRight, own + 0.5));
    };
    const auto sideOf = [&](int column) {
        return model.index(0, column).data(Qt::TextAlignmentRole).value<Qt::Alignment>() &
               Qt::AlignHorizontal_Mask;
    };
    double x = area.left() + widths[0];
    for (int c = 0; c < columns; ++c) {
        const double width = widths[static_cast<std::size_t>(c) + 1];
        painter.setPen(theme.muted);
        write(x, area.top(), width, sideOf(c), headOf(model, c));
        painter.setPen(theme.text);
        for (int r = 0; r < shown; ++r)
            write(x, area.top() + line * (r + 1), width, sideOf(c), model.index(r, c).data().toString());
        x += width;
    }
    for (int r = 0; r < shown && model.hasRowNames(); ++r)
        write(area.left(), area.top() + line * (r + 1), widths[0], Qt::AlignLeft, nameOf(model, r));
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(area.left(), area.top() + line),
                     QPointF(std::min(x - kBetween_px, area.right()), area.top() + line));
    if (shown < rows) {
        painter.setPen(theme.muted);
        painter.drawText(QRectF(area.left(), area.top() + line * (shown + 1), area.width(), line),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         QCoreApplication::translate("latent::desktop::TableCanvas", "%1 of %2 rows")
                             .arg(shown)
                             .arg(rows));
    }
    painter.restore();
}

double tableShape(const engine::figures::Table& table, double width_px, const Theme& theme) {
    const int rows = std::min(FigureTableModel::rowsOf(&table, {}), kMostRows);
    const double line = QFontMetricsF(theme.tabular).height() * kLeading;
    return (kTitle_px + line * (rows + 1) + line / 2) / width_px;
}

}  // namespace latent::desktop
