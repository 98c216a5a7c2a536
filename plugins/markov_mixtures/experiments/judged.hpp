// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which runs the claims of an experiment judge together.
//
// Pure; any thread. Parameters that a run does not have, because it was made before they were there, count as their defaults.
//
//     const std::string why = whyNotJudged(runs, schema, {.free = {"chains", "seed"}, .least = {{"context", 400}}, .alike = "'chains'"});
//     const latent::Parameters p = parametersOf(run, schema);

#include <latent/latent.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace markov_mixtures {

/// The parameters of a run, with the schema's defaults for those that it lacks.
latent::Parameters parametersOf(const latent::Run& run, const latent::Schema& schema);

struct Judged {
    std::set<std::string> free;                               ///< parameters that may differ
    std::vector<std::pair<std::string, std::int64_t>> least;  ///< of integers, in every run
    std::string alike;  ///< "'chains' and the seed": what a sweep may be over, in words
    std::vector<std::string> drawn =
        {};  ///< parameters that give what the seed must draw: not judged with them
};

/// Why runs must not be judged together or at all, as a sentence; empty: they may. The order of the runs does not matter.
std::string whyNotJudged(const std::vector<const latent::Run*>& runs, const latent::Schema& schema,
                         const Judged& judged);

}  // namespace markov_mixtures
