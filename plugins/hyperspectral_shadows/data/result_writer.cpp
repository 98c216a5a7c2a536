// SPDX-License-Identifier: Apache-2.0
#include "data/result_writer.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <latent/error.hpp>
#include <sstream>

#include "data/hdf5_cube.hpp"
#include "data/hdf5_output.hpp"
#include "model/scene/scene.hpp"

namespace hyperspectral_shadows {
namespace {

namespace fs = std::filesystem;

fs::path named(const std::string& input, const std::string& folder, const std::string& suffix,
               const std::string& ending) {
    const fs::path from(input);
    return fs::path(folder) /
           (from.stem().string() + suffix + (ending.empty() ? from.extension().string() : ending));
}

constexpr const char* kSigma = "Shadow/RadianceUncertainty";  ///< where the input has no place for it

/// A copy of an HDF5 input, with the radiance replaced.
class Hdf5Result final : public ResultWriter {
  public:
    Hdf5Result(const std::string& input, const Hdf5Cube& cube, const std::string& folder, bool withSigma)
        : m_out(named(input, folder, "_unshadowed", "").string(), input),
          m_radiance(cube.radiance()),
          m_uncertainty(cube.uncertainty()),
          m_order(cube.order()),
          m_header(cube.header()) {
        m_out.dimension("shadow_y", m_header.lines);
        m_out.dimension("shadow_x", m_header.samples);
        m_ownSigma = withSigma && m_uncertainty.empty();
        if (m_ownSigma)
            m_out.dimension("shadow_band", m_header.bands),
                m_out.create(kSigma, {"shadow_y", "shadow_x", "shadow_band"}, m_header.unit);
    }
    void lines(std::int64_t first, std::int64_t count, const float* corrected, const float* sigma) override {
        put(m_radiance, first, count, corrected);
        if (sigma && !m_uncertainty.empty()) put(m_uncertainty, first, count, sigma);
        if (sigma && m_ownSigma)
            m_out.write(kSigma, {first, 0, 0}, {count, m_header.samples, m_header.bands}, sigma);
    }
    void image(const std::string& name, const std::vector<float>& values, const std::string& units,
               bool bytes) override {
        m_out.create("Shadow/" + name, {"shadow_y", "shadow_x"}, units, bytes);
        m_out.write("Shadow/" + name, {0, 0}, {m_header.lines, m_header.samples}, values.data());
    }
    void finish(const std::string& provenance) override {
        m_out.attribute("shadow_provenance", provenance);
        m_out.finish();
    }
    std::string path() const override { return m_out.path(); }

  private:
    void put(const std::string& path, std::int64_t first, std::int64_t count, const float* values) {
        std::vector<std::int64_t> offset(3, 0), size(3);
        const auto set = [&](int axis, std::int64_t value) { size[static_cast<std::size_t>(axis)] = value; };
        set(m_order.y, count), set(m_order.x, m_header.samples), set(m_order.band, m_header.bands);
        offset[static_cast<std::size_t>(m_order.y)] = first;
        if (m_order.y == 0 && m_order.x == 1) return m_out.write(path, offset, size, values);
        // Into the file's own order.
        std::int64_t stride[3] = {size[1] * size[2], size[2], 1};
        m_turned.resize(static_cast<std::size_t>(count) * m_header.valuesPerLine());
        for (std::int64_t y = 0; y < count; ++y)
            for (std::int64_t x = 0; x < m_header.samples; ++x)
                for (std::int64_t c = 0; c < m_header.bands; ++c)
                    m_turned[static_cast<std::size_t>(y * stride[m_order.y] + x * stride[m_order.x] +
                                                      c * stride[m_order.band])] = *values++;
        m_out.write(path, offset, size, m_turned.data());
    }

