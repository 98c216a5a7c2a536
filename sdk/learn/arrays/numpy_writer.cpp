// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/arrays/numpy_writer.hpp"

#include <zlib.h>

#include <latent/learn/whole_file.hpp>
#include <set>

#include "zip_records.hpp"

namespace latent::learn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderStep = 64;  // a member's elements begin at a multiple of it
constexpr int kDate = 0x21;              // 1980-01-01, the first that the format knows

std::string little(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
    return bytes;
}

const char* descrOf(DType type) {
    switch (type) {
        case DType::F32:
            return "<f4";
        case DType::F64:
            return "<f8";
        case DType::I8:
            return "|i1";
        case DType::I16:
            return "<i2";
        case DType::I32:
            return "<i4";
        case DType::I64:
            return "<i8";
        case DType::U8:
            return "|u1";
        case DType::U16:
            return "<u2";
        case DType::U32:
            return "<u4";
        case DType::U64:
            return "<u8";
    }
    throw UsageError("writeNpz: an array has a type that NumPy does not know.");
}

/// Version 1.0 of the npy header.
std::string headerOf(const ArrayView& array) {
    std::string shape = "(";
    for (const int64_t n : array.shape()) shape += std::to_string(n) + ", ";
    if (array.shape().size() > 1) shape.resize(shape.size() - 2);
    if (array.shape().size() == 1) shape.pop_back();
    std::string words = std::string("{'descr': '") + descrOf(array.dtype()) +
                        "', 'fortran_order': False, 'shape': " + shape + "), }";
    const std::size_t before = 10;  // magic, version and length
    words.append((kHeaderStep - (before + words.size() + 1) % kHeaderStep) % kHeaderStep, ' ');
    words += '\n';
    return std::string("\x93NUMPY\x01", 7) + std::string(1, '\0') + little(words.size(), 2) + words;
}

std::uint32_t checkSum(const std::string& header, const void* data, std::uint64_t size) {
    const uLong sum =
        crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size()));
    if (size == 0) return static_cast<std::uint32_t>(sum);  // zlib takes a null pointer for "begin anew"
    return static_cast<std::uint32_t>(crc32(sum, static_cast<const Bytef*>(data), static_cast<uInt>(size)));
}

/// What the local header and the directory say alike of a member.
std::string factsOf(std::uint32_t sum, std::uint64_t size, const std::string& name) {
    return little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(kDate, 2) + little(sum, 4) +
           little(size, 4) + little(size, 4) + little(name.size(), 2) + little(0, 2);
}

std::uint64_t dataBytesOf(const ArrayView& array) {
    return static_cast<std::uint64_t>(array.count()) * latent::sizeOf(array.dtype());
}

}  // namespace

std::uint64_t npzBytes(const std::vector<std::pair<std::string, ArrayView>>& arrays) {
    std::uint64_t bytes = zip::kEndBytes;
    for (const auto& [name, array] : arrays)
        bytes += zip::kLocalBytes + zip::kEntryBytes + 2 * (name.size() + 4) + headerOf(array).size() +
                 dataBytesOf(array);
    return bytes;
}

void writeNpz(const fs::path& path, const std::vector<std::pair<std::string, ArrayView>>& arrays) {
    std::set<std::string> names;
    for (const auto& [name, array] : arrays)
        if (name.empty() || name.size() > 1000 || name.find_first_of("/\\") != std::string::npos ||
            !names.insert(name).second)
            throw UsageError("writeNpz: '" + name + "' is there twice, or is no plain name.");
    if (npzBytes(arrays) > kMostNpzBytes)
        throw RunError("The file '" + path.string() +
                       "' cannot be written: an npz archive holds at most 4 GiB.");
    writeWhole(path, [&](std::ostream& out) {
        std::string directory;
        std::uint64_t at = 0;
        for (const auto& [name, array] : arrays) {
            const std::string member = name + ".npy", header = headerOf(array);
            const std::uint64_t bytes = dataBytesOf(array), size = header.size() + bytes;
            const std::string facts = factsOf(checkSum(header, array.data(), bytes), size, member),
                              local = little(zip::kLocal, 4) + facts + member;
            out.write(local.data(), static_cast<std::streamsize>(local.size()));
            out.write(header.data(), static_cast<std::streamsize>(header.size()));
            out.write(static_cast<const char*>(array.data()), static_cast<std::streamsize>(bytes));
            directory += little(zip::kEntry, 4) + little(20, 2) + facts + little(0, 2) + little(0, 2) +
                         little(0, 2) + little(0, 4) + little(at, 4) + member;
            at += local.size() + size;
        }
        out.write(directory.data(), static_cast<std::streamsize>(directory.size()));
        const std::string end = little(zip::kEnd, 4) + little(0, 4) + little(arrays.size(), 2) +
                                little(arrays.size(), 2) + little(directory.size(), 4) + little(at, 4) +
                                little(0, 2);
        out.write(end.data(), static_cast<std::streamsize>(end.size()));
    });
}

}  // namespace latent::learn
