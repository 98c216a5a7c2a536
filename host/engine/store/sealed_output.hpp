// SPDX-License-Identifier: Apache-2.0
#pragma once
// One HDF5 file of a run on its way to its place: in memory when it is small enough, else in a temporary file
// beside its place; sealed, synced and renamed at the end. Nothing stays behind when it is given up. One
// thread.
//
//     LATENT_TRY(SealedOutput output, SealedOutput::make(path, expectedBytes, imageBytes));
//     LATENT_CHECK(output.writer().dataset(…));
//     LATENT_TRY(std::string sha256, output.putInPlace(key));

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/files/seal.hpp"
#include "engine/h5/writer.hpp"
#include "engine/result.hpp"

namespace latent::engine {

class SealedOutput {
  public:
    /// `metadataBytes`: see h5::Writer::inMemory.
    static Result<SealedOutput> make(const std::filesystem::path& path, std::uint64_t expectedBytes,
                                     std::uint64_t imageBytes, std::uint64_t metadataBytes = 0);
    SealedOutput(SealedOutput&&) noexcept = default;
    SealedOutput& operator=(SealedOutput&&) = delete;
    ~SealedOutput();

    h5::Writer& writer() { return m_writer; }
    /// The SHA-256 of the file without its trailer.
    Result<std::string> putInPlace(const SealKey& key);
    std::uint64_t bytes() const { return m_bytes; }

  private:
    SealedOutput(std::filesystem::path path, std::filesystem::path temporary, h5::Writer writer);
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;  ///< empty: in memory
    h5::Writer m_writer;
    std::uint64_t m_bytes = 0;
};

}  // namespace latent::engine
