// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps the bytes of a file that libhdf5 writes in memory, as they are after the close. Only for h5/*.cpp.
//
// H5Fget_file_image of 1.10.8 clears a flag of the superblock without renewing its checksum, so that its
// images do not open again. The memory callbacks of the core driver give the bytes as close leaves them; new
// memory is zeroed, which keeps equal contents equal. The object must outlive the file.
//
//     MemoryImage image;
//     image.useFor(access.id());           // a file access list with the core driver
//     … H5Fcreate, H5Fclose …
//     std::string bytes = image.take();

#include <hdf5.h>

#include <cstddef>
#include <string>

namespace latent::engine::h5 {

class MemoryImage {
  public:
    MemoryImage() = default;
    MemoryImage(const MemoryImage&) = delete;
    MemoryImage& operator=(const MemoryImage&) = delete;
    ~MemoryImage();

    void useFor(hid_t accessList);
    /// After the close: the bytes up to the end that the superblock states; empty when there is no whole
    /// file.
    std::string take();

  private:
    static void* allocate(size_t size, H5FD_file_image_op_t, void* self);
    static void* resize(void* memory, size_t size, H5FD_file_image_op_t, void* self);
    static herr_t release(void* memory, H5FD_file_image_op_t operation, void* self);
    char* m_data = nullptr;
    std::size_t m_size = 0;
    bool m_closed = false;
};

}  // namespace latent::engine::h5
