// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Run folders to the trash and back: the desktop's trash where there is one, else a folder `.trash` in the workspace.
//
// A run that somebody computes is refused: its worker would go on writing into the trash. Moves files: for a thread.
//
//     LATENT_TRY(Trashed gone, moveRunToTrash(run));
//     LATENT_CHECK(takeBack(gone));                        // undo

#include <filesystem>

#include "engine/result.hpp"

namespace latent::desktop {

struct Trashed {
    std::filesystem::path from, to;
    std::filesystem::path info;   ///< what the desktop's trash keeps beside it; empty in `.trash`
};

engine::Result<Trashed> moveRunToTrash(const std::filesystem::path& run);
engine::Status takeBack(const Trashed& trashed);

}  // namespace latent::desktop
