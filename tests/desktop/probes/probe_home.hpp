// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A user with folders of their own who trusts the fixture `probing` and the plugin concept_space, and the built program; for
// tests of questions. One a test program: it sets the environment of the process.
//
//     ProbeHome home;
//     Conversation talk(home.options({"probing/slow"}));
//     ProbePanel panel(home.catalog());
//     kill(ProbeHome::servers().front(), SIGKILL);

#include <signal.h>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <ctime>
#include <filesystem>
#include <memory>
#include <vector>

#include "desktop/jobs/latent_command.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/probe/client.hpp"

namespace latent::desktop {

constexpr int kPatience_ms = 60'000;  ///< far above what anything takes; waiting ends as soon as it is so

class ProbeHome {
  public:
    ProbeHome() {
        namespace fs = std::filesystem;
        const fs::path home = m_folder.path().toStdString();
        qputenv("HOME", home.c_str());
        for (const char* kind : {"CONFIG", "STATE", "CACHE", "DATA"}) {
            const std::string name = std::string("XDG_") + kind + "_HOME";
            qputenv(name.c_str(), (home / QByteArray(kind).toLower().toStdString()).c_str());
        }
        fs::create_directories(home / "plugins");
        const fs::path fixtures = qgetenv("LATENT_FIXTURES").toStdString();
        for (const char* file : {"probing.so", "probing.json"})
            fs::copy_file(fixtures / "probing" / file, home / "plugins" / file);
        QByteArray folders = (home / "plugins").c_str();
        if (qEnvironmentVariableIsSet("LATENT_TEST_PLUGINS")) folders += ':' + qgetenv("LATENT_TEST_PLUGINS");
        qputenv("LATENT_PLUGIN_PATH", folders);
        LatentCommand::setProgram(qEnvironmentVariable("LATENT_PROGRAM"));
        m_ready =
            latent({QStringLiteral("plugins"), QStringLiteral("trust"), QStringLiteral("probing")}) == 0;
        latent({QStringLiteral("plugins"), QStringLiteral("trust"), QStringLiteral("concept_space")});
        m_catalog = std::make_unique<engine::PluginCatalog>(
            engine::PluginCatalog::scan(engine::CatalogSettings::standard()));
    }

    /// False where the program or the plugin was not built.
    bool isReady() const { return m_ready; }
    const engine::PluginCatalog& catalog() const { return *m_catalog; }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    engine::ProbeClientOptions options(std::vector<std::string> probes) const {
        return {.command = {LatentCommand::program().toStdString(), "probe-server"},
                .run = {},
                .cell = {},
                .probes = std::move(probes)};
    }
    int latent(const QStringList& words) const {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.start(LatentCommand::program(), words);
        if (!process.waitForFinished(kPatience_ms)) return -1;
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

    /// Probe servers that this process has started and that live.
    static std::vector<pid_t> servers() {
        std::vector<pid_t> all;
        // Children of every thread: servers are started by the UI thread, but threads end.
        for (const QString& thread :
             QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile list(QStringLiteral("/proc/self/task/%1/children").arg(thread));
            if (!list.open(QIODevice::ReadOnly)) continue;
            for (const QByteArray& child : list.readAll().simplified().split(' '))
                if (const pid_t id = child.toInt(); id > 0 && isServer(id)) all.push_back(id);
        }
        return all;
    }

    template <class Condition>
    static bool until(Condition condition) {
        return QTest::qWaitFor([&] { return static_cast<bool>(condition()); }, kPatience_ms);
    }

  private:
    static bool isServer(pid_t id) {
        QFile words(QStringLiteral("/proc/%1/cmdline").arg(id)),
            state(QStringLiteral("/proc/%1/stat").arg(id));
        if (!words.open(QIODevice::ReadOnly) || !words.readAll().contains("probe-server")) return false;
        return state.open(QIODevice::ReadOnly) && !state.readAll().contains(") Z");
    }
    QTemporaryDir m_folder;
    std::unique_ptr<engine::PluginCatalog> m_catalog;
    bool m_ready = false;
};

/// CPU time of the calling thread.
inline double threadCpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// An application that keeps what the costliest event took of the UI thread's CPU time.
class CostApplication : public QApplication {
  public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        if (m_inside || QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
        m_inside = true;
        const QByteArray name = receiver->metaObject()->className();
        const int type = event->type();
        const double before = threadCpu_ms();
        const bool taken = QApplication::notify(receiver, event);
        m_inside = false;
        if (const double cost = threadCpu_ms() - before; cost > m_most_ms) {
            m_most_ms = cost;
            m_what = name + " event " + QByteArray::number(type);
        }
        return taken;
    }
    void forget() { m_most_ms = 0; }
    double most_ms() const { return m_most_ms; }
    QByteArray what() const { return m_what; }

  private:
    bool m_inside = false;
    double m_most_ms = 0;
    QByteArray m_what;
};

}  // namespace latent::desktop