    Hdf5Output m_out;
    std::string m_radiance, m_uncertainty;
    bool m_ownSigma = false;
    AxisOrder m_order;
    CubeHeader m_header;
    std::vector<float> m_turned;
};

/// Raw float32 in the interleave of the input, and the images in a NetCDF4 file beside it.
class RawResult final : public ResultWriter {
  public:
    RawResult(const std::string& input, const CubeHeader& header, const std::string& folder, bool withSigma)
        : m_header(header), m_sigma(withSigma) {
        const bool numpy = header.format == "NumPy";
        m_interleave = header.format.rfind("ENVI ", 0) == 0 ? header.format.substr(5) : "bip";
        m_path = named(input, folder, "_unshadowed", numpy ? ".npy" : ".img");
        m_images = std::make_unique<Hdf5Output>(named(input, folder, "_shadow", ".nc").string());
        m_images->dimension("y", header.lines);
        m_images->dimension("x", header.samples);
        if (m_sigma)
            m_images->dimension("band", header.bands),
                m_images->create(kSigma, {"y", "x", "band"}, header.unit);
        m_file.open(m_path.string() + ".partial", std::ios::binary | std::ios::trunc);
        if (numpy) {
            std::string words = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                                std::to_string(header.lines) + ", " + std::to_string(header.samples) + ", " +
                                std::to_string(header.bands) + "), }";
            words.resize((words.size() + 11 + 63) / 64 * 64 - 11, ' ');
            words += '\n';
            m_file << "\x93NUMPY" << '\1' << '\0' << static_cast<char>(words.size() & 255)
                   << static_cast<char>(words.size() >> 8) << words;
        }
        m_start = m_file.tellp();
        if (!m_file) fail();
    }
    ~RawResult() override {
        if (m_done) return;
        m_file.close();
        std::error_code error;
        fs::remove(m_path.string() + ".partial", error);
    }
    RawResult(const RawResult&) = delete;
    RawResult& operator=(const RawResult&) = delete;
    void lines(std::int64_t first, std::int64_t count, const float* corrected, const float* sigma) override {
        const std::int64_t samples = m_header.samples, bands = m_header.bands;
        if (sigma && m_sigma) m_images->write(kSigma, {first, 0, 0}, {count, samples, bands}, sigma);
        if (m_interleave == "bip") return putAt(first * samples * bands, corrected, count * samples * bands);
        std::vector<float> plane(
            static_cast<std::size_t>(m_interleave == "bil" ? samples * bands : count * samples));
        const auto from = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
            return corrected[(y * samples + x) * bands + c];
        };
        if (m_interleave == "bil") {
            for (std::int64_t y = 0; y < count; ++y) {
                for (std::int64_t c = 0; c < bands; ++c)
                    for (std::int64_t x = 0; x < samples; ++x)
                        plane[static_cast<std::size_t>(c * samples + x)] = from(y, x, c);
                putAt((first + y) * samples * bands, plane.data(), samples * bands);
            }
        } else {
            for (std::int64_t c = 0; c < bands; ++c) {
                for (std::int64_t y = 0; y < count; ++y)
                    for (std::int64_t x = 0; x < samples; ++x)
                        plane[static_cast<std::size_t>(y * samples + x)] = from(y, x, c);
                putAt((c * m_header.lines + first) * samples, plane.data(), count * samples);
            }
        }
    }
    void image(const std::string& name, const std::vector<float>& values, const std::string& units,
               bool bytes) override {
        m_images->create("Shadow/" + name, {"y", "x"}, units, bytes);
        m_images->write("Shadow/" + name, {0, 0}, {m_header.lines, m_header.samples}, values.data());
    }
    void finish(const std::string& provenance) override {
        m_file.close();
        std::error_code error;
        if (m_file) fs::rename(m_path.string() + ".partial", m_path, error);
        if (!m_file || error) fail();
        m_done = true;
        if (m_path.extension() == ".img") writeHeader();
        m_images->attribute("shadow_provenance", provenance);
        m_images->finish();
    }
    std::string path() const override { return m_path.string(); }

