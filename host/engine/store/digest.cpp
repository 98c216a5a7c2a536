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

Status inPieces(const Shape& shape, std::uint64_t elementBytes,
                const std::function<Status(const Shape&, const Shape&)>& visit, std::uint64_t bytes) {
    Shape start(shape.size(), 0), count = shape;
    if (shape.empty()) return visit(start, count);
    if (std::find(shape.begin(), shape.end(), std::uint64_t{0}) != shape.end()) return ok();
    // Along the first axis whose rows fit; one by one along those before it.
    std::uint64_t rowBytes = elementBytes;
    for (std::size_t i = 1; i < shape.size(); ++i) rowBytes *= shape[i];
    std::size_t axis = 0;
    while (axis + 1 < shape.size() && rowBytes > bytes) {
        count[axis] = 1;
        rowBytes /= shape[++axis];
    }
    const std::uint64_t piece = rowsPerPiece(rowBytes, bytes);
    while (true) {
        for (start[axis] = 0; start[axis] < shape[axis]; start[axis] += piece) {
            count[axis] = std::min(piece, shape[axis] - start[axis]);
            LATENT_CHECK(visit(start, count));
        }
        start[axis] = 0;
        std::size_t next = axis;
        while (next > 0 && ++start[next - 1] == shape[next - 1]) start[--next] = 0;
        if (next == 0) return ok();
    }
}

}  // namespace latent::engine
