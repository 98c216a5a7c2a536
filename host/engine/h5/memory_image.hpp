// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps the bytes of a file that libhdf5 writes in memory, as they are after the close. Only for h5/*.cpp.
//
// H5Fget_file_image of 1.10.8 clears a flag of the superblock without renewing its checksum, so that its
// images do not open again. The memory callbacks of the core driver give the bytes as close leaves them. The
// memory is pages of its own: new ones read as zeros, which keeps equal contents equal, and those of data that
// libhdf5 only makes room for (lent arrays) are never touched. The object must stay where it is and outlive the
// file. One thread at a time.
//
//     MemoryImage image;
//     image.useFor(access.id());           // a file access list with the core driver
//     … H5Fcreate, H5Fclose …
//     std::uint64_t bytes = image.end();   // of the file; those beyond data() are zeros

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latent::engine::h5 {

class MemoryImage {
  public:
    MemoryImage() = default;
    MemoryImage(const MemoryImage&) = delete;
    MemoryImage& operator=(const MemoryImage&) = delete;
    ~MemoryImage();

    void useFor(hid_t accessList);
    /// After the close: the length of the file as its superblock states it; 0 when there is no whole file.
    std::uint64_t end() const;
    /// What libhdf5 holds of the file. It may be shorter than end(): then only room was made there.
    std::string_view data() const { return {m_data, m_size}; }

  private:
    static void* allocate(size_t size, H5FD_file_image_op_t, void* self);
    static void* resize(void* memory, size_t size, H5FD_file_image_op_t, void* self);
    static herr_t release(void* memory, H5FD_file_image_op_t operation, void* self);
    void free();
    char* m_data = nullptr;
    std::size_t m_size = 0;      ///< as libhdf5 asked for
    std::size_t m_capacity = 0;  ///< whole pages
    bool m_closed = false;
};

}  // namespace latent::engine::h5
