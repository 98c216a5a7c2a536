// SPDX-License-Identifier: Apache-2.0
#pragma once
// PNG files in and out, through libpng. Where the program was built without it, both refuse with a sentence.
//
// Reading is hostile: size and kind are checked before anything is allocated for the pixels. Plain functions;
// any thread.
//
//     const Picture picture = readPng("cat.png");                     // RGB, 8 bits
//     std::vector<float> small = squareOf(picture, 64);               // [64, 64, 3] in 0 … 1
//     writePng("sheet.png", {.width = 128, .height = 64, .rgb = …});

#include <cstdint>
#include <filesystem>
#include <vector>

namespace concept_space {

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;  ///< [height, width, 3]
};

/// Whether this program was built with libpng.
bool hasPng();

/// Grey, palettes, 16 bits and transparency (over white) become RGB. Throws RunError with a sentence that
/// names the file.
Picture readPng(const std::filesystem::path& path);
/// Written beside the target and renamed. Throws RunError.
void writePng(const std::filesystem::path& path, const Picture& picture);

/// The square in the middle, averaged over areas to side × side pixels, 0 … 1. `side` is at most the shorter
/// side.
std::vector<float> squareOf(const Picture& picture, int side);

/// One picture of tiles [rows, columns, side, side, 3] in 0 … 1, a pixel of white between them.
Picture sheetOf(const std::vector<float>& tiles, int rows, int columns, int side);

}  // namespace concept_space
