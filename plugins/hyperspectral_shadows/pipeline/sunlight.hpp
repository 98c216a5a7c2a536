// SPDX-License-Identifier: Apache-2.0
#pragma once
// Dark pixels that are lit after all: a dark surface in the sun is as dark as shadow, but its light is still
// the sun's.
//
// A lit spectrum is sunlight times a reflectance that is smooth in wavelength, plus light from the path
// through the air that does not depend on the surface. So what is left of it when sunlight times a cubic is
// fitted away falls on a line against its brightness, and bright pixels, which are surely lit, tell that
// line. What the light of the sky has beside (lines of another depth) leaves it. Ours; the paper's rule for
// labels is not known to us.
//
//     const Sunlight s = relabelBySunlight(x, pixels, channels, labels);     // labels by brightness before
//     if (!s.tells) …                                                        // nothing was changed

#include <cstddef>

#include "pipeline/labels.hpp"

namespace hyperspectral_shadows {

struct Sunlight {
    bool tells = false;  ///< whether the light of shadow differs enough from the sun's; if not, labels are as
                         ///< they were
    double apart =
        0;  ///< how far the clearest shadow lies from the line, in deviations of bright pixels from it
    std::size_t lit = 0, unsure = 0;  ///< pixels that were called shadow and are lit now, or neither
};

/// x [pixels, channels] with the labels that brightness gave (rows that are labelled must have numbers only).
/// Shadow lies on one side of the line, and only distances to that side count: of the pixels called shadow
/// those that lie on the other side, or within one deviation of bright pixels from the line, become lit, those
/// within two neither. Those that are as dark as the darkest twentieth of what remains of shadow are neither,
/// too: shadow over a dark surface has too little light of any kind. Where the clearest tenth lies nearer to
/// the line than four, nothing is changed: the light of the sky is too like the sun's.
Sunlight relabelBySunlight(const float* x, std::size_t pixels, std::size_t channels, Labels& labels);

}  // namespace hyperspectral_shadows
