// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Workspaces full of runs that nobody computed: real requests and events, written without fsync, so that ten thousand of
// them take seconds. For tests and measurements of the run browser.
//
//     MadeRuns made;
//     made.add({.state = "done", .parameters = {{"mu", {1, 2}}}, .tags = {"paper"}});
//     made.addMany(10'000);

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {

struct MadeRun {
    std::string experiment = "sim/theory";
    std::string state = "done", reason = {};
    nlohmann::json parameters = nlohmann::json::object();
    nlohmann::json metrics = nlohmann::json::object();
    std::vector<std::string> tags = {};
    std::string notes = {};
    bool star = false;
    double age_s = 3600, duration_s = 12, fraction = 1;
    nlohmann::json extra = nlohmann::json::object();
};

class MadeRuns {
  public:
    MadeRuns() : m_folder(memoryFolder() + "/latent-runs-XXXXXX") {
        qputenv("XDG_CACHE_HOME", (folder() / "cache").c_str());
        qputenv("XDG_STATE_HOME", (folder() / "state").c_str());
        qputenv("XDG_DATA_HOME", (folder() / "data").c_str());
        std::filesystem::create_directories(workspace() / "runs");
    }
    /// In a workspace that stays.
    explicit MadeRuns(std::filesystem::path workspace) : m_workspace(std::move(workspace)) {
        std::filesystem::create_directories(m_workspace / "runs");
    }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    std::filesystem::path workspace() const {
        return m_workspace.empty() ? folder() / "workspace" : m_workspace;
    }

    std::filesystem::path add(const MadeRun& run) {
        using nlohmann::json;
        const double created = static_cast<double>(std::time(nullptr)) - run.age_s;
        const auto folder = workspace() / "runs" / nameOf(run.experiment, created);
        std::filesystem::create_directories(folder);
        json document{{"experiment", run.experiment},
                      {"parameters", run.parameters},
                      {"seed", 0},
                      {"plugin", {{"id", "made_up"}}}};
        document.update(run.extra);
        const auto request = engine::Request::make(document);
        if (!request) throw std::runtime_error(request.error().message);
        std::ofstream(engine::layout::request(folder)) << request->document().dump(2) << '\n';
        std::ofstream events(engine::layout::events(folder));
        const auto say = [&](json event, double t) {
            event["t"] = t;
            events << event.dump() << '\n';
        };
        say({{"type", "state"}, {"state", "queued"}}, created);
        if (run.state != "queued") {
            say({{"type", "state"}, {"state", "running"}}, created + 0.1);
            for (const auto& [name, value] : run.metrics.items())
                say({{"type", "metric"}, {"name", name}, {"step", 1}, {"value", value}}, created + 1);
            say({{"type", "progress"}, {"fraction", run.fraction}, {"text", "1 of 2"}}, created + 1);
        }
        if (run.state != "queued" && run.state != "running")
            say({{"type", "state"}, {"state", run.state}, {"reason", run.reason}}, created + run.duration_s);
        if (run.star || !run.tags.empty() || !run.notes.empty())
            std::ofstream(engine::layout::user(folder))
                << json{{"tags", run.tags}, {"notes", run.notes}, {"star", run.star}}.dump() << '\n';
        return folder;
    }

    /// Of two experiments, all states, with parameters and a metric that depend on their number.
    void addMany(int count) {
        static const char* const kStates[] = {"done",   "done",   "done",    "done",
                                              "failed", "paused", "stopped", "done"};
        for (int i = 0; i < count; ++i)
            add({.experiment = i % 3 == 0 ? "sim/train" : "sim/theory",
                 .state = kStates[i % 8],
                 .parameters = {{"mu", {1.0 + i % 5, 2.0}},
                                {"sigma", 0.01 * (i % 50)},
                                {"steps", 100 + i % 7},
                                {"model", i % 2 ? "symmetric" : "one-layer"},
                                {"seed", i},
                                {"bias", i % 4 == 0},
                                {"t_end", 8.0},
                                {"lr", 1e-3}},
                 .metrics = {{"loss", 1.0 / (1 + i)}, {"accuracy", 1 - 1.0 / (1 + i)}},
                 .tags = i % 10 == 0 ? std::vector<std::string>{"phase"} : std::vector<std::string>{},
                 .age_s = 60.0 * (count - i),
                 .duration_s = 1.0 + i % 300});
    }

  private:
    static QString memoryFolder() {
        return QFileInfo(QStringLiteral("/dev/shm")).isWritable() ? QStringLiteral("/dev/shm")
                                                                  : QDir::tempPath();
    }
    std::string nameOf(std::string experiment, double created) {
        const auto time = static_cast<std::time_t>(created);
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        char text[32], bits[16];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H%M%S", &parts);
        std::snprintf(bits, sizeof bits, "%010x", ++m_made);
        for (char& c : experiment)
            if (c == '/') c = '-';
        return std::string(text) + "-" + experiment + "-" + bits;
    }
    QTemporaryDir m_folder;
    std::filesystem::path m_workspace;  ///< empty: in the temporary folder
    unsigned m_made = 0;
};

}  // namespace latent::desktop
