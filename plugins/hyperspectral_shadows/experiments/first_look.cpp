// SPDX-License-Identifier: Apache-2.0
#include "experiments/first_look.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

using KeepGoing = std::function<bool(std::int64_t, std::int64_t)>;
using Place = std::pair<std::int64_t, std::int64_t>;  ///< row and column of pieces; or line and sample

/// The pixels whose spectra are shown, spread over the places that are read, and within each.
std::vector<Place> pixelsIn(const PieceGrid& grid, const std::vector<Place>& places) {
    const auto count = static_cast<std::int64_t>(places.size());
    std::vector<Place> pixels;
    for (std::int64_t k = 0; k < kSpectra; ++k) {
        const std::int64_t at = k * count / kSpectra, first = (at * kSpectra + count - 1) / count,
                           end = ((at + 1) * kSpectra + count - 1) / count;
        const auto [row, column] = places[static_cast<std::size_t>(at)];
        const CubeBox box = grid.box(row, column, 0);
        // Of whole lines one each has its sample further on; of one place each has a line and a sample of its own.
        const bool across = grid.columns() == 1;
        pixels.emplace_back(box.line + middleOf(k - first, end - first, box.lines),
                            box.sample + (across ? middleOf(k, kSpectra, box.samples)
                                                 : middleOf(k - first, end - first, box.samples)));
    }
    return pixels;
}

/// The parts of a look, and how pieces are added to them.
class Looking {
  public:
    Looking(CubeReader& cube, const PieceGrid& grid) : m_cube(cube), m_grid(grid) {}

    /// Lines of these rows, by what is read of them.
    bool image(const PieceChoice& chosen, bool withSpectra, Look& look, const KeepGoing& keepGoing) {
        const auto samples = static_cast<std::size_t>(m_cube.header().samples);
        std::int64_t lines = 0;
        for (const std::int64_t row : chosen.rows) lines += m_grid.box(row, 0, 0).lines;
        for (const std::int64_t row : chosen.rows) {
            const CubeBox of = m_grid.box(row, 0, 0);
            const std::size_t pixels = static_cast<std::size_t>(of.lines) * samples;
            std::vector<double> sum(pixels, 0.0);
            std::vector<std::int64_t> numbers(pixels, 0), read(pixels, 0);
            for (const std::int64_t column : chosen.columns)
                for (const std::int64_t layer : chosen.layers) {
                    const CubeBox box = m_grid.box(row, column, layer);
                    const float* v = readPiece(box);
                    if (withSpectra) addSpectra(box, v, look);
                    for (std::int64_t y = 0; y < box.lines; ++y)
                        for (std::int64_t x = 0; x < box.samples; ++x, v += box.bands) {
                            const std::size_t i = static_cast<std::size_t>(y) * samples +
                                                  static_cast<std::size_t>(box.sample + x);
                            double radiance = 0;
                            std::int64_t some = 0;
                            for (std::int64_t c = 0; c < box.bands; ++c)
                                if (std::isfinite(v[c])) radiance += v[c], ++some;
                            sum[i] += radiance, numbers[i] += some, read[i] += box.bands;
                        }
                    if (!keepGoing(static_cast<std::int64_t>(look.line.size()), lines)) return false;
                }
            for (std::int64_t y = 0; y < of.lines; ++y)
                look.line.push_back(static_cast<std::int32_t>(of.line + y));
            for (std::size_t i = 0; i < pixels; ++i) {
                const auto n = static_cast<double>(numbers[i]), all = static_cast<double>(read[i]);
                look.mean.push_back(n > 0 ? static_cast<float>(sum[i] / n) : kNoNumber);
                look.missing.push_back(all > 0 ? static_cast<float>(1 - n / all) : kNoNumber);
            }
            if (!keepGoing(static_cast<std::int64_t>(look.line.size()), lines)) return false;
        }
        return true;
    }

    /// Makes room for spectra of these layers at these pixels.
    void prepare(const std::vector<std::int64_t>& layers, std::vector<Place> pixels, Look& look) {
        m_pixels = std::move(pixels);
        m_at.assign(static_cast<std::size_t>(m_cube.header().bands), 0);
        for (const std::int64_t layer : layers) {
            const CubeBox box = m_grid.box(0, 0, layer);
            for (std::int64_t c = box.band; c < box.band + box.bands; ++c) {
                m_at[static_cast<std::size_t>(c)] = look.band.size();
                look.band.push_back(static_cast<std::int32_t>(c));
            }
        }
        look.spectra.assign(look.band.size() * kSpectra, kNoNumber);
        look.bandMean.assign(look.band.size(), 0.0);
        m_numbers.assign(look.band.size(), 0.0);
    }

    bool spectra(const std::vector<Place>& places, Look& look, const KeepGoing& keepGoing) {
        const auto lines = static_cast<std::int64_t>(look.line.size());
        for (const auto& [row, column] : places)
            for (std::int64_t layer = 0; layer < m_grid.layers(); ++layer) {
                const CubeBox box = m_grid.box(row, column, layer);
                addSpectra(box, readPiece(box), look);
                if (!keepGoing(lines, lines)) return false;
            }
        return true;
    }

