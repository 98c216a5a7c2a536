// SPDX-License-Identifier: Apache-2.0
#pragma once
// PNG files in and out, through libpng. Where the program was built without it, both refuse with a sentence.
//
// Reading is hostile: size and kind are checked before anything is allocated for the pixels. Plain functions;
// any thread.
//
//     const Picture picture = readPng("cat.png");                     // RGB, 8 bits
//     writePng("sheet.png", {.width = 128, .height = 64, .rgb = …});

#include <filesystem>

#include "data/picture.hpp"

namespace concept_space {

/// Whether this program was built with libpng.
bool hasPng();

/// Grey, palettes, 16 bits and transparency (over white) become RGB. Throws RunError with a sentence that
/// names the file.
Picture readPng(const std::filesystem::path& path);
/// Written beside the target and renamed. Throws RunError.
void writePng(const std::filesystem::path& path, const Picture& picture);

}  // namespace concept_space
