// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/memory_image.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace latent::engine::h5 {
namespace {

constexpr std::size_t kPage = 4096;

std::size_t wholePages(std::size_t size) { return (std::max<std::size_t>(size, 1) + kPage - 1) / kPage * kPage; }

char* newPages(std::size_t bytes) {
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : static_cast<char*>(pages);
}

/// Pages of another number with the same content at the front; the old ones are gone when it succeeds.
char* movedPages(char* old, std::size_t oldBytes, std::size_t bytes) {
#ifdef __linux__
    void* pages = ::mremap(old, oldBytes, bytes, MREMAP_MAYMOVE);
    return pages == MAP_FAILED ? nullptr : static_cast<char*>(pages);
#else
    char* pages = newPages(bytes);
    if (!pages) return nullptr;
    std::memcpy(pages, old, std::min(oldBytes, bytes));
    ::munmap(old, oldBytes);
    return pages;
#endif
}

}  // namespace

MemoryImage::~MemoryImage() {
    if (m_closed) free();
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

std::uint64_t MemoryImage::end() const {
    // Superblock of version 2 or 3: the end-of-file address lies at byte 28, little endian like this machine.
    std::uint64_t end = 0;
    if (!m_closed || m_size < 48) return 0;
    std::memcpy(&end, m_data + 28, sizeof end);
    return end;
}

void* MemoryImage::allocate(size_t size, H5FD_file_image_op_t, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    image.free();
    image.m_data = newPages(wholePages(size));
    if (!image.m_data) return nullptr;
    image.m_size = size;
    image.m_capacity = wholePages(size);
    return image.m_data;
}

void* MemoryImage::resize(void* memory, size_t size, H5FD_file_image_op_t operation, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    if (!memory) return allocate(size, operation, self);
    const std::size_t capacity = wholePages(size);
    if (capacity != image.m_capacity) {
        char* pages = movedPages(image.m_data, image.m_capacity, capacity);
        if (!pages) return nullptr;
        image.m_data = pages;
        image.m_capacity = capacity;
    }
    // What a file that became shorter leaves in its last page must not come back.
    if (size < image.m_size) std::memset(image.m_data + size, 0, capacity - size);
    image.m_size = size;
    return image.m_data;
}

herr_t MemoryImage::release(void* memory, H5FD_file_image_op_t operation, void* self) {
    auto& image = *static_cast<MemoryImage*>(self);
    if (memory != image.m_data) return -1;  // there is only one
    if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
        image.m_closed = true;  // kept for those who write the file
    } else {
        image.free();
    }
    return 0;
}

void MemoryImage::free() {
    if (m_data) ::munmap(m_data, m_capacity);
    m_data = nullptr;
    m_size = m_capacity = 0;
}

}  // namespace latent::engine::h5
