// SPDX-License-Identifier: Apache-2.0
#include "engine/files/seal.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"

namespace latent::engine {
namespace {

constexpr std::string_view kSealWord = "\nLATENT-SEAL 1 ";
constexpr std::string_view kSlabWord = "\nLATENT-SLAB 1 ";
constexpr std::size_t kSlabTrailerBytes = 15 + 17 + 17 + 64 + 1 + 64 + 1;
constexpr std::uint64_t kPiece = 256u << 10;  ///< of one read: stays in the cache while it is hashed

std::string hex16(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

bool parseHex16(std::string_view text, std::uint64_t& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return code == std::errc() && end == text.data() + text.size();
}

/// What a trailer says; `covers` is the text under the HMAC.
struct Trailer {
    bool found = false;
    bool slab = false;
    std::size_t bytes = 0;
    std::string sha256;
    std::string hmac;
    std::string covers;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Finds a trailer at the end of `tail`.
Trailer parseTrailer(std::string_view tail) {
    Trailer trailer;
    if (tail.size() >= kSealTrailerBytes) {
        const std::string_view line = tail.substr(tail.size() - kSealTrailerBytes);
        if (line.starts_with(kSealWord) && line.ends_with('\n') && line[15 + 64] == ' ') {
            trailer.found = true;
            trailer.bytes = kSealTrailerBytes;
            trailer.sha256 = line.substr(15, 64);
            trailer.hmac = line.substr(15 + 65, 64);
            trailer.covers = trailer.sha256;
            return trailer;
        }
    }
    if (tail.size() >= kSlabTrailerBytes) {
        const std::string_view line = tail.substr(tail.size() - kSlabTrailerBytes);
        if (line.starts_with(kSlabWord) && line.ends_with('\n') &&
            parseHex16(line.substr(15, 16), trailer.offset) &&
            parseHex16(line.substr(32, 16), trailer.length)) {
            trailer.found = trailer.slab = true;
            trailer.bytes = kSlabTrailerBytes;
            trailer.sha256 = line.substr(49, 64);
            trailer.hmac = line.substr(49 + 65, 64);
            trailer.covers = line.substr(15, 16 + 1 + 16 + 1 + 64);
        }
    }
    return trailer;
}

Sealed judge(const Trailer& trailer, std::string_view actual, const SealKey& key) {
    if (trailer.sha256 != actual) return Sealed::Broken;
    return sameSecret(key.sign(trailer.covers), trailer.hmac) ? Sealed::Ours : Sealed::Intact;
}

Status hashRange(const File& file, std::uint64_t begin, std::uint64_t end, Sha256& hash) {
    std::string piece(static_cast<std::size_t>(std::min(kPiece, end - begin)), '\0');
    while (begin < end) {
        const auto wanted = static_cast<std::size_t>(std::min(kPiece, end - begin));
        LATENT_TRY(const std::size_t got, file.readInto(begin, piece.data(), wanted));
        if (got == 0) return failed("Cannot read " + file.path().string() + ": it became shorter meanwhile.");
        hash.update(piece.data(), got);
        begin += got;
    }
    return ok();
}

}  // namespace

Result<SealKey> SealKey::load(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "seal.key";
    if (!fileExists(path)) {
        LATENT_CHECK(makeFolders(folder, 0700));
        // Two processes may come here at once: whoever is second reads the first one's key.
        LATENT_TRY([[maybe_unused]] const bool made, createExclusive(path, randomHex(32) + "\n", 0600));
    }
    LATENT_TRY(std::string text, readFile(path, 4096));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    if (!isSha256Hex(text)) {
        return failed(
            "The key in " + path.string() +
            " is not 64 hex digits. Remove the file; a new key is made, and older runs count as foreign.");
    }
    return SealKey(std::move(text));
}

std::string SealKey::sign(std::string_view text) const { return hmacSha256Hex(m_secret, text); }

std::string sealTrailer(const SealKey& key, std::string_view sha256) {
    return std::string(kSealWord) + std::string(sha256) + " " + key.sign(sha256) + "\n";
}

std::string slabTrailer(const SealKey& key, std::uint64_t offset, std::uint64_t length,
                        std::string_view sha256) {
    const std::string covers = hex16(offset) + " " + hex16(length) + " " + std::string(sha256);
    return std::string(kSlabWord) + covers + " " + key.sign(covers) + "\n";
}

SealReport checkSealBytes(std::string_view bytes, const SealKey& key) {
    SealReport report;
    report.payloadBytes = bytes.size();
    const Trailer trailer = parseTrailer(bytes);
    if (!trailer.found || trailer.slab) return report;
    report.payloadBytes = bytes.size() - trailer.bytes;
    report.sha256 = sha256Hex(bytes.substr(0, static_cast<std::size_t>(report.payloadBytes)));
    report.state = judge(trailer, report.sha256, key);
    return report;
}

Result<SealReport> checkSeal(const std::filesystem::path& path, const SealKey& key) {
    LATENT_TRY(const File file, File::open(path, File::Mode::Read));
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return refused(path.string() + " is not a regular file.");
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    SealReport report;
    report.payloadBytes = size;
    const std::uint64_t tailBytes = std::min<std::uint64_t>(size, kSlabTrailerBytes);
    LATENT_TRY(const std::string tail, file.readAt(size - tailBytes, tailBytes));
    const Trailer trailer = parseTrailer(tail);
    if (!trailer.found) return report;
    report.payloadBytes = size - trailer.bytes;
    report.slab = trailer.slab;
    report.dataOffset = trailer.offset;
    report.dataBytes = trailer.length;
    if (trailer.offset > report.payloadBytes || trailer.length > report.payloadBytes - trailer.offset) {
        report.state = Sealed::Broken;
        return report;
    }
    Sha256 hash;
    LATENT_CHECK(hashRange(file, 0, trailer.slab ? trailer.offset : report.payloadBytes, hash));
    if (trailer.slab)
        LATENT_CHECK(hashRange(file, trailer.offset + trailer.length, report.payloadBytes, hash));
    report.sha256 = hash.hex();
    report.state = judge(trailer, report.sha256, key);
    return report;
}

Result<std::string> sealFile(const std::filesystem::path& path, const SealKey& key) {
    LATENT_TRY(File file, File::open(path, File::Mode::ReadWrite));
    LATENT_TRY(const std::uint64_t size, file.size());
    Sha256 hash;
    LATENT_CHECK(hashRange(file, 0, size, hash));
    const std::string sha256 = hash.hex();
    LATENT_CHECK(file.writeAt(size, sealTrailer(key, sha256)));
    LATENT_CHECK(file.sync());
    LATENT_CHECK(file.close());
    return sha256;
}

Result<std::string> sealSlabFile(const std::filesystem::path& path, const SealKey& key, std::uint64_t offset,
                                 std::uint64_t length) {
    LATENT_TRY(File file, File::open(path, File::Mode::ReadWrite));
    LATENT_TRY(const std::uint64_t size, file.size());
    Sha256 hash;
    LATENT_CHECK(hashRange(file, 0, offset, hash));
    LATENT_CHECK(hashRange(file, offset + length, size, hash));
    const std::string sha256 = hash.hex();
    LATENT_CHECK(file.writeAt(size, slabTrailer(key, offset, length, sha256)));
    LATENT_CHECK(file.sync());
    LATENT_CHECK(file.close());
    return sha256;
}

}  // namespace latent::engine
