// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_cube.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "data/hdf5_image.hpp"
#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

bool oneOf(const std::string& name, std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* known) { return name == known; });
}

/// The dataset that holds the cube: named, of a known product, or the only one of three dimensions.
std::string radianceOf(const Hdf5File& file, const std::string& wanted) {
    if (!wanted.empty()) return file.open(wanted).path();
    if (const auto known =
            file.firstOf({"Band1/Radiance", "radiance", "Radiance", "Band2/Radiance", "radiance/radiance",
                          "reflectance", "reflectance/reflectance", "data/radiance"}))
        return *known;
    std::vector<std::string> cubes;
    for (const std::string& name : file.datasets())
        if (file.open(name).shape().size() == 3) cubes.push_back(name);
    if (cubes.size() == 1) return cubes.front();
    std::string list;
    for (std::size_t i = 0; i < cubes.size() && i < 12; ++i) list += (i ? ", " : "") + cubes[i];
    throw latent::RunError(
        "The file " + file.path() +
        (cubes.empty() ? " has no dataset with three dimensions, so it holds no cube."
                       : " has several cubes; choose one with the parameter 'dataset': " + list + "."));
}

/// The order of three dimensions, as far as the dataset itself says it.
std::optional<AxisOrder> orderByItself(const Hdf5Dataset& set) {
    const std::vector<std::string> names = set.dimensions();
    // MATLAB stores an array (lines, samples, bands) with its last index first, and names no dimension.
    if (!set.text("MATLAB_class").empty() && names == std::vector<std::string>(3))
        return AxisOrder{.y = 2, .x = 1, .band = 0};
    AxisOrder order{-1, -1, -1};
    for (int i = 0; i < 3; ++i) {
        const char role = roleOf(names[static_cast<std::size_t>(i)]);
        if (role == 'y') order.y = i;
        if (role == 'x') order.x = i;
        if (role == 'c') order.band = i;
    }
    return order.y < 0 || order.x < 0 || order.band < 0 ? std::nullopt : std::optional(order);
}

AxisOrder orderOf(const Hdf5Dataset& set, const std::string& axes, const std::string& path) {
    if (set.shape().size() != 3)
        throw latent::RunError("The dataset '" + set.path() + "' of " + path + " has " +
                               std::to_string(set.shape().size()) + " dimensions; a cube has three.");
    if (!axes.empty()) return axisOrder(axes);
    if (const auto order = orderByItself(set)) return *order;
    std::string list;
    for (const std::string& name : set.dimensions())
        list += (list.empty() ? "" : ", ") + (name.empty() ? "(no name)" : name);
    throw latent::RunError("The dimensions of '" + set.path() + "' in " + path + " are called " + list +
                           ", which does not say which is along the track, across it and spectral. Set "
                           "the parameter 'axes' to their order in the file, as y,x,band.");
}

std::int64_t at(const Hdf5Dataset& set, int axis) { return set.shape()[static_cast<std::size_t>(axis)]; }

}  // namespace

char roleOf(const std::string& dimension) {
    if (oneOf(dimension, {"y", "jmx", "atrack", "along_track", "downtrack", "nframe", "lines", "line"}))
        return 'y';
    if (oneOf(dimension, {"x", "imx", "xtrack", "across_track", "crosstrack", "nrow", "samples", "sample"}))
        return 'x';
    if (oneOf(dimension, {"w1", "wmx_1", "spectral_channel", "bands", "band", "ncol", "wavelength",
                          "wavelengths", "channel", "channels"}))
        return 'c';
    return '?';
}

