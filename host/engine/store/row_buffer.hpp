// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of one array that wait for their commit, in pieces that never move: small appends share a piece, large ones
// get their own, so that no byte is copied twice. Part of SegmentWriter, under its lock.
//
//     buffer.append(view.raw());                  // copies
//     buffer.append(std::move(bytes));            // takes over
//     writer.lend(name, dtype, shape, {}, {}, buffer.pieces());

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latent::engine {

class RowBuffer {
  public:
    void append(std::string_view bytes) {
        if (m_pieces.empty() || m_pieces.back().capacity() - m_pieces.back().size() < bytes.size()) {
            // Each piece of small appends is as long as all before it, up to 1 MB: few pieces, little left empty.
            const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(m_bytes, kPiece));
            m_pieces.emplace_back().reserve(std::max(bytes.size(), room));
        }
        m_pieces.back().append(bytes);
        m_bytes += bytes.size();
    }
    void append(std::string&& bytes) {
        m_bytes += bytes.size();
        m_pieces.push_back(std::move(bytes));
    }
    void clear() {
        m_pieces.clear();
        m_bytes = 0;
    }
    std::uint64_t bytes() const { return m_bytes; }
    /// In order; each holds whole appends.
    std::vector<std::string_view> pieces() const { return {m_pieces.begin(), m_pieces.end()}; }

  private:
    static constexpr std::uint64_t kPiece = 1u << 20;
    std::vector<std::string> m_pieces;
    std::uint64_t m_bytes = 0;
};

}  // namespace latent::engine
