// SPDX-License-Identifier: Apache-2.0
#pragma once
// Seeds for the parts of a study. A sum (seed + n) would give part n of one seed what part n − 1 of the next has, so that
// the seeds of a sweep would share their draws.
//
//     RandomStream random(nthSeed(seed, replicate), "icl/null", draw);

#include <cstdint>

namespace icl_graphs {

/// Different for all seeds and n below a million. Parts of parts may meet other parts, nthSeed(nthSeed(0, 0), c) being
/// nthSeed(0, c): what is drawn for each kind of part has a stream of its own name.
constexpr std::uint64_t nthSeed(std::uint64_t seed, std::uint64_t n) { return seed * 1'000'003 + n; }

}  // namespace icl_graphs
