// SPDX-License-Identifier: Apache-2.0
#pragma once
// An identifier of HDF5 that is closed by its own function, and what of a dataset can be read here.
//
// In worker processes only (hdf5_images.hpp). One thread.

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace concept_space {

class Hdf5Handle {
  public:
    Hdf5Handle() = default;
    Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    Hdf5Handle(Hdf5Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
        std::swap(m_id, other.m_id), std::swap(m_close, other.m_close);
        return *this;
    }
    ~Hdf5Handle() {
        if (m_id >= 0) m_close(m_id);
    }
    operator hid_t() const { return m_id; }

  private:
    hid_t m_id = -1;
    herr_t (*m_close)(hid_t) = nullptr;
};

/// Chunks are read whole; larger ones have a refusal.
inline constexpr std::size_t kMostChunkBytes = std::size_t{256} << 20;

/// A dataset as its file describes it, before anything of it is read.
struct Hdf5Shape {
    enum class Kind { Bytes, Floats, WholeNumbers, Other };
    Kind kind = Kind::Other;
    std::vector<std::int64_t> extent;
    std::vector<std::int64_t> chunk;  ///< empty: stored in one piece
    std::size_t elementBytes = 0;
    std::string refusal;  ///< why it cannot be read ("lies in other files, …"); empty: it can
};

/// Never throws: a damaged dataset has a refusal.
Hdf5Shape shapeOf(hid_t dataset);

/// The strings of a text attribute: of an array of them, or of one text the words between commas. Empty where
/// there is none that can be read.
std::vector<std::string> namesIn(hid_t dataset, const char* attribute);

}  // namespace concept_space
