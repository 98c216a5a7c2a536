// SPDX-License-Identifier: Apache-2.0
#pragma once
// The little of HDF5 that cubes need: a file whose datasets are listed without following links out of it,
// their dimensions by name, and boxes of them as float32.
//
// libhdf5 1.10 is not safe against files that were made to harm it, so this runs in worker processes only.
// Filters are never loaded from outside. One thread.
//
//     Hdf5File file("scene.nc");
//     const Hdf5Dataset set = file.open("Band1/Radiance");
//     set.read({0, 0, 0}, {8, 178, 1024}, values.data());

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/hdf5_chunks.hpp"

namespace hyperspectral_shadows {

/// The words of an attribute of a file or a dataset; empty where there is none.
std::string textAttribute(hid_t object, const char* name);

/// What a value equal to the fill value is: not there, or the number that it is (0 in a mask).
enum class Fill { Missing, Number };

class Hdf5Dataset {
  public:
    Hdf5Dataset(hid_t file, std::string path, std::string fileName);
    /// Opens it anew with accessKeepingRows(), where there is any; it may not be open elsewhere.
    void keepRows(int linesAxis);

    const std::string& path() const { return m_path; }
    const std::vector<std::int64_t>& shape() const { return m_shape; }
    /// Names of the dimensions, from scales or labels; an empty name where the file has none.
    std::vector<std::string> dimensions() const;
    std::string text(const char* attribute) const { return textAttribute(m_id.get(), attribute); }
    /// What stands where nothing was written: the attribute `_FillValue`, or netCDF's own for floats.
    std::optional<double> fillValue() const { return m_fill; }
    /// A box in the file's order, converted to float32, with NaN for the fill value. Throws a sentence, also
    /// where a filter is missing.
    void read(const std::vector<std::int64_t>& offset, const std::vector<std::int64_t>& count, float* out,
              Fill fill = Fill::Missing) const;
    /// All of it, with NaN for the fill value; at most 2^24 values.
    std::vector<double> readDoubles() const;
    hid_t id() const { return m_id.get(); }

  private:
    std::optional<double> readFill() const;

    std::string m_path, m_file;
    Hdf5Id m_id;
    std::vector<std::int64_t> m_shape;
    std::optional<double> m_fill;
};

class Hdf5File {
  public:
    explicit Hdf5File(const std::string& path);
    /// Paths of all datasets, of numbers or not, without leading slash (the first 20,000); links out of the
    /// file and soft links are not followed.
    const std::vector<std::string>& datasets() const { return m_datasets; }
    bool has(const std::string& dataset) const;
    Hdf5Dataset open(const std::string& dataset) const;
    /// The first dataset of these names that is there.
    std::optional<std::string> firstOf(const std::vector<std::string>& names) const;
    const std::string& path() const { return m_path; }
    hid_t id() const { return m_id.get(); }

  private:
    std::string m_path;
    Hdf5Id m_id;
    std::vector<std::string> m_datasets;
};

/// Whether the file begins as HDF5 does (at 0, 512, 1024, …).
bool looksLikeHdf5(const std::string& path);

}  // namespace hyperspectral_shadows
