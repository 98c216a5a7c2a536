// SPDX-License-Identifier: Apache-2.0
#pragma once
// A workspace of runs that are a request and events, and the index over it; for the tests of the index.
//
//     Workspace w;
//     w.run(id(1), {{"mu", 2}}, {kDone});
//     RunIndex index = w.index();

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <set>

#include "engine/index/run_index.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace index_test {

using namespace latent::engine;
namespace fs = std::filesystem;
using nlohmann::json;

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}
inline void must(const Status& status) {
    if (!status) qFatal("%s", status.error().message.c_str());
}

class Workspace {
  public:
    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path runs() const { return root() / "runs"; }
    fs::path cache() const { return root() / "cache"; }
    RunIndex index() const { return must(RunIndex::open(root(), {.cacheFolder = cache()})); }

    fs::path run(const std::string& id, const json& parameters, const std::vector<json>& events,
                 json extra = json::object()) const {
        const fs::path folder = runs() / id;
        fs::create_directories(folder);
        json document{{"experiment", "sim/theory"},
                      {"parameters", parameters.is_null() ? json::object() : parameters},
                      {"seed", 0},
                      {"plugin", {{"id", "concept_space"}}}};
        document.update(extra);
        // As writeRequest does, without its fsync: ten thousand of them take minutes on a slow disk.
        std::ofstream(layout::request(folder)) << must(Request::make(document)).document().dump(2) << '\n';
        std::ofstream log(layout::events(folder), std::ios::app);
        for (const json& event : events) log << event.dump() << '\n';
        return folder;
    }
    static void append(const fs::path& folder, const json& event) {
        std::ofstream(layout::events(folder), std::ios::app) << event.dump() << '\n';
    }

  private:
    QTemporaryDir m_folder;
};

inline std::string id(int number) {
    char text[80];
    std::snprintf(text, sizeof text, "2026-11-%02dT08%02d%02d-sim-theory-%010x", 1 + number % 28,
                  number / 60 % 60, number % 60, static_cast<unsigned>(number));
    return text;
}

inline const json kDone{{"type", "state"}, {"state", "done"}, {"t", 1800000000.0}};

inline std::set<std::string> ids(RunIndex& index, const std::string& filter) {
    std::set<std::string> found;
    for (const IndexedRun& run : must(index.listRuns(filter))) found.insert(run.id);
    return found;
}

}  // namespace index_test
