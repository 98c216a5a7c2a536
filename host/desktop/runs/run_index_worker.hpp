// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The thread side of RunList: holds the index, looks at the workspace, answers questions; of questions the newest counts.
//
// Lives on the thread of RunList, which calls it queued. Only `ask` is called on the UI thread directly: it puts the
// question where the thread finds the newest one.

#include <QObject>
#include <QStringList>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/index/run_index.hpp"

namespace latent::desktop {

struct RunQuestion {
    std::filesystem::path workspace;
    std::string filter;
    QString column = QStringLiteral("created");
    Qt::SortOrder order = Qt::DescendingOrder;
    std::uint64_t number = 0;  ///< the same for the same question
};

using RunRows = std::vector<engine::IndexedRunPtr>;
/// The newest runs of each experiment, the newest first, whatever is asked for in the list; without cells of sweeps.
using NewestRuns = std::map<std::string, RunRows>;

struct RunAnswer {
    std::uint64_t number = 0;
    RunRows rows;
    std::shared_ptr<const NewestRuns> newest;
    std::size_t total = 0;
    QStringList columns;  ///< parameters, then metrics with '@'
    std::string problem;  ///< of the filter or the index, in a sentence; no rows then
};
using RunAnswerPtr = std::shared_ptr<RunAnswer>;  ///< whoever gets it may take the rows

class RunIndexWorker : public QObject {
    Q_OBJECT
  public:
    void ask(RunQuestion question);
    /// Looks at the run directories, and answers again when something has changed. A question interrupts it.
    void refresh();
    /// Other titles are given to runs now.
    void retitle();

  Q_SIGNALS:
    void answered(const latent::desktop::RunAnswerPtr& answer);
    void noticed(const QString& sentence);
    /// The run directories have been looked at.
    void looked(const std::filesystem::path& workspace);

  private:
    void answer();
    engine::Status openIndex(const std::filesystem::path& workspace);
    engine::Result<RunAnswerPtr> look(const RunQuestion& question);
    void notice(const std::vector<std::string>& sentences);
    engine::Status readAll();
    QString titleOf(const engine::IndexedRun& run);
    bool isAsked();

    std::mutex m_mutex;
    std::optional<RunQuestion> m_newest;  ///< under m_mutex
    RunQuestion m_question;
    std::optional<engine::RunIndex> m_index;
    std::filesystem::path m_workspace;
    std::set<std::string> m_parameters, m_metrics, m_noticed;
    std::shared_ptr<const NewestRuns> m_newestRuns;
    bool m_isAllStale = true;  ///< columns and newest runs
    qint64 m_showAfter_ms = 250;
    std::unordered_map<std::string, QString> m_titles;  ///< by id, made when they are sorted by
};

}  // namespace latent::desktop
Q_DECLARE_METATYPE(latent::desktop::RunAnswerPtr)
