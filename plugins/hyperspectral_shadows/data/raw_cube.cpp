// SPDX-License-Identifier: Apache-2.0
#include "data/raw_cube.hpp"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <latent/error.hpp>
#include <sstream>

namespace hyperspectral_shadows {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTouchedBytes = std::size_t{32} << 20;  ///< of a mapped file at once

/// Bytes that a cube needs behind its header; checkHeader keeps the product far below 2^63.
std::uint64_t bytesOf(const CubeHeader& header, Element type) {
    return static_cast<std::uint64_t>(header.lines) * header.valuesPerLine() * sizeOf(type);
}

void requireSize(const CubeHeader& header, Element type, std::uint64_t offset, std::uint64_t fileSize,
                 const std::string& path) {
    const std::uint64_t needed = bytesOf(header, type);
    if (offset <= fileSize && fileSize - offset >= needed) return;
    throw latent::RunError(
        "The file " + path + " has " + std::to_string(fileSize) + " bytes, but its header promises " +
        std::to_string(header.lines) + " lines × " + std::to_string(header.samples) + " samples × " +
        std::to_string(header.bands) + " bands, which need " + std::to_string(needed) + " after the first " +
        std::to_string(offset) + ". The copy is incomplete, or the header belongs to another file.");
}

std::string readSmall(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) throw latent::RunError("The file " + path.string() + " cannot be read.");
    if (size > (64u << 20))
        throw latent::RunError("The file " + path.string() + " is too long for an ENVI header (" +
                               std::to_string(size) + " bytes).");
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string inCapitals(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// The data file of a header: its name without .hdr, or with another ending.
fs::path dataOf(const fs::path& header) {
    std::error_code error;
    fs::path stem = header;
    stem.replace_extension();
    if (fs::is_regular_file(stem, error)) return stem;
    for (const std::string ending : {".img", ".dat", ".raw", ".bsq", ".bil", ".bip", ".envi", ".bin"})
        for (const std::string& written : {ending, inCapitals(ending)}) {
            const fs::path candidate = stem.string() + written;
            if (fs::is_regular_file(candidate, error)) return candidate;
        }
    throw latent::RunError("The ENVI header " + header.string() + " has no data file beside it; expected " +
                           stem.string() + " or the same with .img, .dat, .raw, .bsq, .bil or .bip.");
}

}  // namespace

std::optional<fs::path> enviHeaderOf(const fs::path& file) {
    if (inCapitals(file.extension().string()) == ".HDR") return file;
    std::error_code error;
    for (const char* ending : {".hdr", ".HDR"})
        for (const fs::path& candidate :
             {fs::path(file.string() + ending), fs::path(file).replace_extension(ending)})
            if (fs::is_regular_file(candidate, error)) return candidate;
    return std::nullopt;
}

RawCube::RawCube(std::unique_ptr<MappedFile> file, CubeHeader header, Stored stored,
                 std::map<std::string, std::string> enviFields)
    : m_file(std::move(file)), m_stored(stored), m_enviFields(std::move(enviFields)) {
    m_header = std::move(header);
    // Where bands are planes, a piece of each is read for a line; as many lines as make it worth the seek.
    constexpr std::int64_t kPieceBytes = 64 << 10;
    const std::int64_t line = m_stored.strides.line * static_cast<std::int64_t>(sizeOf(m_stored.type));
    if (m_stored.strides.band > m_stored.strides.line && line > 0) {
        m_header.linesTogether = std::clamp<std::int64_t>(kPieceBytes / line, 1, m_header.lines);
        m_header.piece = {m_header.linesTogether, 0, 1};
    }
}

void RawCube::read(std::int64_t first, std::int64_t count, float* out) {
    readBox(m_header.wholeLines(first, count), out);
}

void RawCube::readBox(const CubeBox& box, float* out) {
    requireInside(box, m_header);
    Stored part = m_stored;
    part.first += (box.line * m_stored.strides.line + box.sample * m_stored.strides.sample +
                   box.band * m_stored.strides.band) *
                  static_cast<std::int64_t>(sizeOf(m_stored.type));
    gather(part, box.lines, box.samples, box.bands, out);
    // A pass over a large file would else hold all of it, as far as there is memory.
    m_touched += box.values() * sizeOf(m_stored.type);
    if (m_touched < kMostTouchedBytes) return;
    m_file->forget();
    m_touched = 0;
}

std::unique_ptr<CubeReader> openEnvi(const std::string& path) {
    const fs::path header = enviHeaderOf(path).value_or(path);
    EnviHeader envi = parseEnvi(readSmall(header), header.string());
    auto file = std::make_unique<MappedFile>(header == fs::path(path) ? dataOf(header).string() : path);
    const CubeHeader& cube = envi.cube;
    requireSize(cube, envi.type, envi.offset, file->size(), file->path());
    const std::int64_t samples = cube.samples, bands = cube.bands, lines = cube.lines;
    Stored stored{.first = file->data() + envi.offset,
                  .type = envi.type,
                  .swapped = envi.bigEndian == (std::endian::native == std::endian::little),
                  .strides = {},
                  .noData = envi.ignore,
                  .scale = envi.scale};
    if (envi.interleave == "bsq") stored.strides = {samples, 1, lines * samples};
    if (envi.interleave == "bil") stored.strides = {samples * bands, 1, samples};
    if (envi.interleave == "bip") stored.strides = {samples * bands, bands, 1};
    return std::make_unique<RawCube>(std::move(file), std::move(envi.cube), stored, std::move(envi.fields));
}

std::unique_ptr<CubeReader> openNumpy(const std::string& path, const std::string& axes) {
    auto file = std::make_unique<MappedFile>(path);
    const NumpyHeader numpy = parseNumpy(
        {reinterpret_cast<const char*>(file->data()), std::min<std::size_t>(file->size(), 1u << 20)}, path);
    if (numpy.shape.size() != 3)
        throw latent::RunError("The array in " + path + " has " + std::to_string(numpy.shape.size()) +
                               " dimensions; a cube has three: lines, samples, bands.");
    const AxisOrder order = axes.empty() ? AxisOrder{} : axisOrder(axes);
    CubeHeader cube;
    cube.format = "NumPy";
    const auto at = [&](int axis) { return numpy.shape[static_cast<std::size_t>(axis)]; };
    cube.lines = at(order.y), cube.samples = at(order.x), cube.bands = at(order.band);
    checkHeader(cube, path);
    requireSize(cube, numpy.type, numpy.offset, file->size(), path);
    std::int64_t stride[3];
    for (int i = 0; i < 3; ++i) {
        stride[i] = 1;
        for (int j = 0; j < 3; ++j)
            if (numpy.fortran ? j < i : j > i) stride[i] *= at(j);
    }
    const Stored stored{.first = file->data() + numpy.offset,
                        .type = numpy.type,
                        .swapped = numpy.bigEndian == (std::endian::native == std::endian::little),
                        .strides = {stride[order.y], stride[order.x], stride[order.band]},
                        .noData = {},
                        .scale = 1};
    cube.notes.push_back("A NumPy array has no wavelengths; bands are counted from 0.");
    return std::make_unique<RawCube>(std::move(file), std::move(cube), stored);
}

}  // namespace hyperspectral_shadows
