// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small valid runs of somebody else, to make mutants of: one finished (run.h5 alone), one that was left in the middle
// (segments, a checkpoint, a large array).
//
//     const SampleRuns runs = makeSampleRuns(folder);
//     mutate(runs.left / "segments" / "000001.h5");

#include <filesystem>

#include "engine/files/seal.hpp"

struct SampleRuns {
    std::filesystem::path finished;  ///< run.h5
    std::filesystem::path left;      ///< the run's folder
};

/// Aborts when the engine cannot write them.
SampleRuns makeSampleRuns(const std::filesystem::path& folder, const latent::engine::SealKey& key);
