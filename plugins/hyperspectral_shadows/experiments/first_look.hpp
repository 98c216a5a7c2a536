// SPDX-License-Identifier: Apache-2.0
#pragma once
// A look at a cube before anything is learnt: mean radiance, missing values, some spectra.
//
// Of a large cube only some of the pieces in which the file stores it are read: an image from as many of them as
// LookLimits allow, and the spectra of a few places, which may have other bands than the image. What was read is
// said in words. One thread.
//
//     const std::optional<Look> look = lookAt(cube, LookLimits{}, [](std::int64_t, std::int64_t) { return true; });

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/piece_grid.hpp"

namespace hyperspectral_shadows {

inline constexpr std::int64_t kSpectra = 9;  ///< pixels whose spectra are shown

/// Of radiance in float32, that a look may read of a large cube.
struct LookLimits {
    std::size_t picture = std::size_t{64} << 20;
    std::size_t spectra = std::size_t{32} << 20;  ///< where they are read apart
};

struct Look {
    std::vector<std::int32_t> line;    ///< that the image has
    std::vector<float> mean, missing;  ///< [line, sample]: over the bands that were read; NaN where none was
    std::vector<std::int32_t> band;    ///< that spectra have
    std::vector<float> spectra;        ///< [band, kSpectra]
    std::vector<double> bandMean;      ///< [band]; over the pixels where it was read
    std::string words;                 ///< what is shown; empty when all of the cube is
};

/// Without limits at all of it. `keepGoing(lines done, of all)` is asked after each piece: a row of
/// packed ones may take seconds. Nothing when it said no. `pieces`: how large they may be.
std::optional<Look> lookAt(CubeReader& cube, const std::optional<LookLimits>& limits,
                           const std::function<bool(std::int64_t, std::int64_t)>& keepGoing,
                           const PieceLimits& pieces = {});

}  // namespace hyperspectral_shadows
