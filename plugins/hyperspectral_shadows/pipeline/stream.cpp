// SPDX-License-Identifier: Apache-2.0
#include "pipeline/stream.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>

#include "model/no_number.hpp"
#include "pipeline/overlap.hpp"
#include "pipeline/piece_grid.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kLeastPlaces = 4, kMostPlaces = 16;  ///< that are looked at to choose bands
constexpr std::size_t kPieceBytes = std::size_t{128}
                                    << 10;  ///< of spectra; with its result in the second cache

/// Lines that are read at once because they are stored together.
std::int64_t linesTogether(const CubeHeader& header) {
    return std::clamp<std::int64_t>(header.linesTogether, 1, linesWithin(header, kMostSlabBytes));
}

std::int64_t linesOfSlab(const CubeHeader& header, std::size_t bytes) {
    const std::int64_t lines = linesWithin(header, bytes), together = linesTogether(header);
    return std::min(header.lines, std::max(lines / together, std::int64_t{1}) * together);
}

}  // namespace

Bands chooseBands(CubeReader& cube, std::optional<double> lowNm, std::optional<double> highNm) {
    const CubeHeader& header = cube.header();
    const auto bands = static_cast<std::size_t>(header.bands);
    std::vector<double> present(bands, 0.0);
    double pixels = 0;
    const PieceGrid grid(header);
    const std::size_t place = grid.bytes() * static_cast<std::size_t>(grid.layers());
    const auto places =
        static_cast<std::int64_t>(std::clamp<std::size_t>(kMostSlabBytes / place, kLeastPlaces, kMostPlaces));
    std::vector<float> values;
    for (const auto& [row, column] : grid.spread(places)) {
        std::vector<bool> any;
        for (std::int64_t layer = 0; layer < grid.layers(); ++layer) {
            const CubeBox box = grid.box(row, column, layer);
            const auto depth = static_cast<std::size_t>(box.bands);
            values.resize(box.values());
            any.resize(box.values() / depth, false);
            cube.readBox(box, values.data());
            double* here = present.data() + box.band;
            for (std::size_t i = 0; i < any.size(); ++i) {
                bool some = false;
                for (std::size_t c = 0; c < depth; ++c)
                    if (std::isfinite(values[i * depth + c])) some = true, here[c] += 1;
                if (some) any[i] = true;
            }
        }
        pixels += static_cast<double>(std::count(any.begin(), any.end(), true));
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
                               " bands can be used, and shadow is told by two or more" +
                               (chosen.words.empty() ? "" : " (" + chosen.words + ")") +
                               ". Widen the range of wavelengths, or check the file.");
    chosen.all = chosen.kept.size() == bands;
    return chosen;
}

void compact(const float* all, std::size_t pixels, std::size_t bands, const Bands& kept, float* out) {
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < kept.kept.size(); ++c)
            out[i * kept.kept.size() + c] = all[i * bands + kept.kept[c]];
}

void expand(const float* kept, std::size_t pixels, std::size_t bands, const Bands& which, float* out) {
    std::fill_n(out, pixels * bands, kNoNumber);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < which.kept.size(); ++c)
            out[i * bands + which.kept[c]] = kept[i * which.kept.size() + c];
}

bool forEachLine(CubeReader& cube, const std::vector<std::int64_t>& lines,
                 const std::function<bool(std::size_t, const float*)>& body) {
    const CubeHeader& header = cube.header();
    const std::int64_t together = linesTogether(header);
    std::vector<float> block;
    for (std::size_t i = 0; i < lines.size();) {
        const std::int64_t first = lines[i], end = (first / together + 1) * together;
        std::size_t last = i;
        while (last + 1 < lines.size() && lines[last + 1] < end) ++last;
        const std::int64_t count = lines[last] - first + 1;
        block.resize(static_cast<std::size_t>(count) * header.valuesPerLine());
        cube.read(first, count, block.data());
        for (; i <= last; ++i)
            if (!body(i, block.data() + static_cast<std::size_t>(lines[i] - first) * header.valuesPerLine()))
                return false;
    }
    return true;
}

bool readBeside(CubeReader& cube, ReadBeside what, const Bands& bands, std::int64_t first, std::int64_t count,
                std::vector<float>& out) {
    const CubeHeader& header = cube.header();
    out.resize(static_cast<std::size_t>(count) * header.valuesPerLine());
    if (!(cube.*what)(first, count, out.data())) return false;
    if (bands.all) return true;
    const auto pixels = static_cast<std::size_t>(count * header.samples);
    compact(out.data(), pixels, static_cast<std::size_t>(header.bands), bands, out.data());
    out.resize(pixels * bands.kept.size());
    return true;
}

bool forEachSlab(CubeReader& cube, const Bands& bands, int threads, std::size_t bytes, SlabTask& task) {
    const CubeHeader& header = cube.header();
    const auto all = static_cast<std::size_t>(header.bands), channels = bands.kept.size();
    const std::int64_t lines = linesOfSlab(header, bytes), row = header.keptLines;
    const auto endOf = [&](std::int64_t first) {
        const std::int64_t end = std::min(first + lines, header.lines);
        return row > 0 ? std::min(end, (first / row + 1) * row) : end;
    };
    const std::size_t pixels =
        std::clamp<std::size_t>(kPieceBytes / (channels * sizeof(float)) / 16 * 16, 16, 4096);
    struct Slab {
        std::vector<float> read, kept;
        SlabView view{};
    } slabs[2];
    const auto load = [&](std::int64_t first, int turn) {
        Slab& slab = slabs[turn];
        const std::int64_t count = endOf(first) - first;
        slab.read.resize(static_cast<std::size_t>(count) * header.valuesPerLine());
        slab.view = {first, count, slab.read.data(), static_cast<std::size_t>(count * header.samples)};
        if (!bands.all) {
            slab.kept.resize(slab.view.pixels * channels);
            slab.view.x = slab.kept.data();
        }
        cube.read(first, count, slab.read.data());
        task.begin(slab.view, turn);
    };
    int turn = 0;
    load(0, turn);
    bool waiting = false;  // whether the slab before is to be handed on
    for (std::int64_t first = 0, next = 0; first < header.lines; first = next, turn = 1 - turn) {
        next = endOf(first);
        const int other = 1 - turn;
        Slab& slab = slabs[turn];
        // A row is handed on, all of it, before the next is unpacked: a writer may hold it until it is whole. To unpack
        // takes so much longer than a slab that little is lost by waiting.
        const bool together = row == 0 || next % row != 0;
        bool going = true;
        overlap((slab.view.pixels + pixels - 1) / pixels, threads,
                [&](std::size_t i) {
                    const std::size_t begin = i * pixels, count = std::min(pixels, slab.view.pixels - begin);
                    if (!bands.all)
                        compact(slab.read.data() + begin * all, count, all, bands,
                                slab.kept.data() + begin * channels);
                    task.piece(slab.view, turn, begin, count);
                },
                [&] {
                    if (waiting) going = task.end(slabs[other].view, other);
                    if (going && together && next < header.lines) load(next, other);
                });
        if (!going) return false;
        waiting = together && next < header.lines;
        if (waiting) continue;
        if (!task.end(slab.view, turn)) return false;
        if (next < header.lines) load(next, other);
    }
    return true;
}

}  // namespace hyperspectral_shadows
