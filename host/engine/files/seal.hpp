// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seal: how a file proves that it is whole, and that this user's own engine wrote it.
//
// A sealed file ends with one line, `\nLATENT-SEAL 1 <sha256 of all bytes before it> <hmac>\n`; readers of
// HDF5 ignore it. The HMAC is taken with a key that never leaves the user's state folder. libhdf5 may crash
// on a damaged file, so only files whose seal says Ours are opened in this process; all others go to the
// reader child. A large array is written slab by slab after its structure is complete; its line,
// `\nLATENT-SLAB 1 <offset> <length> <sha256> <hmac>\n`, covers everything except the data between offset and
// offset + length. Any thread.
//
//     LATENT_TRY(SealKey key, SealKey::load(stateFolder()));     // makes the key on first use, mode 0600
//     std::string bytes = image; bytes += sealTrailer(key, sha256Hex(image));
//     LATENT_TRY(SealReport report, checkSeal(path, key));
//     if (report.state == Sealed::Ours) …

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

enum class Sealed {
    Ours,    ///< whole, and written by this user's engine
    Intact,  ///< whole, sealed with another key
    Broken,  ///< has a seal that does not fit its bytes
    None     ///< has no seal
};

class SealKey {
  public:
    /// Reads `folder`/seal.key, or makes it.
    static Result<SealKey> load(const std::filesystem::path& folder);
    explicit SealKey(std::string secret) : m_secret(std::move(secret)) {}
    std::string sign(std::string_view text) const;

  private:
    std::string m_secret;
};

struct SealReport {
    Sealed state = Sealed::None;
    std::string sha256;              ///< of the covered bytes, as computed (empty for None)
    std::uint64_t payloadBytes = 0;  ///< bytes before the trailer
    bool slab = false;               ///< the LATENT-SLAB form
    std::uint64_t dataOffset = 0;    ///< of the uncovered data (slab form)
    std::uint64_t dataBytes = 0;
};

inline constexpr std::size_t kSealTrailerBytes = 145;

std::string sealTrailer(const SealKey& key, std::string_view sha256);
std::string slabTrailer(const SealKey& key, std::uint64_t offset, std::uint64_t length,
                        std::string_view sha256);

/// Checks bytes in memory (only the LATENT-SEAL form).
SealReport checkSealBytes(std::string_view bytes, const SealKey& key);
/// Checks a file of any length, either form; reads it once in pieces.
Result<SealReport> checkSeal(const std::filesystem::path& path, const SealKey& key);

/// Seals a finished temporary file: hashes it, appends the trailer, syncs. Returns the SHA-256.
Result<std::string> sealFile(const std::filesystem::path& path, const SealKey& key);
/// The same for a large array, whose data lie in [offset, offset + length).
Result<std::string> sealSlabFile(const std::filesystem::path& path, const SealKey& key, std::uint64_t offset,
                                 std::uint64_t length);

}  // namespace latent::engine
