// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/log_panel.hpp"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/jobs/job_queue.hpp"
#include "desktop/jobs/log_model.hpp"
#include "desktop/theme/combo_box.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

struct LogPanel::Parts {
    explicit Parts(JobQueue& itsQueue) : queue(itsQueue) {}
    JobQueue& queue;
    LogModel model;
    LogFilter* filter = nullptr;
    QTableView* view = nullptr;
    QComboBox *jobs = nullptr, *level = nullptr;
    QLabel* empty = nullptr;
    LogReader reader;

    std::filesystem::path chosen() const { return jobs->currentData().toString().toStdString(); }
    void showJobs();
    void showEmpty();
};

/// The jobs of the queue as choices, the chosen one kept; and their events followed.
void LogPanel::Parts::showJobs() {
    std::vector<std::filesystem::path> runs;
    std::map<std::filesystem::path, QString> titles;
    for (const Job& job : queue.jobs()) {
        if (job.run.empty()) continue;
        runs.push_back(job.run);
        titles[job.run] = QString::fromStdString(job.title);
    }
    const auto entry = [&](int i) { return std::make_pair(jobs->itemText(i), jobs->itemData(i).toString()); };
    bool same = jobs->count() == static_cast<int>(runs.size()) + 1;
    for (int i = 1; same && i < jobs->count(); ++i) {
        const auto& run = runs[static_cast<std::size_t>(i - 1)];
        same = entry(i) == std::make_pair(titles[run], QString::fromStdString(run.string()));
    }
    if (same) return;
    const QString kept = jobs->currentData().toString();
    const QSignalBlocker blocker(jobs);
    while (jobs->count() > 1) jobs->removeItem(1);
    for (const auto& run : runs) jobs->addItem(titles[run], QString::fromStdString(run.string()));
    jobs->setCurrentIndex(std::max(0, jobs->findData(kept)));
    filter->setRun(chosen());
    model.setTitles(std::move(titles));
    reader.follow(runs);
}

void LogPanel::Parts::showEmpty() {
    const bool isEmpty = filter->rowCount() == 0;
    empty->setText(model.rowCount() == 0
                       ? tr("Nothing has been said yet. What jobs log, and how they end, appears here.")
                       : tr("No line fits: choose another level or job, or clear the filter."));
    empty->setVisible(isEmpty);
    view->setVisible(!isEmpty);
}

LogPanel::LogPanel(JobQueue& queue, QWidget* parent)
    : QWidget(parent), m_parts(std::make_unique<Parts>(queue)) {
    setAccessibleName(tr("Log"));
    Parts& p = *m_parts;
    p.filter = new LogFilter(&p.model);
    p.jobs = new ComboBox(this);
    p.jobs->addItem(tr("All jobs"), QString());
    p.jobs->setAccessibleName(tr("Job whose log is shown"));
    p.jobs->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    p.jobs->setMinimumContentsLength(18);
    p.level = new ComboBox(this);
    p.level->setAccessibleName(tr("Least level that is shown"));
    for (const LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error})
        p.level->addItem(level == LogLevel::Error ? tr("errors") : tr("%1 and above").arg(levelWord(level)),
                         static_cast<int>(level));
    p.level->setCurrentIndex(1);
    auto* text = new QLineEdit(this);
    text->setPlaceholderText(tr("Find in the log"));
    text->setAccessibleName(tr("Find in the log"));
    text->setClearButtonEnabled(true);
    const auto button = [this](const char* name, const QString& word) {
        auto* made = new QToolButton(this);
        made->setIcon(icon(QLatin1String(name)));
        made->setToolTip(word);
        made->setAccessibleName(word);
        made->setProperty("look", "flat");
        return made;
    };
    QToolButton* copyButton = button("copy", tr("Copy the selected lines, or all that are shown"));
    QToolButton* clearButton = button("trash", tr("Clear what is shown here; the runs keep their log"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::groups, space::tight, space::between, space::tight);
    head->setSpacing(space::inside);
    head->addWidget(p.jobs, 2);
    head->addWidget(p.level);
    head->addWidget(text, 2);
    head->addStretch(1);
    head->addWidget(copyButton);
    head->addWidget(clearButton);

    p.view = new QTableView(this);
    p.view->setModel(p.filter);
    p.view->setAccessibleName(tr("Log lines"));
    p.view->setSelectionBehavior(QAbstractItemView::SelectRows);
    p.view->setShowGrid(false);
    p.view->setWordWrap(false);
    p.view->setTabKeyNavigation(false);
    p.view->verticalHeader()->hide();
    p.view->verticalHeader()->setDefaultSectionSize(24);
    p.view->horizontalHeader()->hide();
    p.view->horizontalHeader()->setStretchLastSection(true);
    p.view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    p.view->setColumnWidth(LogModel::Time, 84);
    p.view->setColumnWidth(LogModel::Level, 100);
    p.view->setColumnWidth(LogModel::JobName, 220);
    p.empty = new QLabel(this);
    p.empty->setProperty("look", "muted");
    p.empty->setAlignment(Qt::AlignCenter);
    p.empty->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(p.view, 1);
    column->addWidget(p.empty, 1);

    auto* copyAction = new QAction(tr("Copy"), p.view);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    p.view->addAction(copyAction);
    p.view->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copyAction, &QAction::triggered, this, &LogPanel::copy);
    connect(copyButton, &QToolButton::clicked, this, &LogPanel::copy);
    connect(clearButton, &QToolButton::clicked, &p.model, &LogModel::clear);
    connect(text, &QLineEdit::textChanged, p.filter, &LogFilter::setText);
    connect(p.level, &QComboBox::currentIndexChanged, this, [this] {
        m_parts->filter->setLevel(static_cast<LogLevel>(m_parts->level->currentData().toInt()));
    });
    connect(p.jobs, &QComboBox::currentIndexChanged, this,
            [this] { m_parts->filter->setRun(m_parts->chosen()); });
    connect(&queue, &JobQueue::changed, this, [this] { m_parts->showJobs(); });
    connect(&p.reader, &LogReader::lines, this, [this](const LogLines& lines) {
        // Keeps to the end only when the person was there.
        QScrollBar* bar = m_parts->view->verticalScrollBar();
        const bool atEnd = bar->value() >= bar->maximum() - 1;
        m_parts->model.add(lines);
        if (atEnd) m_parts->view->scrollToBottom();
    });
    const auto showEmpty = [this] { m_parts->showEmpty(); };
    connect(p.filter, &QAbstractItemModel::rowsInserted, this, showEmpty);
    connect(p.filter, &QAbstractItemModel::rowsRemoved, this, showEmpty);
    connect(p.filter, &QAbstractItemModel::modelReset, this, showEmpty);
    p.showJobs();
    p.showEmpty();
}

LogPanel::~LogPanel() = default;

int LogPanel::lineCount() const { return m_parts->filter->rowCount(); }

void LogPanel::showJob(const std::filesystem::path& run) {
    m_parts->jobs->setCurrentIndex(
        std::max(0, m_parts->jobs->findData(QString::fromStdString(run.string()))));
}

void LogPanel::copy() {
    std::vector<int> rows;
    for (const QModelIndex& index : m_parts->view->selectionModel()->selectedRows())
        rows.push_back(index.row());
    if (rows.empty())
        for (int row = 0; row < m_parts->filter->rowCount(); ++row) rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const int row : rows)
        lines << m_parts->model.lineText(m_parts->filter->mapToSource(m_parts->filter->index(row, 0)).row());
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void LogPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_parts->reader.setActive(true);
}

void LogPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_parts->reader.setActive(false);
}

}  // namespace latent::desktop
