// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/run_views.hpp"

#include "engine/figures/metric_views.hpp"
#include "engine/figures/sweep_views.hpp"

namespace latent::engine::figures {

std::vector<nlohmann::json> allViews(const std::vector<nlohmann::json>& declared, const ArraySet& arrays,
                                     const nlohmann::json& request) {
    return withSweepMaps(withMetricViews(declared, arrays), arrays, request);
}

}  // namespace latent::engine::figures
