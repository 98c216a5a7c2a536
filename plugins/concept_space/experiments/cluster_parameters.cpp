// SPDX-License-Identifier: Apache-2.0
#include "experiments/cluster_parameters.hpp"

namespace concept_space {

ClusterSpec clusterSpecOf(const latent::Parameters& p) {
    ClusterSpec spec;
    spec.dim = static_cast<int>(p.integer("dim"));
    spec.mu = p.numbers("mu");
    if (p.has("sigma")) {
        spec.variance = p.numbers("sigma");
        for (double& v : spec.variance) v *= v;
    } else if (p.has("variance")) {
        spec.variance = p.numbers("variance");
    } else {
        throw latent::RunError(
            "Neither 'variance' nor 'sigma' is given: one of them says how far the training data spread.");
    }
    if (spec.variance.size() == 1) spec.variance.assign(spec.mu.size(), spec.variance.front());
    if (spec.variance.size() != spec.mu.size())
        throw latent::RunError(
            "The parameter 'variance' (or 'sigma') needs one entry, or one for each entry of 'mu'.");
    spec.originCluster = p.flag("origin_cluster");
    spec.samplesPerCluster = static_cast<int>(p.integer("samples_per_cluster"));
    spec.noise = p.number("noise");
    spec.rotate = p.flag("rotation");
    spec.truncate = p.flag("truncation");
    spec.seed = p.seed();
    requireValid(spec);
    return spec;
}

}  // namespace concept_space
