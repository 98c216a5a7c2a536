// SPDX-License-Identifier: Apache-2.0
#pragma once
// The content digest of a run: one SHA-256 over everything it computed and nothing about when or where.
//
// Fed in a fixed order (arrays by name, then large arrays by name, then metrics by name), it is equal exactly
// when names, types, shapes and bytes are. One thread.
//
//     ContentDigest digest;
//     digest.begin("array", "loss", DType::F64, {200});
//     digest.add(bytes);                        // in pieces
//     std::string hex = digest.hex();

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/files/sha256.hpp"
#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine {

class ContentDigest {
  public:
    /// Opens the next entry. `kind` is array, large or metric.
    void begin(std::string_view kind, std::string_view name, DType dtype, const Shape& shape);
    void add(std::string_view bytes) { m_hash.update(bytes); }
    std::string hex() { return m_hash.hex(); }

  private:
    Sha256 m_hash;
};

/// Rows that make about `bytes` bytes, at least one.
std::uint64_t rowsPerPiece(std::uint64_t rowBytes, std::uint64_t bytes = 16u << 20);

/// Visits an array of that shape in boxes of at most about `bytes` bytes, in row-major order.
Status inPieces(const Shape& shape, std::uint64_t elementBytes,
                const std::function<Status(const Shape& start, const Shape& count)>& visit,
                std::uint64_t bytes = 16u << 20);

}  // namespace latent::engine
