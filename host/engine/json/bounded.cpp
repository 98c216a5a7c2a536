// SPDX-License-Identifier: Apache-2.0
#include "engine/json/bounded.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace latent::engine {
namespace {

using nlohmann::json;

/// Builds the value while it watches depth and keys. The parser itself does not recurse, so depth costs no
/// stack.
class BoundedBuilder : public nlohmann::json_sax<json> {
  public:
    BoundedBuilder(std::string_view what, int maxDepth) : m_what(what), m_maxDepth(maxDepth) {}

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(json::number_integer_t value) override { return put(value); }
    bool number_unsigned(json::number_unsigned_t value) override { return put(value); }
    bool number_float(json::number_float_t value, const std::string& text) override {
        if (!std::isfinite(value))
            return stop("holds the number " + text.substr(0, 40) + ", which is too large");
        return put(value);
    }
    bool string(std::string& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return stop("holds binary data"); }
    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(std::string& value) override {
        if (m_open.back()->contains(value)) return stop("has the key \"" + value.substr(0, 80) + "\" twice");
        m_key = std::move(value);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        // 406 is a number that no double holds; everything else is a matter of form.
        if (error.id == 406)
            return stop("holds a number that is too large, at byte " + std::to_string(position));
        return stop("is not valid JSON, at byte " + std::to_string(position));
    }

    json take() { return std::move(m_root); }
    Error error() const { return refused(m_error); }

  private:
    template <class Value>
    bool put(Value&& value) {
        place(json(std::forward<Value>(value)));
        return true;
    }
    json* place(json&& value) {
        if (m_open.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        json& parent = *m_open.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[m_key] = std::move(value));
    }
    bool open(json&& value) {
        if (static_cast<int>(m_open.size()) >= m_maxDepth) {
            return stop("is nested more than " + std::to_string(m_maxDepth) + " levels deep");
        }
        // The pointer stays good: a parent does not grow while a child of it is open.
        m_open.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        m_open.pop_back();
        return true;
    }
    bool stop(const std::string& reason) {
        if (m_error.empty()) m_error = m_what + " " + reason + ".";
        return false;
    }

    std::string m_what;
    int m_maxDepth;
    json m_root;
    std::vector<json*> m_open;
    std::string m_key;
    std::string m_error;
};

}  // namespace

bool isUtf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t follow = 0;
        std::uint32_t code = 0;
        if (lead < 0x80) {
            ++i;
            continue;
        } else if (lead >= 0xC2 && lead <= 0xDF) {
            follow = 1;
            code = lead & 0x1Fu;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            follow = 2;
            code = lead & 0x0Fu;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            follow = 3;
            code = lead & 0x07u;
        } else {
            return false;
        }
        if (i + follow >= text.size()) return false;
        for (std::size_t k = 1; k <= follow; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0u) != 0x80u) return false;
            code = (code << 6) | (next & 0x3Fu);
        }
        if (follow == 2 && (code < 0x800 || (code >= 0xD800 && code <= 0xDFFF))) return false;
        if (follow == 3 && (code < 0x10000 || code > 0x10FFFF)) return false;
        i += follow + 1;
    }
    return true;
}

Result<nlohmann::json> parseJson(std::string_view text, std::string_view what, JsonLimits limits) {
    const std::string name(what);
    if (text.size() > limits.bytes) {
        return refused(name + " is " + std::to_string(text.size()) + " bytes long; at most " +
                       std::to_string(limits.bytes) + " are read.");
    }
    if (!isUtf8(text)) return refused(name + " is not valid UTF-8.");
    BoundedBuilder builder(what, limits.depth);
    if (!json::sax_parse(text.begin(), text.end(), &builder)) return builder.error();
    return builder.take();
}

Result<std::string> canonicalJson(const nlohmann::json& value, std::string_view what) {
    // dump() writes infinities and NaN as null, which would give two values one spelling; look for them
    // first.
    std::vector<const json*> pending{&value};
    while (!pending.empty()) {
        const json* next = pending.back();
        pending.pop_back();
        if (next->is_number_float() && !std::isfinite(next->get<double>())) {
            return badRequest(std::string(what) +
                              " holds a number that is not finite; JSON has no word for it.");
        }
        if (next->is_structured()) {
            for (const json& child : *next) pending.push_back(&child);
        }
    }
    try {
        return value.dump(-1, ' ', false, json::error_handler_t::strict);
    } catch (const json::exception&) {
        return badRequest(std::string(what) + " holds text that is not valid UTF-8.");
    }
}

}  // namespace latent::engine
