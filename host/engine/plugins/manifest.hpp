// SPDX-License-Identifier: Apache-2.0
#pragma once
// The manifest: what a plugin says of itself before any of its code runs.
//
// X.json lies beside X.so and follows sdk/schema/manifest-1.schema.json. It is read as hostile JSON. What the library
// later says of itself (id, version) has to agree with it. Pure functions over files; any thread.
//
//     LATENT_TRY(Manifest manifest, readManifest(folder / "concept_space.json"));
//     show(manifest.title, manifest.library);

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// A widget of the plugin's panel library, X_panel.so, and the experiments whose runs it shows.
struct DeclaredPanel {
    std::string id;  ///< "sim/hypercube"
    std::string title;
    std::string summary;
    std::set<std::string> experiments;
};

struct Manifest {
    std::string id;       ///< lower-case letters, digits, underscores; the file's name without its ending
    std::string version;  ///< "1.2.3"
    std::string title;
    std::string summary;
    std::string licence;
    std::filesystem::path file;
    std::filesystem::path library;       ///< X.so beside the file; it may be missing
    std::filesystem::path panelLibrary;  ///< X_panel.so beside the file; it may be missing
    std::string sha256;                  ///< of the manifest's bytes
    /// Ids by kind ("experiment", "probe", "data_source", "panel") that the library has to contribute, and no others.
    std::map<std::string, std::set<std::string>> declared;
    /// By probe: the experiments and data sources whose runs it opens. A probe that does not say is not here.
    std::map<std::string, std::set<std::string>> opens;
    std::vector<DeclaredPanel> panels;
    std::set<std::string> cuda;  ///< ids of experiments that compute on a GPU when they are asked to
};

inline constexpr std::uint64_t kMaxManifestBytes = 256u << 10;

/// Refused (exit 3) with a sentence that names the file and what is wrong in it.
Result<Manifest> readManifest(const std::filesystem::path& file);

/// The same manifest with the panel library in the place of the compute library: what its admission is held against.
Manifest panelPartOf(const Manifest& manifest);

/// A lower-case letter, then lower-case letters, digits and underscores; 64 at most.
bool isPluginId(std::string_view id);

}  // namespace latent::engine
