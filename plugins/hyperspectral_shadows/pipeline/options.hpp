// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be chosen about learning, finding and removing shadow.

#include "model/correction.hpp"
#include "model/ilr/ilr.hpp"
#include "pipeline/stream.hpp"

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
        false;             ///< of pixels that brightness calls shadow, those whose light is the sun's are lit
    int blockPixels = 16;  ///< side of the squares that are trained on or held out, in turn
    std::size_t mostPixels = 60'000;
    std::size_t sampleBytes = std::size_t{160} << 20;
    std::size_t slabBytes = kSlabBytes;  ///< of the cube that are worked on together
    int threads = 1;
};

}  // namespace hyperspectral_shadows
