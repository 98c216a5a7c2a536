// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a design to its cells, in an order that never changes: row-major over the axes, the first axis slowest, seeds
// fastest. So cell k of the design is element k of every collated array.
//
// Pure functions, any thread.
//
//     LATENT_TRY(Design design, expandDesign(spec, {.seedParameter = "seed", .isWhole = …}));
//     design.axes[0].name == "sigma";  design.cells[3] == {{"sigma", 0.1}, {"mu", [1, 2]}, {"seed", 0}};

#include <functional>

#include "engine/sweep/sweep_spec.hpp"

namespace latent::engine {

/// One leading axis of the collated arrays.
struct DesignAxis {
    std::string name;       ///< the parameter's, or "cell" for list and random designs
    bool seed = false;      ///< the replicates
    std::vector<nlohmann::json> values;  ///< the coordinate; for "cell" 0, 1, 2, …
};

/// A coordinate along the axis "cell".
struct DesignColumn {
    std::string parameter;
    std::vector<nlohmann::json> values;
};

struct Design {
    std::string kind;  ///< grid | list | random | seeds
    std::vector<DesignAxis> axes;
    std::vector<DesignColumn> columns;  ///< of list and random designs
    std::vector<SweepValues> cells;     ///< what each cell sets beyond `spec.fixed`

    nlohmann::json axesJson() const;
};

struct DesignContext {
    std::string seedParameter;  ///< empty: the experiment has none
    std::function<bool(const std::string& parameter)> isWhole;
};

/// Refused (exit 2): too many cells, seeds for an experiment without a seed, seeds given twice, no whole number to draw.
Result<Design> expandDesign(const SweepSpec& spec, const DesignContext& context);

}  // namespace latent::engine
