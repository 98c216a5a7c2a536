// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_list.hpp"

#include <QGuiApplication>
#include <QTimer>
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "desktop/live/run_title.hpp"
#include "desktop/runs/run_index_worker.hpp"

namespace latent::desktop {
namespace {

constexpr int kRefresh_ms = 3000;
constexpr int kAges_ms = 20'000;
constexpr std::size_t kMostSteps = 200;  ///< of rows that come and go one by one

bool looksTheSame(const engine::IndexedRun& a, const engine::IndexedRun& b) {
    return a.state == b.state && a.fraction == b.fraction && a.ended == b.ended && a.star == b.star &&
           a.tags == b.tags && a.notes == b.notes && a.reason == b.reason && a.metrics == b.metrics;
}

}  // namespace

struct RunList::Parts {
    RunQuestion question;
    QStringList columns{QStringLiteral("star"),    QStringLiteral("state"),    QStringLiteral("name"),
                        QStringLiteral("created"), QStringLiteral("duration"), QStringLiteral("tags")};
    QStringList possible;
    QString filter;
    Rows rows;
    std::shared_ptr<const NewestRuns> newest;
    std::unordered_map<std::string, int> rowOfId;
    mutable std::unordered_map<std::string, QString> titles;  ///< by id, as they are asked for
    std::uint64_t shown = 0;                                  ///< number of the question that the rows answer
    int total = 0;
    bool isLoading = true;
    QThread thread;
    RunIndexWorker* worker = nullptr;

    void number() {
        rowOfId.clear();
        for (std::size_t i = 0; i < rows.size(); ++i) rowOfId[rows[i]->id] = static_cast<int>(i);
    }
};

RunList::RunList(QObject* parent) : QAbstractTableModel(parent), m_parts(std::make_unique<Parts>()) {
    qRegisterMetaType<RunAnswerPtr>();
    qRegisterMetaType<std::filesystem::path>();
    m_parts->worker = new RunIndexWorker;
    m_parts->thread.setObjectName(QStringLiteral("index"));
    m_parts->worker->moveToThread(&m_parts->thread);
    connect(&m_parts->thread, &QThread::finished, m_parts->worker, &QObject::deleteLater);
    connect(m_parts->worker, &RunIndexWorker::noticed, this, &RunList::noticed, Qt::QueuedConnection);
    connect(
        m_parts->worker, &RunIndexWorker::answered, this,
        [this](const RunAnswerPtr& answer) {
            Parts& p = *m_parts;
            if (answer->number != p.question.number) return;  // a newer question is on its way
            Q_EMIT filterProblem(QString::fromStdString(answer->problem));
            if (answer->problem.empty()) {
                p.total = static_cast<int>(answer->total);
                p.possible = answer->columns;
                p.newest = answer->newest;
                show(std::move(answer->rows), p.shown == answer->number);
                p.shown = answer->number;
                p.isLoading = p.isLoading && p.rows.empty();  // an empty index has not been filled yet
            }
            Q_EMIT refreshed();
        },
        Qt::QueuedConnection);
    connect(
        m_parts->worker, &RunIndexWorker::looked, this,
        [this](const std::filesystem::path& workspace) {
            if (workspace != m_parts->question.workspace || !m_parts->isLoading) return;
            m_parts->isLoading = false;
            Q_EMIT refreshed();
        },
        Qt::QueuedConnection);
    m_parts->thread.start();
    auto* timer = new QTimer(this);
    timer->setInterval(kRefresh_ms);
    connect(timer, &QTimer::timeout, this, [this] {
        if (QGuiApplication::applicationState() == Qt::ApplicationActive) refresh();
    });
    timer->start();
    auto* ages = new QTimer(this);
    ages->setInterval(kAges_ms);
    connect(ages, &QTimer::timeout, this, [this] {
        if (!m_parts->rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::DisplayRole});
    });
    ages->start();
}

RunList::~RunList() {
    m_parts->thread.quit();
    m_parts->thread.wait();
}

void RunList::ask() {
    ++m_parts->question.number;
    if (!m_parts->question.workspace.empty()) m_parts->worker->ask(m_parts->question);
}

/// The index answers at once with what it knew; then the folders are looked at.
void RunList::setWorkspace(const std::filesystem::path& workspace) {
    beginResetModel();
    m_parts->rows.clear();
    m_parts->rowOfId.clear();
    m_parts->titles.clear();
    m_parts->total = 0;
    m_parts->newest.reset();
    m_parts->isLoading = true;
    endResetModel();
    m_parts->question.workspace = workspace;
    ask();
    refresh();
}

