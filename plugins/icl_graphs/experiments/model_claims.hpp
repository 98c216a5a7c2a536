// SPDX-License-Identifier: Apache-2.0
#pragma once
// The claims that icl/model measures: those over the context (claims.hpp), and those that need a model to be changed or a sweep.

#include <latent/latent.hpp>
#include <vector>

namespace icl_graphs {

std::vector<latent::Claim> modelClaims();
void measureModelClaims(const latent::RunSet& runs, latent::Evidence& out);

}  // namespace icl_graphs