    void finish(Look& look) const {
        for (std::size_t i = 0; i < look.bandMean.size(); ++i)
            look.bandMean[i] = m_numbers[i] > 0 ? look.bandMean[i] / m_numbers[i] : kNoNumber;
    }

  private:
    const float* readPiece(const CubeBox& box) {
        m_values.resize(box.values());
        m_cube.readBox(box, m_values.data());
        return m_values.data();
    }

    void addSpectra(const CubeBox& box, const float* values, Look& look) {
        const std::size_t first = m_at[static_cast<std::size_t>(box.band)];
        const auto bands = static_cast<std::size_t>(box.bands);
        double *sum = look.bandMean.data() + first, *numbers = m_numbers.data() + first;
        for (const float *v = values, *end = values + box.values(); v != end; v += bands)
            for (std::size_t c = 0; c < bands; ++c)
                if (std::isfinite(v[c])) sum[c] += v[c], numbers[c] += 1;
        for (std::size_t k = 0; k < m_pixels.size(); ++k) {
            const std::int64_t y = m_pixels[k].first - box.line, x = m_pixels[k].second - box.sample;
            if (y < 0 || y >= box.lines || x < 0 || x >= box.samples) continue;
            const float* spectrum = values + static_cast<std::size_t>(y * box.samples + x) * bands;
            for (std::size_t c = 0; c < bands; ++c) look.spectra[(first + c) * kSpectra + k] = spectrum[c];
        }
    }

    CubeReader& m_cube;
    const PieceGrid& m_grid;
    std::vector<float> m_values;
    std::vector<Place> m_pixels;    ///< line and sample
    std::vector<std::size_t> m_at;  ///< of each band of the cube: its place among those shown
    std::vector<double> m_numbers;  ///< of each band shown
};

std::string share(std::int64_t some, std::int64_t all, const char* what) {
    return std::to_string(some) + " of " + std::to_string(all) + " " + what;
}

/// "1628.1 to 1640 nm"; band numbers where there are no wavelengths.
std::string rangeOf(const CubeBox& bands, const CubeHeader& header) {
    const std::int64_t first = bands.band, last = bands.band + bands.bands - 1;
    if (header.wavelengthNm.empty())
        return "numbers " + std::to_string(first) + " to " + std::to_string(last);
    char text[64];
    std::snprintf(text, sizeof text, "%.6g to %.6g nm", header.wavelengthNm[static_cast<std::size_t>(first)],
                  header.wavelengthNm[static_cast<std::size_t>(last)]);
    return text;
}

std::string wordsFor(const PieceGrid& grid, const PieceChoice& chosen, const Look& look,
                     const CubeHeader& header) {
    std::int64_t samples = 0, bands = 0;
    for (const std::int64_t column : chosen.columns) samples += grid.box(0, column, 0).samples;
    for (const std::int64_t layer : chosen.layers) bands += grid.box(0, 0, layer).bands;
    const auto lines = static_cast<std::int64_t>(look.line.size()),
               spectral = static_cast<std::int64_t>(look.band.size());
    std::string words;
    const auto add = [&](std::int64_t some, std::int64_t all, const char* what) {
        if (some < all) words += (words.empty() ? "" : ", ") + share(some, all, what);
        return some < all;
    };
    add(lines, header.lines, "lines");
    add(samples, header.samples, "samples");
    if (add(bands, header.bands, "bands"))
        words += chosen.layers.size() == 1
                     ? " (" + rangeOf(grid.box(0, 0, chosen.layers.front()), header) + ")"
                     : " spread over the spectrum";
    if (words.empty()) return {};
    words = "A look at a part of the cube, which a run reads whole: the images show " + words;
    if (spectral < header.bands) words += "; the spectra show " + share(spectral, header.bands, "bands");
    return words + ".";
}

}  // namespace

std::optional<Look> lookAt(CubeReader& cube, const std::optional<LookLimits>& limits,
                           const std::function<bool(std::int64_t, std::int64_t)>& keepGoing,
                           const PieceLimits& pieces) {
    const CubeHeader& header = cube.header();
    const PieceGrid grid(header, pieces);
    const PieceChoice chosen = limits ? grid.picture(limits->picture) : grid.all();
    const std::size_t place = grid.bytes() * static_cast<std::size_t>(grid.layers());
    // Spectra are read apart where the image has some bands only, unless one place costs more than all of them may.
    const bool apart =
        limits && static_cast<std::int64_t>(chosen.layers.size()) < grid.layers() && place <= limits->spectra;
    std::vector<Place> places;
    if (apart) {
        places =
            grid.spread(static_cast<std::int64_t>(std::min<std::size_t>(kSpectra, limits->spectra / place)));
    } else {
        for (const std::int64_t row : chosen.rows)
            for (const std::int64_t column : chosen.columns) places.emplace_back(row, column);
    }
    Look look;
    Looking looking(cube, grid);
    looking.prepare(apart ? grid.all().layers : chosen.layers, pixelsIn(grid, places), look);
    if (!looking.image(chosen, !apart, look, keepGoing)) return std::nullopt;
    if (apart && !looking.spectra(places, look, keepGoing)) return std::nullopt;
    looking.finish(look);
    look.words = wordsFor(grid, chosen, look, header);
    return look;
}

}  // namespace hyperspectral_shadows
