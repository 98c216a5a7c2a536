// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which pixels are lit and which in shadow before anything is learnt: from the truth, a mask, regions, or brightness.
//
// Labels are −1 (neither), 0 (lit), 1 (shadow), one a pixel, [lines, samples]. Pure.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hyperspectral_shadows {

using Labels = std::vector<std::int8_t>;

inline constexpr float kLitBelow = .05F, kShadowAbove = .95F;  ///< coverage of pure pixels
inline constexpr float kMaskAbove = .5F;                       ///< coverage of the hard mask

/// Pure pixels of a known coverage: below kLitBelow lit, above kShadowAbove shadow.
Labels labelsFromCoverage(const std::vector<float>& coverage);

/// Mask values above 0.5 are shadow. Pixels within `border` pixels of the other kind are neither.
Labels labelsFromMask(const std::vector<float>& mask, std::int64_t lines, std::int64_t samples, int border);

/// Rows (x_low, x_high, y_low, y_high), both ends included.
struct Region {
    double xLow, xHigh, yLow, yHigh;
};
Labels labelsFromRegions(const std::vector<Region>& lit, const std::vector<Region>& shadow,
                         std::int64_t lines, std::int64_t samples);

/// Whether a pixel lies in a held-out block: squares of `block` pixels are learnt from or held out, in turn.
inline bool inHeldOutBlock(std::size_t pixel, std::size_t samples, std::size_t block) {
    return (pixel / samples / block + pixel % samples / block) % 2 == 1;
}

struct Otsu {
    double threshold, meanBelow, meanAbove;
};
/// The threshold that splits values into two classes with the largest variance between them (Otsu 1979), 512 bins; values that
/// are not finite are left out.
Otsu otsu(const std::vector<float>& values);

/// Otsu on the mean radiance; pixels that lie nearer to the threshold than `ambiguous` of the way to the mean of their class are
/// neither.
Labels labelsFromBrightness(const std::vector<float>& mean, double ambiguous);

}  // namespace hyperspectral_shadows
