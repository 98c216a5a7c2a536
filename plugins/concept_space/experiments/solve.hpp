// SPDX-License-Identifier: Apache-2.0
#pragma once
// The probe sim/solve: what sim/theory gives for the parameters of this moment, while a slider is dragged.
//
// Needs no run, but takes the place of one: the same parameters, arrays and figures as sim/theory. Aim: below 50 ms for
// d <= 16. Main thread of a probe server.
//
//     latent probe RUN sim/solve --set mu=1,2

#include <latent/latent.hpp>

#include "experiments/theory_model.hpp"

namespace concept_space {

class Solve final : public latent::Probe {
  public:
    static latent::About about() {
        return {"sim/solve", "SIM: solve as you drag",
                "Parameters to trajectories, weights and losses, at once."};
    }
    static latent::Schema parameters() { return theoryParameters(); }
    static bool needsRun() { return false; }
    latent::Outputs outputs(const latent::Parameters& p) override { return theoryOutputs(p); }
    void answer(const latent::Parameters& p, latent::Reply& reply) override;
};

}  // namespace concept_space
