// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bytes of a finished HDF5 file that was made in memory: what libhdf5 wrote, and in the room it left the
// data that were lent to the writer, which are read where they lie and never copied.
//
// Lent bytes must stay as they are as long as the image is used. An image does not change: several threads may visit it.
//
//     LATENT_TRY(const h5::Image image, writer.finish());
//     LATENT_CHECK(image.visit([&](std::string_view piece) { hash.update(piece); return file.write(piece); }));

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine::h5 {

class MemoryImage;

/// The data of one dataset, in order, and where in the file they belong.
struct Lent {
    std::uint64_t offset = 0;
    std::vector<std::string_view> pieces;
};

class Image {
  public:
    /// `lent` does not overlap and lies within the file.
    Image(std::unique_ptr<MemoryImage> memory, std::vector<Lent> lent);
    Image(Image&&) noexcept;
    Image& operator=(Image&&) noexcept;
    ~Image();

    std::uint64_t bytes() const;
    /// The file from its first byte to its last, in pieces of at most 256 KB; ends at the first failure.
    Status visit(const std::function<Status(std::string_view piece)>& each) const;
    /// All of it in one piece, for small files.
    std::string text() const;

  private:
    std::unique_ptr<MemoryImage> m_memory;
    std::vector<Lent> m_lent;  ///< by offset
};

}  // namespace latent::engine::h5
