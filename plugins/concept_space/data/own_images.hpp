// SPDX-License-Identifier: Apache-2.0
#pragma once
// A user's own images with two binary attributes, as CelebA with "Male" and "Smiling" (arXiv 2406.19370,
// section 6): a folder of PNG and JPEG files with a table (image_table.hpp), or one HDF5 file (hdf5_images.hpp).
//
// Of each of the four combinations the first `mostPerClass` images are read, and the table no further; their
// middle squares are averaged down to `side` pixels.
// Files are untrusted: names that are absolute or hold "..", tables without end, broken images, pipes and devices are
// refused with a sentence; symbolic links are followed. HDF5 is opened in worker processes only. Values; any thread.
//
//     const OwnImages own = readOwnImages({.folder = "faces", .first = "Male", .second = "Smiling"});
//     own.classes[3].size();                                // images with both attributes

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace concept_space {

struct OwnSpec {
    std::filesystem::path folder = {};  ///< or, where this is empty,
    std::filesystem::path file = {};    ///< an HDF5 file
    std::string first, second;          ///< names of the attributes; empty: the first that is free
    int side = 64;                      ///< 4 … 64
    int mostPerClass = 2048;

    /// Throws UsageError with a sentence that names the parameter.
    void validate() const;
};

struct OwnImages {
    int side = 0;
    std::array<std::string, 2> attributes;
    /// [class][image], each [side, side, 3] in 0 … 1; class 2·first + second.
    std::array<std::vector<std::vector<float>>, 4> classes;
};

/// "not A, not B", "not A, B", "A, not B", "A, B".
std::vector<std::string> ownClassNames(const std::string& first, const std::string& second);

/// The names of the two attributes as the folder or file spells them; of its images nothing is read. Throws as the next one.
std::array<std::string, 2> ownAttributes(const OwnSpec& spec);
/// Throws UsageError for what was asked, RunError for what the folder or file holds.
OwnImages readOwnImages(const OwnSpec& spec);

}  // namespace concept_space
