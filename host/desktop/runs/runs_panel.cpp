// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/runs_panel.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QResizeEvent>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <set>

#include "desktop/runs/filter_edit.hpp"
#include "desktop/runs/run_actions.hpp"
#include "desktop/runs/run_list.hpp"
#include "desktop/runs/run_table.hpp"
#include "desktop/theme/elided_label.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kCompactBelow = 480;  ///< width under which runs are lines of two rows
constexpr int kWordsFrom = 620;     ///< width from which buttons have words
constexpr int kUndo_ms = 12'000;

}  // namespace

struct RunsPanel::Parts {
    explicit Parts(RunList& runs) : list(runs) {}
    RunList& list;
    FilterEdit* filter = nullptr;
    QLabel *problem = nullptr, *count = nullptr, *empty = nullptr;
    RunTable* table = nullptr;
    RunActions* actions = nullptr;
    QToolButton* columns = nullptr;
    QWidget *selectionBar = nullptr, *undoBar = nullptr;
    ElidedLabel* selectionWords = nullptr;
    QLabel* undoWords = nullptr;
    QPushButton* undo = nullptr;
    std::vector<QToolButton*> buttons;
    QTimer undoTime;
    QString wrong;

    void showSelection() {
        const auto rows = table->selectedRunRows();
        actions->setSelection(rows);
        selectionBar->setVisible(!rows.empty());
        count->setVisible(rows.empty() && list.total() > 0);
        selectionWords->setText(table->isCompact()
                                    ? tr("%1 selected").arg(rows.size())
                                    : tr("%1 of %2 selected").arg(rows.size()).arg(list.rowCount()));
    }
    void showState();
};

/// Words under the filter, and instead of an empty table.
void RunsPanel::Parts::showState() {
    problem->setText(wrong);
    problem->setVisible(!wrong.isEmpty());
    filter->setWrong(!wrong.isEmpty());
    const bool isEmpty = list.rowCount() == 0;
    table->setVisible(!isEmpty);
    empty->setVisible(isEmpty);
    if (list.workspace().empty())
        empty->setText(tr("Open a workspace to see its runs."));
    else if (list.isLoading())
        empty->setText(tr("Looking at the runs of %1 …")
                           .arg(QString::fromStdString(list.workspace().filename().string())));
    else if (!wrong.isEmpty())
        empty->setText(tr("The filter makes no sense yet."));
    else if (list.total() > 0 || !list.filter().isEmpty())
        empty->setText(tr("No run fits the filter."));
    else
        empty->setText(
            tr("No runs yet. Choose an experiment and press Run; each run appears here and stays."));
    count->setText(list.rowCount() == list.total() || list.filter().isEmpty()
                       ? list.rowCount() == 1 ? tr("1 run") : tr("%1 runs").arg(list.rowCount())
                       : tr("%1 of %2 runs").arg(list.rowCount()).arg(list.total()));
    std::set<QString> tags;
    for (int row = 0; row < list.rowCount() && tags.size() < 200; ++row)
        for (const std::string& tag : list.run(row)->tags) tags.insert(QString::fromStdString(tag));
    filter->setNames(list.possibleColumns(), QStringList(tags.begin(), tags.end()));
    showSelection();
}

