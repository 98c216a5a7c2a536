// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays as an npz archive, for numpy.load and for openNumpyFile(). Members are stored, not deflated, so that they can be mapped.
//
// Written beside the target and renamed: nobody sees half a file. Throws UsageError for a name that comes twice or is no plain one,
// RunError when the file cannot be written or would be larger than the 4 GiB that the format holds. Little-endian; any thread.
//
//     writeNpz("chains.npz", {{"transition", {matrices, {64, 10, 10}}}, {"prior", prior}});

#include <filesystem>
#include <latent/array.hpp>
#include <string>
#include <utility>
#include <vector>

namespace latent::learn {

void writeNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, ArrayView>>& arrays);

}  // namespace latent::learn
