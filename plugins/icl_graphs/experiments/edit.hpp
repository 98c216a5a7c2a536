// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/edit: a graph is changed in its picture. A click on one node and on another makes their edge come or go. The edges are
// then the parameter `edited_edges` of every experiment here, so that "Use these values" takes the graph along.

#include <latent/latent.hpp>

#include "experiments/graph_parameters.hpp"

namespace icl_graphs {

struct Edit final : latent::Probe {
    static latent::About about() {
        return {"icl/edit", "Change the graph",
                "Takes edges of a graph away and adds others, between two nodes of its picture."};
    }
    static latent::Schema parameters();
    static bool needsRun() { return false; }
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;
};

}  // namespace icl_graphs
