// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/edit: a graph is changed with the brush. One paints cells of its adjacency matrix; where a cell is painted the pair's edge
// goes, or comes. The painted cells are the parameter `changed` of every experiment here, so that "Use these values" takes
// the graph along.

#include <latent/latent.hpp>

#include "experiments/graph_parameters.hpp"

namespace icl_graphs {

struct Edit final : latent::Probe {
    static latent::About about() {
        return {"icl/edit", "Change the graph",
                "Takes edges of a graph away and adds others, painted in its adjacency matrix."};
    }
    static latent::Schema parameters();
    static bool needsRun() { return false; }
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;
};

}  // namespace icl_graphs
