// SPDX-License-Identifier: Apache-2.0
#include "engine/store/digest.hpp"

#include <algorithm>

namespace latent::engine {

void ContentDigest::begin(std::string_view kind, std::string_view name, DType dtype, const Shape& shape) {
    // Names hold no newline, so entries cannot run into each other.
    std::string head = "\n" + std::string(kind) + " " + std::string(name) + " " + std::string(nameOf(dtype));
    for (const std::uint64_t extent : shape) head += " " + std::to_string(extent);
    m_hash.update(head + "\n");
}

std::uint64_t rowsPerPiece(std::uint64_t rowBytes, std::uint64_t bytes) {
    return std::max<std::uint64_t>(1, bytes / std::max<std::uint64_t>(1, rowBytes));
}

}  // namespace latent::engine
