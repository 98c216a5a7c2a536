// SPDX-License-Identifier: Apache-2.0
#pragma once
// A user's own images in an HDF5 file: a dataset `images` (or the only one of three or four dimensions)
// [image, row, column] or [image, row, column, channel], bytes or floats in 0 … 1, grey or RGB; and attributes,
// either datasets [image] each (at the root, or in a group `attributes` or `labels`), or the columns of one
// [image, attribute] whose HDF5 attribute `names` says what they are. Other datasets are left alone.
//
// libhdf5 1.10 is not safe against files that were made to harm it, so this runs in worker processes only.
// Filters are never loaded from outside, soft and external links and storage outside of the file are not followed, and
// the sizes of images, attributes and chunks are checked before they are read. What libhdf5 takes for itself is not
// bounded: texts of variable length, and chunks that unpack to more than they say. Every refusal is a RunError with
// a sentence that names the file. One thread.
//
//     Hdf5Images file("faces.h5");
//     const std::size_t male = file.attribute("Male");
//     const std::vector<bool> isMale = file.values(male);
//     if (isMale[17]) file.read(17, rgb);                             // [height, width, 3] in 0 … 1

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace concept_space {

class Hdf5Images {
  public:
    explicit Hdf5Images(const std::filesystem::path& path);
    ~Hdf5Images();
    Hdf5Images(const Hdf5Images&) = delete;
    Hdf5Images& operator=(const Hdf5Images&) = delete;

    std::size_t size() const;
    int width() const;
    int height() const;
    const std::vector<std::string>& attributes() const;
    /// Refuses an attribute that is not there.
    std::size_t attribute(const std::string& name) const;
    /// Of every image, 1 for yes and 0 or −1 for no.
    std::vector<bool> values(std::size_t attribute) const;
    /// One image, and nothing of the others but what is stored in the same chunks; grey becomes RGB.
    void read(std::size_t image, std::vector<float>& rgb) const;

    [[noreturn]] void refuse(const std::string& why) const;

  private:
    void findImages();
    void findAttributes();

    struct Contents;
    std::filesystem::path m_path;
    std::unique_ptr<Contents> m_contents;
};

}  // namespace concept_space
