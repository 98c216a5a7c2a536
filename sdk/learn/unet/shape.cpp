// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/unet/shape.hpp"

#include "layout.hpp"

namespace latent::learn::unet {
namespace {

constexpr std::int64_t kMostParameters = std::int64_t{1} << 30;
constexpr std::int64_t kMostActivations = std::int64_t{1} << 31;  // floats of the widest map of one image
constexpr std::int64_t kMostScores = std::int64_t{1} << 28;  // floats of all heads' attention of one image

}  // namespace

std::vector<std::string> Shape::validate() const {
    std::vector<std::string> wrong;
    const auto inside = [&](const char* name, int value, int low, int high) {
        if (value < low || value > high)
            wrong.push_back("The " + std::string(name) + " of a U-Net is " + std::to_string(value) +
                            "; it must be between " + std::to_string(low) + " and " + std::to_string(high) +
                            ".");
        return value >= low && value <= high;
    };
    inside("number of image channels", channels, 1, 256);
    inside("number of levels", levels(), 1, 8);
    inside("number of blocks of a level", blocks, 1, 16);
    inside("number of conditions", conditions, 0, 1024);
    inside("width of the time embedding", timeWidth, 1, 4096);
    inside("width of the common embedding", embeddingWidth, 1, 4096);
    if (inside("number of sinusoids", sinusoids, 2, 1024) && sinusoids % 2 != 0)
        wrong.push_back("The number of sinusoids must be even.");
    if (!inside("number of groups", groups, 1, 1024) || levels() < 1 || levels() > 8) return wrong;
    std::int64_t widest = 1;
    for (std::size_t l = 0; l < widths.size(); ++l) {
        const int w = widths[l];
        if (w < 16 || w > 2048 || w % 16 != 0)
            wrong.push_back("The width of level " + std::to_string(l) + " is " + std::to_string(w) +
                            "; widths are multiples of 16 up to 2048.");
        else if (w % groups != 0)
            wrong.push_back("The width of level " + std::to_string(l) + ", " + std::to_string(w) +
                            ", is not divisible into " + std::to_string(groups) + " groups.");
        widest = std::max<std::int64_t>(widest, w);
    }
    const int factor = 1 << (levels() - 1);
    for (const auto& [name, side] : {std::pair{"height", height}, {"width", width}})
        if (inside(name, side, 1, 1 << 14) && (side % factor != 0 || side < factor))
            wrong.push_back("The " + std::string(name) + " of " + std::to_string(side) +
                            " pixels cannot be halved " + std::to_string(levels() - 1) +
                            " times; make it a multiple of " + std::to_string(factor) + ".");
    if (attention && (heads < 1 || widths.back() % heads != 0 || widths.back() / heads % 16 != 0))
        wrong.push_back("The attention's heads must cut the last width, " + std::to_string(widths.back()) +
                        ", into multiples of 16; there are " + std::to_string(heads) + ".");
    if (!wrong.empty()) return wrong;
    if (static_cast<std::int64_t>(height) * width * widest > kMostActivations)
        wrong.push_back("The images are larger than a U-Net of these widths can hold.");
    const std::int64_t deepest = static_cast<std::int64_t>(height / factor) * (width / factor);
    if (attention && deepest * deepest > kMostScores / heads)
        wrong.push_back("The attention over " + std::to_string(deepest) + " pixels in " +
                        std::to_string(heads) +
                        " heads needs more than a gigabyte for each image; add levels or switch it off.");
    // A bound that is cheap: every level has 2·blocks + 2 blocks of two 3×3 convolutions of at most twice the
    // width.
    if (widest * widest * 27 * 2 * (2 * blocks + 2) * levels() > kMostParameters * 4)
        wrong.push_back("The U-Net would have more than a thousand million parameters.");
    return wrong;
}

std::int64_t Shape::parameterCount() const {
    return static_cast<std::int64_t>(detail::Layout(*this).flatFloats);
}

int Shape::latentWidth() const {
    if (conditions == 0) return 0;
    return conditioning == Conditioning::CommonLinear ? embeddingWidth : detail::Layout(*this).vectorWidth;
}

double Shape::flopsPerImage() const {
    const detail::Layout layout(*this);
    double total = 0;
    const auto add = [&](const detail::Matrix& m, double pixels) {
        total += 2.0 * m.taps * m.ins * m.outs * pixels;
    };
    const auto block = [&](const detail::BlockSlots& b, double pixels) {
        add(b.conv1.weight, pixels);
        add(b.conv2.weight, pixels);
        add(b.skip.weight, pixels);
        for (const detail::Map* map : {&b.time0, &b.time2, &b.condition0, &b.condition2}) add(map->weight, 1);
    };
    for (const detail::Map* map : {&layout.time0, &layout.time2, &layout.embed0, &layout.embed2})
        add(map->weight, 1);
    double pixels = static_cast<double>(height) * width;
    add(layout.input.weight, pixels);
    add(layout.output.weight, pixels);
    for (std::size_t l = 0; l < widths.size(); ++l, pixels /= 4) {
        for (const auto& b : layout.down[l]) block(b, pixels);
        for (const auto& b : layout.up[l]) block(b, pixels);
        if (l + 1 < widths.size()) add(layout.pool[l].weight, pixels / 4);
        if (l > 0) add(layout.grow[l].weight, pixels);
        if (l + 1 < widths.size()) continue;
        block(layout.middle[0], pixels);
        block(layout.middle[1], pixels);
        if (!attention) continue;
        add(layout.attention.qkv.weight, pixels);
        add(layout.attention.out.weight, pixels);
        total += 4.0 * pixels * pixels * widths.back();
    }
    return total;
}

std::vector<Tensor> tensorsOf(const Shape& shape) { return detail::Layout(shape).tensors; }

}  // namespace latent::learn::unet
