// SPDX-License-Identifier: Apache-2.0
#pragma once
// libhdf5's identifiers as objects, its error stack as sentences, and the one lock around it. Only for
// h5/*.cpp.
//
// Every function that calls libhdf5 first says `const auto lock = enter();`: one thread at a time is inside
// (the high-level library has no lock of its own), its errors are not printed, and filter plugins stay off.
//
//     const auto lock = enter();
//     Handle space(H5Screate_simple(rank, dims, nullptr), H5Sclose);
//     if (!space) return h5Error("Cannot write", what);

#include <hdf5.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine::h5 {

class Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close closer) : m_id(id), m_close(closer) {}
    Handle(Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            close();
            m_id = std::exchange(other.m_id, -1);
            m_close = other.m_close;
        }
        return *this;
    }
    ~Handle() { close(); }
    explicit operator bool() const { return m_id >= 0; }
    hid_t id() const { return m_id; }
    /// False when closing reports an error.
    bool close() {
        const hid_t id = std::exchange(m_id, -1);
        return id < 0 || m_close(id) >= 0;
    }

  private:
    hid_t m_id = -1;
    Close m_close = nullptr;
};

[[nodiscard]] std::unique_lock<std::recursive_mutex> enter();

/// "<action> <what>: <the innermost reason that libhdf5 gives>."
Error h5Error(std::string_view action, std::string_view what, Exit exit = Exit::Failed);

/// The type in files (little endian) and in this machine's memory.
hid_t fileType(DType dtype);
hid_t memoryType(DType dtype);
std::optional<DType> dtypeOf(hid_t type);

/// The name of a scale without values, as netCDF-4 writes it before the length.
inline constexpr std::string_view kPhonyScale = "This is a netCDF dimension but not a netCDF variable.";
inline constexpr const char* kDimsAttribute = "latent_dims";

}  // namespace latent::engine::h5
