// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be asked of an HDF5 file, wherever it is opened: in this process (reader.hpp) or in a reader child
// (store/reader_child.hpp). The limits are checked before anything is allocated.
//
// A Source belongs to one thread at a time.
//
//     LATENT_TRY(auto source, h5::openReader(path));                  // only for files whose seal is Ours
//     for (const h5::DatasetInfo& info : source->datasets()) …
//     LATENT_TRY(Array rows, source->read("weights", {0, 0, 0}, {10, 64, 64}));

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine::h5 {

struct Limits {
    std::size_t objects = 100'000;  ///< groups and datasets in the file
    std::size_t rank = 16;
    std::size_t depth = 16;                  ///< of groups in groups
    std::uint64_t readBytes = 1ull << 30;    ///< of one read
    std::uint64_t textBytes = 16u << 20;     ///< of one text attribute
    std::uint64_t allTextBytes = 64u << 20;  ///< of all text attributes together
};

struct DatasetInfo {
    std::string name;  ///< path without the leading slash
    DType dtype = DType::F64;
    Shape shape;
    std::vector<std::string> dims;                ///< declared dimension names; empty when the file has none
    std::map<std::string, std::string> texts;     ///< text attributes
    std::map<std::string, std::int64_t> numbers;  ///< integer attributes
};

class Source {
  public:
    virtual ~Source() = default;
    /// All datasets, sorted by name, scales without values left out.
    virtual const std::vector<DatasetInfo>& datasets() const = 0;
    /// Text attributes of the file itself.
    virtual const std::map<std::string, std::string>& texts() const = 0;
    /// A box of one dataset: start and count per axis; strides, if given, per axis too.
    virtual Result<Array> read(const std::string& name, const Shape& start, const Shape& count,
                               const Shape& stride = {}) = 0;

    const DatasetInfo* find(const std::string& name) const;
    Result<Array> readAll(const std::string& name);
};

/// Opens a file in this process. Refused (exit 3): not HDF5, over the limits, links out of the file, external
/// or virtual storage, object references and variable-length data outside the dimension scales.
Result<std::unique_ptr<Source>> openReader(const std::filesystem::path& path, Limits limits = {});
/// The same for bytes in memory; `what` names them in errors. The bytes are copied.
Result<std::unique_ptr<Source>> openReader(std::string_view bytes, const std::string& what,
                                           Limits limits = {});

}  // namespace latent::engine::h5
