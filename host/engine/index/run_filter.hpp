// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a person types to find runs, as a condition on the index.
//
// Words parted by blanks must all hold; "…" keeps blanks together; a leading '-' turns a word around.
//     mu>1  sigma<=0.1  model=symmetric  bias=true     a parameter; of a list any entry counts
//     state=done  experiment=sim/theory  plugin=…  kind=sweep  preset=laptop  id=…  star=yes
//     tag:phase-diagram     sweep:<name of a sweep, or a part of it>     sweep= (in none)
//     loss@<0.1             the last value of the metric loss (names of metrics end with @ here)
//     created>2026-11-01    also ended; a date, or a date and time, UTC
//     name~part             contains, without regard to case; anything else is looked for in id, title, tags and notes
// Operators: = != < <= > >= ~. Pure function, any thread; values are bound, never spliced.
//
//     LATENT_TRY(RunFilter filter, RunFilter::parse("mu>1 state=done tag:x"));

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct RunFilter {
    std::string sql;  ///< a condition with '?' for each value; "1" when nothing is asked
    std::vector<std::variant<std::string, double>> values;

    /// Refused (exit 2) with the word that makes no sense.
    static Result<RunFilter> parse(std::string_view text);
    /// ORDER BY for "created", "-created" (newest first), a column, a parameter or a metric with '@'.
    static Result<RunFilter> order(std::string_view text);
};

}  // namespace latent::engine
