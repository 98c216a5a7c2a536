// SPDX-License-Identifier: Apache-2.0
#include "experiments/sources.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "data/result_writer.hpp"
#include "experiments/parameters.hpp"
#include "model/kernels/kernels.hpp"
#include "model/no_number.hpp"
#include "model/scene/gas.hpp"
#include "pipeline/stream.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kPreviewBytes = std::size_t{32} << 20;  ///< of radiance that a preview reads
constexpr std::int64_t kSpectra = 9;                          ///< pixels whose spectra are shown

/// Lines that a preview reads: all of a small cube, evenly spaced ones of a large one.
std::vector<std::int64_t> previewLines(const CubeHeader& header) {
    const std::int64_t count =
        std::min(header.lines,
                 std::max<std::int64_t>(
                     2, static_cast<std::int64_t>(kPreviewBytes / (header.valuesPerLine() * sizeof(float)))));
    std::vector<std::int64_t> lines;
    for (std::int64_t i = 0; i < count; ++i) lines.push_back(i * header.lines / count);
    return lines;
}

void addArrays(latent::Outputs& o, const CubeHeader& header, bool truth) {
    using namespace latent;
    const Dimension line = grows("line"), x = fixed("x", header.samples),
                    band = fixed("wavelength_nm", header.bands), pixel = fixed("pixel", kSpectra);
    const std::string unit = header.unit.empty() ? "1" : header.unit;
    o.array("wavelength_nm", F64, {band})
        .units(header.wavelengthNm.empty() ? "1" : "nm")
        .label(header.wavelengthNm.empty() ? "band" : "wavelength");
    o.array("line", I32, {line}).label("line").description("A preview holds some lines of a large cube.");
    o.array("mean_radiance", F32, {line, x})
        .units(unit)
        .label("mean radiance")
        .description("Over the bands that have a number.");
    o.array("missing", F32, {line, x}).units("1").label("share of bands without a number");
    o.array("pixel", I32, {pixel}).label("pixel");
    o.array("spectrum", F32, {pixel, band})
        .units(unit)
        .label("radiance")
        .description("Of pixels spread over the cube.");
    o.array("band_mean", F64, {band})
        .units(unit)
        .label("mean radiance")
        .description("Over the lines that were read.");
    if (truth) o.array("coverage", F32, {line, x}).units("1").label("shadow coverage");

    o.figure(view::image("brightness").title("Mean radiance").z("mean_radiance").across("x").down("line"));
    auto spectra = view::lines("spectra");
    spectra.title("Spectra")
        .x("wavelength_nm", {.title = header.wavelengthNm.empty() ? "band" : "wavelength",
                             .unit = header.wavelengthNm.empty() ? "" : "nm"})
        .y({.title = "radiance"})
        .series(view::series("spectrum").family("pixel").role(view::Role::Muted))
        .series(view::series("band_mean").label("mean").role(view::Role::Primary));
    for (const Mark& mark : strongestLines(header.wavelengthNm, 6))
        spectra.referenceX(mark.wavelengthNm, nameOf(mark.gas));
    o.figure(spectra);
    o.figure(view::image("missing")
                 .title("Missing values")
                 .caption("Flagged, filled or not finite.")
                 .z("missing")
                 .across("x")
                 .down("line")
                 .colours({.limits = {0.0, 1.0}}));
    if (truth)
        o.figure(view::image("coverage")
                     .title("True coverage")
                     .z("coverage")
                     .across("x")
                     .down("line")
                     .colours({.limits = {0.0, 1.0}}));
}

/// Reads some lines and gives what is shown of them to `send(name, view)`. `keepGoing(done)` is asked after each line.
template <class Send, class Going>
bool look(CubeReader& cube, const std::vector<std::int64_t>& lines, const Send& send,
          const Going& keepGoing) {
    const CubeHeader& header = cube.header();
    const auto bands = static_cast<std::size_t>(header.bands),
               samples = static_cast<std::size_t>(header.samples);
    std::vector<float> mean, missing, spectra(static_cast<std::size_t>(kSpectra) * bands, kNoNumber);
    std::vector<double> sum(bands, 0.0), count(bands, 0.0);
    std::vector<std::int32_t> number;
    const bool whole = forEachLine(cube, lines, [&](std::size_t i, const float* values) {
        number.push_back(static_cast<std::int32_t>(lines[i]));
        for (std::size_t x = 0; x < samples; ++x) {
            double total = 0, numbers = 0;
            for (std::size_t c = 0; c < bands; ++c) {
                const float v = values[x * bands + c];
                if (std::isfinite(v)) total += v, numbers += 1, sum[c] += v, count[c] += 1;
            }
            mean.push_back(numbers > 0 ? static_cast<float>(total / numbers) : kNoNumber);
            missing.push_back(static_cast<float>(1 - numbers / static_cast<double>(bands)));
        }
        for (std::size_t k = 0; k < kSpectra; ++k)
            if (i == k * lines.size() / kSpectra)
                std::copy_n(values + (k + 1) * samples / (kSpectra + 1) * bands, bands,
                            spectra.begin() + static_cast<std::ptrdiff_t>(k * bands));
        return keepGoing(i + 1);
    });
    if (!whole) return false;
    for (std::size_t c = 0; c < bands; ++c) sum[c] = count[c] > 0 ? sum[c] / count[c] : kNoNumber;
    const std::vector<std::int64_t> image = {static_cast<std::int64_t>(lines.size()), header.samples};
    send("wavelength_nm", latent::ArrayView(axisOf(header)));
    send("line", latent::ArrayView(number));
    send("mean_radiance", latent::ArrayView(mean, image));
    send("missing", latent::ArrayView(missing, image));
    send("pixel", latent::ArrayView(counted(kSpectra)));
    send("spectrum", latent::ArrayView(spectra, {kSpectra, header.bands}));
    send("band_mean", latent::ArrayView(sum));
    if (const auto coverage = cube.image("coverage")) {
        std::vector<float> chosen;
        for (const std::int64_t line : lines)
            chosen.insert(chosen.end(), coverage->begin() + line * header.samples,
                          coverage->begin() + (line + 1) * header.samples);
        send("coverage", latent::ArrayView(chosen, image));
    }
    return true;
}

