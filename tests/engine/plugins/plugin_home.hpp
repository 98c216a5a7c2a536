// SPDX-License-Identifier: Apache-2.0
#pragma once
// A home of its own for each test: plugin folders, state and cache in a temporary folder, filled from the fixtures.
//
//     PluginHome home;
//     home.add("raw_healthy");                      // copied to the user's folder, and trusted
//     PluginCatalog catalog = PluginCatalog::scan(home.settings());

#include <QTemporaryDir>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/plugins/catalog.hpp"

namespace latent::test {

namespace fs = std::filesystem;
using nlohmann::json;

inline const fs::path kFixtures = fs::path(LATENT_BINARY_DIR) / "tests" / "fixtures";
constexpr auto kReadable = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                           fs::perms::others_read;

inline std::string textOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}
/// Whole at every moment, as the program writes: who looks meanwhile would set half a file aside.
inline void put(const fs::path& file, const std::string& text) {
    const fs::path beside = file.string() + ".new";
    std::ofstream(beside, std::ios::binary | std::ios::trunc) << text;
    fs::permissions(beside, kReadable);
    fs::rename(beside, file);
}

class PluginHome {
  public:
    PluginHome() {
        for (const fs::path& folder : {user(), bundled(), state(), cache()}) {
            fs::create_directories(folder);
            fs::permissions(folder, fs::perms::owner_all);
        }
    }
    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path user() const { return root() / "user"; }
    fs::path bundled() const { return root() / "bundled"; }
    fs::path state() const { return root() / "state"; }
    fs::path cache() const { return root() / "cache"; }
    fs::path library(const std::string& id) const { return user() / (id + ".so"); }

    /// Copies everything of a fixture (also the libraries it depends on) into a folder, without trust.
    void copy(const std::string& fixture, const fs::path& to) const {
        for (const auto& file : fs::directory_iterator(kFixtures / fixture)) {
            const fs::path target = to / file.path().filename();
            fs::copy_file(file.path(), target, fs::copy_options::overwrite_existing);
            fs::permissions(target, kReadable);
        }
    }
    void add(const std::string& fixture) const {
        copy(fixture, user());
        trust(fixture);
    }
    /// Writes trust.json as `latent plugins trust` would.
    void trust(const std::string& id) const {
        json all = fs::exists(state() / "trust.json") ? json::parse(textOf(state() / "trust.json")) : json::object();
        all["trusted"][id] = {{"path", library(id).string()},
                              {"sha256", engine::sha256Hex(textOf(library(id)))},
                              {"since", 0}};
        put(state() / "trust.json", all.dump());
    }
    /// Copies to the bundled folder and lists it there.
    void bundle(const std::string& fixture) const {
        copy(fixture, bundled());
        const fs::path list = bundled() / "plugins.sha256";
        const std::string before = fs::exists(list) ? textOf(list) : "";
        put(list, before + engine::sha256Hex(textOf(bundled() / (fixture + ".so"))) + "  " + fixture + ".so\n");
    }

    engine::CatalogSettings settings() const {
        engine::CatalogSettings settings;
        settings.folders = {user(), bundled()};
        settings.bundled = bundled();
        settings.stateFolder = state();
        settings.cacheFolder = cache();
        settings.admission.program = kFixtures / "latent_admission_helper";
        settings.admission.timeout = std::chrono::seconds(60);  // a busy machine is not a hanging plugin
        settings.hashSettle = std::chrono::milliseconds(0);
        return settings;
    }
    engine::PluginCatalog scan() const { return engine::PluginCatalog::scan(settings()); }

  private:
    QTemporaryDir m_folder;
};

/// "usable", or "state: sentence" of a plugin.
inline std::string stateOf(const engine::PluginCatalog& catalog, const std::string& id) {
    const auto found = catalog.find(id);
    if (!found) return found.error().message;
    const engine::PluginEntry& entry = **found;
    const std::string state(engine::nameOf(entry.state));
    return entry.sentence.empty() ? state : state + ": " + entry.sentence;
}

}  // namespace latent::test
