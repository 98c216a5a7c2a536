// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/table_canvas.hpp"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStyleOptionHeader>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "desktop/views/field/field_canvas.hpp"
#include "desktop/views/field/table_drawing.hpp"

namespace latent::desktop {

using engine::figures::Column;
using engine::figures::Table;

namespace {

/// Of the names of rows: percent of the width of the table, and pixels.
constexpr int kMostNames = 40, kLeastNames_px = 48;

/// The names of the rows; Qt cuts those that are too long without saying so.
class RowNames final : public QHeaderView {
  public:
    explicit RowNames(QWidget* parent) : QHeaderView(Qt::Vertical, parent) {
        setSectionsClickable(true);
        setHighlightSections(true);
    }
    /// The names leave most of a narrow table to its values. The table asks whenever its size changes.
    QSize sizeHint() const override {
        const QSize wanted = QHeaderView::sizeHint();
        const int most = std::max(kLeastNames_px, parentWidget()->width() * kMostNames / 100);
        return {std::min(wanted.width(), most), wanted.height()};
    }

  protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int index) const override {
        QHeaderView::initStyleOptionForIndex(option, index);
        if (sectionSizeFromContents(index).width() <= width()) return;
        const int room =
            style()->subElementRect(QStyle::SE_HeaderLabel, option, this).width() - space::groups;
        option->text = option->fontMetrics.elidedText(option->text, Qt::ElideRight, std::max(0, room));
    }
};

QString cellText(const Column& column, std::size_t row) {
    if (row < column.words.size()) return QString::fromStdString(column.words[row]);
    if (row >= column.values.size()) return {};
    const double value = column.values[row];
    if (std::isnan(value)) return QStringLiteral("–");
    switch (column.format) {
        case Column::Format::Fixed:
            return QString::number(value, 'f', column.digits);
        case Column::Format::Scientific:
            return QString::number(value, 'e', column.digits);
        case Column::Format::Percent:
            return QString::number(100 * value, 'f', column.digits) + QStringLiteral(" %");
        case Column::Format::General:
            break;
    }
    return QString::number(value, 'g', column.digits);
}

}  // namespace

int FigureTableModel::rowsOf(const Table* table, const engine::figures::NumberTable& numbers) {
    std::size_t rows = table ? 0 : numbers.rows;
    if (table)
        for (const Column& column : table->columns)
            rows = std::max({rows, column.values.size(), column.words.size()});
    return static_cast<int>(std::min<std::size_t>(rows, 1u << 30));
}

/// Rows that come to the same columns are appended, so that what is selected and where one looks stays.
void FigureTableModel::setFigure(FigurePtr figure) {
    const auto titlesOf = [this] {
        QStringList titles;
        for (int c = 0; c < m_columns; ++c)
            titles << headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
        return titles;
    };
    const QStringList before = titlesOf();
    FigurePtr old = std::exchange(m_figure, std::move(figure));
    engine::figures::NumberTable numbers =
        m_figure ? engine::figures::figureNumbers(*m_figure) : engine::figures::NumberTable();
    const int rows = m_figure ? rowsOf(table(), numbers) : 0;
    const int columns =
        !m_figure ? 0 : static_cast<int>(table() ? table()->columns.size() : numbers.columns.size());
    const int oldColumns = std::exchange(m_columns, columns);
    std::swap(m_numbers, numbers);
    if (!old || !m_figure || oldColumns != columns || titlesOf() != before || rows < m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    if (m_rows > 0 && columns > 0) Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, columns - 1));
    if (rows == m_rows) return;
    beginInsertRows({}, m_rows, rows - 1);
    m_rows = rows;
    endInsertRows();
}

const Table* FigureTableModel::table() const {
    return m_figure ? std::get_if<Table>(&m_figure->body) : nullptr;
}

int FigureTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

int FigureTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_columns;
}

QVariant FigureTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_figure) return {};
    const auto row = static_cast<std::size_t>(index.row()), column = static_cast<std::size_t>(index.column());
    const Table* shown = table();
    // Words from the left, numbers so that their ends stand below each other.
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            (shown && !shown->columns[column].words.empty() ? Qt::AlignLeft : Qt::AlignRight) |
            Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    if (shown) return cellText(shown->columns[column], row);
    return QString::fromStdString(m_numbers.cell(row, column));
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!m_figure) return {};
    const auto place = static_cast<std::size_t>(section);
    const Table* shown = table();
    if (role == Qt::TextAlignmentRole && orientation == Qt::Horizontal && shown &&
        place < shown->columns.size() && !shown->columns[place].words.empty())
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    // The names of rows are cut where the table is narrow.
    const bool isWhole = role == Qt::ToolTipRole && orientation == Qt::Vertical;
    if (role != Qt::DisplayRole && !isWhole) return {};
    if (orientation == Qt::Vertical)
        return shown && place < shown->rows.size() ? QVariant(QString::fromStdString(shown->rows[place]))
                                                   : QVariant(section);
    if (!shown) return QString::fromStdString(m_numbers.columns[place]);
    const Column& column = shown->columns[place];
    return QString::fromStdString(column.unit.empty() ? column.title
                                                      : column.title + " (" + column.unit + ")");
}

bool FigureTableModel::hasRowNames() const {
    const Table* shown = table();
    return shown && std::any_of(shown->rows.begin(), shown->rows.end(),
                                [](const std::string& name) { return !name.empty(); });
}

