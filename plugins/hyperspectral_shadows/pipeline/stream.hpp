// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cube a few lines at a time, with the bands that are used only. The memory that this takes does not depend
// on its length.
//
//     const Bands bands = chooseBands(cube, {});
//     forEachSlab(cube, bands, kSlabBytes, [&](const SlabView& slab) { … return keepGoing; });

#include <functional>

#include "data/cube.hpp"

namespace hyperspectral_shadows {

inline constexpr std::size_t kSlabBytes = std::size_t{48} << 20;

/// The bands that are used, in rising order.
struct Bands {
    std::vector<std::size_t> kept;
    std::vector<double> wavelengthNm;  ///< of the kept ones; their numbers where the cube has no wavelengths
    std::string words;                 ///< what was left out and why; empty when nothing was
    bool all = true;
};

/// Leaves out bands that the header calls bad, that lie outside [lowNm, highNm], or that have no number in
/// more than half of the pixels of sixteen lines. Throws when fewer than two are left.
Bands chooseBands(CubeReader& cube, std::optional<double> lowNm = {}, std::optional<double> highNm = {});

struct SlabView {
    std::int64_t first, count;  ///< lines
    const float* x;             ///< [count × samples, kept bands]; a pixel that lacks a number has NaN
    std::size_t pixels;
};
/// False when `body` said to stop.
bool forEachSlab(CubeReader& cube, const Bands& bands, std::size_t bytes,
                 const std::function<bool(const SlabView&)>& body);

/// From all bands to the kept ones, and back with NaN in the others.
void compact(const float* all, std::size_t pixels, std::size_t bands, const Bands& kept, float* out);
void expand(const float* kept, std::size_t pixels, std::size_t bands, const Bands& which, float* out);

}  // namespace hyperspectral_shadows
