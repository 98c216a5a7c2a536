// SPDX-License-Identifier: Apache-2.0
#pragma once
// What stands where nothing could be measured.

#include <limits>

namespace icl_graphs {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace icl_graphs
