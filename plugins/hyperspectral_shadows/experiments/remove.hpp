// SPDX-License-Identifier: Apache-2.0
#pragma once
// `shadows/remove`: learn the shadow from the spectra of a cube, find its coverage in every pixel, and take it away
// (arXiv:2312.15386: iterative logistic regression and a parametric linear combination of Gaussians).
//
// Two passes over the cube, a few lines at a time: what is kept are a sample of spectra and images, 0.2 kB a pixel however many
// bands there are. A pause starts over: passes take seconds.
// Main thread of a worker, helpers for the pixels.
//
//     latent run shadows/remove --set source=file --set input=MethaneAIR_L1B_CH4_….nc --set output_folder=.

#include <latent/latent.hpp>

namespace hyperspectral_shadows {

class Remove final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"shadows/remove", "Shadows: find and remove",
                "A spectral basis by iterative logistic regression, shadow coverage by maximum likelihood, "
                "corrected radiance."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

/// The rows of the array `score_value`, in this order; the claims read them by these numbers.
enum Score {
    kCoverageRmse,
    kCoverageRmseMixed,
    kCoverageMae,
    kCoverageBias,
    kCoverageCorrelation,
    kAccuracy,
    kBalancedAccuracy,
    kPrecision,
    kRecall,
    kF1,
    kIou,
    kAuc,
    kFalseLit,
    kFalseDark,
    kLitChange,
    kBorderBiasInput,
    kBorderBiasHard,
    kBorderBiasCorrected,
    kAngleCoreInput,
    kAngleCoreCorrected,
    kAngleBorderHard,
    kAngleBorderCorrected,
    kMethaneSlopeInput,
    kMethaneSlopeCorrected,
    kMethaneBiasInput,
    kMethaneBiasCorrected,
    kMethaneFalseInput,
    kMethaneFalseCorrected,
    kMethaneSlopeTruth,
    kMethaneFalseLitInput,
    kMethaneFalseLitCorrected,
    kScores
};
std::vector<std::string> scoreNames();

/// Rows and columns of `relative_rmse`.
enum State { kInput, kHardMask, kCorrected, kNoiseFloor, kStates };
enum Area { kCore, kBorder, kLit, kAreas };

latent::Outputs removeOutputs(const latent::Parameters& p);

inline constexpr int kShownBands = 16;  ///< bands of the input that are kept to look at
inline constexpr int kScatter = 2000;   ///< pixels of the scatter
inline constexpr int kEllipse = 65, kEllipses = 5, kRidge = 21;

}  // namespace hyperspectral_shadows
