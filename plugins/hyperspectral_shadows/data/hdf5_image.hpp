// SPDX-License-Identifier: Apache-2.0
#pragma once
// Images that lie in HDF5 beside a cube: masks, coverage, longitudes.
//
// What is known of their order decides: names of the dimensions; MATLAB's habit of storing the last index
// first; else the shape, and for squares the order of the cube. One thread.
//
//     const auto mask = readMask("masks.nc", "cloud_shadow_mask", lines, samples);

#include "data/hdf5_file.hpp"

namespace hyperspectral_shadows {

/// A two-dimensional dataset as [lines, samples]; nothing where it has another size. `acrossFirst`: the cube
/// has its samples before its lines.
std::optional<std::vector<float>> readImage(const Hdf5Dataset& set, std::int64_t lines, std::int64_t samples,
                                            bool acrossFirst, Fill fill);

/// 0 and 1 are what masks and coverage are made of, so they stay numbers where the file calls one of them its
/// fill value.
Fill fillOfMask(const Hdf5Dataset& set);

/// Masks of the labelled MethaneAIR/MethaneSAT set (doi 10.7910/DVN/IKLZOJ) or any two-dimensional dataset by
/// name: `cloud_mask`, `cloud_shadow_mask`, `dark_surface_mask`. A mask of whole frames is cut to rows 0:300
/// and columns 27:199, as that set's own code does, when the image has that size. [lines, samples], nothing
/// when the file has no such name. Throws latent::RunError where the mask has another size.
std::optional<std::vector<float>> readMask(const std::string& path, const std::string& name,
                                           std::int64_t lines, std::int64_t samples);

}  // namespace hyperspectral_shadows
