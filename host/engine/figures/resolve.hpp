// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a view's JSON and arrays to a figure of numbers.
//
// Pure functions; any thread; work and memory are bounded by the arrays and by `ResolveLimits`. A view that does not fit
// its arrays is refused with a sentence that names the figure and the array; one that was validated when it was published
// does not fail, but may be empty while nothing of it is there. A kind that this program does not know becomes a table.
//
//     Cursors cursors{{"frame", 17}};
//     LATENT_TRY(Figure figure, resolveFigure(view, arrays, cursors));
//     for (const std::string& name : arraysOf(view)) load(name);       // what it needs, coordinates included

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/figures/array_set.hpp"
#include "engine/figures/figure.hpp"
#include "engine/result.hpp"

namespace latent::engine::figures {

/// Index of each shared cursor by name; negative: counted from the end. One that is absent rests: at the first entry of a
/// dimension whose entries have words (sets, algorithms), at the end of every other, where the newest rows are.
using Cursors = std::map<std::string, std::int64_t, std::less<>>;

struct ResolveLimits {
    std::uint64_t elements =
        1u << 26;              ///< numbers in one figure; above it the figure is refused with a sentence
    std::size_t lines = 2000;  ///< members of families in one figure; further ones are left out with a note
    std::size_t tiles = 1024;
};

/// `prefix` of dimensions: a sweep's arrays have leading axes (swept parameters, seed, cell); those that a view does not
/// name are fixed by `fixed` (index by dimension; absent: 0).
struct ResolveOptions {
    ResolveLimits limits{};
    std::map<std::string, std::int64_t, std::less<>> fixed{};
};

Result<Figure> resolveFigure(const nlohmann::json& view, const ArraySet& arrays, const Cursors& cursors = {},
                             const ResolveOptions& options = {});

/// Names of the arrays that a view selects, in order of appearance, each once; coordinates are not among them (they are
/// the arrays with the names of those arrays' dimensions).
std::vector<std::string> arraysOf(const nlohmann::json& view);
/// Cursors that the view shows or selects by, each with the dimension that it moves along.
std::map<std::string, std::string> cursorsOf(const nlohmann::json& view, const ArraySet& arrays);
/// Where a cursor along this dimension stands until it is moved: at the entry nearest to the coordinate's `rest`, at the
/// first of a coordinate of words, else at the end (-1).
std::int64_t restOf(std::string_view dimension, const ArraySet& arrays);

}  // namespace latent::engine::figures
