// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/whole_file.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace latent::learn {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint64_t kMostHeaderBytes = 100'000'000;
constexpr std::size_t kLengthBytes = 8;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw RunError("'" + path.string() + "' is not a safetensors file that can be read: " + why + ".");
}

std::size_t elementBytes(const std::string& dtype) {
    static const std::map<std::string, std::size_t> kSizes = {
        {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
        {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
        {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8}};
    const auto found = kSizes.find(dtype);
    return found == kSizes.end() ? 0 : found->second;
}

/// Refuses what the grammar of the format does not have: the same name twice, or more than {name: {key: [numbers]}} of depth.
json parseHeader(const fs::path& path, const std::string& text) {
    std::vector<std::set<std::string>> names;
    std::string why;
    const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > 4) why = "its header is nested too deep";
        if (event == json::parse_event_t::object_start) names.emplace_back();
        if (event == json::parse_event_t::object_end && !names.empty()) names.pop_back();
        if (event == json::parse_event_t::key && !names.empty() &&
            !names.back().insert(parsed.get<std::string>()).second)
            why = "'" + parsed.get<std::string>() + "' is in its header twice";
        if (!why.empty()) refuse(path, why);
        return true;
    };
    json header;
    try {
        header = json::parse(text, look);
    } catch (const json::exception&) {
        refuse(path, "its header is not JSON");
    }
    if (!header.is_object()) refuse(path, "its header is not a JSON object");
    return header;
}

std::optional<std::uint64_t> natural(const json& value) {
    if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        return std::nullopt;
    return value.get<std::uint64_t>();
}

SafeTensor parseTensor(const fs::path& path, const std::string& name, const json& entry,
                       std::uint64_t dataBytes) {
    const auto wrong = [&](const std::string& what) { refuse(path, "the tensor '" + name + "' " + what); };
    if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") || !entry.contains("shape") ||
        !entry.contains("data_offsets"))
        wrong("does not have exactly dtype, shape and data_offsets");
    if (!entry["dtype"].is_string() || elementBytes(entry["dtype"].get<std::string>()) == 0)
        wrong("has an unknown dtype");
    SafeTensor tensor{entry["dtype"].get<std::string>(), {}, 0, 0};
    std::uint64_t bytes = elementBytes(tensor.dtype);
    if (!entry["shape"].is_array() || entry["shape"].size() > 32) wrong("has no shape");
    for (const json& length : entry["shape"]) {
        const auto n = natural(length);
        if (!n || *n > std::uint64_t{1} << 62) wrong("has a shape that is not a list of lengths");
        std::uint64_t product = 0;
        if (__builtin_mul_overflow(bytes, *n, &product)) wrong("is larger than any memory");
        bytes = product;
        tensor.shape.push_back(static_cast<std::int64_t>(*n));
    }
    const json& offsets = entry["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2) wrong("has no offsets");
    const auto begin = natural(offsets[0]), end = natural(offsets[1]);
    if (!begin || !end || *begin > *end || *end > dataBytes) wrong("has offsets outside of the file");
    if (*end - *begin != bytes)
        wrong("has " + std::to_string(*end - *begin) + " bytes where its shape needs " +
              std::to_string(bytes));
    tensor.offset = static_cast<std::size_t>(*begin);
    tensor.size = static_cast<std::size_t>(bytes);
    return tensor;
}

void requireCovered(const SafetensorsIndex& file, std::uint64_t dataBytes) {
    std::vector<const SafeTensor*> order;
    for (const auto& [name, tensor] : file.tensors) order.push_back(&tensor);
    std::sort(order.begin(), order.end(), [](const SafeTensor* a, const SafeTensor* b) {
        return std::pair(a->offset, a->size) < std::pair(b->offset, b->size);
    });
    std::uint64_t end = 0;
    for (const SafeTensor* tensor : order) {
        if (tensor->offset != end) refuse(file.path, "its tensors overlap or leave holes");
        end += tensor->size;
    }
    if (end != dataBytes) refuse(file.path, "it has bytes that belong to no tensor");
}

