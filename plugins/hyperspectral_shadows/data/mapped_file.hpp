// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file in the address space, read-only, of which pages are loaded when they are touched. A file larger than memory
// takes address space, not memory.
//
// Owned by whoever opened it; any thread may read.

#include <cstddef>
#include <string>

namespace hyperspectral_shadows {

class MappedFile {
  public:
    /// Throws latent::RunError when it cannot be opened or is empty.
    explicit MappedFile(std::string path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    /// Gives back the pages that were touched; the next touch finds them again, as a rule in the system's cache.
    void forget() const;

    const unsigned char* data() const { return m_data; }
    std::size_t size() const { return m_size; }
    const std::string& path() const { return m_path; }

  private:
    std::string m_path;
    const unsigned char* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace hyperspectral_shadows
