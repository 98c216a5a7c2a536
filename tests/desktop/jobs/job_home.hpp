// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A user with folders of their own who trusts the plugin `misbehave`, a workspace, and the built program; for tests of the
// queue. One a test program: it sets the environment of the process.
//
//     JobHome home;
//     JobQueue queue(service);
//     queue.setWorkspace(home.workspace());
//     const auto run = home.add(queue, home.slow(200));

#include <signal.h>

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "desktop/jobs/job_queue.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/lease.hpp"

namespace latent::desktop {

constexpr int kPatience_ms = 60'000;  ///< far above what anything takes; waiting ends as soon as it is so

class JobHome {
  public:
    JobHome() {
        namespace fs = std::filesystem;
        const fs::path home = m_folder.path().toStdString();
        qputenv("HOME", home.c_str());
        for (const char* kind : {"CONFIG", "STATE", "CACHE", "DATA"}) {
            const std::string name = std::string("XDG_") + kind + "_HOME";
            qputenv(name.c_str(), (home / QByteArray(kind).toLower().toStdString()).c_str());
        }
        qputenv("LATENT_PLUGIN_PATH", (home / "plugins").c_str());
        fs::create_directories(home / "plugins");
        const fs::path fixtures = qgetenv("LATENT_FIXTURES").toStdString();
        for (const char* file : {"misbehave.so", "misbehave.json"})
            fs::copy_file(fixtures / "misbehave" / file, home / "plugins" / file);
        LatentCommand::setProgram(qEnvironmentVariable("LATENT_PROGRAM"));
        m_ready =
            latent({QStringLiteral("plugins"), QStringLiteral("trust"), QStringLiteral("misbehave")}) == 0;
    }
    ~JobHome() {
        for (const auto& run : runs()) kill(run);  // no worker outlives the test
    }

    /// False where the program or the plugin was not built.
    bool isReady() const { return m_ready; }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    /// Empty at first; another one for each test.
    std::filesystem::path workspace() const {
        return folder() / ("workspace" + std::to_string(m_workspaces));
    }
    void newWorkspace() {
        for (const auto& run : runs()) kill(run);
        ++m_workspaces;
        std::filesystem::create_directories(workspace());
    }
    std::vector<std::filesystem::path> runs() const {
        std::vector<std::filesystem::path> all;
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(workspace() / "runs", none))
            all.push_back(entry.path());
        std::sort(all.begin(), all.end());
        return all;
    }

    /// Exit code.
    int latent(const QStringList& words, QByteArray* out = nullptr) const {
        QProcess process;
        process.setWorkingDirectory(QString::fromStdString(folder().string()));
        process.start(LatentCommand::program(), words);
        if (!process.waitForFinished(kPatience_ms)) return -1;
        if (out) *out = process.readAllStandardOutput();
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

    static engine::RunOrder slow(int steps, int threads = 1) {
        engine::RunOrder order;
        order.experiment = "misbehave/slow";
        order.assignments = {{"steps", steps}, {"sleep_ms", 10}};
        order.threads = threads;
        return order;
    }

    /// Adds it and waits until its folder is there.
    static std::filesystem::path add(JobQueue& queue, const engine::RunOrder& order) {
        std::optional<engine::Result<std::filesystem::path>> made;
        queue.add(order, [&](engine::Result<std::filesystem::path> run) { made = std::move(run); });
        if (!QTest::qWaitFor([&] { return made.has_value(); }, kPatience_ms))
            qFatal("The folder of the run was never made.");
        if (!*made) qFatal("%s", made->error().message.c_str());
        return **made;
    }

    static std::string stateOf(const std::filesystem::path& run) {
        const auto status = engine::runStatus(run);
        return status ? status->state : status.error().message;
    }

    /// Worker and computing child, as after a power cut.
    static void kill(const std::filesystem::path& run) {
        const auto lease = engine::probeLease(run);
        if (!lease || lease->liveness != engine::Liveness::Alive) return;
        const auto supervisor = static_cast<pid_t>(lease->pid);
        QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(supervisor));
        const QByteArray computing = children.open(QIODevice::ReadOnly) ? children.readAll() : QByteArray();
        ::kill(supervisor, SIGKILL);
        for (const QByteArray& child : computing.simplified().split(' '))
            if (const pid_t id = child.toInt(); id > 0) ::kill(id, SIGKILL);
    }

  private:
    QTemporaryDir m_folder;
    int m_workspaces = 0;
    bool m_ready = false;
};

}  // namespace latent::desktop
