// SPDX-License-Identifier: Apache-2.0
#pragma once
// What shadow does to a retrieval: CH4 enhancements by an albedo-corrected matched filter, before and after the correction.
//
//     const MatchedFilter filter(background, pixels, channels, signature);
//     filter.apply(x, pixels, enhancement);          // as a share of the background column

#include <Eigen/Core>
#include <vector>

namespace hyperspectral_shadows {

class MatchedFilter {
  public:
    /// Mean and covariance from background spectra x [pixels, channels]; `signature` [channels]: relative change of radiance for a
    /// change of the column by its background.
    MatchedFilter(const float* x, std::size_t pixels, std::size_t channels,
                  const std::vector<float>& signature);
    /// α = (x/r − μ)ᵀ S⁻¹ t / (tᵀ S⁻¹ t), t = μ · signature without its part along μ, r = (x·μ)/(μ·μ).
    void apply(const float* x, std::size_t pixels, float* enhancement) const;

  private:
    Eigen::VectorXd m_mean, m_filter;
};

struct MethaneScore {
    double
        slope = 0,
        bias =
            0;  ///< of found against true enhancement over plume pixels in shadow (true > .01, coverage > .5)
    double falseEnhancement = 0;  ///< root mean square where there is none, in shadow
    double pixels = 0;            ///< of plumes
};
/// `coverage` chooses the pixels: those where it is above .5.
MethaneScore scoreMethane(const std::vector<float>& found, const std::vector<float>& truth,
                          const std::vector<float>& coverage);

}  // namespace hyperspectral_shadows
