// SPDX-License-Identifier: Apache-2.0
#pragma once
// Random fields and blurs on images, without Fourier transforms: what surfaces, clouds and penumbras are made of. Pure.
//
//     std::vector<float> field = smoothField(stream, 64, 64, 5);

#include <latent/learn/random.hpp>
#include <vector>

namespace hyperspectral_shadows {

/// Gaussian noise smoothed over `width` pixels (three running means each way), of mean 0 and deviation 1. [lines, samples]
std::vector<float> smoothField(latent::learn::RandomStream random, std::int64_t lines, std::int64_t samples,
                               double width);

/// Convolution with a disk and then with a Gaussian, radius and deviation in pixels; edges are repeated.
std::vector<float> penumbra(const std::vector<float>& mask, std::int64_t lines, std::int64_t samples,
                            double diskRadius, double deviation);

}  // namespace hyperspectral_shadows
