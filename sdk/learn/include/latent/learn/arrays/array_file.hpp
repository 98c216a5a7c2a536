// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file of named arrays, read box by box, so that it may be larger than the memory. Here are the readers of
// NumPy's files; a plugin adds its own formats by deriving from ArrayFile.
//
// Files of others are untrusted: nothing is allocated for what a header claims before it is checked against
// the length of the file, and a pickle is never opened. Every refusal is a latent::RunError with a sentence
// that names the file, and the array where it is about one. One thread at a time.
//
//     const std::unique_ptr<ArrayFile> file = openNumpyFile("chains.npz");
//     file->arrays().at("transition").shape;                       // {64, 10, 10}
//     file->read("transition", {12, 0, 0}, {1, 10, 10}, out);      // matrix 12 alone
//     file->doubles("transition");                                 // all of it

#include <cstdint>
#include <filesystem>
#include <functional>
#include <latent/learn/arrays/element.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace latent::learn {

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

    /// The box that begins at `start` and is `count` long in each dimension, row-major, as floats or doubles.
    /// Throws when it is outside of the array; UsageError where `out` has another size than the box.
    void read(const std::string& name, const std::vector<std::int64_t>& start,
              const std::vector<std::int64_t>& count, std::span<float> out);
    void read(const std::string& name, const std::vector<std::int64_t>& start,
              const std::vector<std::int64_t>& count, std::span<double> out);
    /// A whole array of at most `most` numbers; of whole numbers up to 2^63 − 1 where `integers` is called.
    std::vector<float> floats(const std::string& name, std::int64_t most = std::int64_t{1} << 28);
    std::vector<double> doubles(const std::string& name, std::int64_t most = std::int64_t{1} << 27);
    std::vector<std::int64_t> integers(const std::string& name, std::int64_t most = std::int64_t{1} << 26);

  protected:
    explicit ArrayFile(std::filesystem::path path) : m_path(std::move(path)) {}
    /// The box has been checked, and holds something.
    virtual void readBox(const std::string& name, const ArrayInfo& info,
                         const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                         std::span<float> out) = 0;
    virtual void readBox(const std::string& name, const ArrayInfo& info,
                         const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                         std::span<double> out) = 0;
    virtual void readIntegers(const std::string& name, const ArrayInfo& info,
                              std::span<std::int64_t> out) = 0;
    [[noreturn]] void refuse(const std::string& why) const;
    /// Calls `read`, and makes of a ReadFault a refusal that names the array.
    void naming(const std::string& array, const std::function<void()>& read) const;

    std::map<std::string, ArrayInfo> m_arrays;
    std::map<std::string, std::string> m_metadata;

  private:
    template <class T>
    void readChecked(const std::string& name, const std::vector<std::int64_t>& start,
                     const std::vector<std::int64_t>& count, std::span<T> out);
    const ArrayInfo& atMost(const std::string& name, std::int64_t most) const;
    std::filesystem::path m_path;
};

/// An npz archive (stored or deflated, zip64) or a single npy array, by its content. That array is called
/// "array".
std::unique_ptr<ArrayFile> openNumpyFile(const std::filesystem::path& path);
std::unique_ptr<ArrayFile> openNpzFile(const std::filesystem::path& path);
std::unique_ptr<ArrayFile> openNpyFile(const std::filesystem::path& path);

}  // namespace latent::learn
