// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file of named arrays that a recording may be in: safetensors, npz or HDF5, read box by box (the SDK's
// ArrayFile).
//
//     const std::unique_ptr<ArrayFile> file = openArrayFile("llama.safetensors");
//     file->arrays().at("hidden").shape;                       // {33, 5000, 4096}
//     file->read("hidden", {12, 0, 0}, {1, 5000, 4096}, out);  // layer 12 alone

#include <latent/learn/arrays/array_file.hpp>

namespace icl_graphs {

using latent::learn::ArrayFile;
using latent::learn::ArrayInfo;
using latent::learn::Element;

/// By its content, not its name: safetensors, npz or HDF5. Throws latent::RunError with a sentence when it is
/// none of them.
std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path);

std::unique_ptr<ArrayFile> openSafetensorsFile(const std::filesystem::path& path);
std::unique_ptr<ArrayFile> openHdf5File(const std::filesystem::path& path);

}  // namespace icl_graphs
