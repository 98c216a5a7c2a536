// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_cube.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "data/hdf5_image.hpp"
#include "data/hdf5_layout.hpp"
#include "data/pages.hpp"
#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

/// Of a row of chunks that is unpacked into float32 at once.
constexpr std::size_t kMostReadBytes = std::size_t{64} << 20;
/// That are turned into another order of axes at once, or a column of chunks.
constexpr std::size_t kTurnedBytes = std::size_t{8} << 20;

std::int64_t at(const Hdf5Dataset& set, int axis) { return set.shape()[static_cast<std::size_t>(axis)]; }

OrderedDataset ordered(Hdf5Dataset set, AxisOrder order) {
    const std::int64_t rowLines = linesOfPackedRow(set.id(), order.y);
    const std::vector<std::int64_t> chunk = chunkOf(set.id());
    const std::int64_t chunkSamples = chunk.size() == 3 ? chunk[static_cast<std::size_t>(order.x)] : 0;
    return {std::make_shared<Hdf5Dataset>(std::move(set)), order, rowLines, chunkSamples};
}

}  // namespace

std::vector<CubeBox> OrderedDataset::columnsOf(const CubeBox& box) const {
    if (chunkSamples <= 0) return {box};
    const auto column = static_cast<std::size_t>(box.lines * chunkSamples * box.bands) * sizeof(float);
    const std::int64_t columns = static_cast<std::int64_t>(kTurnedBytes / std::max<std::size_t>(column, 1)),
                       step = std::clamp<std::int64_t>(columns, 1, box.samples / chunkSamples + 1) *
                              chunkSamples;
    std::vector<CubeBox> parts;
    for (std::int64_t x = box.sample, end = box.sample + box.samples; x < end; x += parts.back().samples) {
        parts.push_back(box);
        parts.back().sample = x, parts.back().samples = std::min(end, (x / step + 1) * step) - x;
    }
    return parts;
}

