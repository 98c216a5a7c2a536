// SPDX-License-Identifier: Apache-2.0
#pragma once
// Computes a sweep that exists in this process and shows its progress; what `sweep` and `resume` share.
//
//     return runSweepHere(context, folder, {.retryFailed = true});

#include "cli/context.hpp"
#include "engine/sweep/executor.hpp"

namespace latent::cli {

struct SweepRunFlags {
    int cores = 0;
    bool retryFailed = false;
    bool takeOver = false;
};

engine::Result<engine::Exit> runSweepHere(Context& context, const fs::path& folder,
                                          const SweepRunFlags& flags);

/// The same of one that was made earlier: nothing is computed where it is done.
engine::Result<engine::Exit> goOnWithSweep(Context& context, const fs::path& folder,
                                           const SweepRunFlags& flags);

}  // namespace latent::cli