std::uint64_t littleEndian(const std::array<char, kLengthBytes>& bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = kLengthBytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

SafetensorsIndex indexSafetensors(const fs::path& path) {
    std::error_code failed;
    const std::uint64_t size = fs::is_regular_file(path, failed) ? fs::file_size(path, failed) : 0;
    std::ifstream in(path, std::ios::binary);
    if (failed || !in) throw RunError("The file '" + path.string() + "' cannot be read.");
    std::array<char, kLengthBytes> length{};
    if (size < kLengthBytes || !in.read(length.data(), kLengthBytes)) refuse(path, "it is too short");
    const std::uint64_t headerBytes = littleEndian(length);
    if (headerBytes > kMostHeaderBytes || headerBytes > size - kLengthBytes)
        refuse(path, "its header would be " + std::to_string(headerBytes) + " bytes long");
    std::string text(static_cast<std::size_t>(headerBytes), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(text.size()))) refuse(path, "it ends early");

    SafetensorsIndex file{path, {}, {}, kLengthBytes + headerBytes, size - kLengthBytes - headerBytes};
    const json header = parseHeader(path, text);
    for (const auto& [name, entry] : header.items()) {
        if (name != "__metadata__") {
            file.tensors.emplace(name, parseTensor(path, name, entry, file.dataBytes));
            continue;
        }
        if (!entry.is_object()) refuse(path, "its metadata are not an object");
        for (const auto& [key, value] : entry.items()) {
            if (!value.is_string()) refuse(path, "its metadata hold something that is not text");
            file.metadata.emplace(key, value.get<std::string>());
        }
    }
    requireCovered(file, file.dataBytes);
    return file;
}

SafeTensors readSafetensors(const fs::path& path, std::uint64_t mostBytes) {
    std::error_code failed;
    const std::uint64_t size = fs::is_regular_file(path, failed) ? fs::file_size(path, failed) : 0;
    if (!failed && size > mostBytes)
        refuse(path, "it has " + std::to_string(size) + " bytes; at most " + std::to_string(mostBytes) +
                         " are read");
    SafetensorsIndex index = indexSafetensors(path);
    SafeTensors file{path, std::move(index.tensors), std::move(index.metadata), {}};
    std::ifstream in(path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(index.dataStart));
    file.bytes.resize(static_cast<std::size_t>(index.dataBytes));
    if (index.dataBytes > 0 &&
        !in.read(reinterpret_cast<char*>(file.bytes.data()), static_cast<std::streamsize>(index.dataBytes)))
        refuse(path, "it ends early");
    return file;
}

std::vector<float> SafeTensors::floats(const std::string& name) const {
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw RunError("'" + path.string() + "' has no tensor '" + name + "'.");
    if (found->second.dtype != "F32")
        throw RunError("The tensor '" + name + "' of '" + path.string() + "' is " + found->second.dtype +
                       "; convert it to F32 first.");
    std::vector<float> values(found->second.size / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), bytes.data() + found->second.offset, found->second.size);
    return values;
}

void writeSafetensors(const fs::path& path, const std::vector<NamedFloats>& tensors,
                      const std::map<std::string, std::string>& metadata) {
    json header = json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::size_t offset = 0;
    for (const NamedFloats& tensor : tensors) {
        std::int64_t count = 1;
        for (const std::int64_t n : tensor.shape) count *= n;
        if (count != static_cast<std::int64_t>(tensor.values.size()) || header.contains(tensor.name))
            throw UsageError("writeSafetensors: '" + tensor.name +
                             "' is there twice, or its shape does not fit its values.");
        const std::size_t end = offset + tensor.values.size_bytes();
        header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump();
    text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes,
                ' ');  // elements lie aligned in a mapped file
    std::array<char, kLengthBytes> length{};
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        length[i] = static_cast<char>(static_cast<std::uint64_t>(text.size()) >> (8 * i) & 0xFF);

    writeWhole(path, [&](std::ostream& out) {
        out.write(length.data(), kLengthBytes);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        for (const NamedFloats& tensor : tensors)
            out.write(reinterpret_cast<const char*>(tensor.values.data()),
                      static_cast<std::streamsize>(tensor.values.size_bytes()));
    });
}

}  // namespace latent::learn