RunsPanel::RunsPanel(RunList& list, QWidget* parent)
    : QWidget(parent), m_parts(std::make_unique<Parts>(list)) {
    Parts& p = *m_parts;
    setAccessibleName(tr("Runs"));
    p.filter = new FilterEdit(this);
    p.table = new RunTable(list, this);
    p.actions = new RunActions(list, this);
    const auto button = [](QAction* action, QWidget* in) {
        auto* made = new QToolButton(in);
        made->setDefaultAction(action);
        made->setProperty("look", "flat");
        made->setAccessibleName(action->text());
        return made;
    };
    const auto label = [](const char* look, QWidget* in) {
        auto* made = new QLabel(in);
        made->setProperty("look", look);
        return made;
    };
    p.columns = new QToolButton(this);
    p.columns->setIcon(icon(QStringLiteral("settings")));
    p.columns->setToolTip(tr("Columns and order"));
    p.columns->setAccessibleName(tr("Columns and order"));
    p.columns->setProperty("look", "flat");
    p.columns->setPopupMode(QToolButton::InstantPopup);
    p.columns->setMenu(new QMenu(p.columns));
    connect(p.columns->menu(), &QMenu::aboutToShow, this, [this] {
        QMenu* columns = m_parts->columns->menu();
        columns->clear();
        qDeleteAll(columns->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly));
        m_parts->table->fillSortMenu(columns->addMenu(tr("Sort by")));
        columns->addSeparator();
        m_parts->table->fillColumnMenu(columns);
    });
    p.problem = label("bad", this);
    p.problem->setWordWrap(true);
    p.problem->setContentsMargins(space::groups, 0, space::between, space::tight);
    p.count = label("small", this);
    p.count->setContentsMargins(space::groups, space::inside, space::between, space::inside);
    p.empty = label("muted", this);
    p.empty->setAlignment(Qt::AlignCenter);
    p.empty->setWordWrap(true);
    p.empty->setContentsMargins(space::groups, space::groups, space::groups, space::groups);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::between, space::inside, space::inside, space::inside);
    head->setSpacing(space::tight);
    head->addWidget(p.filter, 1);
    head->addWidget(p.columns);

    p.selectionBar = new QFrame(this);
    auto* row = new QHBoxLayout(p.selectionBar);
    row->setContentsMargins(space::groups, space::tight, space::inside, space::tight);
    row->setSpacing(0);
    p.selectionWords = new ElidedLabel(p.selectionBar);
    p.selectionWords->setProperty("look", "small");
    row->addWidget(p.selectionWords, 1);
    for (QAction* action :
         {p.actions->open, p.actions->compare, p.actions->clone, p.actions->report, p.actions->resume}) {
        p.buttons.push_back(button(action, p.selectionBar));
        row->addWidget(p.buttons.back());
    }
    auto* more = new QToolButton(p.selectionBar);
    more->setIcon(icon(QStringLiteral("more")));
    more->setProperty("look", "flat");
    more->setToolTip(tr("More"));
    more->setAccessibleName(tr("More that can be done with the selected runs"));
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    for (QAction* action :
         {p.actions->open, p.actions->compare, p.actions->clone, p.actions->report, p.actions->resume})
        menu->addAction(action);
    menu->addSeparator();
    for (QAction* action : {p.actions->star, p.actions->notes}) menu->addAction(action);
    menu->addSeparator();
    for (QAction* action : {p.actions->copyPath, p.actions->showFolder}) menu->addAction(action);
    menu->addSeparator();
    menu->addAction(p.actions->trash);
    more->setMenu(menu);
    row->addWidget(more);

    p.undoBar = new QFrame(this);
    auto* undoRow = new QHBoxLayout(p.undoBar);
    undoRow->setContentsMargins(space::groups, space::tight, space::inside, space::tight);
    p.undoWords = new QLabel(p.undoBar);
    p.undo = new QPushButton(tr("Undo"), p.undoBar);
    p.undo->setProperty("look", "link");
    undoRow->addWidget(p.undoWords);
    undoRow->addWidget(p.undo);
    undoRow->addStretch();
    p.undoBar->hide();
    p.undoTime.setSingleShot(true);
    p.undoTime.setInterval(kUndo_ms);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(p.problem);
    column->addWidget(p.table, 1);
    column->addWidget(p.empty, 1);
    column->addWidget(p.undoBar);
    column->addWidget(p.selectionBar);
    column->addWidget(p.count);

    for (QAction* action : {p.actions->star, p.actions->notes, p.actions->copyPath, p.actions->trash})
        p.table->addAction(action);
    connect(p.filter, &FilterEdit::filterChanged, &list, &RunList::setFilter);
    connect(p.filter, &FilterEdit::left, this, [this] {
        RunTable* table = m_parts->table;
        table->setFocus();
        if (!table->currentIndex().isValid() && m_parts->list.rowCount() > 0) table->selectRow(0);
    });
    connect(&list, &RunList::filterProblem, this, [this](const QString& sentence) {
        m_parts->wrong = sentence;
        m_parts->showState();
    });
    connect(&list, &RunList::refreshed, this, [this] { m_parts->showState(); });
    connect(&list, &QAbstractItemModel::dataChanged, this,
            [this] { m_parts->actions->setSelection(m_parts->table->selectedRunRows()); });
    connect(p.table, &RunTable::rowsSelected, this, [this] {
        m_parts->showSelection();
        Q_EMIT selectionChanged();
    });
    connect(p.table, &RunTable::opened, this, [this](int at) {
        if (const auto* run = m_parts->list.run(at))
            Q_EMIT openRun(QString::fromStdString(run->folder.string()));
    });
    connect(p.table, &RunTable::starClicked, this, [this](int at) {
        const auto* run = m_parts->list.run(at);
        if (run)
            m_parts->actions->change({QString::fromStdString(run->folder.string())},
                                     [on = !run->star](RunNotes& notes) { notes.star = on; });
    });
    connect(p.table, &RunTable::menuAsked, this, [this, menu](const QPoint& at) {
        if (!m_parts->actions->folders().isEmpty()) menu->popup(at);
    });
    connect(p.actions, &RunActions::openRun, this, &RunsPanel::openRun);
    connect(p.actions, &RunActions::compareRuns, this, &RunsPanel::compareRuns);
    connect(p.actions, &RunActions::cloneRun, this, &RunsPanel::cloneRun);
    connect(p.actions, &RunActions::reportRuns, this, &RunsPanel::reportRuns);
    connect(p.actions, &RunActions::resumeRun, this, &RunsPanel::resumeRun);
    connect(p.actions, &RunActions::problem, this, &RunsPanel::problem);
    connect(p.actions, &RunActions::trashed, this, [this](int moved) {
        m_parts->undoWords->setText(moved == 1 ? tr("1 run moved to the trash")
                                               : tr("%1 runs moved to the trash").arg(moved));
        m_parts->undo->show();
        m_parts->undoBar->show();
        m_parts->undoTime.start();
    });
    connect(p.undo, &QPushButton::clicked, this, [this] {
        m_parts->undoBar->hide();
        m_parts->actions->undoTrash();
    });
    connect(&p.undoTime, &QTimer::timeout, this, [this] {
        // Not from under the person who is about to press it.
        if (m_parts->undoBar->underMouse() || m_parts->undo->hasFocus())
            m_parts->undoTime.start();
        else
            m_parts->undoBar->hide();
    });
    p.showState();
}

