// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where and with what a run is computed: versions, machine, instruction set, git state, hashes of inputs.
//
// The supervisor writes provenance.json at the attempt that the results begin with: the first, or a later one that has
// nothing to go on from. An attempt that goes on compares itself with it: what differs and could change a bit of the
// result (binary, LibTorch, instruction set, threads) is a warning in the events. Unless it is like the one before, it is
// added under "later_attempts". No thread rules.
//
//     AttemptBegun begun{lease.attempt(), attempt.checkpoint.has_value()};
//     LATENT_CHECK(recordProvenance(folder, begun, request, plugin, events));

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/store/events.hpp"
#include "engine/store/request.hpp"

namespace latent::engine {

/// Of this machine, program and request, now; `plugin` as it is installed now (see installedPlugin), else as the request has it.
nlohmann::json currentProvenance(const Request& request, const nlohmann::json& plugin);

/// What differs between two in a way that ends bit-identity, one sentence each.
std::vector<std::string> differencesThatMatter(const nlohmann::json& before, const nlohmann::json& now);

struct AttemptBegun {
    int number = 1;
    bool goesOn = false;  ///< it stands on what attempts before it made
};
Status recordProvenance(const std::filesystem::path& run, AttemptBegun attempt, const Request& request,
                        const nlohmann::json& plugin, EventLog& events);

/// "x86-64 avx2 fma", as far as it changes results: part of what makes two cells identical.
std::string instructionSet();
/// "2.13.0" of this program.
std::string programVersion();

}  // namespace latent::engine
