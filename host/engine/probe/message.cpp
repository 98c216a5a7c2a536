// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/message.hpp"

#include <algorithm>

#include "engine/json/bounded.hpp"

namespace latent::engine {
namespace {

constexpr std::size_t kMaxRank = 16, kMaxName = 256;

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

/// Moves up to `count` bytes from the front of `from` to the end of `to`.
void take(std::string_view& from, std::string& to, std::uint64_t count) {
    const std::size_t now = static_cast<std::size_t>(std::min<std::uint64_t>(count, from.size()));
    to.append(from.data(), now);
    from.remove_prefix(now);
}

}  // namespace

Status fitsMessage(const std::string& name, std::uint64_t size, std::uint64_t total,
                   const ProbeLimits& limits) {
    if (size > limits.array)
        return refused("The array \"" + name + "\" has " + std::to_string(size) +
                       " bytes; an array of a probe may have " + megabytes(limits.array) + ".");
    if (size > limits.message - std::min(total, limits.message))
        return refused("The arrays of one message of a probe may have " + megabytes(limits.message) +
                       " together; \"" + name + "\" is one too many.");
    return ok();
}

Result<std::string> encodeHead(const nlohmann::json& given, const std::vector<ProbeArray>& arrays,
                               const ProbeLimits& limits) {
    nlohmann::json header = given.is_object() ? given : nlohmann::json::object();
    header.erase("arrays");
    std::uint64_t total = 0;
    if (arrays.size() > limits.arrays)
        return refused("A message of a probe may have " + std::to_string(limits.arrays) + " arrays, not " +
                       std::to_string(arrays.size()) + ".");
    for (const ProbeArray& array : arrays) {
        LATENT_CHECK(fitsMessage(array.name, array.data.bytes.size(), total, limits));
        total += array.data.bytes.size();
        header["arrays"].push_back({{"name", array.name},
                                    {"dtype", nameOf(array.data.dtype)},
                                    {"shape", array.data.shape},
                                    {"bytes", array.data.bytes.size()}});
    }
    const std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() > limits.header)
        return refused("The values and outputs of a probe may have " + megabytes(limits.header) +
                       " as JSON, not " + std::to_string(text.size()) + " bytes.");
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8)
        bytes.push_back(static_cast<char>((text.size() >> shift) & 0xff));
    return bytes + text;
}

Result<std::string> encodeMessage(const ProbeMessage& message, const ProbeLimits& limits) {
    LATENT_TRY(std::string bytes, encodeHead(message.header, message.arrays, limits));
    std::size_t total = bytes.size();
    for (const ProbeArray& array : message.arrays) total += array.data.bytes.size();
    bytes.reserve(total);
    for (const ProbeArray& array : message.arrays) bytes += array.data.bytes;
    return bytes;
}

Error ProbeMessageReader::breaks(std::string sentence) {
    m_broken = refused(std::move(sentence));
    return *m_broken;
}

Result<std::optional<ProbeMessage>> ProbeMessageReader::next(std::string_view& bytes) {
    if (m_broken) return *m_broken;
    while (true) {
        if (!m_length) {
            take(bytes, m_head, 8 - m_head.size());
            if (m_head.size() < 8) return std::optional<ProbeMessage>();
            std::uint64_t length = 0;
            for (std::size_t i = 8; i-- > 0;) length = (length << 8) | static_cast<unsigned char>(m_head[i]);
            if (length == 0 || length > m_limits.header)
                return breaks("A message of a probe begins with a header of " + std::to_string(length) +
                              " bytes; 1 to " + std::to_string(m_limits.header) + " are allowed.");
            m_length = length;
            m_head.clear();
        }
        if (!m_inArrays) {
            take(bytes, m_head, *m_length - m_head.size());
            if (m_head.size() < *m_length) return std::optional<ProbeMessage>();
            if (const Status read = readHeader(); !read) return breaks(read.error().message);
            m_inArrays = true;
        }
        for (; m_array < m_sizes.size(); ++m_array) {
            std::string& into = m_message.arrays[m_array].data.bytes;
            take(bytes, into, m_sizes[m_array] - into.size());
            if (into.size() < m_sizes[m_array]) return std::optional<ProbeMessage>();
        }
        std::optional<ProbeMessage> complete(std::move(m_message));
        m_message = {};
        m_sizes.clear();
        m_head.clear();
        m_length.reset();
        m_inArrays = false;
        m_array = 0;
        return complete;
    }
}

Status ProbeMessageReader::readHeader() {
    LATENT_TRY(m_message.header, parseJson(m_head, "The header of a message",
                                           {.bytes = static_cast<std::size_t>(m_limits.header)}));
    if (!m_message.header.is_object()) return refused("The header of a message is not a JSON object.");
    const auto listed = m_message.header.find("arrays");
    if (listed == m_message.header.end()) return ok();
    if (!listed->is_array() || listed->size() > m_limits.arrays)
        return refused("\"arrays\" in the header of a message has to be a list of at most " +
                       std::to_string(m_limits.arrays) + " arrays.");
    std::uint64_t total = 0;
    for (const nlohmann::json& entry : *listed) LATENT_CHECK(listArray(entry, total));
    m_message.header.erase("arrays");
    return ok();
}

Status ProbeMessageReader::listArray(const nlohmann::json& entry, std::uint64_t& total) {
    const auto wrong = [](const char* what) {
        return refused(std::string("An array in the header of a message ") + what + ".");
    };
    if (!entry.is_object()) return wrong("is not an object");
    ProbeArray array;
    const auto name = entry.find("name"), dtype = entry.find("dtype"), shape = entry.find("shape"),
               bytes = entry.find("bytes");
    if (name == entry.end() || !name->is_string() || name->get_ref<const std::string&>().empty() ||
        name->get_ref<const std::string&>().size() > kMaxName)
        return wrong("has no name");
    array.name = name->get<std::string>();
    for (const ProbeArray& other : m_message.arrays)
        if (other.name == array.name) return wrong("has the name of another");
    const auto type = dtype != entry.end() && dtype->is_string()
                          ? dtypeNamed(dtype->get_ref<const std::string&>())
                          : std::nullopt;
    if (!type) return wrong("has no element type (\"f32\" to \"u64\")");
    array.data.dtype = *type;
    if (shape == entry.end() || !shape->is_array() || shape->size() > kMaxRank)
        return wrong("has no shape of at most 16 dimensions");
    for (const nlohmann::json& extent : *shape) {
        if (!extent.is_number_unsigned()) return wrong("has an extent that is no count");
        array.data.shape.push_back(extent.get<std::uint64_t>());
    }
    const auto size = byteCount(array.data.dtype, array.data.shape);
    if (!size || bytes == entry.end() || !bytes->is_number_unsigned() || bytes->get<std::uint64_t>() != *size)
        return wrong("has a number of bytes that is not that of its type and shape");
    LATENT_CHECK(fitsMessage(array.name, *size, total, m_limits));
    total += *size;
    m_sizes.push_back(*size);
    m_message.arrays.push_back(std::move(array));
    return ok();
}

}  // namespace latent::engine
