// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays as an npz archive, for numpy.load and for openNumpyFile(). Members are stored, not deflated: quick to write
// and to read.
//
// Written beside the target and renamed: nobody sees half a file. Throws UsageError for a name that comes twice or is no plain one,
// RunError when the file cannot be written or would be larger than kMostNpzBytes. Little-endian; any thread.
//
//     writeNpz("chains.npz", {{"transition", {matrices, {64, 10, 10}}}, {"prior", prior}});

#include <cstdint>
#include <filesystem>
#include <latent/array.hpp>
#include <string>
#include <utility>
#include <vector>

namespace latent::learn {

/// Of an archive without zip64: 4 GiB.
inline constexpr std::uint64_t kMostNpzBytes = UINT32_MAX;

/// Bytes of the archive that writeNpz would write.
std::uint64_t npzBytes(const std::vector<std::pair<std::string, ArrayView>>& arrays);

void writeNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, ArrayView>>& arrays);

}  // namespace latent::learn
