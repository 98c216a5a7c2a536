// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/boundary_arrays.hpp"

#include <cstring>
#include <memory>
#include <vector>

#include "latent/dtype.hpp"

namespace latent::engine {
namespace {

constexpr int32_t kMaxRank = 16;

/// Copies a strided array to row-major order, one element at a time: plugins hand in dense arrays nearly always.
std::string gather(const abi::Array& array, std::uint64_t elements, std::size_t width) {
    std::string dense(elements * width, '\0');
    std::vector<std::int64_t> index(static_cast<std::size_t>(array.ndim), 0);
    const char* from = static_cast<const char*>(array.data);
    for (std::uint64_t i = 0; i < elements; ++i) {
        std::int64_t offset = 0;
        for (std::size_t axis = 0; axis < index.size(); ++axis) offset += index[axis] * array.strides[axis];
        std::memcpy(dense.data() + i * width, from + offset, width);
        for (std::size_t axis = index.size(); axis-- > 0 && ++index[axis] == array.shape[axis];)
            index[axis] = 0;
    }
    return dense;
}

/// The element type for a number of the boundary.
std::optional<DType> dtypeOfCode(int32_t code) {
    for (const latent::DType type : latent::kAllDTypes)
        if (static_cast<int32_t>(type) == code) return type;
    return std::nullopt;
}

/// Keeps an engine array alive on the other side.
struct Given {
    Array array;
    std::vector<std::int64_t> shape;
};

void LATENT_CALL releaseGiven(abi::Array* self) { delete static_cast<Given*>(self->owner); }

}  // namespace

Result<Borrowed> borrow(const abi::Array& array, const std::string& what) {
    const auto dtype = dtypeOfCode(array.dtype);
    if (!dtype)
        return badRequest("The plugin gave " + what + " with the unknown element type " +
                          std::to_string(array.dtype) + ".");
    if (array.ndim < 0 || array.ndim > kMaxRank || (array.ndim > 0 && !array.shape))
        return badRequest("The plugin gave " + what + " with " + std::to_string(array.ndim) +
                          " dimensions; at most " + std::to_string(kMaxRank) + " are possible.");
    Borrowed borrowed;
    borrowed.m_view.dtype = *dtype;
    for (int32_t axis = 0; axis < array.ndim; ++axis) {
        if (array.shape[axis] < 0) return badRequest("The plugin gave " + what + " with a negative extent.");
        borrowed.m_view.shape.push_back(static_cast<std::uint64_t>(array.shape[axis]));
    }
    const auto bytes = byteCount(*dtype, borrowed.m_view.shape);
    if (!bytes) return badRequest("The plugin gave " + what + " with a size that overflows.");
    if (*bytes > 0 && !array.data) return badRequest("The plugin gave " + what + " without data.");
    borrowed.m_view.data = array.data;
    if (array.strides && *bytes > 0) {
        borrowed.m_dense = gather(array, borrowed.m_view.elements(), sizeOf(*dtype));
        borrowed.m_view.data = borrowed.m_dense.data();
    }
    return borrowed;
}

void give(Array array, abi::Array* out) {
    auto given = std::make_unique<Given>();
    given->array = std::move(array);
    for (std::uint64_t extent : given->array.shape) given->shape.push_back(static_cast<std::int64_t>(extent));
    const auto code = static_cast<int32_t>(given->array.dtype);
    *out = {given->array.bytes.data(),
            given->shape.data(),
            nullptr,
            given.get(),
            &releaseGiven,
            code,
            static_cast<int32_t>(given->shape.size())};
    given.release();  // the receiver frees it
}

}  // namespace latent::engine
