// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_table.hpp"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <algorithm>

#include "desktop/runs/run_delegate.hpp"
#include "desktop/runs/run_list.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

const QStringList& ownColumns() {
    static const QStringList all{QStringLiteral("star"),    QStringLiteral("state"),
                                 QStringLiteral("name"),    QStringLiteral("experiment"),
                                 QStringLiteral("created"), QStringLiteral("duration"),
                                 QStringLiteral("tags"),    QStringLiteral("notes")};
    return all;
}

int defaultWidth(const QString& column) {
    if (column == QLatin1String("star")) return 32;
    if (column == QLatin1String("state")) return 132;
    if (column == QLatin1String("name")) return 280;
    if (column == QLatin1String("created")) return 104;
    if (column == QLatin1String("duration")) return 104;
    return 128;
}

}  // namespace

RunTable::RunTable(RunList& list, QWidget* parent)
    : QTableView(parent), m_list(list), m_delegate(new RunDelegate(&list, this)) {
    setModel(&list);
    setItemDelegate(m_delegate);
    setAccessibleName(tr("Runs"));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setFrameShape(NoFrame);
    verticalHeader()->hide();
    // The delegate draws selected rows itself, with rounded corners in the narrow list.
    setStyleSheet(QStringLiteral("QTableView { selection-background-color: transparent; } "
                                 "QTableView::item:selected { background: transparent; }"
                                 "QHeaderView::section { padding-right: %1px; }")
                      .arg(RunDelegate::kHeaderArrow - 1));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(28);
    horizontalHeader()->setSectionsMovable(false);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicator(static_cast<int>(list.columns().indexOf(QStringLiteral("created"))),
                                         Qt::DescendingOrder);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu(this);
        fillColumnMenu(&menu);
        menu.exec(horizontalHeader()->mapToGlobal(at));
    });
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int section, int, int size) {
        if (!m_isArranging && !m_isCompact && size > 0) m_widths[m_list.columns().value(section)] = size;
    });
    connect(this, &QAbstractItemView::doubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT opened(index.row()); });
    connect(m_delegate, &RunDelegate::starClicked, this,
            [this](const QModelIndex& index) { Q_EMIT starClicked(index.row()); });
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_isRestoring) Q_EMIT rowsSelected();
    });
    connect(&list, &QAbstractItemModel::modelAboutToBeReset, this, &RunTable::remember);
    // Queued behind the view's own answer to the reset.
    connect(&list, &QAbstractItemModel::modelReset, this, [this] {
        arrange();
        restore();
    });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        arrange();
        viewport()->update();
    });
    arrange();
}

void RunTable::setCompact(bool compact) {
    if (compact == m_isCompact) return;
    m_isCompact = compact;
    m_delegate->setCompact(compact);
    arrange();
}

/// Which columns are there, and how wide; in the narrow list only the name, which then draws everything.
void RunTable::arrange() {
    m_isArranging = true;
    const QStringList columns = m_list.columns();
    QHeaderView* header = horizontalHeader();
    header->setVisible(!m_isCompact);
    verticalHeader()->setDefaultSectionSize(RunDelegate::rowHeight(m_isCompact));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setHorizontalScrollBarPolicy(m_isCompact ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    for (int i = 0; i < columns.size(); ++i) {
        const bool isName = columns[i] == QLatin1String("name");
        setColumnHidden(i, m_isCompact && !isName);
        header->setSectionResizeMode(i,
                                     isName && m_isCompact ? QHeaderView::Stretch : QHeaderView::Interactive);
        if (m_isCompact) continue;
        const auto own = m_widths.find(columns[i]);
        setColumnWidth(i, own != m_widths.end() ? own->second : defaultWidth(columns[i]));
    }
    header->setStretchLastSection(!m_isCompact);
    m_isArranging = false;
}

std::vector<int> RunTable::selectedRunRows() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row) rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

void RunTable::remember() {
    m_kept.clear();
    for (const int row : selectedRunRows())
        if (const auto* run = m_list.run(row)) m_kept << QString::fromStdString(run->folder.string());
    const auto* current = m_list.run(currentIndex().row());
    m_keptCurrent = current ? QString::fromStdString(current->folder.string()) : QString();
    m_keptScroll = verticalScrollBar()->value();
}

void RunTable::restore() {
    m_isRestoring = true;
    selectFolders(m_kept);
    const int current = m_keptCurrent.isEmpty() ? -1 : m_list.rowOf(m_keptCurrent.toStdString());
    if (current >= 0)
        selectionModel()->setCurrentIndex(
            m_list.index(current,
                         std::max(0, static_cast<int>(m_list.columns().indexOf(QStringLiteral("name"))))),
            QItemSelectionModel::NoUpdate);
    verticalScrollBar()->setValue(m_keptScroll);
    m_isRestoring = false;
    Q_EMIT rowsSelected();
}

