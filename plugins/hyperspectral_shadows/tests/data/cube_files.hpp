// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small cubes in files, written by the tests byte by byte or through HDF5 itself, never by the code under test.
#include <hdf5.h>
#include <hdf5_hl.h>

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <latent/error.hpp>
#include <string>
#include <vector>

#include "data/cube.hpp"

/// A value that tells where it is from: exact in every type of two bytes or more.
inline float valueAt(std::int64_t y, std::int64_t x, std::int64_t c) {
    return static_cast<float>(100 * y + 10 * x + c + 1);
}

template <class Body>
std::string refusal(Body body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return {};
}

/// A cube read at once. Line by line, in two parts, and in boxes that cut it along each dimension, it must be the
/// same bit for bit, or the test fails.
inline std::vector<float> whole(hyperspectral_shadows::CubeReader& cube) {
    const auto& header = cube.header();
    std::vector<float> all(header.pixels() * static_cast<std::size_t>(header.bands));
    cube.read(0, header.lines, all.data());
    for (const std::int64_t part : {std::int64_t{1}, (header.lines + 1) / 2}) {
        std::vector<float> again(all.size());
        for (std::int64_t y = 0; y < header.lines; y += part)
            cube.read(y, std::min(part, header.lines - y),
                      again.data() + static_cast<std::size_t>(y) * header.valuesPerLine());
        if (std::memcmp(again.data(), all.data(), all.size() * sizeof(float)) != 0)
            QTest::qFail("Lines together are not the lines one by one.", __FILE__, __LINE__);
    }
    const std::int64_t y = header.lines / 2, x = header.samples / 2, c = header.bands / 2;
    for (const hyperspectral_shadows::CubeBox& box :
         {hyperspectral_shadows::CubeBox{0, 0, 0, y, x, c},
          {y, x, c, header.lines - y, header.samples - x, header.bands - c},
          {0, x, 0, header.lines, 1, header.bands}}) {
        std::vector<float> part(box.values()), same;
        cube.readBox(box, part.data());
        for (std::int64_t line = box.line; line < box.line + box.lines; ++line)
            for (std::int64_t sample = box.sample; sample < box.sample + box.samples; ++sample)
                for (std::int64_t band = box.band; band < box.band + box.bands; ++band)
                    same.push_back(all[static_cast<std::size_t>(
                        (line * header.samples + sample) * header.bands + band)]);
        if (!part.empty() && std::memcmp(part.data(), same.data(), same.size() * sizeof(float)) != 0)
            QTest::qFail("A part of the cube is not what the whole has there.", __FILE__, __LINE__);
    }
    return all;
}

inline void writeFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// The bytes of a cube of this type in the order that `interleave` names ("bsq", "bil", "bip"), values as valueAt().
template <class T>
std::string cubeBytes(const std::string& interleave, int lines, int samples, int bands, bool swapped) {
    std::string bytes;
    const auto put = [&](int y, int x, int c) {
        const T value = static_cast<T>(valueAt(y, x, c));
        char raw[sizeof(T)];
        std::memcpy(raw, &value, sizeof(T));
        if (swapped) std::reverse(raw, raw + sizeof(T));
        bytes.append(raw, sizeof(T));
    };
    if (interleave == "bsq")
        for (int c = 0; c < bands; ++c)
            for (int y = 0; y < lines; ++y)
                for (int x = 0; x < samples; ++x) put(y, x, c);
    if (interleave == "bil")
        for (int y = 0; y < lines; ++y)
            for (int c = 0; c < bands; ++c)
                for (int x = 0; x < samples; ++x) put(y, x, c);
    if (interleave == "bip")
        for (int y = 0; y < lines; ++y)
            for (int x = 0; x < samples; ++x)
                for (int c = 0; c < bands; ++c) put(y, x, c);
    return bytes;
}

/// An HDF5 file that is being made by a test.
class TestH5 {
  public:
    /// `before`: bytes of another program before the HDF5 begins.
    explicit TestH5(const std::string& path, hsize_t before = 0) {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        const hid_t list = H5Pcreate(H5P_FILE_CREATE);
        H5Pset_userblock(list, before);
        m_file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, list, H5P_DEFAULT);
        H5Pclose(list);
    }
    ~TestH5() { H5Fclose(m_file); }

    void scale(const std::string& name, hsize_t size) {
        std::vector<float> zeros(size);
        H5LTmake_dataset_float(m_file, name.c_str(), 1, &size, zeros.data());
        const hid_t set = H5Dopen2(m_file, name.c_str(), H5P_DEFAULT);
        H5DSset_scale(set, "");
        H5Dclose(set);
    }
    /// A dataset over named scales (an empty name: none), with values by index.
    void put(const std::string& path, const std::vector<std::string>& scales,
             const std::vector<hsize_t>& shape,
             const std::function<float(const std::vector<hsize_t>&)>& value, hid_t type = H5T_IEEE_F32LE,
             const float* fill = nullptr) {
        std::vector<float> values;
        std::vector<hsize_t> at(shape.size(), 0);
        for (bool more = true; more;) {
            values.push_back(value(at));
            more = false;
            for (std::size_t d = shape.size(); d-- > 0 && !more;)
                if (++at[d] < shape[d])
                    more = true;
                else
                    at[d] = 0;
        }
        const hid_t list = H5Pcreate(H5P_LINK_CREATE),
                    space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
        H5Pset_create_intermediate_group(list, 1);
        const hid_t made = H5Pcreate(H5P_DATASET_CREATE);
        if (fill) H5Pset_fill_value(made, H5T_NATIVE_FLOAT, fill);
        const hid_t set = H5Dcreate2(m_file, path.c_str(), type, space, list, made, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        for (unsigned d = 0; d < scales.size(); ++d)
            if (!scales[d].empty()) {
                const hid_t scale = H5Dopen2(m_file, scales[d].c_str(), H5P_DEFAULT);
                H5DSattach_scale(set, scale, d);
                H5Dclose(scale);
            }
        H5Dclose(set), H5Sclose(space), H5Pclose(list), H5Pclose(made);
    }
    void fill(const std::string& path, float value) {
        H5LTset_attribute_float(m_file, path.c_str(), "_FillValue", &value, 1);
    }
    void text(const std::string& path, const std::string& name, const std::string& words) {
        H5LTset_attribute_string(m_file, path.c_str(), name.c_str(), words.c_str());
    }
    hid_t id() const { return m_file; }

  private:
    hid_t m_file = -1;
};
