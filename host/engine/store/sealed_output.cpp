// SPDX-License-Identifier: Apache-2.0
#include "engine/store/sealed_output.hpp"

#include <future>
#include <system_error>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"

namespace latent::engine {
namespace {

/// A second thread costs a tenth of a millisecond; this many bytes take ten times as long to hash.
constexpr std::uint64_t kHashedApart = 2u << 20;

}  // namespace

Result<SealedOutput> SealedOutput::make(const std::filesystem::path& path, std::uint64_t expectedBytes,
                                        std::uint64_t imageBytes, std::uint64_t metadataBytes) {
    if (expectedBytes <= imageBytes) {
        LATENT_TRY(h5::Writer writer, h5::Writer::inMemory(path.string(), metadataBytes));
        return SealedOutput(path, {}, std::move(writer));
    }
    const auto temporary = temporaryBeside(path);
    LATENT_TRY(h5::Writer writer, h5::Writer::toFile(temporary));
    return SealedOutput(path, temporary, std::move(writer));
}

SealedOutput::SealedOutput(std::filesystem::path path, std::filesystem::path temporary, h5::Writer writer)
    : m_path(std::move(path)), m_temporary(std::move(temporary)), m_writer(std::move(writer)) {}

SealedOutput::~SealedOutput() {
    std::error_code code;
    if (!m_temporary.empty()) std::filesystem::remove(m_temporary, code);
}

Result<std::string> SealedOutput::putInPlace(const SealKey& key) {
    if (m_temporary.empty()) {
        LATENT_TRY(const h5::Image image, m_writer.finish());
        std::string sha256;
        const auto write = [&](File& file) -> Status {
            Sha256 hash;
            const auto update = [&](std::string_view piece) {
                hash.update(piece);
                return ok();
            };
            if (image.bytes() < kHashedApart) {
                LATENT_CHECK(image.visit([&](std::string_view piece) {
                    hash.update(piece);
                    return file.write(piece);
                }));
            } else {  // hashing takes as long as writing: one beside the other
                const std::future<Status> hashed =
                    std::async(std::launch::async, [&] { return image.visit(update); });
                const Status written = image.visit([&](std::string_view piece) { return file.write(piece); });
                hashed.wait();
                LATENT_CHECK(written);
            }
            sha256 = hash.hex();
            return file.write(sealTrailer(key, sha256));
        };
        LATENT_CHECK(writeNew(m_path, write));
        m_bytes = image.bytes() + kSealTrailerBytes;
        return sha256;
    }
    LATENT_CHECK(m_writer.finishFile());
    LATENT_TRY(std::string sha256, sealFile(m_temporary, key));
    std::error_code code;
    m_bytes = std::filesystem::file_size(m_temporary, code);
    LATENT_CHECK(engine::putInPlace(m_temporary, m_path));
    m_temporary.clear();
    return sha256;
}

}  // namespace latent::engine
