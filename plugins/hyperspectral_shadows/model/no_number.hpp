// SPDX-License-Identifier: Apache-2.0
#pragma once
// What stands where a number is missing, in radiance, images and tables alike.

#include <limits>

namespace hyperspectral_shadows {

inline constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

}  // namespace hyperspectral_shadows
