// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last pass: every pixel's features, coverage and corrected spectrum, a few lines at a time.
//
//     removeShadow(cube, bands, model, HardMask::No, [&](const Removed& r) { write(r); return true; });

#include "pipeline/fit.hpp"

namespace hyperspectral_shadows {

/// Flags of a pixel; several may be set.
enum PixelFlag : std::uint8_t {
    kNoSpectrum =
        1,         ///< a number is missing: no coverage, radiance as it was read (flagged and filled values
                   ///< are NaN)
    kOutlier = 2,  ///< called lit, but far from the lit pixels (cloud, water, a material not labelled)
    kMixed = 4,    ///< between lit and shadow by more than two Fisher errors on both sides
};

/// Whether the same correction is made with coverage 0 or 1 too, and what is kept of it.
enum class HardMask { No, Mean, Cube };

/// What one slab gave; borrowed for the length of the call. Spectra hold the kept bands.
struct Removed {
    std::int64_t first, count;
    std::size_t pixels;
    const float *x, *corrected;      ///< [pixels, kept bands]
    const float* hardCorrected;      ///< null unless HardMask::Cube
    const float* correctedMean;      ///< [pixels]; mean corrected radiance, in the cube's unit
    const float* hardCorrectedMean;  ///< the same by the hard mask; null for HardMask::No
    const Coverage* coverage;
    const std::uint8_t* flags;  ///< [pixels] of PixelFlag
};

/// `body` is called on the calling thread, slab by slab. False when it said to stop.
bool removeShadow(CubeReader& cube, const Bands& bands, const ShadowModel& model, HardMask hardMask,
                  const std::function<bool(const Removed&)>& body);

}  // namespace hyperspectral_shadows
