// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cubes that lie in a file as they are, without compression: ENVI and NumPy. Mapped into memory, read where touched.
//
//     auto cube = openEnvi("scene.hdr");
//     auto other = openNumpy("image.npy", {});

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/cube.hpp"
#include "data/element.hpp"
#include "data/mapped_file.hpp"

namespace hyperspectral_shadows {

/// What an ENVI header says of its data file.
struct EnviHeader {
    CubeHeader cube;
    Element type = Element::F32;
    std::string interleave = "bsq";  ///< bsq | bil | bip
    bool bigEndian = false;
    std::uint64_t offset = 0;  ///< bytes before the data
    std::optional<double> ignore;
    double scale = 1;
    /// By its key in small letters, each field as it stands ("map info = {…}") that holds for a cube of other numbers and
    /// another layout as well.
    std::map<std::string, std::string> fields;
};
/// Parses the text of a header; `name` stands in errors.
EnviHeader parseEnvi(std::string_view text, const std::string& name);

/// What the header of a NumPy array says.
struct NumpyHeader {
    Element type = Element::F32;
    bool bigEndian = false, fortran = false;
    std::vector<std::int64_t> shape;
    std::size_t offset = 0;  ///< of the first element
};
/// Parses the first bytes of a file by its grammar (never evaluated); objects and records are refused.
NumpyHeader parseNumpy(std::string_view bytes, const std::string& name);

/// The header that lies beside a data file (NAME.img.hdr, NAME.hdr, or these in capitals), or the file itself if it is
/// called as a header.
std::optional<std::filesystem::path> enviHeaderOf(const std::filesystem::path& file);
/// `path`: the header or the data file.
std::unique_ptr<CubeReader> openEnvi(const std::string& path);
/// `axes` as in OpenOptions; default y,x,band.
std::unique_ptr<CubeReader> openNumpy(const std::string& path, const std::string& axes);

/// The places of y, x and band in a text like "band,y,x"; throws a sentence for anything else.
struct AxisOrder {
    int y = 0, x = 1, band = 2;
};
AxisOrder axisOrder(const std::string& axes);

/// Lines of a cube as a box of its file.
struct FileBox {
    std::vector<std::int64_t> offset, size;  ///< [3]; where it begins and how long it is, in elements along
                                             ///< the file's axes
    Strides strides;                         ///< of the box when it lies packed, in elements
    bool straight = true;                    ///< the file has [line, sample, band], as readers give it
};
/// Lines first … first + count − 1.
FileBox boxOf(AxisOrder order, const CubeHeader& header, std::int64_t first, std::int64_t count);

class RawCube final : public CubeReader {
  public:
    RawCube(std::unique_ptr<MappedFile> file, CubeHeader header, Stored stored,
            std::map<std::string, std::string> enviFields = {});
    void read(std::int64_t first, std::int64_t count, float* out) override;

    /// For a writer of the same layout: the data file, and EnviHeader::fields.
    const std::string& path() const { return m_file->path(); }
    const std::map<std::string, std::string>& enviFields() const { return m_enviFields; }

  private:
    std::unique_ptr<MappedFile> m_file;
    Stored m_stored;
    std::map<std::string, std::string> m_enviFields;
};

}  // namespace hyperspectral_shadows
