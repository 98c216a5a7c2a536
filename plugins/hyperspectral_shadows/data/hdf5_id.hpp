// SPDX-License-Identifier: Apache-2.0
#pragma once
// What libhdf5 has open, closed by whom it belongs to.
//
//     const Hdf5Id space(H5Dget_space(set), H5Sclose);

#include <hdf5.h>

#include <utility>

namespace hyperspectral_shadows {

/// An HDF5 id that is closed by its own function.
class Hdf5Id {
  public:
    Hdf5Id() = default;
    Hdf5Id(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    Hdf5Id(Hdf5Id&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Hdf5Id& operator=(Hdf5Id&& other) noexcept {
        std::swap(m_id, other.m_id), std::swap(m_close, other.m_close);
        return *this;
    }
    ~Hdf5Id() {
        if (m_id >= 0) m_close(m_id);
    }
    hid_t get() const { return m_id; }
    explicit operator bool() const { return m_id >= 0; }

  private:
    hid_t m_id = -1;
    herr_t (*m_close)(hid_t) = nullptr;
};

}  // namespace hyperspectral_shadows
