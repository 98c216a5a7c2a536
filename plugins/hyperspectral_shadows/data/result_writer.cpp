// SPDX-License-Identifier: Apache-2.0
#include "data/result_writer.hpp"

#include <algorithm>
#include <filesystem>
#include <latent/error.hpp>

#include "data/hdf5_cube.hpp"
#include "data/hdf5_output.hpp"
#include "data/raw_cube.hpp"
#include "data/raw_result.hpp"
#include "model/scene/scene.hpp"

namespace hyperspectral_shadows {
namespace {

namespace fs = std::filesystem;

/// The same however the path was written.
std::string originOf(const std::string& file) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(file, error);
    return error ? file : whole.string();
}

/// A copy of an HDF5 input, with the radiance replaced.
class Hdf5Result final : public ResultWriter {
  public:
    Hdf5Result(const std::string& input, Hdf5Cube& cube, const std::string& folder, bool withSigma)
        : m_out(resultPath(input, folder, "_unshadowed", ""), input, originOf(input)),
          m_radiance{cube.radiance()},
          m_uncertainty{cube.uncertainty()},
          m_header(cube.header()) {
        m_out.makeFloat(m_radiance.like.set->path());
        if (m_uncertainty.like) m_out.makeFloat(m_uncertainty.like.set->path());
        m_out.dimension("shadow_y", m_header.lines);
        m_out.dimension("shadow_x", m_header.samples);
        m_ownSigma = withSigma && !m_uncertainty.like;
        if (m_ownSigma)
            m_out.dimension("shadow_band", m_header.bands),
                m_out.create(kSigmaPath, {"shadow_y", "shadow_x", "shadow_band"}, m_header.unit);
    }
    bool takesSigma() const override { return m_ownSigma || static_cast<bool>(m_uncertainty.like); }
    void lines(std::int64_t first, std::int64_t count, const float* corrected, const float* sigma) override {
        put(m_radiance, first, count, corrected);
        if (sigma && m_uncertainty.like) put(m_uncertainty, first, count, sigma);
        if (sigma && m_ownSigma)
            m_out.write(kSigmaPath, {first, 0, 0}, {count, m_header.samples, m_header.bands}, sigma);
    }
    void image(const std::string& name, const std::vector<float>& values, const std::string& units,
               bool bytes) override {
        m_out.create("Shadow/" + name, {"shadow_y", "shadow_x"}, units, bytes);
        m_out.write("Shadow/" + name, {0, 0}, {m_header.lines, m_header.samples}, values.data());
    }
    void finish(const std::string& provenance) override {
        flush(m_radiance), flush(m_uncertainty);
        m_out.attribute("shadow_provenance", provenance);
        m_out.finish();
    }
    std::string path() const override { return m_out.path(); }
    bool replacedAnother() const override { return m_out.replacedAnother(); }

  private:
    /// Lines for a dataset of the copy, kept until a row of chunks is whole: so each is packed once. They come as the
    /// reader gives back those of the input, and go before it reads the next row: both together are about one row.
    struct Pending {
        OrderedDataset like;  ///< of the input
        std::int64_t first = 0, count = 0;
        std::vector<float> values = {};
    };

    void put(Pending& to, std::int64_t first, std::int64_t count, const float* values) {
        const std::int64_t row = to.like.rowLines;
        const std::size_t line = m_header.valuesPerLine();
        if (to.count > 0 && first != to.first + to.count) flush(to);
        while (row > 0 && count > 0) {
            const std::int64_t end = std::min(m_header.lines, (first / row + 1) * row),
                               now = std::min(count, end - first);
            if (to.count == 0) to.first = first, to.values.reserve(static_cast<std::size_t>(row) * line);
            to.values.insert(to.values.end(), values, values + static_cast<std::size_t>(now) * line);
            to.count += now, first += now, count -= now, values += static_cast<std::size_t>(now) * line;
            if (first == end) flush(to);
        }
        if (count > 0) write(to.like, first, count, values);
    }

    void flush(Pending& to) {
        if (to.count > 0) write(to.like, to.first, to.count, to.values.data());
        to.count = 0, std::vector<float>().swap(to.values);
    }

    void write(const OrderedDataset& like, std::int64_t first, std::int64_t count, const float* values) {
        const CubeBox lines = m_header.wholeLines(first, count);
        if (const FileBox box = boxOf(like.order, lines); box.straight)
            return m_out.write(like.set->path(), box.offset, box.size, values);
        // Into the file's own order.
        for (const CubeBox& part : like.columnsOf(lines)) {
            const FileBox box = boxOf(like.order, part);
            m_turned.resize(part.values());
            for (std::int64_t y = 0; y < count; ++y) {
                const float* from = values + (y * m_header.samples + part.sample) * m_header.bands;
                for (std::int64_t x = 0; x < part.samples; ++x)
                    for (std::int64_t c = 0; c < part.bands; ++c)
                        m_turned[static_cast<std::size_t>(y * box.strides.line + x * box.strides.sample +
                                                          c * box.strides.band)] = *from++;
            }
            m_out.write(like.set->path(), box.offset, box.size, m_turned.data());
        }
    }

    Hdf5Output m_out;
    Pending m_radiance, m_uncertainty;
    bool m_ownSigma = false;
    CubeHeader m_header;
    std::vector<float> m_turned;
};

}  // namespace

std::string resultPath(const std::string& input, const std::string& folder, const std::string& suffix,
                       const std::string& ending) {
    const fs::path from(input);
    return (fs::path(folder) /
            (from.stem().string() + suffix + (ending.empty() ? from.extension().string() : ending)))
        .string();
}

std::unique_ptr<ResultWriter> ResultWriter::make(const std::string& input, CubeReader& cube,
                                                 const std::string& folder, bool withSigma) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw latent::RunError("The folder " + folder + " for the result is not there.");
    if (auto* hdf5 = dynamic_cast<Hdf5Cube*>(&cube))
        return std::make_unique<Hdf5Result>(input, *hdf5, folder, withSigma);
    RawOrigin origin;
    if (const auto* raw = dynamic_cast<const RawCube*>(&cube))
        origin = {originOf(raw->path()), raw->enviFields()};
    return std::make_unique<RawResult>(input, cube.header(), folder, withSigma, origin);
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
