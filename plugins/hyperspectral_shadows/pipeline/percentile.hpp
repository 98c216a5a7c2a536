// SPDX-License-Identifier: Apache-2.0
#pragma once
// The value below which a share of some values lies.
//
//     const float median = percentile(values, .5);

#include <algorithm>
#include <cmath>
#include <vector>

namespace hyperspectral_shadows {

/// One of the values: that at `share` of the way from the least to the largest, rounded down. Values that are
/// not finite are left out; 0 when there is none.
template <class T>
T percentile(std::vector<T> values, double share) {
    std::erase_if(values, [](T v) { return !std::isfinite(v); });
    if (values.empty()) return 0;
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

}  // namespace hyperspectral_shadows