  private:
    void putAt(std::int64_t element, const float* values, std::int64_t count) {
        m_file.seekp(m_start + static_cast<std::streamoff>(element * 4));
        m_file.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * 4));
        if (!m_file) fail();
    }
    [[noreturn]] void fail() const {
        throw latent::RunError("The file " + m_path.string() +
                               " cannot be written. Is the disk full, or may the folder not be written to?");
    }
    void writeHeader() const {
        fs::path header = m_path;
        header.replace_extension(".hdr");
        std::ofstream text(header);
        text << "ENVI\ndescription = {shadow removed}\nsamples = " << m_header.samples
             << "\nlines = " << m_header.lines << "\nbands = " << m_header.bands
             << "\nheader offset = 0\nfile type = ENVI Standard\ndata type = 4\ninterleave = " << m_interleave
             << "\nbyte order = 0\n";
        if (!m_header.wavelengthNm.empty()) {
            text << "wavelength units = Nanometers\nwavelength = {" << std::setprecision(10);
            for (std::size_t i = 0; i < m_header.wavelengthNm.size(); ++i)
                text << (i ? ", " : "") << m_header.wavelengthNm[i];
            text << "}\n";
        }
        if (!text) fail();
    }

    CubeHeader m_header;
    bool m_sigma;
    std::string m_interleave;
    fs::path m_path;
    std::unique_ptr<Hdf5Output> m_images;
    std::ofstream m_file;
    std::streamoff m_start = 0;
    bool m_done = false;
};

}  // namespace

std::unique_ptr<ResultWriter> ResultWriter::make(const std::string& input, CubeReader& cube,
                                                 const std::string& folder, bool withSigma) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw latent::RunError("The folder " + folder + " for the result is not there.");
    if (const auto* hdf5 = dynamic_cast<const Hdf5Cube*>(&cube))
        return std::make_unique<Hdf5Result>(input, *hdf5, folder, withSigma);
    return std::make_unique<RawResult>(input, cube.header(), folder, withSigma);
}

bool writeScene(SceneCube& scene, const std::string& path,
                const std::function<bool(std::int64_t)>& keepGoing) {
    const CubeHeader& header = scene.header();
    Hdf5Output out(path);
    out.dimension("y", header.lines);
    out.dimension("x", header.samples);
    out.dimension("w1", header.bands);
    const std::vector<std::string> cube = {"y", "x", "w1"}, image = {"y", "x"};
    for (const char* name : {"Band1/Radiance", "Band1/RadianceUncertainty", "Truth/radiance_unshadowed"})
        out.create(name, cube, header.unit);
    out.create("Band1/Wavelength", cube, "nm");
    const std::int64_t most = linesWithin(header, std::size_t{16} << 20);
    std::vector<float> values(static_cast<std::size_t>(most) * header.valuesPerLine());
    for (std::int64_t first = 0; first < header.lines; first += most) {
        const std::int64_t count = std::min(most, header.lines - first);
        const std::vector<std::int64_t> offset = {first, 0, 0}, size = {count, header.samples, header.bands};
        scene.read(first, count, values.data());
        out.write("Band1/Radiance", offset, size, values.data());
        scene.readUncertainty(first, count, values.data());
        out.write("Band1/RadianceUncertainty", offset, size, values.data());
        scene.readUnshadowed(first, count, values.data());
        out.write("Truth/radiance_unshadowed", offset, size, values.data());
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(header.wavelengthNm[i % header.wavelengthNm.size()]);
        out.write("Band1/Wavelength", offset, size, values.data());
        if (keepGoing && !keepGoing(first + count)) return false;
    }
    struct Image {
        const char *path, *name, *units;
        bool bytes;
    };
    for (const Image& it : {Image{"Truth/alpha", "coverage", "1", false},
                            {"Truth/hard_mask", "hard_mask", "", true},
                            {"Truth/label", "material", "", true},
                            {"Truth/methane", "methane", "1", false},
                            {"Geolocation/SolarZenithAngle", "zenith", "degrees", false}}) {
        out.create(it.path, image, it.units, it.bytes);
        out.write(it.path, {0, 0}, {header.lines, header.samples}, scene.image(it.name)->data());
    }
    out.attribute("title", "Synthetic scene with known shadow, made by Latent Workbench");
    out.finish();
    return true;
}

}  // namespace hyperspectral_shadows
