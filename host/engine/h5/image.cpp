// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/image.hpp"

#include <algorithm>
#include <utility>

#include "engine/h5/memory_image.hpp"

namespace latent::engine::h5 {
namespace {

constexpr std::size_t kPiece = 256u << 10;    // stays in the cache while it is hashed and written
constexpr std::size_t kGathered = 64u << 10;  // shorter ones are put together

/// Hands bytes on in pieces of at most kPiece; short ones are gathered, so that a small file is one or two pieces.
class Pieces {
  public:
    explicit Pieces(const std::function<Status(std::string_view)>& each) : m_each(each) {}

    Status add(std::string_view bytes) {
        if (m_gathered.size() + bytes.size() <= kGathered) {
            m_gathered.append(bytes);
            return ok();
        }
        LATENT_CHECK(flush());
        for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPiece)))
            LATENT_CHECK(m_each(bytes.substr(0, kPiece)));
        return ok();
    }
    Status flush() {
        if (m_gathered.empty()) return ok();
        LATENT_CHECK(m_each(m_gathered));
        m_gathered.clear();
        return ok();
    }

  private:
    const std::function<Status(std::string_view)>& m_each;
    std::string m_gathered;
};

}  // namespace

Image::Image(std::unique_ptr<MemoryImage> memory, std::vector<Lent> lent)
    : m_memory(std::move(memory)), m_lent(std::move(lent)) {
    std::sort(m_lent.begin(), m_lent.end(), [](const Lent& a, const Lent& b) { return a.offset < b.offset; });
}
Image::Image(Image&&) noexcept = default;
Image& Image::operator=(Image&&) noexcept = default;
Image::~Image() = default;

std::uint64_t Image::bytes() const { return m_memory->end(); }

Status Image::visit(const std::function<Status(std::string_view)>& each) const {
    Pieces pieces(each);
    const std::string_view memory = m_memory->data();
    // What libhdf5 wrote up to `end`; beyond its memory the file holds zeros.
    const auto own = [&](std::uint64_t begin, std::uint64_t end) -> Status {
        const std::uint64_t held = std::min<std::uint64_t>(end, memory.size());
        if (begin < held)
            LATENT_CHECK(pieces.add(
                memory.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(held - begin))));
        static const std::string zeros(4096, '\0');
        for (std::uint64_t at = std::max(begin, held); at < end;) {
            const std::size_t part =
                static_cast<std::size_t>(std::min<std::uint64_t>(end - at, zeros.size()));
            LATENT_CHECK(pieces.add(std::string_view(zeros).substr(0, part)));
            at += part;
        }
        return ok();
    };
    std::uint64_t at = 0;
    for (const Lent& lent : m_lent) {
        LATENT_CHECK(own(at, lent.offset));
        at = lent.offset;
        for (const std::string_view piece : lent.pieces) {
            LATENT_CHECK(pieces.add(piece));
            at += piece.size();
        }
    }
    LATENT_CHECK(own(at, bytes()));
    return pieces.flush();
}

std::string Image::text() const {
    std::string all;
    all.reserve(static_cast<std::size_t>(bytes()));
    static_cast<void>(visit([&](std::string_view piece) {
        all += piece;
        return ok();
    }));
    return all;
}

}  // namespace latent::engine::h5
