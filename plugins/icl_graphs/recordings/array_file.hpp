// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file of named arrays, read box by box, so that a recording may be larger than the memory: safetensors,
// npz, HDF5.
//
// Files of others are untrusted: nothing is allocated for what a header claims before it is checked against
// the length of the file. Every refusal is a latent::RunError with a sentence that names the file and the
// array. One thread at a time.
//
//     const std::unique_ptr<ArrayFile> file = openArrayFile("llama.safetensors");
//     file->arrays().at("hidden").shape;                       // {33, 5000, 4096}
//     file->read("hidden", {12, 0, 0}, {1, 5000, 4096}, out);  // layer 12 alone

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "recordings/element.hpp"

namespace icl_graphs {

struct ArrayInfo {
    std::vector<std::int64_t> shape;
    Element type = Element::F32;
    std::string refusal = {};  ///< why this one cannot be read (a pickle); empty: it can

    std::int64_t count() const;
};

class ArrayFile {
  public:
    virtual ~ArrayFile() = default;
    const std::filesystem::path& path() const { return m_path; }
    const std::map<std::string, ArrayInfo>& arrays() const { return m_arrays; }
    /// Text beside the arrays: metadata of safetensors, attributes of HDF5.
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }
    bool has(const std::string& name) const { return m_arrays.count(name) > 0; }
    /// Throws when there is none of that name or it cannot be read.
    const ArrayInfo& info(const std::string& name) const;

    /// The box that begins at `start` and is `count` long in each dimension, row-major, as floats. Throws
    /// when it is outside of the array.
    void read(const std::string& name, const std::vector<std::int64_t>& start,
              const std::vector<std::int64_t>& count, std::span<float> out);
    /// A whole array of at most `most` numbers; of whole numbers where `integers` is called.
    std::vector<float> floats(const std::string& name, std::int64_t most = std::int64_t{1} << 28);
    std::vector<std::int64_t> integers(const std::string& name, std::int64_t most = std::int64_t{1} << 26);

  protected:
    explicit ArrayFile(std::filesystem::path path) : m_path(std::move(path)) {}
    /// The box has been checked.
    virtual void readBox(const std::string& name, const ArrayInfo& info,
                         const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                         std::span<float> out) = 0;
    virtual void readIntegers(const std::string& name, const ArrayInfo& info,
                              std::span<std::int64_t> out) = 0;
    [[noreturn]] void refuse(const std::string& why) const;

    std::map<std::string, ArrayInfo> m_arrays;
    std::map<std::string, std::string> m_metadata;

  private:
    std::filesystem::path m_path;
};

/// By its content, not its name: safetensors, npz or HDF5. Throws with a sentence when it is none of them.
std::unique_ptr<ArrayFile> openArrayFile(const std::filesystem::path& path);

std::unique_ptr<ArrayFile> openSafetensorsFile(const std::filesystem::path& path);
std::unique_ptr<ArrayFile> openNpzFile(const std::filesystem::path& path);
std::unique_ptr<ArrayFile> openHdf5File(const std::filesystem::path& path);

}  // namespace icl_graphs