template <class Make>
latent::Outputs outputsOf(const Make& make) {
    const auto cube = make();
    latent::Outputs o;
    addArrays(o, cube->header(), cube->image("coverage").has_value());
    return o;
}

void previewOf(CubeReader& cube, latent::Reply& reply) {
    look(
        cube, previewLines(cube.header()),
        [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); },
        [&](std::size_t) { return !reply.cancelled(); });
    const CubeHeader& header = cube.header();
    nlohmann::json facts{{"format", header.format},
                         {"lines", header.lines},
                         {"samples", header.samples},
                         {"bands", header.bands},
                         {"unit", header.unit}};
    if (!header.wavelengthNm.empty())
        facts["first_nm"] = header.wavelengthNm.front(), facts["last_nm"] = header.wavelengthNm.back();
    if (!header.notes.empty()) facts["notes"] = header.notes;
    reply.values(facts);
}

void runOf(CubeReader& cube, latent::Job& job) {
    for (const std::string& note : cube.header().notes) job.log(note);
    std::vector<std::int64_t> lines;
    for (std::int64_t y = 0; y < cube.header().lines; ++y) lines.push_back(y);
    const bool done = look(
        cube, lines, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); },
        [&](std::size_t line) {
            job.progress(static_cast<std::int64_t>(line), cube.header().lines, "lines");
            return !job.stopRequested();
        });
    if (!done) job.checkpoint(0, {});
}

}  // namespace

latent::Schema OpenSource::parameters() {
    latent::Schema schema;
    addFileParameters(schema, false);
    return schema;
}
latent::Outputs OpenSource::outputs(const latent::Parameters& p) {
    return outputsOf([&] { return openFile(p); });
}
void OpenSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    previewOf(*openFile(p), reply);
}
void OpenSource::run(const latent::Parameters& p, latent::Job& job) { runOf(*openFile(p), job); }

latent::Schema SceneSource::parameters() {
    using namespace latent;
    Schema schema;
    addSceneParameters(schema, false);
    schema.group("File").add(path("output_folder")
                                 .folder()
                                 .optional()
                                 .help("Write the scene there in the L1B layout, with /Truth, as "
                                       "scene_TIER_sunZENITH_seedSEED.nc."));
    schema.preset("smoke", {{"lines", 32}, {"samples", 32}, {"bands", 32}})
        .preset("laptop", {{"lines", 300}, {"samples", 178}, {"bands", 128}})
        .preset("paper", {{"lines", 300}, {"samples", 1280}, {"bands", 1024}},
                "A full granule: 1.6 GB of radiance.");
    return schema;
}
latent::Outputs SceneSource::outputs(const latent::Parameters& p) {
    return outputsOf([&] { return std::make_unique<SceneCube>(sceneOf(p)); });
}
void SceneSource::preview(const latent::Parameters& p, latent::Reply& reply) {
    SceneCube scene(sceneOf(p));
    previewOf(scene, reply);
}
void SceneSource::run(const latent::Parameters& p, latent::Job& job) {
    SceneCube scene(sceneOf(p));
    if (p.has("output_folder")) {
        const std::filesystem::path file =
            std::filesystem::path(p.path("output_folder")) / (sceneName(p) + ".nc");
        const bool written = writeScene(scene, file.string(), [&](std::int64_t line) {
            job.progress(line, scene.header().lines, "writing");
            return !job.stopRequested();
        });
        if (!written) return job.checkpoint(0, {});
        job.log("The scene is in " + file.string() + ".");
    }
    runOf(scene, job);
}

}  // namespace hyperspectral_shadows
