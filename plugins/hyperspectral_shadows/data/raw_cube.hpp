// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cubes that lie in a file as they are, without compression: ENVI and NumPy. Mapped into memory, read where touched;
// what was read is given back as it grows.
//
//     auto cube = openEnvi("scene.hdr");
//     auto other = openNumpy("image.npy", {});

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/axis_order.hpp"
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

class RawCube final : public CubeReader {
  public:
    RawCube(std::unique_ptr<MappedFile> file, CubeHeader header, Stored stored,
            std::map<std::string, std::string> enviFields = {});
    void read(std::int64_t first, std::int64_t count, float* out) override;
    void readBox(const CubeBox& box, float* out) override;

    /// For a writer of the same layout: the data file, and EnviHeader::fields.
    const std::string& path() const { return m_file->path(); }
    const std::map<std::string, std::string>& enviFields() const { return m_enviFields; }

  private:
    std::unique_ptr<MappedFile> m_file;
    Stored m_stored;
    std::size_t m_touched = 0;  ///< bytes, since pages were given back
    std::map<std::string, std::string> m_enviFields;
};

}  // namespace hyperspectral_shadows