RunsPanel::~RunsPanel() = default;

void RunsPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Parts& p = *m_parts;
    const bool isCompact = width() < kCompactBelow;
    p.table->setCompact(isCompact);
    p.buttons.front()->setVisible(!isCompact);  // Return and a double click open a run too
    p.showSelection();
    for (QToolButton* button : p.buttons)
        button->setToolButtonStyle(width() < kWordsFrom ? Qt::ToolButtonIconOnly
                                                        : Qt::ToolButtonTextBesideIcon);
}

QStringList RunsPanel::selection() const { return m_parts->actions->folders(); }

void RunsPanel::setFilter(const QString& filter) {
    m_parts->filter->setText(filter);
    m_parts->list.setFilter(filter);
}

void RunsPanel::focusFilter() {
    m_parts->filter->setFocus(Qt::ShortcutFocusReason);
    m_parts->filter->selectAll();
}

void RunsPanel::select(const std::filesystem::path& run) {
    const int row = m_parts->list.rowOf(run);
    if (row < 0) return;
    m_parts->table->selectFolders({QString::fromStdString(run.string())});
    m_parts->table->scrollTo(m_parts->list.index(row, 0));
}

QVariantMap RunsPanel::viewState() const {
    QVariantMap state = m_parts->table->viewState();
    state[QStringLiteral("filter")] = m_parts->filter->text();
    return state;
}

void RunsPanel::setViewState(const QVariantMap& state) {
    m_parts->table->setViewState(state);
    setFilter(state.value(QStringLiteral("filter")).toString());
}

}  // namespace latent::desktop
