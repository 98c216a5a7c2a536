// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"

#include <iostream>

#include "engine/files/operations.hpp"

namespace latent::cli {
namespace {

/// Names begin with the second of their making; among those of the newest second the one that was asked for last.
fs::path newest(const fs::path& runs, const std::vector<std::string>& names) {
    const auto second = [](const std::string& name) { return name.substr(0, std::string_view("2026-01-01T000000").size()); };
    fs::path found;
    fs::file_time_type asked{};
    for (const std::string& name : names) {
        std::error_code ignored;
        const fs::file_time_type its = fs::last_write_time(runs / name / "request.json", ignored);
        if (second(name) != second(names.back()) || (!found.empty() && its < asked)) continue;
        found = runs / name;
        asked = its;
    }
    return found;
}

}  // namespace

using engine::Exit;

engine::PluginCatalog& Context::catalog() {
    if (!m_catalog) {
        m_catalog = engine::PluginCatalog::scan(engine::CatalogSettings::standard(safeMode));
    }
    return *m_catalog;
}

engine::Result<fs::path> Context::findRun(const std::string& word) const {
    std::error_code ignored;
    const fs::path place = fs::absolute(fs::u8path(word)).lexically_normal();
    if (fs::is_directory(place, ignored)) return place.has_filename() ? place : place.parent_path();
    if (fs::is_regular_file(place, ignored) && (place.filename() == "run.h5" || place.filename() == "request.json")) return place.parent_path();
    LATENT_TRY(const std::vector<std::string> names, engine::listFolder(runs()));
    std::vector<std::string> fits;
    for (const std::string& name : names) {
        if (name == word) return runs() / name;
        if (word == "last" ? fs::exists(runs() / name / "request.json", ignored) : name.find(word) != std::string::npos)
            fits.push_back(name);
    }
    if (word == "last" && !fits.empty()) return newest(runs(), fits);
    if (fits.size() == 1) return runs() / fits.front();
    if (fits.empty())
        return engine::badRequest("There is no run '" + word + "' in " + runs().string() + ". `latent runs` lists them.");
    return engine::badRequest("'" + word + "' fits " + std::to_string(fits.size()) + " runs, the first of them " + fits.front() +
                              ". Give more of the name.");
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
