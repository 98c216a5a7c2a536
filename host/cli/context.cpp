// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <tuple>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_name.hpp"

namespace latent::cli {
namespace {

/// A run that is a part of a sweep: `last` means the sweep, which somebody asked for.
bool isOfSweep(const fs::path& run) {
    const auto text = engine::readFile(engine::layout::request(run), engine::kMaxRequestBytes);
    const auto request =
        text ? engine::parseJson(*text, run.string()) : engine::Result<nlohmann::json>(text.error());
    return request && request->contains("sweep");
}

/// The second in which a run was asked for, as names begin with it; of a name of somebody's own that of its request, as in the
/// index.
std::string secondOf(const std::string& name, fs::file_time_type asked) {
    if (const auto parts = engine::RunName::parse(name)) return parts->time;
    const std::time_t time = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(
            std::chrono::file_clock::to_sys(asked)));
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H%M%S", &parts);
    return text;
}

/// Among the runs of one second the one that was asked for last is the newest.
engine::Result<fs::path> newest(const fs::path& runs, const std::vector<std::string>& names) {
    std::vector<std::tuple<std::string, fs::file_time_type, fs::path>> asked;
    for (const std::string& name : names) {
        std::error_code isNone;
        const fs::file_time_type when = fs::last_write_time(engine::layout::request(runs / name), isNone);
        if (!isNone) asked.emplace_back(secondOf(name, when), when, runs / name);
    }
    std::sort(asked.rbegin(), asked.rend());
    for (const auto& [second, when, run] : asked)
        if (!isOfSweep(run)) return run;
    return engine::badRequest("There is no run 'last' in " + runs.string() +
                              ": nothing was asked for there.");
}

}  // namespace

using engine::Exit;

engine::PluginCatalog& Context::catalog() {
    if (!m_catalog) {
        m_catalog = engine::PluginCatalog::scan(engine::CatalogSettings::standard(safeMode));
    }
    return *m_catalog;
}

engine::Status Context::needWorkspace() const {
    std::error_code ignored;
    if (fs::is_directory(workspace, ignored)) return engine::ok();
    return engine::badRequest(
        "There is no folder " + fs::absolute(workspace).string() +
        ". A workspace is the folder that holds runs/; -w DIR or LATENT_WORKSPACE names it.");
}

void Context::sayNewWorkspace() const {
    if (!json) std::cout << "New workspace: " << fs::absolute(workspace).lexically_normal().string() << '\n';
}

engine::Result<fs::path> Context::findRun(const std::string& word) const {
    if (word.empty())
        return engine::badRequest("The name of the run is empty. `latent runs` lists the runs there are.");
    std::error_code ignored;
    const fs::path place = fs::absolute(fs::u8path(word)).lexically_normal();
    if (fs::is_directory(place, ignored)) return place.has_filename() ? place : place.parent_path();
    if (fs::is_regular_file(place, ignored) &&
        (place.filename() == "run.h5" || place.filename() == "request.json"))
        return place.parent_path();
    LATENT_CHECK(needWorkspace());
    if (!fs::exists(runs(), ignored))
        return engine::badRequest("There is no run '" + word + "': the workspace " +
                                  fs::absolute(workspace).string() + " has no runs yet.");
    LATENT_TRY(const std::vector<std::string> names, engine::listFolder(runs()));
    if (word == "last") return newest(runs(), names);
    std::vector<std::string> fits;
    for (const std::string& name : names) {
        if (name == word) return runs() / name;
        if (name.find(word) != std::string::npos) fits.push_back(name);
    }
    if (fits.size() == 1) return runs() / fits.front();
    if (fits.empty())
        return engine::badRequest("There is no run '" + word + "' in " + runs().string() +
                                  ". `latent runs` lists them.");
    return engine::badRequest("'" + word + "' fits " + std::to_string(fits.size()) +
                              " runs, the first of them " + fits.front() + ". Give more of the name.");
}

void Context::finish(const engine::Status& status) {
    if (!status) finish(engine::Result<Exit>(status.error()));
}

void Context::finish(const engine::Result<Exit>& exit) {
    if (exit) {
        m_exit = static_cast<int>(*exit);
        return;
    }
    std::cerr << "latent: " << exit.error().message << '\n';
    m_exit = static_cast<int>(exit.error().exit);
}

void Context::print(const nlohmann::json& value) const {
    std::cout << value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace latent::cli
