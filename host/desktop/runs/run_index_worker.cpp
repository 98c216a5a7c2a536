// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_index_worker.hpp"

#include <QElapsedTimer>
#include <algorithm>

#include "desktop/live/run_title.hpp"
#include "desktop/runs/run_order.hpp"

namespace latent::desktop {
namespace {

constexpr std::size_t kNewest = 100;  ///< of one experiment
constexpr int kFirstShown_ms =
    250;  ///< after that long a first look at many runs shows what it has; then ever more seldom

/// Cells of sweeps would hide everything else; asking for a sweep shows them.
std::string withoutCells(const std::string& filter) {
    return filter.find("sweep") != std::string::npos ? filter : filter + " sweep=";
}

}  // namespace

void RunIndexWorker::ask(RunQuestion question) {
    {
        const std::scoped_lock lock(m_mutex);
        m_newest = std::move(question);
    }
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (isAsked()) answer();  // else a later question was answered in this one's turn
        },
        Qt::QueuedConnection);
}

engine::Status RunIndexWorker::openIndex(const std::filesystem::path& workspace) {
    if (m_index && workspace == m_workspace) return engine::ok();
    m_index.reset();
    m_parameters.clear();
    m_metrics.clear();
    m_isAllStale = true;
    m_titles.clear();
    m_workspace = workspace;
    LATENT_TRY(m_index, engine::RunIndex::open(workspace));
    notice(m_index->messages());
    return engine::ok();
}

void RunIndexWorker::notice(const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences)
        if (m_noticed.insert(sentence).second) Q_EMIT noticed(QString::fromStdString(sentence));
}

bool RunIndexWorker::isAsked() {
    const std::scoped_lock lock(m_mutex);
    return m_newest.has_value();
}

/// What is known of all runs, whatever the filter: parameters and metrics, and the newest of each experiment.
engine::Status RunIndexWorker::readAll() {
    if (!m_isAllStale) return engine::ok();
    LATENT_TRY(const auto all, m_index->sharedRuns("sweep="));
    auto newest = std::make_shared<NewestRuns>();
    for (const auto& run : all) {
        if (RunRows& rows = (*newest)[run->experiment]; rows.size() < kNewest) rows.push_back(run);
        for (const auto& [name, value] : run->parameters.items()) m_parameters.insert(name);
        for (const auto& [name, value] : run->metrics.items()) m_metrics.insert(name);
    }
    m_newestRuns = std::move(newest);
    m_isAllStale = false;
    return engine::ok();
}

QString RunIndexWorker::titleOf(const engine::IndexedRun& run) {
    QString& title = m_titles[run.id];
    if (title.isEmpty()) title = RunTitles::title(run);
    return title;
}

void RunIndexWorker::retitle() { m_titles.clear(); }

engine::Result<RunAnswerPtr> RunIndexWorker::look(const RunQuestion& question) {
    LATENT_CHECK(openIndex(question.workspace));
    auto answer = std::make_shared<RunAnswer>();
    answer->number = question.number;
    LATENT_TRY(answer->rows, m_index->sharedRuns(withoutCells(question.filter),
                                                 indexOrder(question.column, question.order)));
    sortRuns(answer->rows, question.column, question.order,
             [this](const engine::IndexedRun& run) { return titleOf(run); });
    LATENT_TRY(answer->total, m_index->count("sweep="));
    LATENT_CHECK(readAll());
    answer->newest = m_newestRuns;
    for (const std::string& name : m_parameters) answer->columns << QString::fromStdString(name);
    for (const std::string& name : m_metrics)
        answer->columns << QString::fromStdString(name) + QLatin1Char('@');
    return answer;
}

void RunIndexWorker::answer() {
    {
        const std::scoped_lock lock(m_mutex);
        if (m_newest) m_question = *std::exchange(m_newest, std::nullopt);
    }
    const auto found = look(m_question);
    if (found) {
        Q_EMIT answered(*found);
        return;
    }
    auto problem = std::make_shared<RunAnswer>();
    problem->number = m_question.number;
    problem->problem = found.error().message;
    Q_EMIT answered(problem);
}

/// What was found is shown every now and then; questions are answered in between.
void RunIndexWorker::refresh() {
    if (!m_index) return;
    QElapsedTimer clock;
    clock.start();
    const auto report = m_index->refresh([&] { return isAsked() || clock.hasExpired(m_showAfter_ms); });
    if (report)
        notice(report->messages);
    else
        notice({report.error().message});
    if (report && (report->read > 0 || report->removed > 0)) {
        m_isAllStale = true;
        answer();
    }
    const bool goesOn = report && !report->isWhole;
    m_showAfter_ms = goesOn ? 2 * m_showAfter_ms : kFirstShown_ms;
    if (goesOn)
        QMetaObject::invokeMethod(this, &RunIndexWorker::refresh, Qt::QueuedConnection);
    else
        Q_EMIT looked(m_workspace);
}

}  // namespace latent::desktop
