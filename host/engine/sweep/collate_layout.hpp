// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the arrays of a finished sweep look like: leading axes from the design, then the axes of one cell's array.
//
// A grid gives one axis a parameter, with the values as its coordinate; list and random designs give one axis `cell` and a
// coordinate array over it for each parameter; replicates give the axis of the seed parameter, last. A list of one number
// counts as that number; values that are no numbers (texts, longer lists) are coordinates 0, 1, 2, … with the values in the
// description. An axis whose name an array or a dimension of the experiment has already is called swept_<name>. Cells
// without a value hold NaN, or the smallest number of a signed and the largest of an unsigned integer type; `cell_status`
// says which they are. A coordinate of the experiment (an array with the name of its only dimension) that all cells agree
// on stays as it is; one on which they differ is stacked as <name>_values. Words that an array has not in all
// cells (of its values, its label) are left off it, and one that has not the same unit in all of them is left out. Pure
// functions, any thread.
//
//     CollationPlan plan = planCollation(design, cells, arraysOfCells);
//     plan.stacked[0].spec.dims == {sigma: 3, seed: 5, time: 200}

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/array_spec.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::engine {

/// An array as one cell published it.
struct CellArray {
    ArraySpec spec;  ///< without the axis `cell` of a batch
    Shape shape;
};
using CellArrays = std::map<std::string, CellArray>;

struct StackedArray {
    std::string source;  ///< name in the cells
    ArraySpec spec;      ///< in the sweep
    Shape cellShape;
    std::uint64_t cellBytes = 0;
    bool coordinate = false;  ///< published once, without the leading axes, if all cells agree
};

/// An array that follows from the design alone.
struct DesignArray {
    ArraySpec spec;
    Array values;
};

struct CollationPlan {
    std::vector<std::string> axes;  ///< names of the leading axes
    Shape shape;                    ///< of the leading axes
    std::vector<DesignArray> coordinates;
    std::vector<StackedArray> stacked;
    std::vector<std::string> remarks;  ///< arrays that were left out, and why
};

/// `arrays`: of each cell that is done, null for the others.
CollationPlan planCollation(const nlohmann::json& design, const std::vector<PlannedCell>& cells,
                            const std::vector<const CellArrays*>& arrays);

/// The spec of a coordinate as it is published when all cells agree.
ArraySpec agreedCoordinate(const StackedArray& array);

/// `count` elements that stand for "no value".
std::string missingElements(DType dtype, std::uint64_t count);

}  // namespace latent::engine
