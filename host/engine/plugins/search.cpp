// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/search.hpp"

#include <cstdlib>
#include <map>
#include <string_view>
#include <system_error>

#include "engine/files/folders.hpp"

namespace latent::engine {
namespace fs = std::filesystem;

fs::path programFile() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error);
}

fs::path bundledPluginFolder(const fs::path& program) {
    return program.parent_path().parent_path() / "lib" / "latent" / "plugins";
}

std::vector<fs::path> pluginFolders(const fs::path& bundled) {
    std::vector<fs::path> folders;
    if (const char* list = std::getenv("LATENT_PLUGIN_PATH")) {
        std::string_view rest = list;
        while (!rest.empty()) {
            const std::size_t end = rest.find(':');
            const fs::path folder = rest.substr(0, end);
            if (folder.is_absolute()) folders.push_back(folder);
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
    }
    folders.push_back(dataFolder() / "plugins");
    folders.push_back(bundled);
    return folders;
}

std::vector<Candidate> findCandidates(const std::vector<fs::path>& folders,
                                      std::vector<std::string>& messages) {
    std::vector<Candidate> all;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        const fs::path& folder = folders[i];
        bool seen = false;
        for (std::size_t j = 0; j < i; ++j) seen = seen || folders[j] == folder;
        if (seen) continue;

        std::error_code error;
        fs::directory_iterator entry(folder, error);
        if (error) {
            if (error != std::errc::no_such_file_or_directory)
                messages.push_back("The plugin folder " + folder.string() +
                                   " cannot be read: " + error.message() + ".");
            continue;
        }
        std::map<std::string, Candidate> byName;
        for (; entry != fs::directory_iterator(); entry.increment(error)) {
            if (error) break;
            const fs::path name = entry->path().filename();
            const std::string stem = name.stem().string();
            if (stem.empty() || stem[0] == '.') continue;
            if (name.extension() == ".json") byName[stem].hasManifest = true;
            if (name.extension() == ".so") byName[stem].hasLibrary = true;
        }
        for (auto& [name, candidate] : byName) {
            const bool isPart = name.ends_with("_torch") &&
                                byName.count(name.substr(0, name.size() - std::string_view("_torch").size()));
            if (!candidate.hasManifest && (isPart || name.ends_with("_panel"))) continue;
            candidate.name = name;
            candidate.folder = folder;
            all.push_back(std::move(candidate));
        }
    }
    return all;
}

}  // namespace latent::engine
