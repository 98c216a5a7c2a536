// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/look: the map of words in a recording for any layer, context, window and pair of components, while a slider moves; and where one
// word stands among its occurrences. Keeps the layer that it looked at last.

#include <latent/latent.hpp>
#include <memory>

#include "experiments/analysis_plan.hpp"

namespace icl_graphs {

struct Look final : latent::Probe {
    static latent::About about() { return {"icl/look", "Look into a recording", "The map of words in one layer, at one context, with one window and two components of your choice."}; }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    std::unique_ptr<AnalysisPlan> m_plan;
    std::vector<std::int64_t> m_positions;
    int m_layer = -1;  ///< index of the layer that `recording` holds
};

}  // namespace icl_graphs
