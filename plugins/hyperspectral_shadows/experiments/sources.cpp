// SPDX-License-Identifier: Apache-2.0
#include "experiments/sources.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "data/result_writer.hpp"
#include "experiments/first_look.hpp"
#include "experiments/parameters.hpp"
#include "model/scene/gas.hpp"

namespace hyperspectral_shadows {
namespace {

void addArrays(latent::Outputs& o, const CubeHeader& header, bool truth) {
    using namespace latent;
    // A preview may have some lines and some bands of a large cube; a run has all.
    const Dimension line = grows("line"), x = fixed("x", header.samples), band = grows("wavelength_nm"),
                    pixel = fixed("pixel", kSpectra);
    const std::string unit = header.unit.empty() ? "1" : header.unit;
    o.array("wavelength_nm", F64, {band})
        .units(header.wavelengthNm.empty() ? "1" : "nm")
        .label(header.wavelengthNm.empty() ? "band" : "wavelength");
    o.array("line", I32, {line}).label("line").description("A preview holds some lines of a large cube.");
    o.array("mean_radiance", F32, {line, x})
        .units(unit)
        .label("mean radiance")
        .description("Over the bands that were read and have a number.");
    o.array("missing", F32, {line, x}).units("1").label("share of bands without a number");
    o.array("pixel", I32, {pixel}).label("pixel");
    o.array("spectrum", F32, {band, pixel})
        .units(unit)
        .label("radiance")
        .description("Of pixels spread over the cube.");
    o.array("band_mean", F64, {band})
        .units(unit)
        .label("mean radiance")
        .description("Over the pixels that were read.");
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

/// Gives what a look shows to `send(name, view)`.
template <class Send>
void sendLook(CubeReader& cube, const Look& look, const Send& send) {
    const auto lines = static_cast<std::int64_t>(look.line.size()),
               bands = static_cast<std::int64_t>(look.band.size()), samples = cube.header().samples;
    const std::vector<std::int64_t> image = {lines, samples};
    const std::vector<double> axis = axisOf(cube.header());
    std::vector<double> shown;
    for (const std::int32_t c : look.band) shown.push_back(axis[static_cast<std::size_t>(c)]);
    send("wavelength_nm", latent::ArrayView(shown));
    send("line", latent::ArrayView(look.line));
    send("mean_radiance", latent::ArrayView(look.mean, image));
    send("missing", latent::ArrayView(look.missing, image));
    send("pixel", latent::ArrayView(counted(kSpectra)));
    send("spectrum", latent::ArrayView(look.spectra, {bands, kSpectra}));
    send("band_mean", latent::ArrayView(look.bandMean));
    if (const auto coverage = cube.image("coverage")) {
        std::vector<float> chosen;
        for (const std::int64_t line : look.line)
            chosen.insert(chosen.end(), coverage->begin() + line * samples,
                          coverage->begin() + (line + 1) * samples);
        send("coverage", latent::ArrayView(chosen, image));
    }
}

template <class Make>
latent::Outputs outputsOf(const Make& make) {
    const auto cube = make();
    latent::Outputs o;
    addArrays(o, cube->header(), cube->image("coverage").has_value());
    return o;
}

void previewOf(CubeReader& cube, latent::Reply& reply) {
    const auto look =
        lookAt(cube, LookLimits{}, [&](std::int64_t, std::int64_t) { return !reply.cancelled(); });
    if (!look) return;
    sendLook(cube, *look, [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
    const CubeHeader& header = cube.header();
    nlohmann::json facts{{"format", header.format},
                         {"lines", header.lines},
                         {"samples", header.samples},
                         {"bands", header.bands},
                         {"unit", header.unit}};
    if (!header.wavelengthNm.empty())
        facts["first_nm"] = header.wavelengthNm.front(), facts["last_nm"] = header.wavelengthNm.back();
    // One text: a list would not be shown beside the figures.
    std::string notes = look->words;
    for (const std::string& note : header.notes) notes += (notes.empty() ? "" : " ") + note;
    if (!notes.empty()) facts["notes"] = notes;
    reply.values(facts);
}

void runOf(CubeReader& cube, latent::Job& job) {
    for (const std::string& note : cube.header().notes) job.log(note);
    const auto look = lookAt(cube, std::nullopt, [&](std::int64_t lines, std::int64_t all) {
        job.progress(lines, all, "lines");
        return !job.stopRequested();
    });
    if (!look) return job.checkpoint(0, {});
    sendLook(cube, *look, [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); });
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
