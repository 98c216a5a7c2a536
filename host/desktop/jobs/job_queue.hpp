// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs that wait and runs that work, with a budget of cores; what the jobs panel shows and the Run button talks to.
//
// A job is a run directory. Adding one makes the directory (queued), and `latent worker` is started when enough cores are
// free, in the order of adding; workers outlive the window. At the start of the program queued and running runs of the
// workspace are taken up again. Every action is what the command line does: numbered control requests, `latent resume`.
// UI thread only.
//
//     JobQueue queue(service);
//     queue.setWorkspace(folder);
//     queue.add(order, [&](Result<std::filesystem::path> run) { if (run) open(*run); else say(run.error().message); });
//     queue.pause(run);

#include <QObject>
#include <QStringList>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "desktop/live/run_service.hpp"
#include "engine/jobs/start.hpp"
#include "engine/result.hpp"
#include "engine/store/control.hpp"

namespace latent::desktop {

struct Job {
    int id = 0;                 ///< its own for as long as the queue lives
    std::filesystem::path run;  ///< empty while the folder is being made
    std::string experiment;
    std::string title;   ///< "sim/theory · mu 1, 2"
    std::string state;   ///< as RunStatus; "preparing" while the folder is being made
    std::string reason;  ///< a sentence when it did not go well
    double fraction = 0;
    std::string progressText;
    double rate = 0;              ///< fraction per second of this attempt; 0: not known yet
    double secondsLeft = -1;      ///< -1: not known
    double checkpointAge_s = -1;  ///< -1: none yet
    int threads = 1;
    bool resumable = false;
    bool asked = false;  ///< a control request was written and not yet answered
    engine::ControlAction askedFor = engine::ControlAction::Pause;
};

class JobQueue : public QObject {
    Q_OBJECT
  public:
    using Made = std::function<void(engine::Result<std::filesystem::path>)>;
    explicit JobQueue(RunService& service, QObject* parent = nullptr);
    ~JobQueue() override;

    /// Starts afresh there. Orders whose folders are not made yet are answered with an error.
    void setWorkspace(const std::filesystem::path& workspace);
    void setCoreBudget(int cores);
    int coreBudget() const { return m_cores; }
    int coresInUse() const;

    void add(const engine::RunOrder& order, Made made);
    const std::vector<Job>& jobs() const { return m_jobs; }
    const Job* find(const std::filesystem::path& run) const;

  public Q_SLOTS:
    /// Looks for runs that others have queued or started here; happens every few seconds by itself.
    void refresh();
    void pause(const std::filesystem::path& run);
    void stop(const std::filesystem::path& run);
    void checkpoint(const std::filesystem::path& run);
    void resume(const std::filesystem::path& run);
    /// After foreign(): the person has seen the paths and wants it.
    void resumeForeign(const std::filesystem::path& run);
    /// Takes a queued one out (its folder goes to the trash); others are left alone.
    void withdraw(const std::filesystem::path& run);
    /// Takes a job that does not go on out of the list; its run stays.
    void forget(const std::filesystem::path& run);
    /// Forgets jobs that are done, failed or stopped; their runs stay.
    void clearEnded();

  Q_SIGNALS:
    void changed();
    /// It ended just now: for notes and for refreshing the list of runs.
    void ended(const std::filesystem::path& run, const QString& state);
    /// Somebody wants it to go on: what was said of its end is over.
    void resumed(const std::filesystem::path& run);
    /// A run that was not made here is to be resumed; it would read these paths. Nothing has started yet.
    void foreign(const std::filesystem::path& run, const QStringList& paths);
    /// Something did not work, in a sentence.
    void problem(const QString& sentence);

  private:
    struct Detail;
    struct Parts;
    Job* jobOf(int id);
    Job* jobOf(const std::filesystem::path& run);
    Job& append(const std::filesystem::path& run);
    void prepareNext();
    void prepared(int id, const engine::Result<std::filesystem::path>& run);
    void lookForOpenRuns();
    void receive(const RunSnapshotPtr& snapshot);
    void show(Job& job, Detail& detail, const RunSnapshot& snapshot);
    void explain(Job& job, const std::string& sentence);
    void want(const std::filesystem::path& run);
    void schedule();
    void reap();
    void tick();
    void ask(const std::filesystem::path& run, engine::ControlAction action);
    void remove(int id);
    void follow(const Job& job, bool on);
    void announce();

    std::unique_ptr<Parts> m_parts;
    std::vector<Job> m_jobs;  ///< in the order of adding
    int m_cores = 1;
};

}  // namespace latent::desktop