QString FigureTableModel::exact(int row, int column) const {
    if (!table())
        return QString::fromStdString(
            m_numbers.cell(static_cast<std::size_t>(row), static_cast<std::size_t>(column)));
    const Column& own = table()->columns[static_cast<std::size_t>(column)];
    const auto place = static_cast<std::size_t>(row);
    if (place < own.words.size()) return QString::fromStdString(own.words[place]);
    if (place >= own.values.size()) return {};
    return std::isnan(own.values[place])
               ? QStringLiteral("nan")
               : QString::number(own.values[place], 'g', QLocale::FloatingPointShortest);
}

TableCanvas::TableCanvas(QWidget* parent)
    : FigureCanvas(parent),
      m_model(new FigureTableModel(this)),
      m_view(new QTableView(this)),
      m_nothing(new QLabel(this)) {
    m_view->setTabKeyNavigation(false);  // Tab goes on to the next control
    m_view->setVerticalHeader(new RowNames(m_view));
    m_view->setModel(m_model);
    m_view->setShowGrid(false);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setFont(theme().tabular);
    m_view->setAlternatingRowColors(true);
    m_view->setWordWrap(false);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->setDefaultSectionSize(space::target);
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_nothing->setProperty("look", "muted");
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    setFocusProxy(m_view);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);
    column->addWidget(m_nothing);
    auto* copyAction = new QAction(this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(copyAction);
    connect(copyAction, &QAction::triggered, this, &TableCanvas::copy);
    connect(m_view, &QTableView::clicked, this, &TableCanvas::pick);
    connect(m_view, &QTableView::activated, this, &TableCanvas::pick);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &TableCanvas::readOut);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this,
            [this] { m_view->setFont(theme().tabular); });
}

QString TableCanvas::titleWords() const {
    if (!m_figure) return {};
    return QString::fromStdString(m_figure->title.empty() ? m_figure->name : m_figure->title);
}

void TableCanvas::setFigure(FigurePtr figure) {
    const bool isAnother = !m_figure || !figure || m_figure->name != figure->name;
    m_figure = std::move(figure);
    m_model->setFigure(m_figure);
    const int rows = m_model->rowCount(), columns = m_model->columnCount();
    const bool isEmpty = rows == 0 || columns == 0;
    m_view->setVisible(!isEmpty);
    m_nothing->setVisible(isEmpty);
    m_nothing->setText(tr("%1: nothing is in the table yet.").arg(titleWords()));
    m_view->setAccessibleName(titleWords().isEmpty() ? tr("Table") : titleWords());
    const QString sentence =
        isEmpty ? m_nothing->text()
                : tr("%1: table, rows: %L2, columns: %L3.").arg(titleWords()).arg(rows).arg(columns);
    m_view->setAccessibleDescription(sentence);
    setAccessibleDescription(sentence);
    if (isAnother) m_view->resizeColumnsToContents();
}

void TableCanvas::readOut(const QModelIndex& index) {
    if (!index.isValid()) return Q_EMIT readout(QString());
    const QString row = m_model->headerData(index.row(), Qt::Vertical, Qt::DisplayRole).toString();
    Q_EMIT readout(row + QStringLiteral(", ") +
                   m_model->headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() +
                   QLatin1Char(' ') + index.data().toString());
}

void TableCanvas::pick(const QModelIndex& index) {
    if (!m_figure || m_gestureIndex < 0 ||
        static_cast<std::size_t>(m_gestureIndex) >= m_figure->gestures.size())
        return;
    bool isNumber = false;
    const double value = m_model->exact(index.row(), index.column()).toDouble(&isNumber);
    nlohmann::json results = {{"x", index.column()}, {"y", index.row()}};
    if (isNumber && std::isfinite(value)) results["value"] = value;
    Q_EMIT gestured(m_gestureIndex, results);
}

/// By ranges, not by cells: all of a million rows may be selected.
void TableCanvas::copy() {
    const QItemSelection chosen = m_view->selectionModel()->selection();
    if (chosen.isEmpty()) return;
    int top = m_model->rowCount(), bottom = 0, left = m_model->columnCount(), right = 0;
    for (const QItemSelectionRange& range : chosen) {
        top = std::min(top, range.top());
        bottom = std::max(bottom, range.bottom());
        left = std::min(left, range.left());
        right = std::max(right, range.right());
    }
    const bool hasNames = m_model->hasRowNames();
    QString text;
    const auto line = [&](const QString& name, auto&& cell) {
        if (hasNames) text += name + QLatin1Char('\t');
        for (int c = left; c <= right; ++c) text += (c > left ? QStringLiteral("\t") : QString()) + cell(c);
        text += QLatin1Char('\n');
    };
    const auto* shown = std::get_if<Table>(&m_figure->body);
    line(shown ? QString::fromStdString(shown->rowTitle) : QString(),
         [&](int c) { return m_model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString(); });
    for (int r = top; r <= bottom; ++r)
        line(m_model->headerData(r, Qt::Vertical, Qt::DisplayRole).toString(),
             [&](int c) { return m_model->exact(r, c); });
    text.chop(1);
    QGuiApplication::clipboard()->setText(text);
}

void TableCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    if (m_model->columnCount() == 0 || m_model->rowCount() == 0)
        return drawSentence(painter, area, tr("%1: nothing is in the table yet.").arg(titleWords()), theme);
    drawTable(painter, area, *m_model, theme);
}

}  // namespace latent::desktop
