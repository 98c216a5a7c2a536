// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays as authors handle them: ArrayView borrows memory of yours, Array owns memory that came from the host.
//
// A view is dense and row-major (the last index runs fastest) and valid as long as what it points to; publish() and
// write() copy before they return. An Array releases its memory when it goes. Plain values; one thread at a time.
//
//     std::vector<double> weights(frames * d * d);
//     job.publish("weights", latent::ArrayView(weights.data(), {frames, d, d}));
//     latent::Array loss = run.read("ood_loss");
//     for (double x : loss.toDoubles()) …

#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "latent/abi/types.hpp"
#include "latent/dtype.hpp"
#include "latent/error.hpp"

namespace latent {

/// Dense row-major memory of the caller.
class ArrayView {
  public:
    template <class T>
    ArrayView(const T* data, std::vector<int64_t> shape)
        : m_data(data), m_dtype(dtypeOf<T>()), m_shape(std::move(shape)) {}
    ArrayView(const void* data, DType dtype, std::vector<int64_t> shape)
        : m_data(data), m_dtype(dtype), m_shape(std::move(shape)) {}
    /// One dimension of the vector's length.
    template <class T>
    ArrayView(const std::vector<T>& values) : ArrayView(values.data(), {static_cast<int64_t>(values.size())}) {}
    template <class T>
    ArrayView(const std::vector<T>& values, std::vector<int64_t> shape) : ArrayView(values.data(), std::move(shape)) {
        if (count() != static_cast<int64_t>(values.size()))
            throw UsageError("ArrayView: the shape has " + std::to_string(count()) + " elements, the vector " +
                             std::to_string(values.size()) + ".");
    }

    const void* data() const { return m_data; }
    DType dtype() const { return m_dtype; }
    const std::vector<int64_t>& shape() const { return m_shape; }
    int64_t count() const {
        int64_t n = 1;
        for (int64_t s : m_shape) n *= s;
        return n;
    }
    /// The same as plain data for the boundary; borrows this view.
    abi::Array raw() const {
        return {m_data, m_shape.data(), nullptr, nullptr, nullptr, static_cast<int32_t>(m_dtype),
                static_cast<int32_t>(m_shape.size())};
    }

  private:
    const void* m_data;
    DType m_dtype;
    std::vector<int64_t> m_shape;
};

/// A dense array that the host made; moves, does not copy.
class Array {
  public:
    Array() = default;
    explicit Array(const abi::Array& raw) : m_raw(raw) {
        if (raw.ndim > 0) m_shape.assign(raw.shape, raw.shape + raw.ndim);
    }
    Array(Array&& other) noexcept { swap(other); }
    Array& operator=(Array&& other) noexcept {
        swap(other);
        return *this;
    }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() {
        if (m_raw.release) m_raw.release(&m_raw);
    }

    DType dtype() const { return static_cast<DType>(m_raw.dtype); }
    const std::vector<int64_t>& shape() const { return m_shape; }
    int64_t extent(std::size_t axis) const { return m_shape.at(axis); }
    std::size_t count() const {
        std::size_t n = 1;
        for (int64_t s : m_shape) n *= static_cast<std::size_t>(s);
        return n;
    }
    const void* data() const { return m_raw.data; }

    /// The elements as they are; throws UsageError when T is not the element type.
    template <class T>
    std::span<const T> as() const {
        if (dtypeOf<T>() != dtype())
            throw UsageError("Array::as: the elements are " + std::string(nameOf(dtype())) + ", not " +
                             std::string(nameOf(dtypeOf<T>())) + ".");
        return {static_cast<const T*>(m_raw.data), count()};
    }
    /// The elements converted, whatever they are.
    std::vector<double> toDoubles() const {
        std::vector<double> values(count());
        const auto convert = [&]<class T>(T) {
            const T* from = static_cast<const T*>(m_raw.data);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(from[i]);
        };
        switch (dtype()) {
            case DType::F32: convert(float{}); break;
            case DType::F64: convert(double{}); break;
            case DType::I8: convert(int8_t{}); break;
            case DType::I16: convert(int16_t{}); break;
            case DType::I32: convert(int32_t{}); break;
            case DType::I64: convert(int64_t{}); break;
            case DType::U8: convert(uint8_t{}); break;
            case DType::U16: convert(uint16_t{}); break;
            case DType::U32: convert(uint32_t{}); break;
            case DType::U64: convert(uint64_t{}); break;
        }
        return values;
    }

  private:
    void swap(Array& other) noexcept {
        std::swap(m_raw, other.m_raw);
        std::swap(m_shape, other.m_shape);
    }
    abi::Array m_raw{};
    std::vector<int64_t> m_shape;
};

}  // namespace latent
