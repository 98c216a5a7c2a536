// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the parameters that sim/train and sim/clusters share to the data that they describe.
//
// Pure; any thread. What the schema cannot see (more concepts than dimensions, lists that do not match, a
// truncation without a combination) is refused here, before there is a run: std::invalid_argument or
// latent::RunError with a sentence that names the parameter.
//
//     const ClusterSpec spec = clusterSpecOf(p);   // dim, mu, variance or sigma, origin_cluster, …, seed

#include <latent/latent.hpp>

#include "data/clusters.hpp"

namespace concept_space {

ClusterSpec clusterSpecOf(const latent::Parameters& p);

}  // namespace concept_space
