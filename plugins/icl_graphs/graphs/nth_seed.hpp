// SPDX-License-Identifier: Apache-2.0
#pragma once
// Seeds for the parts of a study. A sum (seed + n) would give part n of one seed what part n − 1 of the next has, so that
// the seeds of a sweep would share their draws.
//
//     RandomStream random(nthSeed(seed, replicate), "icl/null", draw);

#include <cstdint>

namespace icl_graphs {

/// Different for all seeds and n below a million.
constexpr std::uint64_t nthSeed(std::uint64_t seed, std::uint64_t n) { return seed * 1'000'003 + n; }

}  // namespace icl_graphs
