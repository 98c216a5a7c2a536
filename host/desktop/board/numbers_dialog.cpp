// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/numbers_dialog.hpp"

#include <QAction>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QTime>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/board/export_dialog.hpp"

namespace latent::desktop {
namespace {

/// Copying more than this would freeze the window and most programs that it is pasted into.
constexpr qsizetype kMostCopied = 1'000'000;
constexpr int kMeasured = 50;  ///< rows that tell how wide a column is
constexpr int kLeastColumn = 88, kMostColumn = 320;

}  // namespace

NumbersModel::NumbersModel(FigurePtr figure, QObject* parent)
    : QAbstractTableModel(parent),
      m_figure(std::move(figure)),
      m_table(engine::figures::figureNumbers(*m_figure)) {}

int NumbersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(std::min<std::size_t>(m_table.rows, 1u << 30));
}
int NumbersModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size());
}

QVariant NumbersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole) return alignment(index.column());
    if (role != Qt::DisplayRole) return {};
    return QString::fromStdString(
        m_table.cell(static_cast<std::size_t>(index.row()), static_cast<std::size_t>(index.column())));
}

QVariant NumbersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) return alignment(section);
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return section;
    return QString::fromStdString(m_table.columns[static_cast<std::size_t>(section)]);
}

/// Numbers under each other at their ends, words at their beginnings.
QVariant NumbersModel::alignment(int column) const {
    bool isNumber = m_table.rows == 0;
    if (!isNumber)
        QString::fromStdString(m_table.cell(0, static_cast<std::size_t>(column))).toDouble(&isNumber);
    return QVariant((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

NumbersDialog::NumbersDialog(FigurePtr figure, bool live, QWidget* parent)
    : QDialog(parent), m_figure(std::move(figure)), m_view(new QTableView(this)) {
    setWindowTitle(tr("Numbers of %1").arg(QString::fromStdString(m_figure->title)));
    auto* model = new NumbersModel(m_figure, this);
    m_view->setTabKeyNavigation(false);  // Tab goes on to the next control
    m_view->setModel(model);
    m_view->setFont(theme().tabular);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->verticalHeader()->setDefaultSectionSize(space::target);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setResizeContentsPrecision(kMeasured);
    m_view->resizeColumnsToContents();
    for (int column = 0; column < model->columnCount(); ++column)
        m_view->setColumnWidth(
            column, std::clamp(m_view->columnWidth(column) + space::inside, kLeastColumn, kMostColumn));
    m_view->setAccessibleName(tr("The numbers that the figure draws"));
    QString text = tr("%L1 rows. Select and copy with Ctrl+C, or save all of it.").arg(model->rowCount());
    if (live)
        text += QLatin1Char(' ') + tr("As they stood at %1; the run goes on.")
                                       .arg(QTime::currentTime().toString(QStringLiteral("HH:mm:ss")));
    auto* words = new QLabel(text, this);
    words->setProperty("look", "small");
    auto* copyAction = new QAction(this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_view->addAction(copyAction);
    connect(copyAction, &QAction::triggered, this, &NumbersDialog::copy);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton* save = buttons->addButton(tr("Save as CSV…"), QDialogButtonBox::ActionRole);
    QPushButton* copyAll = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    connect(copyAll, &QPushButton::clicked, this, &NumbersDialog::copy);
    connect(save, &QPushButton::clicked, this,
            [this] { saveFigure(m_figure, QStringLiteral("csv"), {}, this); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::between, space::between, space::between, space::between);
    column->addWidget(words);
    column->addWidget(m_view, 1);
    column->addWidget(buttons);
    resize(720, 520);
}

/// The selection, or everything when nothing is selected, as tab-separated text with the titles.
void NumbersDialog::copy() {
    const QAbstractItemModel* model = m_view->model();
    int top = 0, bottom = model->rowCount() - 1, left = 0, right = model->columnCount() - 1;
    if (const QItemSelection selection = m_view->selectionModel()->selection(); !selection.isEmpty()) {
        top = left = std::numeric_limits<int>::max();
        bottom = right = -1;
        for (const QItemSelectionRange& range : selection) {
            top = std::min(top, range.top());
            left = std::min(left, range.left());
            bottom = std::max(bottom, range.bottom());
            right = std::max(right, range.right());
        }
    }
    const qsizetype rows = std::min<qsizetype>(bottom - top + 1, kMostCopied / std::max(1, right - left + 1));
    QStringList lines;
    lines.reserve(rows + 1);
    QStringList titles;
    for (int c = left; c <= right; ++c) titles << model->headerData(c, Qt::Horizontal).toString();
    lines << titles.join(QLatin1Char('\t'));
    for (qsizetype r = 0; r < rows; ++r) {
        QStringList cells;
        for (int c = left; c <= right; ++c)
            cells << model->index(top + static_cast<int>(r), c).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

}  // namespace latent::desktop
