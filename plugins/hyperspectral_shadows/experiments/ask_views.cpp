// SPDX-License-Identifier: Apache-2.0
// Parameters, arrays and figures of shadows/ask.
#include <algorithm>

#include "experiments/ask.hpp"

namespace hyperspectral_shadows {

latent::Schema Ask::parameters() {
    using namespace latent;
    return Schema{}
        .group("Pixel")
        .add(integer("x", 0)
                 .range(0, 1 << 20)
                 .unit("pixels")
                 .help("Column of the pixel whose spectrum is shown."))
        .add(integer("y", 0).range(0, 1 << 28).unit("pixels").help("Its line."))
        .add(integer("neighbours", 1)
                 .range(0, 10)
                 .unit("pixels")
                 .help("Pixels around it whose range of spectra is shown."))
        .group("Band")
        .add(number("band").range(0, 1e6).optional().unit("nm").help(
            "The used band nearest to this wavelength is shown as an image (its number, from 0, "
            "where the cube has no wavelengths). Left out: the middle one."))
        .group("Painted labels")
        .add(matrix("paint_lit")
                 .optional()
                 .range(0, 1)
                 .help("A mask of the image: 1 where it was painted as lit."))
        .add(matrix("paint_shadow")
                 .optional()
                 .range(0, 1)
                 .help("A mask of the image: 1 where it was painted as shadow."))
        .add(matrix("lit_polygon")
                 .shape(Extent::any(), 2)
                 .optional()
                 .help("Corners x, y of an area that is lit."))
        .add(matrix("shadow_polygon")
                 .shape(Extent::any(), 2)
                 .optional()
                 .help("Corners x, y of an area in shadow."))
        .add(integer("rounds", 4).range(1, 16).unit("1").help("Directions of the basis."))
        .preset("smoke", {{"rounds", 2}})
        .preset("laptop", {{"rounds", 4}});
}

latent::Outputs Ask::outputs(const latent::Parameters&) {
    using namespace latent;
    const std::int64_t lines = std::max<std::int64_t>(1, m_lines),
                       samples = std::max<std::int64_t>(1, m_samples),
                       channels = std::max<std::int64_t>(1, static_cast<std::int64_t>(m_bands.kept.size()));
    const Dimension y = fixed("y", lines), x = fixed("x", samples), band = fixed("wavelength_nm", channels);
    Outputs o;
    // Of a large cube every n-th line and sample is kept; the coordinates say which, so that gestures give
    // places of the whole image.
    o.array("y", I32, {y}).label("line");
    o.array("x", I32, {x}).label("sample");
    o.array("wavelength_nm", F64, {band}).units("nm").label("wavelength");
    for (const char* name : {"spectrum", "spectrum_low", "spectrum_high", "corrected_spectrum"})
        o.array(name, F64, {band}).label("radiance");
    o.array("lit_spectrum", F64, {band}).label("radiance");
    o.array("shadow_spectrum", F64, {band}).label("radiance");
    o.array("band", F32, {y, x}).label("radiance").description("Of the band that was asked for.");
    o.array("coverage", F32, {y, x}).units("1").label("shadow coverage");
    o.array("mean_radiance", F32, {y, x}).label("mean radiance");
    o.array("before", F32, {y, x})
        .units("1")
        .label("radiance / lit")
        .description("Mean radiance over that of lit pixels.");
    o.array("after", F32, {y, x}).units("1").label("radiance / lit").description("The same, corrected.");
    o.array("label", I32, {y, x}).label("label").categories({"neither", "lit", "shadow"});
    // What is painted on and what comes of it stands first.
    auto swiped = view::image("before_after");
    swiped.title("Before and after")
        .z("after")
        .swipe({"before"}, "before", "after")
        .across("x")
        .down("y")
        .colours({.limits = {0.0, 1.5}, .title = "radiance / lit"});
    swiped.gesture(view::brush("shadows/ask").bind("mask", "paint_shadow").label("Paint shadow"))
        .gesture(view::brush("shadows/ask").bind("mask", "paint_lit").label("Paint lit pixels"));
    swiped.gesture(view::lasso("shadows/ask").bind("polygon", "shadow_polygon").label("Lasso shadow"))
        .gesture(view::lasso("shadows/ask").bind("polygon", "lit_polygon").label("Lasso lit pixels"));
    o.figure(swiped);
    auto coverage = view::image("coverage");
    coverage.title("Shadow coverage")
        .z("coverage")
        .across("x")
        .down("y")
        .colours({.limits = {0.0, 1.0}, .title = "coverage"});
    coverage.gesture(view::pick("shadows/ask").bind("x", "x").bind("y", "y").label("Spectrum of this pixel"));
    o.figure(coverage);
    auto spectra = view::lines("spectra");
    spectra.title("Spectrum of the pixel")
        .x("wavelength_nm", {.title = "wavelength", .unit = "nm"})
        .y({.title = "radiance"})
        .series(view::series("spectrum")
                    .band("spectrum_low", "spectrum_high")
                    .label("pixel and neighbours")
                    .role(view::Role::Primary))
        .series(view::series("corrected_spectrum").label("corrected").role(view::Role::Accent))
        .series(view::series("lit_spectrum").label("mean lit").category(0).style(view::Style::Dashed))
        .series(view::series("shadow_spectrum").label("mean shadow").category(1).style(view::Style::Dashed));
    spectra.gesture(view::pick("shadows/ask").bind("x", "band").label("Image of this band"));
    o.figure(spectra);
    o.figure(
        view::image("band")
            .title("One band")
            .caption("Pick a place in the spectrum for any other.")
            .z("band")
            .across("x")
            .down("y")
            .colours({.title = "radiance"})
            .gesture(
                view::pick("shadows/ask").bind("x", "x").bind("y", "y").label("Spectrum of this pixel")));
    o.figure(view::image("labels")
                 .title("What is learnt from")
                 .z("label")
                 .across("x")
                 .down("y")
                 .colours({.map = view::Map::Categorical}));
    return o;
}

}  // namespace hyperspectral_shadows
