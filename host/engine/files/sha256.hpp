// SPDX-License-Identifier: Apache-2.0
#pragma once
// SHA-256 and HMAC-SHA256 (OpenSSL), always as lower-case hex text.
//
// A Sha256 belongs to one thread; the functions are pure.
//
//     Sha256 hash;
//     hash.update(head); hash.update(body);
//     std::string hex = hash.hex();             // finishes; a new Sha256 for the next text

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

class Sha256 {
  public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();
    void update(std::string_view bytes);
    void update(const void* bytes, std::size_t count) { update({static_cast<const char*>(bytes), count}); }
    std::string hex();

  private:
    struct Context;
    std::unique_ptr<Context> m_context;
};

std::string sha256Hex(std::string_view bytes);
/// Of a whole file, read in pieces. Its length is not limited.
Result<std::string> sha256File(const std::filesystem::path& path);
/// A stamp of a file that is too long to be read whole for one: over its length, the time of its last change and 64 pieces of 1 MiB
/// spread evenly from its first byte to its last. A change between the pieces that keeps length and time is not seen, so whoever
/// records it must not call it a hash of the content.
Result<std::string> sampledSha256(const std::filesystem::path& path);
std::string hmacSha256Hex(std::string_view key, std::string_view bytes);
/// Compares in time that does not depend on where the texts differ.
bool sameSecret(std::string_view a, std::string_view b);
bool isSha256Hex(std::string_view text);

}  // namespace latent::engine
