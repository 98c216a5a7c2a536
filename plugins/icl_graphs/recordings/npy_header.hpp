// SPDX-License-Identifier: Apache-2.0
#pragma once
// The header of an npy array: "{'descr': '<f4', 'fortran_order': False, 'shape': (200, 4096), }", read by its
// grammar, never evaluated. Internal to the npz reader. Pure.

#include <optional>
#include <string_view>

#include "recordings/array_file.hpp"

namespace icl_graphs {

struct NpyHeader {
    ArrayInfo
        info;  ///< with a refusal for types that are not read: pickled objects, texts, big-endian numbers
    bool fortran = false;
};
/// Nothing when the text is no such header.
std::optional<NpyHeader> parseNpyHeader(std::string_view text);

}  // namespace icl_graphs
