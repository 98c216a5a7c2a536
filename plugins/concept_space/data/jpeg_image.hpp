// SPDX-License-Identifier: Apache-2.0
#pragma once
// JPEG files, as those of CelebA, through libjpeg-turbo. Where the program was built without it, they are
// refused with a sentence.
//
// Reading is hostile: the length of the file and the size of the image are checked before anything is
// allocated, scans are counted, and a file that libjpeg-turbo only warns of (cut off, wrong codes) is refused,
// because what it would give in place of the missing part is grey. Plain functions; any thread.
//
//     const Picture picture = readJpeg("000001.jpg");                 // RGB, 8 bits

#include <filesystem>

#include "data/picture.hpp"

namespace concept_space {

/// Whether this program was built with libjpeg-turbo.
bool hasJpeg();

/// Grey becomes RGB; CMYK is refused. An orientation in the metadata is not applied. Throws RunError with a
/// sentence that names the file.
Picture readJpeg(const std::filesystem::path& path);

}  // namespace concept_space
