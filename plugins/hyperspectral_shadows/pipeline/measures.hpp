// SPDX-License-Identifier: Apache-2.0
#pragma once
// How well shadow was found and removed, where the truth is known.
//
//     Measures measures;
//     measures.add(removed, channels, truth, sigma, coverage);   // slab by slab
//     const std::vector<double> rmse = measures.relativeRmse();  // [state, region]

#include <vector>

#include "pipeline/percentile.hpp"
#include "pipeline/remove.hpp"

namespace hyperspectral_shadows {

/// Scores of values in [0, 1] against a truth of 0 or 1.
struct Classification {
    double accuracy = 0, balancedAccuracy = 0, precision = 0, recall = 0, f1 = 0, iou = 0, auc = 0;
};
/// `score` above .5 is shadow; the area under the ROC curve uses all thresholds, ties count half.
Classification classify(const std::vector<float>& score, const std::vector<std::uint8_t>& truth);

/// Of coverage against the truth, over pixels with a number.
struct CoverageScore {
    double rmse = 0, rmseMixed = 0, mae = 0, correlation = 0, bias = 0;
    /// Means in ten bins of the coverage found; NaN where empty
    std::vector<double> calibrationFound, calibrationTrue;
};
CoverageScore scoreCoverage(const std::vector<float>& found, const std::vector<float>& truth);

/// Shares of the lit pixels (true coverage below kLitBelow), and of the darkest tenth of them by `brightness`,
/// that are called shadow. All [pixels]; NaN where there are no lit pixels.
struct FalseShadow {
    double ofLit = 0, ofDarkest = 0;
};
FalseShadow falseShadow(const std::vector<float>& found, const std::vector<float>& truth,
                        const std::vector<float>& brightness);

class Measures {
  public:
    /// Needs slabs with the cube by the hard mask (throws UsageError). All are of the slab's pixels: `truth`,
    /// radiance without shadow, and `sigma`, its noise, or null, [pixels, kept bands]; `coverage`, the true one,
    /// [pixels].
    void add(const Removed& slab, std::size_t channels, const float* truth, const float* sigma,
             const float* coverage);

    /// Relative RMSE √(Σ|x' − t|² / Σ|t|²) by region, for what `relative_rmse` [state, region] holds: states
    /// input, hard mask, corrected, noise floor (NaN without `sigma`); regions core (a > .95), border
    /// (.05 ≤ a ≤ .95), lit (a < .05).
    std::vector<double> relativeRmse() const;
    /// Mean of (m' − m_t)/m_t in the border, of input, hard mask and corrected.
    std::vector<double> borderBias() const;
    /// Mean spectral angle in degrees in core and border, of input, hard mask and corrected: [state, 2].
    std::vector<double> spectralAngle() const;
    /// √(Σ|x' − x|² / Σ|x|²) over lit pixels.
    double litChange() const;

  private:
    bool m_noise = false;  ///< whether any slab had its noise
    double m_error[4][3] = {}, m_truth[3] = {}, m_bias[3] = {}, m_angle[3][2] = {}, m_pixels[3] = {},
           m_change = 0, m_input = 0;
};

}  // namespace hyperspectral_shadows
