// SPDX-License-Identifier: Apache-2.0
#include "data/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <latent/error.hpp>
#include <utility>

namespace hyperspectral_shadows {

MappedFile::MappedFile(std::string path) : m_path(std::move(path)) {
    const int file = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        throw latent::RunError("The file " + m_path + " cannot be opened: " + std::strerror(errno) + ".");
    struct stat status {};
    const bool known = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    m_size = known ? static_cast<std::size_t>(status.st_size) : 0;
    void* const place = m_size > 0 ? ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    const int failure = errno;
    ::close(file);
    if (!known) throw latent::RunError(m_path + " is no file; give the file that holds the cube.");
    if (m_size == 0)
        throw latent::RunError("The file " + m_path + " is empty (0 bytes). Copy or download it again.");
    if (place == MAP_FAILED)
        throw latent::RunError(
            "The file " + m_path + " cannot be mapped into memory: " + std::strerror(failure) +
            (failure == ENOMEM
                 ? ". It takes as much address space as it has bytes; raise that limit (ulimit -v)."
                 : "."));
    m_data = static_cast<const unsigned char*>(place);
}

void MappedFile::forget() const { ::madvise(const_cast<unsigned char*>(m_data), m_size, MADV_DONTNEED); }

MappedFile::~MappedFile() { ::munmap(const_cast<unsigned char*>(m_data), m_size); }

}  // namespace hyperspectral_shadows
