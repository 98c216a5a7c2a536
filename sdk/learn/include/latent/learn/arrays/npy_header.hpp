// SPDX-License-Identifier: Apache-2.0
#pragma once
// The head of an npy array: a magic number, a version, and "{'descr': '<f4', 'fortran_order': False, 'shape':
// (200, 4096), }", read by its grammar, never evaluated. Pure; any thread.
//
//     const auto offset = npyDataOffset(first);                        // of the first element, from the first 12 bytes
//     const auto header = readNpyHeader(bytes.substr(0, *offset));     // nothing when it is no such header

#include <latent/learn/arrays/array_file.hpp>
#include <optional>
#include <string_view>

namespace latent::learn {

struct NpyHeader {
    ArrayInfo info;  ///< with a refusal for types that are not read: pickled objects, texts, named fields
    bool bigEndian = false;
    bool fortran = false;  ///< the first index runs fastest
};
/// From the text in the head alone. Nothing when it is no such header.
std::optional<NpyHeader> parseNpyHeader(std::string_view text);

/// Offset of the first element in bytes, from the first 12 bytes (a shorter file: from all of it). Nothing
/// when they begin no npy array of version 1, 2 or 3.
std::optional<std::uint64_t> npyDataOffset(std::string_view first);
/// From the bytes before the first element.
std::optional<NpyHeader> readNpyHeader(std::string_view head);

}  // namespace latent::learn
