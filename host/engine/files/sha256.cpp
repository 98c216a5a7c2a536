// SPDX-License-Identifier: Apache-2.0
#include "engine/files/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <new>

#include "engine/files/operations.hpp"

namespace latent::engine {
namespace {

std::string toHex(const unsigned char* bytes, std::size_t count) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        hex += kDigits[bytes[i] >> 4];
        hex += kDigits[bytes[i] & 15];
    }
    return hex;
}

}  // namespace

struct Sha256::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256::Sha256() : m_context(std::make_unique<Context>()) {
    // OpenSSL fails here only for want of memory.
    if (!m_context->handle || EVP_DigestInit_ex(m_context->handle, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(m_context->handle, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(m_context->handle, digest, &length);
    return toHex(digest, length);
}

std::string sha256Hex(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.hex();
}

Result<std::string> sha256File(const std::filesystem::path& path) {
    LATENT_TRY(const File file, File::open(path, File::Mode::Read));
    Sha256 hash;
    std::uint64_t offset = 0;
    while (true) {
        LATENT_TRY(const std::string part, file.readAt(offset, 1u << 20));
        if (part.empty()) return hash.hex();
        hash.update(part);
        offset += part.size();
    }
}

Result<std::string> sampledSha256(const std::filesystem::path& path) {
    constexpr std::uint64_t kPieces = 64, kPiece = 1u << 20;
    LATENT_TRY(const File file, File::open(path, File::Mode::Read));
    LATENT_TRY(const std::uint64_t size, file.size());
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(path, error);
    if (error) return fileError("read the time of the last change of", path, error.value());
    Sha256 hash;
    hash.update("latent sampled file\n" + std::to_string(size) + "\n" +
                std::to_string(changed.time_since_epoch().count()) + "\n");
    const std::uint64_t last = size > kPiece ? size - kPiece : 0;
    for (std::uint64_t i = 0; i < kPieces; ++i) {
        LATENT_TRY(const std::string part,
                   file.readAt(last / (kPieces - 1) * i + last % (kPieces - 1) * i / (kPieces - 1), kPiece));
        hash.update(part);
    }
    return hash.hex();
}

std::string hmacSha256Hex(std::string_view key, std::string_view bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest, &length);
    return toHex(digest, length);
}

bool sameSecret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool isSha256Hex(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace latent::engine
