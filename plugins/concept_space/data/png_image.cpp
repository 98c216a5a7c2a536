// SPDX-License-Identifier: Apache-2.0
#include "data/png_image.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <latent/error.hpp>

#ifdef CONCEPT_SPACE_PNG
#include <png.h>
#endif

namespace concept_space {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
    throw latent::RunError("'" + path.string() + "' " + why + ".");
}

}  // namespace

#ifdef CONCEPT_SPACE_PNG

namespace {
constexpr std::uint32_t kMostSide = 1 << 14;
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 26;
}  // namespace

bool hasPng() { return true; }

Picture readPng(const std::filesystem::path& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&image, path.c_str())) {
        const std::string why = image.message;
        png_image_free(&image);
        refuse(path, "cannot be read as a PNG image: " + why);
    }
    if (image.width > kMostSide || image.height > kMostSide ||
        std::uint64_t{image.width} * image.height > kMostPixels) {
        const std::string size = std::to_string(image.width) + " × " + std::to_string(image.height);
        png_image_free(&image);
        refuse(path, "has " + size + " pixels, more than is read here");
    }
    image.format = PNG_FORMAT_RGB;
    Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
    picture.rgb.resize(PNG_IMAGE_SIZE(image));
    const png_color white{255, 255, 255};
    if (!png_image_finish_read(&image, &white, picture.rgb.data(), 0, nullptr)) {
        const std::string why = image.message;
        png_image_free(&image);
        refuse(path, "is damaged: " + why);
    }
    return picture;
}

void writePng(const std::filesystem::path& path, const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    const std::filesystem::path part = path.string() + ".part";
    if (!png_image_write_to_file(&image, part.c_str(), 0, picture.rgb.data(), 0, nullptr))
        refuse(path, "cannot be written: " + std::string(image.message));
    std::error_code error;
    std::filesystem::rename(part, path, error);
    if (error) refuse(path, "cannot be written: " + error.message());
}

#else

bool hasPng() { return false; }

Picture readPng(const std::filesystem::path& path) {
    refuse(path, "cannot be read: this program was built without libpng");
}
void writePng(const std::filesystem::path& path, const Picture&) {
    refuse(path, "cannot be written: this program was built without libpng");
}

#endif

std::vector<float> squareOf(const Picture& picture, int side) {
    const int edge = std::min(picture.width, picture.height), left = (picture.width - edge) / 2,
              top = (picture.height - edge) / 2;
    if (side < 1 || side > edge)
        throw latent::RunError("A picture of " + std::to_string(picture.width) + " × " +
                               std::to_string(picture.height) + " pixels is smaller than " +
                               std::to_string(side) + " × " + std::to_string(side) + ".");
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
                        (static_cast<std::size_t>(top + py) * static_cast<std::size_t>(picture.width) +
                         static_cast<std::size_t>(left + px)) *
                        3;
                    for (std::size_t c = 0; c < 3; ++c) sum[c] += wy * wx * picture.rgb[at + c];
                    total += wy * wx;
                });
            });
            for (std::size_t c = 0; c < 3; ++c)
                out[static_cast<std::size_t>(y * side + x) * 3 + c] =
                    static_cast<float>(sum[c] / total / 255);
        }
    return out;
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
