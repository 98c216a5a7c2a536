// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the engine keeps things of the user, by the XDG base directory rules.
//
// Each function reads the environment when called (relative values are ignored, as the rules say) and makes
// nothing; callers make the folder when they first write. Any thread.
//
//     LATENT_TRY(SealKey key, SealKey::load(stateFolder()));

#include <filesystem>

namespace latent::engine {

std::filesystem::path configFolder();  ///< $XDG_CONFIG_HOME/latent, else ~/.config/latent
std::filesystem::path stateFolder();   ///< $XDG_STATE_HOME/latent, else ~/.local/state/latent
std::filesystem::path cacheFolder();   ///< $XDG_CACHE_HOME/latent, else ~/.cache/latent
std::filesystem::path dataFolder();    ///< $XDG_DATA_HOME/latent, else ~/.local/share/latent

}  // namespace latent::engine
