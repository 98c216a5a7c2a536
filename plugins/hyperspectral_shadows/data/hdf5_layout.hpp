// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which dataset of a file is the cube, and what its dimensions run over, as known products and MATLAB write it.
// Errors are latent::RunError with a sentence that says which parameter decides.
//
//     const std::string name = radianceOf(file, options.dataset);
//     const AxisOrder order = orderOf(file.open(name), options.axes, file.path());

#include <optional>

#include "data/axis_order.hpp"
#include "data/hdf5_file.hpp"

namespace hyperspectral_shadows {

/// What a dimension of this name runs over: 'y' along the track, 'x' across it, 'c' along the spectrum, '?'
/// unknown. The names are those of MethaneAIR, MethaneSAT, EMIT and AVIRIS-NG products.
char roleOf(const std::string& dimension);

/// The dataset that holds the cube: the wanted one, that of a known product, or the only one of three dimensions.
std::string radianceOf(const Hdf5File& file, const std::string& wanted);

/// The order of three dimensions, as far as the dataset itself says it.
std::optional<AxisOrder> orderByItself(const Hdf5Dataset& set);

/// The same, or as the text `axes` says where it is not empty. `path`: of the file, for the sentence.
AxisOrder orderOf(const Hdf5Dataset& set, const std::string& axes, const std::string& path);

}  // namespace hyperspectral_shadows
