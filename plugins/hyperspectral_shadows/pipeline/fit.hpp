// SPDX-License-Identifier: Apache-2.0
#pragma once
// From labelled spectra to all that shadow is found and removed with: basis, Gaussians, coverage, correction.
//
//     const std::optional<Sample> sample = takeSample(cube, bands, known, options);
//     const ShadowModel model = fitModel(*sample, options);

#include <memory>

#include "model/correction.hpp"
#include "model/ilr/ilr.hpp"
#include "pipeline/labels.hpp"
#include "pipeline/materials.hpp"
#include "pipeline/sample.hpp"

namespace hyperspectral_shadows {

struct ShadowModel {
    Spectra spectra;
    IlrResult ilr;
    std::shared_ptr<const Plcg> plcg;
    std::shared_ptr<const Materials> materials;  ///< null for one pair
    std::shared_ptr<const Correction> correction;
    std::vector<double> meanLit, meanShadow;  ///< [channels], in the cube's unit
    double brightnessRatio = 1;               ///< mean radiance of shadow against lit
    FitOptions options;

    /// Mean radiance of lit pixels over the channels, in the cube's unit.
    double litLevel() const;
    /// Features of spectra, and coverage with the dead band applied.
    Eigen::MatrixXd features(const float* x, std::size_t pixels, float* mean, float* deviation) const {
        return spectra.features(x, pixels, ilr.basis, options.threads, mean, deviation);
    }
    Coverage coverage(const Eigen::MatrixXd& q, int threads) const;
};

ShadowModel fitModel(const Sample& sample, const FitOptions& options);

/// Mean spectra [channels] of the pixels with this label.
std::vector<double> meanSpectrum(const Sample& sample, const Labels& labels, std::int8_t label);

}  // namespace hyperspectral_shadows
