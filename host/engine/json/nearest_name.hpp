// SPDX-License-Identifier: Apache-2.0
#pragma once
// "Did you mean …": the known name that a mistyped one is closest to.
//
// Pure functions, any thread. Distance is Damerau–Levenshtein in the restricted form (insert, delete,
// replace, swap of neighbours, each 1), over bytes. Work is bounded: names of more than 64 bytes are never
// suggested nor looked up.
//
//     if (auto near = nearestName("sgima", {"mu", "sigma"})) message += "; did you mean \"" + *near + "\"?";

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latent::engine {

std::size_t editDistance(std::string_view a, std::string_view b);

/// The closest of `known` (the first of equals), unless a third of the name or more would have to change.
std::optional<std::string> nearestName(std::string_view name, const std::vector<std::string>& known);

/// "; did you mean \"sigma\"?" or nothing.
std::string didYouMean(std::string_view name, const std::vector<std::string>& known);

/// "a, b and c"; at most `most` names, then "and N more".
std::string listed(const std::vector<std::string>& names, std::string_view lastJoin = "and",
                   std::size_t most = 12);

}  // namespace latent::engine
