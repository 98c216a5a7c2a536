// SPDX-License-Identifier: Apache-2.0
#pragma once
// A pair of Gaussians for each of several lit materials, instead of one pair for all: lit pixels fall into clusters, and the shadow of
// a cluster is what the gain of shadow makes of its spectra. A dark lit surface then has a narrow Gaussian of its own, which the wide
// one over all materials would hide. A pixel takes the pair that explains it best.
//
//     const Materials materials(litSpectra, litFeatures, 8, spectra, basis, gain, {}, MixedCovariance::Independent);
//     const Coverage c = materials.coverage(q, threads);

#include <memory>

#include "model/plcg/plcg.hpp"
#include "model/spectra.hpp"

namespace hyperspectral_shadows {

class Materials {
  public:
    /// x [pixels, channels] of lit pixels and their features q; `count` clusters at most, fewer where some have too few pixels.
    Materials(const float* x, const Eigen::MatrixXd& q, int count, const Spectra& spectra,
              const Eigen::MatrixXd& basis, const std::vector<float>& gain, const GaussianOptions& gaussians,
              MixedCovariance covariance, double priorStrength = 0);

    /// Of the best pair by pixel; the ratio is against coverage 0 of any pair.
    Coverage coverage(const Eigen::MatrixXd& q, int threads) const;

  private:
    std::vector<std::unique_ptr<Plcg>> m_pairs;
    std::vector<double> m_logWeight;
};

/// Places of the nearest of `count` centres (Lloyd's algorithm on columns of deviation 1, begun at quantiles of the first column).
std::vector<int> cluster(const Eigen::MatrixXd& q, int count);

}  // namespace hyperspectral_shadows
