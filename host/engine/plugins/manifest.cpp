// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/manifest.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/json/schema.hpp"
#include "latent/version.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

/// Major and minor of "1.2" or "1.2.3"; the schema has checked the form.
std::pair<long, long> majorMinor(const std::string& version) {
    char* rest = nullptr;
    const long major = std::strtol(version.c_str(), &rest, 10);
    const long minor = *rest == '.' ? std::strtol(rest + 1, nullptr, 10) : 0;
    return {major, minor};
}

std::set<std::string> idsOf(const json& contributions, const char* key) {
    std::set<std::string> ids;
    if (contributions.contains(key))
        for (const json& id : contributions.at(key)) ids.insert(id.get<std::string>());
    return ids;
}

/// A probe is an id, or an object that says too whose runs it opens.
void readProbes(const json& contributions, Manifest& manifest) {
    std::set<std::string>& ids = manifest.declared["probe"];
    if (!contributions.contains("probes")) return;
    for (const json& probe : contributions.at("probes")) {
        const std::string id =
            probe.is_string() ? probe.get<std::string>() : probe.at("id").get<std::string>();
        ids.insert(id);
        if (probe.is_object() && probe.contains("experiments"))
            manifest.opens[id] = idsOf(probe, "experiments");
    }
}

/// A name that is misspelt would hide the probe from the runs that were meant.
Status checkOpens(const Manifest& manifest, const std::string& what) {
    std::vector<std::string> known;
    for (const char* kind : {"experiment", "data_source"})
        for (const std::string& id : manifest.declared.at(kind)) known.push_back(id);
    for (const auto& [probe, experiments] : manifest.opens)
        for (const std::string& id : experiments)
            if (std::find(known.begin(), known.end(), id) == known.end()) {
                const std::string near = didYouMean(id, known);
                return refused(what + " says that the probe \"" + probe + "\" opens runs of \"" + id +
                               "\", which is none of its experiments and data sources" +
                               (near.empty() ? "." : near));
            }
    return ok();
}

std::vector<DeclaredPanel> panelsOf(const json& contributions) {
    std::vector<DeclaredPanel> panels;
    if (contributions.contains("panels"))
        for (const json& panel : contributions.at("panels"))
            panels.push_back({panel.at("id").get<std::string>(), panel.at("title").get<std::string>(),
                              panel.value("summary", ""), idsOf(panel, "experiments")});
    return panels;
}

/// The name of a library is not free: the key is there for other platforms' endings.
Status checkLibraryName(const json& value, const char* key, const std::string& wanted,
                        const std::string& what) {
    const std::string library = value.value(key, wanted);
    if (library == wanted) return ok();
    return refused(what + " names the library \"" + library + "\"; it has to be named " + wanted + ".");
}

}  // namespace

Manifest panelPartOf(const Manifest& manifest) {
    Manifest part = manifest;
    part.library = manifest.panelLibrary;
    for (auto& [kind, ids] : part.declared) ids.clear();
    for (const DeclaredPanel& panel : manifest.panels) part.declared["panel"].insert(panel.id);
    return part;
}

bool isPluginId(std::string_view id) {
    if (id.empty() || id.size() > 64 || id[0] < 'a' || id[0] > 'z') return false;
    for (char c : id)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

Result<Manifest> readManifest(const std::filesystem::path& file) {
    const std::string what = "The manifest " + file.string();
    LATENT_TRY(const std::string bytes, readFile(file, kMaxManifestBytes));
    LATENT_TRY(const json value, parseJson(bytes, what, {.bytes = kMaxManifestBytes, .depth = 16}));
    LATENT_CHECK(builtInSchema("manifest-1").check(value, what));

    Manifest manifest;
    manifest.id = value.at("id").get<std::string>();
    manifest.version = value.at("version").get<std::string>();
    manifest.title = value.at("title").get<std::string>();
    manifest.summary = value.value("summary", "");
    manifest.licence = value.value("licence", "");
    manifest.file = file;
    manifest.library = file.parent_path() / (manifest.id + ".so");
    manifest.panelLibrary = file.parent_path() / (manifest.id + "_panel.so");
    manifest.sha256 = sha256Hex(bytes);
    const json& contributions = value.at("contributions");
    manifest.declared["experiment"] = idsOf(contributions, "experiments");
    manifest.declared["data_source"] = idsOf(contributions, "data_sources");
    readProbes(contributions, manifest);
    LATENT_CHECK(checkOpens(manifest, what));
    manifest.declared["panel"] = {};  // the compute library has none
    manifest.panels = panelsOf(contributions);
    manifest.cuda = idsOf(value, "cuda");
    for (const std::string& id : manifest.cuda)
        if (!manifest.declared["experiment"].count(id))
            return refused(what + " says that \"" + id +
                           "\" computes on the GPU, which is none of its experiments.");

    if (manifest.id != file.stem().string())
        return refused(what + " says that its id is \"" + manifest.id + "\"; its file has to be named " +
                       manifest.id + ".json.");
    LATENT_CHECK(checkLibraryName(value, "library", manifest.id + ".so", what));
    LATENT_CHECK(checkLibraryName(value, "panel_library", manifest.id + "_panel.so", what));
    const std::string sdk = value.at("sdk").get<std::string>();
    if (majorMinor(sdk) > majorMinor(LATENT_SDK_VERSION))
        return refused(what + " needs the SDK " + sdk + " or a newer one, and this program has " +
                       LATENT_SDK_VERSION + "; update the program.");
    return manifest;
}

}  // namespace latent::engine
