// SPDX-License-Identifier: Apache-2.0
#pragma once
// A picture in memory: read from a file of either kind, cut and averaged to a small square, or tiled from
// small ones.
//
// Plain functions; any thread.
//
//     const Picture picture = readPicture("faces/000001.jpg");        // PNG or JPEG, by content
//     std::vector<float> small = squareOf(picture, 64);               // [64, 64, 3] in 0 … 1

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace concept_space {

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;  ///< [height, width, 3]
};

/// Whether an image of a file may be as large: up to 2^14 pixels a side and 2^26 in all.
bool isReadableSize(std::int64_t width, std::int64_t height);

/// Whether a folder, pipe or device is there; a link counts as what it leads to. Opening a pipe may block for ever.
bool isNoOrdinaryFile(const std::filesystem::path& path);

/// Throws a RunError of the file's name and what is wrong with it ("is damaged: …"), without a full stop.
[[noreturn]] void refusePicture(const std::filesystem::path& path, const std::string& why);

/// Throws RunError with a sentence that names the file, also where it is of another kind.
Picture readPicture(const std::filesystem::path& path);

/// The square in the middle, averaged over areas to side × side pixels, 0 … 1. Throws RunError where `side` is
/// more than the shorter side.
std::vector<float> squareOf(const Picture& picture, int side);
/// The same for numbers from 0 to 1, [height, width, 3].
std::vector<float> squareOf(std::span<const float> rgb, int width, int height, int side);

/// One picture of tiles [rows, columns, side, side, 3] in 0 … 1, a pixel of white between them.
Picture sheetOf(const std::vector<float>& tiles, int rows, int columns, int side);

}  // namespace concept_space
