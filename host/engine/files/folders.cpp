// SPDX-License-Identifier: Apache-2.0
#include "engine/files/folders.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace latent::engine {
namespace {

std::filesystem::path homeFolder() {
    const char* home = std::getenv("HOME");
    if (home && *home == '/') return home;
    const passwd* entry = ::getpwuid(::getuid());
    return entry && entry->pw_dir && *entry->pw_dir == '/' ? entry->pw_dir : "/";
}

std::filesystem::path xdgFolder(const char* variable, const char* belowHome) {
    const char* value = std::getenv(variable);
    const std::filesystem::path base =
        value && *value == '/' ? std::filesystem::path(value) : homeFolder() / belowHome;
    return base / "latent";
}

}  // namespace

std::filesystem::path configFolder() { return xdgFolder("XDG_CONFIG_HOME", ".config"); }
std::filesystem::path stateFolder() { return xdgFolder("XDG_STATE_HOME", ".local/state"); }
std::filesystem::path cacheFolder() { return xdgFolder("XDG_CACHE_HOME", ".cache"); }
std::filesystem::path dataFolder() { return xdgFolder("XDG_DATA_HOME", ".local/share"); }

}  // namespace latent::engine
