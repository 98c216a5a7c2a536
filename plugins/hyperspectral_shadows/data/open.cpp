// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <latent/error.hpp>

#include "data/cube.hpp"
#include "data/hdf5_cube.hpp"
#include "data/raw_cube.hpp"

namespace hyperspectral_shadows {

std::unique_ptr<CubeReader> openCube(const std::string& path, const OpenOptions& options) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (fs::is_directory(path, error))
        throw latent::RunError(path + " is a folder; give one file of it, or a sweep over its files.");
    if (!fs::is_regular_file(path, error)) throw latent::RunError("There is no file " + path + ".");
    if (fs::file_size(path, error) == 0)
        throw latent::RunError("The file " + path + " is empty (0 bytes). Copy or download it again.");
    char start[8] = {};
    std::ifstream(path, std::ios::binary).read(start, sizeof start);
    const std::string_view head(start, sizeof start);
    if (head.substr(1, 5) == "NUMPY") return openNumpy(path, options.axes);
    if (head.substr(0, 4) == "ENVI") return openEnvi(path);
    if (looksLikeHdf5(path)) return openHdf5(path, options);
    if (head == "MATLAB 5")
        throw latent::RunError(
            "The file " + path +
            " is a MATLAB file of the old format; save it again with save('NEW.mat', 'NAME', '-v7.3').");
    if (head.substr(0, 3) == "CDF")
        throw latent::RunError("The file " + path +
                               " is NetCDF 3; make it NetCDF 4 first: nccopy -k nc4 IN OUT.");
    if (enviHeaderOf(path)) return openEnvi(path);
    throw latent::RunError(
        "The file " + path +
        " is neither HDF5 (NetCDF 4), nor NumPy, nor ENVI: for ENVI its header must lie beside it as " +
        fs::path(path).replace_extension(".hdr").filename().string() + ".");
}

void CubeReader::readBox(const CubeBox& box, float* out) {
    requireInside(box, m_header);
    if (box.samples == m_header.samples && box.bands == m_header.bands) return read(box.line, box.lines, out);
    std::vector<float> line(m_header.valuesPerLine());
    for (std::int64_t y = box.line; y < box.line + box.lines; ++y) {
        read(y, 1, line.data());
        for (std::int64_t x = box.sample; x < box.sample + box.samples; ++x)
            out = std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(x * m_header.bands + box.band),
                              box.bands, out);
    }
}

void requireInside(const CubeBox& box, const CubeHeader& header) {
    const auto inside = [](std::int64_t first, std::int64_t count, std::int64_t all) {
        return first >= 0 && count >= 0 && first <= all - count;
    };
    if (!inside(box.line, box.lines, header.lines) || !inside(box.sample, box.samples, header.samples) ||
        !inside(box.band, box.bands, header.bands))
        throw latent::UsageError("CubeReader: a part that does not lie in the cube.");
}

std::int64_t linesWithin(const CubeHeader& header, std::size_t bytes) {
    const std::size_t line = header.valuesPerLine() * sizeof(float);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(bytes / std::max<std::size_t>(line, 1)), 1,
                                    header.lines);
}

void checkHeader(const CubeHeader& header, const std::string& path) {
    const auto inRange = [](std::int64_t n, std::int64_t most) { return n >= 1 && n <= most; };
    if (!inRange(header.lines, 1 << 28) || !inRange(header.samples, 1 << 20) ||
        !inRange(header.bands, 1 << 16) ||
        header.lines > (std::int64_t{1} << 40) / (header.samples * header.bands))
        throw latent::RunError(path + " claims " + std::to_string(header.lines) + " lines × " +
                               std::to_string(header.samples) + " samples × " + std::to_string(header.bands) +
                               " bands, which is no cube that can be worked with. Is the header damaged, or "
                               "are the axes named wrongly?");
    const std::vector<double>& w = header.wavelengthNm;
    for (std::size_t i = 0; i < w.size(); ++i) {
        if (!std::isfinite(w[i]) || w[i] <= 0)
            throw latent::RunError("The wavelengths of " + path + " are no numbers above 0 at band " +
                                   std::to_string(i) +
                                   ". Give that band one, or take it out, before opening the file.");
        if (i > 0 && w[i] <= w[i - 1])
            throw latent::RunError(
                "The wavelengths of " + path + (w[i] == w[i - 1] ? " repeat" : " decrease") + " at band " +
                std::to_string(i) + " (" + std::to_string(w[i - 1]) + ", then " + std::to_string(w[i]) +
                " nm). Sort the bands, or take the repeated ones out, before opening it.");
    }
}

}  // namespace hyperspectral_shadows
