// SPDX-License-Identifier: Apache-2.0
// Parameters, arrays and figures of shadows/remove.
#include "experiments/parameters.hpp"
#include "experiments/remove.hpp"
#include "model/scene/gas.hpp"
#include "pipeline/separability.hpp"

namespace hyperspectral_shadows {
namespace {

using namespace latent;

const std::vector<std::string> kLabelNames = {"neither", "lit", "shadow"};

void addArrays(Outputs& o, const Parameters& p, const CubeHeader& header, bool truth) {
    const Dimension y = fixed("y", header.lines), x = fixed("x", header.samples),
                    band = fixed("wavelength_nm", header.bands), round = grows("round"),
                    kind = fixed("class", 2),
                    feature = fixed("feature",
                                    (p.choice("preprocessing") == "fraction" ? 0 : 1) + p.integer("rounds")),
                    other = fixed("other_feature", feature.size.value());
    const std::string unit = header.unit.empty() ? "1" : header.unit;
    o.array("wavelength_nm", F64, {band})
        .units(header.wavelengthNm.empty() ? "1" : "nm")
        .label(header.wavelengthNm.empty() ? "band" : "wavelength");
    o.array("class", I32, {kind}).label("class").categories({"lit", "shadow"});
    o.array("round", I32, {round}).label("round");
    o.array("basis", F64, {round, band})
        .units("1")
        .label("ILR direction")
        .description(
            "Unit vectors, orthogonal to each other; the shadow side is positive. NaN in bands that are not "
            "used.");
    o.array("round_accuracy", F64, {round})
        .units("1")
        .label("accuracy")
        .description("Of each round alone on held-out blocks.");
    o.array("round_balanced_accuracy", F64, {round}).units("1").label("balanced accuracy");
    o.array("round_objective", F64, {round}).units("1").label("objective of the logistic regression");
    o.array("means", F64, {kind, feature})
        .units("1")
        .label("mean of the features")
        .description(
            "First the mean radiance (not for preprocessing=fraction), in units of its mean over the cube; "
            "then the projections. NaN beyond the rounds that were kept.");
    o.array("covariances", F64, {kind, feature, other}).units("1").label("covariance of the features");
    o.array("mean_spectrum", F64, {kind, band}).units(unit).label("mean radiance");
    o.array("spectrum_ratio", F64, {band})
        .units("1")
        .label("shadow / lit")
        .description(
            "Ratio of the mean spectra: the gain of the correction. It rises where the absorption of shadow "
            "is filled in.");
    o.array("mean_radiance", F32, {y, x}).units(unit).label("mean radiance");
    o.array("rgb", F32, {y, x, fixed("channel", 3)})
        .units("1")
        .label("colour")
        .description(
            "Three bands, each stretched from its 2nd to its 98th percentile; missing values left out.");
    o.array("label", I32, {y, x})
        .label("learnt from")
        .description("By the rule for labels, before refinements; of many pixels only some are learnt from.")
        .categories(kLabelNames);
    o.array("coverage", F32, {y, x}).units("1").label("shadow coverage");
    o.array("coverage_sigma", F32, {y, x}).units("1").label("Fisher error of the coverage");
    o.array("likelihood_ratio", F32, {y, x}).units("1").label("2 Δ log L against coverage 0");
    o.array("lit_likelihood", F32, {y, x}).units("1").label("log density under the lit Gaussian");
    o.array("hard_mask", U8, {y, x}).label("coverage above ½");
    o.array("flags", U8, {y, x})
        .label("flags")
        .description("1: no whole spectrum; 2: called lit but far from lit pixels; 4: mixed.");
    o.array("corrected_mean", F32, {y, x}).units(unit).label("corrected mean radiance");
    o.array("hard_corrected_mean", F32, {y, x}).units(unit).label("mean radiance by the hard mask");
    o.array("mean_stretched", F32, {y, x})
        .units("1")
        .label("radiance / lit")
        .description("Cut at its 2nd and 98th percentile, missing values left out.");
    o.array("input_level", F32, {y, x})
        .units("1")
        .label("radiance / lit")
        .description("Before the correction.");
    o.array("hard_level", F32, {y, x})
        .units("1")
        .label("radiance / lit")
        .description("Corrected by the hard mask.");
    o.array("corrected_level", F32, {y, x})
        .units("1")
        .label("radiance / lit")
        .description("Corrected by the coverage.");
    o.array("corrected_spectrum", F64, {band})
        .units(unit)
        .label("mean radiance")
        .description(
            "Mean corrected spectrum of pixels whose coverage is above .95. NaN when there is none.");
    o.array("corrected_ratio", F64, {band})
        .units("1")
        .label("corrected / lit")
        .description(
            "That over the mean spectrum of lit pixels: 1 where shadow was undone and both hold the same "
            "materials.");
    const Dimension shown = fixed("shown_band", std::min<std::int64_t>(kShownBands, header.bands));
    o.array("shown_band", F64, {shown}).units(header.wavelengthNm.empty() ? "1" : "nm").label("band");
    o.array("input_bands", F32, {shown, y, x}).units(unit).label("radiance");
    if (p.flag("keep_cube")) o.large("corrected", F32, {y, x, band}).units(unit).label("corrected radiance");
    if (p.flag("keep_uncertainty"))
        o.large("corrected_sigma", F32, {y, x, band})
            .units(unit)
            .label("standard deviation of the corrected radiance");
    const Dimension projection = fixed("projection", p.integer("rounds")), pixel = fixed("pixel", kScatter),
                    angle = fixed("angle", kEllipse), level = fixed("level", kEllipses),
                    ridge = fixed("ridge", kRidge);
    o.array("scatter_x", F64, {kind, pixel})
        .units("1")
        .label("mean radiance / its mean over the cube")
        .description("Of pixels that were learnt from; NaN fills up.");
    o.array("projection", I32, {projection}).label("round").rest(1);
    o.array("scatter_y", F64, {projection, kind, pixel}).units("1").label("projection");
    o.array("level", F64, {level}).units("1").label("coverage");
    o.array("ellipse_x", F64, {projection, level, angle}).units("1").label("two standard deviations");
    o.array("ellipse_y", F64, {projection, level, angle}).units("1").label("two standard deviations");
    o.array("ridge_x", F64, {ridge}).units("1").label("mean at coverage 0 to 1");
    o.array("ridge_y", F64, {projection, ridge}).units("1").label("mean at coverage 0 to 1");
    o.array("bound_coverage", F64, {ridge}).units("1").label("coverage");
    o.array("cramer_rao", F64, {ridge})
        .units("1")
        .label("error of the coverage")
        .description("1/√I(a): what no unbiased estimate is better than.");
    o.array("simulated_rmse", F64, {ridge})
        .units("1")
        .label("error of the coverage")
        .description("Of the estimate, on 2000 pixels drawn from the fitted model at each coverage.");
    o.array("simulated_bias", F64, {ridge}).units("1").label("bias of the coverage");
    if (!truth) return;
    o.array("coverage_true", F32, {y, x}).units("1").label("true coverage");
    o.array("true_mean", F32, {y, x}).units(unit).label("mean radiance without shadow");
    o.array("score", I32, {fixed("score", kScores)}).label("measure").categories(scoreNames());
    o.array("score_value", F64, {fixed("score", kScores)}).units("1").label("value");
    o.array("state", I32, {fixed("state", kStates)})
        .label("state")
        .categories({"input", "hard mask", "corrected", "noise"});
    o.array("area", I32, {fixed("area", kAreas)}).label("area").categories({"core", "border", "lit"});
    o.array("relative_rmse", F64, {fixed("state", kStates), fixed("area", kAreas)})
        .units("1")
        .label("relative RMSE against the truth");
    o.array("calibration_found", F64, {fixed("bin", 10)}).units("1").label("coverage found");
    o.array("calibration_true", F64, {fixed("bin", 10)}).units("1").label("true coverage");
    o.array("separator", I32, {fixed("separator", kSeparators)})
        .label("separated by")
        .categories(separatorNames());
    o.array("separability", F64, {fixed("separator", kSeparators)})
        .units("1")
        .label("balanced accuracy")
        .description("On pure pixels of held-out blocks, labelled by the truth.");
    o.array("separability_rounds", F64, {projection})
        .units("1")
        .label("balanced accuracy")
        .description("The same of the first 1, 2, … directions of the ILR basis. NaN where there was none.");
}

/// A run keeps the images of kShownBands bands; the probe has those of all.
view::Gesture anyBand() { return view::pick("shadows/ask").bind("x", "band").label("Image of this band"); }

view::Image picture(const std::string& name, const std::string& array) {
    auto image = view::image(name);
    image.z(array).across("x").down("y");
    return image;
}

void addFigures(Outputs& o, const CubeHeader& header, bool truth, bool keepCube, bool withMean) {
    const bool nm = !header.wavelengthNm.empty();
    const view::Axis spectral{.title = nm ? "wavelength" : "band", .unit = nm ? "nm" : ""};
    o.figure(
        picture("rgb", "rgb")
            .channel("channel")
            .title("Three bands")
            .group("Scene")
            .gesture(view::pick("shadows/ask").bind("x", "x").bind("y", "y").label("Spectrum of this pixel"))
            .gesture(view::brush("shadows/ask").bind("mask", "paint_shadow").label("Paint shadow")));
    auto brightness = picture("brightness", "mean_stretched")
                          .title("Mean radiance")
                          .group("Scene")
                          .colours({.title = "radiance / lit"});
    brightness.gesture(
        view::pick("shadows/ask").bind("x", "x").bind("y", "y").label("Spectrum of this pixel"));
    brightness.gesture(view::brush("shadows/ask").bind("mask", "paint_lit").label("Paint lit pixels"));
    brightness.gesture(view::brush("shadows/ask").bind("mask", "paint_shadow").label("Paint shadow"));
    brightness.gesture(view::lasso("shadows/ask").bind("polygon", "shadow_polygon").label("Lasso shadow"));
    brightness.gesture(view::lasso("shadows/ask").bind("polygon", "lit_polygon").label("Lasso lit pixels"));
    o.figure(brightness.cursor("line", "y"));
    auto bands = view::image("bands");
    bands.z("input_bands", {{"shown_band", view::cursor("band")}})
        .across("x")
        .down("y")
        .title("Band by band")
        .group("Scene")
        .cursor("band", "shown_band", true);
    if (header.bands > kShownBands)
        bands.caption("Some bands, evenly spaced; for any other pick its place in a spectrum.");
    o.figure(bands);
    o.figure(picture("labels", "label")
                 .title("What is learnt from")
                 .group("Scene")
                 .colours({.map = view::Map::Categorical}));
    auto spectra = view::lines("spectra");
    spectra.title("Mean spectra")
        .group("Spectra")
        .x("wavelength_nm", spectral)
        .y({.title = "radiance"})
        .series(view::series("mean_spectrum", {{"class", view::index(0)}}).label("lit").category(0))
        .series(view::series("mean_spectrum", {{"class", view::index(1)}}).label("shadow").category(1))
        .series(view::series("corrected_spectrum")
                    .label("shadow, corrected")
                    .role(view::Role::Accent)
                    .style(view::Style::Dashed))
        .gesture(anyBand());
    o.figure(spectra);
    auto ratio = view::lines("ratio");
    ratio.title("Shadow against lit")
        .caption("It rises where diffuse light fills absorption lines in.")
        .group("Spectra")
        .x("wavelength_nm", spectral)
        .y({.title = "shadow / lit"})
        .series(view::series("spectrum_ratio"))
        .gesture(anyBand());
    auto undone = view::lines("corrected_ratio");
    undone.title("Corrected against lit")
        .caption("Mean of the pixels in full shadow after the correction, over the mean of lit pixels.")
        .group("Correction")
        .x("wavelength_nm", spectral)
        .y({.title = "corrected / lit"})
        .series(view::series("corrected_ratio"))
        .referenceY(1, "as lit");
    auto basis = view::lines("basis");
    basis.title("ILR directions")
        .caption(
            "Lines of strong absorption are marked where the wavelengths are those of the built-in lines.")
        .group("Spectra")
        .x("wavelength_nm", spectral)
        .y({.title = "weight"})
        .series(view::series("basis").family("round"))
        .gesture(anyBand());
    for (const Mark& mark : strongestLines(header.wavelengthNm, 6))
        basis.referenceX(mark.wavelengthNm, nameOf(mark.gas)),
            ratio.referenceX(mark.wavelengthNm, nameOf(mark.gas));
    o.figure(ratio);
    o.figure(basis);
    auto rounds = view::lines("rounds");
    rounds.title("Accuracy by round")
        .caption("Each round alone, on held-out blocks.")
        .group("Spectra")
        .x("round", {.title = "round"})
        .y({.title = "share right"})
        .series(
            view::series("round_balanced_accuracy").label("balanced accuracy").marker(view::Marker::Circle))
        .series(view::series("round_accuracy")
                    .label("accuracy")
                    .role(view::Role::Secondary)
                    .marker(view::Marker::Square));
    o.figure(rounds.referenceY(.5, "chance"));
    auto scatter = view::trajectory("scatter");
    const auto at = [](const char* array, const view::Where& more = {}) {
        view::Where where{{"projection", view::cursor("projection")}};
        where.insert(where.end(), more.begin(), more.end());
        return view::Selection(array, where);
    };
    scatter.title("Lit, shadow, and what lies between")
        .caption(
            "Ellipses: two standard deviations at coverage 0, ¼, ½, ¾, 1; the line through them is the mean. "
            "The slider chooses the projection.")
        .group("Coverage")
        .series(
            view::xy({"scatter_x", {{"class", view::index(0)}}}, at("scatter_y", {{"class", view::index(0)}}))
                .label("lit")
                .category(0)
                .style(view::Style::None)
                .marker(view::Marker::Circle))
        .series(
            view::xy({"scatter_x", {{"class", view::index(1)}}}, at("scatter_y", {{"class", view::index(1)}}))
                .label("shadow")
                .category(1)
                .style(view::Style::None)
                .marker(view::Marker::Square))
        .series(view::xy(at("ellipse_x"), at("ellipse_y"))
                    .family("level")
                    .role(view::Role::Accent)
                    .label("mixed"))
        .series(
            view::xy("ridge_x", at("ridge_y")).role(view::Role::Reference).label("mean, coverage 0 to 1"));
    o.figure(
        scatter.xAxis({.title = withMean ? "mean radiance / its mean over the cube" : "first projection"})
            .yAxis({.title = "projection"})
            .cursor("projection", "projection", true));
    const view::Colours share{.limits = {0.0, 1.0}, .title = "coverage"};
    o.figure(picture("coverage", "coverage")
                 .title("Shadow coverage")
                 .group("Coverage")
                 .colours(share)
                 .cursor("line", "y"));
    o.figure(picture("hard_mask", "hard_mask")
                 .title("Hard mask")
                 .group("Coverage")
                 .colours({.limits = {0.0, 1.0}}));
    o.figure(picture("sigma", "coverage_sigma").title("Error of the coverage").group("Coverage"));
    auto bound = view::lines("bound");
    bound.title("How well coverage can be known")
        .caption(
            "Pixels drawn from the fitted model, before the dead band: inside, the estimate is as good as "
            "the Cramér–Rao bound allows; at the ends it is clipped, so its error is smaller and biased.")
        .group("Coverage")
        .x("bound_coverage", {.title = "coverage"})
        .y({.title = "error"})
        .series(view::series("cramer_rao").label("Cramér–Rao bound").role(view::Role::Reference))
        .series(view::series("simulated_rmse").label("RMSE of the estimate").marker(view::Marker::Circle))
        .series(view::series("simulated_bias").label("bias").role(view::Role::Muted));
    o.figure(bound);
    const view::Colours level{.limits = {0.0, 1.5}, .title = "radiance / lit"};
    o.figure(picture("hard_after", "hard_level")
                 .title("After, by the hard mask")
                 .group("Correction")
                 .colours(level)
                 .cursor("line", "y"));
    o.figure(picture("before_after", "corrected_level")
                 .swipe({"input_level"}, "before", "after")
                 .title("Before and after")
                 .group("Correction")
                 .colours(level)
                 .cursor("line", "y"));
    auto profile = view::lines("profile");
    const view::Where line{{"y", view::cursor("line")}};
    profile.title("Across the borders of one line")
        .caption("Over- and undershoot at a border show a coverage that is wrong there.")
        .group("Correction")
        .y({.title = "mean radiance"})
        .xAxis({.title = "x", .unit = "pixels"})
        .series(view::series("mean_radiance", line).label("before").role(view::Role::Muted))
        .series(view::series("hard_corrected_mean", line)
                    .label("hard mask")
                    .role(view::Role::Negative)
                    .style(view::Style::Dashed))
        .series(view::series("corrected_mean", line).label("after").role(view::Role::Primary));
    if (truth)
        profile.series(view::series("true_mean", line).label("without shadow").role(view::Role::Reference));
    o.figure(profile.cursor("line", "y", true));
    o.figure(undone);
    if (keepCube) {
        auto corrected = view::image("corrected");
        corrected.z("corrected", {{"wavelength_nm", view::cursor("channel")}})
            .across("x")
            .down("y")
            .title("Corrected, band by band")
            .group("Correction")
            .cursor("channel", "wavelength_nm", true);
        o.figure(corrected);
    }
    if (!truth) return;
    o.figure(
        picture("truth", "coverage_true").title("True coverage").group("Against the truth").colours(share));
    o.figure(
        view::table("scores").title("Measures").group("Against the truth").column("score_value", "value"));
    o.figure(view::heatmap("errors")
                 .title("Relative RMSE")
                 .caption("Against radiance without shadow. Core: coverage above .95; border: .05 to .95; "
                          "noise: what no correction can undo.")
                 .group("Against the truth")
                 .z("relative_rmse")
                 .across("area")
                 .down("state")
                 .numbers());
    auto calibration = view::lines("calibration");
    calibration.title("Calibration")
        .caption("True coverage where this much was found.")
        .group("Against the truth")
        .x("calibration_found", {.title = "coverage found"})
        .y({.title = "true coverage"})
        .series(view::series("calibration_true").marker(view::Marker::Circle));
    o.figure(calibration.diagonal());
    o.figure(view::table("separability")
                 .title("Told apart by a line in …")
                 .group("Against the truth")
                 .column("separability", "balanced accuracy", view::Format::Fixed, 3));
    auto cumulative = view::lines("cumulative");
    cumulative.title("Told apart by the first directions")
        .caption(
            "Balanced accuracy of a line in the first 1, 2, … directions of the basis, on held-out blocks.")
        .group("Against the truth")
        .x("projection", {.title = "directions"})
        .y({.title = "balanced accuracy"})
        .series(view::series("separability_rounds").marker(view::Marker::Circle));
    o.figure(cumulative);
}

}  // namespace

std::vector<std::string> scoreNames() {
    return {"coverage: RMSE",
            "coverage: RMSE where mixed",
            "coverage: mean absolute error",
            "coverage: bias",
            "coverage: correlation",
            "mask: accuracy",
            "mask: balanced accuracy",
            "mask: precision",
            "mask: recall",
            "mask: F1",
            "mask: IoU",
            "coverage: AUC",
            "lit pixels called shadow",
            "the darkest tenth of lit pixels called shadow",
            "relative change of lit pixels",
            "border bias: input",
            "border bias: hard mask",
            "border bias: corrected",
            "spectral angle in the core: input (degrees)",
            "spectral angle in the core: corrected",
            "spectral angle at borders: hard mask",
            "spectral angle at borders: corrected",
            "CH4 slope in shadow: input",
            "CH4 slope in shadow: corrected",
            "CH4 bias in shadow: input",
            "CH4 bias in shadow: corrected",
            "false CH4 in shadow: input",
            "false CH4 in shadow: corrected",
            "CH4 slope in shadow: without the shadow",
            "false CH4 in light: input",
            "false CH4 in light: corrected"};
}

Schema Remove::parameters() {
    Schema schema;
    addInputParameters(schema);
    addMethodParameters(schema);
    schema.group("Result")
        .add(flag("keep_cube", true)
                 .help("Keep the corrected radiance as an array of the run. It is as large as the cube in "
                       "float32."))
        .add(flag("keep_uncertainty", false)
                 .help(
                     "Keep its standard deviation as well, and write it where the input has no place for it: "
                     "from that of the radiance, where the file has one, and from that of the coverage."))
        .add(path("output_folder")
                 .folder()
                 .optional()
                 .help("Write the result there too, in the layout of the input: corrected radiance, "
                       "coverage, masks, flags and provenance."))
        .preset("smoke", {{"lines", 32}, {"samples", 32}, {"bands", 32}, {"training_pixels", 2000}},
                "A tiny scene, a second.")
        .preset("laptop", {{"lines", 128}, {"samples", 128}, {"bands", 128}})
        .preset("paper",
                {{"lines", 300},
                 {"samples", 178},
                 {"bands", 1024},
                 {"tier", "medium"},
                 {"preprocessing", "per_spectrum"}},
                "The size of an aggregated MethaneAIR granule, each spectrum standardised by itself.");
    return schema;
}

Outputs removeOutputs(const Parameters& p) {
    const auto cube = openInput(p);
    knownLabels(p, *cube);  // says what is missing before a run is made
    const bool truth = cube->image("coverage").has_value();
    Outputs o;
    addArrays(o, p, cube->header(), truth);
    addFigures(o, cube->header(), truth, p.flag("keep_cube"), p.choice("preprocessing") != "fraction");
    return o;
}

Outputs Remove::outputs(const Parameters& p) { return removeOutputs(p); }

}  // namespace hyperspectral_shadows
