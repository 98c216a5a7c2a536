// SPDX-License-Identifier: Apache-2.0
#pragma once
// The spectra that are learnt from, and the brightness of all pixels: what a first pass over the cube takes.
//
//     const std::optional<Sample> sample = takeSample(cube, bands, known, options);
//     if (!sample) …                                                  // it was stopped

#include <functional>
#include <optional>

#include "pipeline/labels.hpp"
#include "pipeline/options.hpp"
#include "pipeline/sunlight.hpp"

namespace hyperspectral_shadows {

/// Spectra spread over the cube, with what is known of them.
struct Sample {
    std::vector<float> x;               ///< [pixels, channels]
    std::vector<std::size_t> pixel;     ///< [pixels]; their place in the image
    Labels labels;                      ///< [pixels]
    std::vector<std::uint8_t> heldOut;  ///< [pixels]; whether the block of the pixel is held out
    std::size_t channels = 0;
    Sunlight sunlight;  ///< what that rule did, where it was asked for
    /// [pixels] where it told: whether the label of a pixel is from its light (dark pixels); else empty
    std::vector<std::uint8_t> byLight;
    Labels image;  ///< by the rule, of every pixel of the cube, [lines, samples]
    /// Mean radiance of every pixel of the cube, [lines, samples]; NaN: not whole
    std::vector<float> meanImage;
    std::size_t size() const { return pixel.size(); }
};

/// One pass: the mean radiance of all pixels and whole spectra of some. `known` labels, when given, choose
/// the pixels; without them pixels are spread evenly and brightness labels them afterwards. `keepGoing(line)`
/// is asked after each slab. Nothing when it said no.
std::optional<Sample> takeSample(CubeReader& cube, const Bands& bands, const std::optional<Labels>& known,
                                 const FitOptions& options,
                                 const std::function<bool(std::int64_t)>& keepGoing = {});

}  // namespace hyperspectral_shadows
