// SPDX-License-Identifier: Apache-2.0
// The wavelengths of a cube in HDF5: a list, a row or column of a matrix, or one for each value.
#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "data/hdf5_cube.hpp"

namespace hyperspectral_shadows {
namespace {

/// That are unpacked to look at one line.
constexpr std::size_t kMostLineBytes = std::size_t{16} << 20;

}  // namespace

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
    // A list, or a row or column of a matrix as MATLAB has it: one dimension of all bands, the others of one.
    const std::vector<std::int64_t>& shape = set.shape();
    const auto ones = std::count(shape.begin(), shape.end(), std::int64_t{1}),
               others = static_cast<std::ptrdiff_t>(shape.size()) - ones;
    if (m_header.bands == 1 ? others == 0
                            : others == 1 && std::count(shape.begin(), shape.end(), m_header.bands) == 1) {
        m_header.wavelengthNm = set.readDoubles();
    } else if (const OrderedDataset each = openBeside(name)) {
        readWavelengthsOfPixels(each, path);
    } else {
        throw latent::RunError("The wavelengths '" + *name + "' of " + path +
                               " fit neither the bands nor the cube '" + m_radiance.set->path() +
                               "'. Choose the cube that they belong to with the parameter 'dataset', or "
                               "rename them.");
    }
    if (set.text("units").find("icro") != std::string::npos || set.text("units") == "um")
        for (double& w : m_header.wavelengthNm) w *= 1000;
}

void Hdf5Cube::readWavelengthsOfPixels(const OrderedDataset& from, const std::string& path) {
    // Of one line in the middle, the middle pixel with numbers gives the axis, the others how far pixels differ.
    // Of chunks across bands, those of a few places along the line tell as much, without unpacking them all.
    const auto bands = static_cast<std::size_t>(m_header.bands);
    const std::int64_t samples = m_header.samples;
    std::vector<CubeBox> boxes = {m_header.wholeLines(m_header.lines / 2, 1)};
    if (bytesOfChunkRow(from.set->id(), from.order.y) > kMostLineBytes) {
        boxes.clear();
        for (const std::int64_t x : {std::int64_t{0}, samples / 2, samples - 1})
            boxes.push_back(
                {.line = m_header.lines / 2, .sample = x, .lines = 1, .samples = 1, .bands = m_header.bands});
    }
    std::vector<float> line;
    std::vector<std::int64_t> place;
    const auto take = [&](const CubeBox& box) {
        line.resize(line.size() + box.values());
        readFrom(from, box, line.data() + line.size() - box.values());
        for (std::int64_t x = 0; x < box.samples; ++x) place.push_back(box.sample + x);
    };
    for (const CubeBox& box : boxes) take(box);
    const auto middlemost = [&] {
        std::optional<std::size_t> best;
        const auto away = [&](std::size_t i) { return std::abs(place[i] - samples / 2); };
        for (std::size_t i = 0; i < place.size(); ++i) {
            const float* first = line.data() + i * bands;
            if (std::all_of(first, first + bands, [](float w) { return std::isfinite(w); }) &&
                (!best || away(i) < away(*best)))
                best = i;
        }
        return best;
    };
    auto best = middlemost();
    if (!best && boxes.size() > 1) take(m_header.wholeLines(m_header.lines / 2, 1)), best = middlemost();
    if (!best)
        throw latent::RunError("The wavelengths '" + from.set->path() + "' of " + path +
                               " are no numbers in the middle line.");
    const float* chosen = line.data() + *best * bands;
    m_header.wavelengthNm.assign(chosen, chosen + bands);
    double largest = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
        if (std::isfinite(line[i]))
            largest = std::max(largest, std::abs(static_cast<double>(line[i]) - chosen[i % bands]));
    if (largest > 1e-4)
        m_header.notes.push_back(
            "Each pixel has wavelengths of its own; across the middle line they differ by up to " +
            std::to_string(largest) + " nm from those shown.");
}

}  // namespace hyperspectral_shadows