void RunTable::selectFolders(const QStringList& folders) {
    std::vector<int> rows;
    for (const QString& folder : folders)
        if (const int row = m_list.rowOf(folder.toStdString()); row >= 0) rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    // One range for neighbours: ten thousand of one row each would take Qt seconds to compare.
    QItemSelection selection;
    for (std::size_t i = 0, next = 0; i < rows.size(); i = next) {
        for (next = i + 1; next < rows.size() && rows[next] == rows[next - 1] + 1;) ++next;
        selection.select(m_list.index(rows[i], 0), m_list.index(rows[next - 1], m_list.columnCount() - 1));
    }
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void RunTable::toggleColumn(const QString& column, bool shown) {
    QStringList columns = m_list.columns();
    if (!shown) {
        columns.removeAll(column);
    } else {
        // Own columns keep their order; parameters and metrics come after them, in the order of choosing.
        const int rank = static_cast<int>(ownColumns().indexOf(column));
        int at = static_cast<int>(columns.size());
        if (rank >= 0) {
            at = 0;
            while (at < columns.size() && ownColumns().contains(columns[at]) &&
                   ownColumns().indexOf(columns[at]) < rank)
                ++at;
        }
        columns.insert(at, column);
    }
    m_list.setColumns(columns);
}

/// A parameter or a metric is called as it is.
QString RunTable::wordsOf(const QString& column) {
    const QStringList words{tr("Star"), tr("State"),    tr("Run"),  tr("Experiment"),
                            tr("Made"), tr("Duration"), tr("Tags"), tr("Notes")};
    const qsizetype own = ownColumns().indexOf(column);
    if (own >= 0) return words[own];
    return column.endsWith(QLatin1Char('@')) ? column.chopped(1) : column;
}

void RunTable::fillColumnMenu(QMenu* menu) {
    const QStringList shown = m_list.columns();
    const auto add = [&](QMenu* to, const QString& column, const QString& text) {
        QAction* action = to->addAction(text);
        action->setCheckable(true);
        action->setChecked(shown.contains(column));
        action->setEnabled(column != QLatin1String("name"));
        connect(action, &QAction::toggled, this, [this, column](bool on) { toggleColumn(column, on); });
    };
    for (const QString& column : ownColumns()) add(menu, column, wordsOf(column));
    menu->addSeparator();
    QMenu* parameters = menu->addMenu(tr("Parameters"));
    QMenu* metrics = menu->addMenu(tr("Metrics (last value)"));
    for (const QString& name : m_list.possibleColumns()) {
        const bool isMetric = name.endsWith(QLatin1Char('@'));
        add(isMetric ? metrics : parameters, name, isMetric ? name.chopped(1) : name);
    }
    parameters->setEnabled(!parameters->isEmpty());
    metrics->setEnabled(!metrics->isEmpty());
}

void RunTable::fillSortMenu(QMenu* menu) {
    const QStringList shown = m_list.columns();
    const int section = horizontalHeader()->sortIndicatorSection();
    const Qt::SortOrder order = horizontalHeader()->sortIndicatorOrder();
    auto* columns = new QActionGroup(menu);
    for (int i = 0; i < shown.size(); ++i) {
        QAction* action = menu->addAction(wordsOf(shown[i]));
        action->setCheckable(true);
        action->setChecked(i == section);
        columns->addAction(action);
        connect(action, &QAction::triggered, this, [this, column = shown[i]] {
            // The list may have other columns by now.
            const auto at = static_cast<int>(m_list.columns().indexOf(column));
            if (at >= 0) sortByColumn(at, horizontalHeader()->sortIndicatorOrder());
        });
    }
    menu->addSeparator();
    auto* orders = new QActionGroup(menu);
    for (const auto& [way, words] :
         {std::pair{Qt::AscendingOrder, tr("Ascending")}, std::pair{Qt::DescendingOrder, tr("Descending")}}) {
        QAction* action = menu->addAction(words);
        action->setCheckable(true);
        action->setChecked(way == order);
        orders->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = way] {
            const int at = horizontalHeader()->sortIndicatorSection();
            if (at >= 0) sortByColumn(at, chosen);
        });
    }
}

QVariantMap RunTable::viewState() const {
    QVariantMap widths;
    for (const auto& [column, width] : m_widths) widths[column] = width;
    const int section = horizontalHeader()->sortIndicatorSection();
    return {{QStringLiteral("columns"), m_list.columns()},
            {QStringLiteral("widths"), widths},
            {QStringLiteral("sort"), m_list.columns().value(section)},
            {QStringLiteral("descending"), horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder}};
}

void RunTable::setViewState(const QVariantMap& state) {
    const QVariantMap widths = state.value(QStringLiteral("widths")).toMap();
    for (auto it = widths.begin(); it != widths.end(); ++it)
        if (const int width = it.value().toInt(); width >= 28 && width <= 4000) m_widths[it.key()] = width;
    QStringList columns = state.value(QStringLiteral("columns")).toStringList();
    columns.removeDuplicates();
    if (columns.contains(QStringLiteral("name"))) m_list.setColumns(columns);
    arrange();
    const int section =
        static_cast<int>(m_list.columns().indexOf(state.value(QStringLiteral("sort")).toString()));
    if (section >= 0)
        sortByColumn(section, state.value(QStringLiteral("descending"), true).toBool() ? Qt::DescendingOrder
                                                                                       : Qt::AscendingOrder);
}

void RunTable::keyPressEvent(QKeyEvent* event) {
    const bool isOpen = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isOpen && currentIndex().isValid())
        Q_EMIT opened(currentIndex().row());
    else
        QTableView::keyPressEvent(event);
}

void RunTable::contextMenuEvent(QContextMenuEvent* event) { Q_EMIT menuAsked(event->globalPos()); }

}  // namespace latent::desktop
