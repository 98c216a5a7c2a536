// SPDX-License-Identifier: Apache-2.0
#pragma once
// From labelled spectra to all that shadow is found and removed with: basis, Gaussians, coverage, correction.
//
//     const std::optional<Sample> sample = takeSample(cube, bands, known, options);  // nothing when it was
//     stopped const ShadowModel model = fitModel(*sample, options);

#include <memory>

#include "model/correction.hpp"
#include "model/ilr/ilr.hpp"
#include "pipeline/labels.hpp"
#include "pipeline/materials.hpp"
#include "pipeline/stream.hpp"
#include "pipeline/sunlight.hpp"

namespace hyperspectral_shadows {

struct FitOptions {
    Preprocessing preprocessing = Preprocessing::Raw;
    IlrOptions ilr;
    bool classWeights = false;
    GaussianOptions gaussians;
    MixedCovariance covariance = MixedCovariance::Independent;
    double prior = 0;
    int materials = 1;  ///< pairs of Gaussians; 1: one for all lit pixels
    CorrectionKind correction = CorrectionKind::Gain;
    double deadBand = 2;    ///< coverage below so many of its own Fisher errors counts as 0
    double leastRatio = 0;  ///< coverage whose 2 Δ log L is below counts as 0
    int refinements = 0;    ///< rounds of relabelling by the coverage found
    double ambiguous = .5;  ///< of labelsFromBrightness
    bool sunlight =
        false;  ///< of the pixels that brightness calls shadow, those whose light is the sun's are lit
    int blockPixels = 16;  ///< side of the squares that are trained on or held out, in turn
    std::size_t mostPixels = 60'000;
    std::size_t sampleBytes = std::size_t{160} << 20;
    int threads = 1;
};

/// Spectra spread over the cube, with what is known of them.
struct Sample {
    std::vector<float> x;            ///< [pixels, channels]
    std::vector<std::size_t> pixel;  ///< their place in the image
    Labels labels;
    std::vector<std::uint8_t> heldOut;  ///< whether the block of the pixel is held out
    std::size_t channels = 0;
    Sunlight sunlight;  ///< what that rule did, where it was asked for
    std::vector<std::uint8_t>
        byLight;  ///< where it told: whether the label of a pixel is from its light (dark pixels); else empty
    Labels image;  ///< by the rule, of every pixel of the cube, [lines, samples]
    std::vector<float>
        meanImage;  ///< mean radiance of every pixel of the cube, [lines, samples]; NaN: not whole
    std::size_t size() const { return pixel.size(); }
};

/// One pass: the mean radiance of all pixels and whole spectra of some. `known` labels, when given, choose
/// the pixels; without them pixels are spread evenly and brightness labels them afterwards. `keepGoing(line)`
/// is asked after each slab. Nothing when it said no.
std::optional<Sample> takeSample(CubeReader& cube, const Bands& bands, const std::optional<Labels>& known,
                                 const FitOptions& options,
                                 const std::function<bool(std::int64_t)>& keepGoing = {});

struct ShadowModel {
    Spectra spectra;
    IlrResult ilr;
    std::shared_ptr<const Plcg> plcg;
    std::shared_ptr<const Materials> materials;  ///< null for one pair
    std::shared_ptr<const Correction> correction;
    std::vector<double> meanLit, meanShadow;  ///< [channels], in the cube's unit
    double brightnessRatio = 1;               ///< mean radiance of shadow against lit
    FitOptions options;

    /// Features of spectra, and coverage with the dead band applied (`raw` keeps it out).
    Eigen::MatrixXd features(const float* x, std::size_t pixels, float* mean, float* deviation) const {
        return spectra.features(x, pixels, ilr.basis, options.threads, mean, deviation);
    }
    Coverage coverage(const Eigen::MatrixXd& q, bool raw = false) const;
};

ShadowModel fitModel(const Sample& sample, const FitOptions& options);

/// Mean spectra [channels] of the pixels with this label.
std::vector<double> meanSpectrum(const Sample& sample, const Labels& labels, std::int8_t label);

}  // namespace hyperspectral_shadows
