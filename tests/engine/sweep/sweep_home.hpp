// SPDX-License-Identifier: Apache-2.0
#pragma once
// A home with the plugin `sweepable` in it, for tests that compute whole sweeps with real workers. The test program is also
// the worker and the executor that is killed.
//
//     Home home;
//     const PluginCatalog catalog = catalogOf(home.root());
//     must(runSweep(catalog, home.sweep(catalog, text)));
//     int main(int argc, char** argv) { TestIt test; return sweepMain(argc, argv, test); }

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/files/sha256.hpp"
#include "engine/jobs/cell_links.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/jobs/start.hpp"
#include "engine/jobs/supervisor.hpp"
#include "engine/plugins/admission_child.hpp"
#include "engine/report/report.hpp"
#include "engine/store/control.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"
#include "engine/sweep/cell_hash.hpp"
#include "engine/sweep/executor.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::engine {

namespace fs = std::filesystem;
using nlohmann::json;

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}

/// The plugins of this test's home, which the workers inherit through the environment.
inline PluginCatalog catalogOf(const fs::path& home) {
    CatalogSettings settings;
    settings.folders = {home / "plugins"};
    settings.stateFolder = home / "state" / "latent";
    settings.cacheFolder = home / "cache" / "latent";
    return PluginCatalog::scan(settings);
}
inline fs::path homeOf() { return fs::path(std::getenv("LATENT_TEST_HOME")); }

class Home {
  public:
    Home() {
        for (const char* name : {"plugins", "state/latent", "cache/latent"}) {
            fs::create_directories(root() / name);
            fs::permissions(root() / name, fs::perms::owner_all);
        }
        for (const char* name : {"sweepable.so", "sweepable.json"}) {
            fs::copy_file(fs::path(SWEEPABLE) / name, root() / "plugins" / name);
            fs::permissions(root() / "plugins" / name, fs::perms::owner_read | fs::perms::owner_write);
        }
        trust();
        qputenv("LATENT_TEST_HOME", root().string().c_str());
        qputenv("XDG_STATE_HOME", (root() / "state").string().c_str());
        qputenv("XDG_CACHE_HOME", (root() / "cache").string().c_str());
    }
    /// Another binary of the plugin, which does the same.
    void rebuildPlugin() const {
        std::ofstream(root() / "plugins" / "sweepable.so", std::ios::app | std::ios::binary) << '\0';
        trust();
    }
    void trust() const {
        json trust;
        const fs::path library = root() / "plugins" / "sweepable.so";
        trust["trusted"]["sweepable"] = {
            {"path", library.string()}, {"sha256", must(sha256File(library))}, {"since", 0}};
        std::ofstream(root() / "state" / "latent" / "trust.json") << trust.dump();
        fs::permissions(root() / "state" / "latent" / "trust.json",
                        fs::perms::owner_read | fs::perms::owner_write);
    }
    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path runs() const { return root() / "runs"; }

    fs::path sweep(const PluginCatalog& catalog, const std::string& text) const {
        const SweepSpec spec = must(SweepSpec::parse(text, "The sweep"));
        return must(makeSweep(must(planSweep(catalog, spec, runs())), runs()));
    }
    std::size_t runFolders() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(runs()))
            if (fs::exists(layout::request(entry.path()))) ++count;
        return count;
    }

  private:
    QTemporaryDir m_folder;
};

/// Back to the folder that a test began in, also when it fails: the one that it has gone to is removed.
struct Here {
    const fs::path path = fs::current_path();
    Here() = default;
    Here(const Here&) = delete;
    ~Here() { fs::current_path(path); }
};

inline std::vector<double> valuesOf(const fs::path& run, const std::string& name, Shape* shape = nullptr) {
    RunFiles files = must(RunFiles::make());
    RunReader reader = must(RunReader::open(run, files));
    const Array array = must(reader.readAll(name));
    if (shape) *shape = array.shape;
    std::vector<double> numbers;
    for (std::uint64_t i = 0; i < array.view().elements(); ++i)
        numbers.push_back(elementAsDouble(array.view(), i));
    return numbers;
}

/// This program as an executor of its own, to be killed.
inline pid_t startExecutor(const fs::path& sweep) {
    const pid_t child = fork();
    if (child == 0) {
        const std::string folder = sweep.string();
        execl("/proc/self/exe", "test", "execute", folder.c_str(), nullptr);
        _exit(127);
    }
    return child;
}

template <class Condition>
bool waitFor(Condition&& condition, int milliseconds = 60000) {
    for (int i = 0; i < milliseconds / 20; ++i) {
        if (condition()) return true;
        QTest::qSleep(20);
    }
    return false;
}

inline int workersOf(const fs::path& sweep) {
    const auto links = readCellLinks(sweep);
    if (!links) return 0;
    return static_cast<int>(std::count_if(links->jobs.begin(), links->jobs.end(), [&](const CellJob& job) {
        const auto lease = probeLease(sweep.parent_path() / job.run);
        return lease && lease->liveness == Liveness::Alive;
    }));
}

inline bool aWorkerRuns(const fs::path& sweep) { return workersOf(sweep) > 0; }

inline double y(double x, int t, int seed) { return x * t + seed; }

/// This program as what its first word says, else the test.
inline int sweepMain(int argc, char** argv, QObject& test) {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word == "admit-plugin") return admissionChildMain(argc - 1, argv + 1);
    if (word == "worker") {
        const PluginCatalog catalog = catalogOf(homeOf());
        const auto request = readRequest(argv[argc - 1]);
        WorkerOptions options;
        if (request) options.plugin = installedPlugin(catalog, *request);
        const auto outcome = superviseRun(argv[argc - 1], catalogLoader(catalog), options);
        if (!outcome) std::cerr << outcome.error().message << '\n';
        return outcome ? static_cast<int>(outcome->exit) : static_cast<int>(outcome.error().exit);
    }
    if (word == "execute") {
        const PluginCatalog catalog = catalogOf(homeOf());
        const auto end = runSweep(catalog, argv[2]);
        if (!end) std::cerr << end.error().message << '\n';
        return end ? static_cast<int>(end->outcome.exit) : static_cast<int>(end.error().exit);
    }
    return QTest::qExec(&test, argc, argv);
}

}  // namespace latent::engine
