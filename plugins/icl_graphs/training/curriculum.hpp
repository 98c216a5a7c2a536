// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a small transformer is trained on: walks on a fresh random graph whose nodes are fresh random tokens, and walks on one fixed ring, the
// calendar. The 4×4 grid is never among them: it is held out.
//
//     const Curriculum curriculum({.vocabulary = 32, .length = 160}, seed);
//     curriculum.batch(step, 24);                       // tokens [24, length + 1]; a function of (seed, step)
//
// Tokens 0 … 6 are the days of the calendar; they are labels of random graphs too, or a model would never believe that they can be
// anything else in a context. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "graphs/walk.hpp"

namespace icl_graphs {

constexpr int kDays = 7;

struct CurriculumSpec {
    int vocabulary = 32;
    int length = 160;
    double calendarShare = .3;  ///< of the sequences
    double teleport = 0;        ///< of the walks
    std::vector<std::string> families = {"ring", "grid", "tree", "erdos_renyi", "regular"};
};

class Curriculum {
  public:
    Curriculum(CurriculumSpec spec, std::uint64_t seed) : m_spec(std::move(spec)), m_seed(seed) {}
    std::vector<std::int32_t> batch(std::int64_t step, int sequences) const;
    /// One training sequence [length + 1]; which graph it was on, for tests.
    std::vector<std::int32_t> sequence(std::uint64_t number, Graph* graph = nullptr) const;

  private:
    CurriculumSpec m_spec;
    std::uint64_t m_seed;
};

}  // namespace icl_graphs
