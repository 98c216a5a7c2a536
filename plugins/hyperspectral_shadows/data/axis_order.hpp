// SPDX-License-Identifier: Apache-2.0
#pragma once
// In which order a file has the three dimensions of a cube, and where a part of the cube lies in it.
//
// Pure; any thread.
//
//     const FileBox there = boxOf(axisOrder("band,y,x"), {.line = 8, .lines = 2, .samples = 178, .bands = 1024});

#include <cstdint>
#include <string>
#include <vector>

#include "data/cube.hpp"
#include "data/element.hpp"

namespace hyperspectral_shadows {

/// The places of y, x and band among the file's axes.
struct AxisOrder {
    int y = 0, x = 1, band = 2;
};
/// Of a text like "band,y,x"; throws a sentence for anything else.
AxisOrder axisOrder(const std::string& axes);

/// A part of a cube as a box of its file.
struct FileBox {
    std::vector<std::int64_t> offset, size;  ///< [3]; where it begins and how long it is, in elements along
                                             ///< the file's axes
    Strides strides;                         ///< of the box when it lies packed, in elements
    bool straight = true;                    ///< the file has [line, sample, band], as readers give it
};
FileBox boxOf(AxisOrder order, const CubeBox& part);

}  // namespace hyperspectral_shadows
