// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes one HDF5 file from start to end, in memory or straight to a path, so that h5py, netCDF4 and xarray
// feel at home.
//
// Dimensions are HDF5 dimension scales as netCDF-4 lays them out: a one-dimensional dataset that bears the
// name of its only dimension is that dimension's coordinate; a dimension without one gets a scale without
// values, which netCDF knows by its NAME attribute. Dimensions of a group share a name only when they share a
// length: a second length is called `name_<length>`. The declared names also stand in the text attribute
// `latent_dims` of each dataset, which is what our own reader uses. No times are stored: equal contents give
// equal bytes. One thread at a time; libhdf5 itself is entered under one process-wide lock. Errors name the
// file.
//
//     LATENT_TRY(auto writer, h5::Writer::inMemory("run.h5"));
//     LATENT_CHECK(writer.dataset("loss", view, {"time"}, {{"units", "nat"}}));
//     LATENT_CHECK(writer.create("weights", DType::F32, {200, 64, 64}, {"time", "row", "col"}, {}));
//     LATENT_CHECK(writer.writeRows("weights", 0, rows));        // in pieces
//     LATENT_CHECK(writer.lend("loss", DType::F64, {200}, {"time"}, {}, {bytes}));   // read where they lie, later
//     LATENT_TRY(h5::Image image, writer.finish());              // makes the scales, closes, gives the bytes

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/h5/image.hpp"
#include "engine/result.hpp"

namespace latent::engine::h5 {

/// Text attributes: name and UTF-8 value; empty values are left out.
using Texts = std::vector<std::pair<std::string, std::string>>;

/// Where the data of a large array lie in its file.
struct SlabPlace {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

class Writer {
  public:
    /// `what` names the file in errors. With `metadataBytes` that many bytes at the front of the file are kept for
    /// what libhdf5 writes about arrays that are lent; if more is needed, the memory under them is touched after all.
    static Result<Writer> inMemory(std::string what, std::uint64_t metadataBytes = 0);
    /// Makes a new file at `path`, which must not exist.
    static Result<Writer> toFile(const std::filesystem::path& path);

    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;
    ~Writer();

    /// A whole dataset. `name` may have slashes; missing groups are made. `dims` is empty (no dimension
    /// names) or holds one name per axis.
    Status dataset(const std::string& name, const ArrayView& view, const std::vector<std::string>& dims,
                   const Texts& attributes);
    /// A dataset to be filled by writeRows (what is not written is zero).
    Status create(const std::string& name, DType dtype, const Shape& shape,
                  const std::vector<std::string>& dims, const Texts& attributes);
    /// A dataset whose data lie in `pieces`, each of whole rows of the first axis (or all of them). In memory they
    /// are not copied: they must stay until the image of the file has been used.
    Status lend(const std::string& name, DType dtype, const Shape& shape, const std::vector<std::string>& dims,
                const Texts& attributes, const std::vector<std::string_view>& pieces);
    /// Writes rows of the first axis, from `start`; the view has the dataset's rank.
    Status writeRows(const std::string& name, std::uint64_t start, const ArrayView& rows);
    /// Writes all of a dataset made by create.
    Status writeAll(const std::string& name, const ArrayView& view);
    /// A text or integer attribute of a group or dataset; "/" is the file.
    Status attribute(const std::string& object, const std::string& name, std::string_view text);
    Status attribute(const std::string& object, const std::string& name, std::int64_t value);

    /// Where the bytes of a dataset made by create will lie in the file.
    Result<SlabPlace> place(const std::string& name) const;

    /// Makes the dimension scales and closes the file, which was made in memory. Used once, as the last.
    Result<Image> finish();
    /// The same for a file made by toFile.
    Status finishFile();

  private:
    struct State;
    enum class Fill { Zeros, Nothing };
    Status make(const std::string& name, DType dtype, const Shape& shape, const std::vector<std::string>& dims,
                const Texts& attributes, Fill fill);
    Status close();
    explicit Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Makes the file of one large array at `path` (new): a contiguous dataset with all its space reserved
/// (zeros), its dimension scales and attributes. Later writes go to the place by `File::writeAt`; the
/// structure is never touched.
Result<SlabPlace> writeSlabFile(const std::filesystem::path& path, const std::string& name, DType dtype,
                                const Shape& shape, const std::vector<std::string>& dims,
                                const Texts& attributes);

}  // namespace latent::engine::h5
