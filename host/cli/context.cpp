// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"

#include <iostream>

#include "engine/files/operations.hpp"

namespace latent::cli {

using engine::Exit;

engine::PluginCatalog& Context::catalog() {
    if (!m_catalog) {
        engine::CatalogSettings settings = engine::CatalogSettings::standard();
        settings.safeMode = safeMode;
        m_catalog = engine::PluginCatalog::scan(std::move(settings));
    }
    return *m_catalog;
}

engine::Result<fs::path> Context::findRun(const std::string& word) const {
    std::error_code ignored;
    if (fs::is_directory(fs::u8path(word), ignored)) return fs::absolute(fs::u8path(word)).lexically_normal();
    LATENT_TRY(const std::vector<std::string> names, engine::listFolder(runs()));
    std::vector<std::string> fits;
    for (const std::string& name : names) {
        if (name == word) return runs() / name;
        if (word == "last" ? fs::exists(runs() / name / "request.json", ignored) : name.find(word) != std::string::npos)
            fits.push_back(name);
    }
    // Names begin with the time, so the last one in order is the newest.
    if (word == "last" && !fits.empty()) return runs() / fits.back();
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
