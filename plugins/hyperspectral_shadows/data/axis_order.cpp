// SPDX-License-Identifier: Apache-2.0
#include "data/axis_order.hpp"

#include <latent/error.hpp>
#include <sstream>

namespace hyperspectral_shadows {

AxisOrder axisOrder(const std::string& axes) {
    AxisOrder order{-1, -1, -1};
    std::stringstream text(axes);
    std::string word;
    int place = 0;
    for (; std::getline(text, word, ','); ++place) {
        int& target = word == "y"                     ? order.y
                      : word == "x"                   ? order.x
                      : word == "band" || word == "c" ? order.band
                                                      : place;
        if (&target == &place || target >= 0) break;
        target = place;
    }
    if (place != 3 || order.y < 0 || order.x < 0 || order.band < 0)
        throw latent::RunError(
            "The parameter 'axes' must name y, x and band once each, in the order of the file, as y,x,band; "
            "it is '" +
            axes.substr(0, 60) + "'.");
    return order;
}

FileBox boxOf(AxisOrder order, const CubeBox& part) {
    FileBox box{std::vector<std::int64_t>(3), std::vector<std::int64_t>(3), {}, order.y == 0 && order.x == 1};
    const auto put = [&](int axis, std::int64_t first, std::int64_t count) {
        box.offset[static_cast<std::size_t>(axis)] = first, box.size[static_cast<std::size_t>(axis)] = count;
    };
    put(order.y, part.line, part.lines);
    put(order.x, part.sample, part.samples);
    put(order.band, part.band, part.bands);
    const std::int64_t stride[3] = {box.size[1] * box.size[2], box.size[2], 1};
    box.strides = {stride[order.y], stride[order.x], stride[order.band]};
    return box;
}

}  // namespace hyperspectral_shadows
