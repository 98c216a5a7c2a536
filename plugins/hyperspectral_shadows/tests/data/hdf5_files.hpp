// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cube of 3 lines, 4 samples and 5 bands in HDF5, with dimensions of any names and order.
#include "cube_files.hpp"

inline constexpr hsize_t kLines = 3, kSamples = 4, kBands = 5;

/// Names of the scales for y, x and band, and the order in which the file has them ("yxc").
struct Layout {
    std::string y, x, c, order;
};

struct Writer {
    TestH5 file;
    Layout layout;
    Writer(const std::string& path, Layout it) : file(path), layout(std::move(it)) {
        for (const auto& [name, size] :
             {std::pair{layout.y, kLines}, {layout.x, kSamples}, {layout.c, kBands}})
            if (!name.empty()) file.scale(name, size);
    }
    void cube(const std::string& path, const std::function<float(hsize_t, hsize_t, hsize_t)>& value) {
        std::vector<std::string> names;
        std::vector<hsize_t> shape;
        for (const char axis : layout.order) {
            names.push_back(axis == 'y' ? layout.y : axis == 'x' ? layout.x : layout.c);
            shape.push_back(axis == 'y' ? kLines : axis == 'x' ? kSamples : kBands);
        }
        file.put(path, names, shape, [&](const std::vector<hsize_t>& at) {
            return value(at[layout.order.find('y')], at[layout.order.find('x')], at[layout.order.find('c')]);
        });
    }
};

inline float plain(hsize_t y, hsize_t x, hsize_t c) {
    return valueAt(static_cast<std::int64_t>(y), static_cast<std::int64_t>(x), static_cast<std::int64_t>(c));
}

inline float at(const std::vector<float>& all, hsize_t y, hsize_t x, hsize_t c) {
    return all[(y * kSamples + x) * kBands + c];
}
