// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/holm.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace latent::engine::claims {

std::vector<HolmStep> holm(const std::vector<double>& pValues, double alpha) {
    std::vector<std::size_t> order(pValues.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return pValues[a] < pValues[b]; });

    std::vector<HolmStep> steps(pValues.size());
    std::size_t rejected = 0;
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        HolmStep& step = steps[order[rank]];
        const double p = pValues[order[rank]];
        step.level = alpha / static_cast<double>(pValues.size() - rejected);
        largest = std::max(largest, p * static_cast<double>(pValues.size() - rank));
        step.adjusted = std::min(1.0, largest);
        // After the first that fails the level stays, and all later p-values are larger: they fail by themselves.
        step.rejected = p <= step.level;
        if (step.rejected) ++rejected;
    }
    return steps;
}

}  // namespace latent::engine::claims
