// SPDX-License-Identifier: Apache-2.0
#pragma once
// A training as the paper's code describes one: the fields of its yaml files under its names, for whoever wants to repeat a run there.
//
// The chains have no place in that format, which names them by the seeds of another generator; markov/chains writes them as npz. The
// largest norm of a gradient is a default argument there and no field, so it stands among the memos, as the operations of a step do.
// Pure; any thread.
//
//     writePaperConfig(job.file("config.yaml"), plan, mixture);

#include <filesystem>
#include <latent/latent.hpp>

#include "experiments/train_plan.hpp"

namespace markov_mixtures {

std::string paperConfig(const TrainPlan& plan, const Mixture& mixture);
/// Written beside the target and renamed. Throws RunError.
void writePaperConfig(const std::filesystem::path& path, const TrainPlan& plan, const Mixture& mixture);

}  // namespace markov_mixtures