Hdf5Cube::Hdf5Cube(const std::string& path, const OpenOptions& options) : m_file(path) {
    const std::string name = radianceOf(m_file, options.dataset);
    m_folder = name.substr(0, name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
    Hdf5Dataset set = m_file.open(name);
    const AxisOrder order = orderOf(set, options.axes, path);
    m_radiance = ordered(std::move(set), order);
    const Hdf5Dataset& radiance = *m_radiance.set;
    m_header.lines = at(radiance, order.y), m_header.samples = at(radiance, order.x),
    m_header.bands = at(radiance, order.band);
    m_header.unit = radiance.text("units");
    m_header.format = name == "Band1/Radiance" || name == "Band2/Radiance"     ? "MethaneAIR/MethaneSAT L1B"
                      : m_file.firstOf({"sensor_band_parameters/wavelengths"}) ? "EMIT/AVIRIS-NG"
                      : !radiance.text("MATLAB_class").empty()                 ? "MATLAB 7.3"
                                                                               : "HDF5";
    checkHeader(m_header, path);
    readPiece();
    readWavelengths(path);
    if (const auto good = m_file.firstOf({"sensor_band_parameters/good_wavelengths"});
        good && m_file.open(*good).shape() == std::vector<std::int64_t>{m_header.bands})
        for (const double v : m_file.open(*good).readDoubles()) m_header.goodBand.push_back(v > 0);
    openFlags();
    // Columns without a place on Earth were never exposed.
    auto longitude = image("Geolocation/Longitude");
    if (!longitude) longitude = image("Longitude");
    if (longitude) {
        m_columnBad.assign(static_cast<std::size_t>(m_header.samples), true);
        for (std::size_t i = 0; i < longitude->size(); ++i)
            if (std::isfinite((*longitude)[i])) m_columnBad[i % m_columnBad.size()] = false;
        const auto bad = std::count(m_columnBad.begin(), m_columnBad.end(), true);
        if (bad > 0)
            m_header.notes.push_back(std::to_string(bad) +
                                     " columns across the track have no longitude and count as missing.");
        if (bad == 0) m_columnBad.clear();
    }
    checkHeader(m_header, path);
}

void Hdf5Cube::readPiece() {
    const std::vector<std::int64_t> chunk = chunkOf(m_radiance.set->id());
    if (chunk.size() != 3) return;
    const auto along = [&](int axis) { return chunk[static_cast<std::size_t>(axis)]; };
    const AxisOrder order = m_radiance.order;
    m_header.piece = {along(order.y), along(order.x), along(order.band), isPacked(m_radiance.set->id())};
    // Where a row of chunks is much memory as a slab, it is kept once, and slabs are cut from it.
    const std::int64_t row = m_radiance.rowLines;
    const bool kept =
        static_cast<std::size_t>(row) * m_header.valuesPerLine() * sizeof(float) > kMostReadBytes;
    m_header.linesTogether = kept ? 1 : m_header.piece.lines;
    m_header.keptLines = kept ? row : 0;
}

std::optional<std::string> Hdf5Cube::beside(std::initializer_list<const char*> names) const {
    std::vector<std::string> places;
    for (const char* name : names) places.push_back(m_folder + name);
    return m_file.firstOf(places);
}

std::optional<AxisOrder> Hdf5Cube::orderBeside(const Hdf5Dataset& set) const {
    const std::vector<std::int64_t>& shape = set.shape();
    if (shape.size() != 3) return std::nullopt;
    const bool sameShape = shape == m_radiance.set->shape();
    // The same names mean the same, also where a person said what they mean.
    if (sameShape && set.dimensions() == m_radiance.set->dimensions()) return m_radiance.order;
    const auto fits = [&](AxisOrder order) {
        return at(set, order.y) == m_header.lines && at(set, order.x) == m_header.samples &&
               at(set, order.band) == m_header.bands;
    };
    if (const auto order = orderByItself(set)) return fits(*order) ? order : std::nullopt;
    if (sameShape) return m_radiance.order;
    std::optional<AxisOrder> found;
    for (const AxisOrder order : {AxisOrder{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}})
        if (fits(order)) {
            if (found) return std::nullopt;  // equal sizes leave two
            found = order;
        }
    return found;
}

OrderedDataset Hdf5Cube::openBeside(const std::optional<std::string>& name) const {
    if (!name) return {};
    Hdf5Dataset set = m_file.open(*name);
    const auto order = orderBeside(set);
    return order ? ordered(std::move(set), *order) : OrderedDataset{};
}

void Hdf5Cube::openFlags() {
    const auto name = beside({"RadianceFlag"});
    if (!name) return;
    // Their chunks are seldom those of the radiance, so that parts of one are asked for again and again.
    m_flags = openBeside(name);
    if (m_flags) return m_flags.set->keepRows(m_flags.order.y);
    if (const auto image = readImage(m_file.open(*name), m_header.lines, m_header.samples,
                                     m_radiance.order.x < m_radiance.order.y, Fill::Number)) {
        m_pixelBad.resize(image->size());
        for (std::size_t i = 0; i < image->size(); ++i) m_pixelBad[i] = (*image)[i] > 0;
    } else {
        m_header.notes.push_back("The flags '" + *name +
                                 "' have neither the dimensions of the radiance nor those of its image, so "
                                 "they are not used.");
    }
}

void Hdf5Cube::readFrom(const OrderedDataset& from, const CubeBox& box, float* out, Fill fill) {
    requireInside(box, m_header);
    if (const FileBox there = boxOf(from.order, box); there.straight)
        return from.set->read(there.offset, there.size, out, fill);
    for (const CubeBox& part : from.columnsOf(box)) {
        const FileBox there = boxOf(from.order, part);
        m_scratch.resize(part.values());
        from.set->read(there.offset, there.size, m_scratch.data(), fill);
        for (std::int64_t y = 0; y < part.lines; ++y)
            gather(
                {.first = reinterpret_cast<const unsigned char*>(m_scratch.data() + y * there.strides.line),
                 .type = Element::F32,
                 .swapped = false,
                 .strides = there.strides,
                 .noData = {},
                 .scale = 1},
                1, part.samples, part.bands, out + (y * box.samples + part.sample - box.sample) * box.bands);
    }
}

void Hdf5Cube::readLines(const OrderedDataset& from, KeptRow& row, std::int64_t first, std::int64_t count,
                         float* out) {
    requireInside(m_header.wholeLines(first, count), m_header);
    if (from.rowLines == 0) return readFrom(from, m_header.wholeLines(first, count), out);
    const std::size_t line = m_header.valuesPerLine();
    while (count > 0) {
        const std::int64_t begin = first / from.rowLines * from.rowLines,
                           length = std::min(from.rowLines, m_header.lines - begin);
        std::int64_t now = length;
        if (first == begin && count >= length) {
            readFrom(from, m_header.wholeLines(first, length), out);
        } else {
            if (row.count == 0 || row.first != begin || first < row.left) {
                row.count = 0;  // until it is read
                row.values.resize(static_cast<std::size_t>(length) * line);
                readFrom(from, m_header.wholeLines(begin, length), row.values.data());
                row.first = row.left = begin, row.count = length;
            }
            now = std::min(count, begin + length - first);
            const std::size_t before = static_cast<std::size_t>(first - begin) * line,
                              values = static_cast<std::size_t>(now) * line;
            std::copy_n(row.values.data() + before, values, out);
            forgetPages(row.values.data(), (before + values) * sizeof(float));
            row.left = first + now;
        }
        first += now, count -= now, out += static_cast<std::size_t>(now) * line;
    }
}

void Hdf5Cube::read(std::int64_t first, std::int64_t count, float* out) {
    readLines(m_radiance, m_radianceRow, first, count, out);
    markBad(m_header.wholeLines(first, count), out);
}

void Hdf5Cube::readBox(const CubeBox& box, float* out) {
    readFrom(m_radiance, box, out);
    markBad(box, out);
}

void Hdf5Cube::markBad(const CubeBox& box, float* out) {
    if (m_flags) {
        // A flag that was never written counts by its number, as any other: above 0 is bad.
        m_flagValues.resize(box.values());
        readFrom(m_flags, box, m_flagValues.data(), Fill::Number);
        for (std::size_t i = 0; i < m_flagValues.size(); ++i)
            if (m_flagValues[i] > 0) out[i] = kNoNumber;
    }
    if (m_pixelBad.empty() && m_columnBad.empty()) return;
    for (std::int64_t y = box.line; y < box.line + box.lines; ++y)
        for (std::int64_t x = box.sample; x < box.sample + box.samples; ++x, out += box.bands)
            if ((!m_pixelBad.empty() && m_pixelBad[static_cast<std::size_t>(y * m_header.samples + x)]) ||
                (!m_columnBad.empty() && m_columnBad[static_cast<std::size_t>(x)]))
                std::fill_n(out, box.bands, kNoNumber);
}

std::optional<std::vector<float>> Hdf5Cube::image(const std::string& name) {
    static const std::vector<std::pair<std::string, std::vector<std::string>>> kPlaces = {
        {"coverage", {"Truth/alpha", "Truth/coverage"}},
        {"hard_mask", {"Truth/hard_mask"}},
        {"material", {"Truth/label"}}};
    std::vector<std::string> places = {name};
    bool counts = false;  // whether 0 and 1 are what the image is made of
    for (const auto& [known, list] : kPlaces)
        if (known == name) places = list, counts = true;
    const auto found = m_file.firstOf(places);
    if (!found) return std::nullopt;
    const Hdf5Dataset set = m_file.open(*found);
    return readImage(set, m_header.lines, m_header.samples, m_radiance.order.x < m_radiance.order.y,
                     counts ? fillOfMask(set) : Fill::Missing);
}

bool Hdf5Cube::readUnshadowed(std::int64_t first, std::int64_t count, float* out) {
    if (!m_unshadowed) m_unshadowed = openBeside(m_file.firstOf({"Truth/radiance_unshadowed"}));
    if (!*m_unshadowed) return false;
    if (count > 0) readLines(*m_unshadowed, m_unshadowedRow, first, count, out);
    return true;
}

const OrderedDataset& Hdf5Cube::uncertainty() {
    if (!m_uncertainty) m_uncertainty = openBeside(beside({"RadianceUncertainty", "radiance_error"}));
    return *m_uncertainty;
}

bool Hdf5Cube::readUncertainty(std::int64_t first, std::int64_t count, float* out) {
    if (!uncertainty()) return false;
    readLines(uncertainty(), m_uncertaintyRow, first, count, out);
    return true;
}

std::unique_ptr<CubeReader> openHdf5(const std::string& path, const OpenOptions& options) {
    return std::make_unique<Hdf5Cube>(path, options);
}

}  // namespace hyperspectral_shadows
