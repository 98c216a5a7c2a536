// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files of named arrays in the safetensors format: 8 bytes of header length, a JSON header, the elements.
//
// Files of others are untrusted. Before anything is allocated for it, a header must be at most 100 MB and inside of the file, shapes
// must not overflow, and offsets must cover the rest of the file without holes or overlaps; duplicate names and unknown types are
// refused. Every refusal is a RunError with a sentence that names the file. Reading takes as much memory as the file is long. Numbers
// are little-endian, as is every machine that this is built for. Any thread; values.
//
//     writeSafetensors("probe.safetensors", {{"w", {3, 4}, w}, {"b", {4}, b}}, {{"made_by", "probe"}});
//     const SafeTensors file = readSafetensors("probe.safetensors");
//     const SafeTensor& w = file.tensors.at("w");                     // w.dtype "F32", w.shape {3, 4}
//     std::vector<float> values = file.floats("w");                   // F32 only

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace latent::learn {

struct SafeTensor {
    std::string dtype;                ///< "F32", "I64", … as in the file
    std::vector<std::int64_t> shape;  ///< empty: one element
    std::size_t offset;               ///< in SafeTensors::bytes
    std::size_t size;                 ///< in bytes
};

struct SafeTensors {
    std::filesystem::path path;
    std::map<std::string, SafeTensor> tensors;
    std::map<std::string, std::string> metadata;
    std::vector<std::uint8_t> bytes;  ///< the elements of all tensors

    /// A copy of an F32 tensor's elements. Throws RunError when there is none of that name or it is of another type.
    std::vector<float> floats(const std::string& name) const;
};

/// The header of a file alone, as checked as readSafetensors checks it: for files larger than the memory. Elements of a tensor begin at
/// byte dataStart + offset of the file and are `size` bytes long.
struct SafetensorsIndex {
    std::filesystem::path path;
    std::map<std::string, SafeTensor> tensors;
    std::map<std::string, std::string> metadata;
    std::uint64_t dataStart = 0;
    std::uint64_t dataBytes = 0;
};
SafetensorsIndex indexSafetensors(const std::filesystem::path& path);

/// What a file may hold at most, in bytes, unless the caller says otherwise.
inline constexpr std::uint64_t kMostSafetensorsBytes = std::uint64_t{16} << 30;

SafeTensors readSafetensors(const std::filesystem::path& path,
                            std::uint64_t mostBytes = kMostSafetensorsBytes);

struct NamedFloats {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// Written to a new file beside the target, which is then renamed: nobody sees half a file. Throws UsageError when a shape does not
/// fit its values, RunError when the file cannot be written.
void writeSafetensors(const std::filesystem::path& path, const std::vector<NamedFloats>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace latent::learn
