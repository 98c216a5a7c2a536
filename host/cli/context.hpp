// SPDX-License-Identifier: Apache-2.0
#pragma once
// What all verbs share: the workspace, the plugin catalog, how to print, and how a verb ends.
//
// A verb is one function that adds itself to the command line; its callback calls `context.finish(…)` with what it
// returned. Main thread only.
//
//     void addIndexVerb(CLI::App& app, Context& context) {
//         CLI::App* verb = app.add_subcommand("index", "Rebuild the index of the workspace.");
//         verb->callback([&context] { context.finish(rebuild(context)); });
//     }

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::cli {

namespace fs = std::filesystem;

class Context {
  public:
    fs::path workspace;  ///< the folder that holds runs/
    bool json = false;   ///< --json of the verb that runs
    bool safeMode = false;

    fs::path runs() const { return workspace / "runs"; }
    /// Scanned once, at first use.
    engine::PluginCatalog& catalog();
    /// A bad request when there is no such folder: for verbs that only read.
    engine::Status needWorkspace() const;
    /// For verbs that have made one: says so, in case another was meant.
    void sayNewWorkspace() const;
    /// A run by its path, that of a file in it, its name, or a part of its name when only one fits; also "last", the run or
    /// sweep that was asked for last.
    engine::Result<fs::path> findRun(const std::string& word) const;

    /// Ends the verb: an error is printed to stderr as one sentence and becomes the exit code.
    void finish(const engine::Status& status);
    void finish(const engine::Result<engine::Exit>& exit);
    int exitCode() const { return m_exit; }

    /// The flag --json for a listing verb.
    void addJson(CLI::App* verb) { verb->add_flag("--json", json, "Print JSON instead of text"); }
    void print(const nlohmann::json& value) const;

  private:
    std::optional<engine::PluginCatalog> m_catalog;
    int m_exit = 0;
};

}  // namespace latent::cli