Hdf5Cube::Hdf5Cube(const std::string& path, const OpenOptions& options)
    : m_file(path), m_radiance(radianceOf(m_file, options.dataset)) {
    m_folder =
        m_radiance.substr(0, m_radiance.rfind('/') == std::string::npos ? 0 : m_radiance.rfind('/') + 1);
    m_values = std::make_unique<Hdf5Dataset>(m_file.open(m_radiance));
    m_order = orderOf(*m_values, options.axes, path);
    m_header.lines = at(*m_values, m_order.y), m_header.samples = at(*m_values, m_order.x),
    m_header.bands = at(*m_values, m_order.band);
    m_header.unit = m_values->text("units");
    m_header.format = m_radiance == "Band1/Radiance" || m_radiance == "Band2/Radiance"
                          ? "MethaneAIR/MethaneSAT L1B"
                      : m_file.firstOf({"sensor_band_parameters/wavelengths"}) ? "EMIT/AVIRIS-NG"
                      : !m_values->text("MATLAB_class").empty()                ? "MATLAB 7.3"
                                                                               : "HDF5";
    checkHeader(m_header, path);
    if (const std::vector<std::int64_t> chunk = m_values->chunk(); !chunk.empty())
        m_header.linesTogether = chunk[static_cast<std::size_t>(m_order.y)];
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

std::optional<Hdf5Dataset> Hdf5Cube::beside(std::initializer_list<const char*> names) const {
    for (const char* name : names)
        if (m_file.has(m_folder + name)) return m_file.open(m_folder + name);
    return std::nullopt;
}

std::optional<AxisOrder> Hdf5Cube::orderBeside(const Hdf5Dataset& set) const {
    const std::vector<std::int64_t>& shape = set.shape();
    if (shape.size() != 3) return std::nullopt;
    const bool sameShape = shape == m_values->shape();
    // The same names mean the same, also where a person said what they mean.
    if (sameShape && set.dimensions() == m_values->dimensions()) return m_order;
    const auto fits = [&](AxisOrder order) {
        return at(set, order.y) == m_header.lines && at(set, order.x) == m_header.samples &&
               at(set, order.band) == m_header.bands;
    };
    if (const auto order = orderByItself(set)) return fits(*order) ? order : std::nullopt;
    if (sameShape) return m_order;
    std::optional<AxisOrder> found;
    for (const AxisOrder order : {AxisOrder{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}})
        if (fits(order)) {
            if (found) return std::nullopt;  // equal sizes leave two
            found = order;
        }
    return found;
}

void Hdf5Cube::openFlags() {
    auto flags = beside({"RadianceFlag"});
    if (!flags) return;
    if (const auto order = orderBeside(*flags)) {
        m_flags = std::make_unique<Hdf5Dataset>(std::move(*flags));
        m_flagOrder = *order;
    } else if (const auto image =
                   readImage(*flags, m_header.lines, m_header.samples, m_order.x < m_order.y, Fill::Number)) {
        m_pixelBad.resize(image->size());
        for (std::size_t i = 0; i < image->size(); ++i) m_pixelBad[i] = (*image)[i] > 0;
    } else {
        m_header.notes.push_back("The flags '" + flags->path() +
                                 "' have neither the dimensions of the radiance nor those of its image, so "
                                 "they are not used.");
    }
}

std::optional<Hdf5Cube::Beside> Hdf5Cube::uncertainty() const {
    const auto set = beside({"RadianceUncertainty", "radiance_error"});
    const auto order = set ? orderBeside(*set) : std::nullopt;
    return order ? std::optional(Beside{set->path(), *order}) : std::nullopt;
}

void Hdf5Cube::readWavelengths(const std::string& path) {
    std::vector<std::string> names = {m_folder + "Wavelength",
                                      m_folder + "wavelength",
                                      "sensor_band_parameters/wavelengths",
                                      "wavelength",
                                      "Wavelength",
                                      "wavelengths"};
    const auto name = m_file.firstOf(names);
    if (!name) {
        m_header.notes.push_back("The file has no wavelengths; bands are counted from 0.");
        return;
    }
    const Hdf5Dataset set = m_file.open(*name);
    const auto bands = static_cast<std::size_t>(m_header.bands);
    // A list, or a row or column of a matrix as MATLAB has it: one dimension of all bands, the others of one.
    const std::vector<std::int64_t>& shape = set.shape();
    const auto ones = std::count(shape.begin(), shape.end(), std::int64_t{1}),
               others = static_cast<std::ptrdiff_t>(shape.size()) - ones;
    if (m_header.bands == 1 ? others == 0
                            : others == 1 && std::count(shape.begin(), shape.end(), m_header.bands) == 1) {
        m_header.wavelengthNm = set.readDoubles();
    } else if (const auto order = orderBeside(set)) {
        // One line in the middle: its middle pixel with numbers gives the axis, the others how far pixels differ.
        std::vector<float> line(m_header.valuesPerLine());
        readLines(set, *order, m_header.lines / 2, 1, line.data());
        std::size_t best = static_cast<std::size_t>(m_header.samples), middle = best / 2;
        for (std::size_t x = 0; x < static_cast<std::size_t>(m_header.samples); ++x) {
            const bool finite = std::all_of(line.begin() + static_cast<std::ptrdiff_t>(x * bands),
                                            line.begin() + static_cast<std::ptrdiff_t>((x + 1) * bands),
                                            [](float w) { return std::isfinite(w); });
            const auto away = [&](std::size_t i) { return i > middle ? i - middle : middle - i; };
            if (finite && (best == static_cast<std::size_t>(m_header.samples) || away(x) < away(best)))
                best = x;
        }
        if (best == static_cast<std::size_t>(m_header.samples))
            throw latent::RunError("The wavelengths '" + *name + "' of " + path +
                                   " are no numbers in the middle line.");
        const float* chosen = line.data() + best * bands;
        m_header.wavelengthNm.assign(chosen, chosen + bands);
        double largest = 0;
        for (std::size_t i = 0; i < line.size(); ++i)
            if (std::isfinite(line[i]))
                largest = std::max(largest, std::abs(static_cast<double>(line[i]) - chosen[i % bands]));
        if (largest > 1e-4)
            m_header.notes.push_back(
                "Each pixel has wavelengths of its own; across the middle line they differ by up to " +
                std::to_string(largest) + " nm from those shown.");
    } else {
        throw latent::RunError("The wavelengths '" + *name + "' of " + path +
                               " fit neither the bands nor the cube '" + m_radiance + "'.");
    }
    if (set.text("units").find("icro") != std::string::npos || set.text("units") == "um")
        for (double& w : m_header.wavelengthNm) w *= 1000;
}

void Hdf5Cube::readLines(const Hdf5Dataset& set, AxisOrder order, std::int64_t first, std::int64_t count,
                         float* out, Fill fill) {
    if (first < 0 || count < 0 || first > m_header.lines - count)
        throw latent::UsageError("Hdf5Cube: lines outside the cube.");
    const FileBox box = boxOf(order, m_header, first, count);
    if (box.straight) return set.read(box.offset, box.size, out, fill);
    m_scratch.resize(static_cast<std::size_t>(count) * m_header.valuesPerLine());
    set.read(box.offset, box.size, m_scratch.data(), fill);
    gather({.first = reinterpret_cast<const unsigned char*>(m_scratch.data()),
            .type = Element::F32,
            .swapped = false,
            .strides = box.strides,
            .noData = {},
            .scale = 1},
           count, m_header.samples, m_header.bands, out);
}

void Hdf5Cube::read(std::int64_t first, std::int64_t count, float* out) {
    readLines(*m_values, m_order, first, count, out);
    const std::size_t values = static_cast<std::size_t>(count) * m_header.valuesPerLine();
    if (m_flags) {
        // A flag that was never written counts by its number, as any other: above 0 is bad.
        m_flagLines.resize(values);
        readLines(*m_flags, m_flagOrder, first, count, m_flagLines.data(), Fill::Number);
        for (std::size_t i = 0; i < values; ++i)
            if (m_flagLines[i] > 0) out[i] = kNoNumber;
    }
    if (!m_pixelBad.empty()) {
        const auto bands = static_cast<std::size_t>(m_header.bands),
                   before = static_cast<std::size_t>(first * m_header.samples);
        for (std::size_t i = 0; i < values; i += bands)
            if (m_pixelBad[before + i / bands]) std::fill_n(out + i, bands, kNoNumber);
    }
    if (!m_columnBad.empty()) {
        const auto bands = static_cast<std::size_t>(m_header.bands);
        for (std::size_t i = 0; i < values; i += bands)
            if (m_columnBad[i / bands % m_columnBad.size()]) std::fill_n(out + i, bands, kNoNumber);
    }
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
    return readImage(set, m_header.lines, m_header.samples, m_order.x < m_order.y,
                     counts ? fillOfMask(set) : Fill::Missing);
}

bool Hdf5Cube::readUnshadowed(std::int64_t first, std::int64_t count, float* out) {
    const std::string name = "Truth/radiance_unshadowed";
    if (!m_file.has(name)) return false;
    const Hdf5Dataset set = m_file.open(name);
    const auto order = orderBeside(set);
    if (!order) return false;
    readLines(set, *order, first, count, out);
    return true;
}

bool Hdf5Cube::readUncertainty(std::int64_t first, std::int64_t count, float* out) {
    const auto sigma = uncertainty();
    if (!sigma) return false;
    readLines(m_file.open(sigma->path), sigma->order, first, count, out);
    return true;
}

std::unique_ptr<CubeReader> openHdf5(const std::string& path, const OpenOptions& options) {
    return std::make_unique<Hdf5Cube>(path, options);
}

}  // namespace hyperspectral_shadows
