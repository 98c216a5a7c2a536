// SPDX-License-Identifier: Apache-2.0
#include "pipeline/stream.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>
#include <numeric>

namespace hyperspectral_shadows {

Bands chooseBands(CubeReader& cube, std::optional<double> lowNm, std::optional<double> highNm) {
    const CubeHeader& header = cube.header();
    const auto bands = static_cast<std::size_t>(header.bands);
    std::vector<double> present(bands, 0.0);
    double pixels = 0;
    std::vector<float> line(header.valuesPerLine());
    const std::int64_t looked = std::min<std::int64_t>(16, header.lines);
    for (std::int64_t i = 0; i < looked; ++i) {
        cube.read(i * header.lines / looked, 1, line.data());
        for (std::size_t p = 0; p < line.size(); p += bands) {
            std::size_t numbers = 0;
            for (std::size_t c = 0; c < bands; ++c) numbers += std::isfinite(line[p + c]) ? 1 : 0;
            if (numbers == 0) continue;
            pixels += 1;
            for (std::size_t c = 0; c < bands; ++c) present[c] += std::isfinite(line[p + c]) ? 1 : 0;
        }
    }
    if (pixels == 0)
        throw latent::RunError(
            "No pixel has a number in any band: all values are flagged, filled or NaN. Nothing can be learnt "
            "from this cube.");
    Bands chosen;
    std::size_t empty = 0, bad = 0, outside = 0;
    for (std::size_t c = 0; c < bands; ++c) {
        const double at = header.wavelengthNm.empty() ? static_cast<double>(c) : header.wavelengthNm[c];
        if (!header.goodBand.empty() && !header.goodBand[c])
            ++bad;
        else if ((lowNm && at < *lowNm) || (highNm && at > *highNm))
            ++outside;
        else if (present[c] < .5 * pixels)
            ++empty;
        else
            chosen.kept.push_back(c), chosen.wavelengthNm.push_back(at);
    }
    const auto say = [&](std::size_t count, const char* why) {
        if (count > 0) chosen.words += (chosen.words.empty() ? "" : "; ") + std::to_string(count) + why;
    };
    say(bad, " bands are marked bad in the header"),
        say(outside, " bands lie outside the chosen wavelengths"),
        say(empty, " bands have no numbers in more than half of the pixels");
    if (chosen.kept.size() < 2)
        throw latent::RunError("Only " + std::to_string(chosen.kept.size()) + " of " + std::to_string(bands) +
                               " bands can be used (" + chosen.words +
                               "). Widen the range of wavelengths, or check the file.");
    chosen.all = chosen.kept.size() == bands;
    return chosen;
}

void compact(const float* all, std::size_t pixels, std::size_t bands, const Bands& kept, float* out) {
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < kept.kept.size(); ++c)
            out[i * kept.kept.size() + c] = all[i * bands + kept.kept[c]];
}

void expand(const float* kept, std::size_t pixels, std::size_t bands, const Bands& which, float* out) {
    std::fill_n(out, pixels * bands, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < which.kept.size(); ++c)
            out[i * bands + which.kept[c]] = kept[i * which.kept.size() + c];
}

bool forEachSlab(CubeReader& cube, const Bands& bands, std::size_t bytes,
                 const std::function<bool(const SlabView&)>& body) {
    const CubeHeader& header = cube.header();
    const std::int64_t lines = linesWithin(header, bytes);
    std::vector<float> all(static_cast<std::size_t>(lines) * header.valuesPerLine()), kept;
    if (!bands.all) kept.resize(static_cast<std::size_t>(lines * header.samples) * bands.kept.size());
    for (std::int64_t first = 0; first < header.lines; first += lines) {
        const std::int64_t count = std::min(lines, header.lines - first);
        cube.read(first, count, all.data());
        const auto pixels = static_cast<std::size_t>(count * header.samples);
        if (!bands.all)
            compact(all.data(), pixels, static_cast<std::size_t>(header.bands), bands, kept.data());
        if (!body({first, count, bands.all ? all.data() : kept.data(), pixels})) return false;
    }
    return true;
}

}  // namespace hyperspectral_shadows
