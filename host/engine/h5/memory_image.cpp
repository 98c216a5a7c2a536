// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/memory_image.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace latent::engine::h5 {

MemoryImage::~MemoryImage() {
    if (m_closed) std::free(m_data);
}

void MemoryImage::useFor(hid_t accessList) {
    H5FD_file_image_callbacks_t callbacks{};
    callbacks.image_malloc = allocate;
    callbacks.image_memcpy = [](void* to, const void* from, size_t size, H5FD_file_image_op_t, void*) {
        return std::memcpy(to, from, size);
    };
    callbacks.image_realloc = resize;
    callbacks.image_free = release;
    callbacks.udata_copy = [](void* self) { return self; };
    callbacks.udata_free = [](void*) -> herr_t { return 0; };
    callbacks.udata = this;
    H5Pset_file_image_callbacks(accessList, &callbacks);
}

std::string MemoryImage::take() {
    // Superblock of version 2 or 3: the end-of-file address lies at byte 28, little endian like this machine.
    std::uint64_t end = 0;
    if (!m_closed || m_size < 48) return {};
    std::memcpy(&end, m_data + 28, sizeof end);
    if (end > m_size) return {};
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(end) + 256);  // room for a seal
    bytes.assign(m_data, static_cast<std::size_t>(end));
    std::free(m_data);
    m_data = nullptr;
    m_size = 0;
    return bytes;
}

void* MemoryImage::allocate(size_t size, H5FD_file_image_op_t, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    image.m_data = static_cast<char*>(std::calloc(size, 1));
    image.m_size = image.m_data ? size : 0;
    return image.m_data;
}

void* MemoryImage::resize(void* memory, size_t size, H5FD_file_image_op_t, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    auto* data = static_cast<char*>(std::realloc(memory, size));
    if (!data) return nullptr;
    if (size > image.m_size) std::memset(data + image.m_size, 0, size - image.m_size);
    image.m_data = data;
    image.m_size = size;
    return data;
}

herr_t MemoryImage::release(void* memory, H5FD_file_image_op_t operation, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE && memory == image.m_data) {
        image.m_closed = true;  // kept for take()
        return 0;
    }
    std::free(memory);
    if (memory == image.m_data) {
        image.m_data = nullptr;
        image.m_size = 0;
    }
    return 0;
}

}  // namespace latent::engine::h5