void RunList::setFilter(const QString& filter) {
    if (filter == m_parts->filter) return;
    m_parts->filter = filter;
    m_parts->question.filter = filter.toStdString();
    ask();
}

void RunList::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= m_parts->columns.size()) return;
    if (m_parts->question.column == m_parts->columns[column] && m_parts->question.order == order) return;
    m_parts->question.column = m_parts->columns[column];
    m_parts->question.order = order;
    ask();
}

void RunList::refresh() {
    QMetaObject::invokeMethod(
        m_parts->worker, [worker = m_parts->worker] { worker->refresh(); }, Qt::QueuedConnection);
}

QString RunList::filter() const { return m_parts->filter; }
QStringList RunList::columns() const { return m_parts->columns; }
QStringList RunList::possibleColumns() const { return m_parts->possible; }
const NewestRuns& RunList::newest() const {
    static const NewestRuns kNone;
    return m_parts->newest ? *m_parts->newest : kNone;
}
RunRows RunList::newest(const std::string& experiment) const {
    const auto found = newest().find(experiment);
    return found == newest().end() ? RunRows() : found->second;
}
int RunList::total() const { return m_parts->total; }
bool RunList::isLoading() const { return m_parts->isLoading; }
const std::filesystem::path& RunList::workspace() const { return m_parts->question.workspace; }

void RunList::setColumns(const QStringList& columns) {
    if (columns == m_parts->columns || columns.isEmpty()) return;
    beginResetModel();
    m_parts->columns = columns;
    endResetModel();
}

/// Rows that stay keep their place in the view: selection and scrolling survive what others do to the workspace.
void RunList::show(Rows rows, bool isSameQuestion) {
    if (isSameQuestion && showStepwise(rows)) return m_parts->number();
    beginResetModel();
    m_parts->rows = std::move(rows);
    m_parts->number();
    endResetModel();
}

/// False when the rows that stay have changed their order, or too many come and go; nothing has been done then.
bool RunList::showStepwise(Rows& rows) {
    Rows& old = m_parts->rows;
    std::unordered_map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < rows.size(); ++i) place[rows[i]->id] = i;
    std::size_t before = 0;
    bool any = false;
    std::unordered_set<std::string> stays;
    for (const auto& run : old) {
        const auto found = place.find(run->id);
        if (found == place.end()) continue;
        if (any && found->second < before) return false;
        before = found->second;
        any = true;
        stays.insert(run->id);
    }
    if (old.size() + rows.size() - 2 * stays.size() > kMostSteps) return false;
    for (int row = static_cast<int>(old.size()) - 1; row >= 0; --row) {
        if (stays.count(old[static_cast<std::size_t>(row)]->id) != 0) continue;
        beginRemoveRows({}, row, row);
        old.erase(old.begin() + row);
        endRemoveRows();
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const int row = static_cast<int>(i);
        if (i < old.size() && old[i]->id == rows[i]->id) {
            const auto was = std::exchange(old[i], rows[i]);
            if (was == rows[i] || looksTheSame(*was, *rows[i])) continue;
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
            continue;
        }
        beginInsertRows({}, row, row);
        old.insert(old.begin() + row, std::move(rows[i]));
        endInsertRows();
    }
    return true;
}

const engine::IndexedRun* RunList::run(int row) const {
    return row >= 0 && row < rowCount() ? m_parts->rows[static_cast<std::size_t>(row)].get() : nullptr;
}

QString RunList::title(int row) const {
    const engine::IndexedRun* it = run(row);
    return it ? title(*it) : QString();
}

QString RunList::title(const engine::IndexedRun& run) const {
    QString& title = m_parts->titles[run.id];
    if (title.isEmpty()) title = RunTitles::title(run);
    return title;
}

void RunList::retitle() {
    m_parts->titles.clear();
    QMetaObject::invokeMethod(m_parts->worker, &RunIndexWorker::retitle, Qt::QueuedConnection);
    if (!m_parts->rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int RunList::rowOf(const std::filesystem::path& folder) const {
    const auto found = m_parts->rowOfId.find(folder.filename().string());
    return found == m_parts->rowOfId.end() ? -1 : found->second;
}

int RunList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_parts->rows.size());
}
int RunList::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_parts->columns.size());
}

}  // namespace latent::desktop
