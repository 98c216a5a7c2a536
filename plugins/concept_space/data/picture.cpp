// SPDX-License-Identifier: Apache-2.0
#include "data/picture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <latent/error.hpp>
#include <string_view>

#include "data/jpeg_image.hpp"
#include "data/png_image.hpp"

namespace concept_space {
namespace {

/// Of numbers from 0 to `most`.
template <class Number>
std::vector<float> averagedSquare(const Number* rgb, int width, int height, int side, double most) {
    const int edge = std::min(width, height), left = (width - edge) / 2, top = (height - edge) / 2;
    if (side < 1 || side > edge)
        throw latent::RunError("A picture of " + std::to_string(width) + " × " + std::to_string(height) +
                               " pixels is smaller than " + std::to_string(side) + " × " +
                               std::to_string(side) + ".");
    const double scale = static_cast<double>(edge) / side;
    std::vector<float> out(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
    // Weights of the pixels that an output pixel covers, parts of pixels at its ends too.
    const auto cover = [&](int i, auto&& each) {
        const double from = i * scale, to = (i + 1) * scale;
        for (int p = static_cast<int>(from); p < edge && p < to; ++p)
            each(p, std::min<double>(to, p + 1) - std::max<double>(from, p));
    };
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            double sum[3] = {}, total = 0;
            cover(y, [&](int py, double wy) {
                cover(x, [&](int px, double wx) {
                    const std::size_t at =
                        (static_cast<std::size_t>(top + py) * static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(left + px)) *
                        3;
                    for (std::size_t c = 0; c < 3; ++c) sum[c] += wy * wx * static_cast<double>(rgb[at + c]);
                    total += wy * wx;
                });
            });
            for (std::size_t c = 0; c < 3; ++c)
                out[static_cast<std::size_t>(y * side + x) * 3 + c] =
                    static_cast<float>(sum[c] / total / most);
        }
    return out;
}

}  // namespace

bool isReadableSize(std::int64_t width, std::int64_t height) {
    constexpr std::int64_t kMostSide = 1 << 14, kMostPixels = 1 << 26;
    return width > 0 && height > 0 && width <= kMostSide && height <= kMostSide &&
           width * height <= kMostPixels;
}

bool isNoOrdinaryFile(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

void refusePicture(const std::filesystem::path& path, const std::string& why) {
    throw latent::RunError("'" + path.string() + "' " + why + ".");
}

Picture readPicture(const std::filesystem::path& path) {
    if (isNoOrdinaryFile(path)) refusePicture(path, "is no ordinary file, but a folder, pipe or device");
    std::array<char, 4> start{};
    std::ifstream file(path, std::ios::binary);
    if (!file) refusePicture(path, "cannot be opened: " + std::string(std::strerror(errno)));
    file.read(start.data(), start.size());
    const std::string_view head(start.data(), static_cast<std::size_t>(file.gcount()));
    if (head == "\x89PNG") return readPng(path);
    if (head.substr(0, 3) == "\xFF\xD8\xFF") return readJpeg(path);
    refusePicture(path, "is neither a PNG nor a JPEG image");
}

std::vector<float> squareOf(const Picture& picture, int side) {
    return averagedSquare(picture.rgb.data(), picture.width, picture.height, side, 255);
}

std::vector<float> squareOf(std::span<const float> rgb, int width, int height, int side) {
    return averagedSquare(rgb.data(), width, height, side, 1);
}

Picture sheetOf(const std::vector<float>& tiles, int rows, int columns, int side) {
    Picture sheet{columns * (side + 1) - 1, rows * (side + 1) - 1, {}};
    sheet.rgb.assign(static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 3, 255);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c)
            for (int y = 0; y < side; ++y)
                for (int i = 0; i < side * 3; ++i) {
                    const float v =
                        tiles[static_cast<std::size_t>(((r * columns + c) * side + y) * side * 3 + i)];
                    sheet.rgb[static_cast<std::size_t>((r * (side + 1) + y) * sheet.width + c * (side + 1)) *
                                  3 +
                              static_cast<std::size_t>(i)] =
                        static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0F, 1.0F) * 255));
                }
    return sheet;
}

}  // namespace concept_space
