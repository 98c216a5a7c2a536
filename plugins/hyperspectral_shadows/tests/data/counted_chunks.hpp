// SPDX-License-Identifier: Apache-2.0
#pragma once
// Datasets in chunks that count how often they are packed and unpacked.
#include <hdf5.h>

#include <array>
#include <string>
#include <vector>

inline std::size_t chunksUnpacked = 0, chunksPacked = 0;

/// A filter that leaves bytes as they are.
inline std::size_t countChunk(unsigned flags, std::size_t, const unsigned*, std::size_t bytes, std::size_t*,
                              void**) {
    ++(flags & H5Z_FLAG_REVERSE ? chunksUnpacked : chunksPacked);
    return bytes;
}

using Sizes = std::array<hsize_t, 3>;

/// A file of datasets that are counted when they are read or written; dimensions have no names.
class CountedFile {
  public:
    explicit CountedFile(const std::string& path)
        : m_file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
        const H5Z_class2_t filter{H5Z_CLASS_T_VERS, 30'000, 1, 1, "counting", nullptr, nullptr, countChunk};
        H5Zregister(&filter);
    }
    ~CountedFile() { H5Fclose(m_file); }
    CountedFile(const CountedFile&) = delete;
    CountedFile& operator=(const CountedFile&) = delete;

    void put(const std::string& name, const Sizes& shape, const Sizes& chunk,
             const std::vector<float>& values) {
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, shape.data(), nullptr);
        H5Pset_chunk(list, 3, chunk.data());
        H5Pset_filter(list, 30'000, 0, 0, nullptr);
        const hid_t set =
            H5Dcreate2(m_file, name.c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(set), H5Sclose(space), H5Pclose(list);
    }

  private:
    hid_t m_file;
};
