// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where plugins are looked for, and what lies there. Never the current folder and never a folder of a project: a plugin
// is code, and opening somebody's runs must not bring code along.
//
// The order is LATENT_PLUGIN_PATH (a colon list; relative entries are left out), the user's data folder, and the
// folder that was installed with the program. The first plugin of an id wins. Reads folders, runs no code; any thread.
//
//     const std::filesystem::path ours = bundledPluginFolder(programFile());
//     for (const Candidate& candidate : findCandidates(pluginFolders(ours), messages)) …

#include <filesystem>
#include <string>
#include <vector>

namespace latent::engine {

/// A manifest, a library, or both, with the same name in one folder.
struct Candidate {
    std::string name;  ///< file name without its ending; the id, if the manifest agrees
    std::filesystem::path folder;
    bool hasManifest = false;
    bool hasLibrary = false;
};

/// The file of the running program.
std::filesystem::path programFile();
/// <prefix>/lib/latent/plugins for <prefix>/bin/latent.
std::filesystem::path bundledPluginFolder(const std::filesystem::path& program);
/// All search folders in order, `bundled` last.
std::vector<std::filesystem::path> pluginFolders(const std::filesystem::path& bundled);

/// Folders in order, names sorted within a folder. Panels (X_panel.so) and LibTorch parts
/// (X_torch.so beside an X) without a manifest belong to their X and are left out; a folder that cannot be read leaves a sentence in
/// `messages`, a missing one nothing.
std::vector<Candidate> findCandidates(const std::vector<std::filesystem::path>& folders,
                                      std::vector<std::string>& messages);

}  // namespace latent::engine
