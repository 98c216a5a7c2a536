// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <latent/learn/arrays/npy_header.hpp>
#include <map>

namespace latent::learn {
namespace {

class Reader {
  public:
    explicit Reader(std::string_view text) : m_text(text) {}
    bool take(std::string_view word) {
        while (!m_text.empty() && (m_text.front() == ' ' || m_text.front() == '\n')) m_text.remove_prefix(1);
        if (m_text.substr(0, word.size()) != word) return false;
        m_text.remove_prefix(word.size());
        return true;
    }
    std::optional<std::string_view> quoted() {
        for (const std::string_view quote : {"'", "\""}) {
            if (!take(quote)) continue;
            const std::size_t end = m_text.find(quote);
            if (end == std::string_view::npos) return std::nullopt;
            const std::string_view word = m_text.substr(0, end);
            m_text.remove_prefix(end + 1);
            return word;
        }
        return std::nullopt;
    }
    std::optional<std::int64_t> natural() {
        take("");
        std::int64_t value = -1;
        const auto [end, error] = std::from_chars(m_text.data(), m_text.data() + m_text.size(), value);
        if (error != std::errc() || value < 0) return std::nullopt;
        m_text.remove_prefix(static_cast<std::size_t>(end - m_text.data()));
        return value;
    }
    /// Anything up to the comma or brace that ends a value, with brackets balanced: a dtype that is no plain
    /// text.
    bool skipValue() {
        int depth = 0;
        for (std::size_t i = 0; i < m_text.size(); ++i) {
            const char c = m_text[i];
            if (c == '[' || c == '(') ++depth;
            if (c == ']' || c == ')') --depth;
            if (depth == 0 && (c == ',' || c == '}')) {
                m_text.remove_prefix(i);
                return i > 0;
            }
        }
        return false;
    }
    bool atEnd() {
        take("");
        return m_text.empty();
    }

  private:
    std::string_view m_text;
};

void describeType(std::string_view descr, NpyHeader& header) {
    static const std::map<std::string, Element, std::less<>> kTypes = {
        {"f2", Element::F16}, {"f4", Element::F32}, {"f8", Element::F64}, {"i1", Element::I8},
        {"u1", Element::U8},  {"b1", Element::U8},  {"i2", Element::I16}, {"u2", Element::U16},
        {"i4", Element::I32}, {"u4", Element::U32}, {"i8", Element::I64}, {"u8", Element::U64}};
    const auto found = descr.size() == 3 ? kTypes.find(descr.substr(1)) : kTypes.end();
    if (found != kTypes.end() &&
        (descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && sizeOf(found->second) == 1))) {
        header.info.type = found->second;
        header.bigEndian = descr[0] == '>' && sizeOf(found->second) > 1;
        return;
    }
    header.info.refusal =
        descr.find('O') != std::string_view::npos
            ? "is pickled, which is never opened because it could run code; save it as numbers"
            : "is of the type '" + std::string(descr.substr(0, 40)) +
                  "', which is not read; save it as float32 or float16";
}

}  // namespace

std::optional<NpyHeader> parseNpyHeader(std::string_view text) {
    Reader in(text);
    NpyHeader header;
    bool descr = false, order = false, shape = false;
    if (!in.take("{")) return std::nullopt;
    while (!in.take("}")) {
        const auto key = in.quoted();
        if (!key || !in.take(":")) return std::nullopt;
        if (*key == "descr" && !descr) {
            descr = true;
            if (const auto word = in.quoted()) {
                describeType(*word, header);
            } else if (in.skipValue()) {
                header.info.refusal =
                    "has named fields, which are not read; save each as an array of its own";
            } else {
                return std::nullopt;
            }
        } else if (*key == "fortran_order" && !order) {
            order = true;
            header.fortran = in.take("True");
            if (!header.fortran && !in.take("False")) return std::nullopt;
        } else if (*key == "shape" && !shape) {
            shape = true;
            if (!in.take("(")) return std::nullopt;
            for (bool more = !in.take(")"); more;) {
                const auto length = in.natural();
                if (!length || header.info.shape.size() >= 32) return std::nullopt;
                header.info.shape.push_back(*length);
                const bool comma = in.take(",");
                more = !in.take(")");
                if (more && !comma) return std::nullopt;
            }
        } else {
            return std::nullopt;
        }
        in.take(",");
    }
    if (!descr || !order || !shape || !in.atEnd()) return std::nullopt;
    return header;
}

std::optional<std::uint64_t> npyDataOffset(std::string_view first) {
    using namespace std::string_view_literals;
    if (first.size() < 10 || first.substr(0, 6) != "\x93NUMPY"sv) return std::nullopt;
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(first[i]));
    };
    if (byte(6) < 1 || byte(6) > 3) return std::nullopt;
    if (byte(6) == 1) return 10 + (byte(8) | byte(9) << 8);
    if (first.size() < 12) return std::nullopt;
    return 12 + (byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24);
}

std::optional<NpyHeader> readNpyHeader(std::string_view head) {
    const auto end = npyDataOffset(head.substr(0, 12));
    if (!end || *end != head.size()) return std::nullopt;
    return parseNpyHeader(head.substr(head[6] == 1 ? 10 : 12));
}

}  // namespace latent::learn
