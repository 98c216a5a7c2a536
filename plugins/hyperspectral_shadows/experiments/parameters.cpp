// SPDX-License-Identifier: Apache-2.0
#include "experiments/parameters.hpp"

#include <cmath>
#include <numeric>

#include "data/hdf5_image.hpp"

namespace hyperspectral_shadows {
namespace {

std::vector<Region> regionsOf(const latent::Parameters& p, const char* name) {
    std::vector<Region> regions;
    if (!p.has(name)) return regions;
    for (const auto& row : p.matrix(name)) {
        if (row.size() != 4)
            throw latent::RunError(std::string("Each row of '") + name +
                                   "' is a rectangle: x_low, x_high, y_low, y_high.");
        regions.push_back({row[0], row[1], row[2], row[3]});
    }
    return regions;
}

template <class Enum>
Enum oneOf(const std::string& word, std::initializer_list<std::pair<const char*, Enum>> all) {
    for (const auto& [name, value] : all)
        if (word == name) return value;
    throw latent::UsageError("There is no choice '" + word + "'.");
}

}  // namespace

void addSceneParameters(latent::Schema& schema, bool withSource) {
    using namespace latent;
    const auto add = [&](Parameter parameter) {
        schema.add(withSource ? parameter.visibleWhen("source", "scene") : parameter);
    };
    schema.group("Synthetic scene");
    add(choice("tier",
               {{"easy", "easy: reflectance .28 to .34"},
                {"medium", "medium: .20 to .40"},
                {"hard", "hard: .15 to .40"},
                {"dark", "dark: hard, with a surface of .02 to .05"}},
               "easy")
            .help("How far the reflectance of lit surfaces is spread. Dark surfaces look like shadow in "
                  "brightness."));
    add(integer("lines", 64).range(8, 100'000).unit("pixels").help("Along the track (y)."));
    add(integer("samples", 64).range(8, 8192).unit("pixels").help("Across the track (x)."));
    add(integer("bands", 128).range(8, 8192).unit("1").help("Spectral channels."));
    add(number("first_nm", 1592)
            .range(400, 2500)
            .unit("nm")
            .help("Wavelength of the first channel. The built-in lines lie at 1250 to 1310 nm (O2) and 1592 "
                  "to 1680 nm (CH4, CO2)."));
    add(number("last_nm", 1680).range(400, 2500).unit("nm").help("Wavelength of the last channel."));
    add(number("zenith", 30)
            .range(0, 80)
            .unit("degrees")
            .help("Solar zenith angle: how long shadows are, and how much air direct light passes."));
    add(number("snr", 150)
            .range(5, 5000)
            .unit("1")
            .help("Signal to noise ratio of a lit pixel in one channel."));
    add(number("pixel_m", 5)
            .range(.1, 1000)
            .unit("m")
            .help("Side of a pixel on the ground; penumbras are metres wide."));
    add(integer("plumes", 0)
            .range(0, 50)
            .unit("1")
            .help("CH4 plumes with a known column, each half in shadow: what does the correction do to a "
                  "retrieval?"));
    add(number("plume_column", .15)
            .range(.001, 5)
            .unit("1")
            .help("Largest enhancement of a plume, as a share of the background column.")
            .advanced());
    add(seed("seed", 0).help("Of materials, shadows, light and noise. Each seed is another scene."));
}

std::string sceneName(const latent::Parameters& p) {
    return "scene_" + p.choice("tier") + "_sun" + std::to_string(std::llround(p.number("zenith"))) + "_seed" +
           std::to_string(p.seed());
}

SceneSpec sceneOf(const latent::Parameters& p) {
    SceneSpec s;
    s.lines = p.integer("lines"), s.samples = p.integer("samples"), s.bands = p.integer("bands");
    s.firstNm = p.number("first_nm"), s.lastNm = p.number("last_nm");
    if (!(s.firstNm < s.lastNm)) throw latent::RunError("The parameter 'first_nm' must be below 'last_nm'.");
    s.tier = oneOf<Tier>(
        p.choice("tier"),
        {{"easy", Tier::Easy}, {"medium", Tier::Medium}, {"hard", Tier::Hard}, {"dark", Tier::Dark}});
    s.zenithDegrees = p.number("zenith"), s.snr = p.number("snr"), s.pixelMetres = p.number("pixel_m");
    s.plumes = static_cast<int>(p.integer("plumes")), s.plumeColumn = p.number("plume_column"),
    s.seed = p.seed();
    return s;
}

void addFileParameters(latent::Schema& schema, bool withSource) {
    using namespace latent;
    const auto add = [&](Parameter parameter) {
        schema.add(withSource ? parameter.visibleWhen("source", "file") : parameter);
    };
    schema.group("File");
    Parameter input = path("input")
                          .endings({".nc", ".h5", ".hdf5", ".hdr", ".img", ".npy", ".mat"})
                          .help(
                              "MethaneAIR or MethaneSAT L1B, EMIT or AVIRIS-NG NetCDF, ENVI (header or "
                              "data), NumPy (.npy), or any HDF5.");
    add(withSource ? input.optional() : input);
    add(text("dataset")
            .length(1, 400)
            .optional()
            .help("Of an HDF5 file: which dataset is the cube, where the layout does not say.")
            .advanced());
    add(text("axes")
            .length(1, 40)
            .optional()
            .help("The order of the dimensions in the file, as y,x,band, where the file does not name them.")
            .advanced());
}

std::unique_ptr<CubeReader> openFile(const latent::Parameters& p) {
    if (!p.has("input"))
        throw latent::RunError("Give the file in the parameter 'input', or set 'source' to scene.");
    return openCube(p.path("input"),
                    {p.has("dataset") ? p.text("dataset") : "", p.has("axes") ? p.text("axes") : ""});
}

void addInputParameters(latent::Schema& schema) {
    using namespace latent;
    schema.group("Data").add(
        choice("source", {{"scene", "synthetic scene with known shadow"}, {"file", "file"}}, "scene")
            .help("Where the cube comes from."));
    addFileParameters(schema, true);
    addSceneParameters(schema, true);
}

std::unique_ptr<CubeReader> openInput(const latent::Parameters& p) {
    if (p.choice("source") == "file") return openFile(p);
    return std::make_unique<SceneCube>(sceneOf(p));
}

void addMethodParameters(latent::Schema& schema) {
    using namespace latent;
    const std::vector<nlohmann::json> byBrightness = {"brightness", "sunlight"};
    schema.group("Labels")
        .add(choice("labels",
                    {{"brightness", "by brightness (Otsu)"},
                     {"sunlight", "by brightness, then by the light"},
                     {"truth", "the truth, where known"},
                     {"mask", "a mask file"},
                     {"regions", "regions"}},
                    "brightness")
                 .help("Which pixels lit and shadow are learnt from. Brightness takes dark surfaces for "
                       "shadow; by the light, those whose spectrum is the sun's are lit; best with "
                       "per_spectrum, or with materials above 1."))
        .add(number("ambiguous", .5)
                 .range(0, .99)
                 .unit("1")
                 .visibleWhen("labels", byBrightness)
                 .help("Pixels nearer to Otsu's threshold than this share of the way to the mean of their "
                       "class are not learnt from."))
        .add(integer("refinements", 2)
                 .range(0, 20)
                 .unit("1")
                 .visibleWhen("labels", byBrightness)
                 .help("How often pixels are labelled anew by the coverage found (below .05 lit, above .95 "
                       "shadow) and everything is fitted again."))
        .add(path("mask")
                 .optional()
                 .visibleWhen("labels", "mask")
                 .endings({".nc", ".h5"})
                 .help("A NetCDF4 or HDF5 file with an image of the same size, as of the labelled MethaneAIR "
                       "set (doi 10.7910/DVN/IKLZOJ)."))
        .add(text("mask_name", "cloud_shadow_mask")
                 .length(1, 200)
                 .visibleWhen("labels", "mask")
                 .help("Its name in the file: cloud_shadow_mask, cloud_mask, dark_surface_mask, …"))
        .add(integer("mask_border", 2)
                 .range(0, 20)
                 .unit("pixels")
                 .visibleWhen("labels", "mask")
                 .help("Pixels this near to the border of the mask are mixed and not learnt from."))
        .add(matrix("lit_regions")
                 .shape(Extent::any(), 4)
                 .optional()
                 .visibleWhen("labels", "regions")
                 .help("Rectangles of lit pixels, a row each: x_low, x_high, y_low, y_high."))
        .add(matrix("shadow_regions")
                 .shape(Extent::any(), 4)
                 .optional()
                 .visibleWhen("labels", "regions")
                 .help("Rectangles of shadow."))
        .group("Basis (ILR)")
        .add(choice("preprocessing",
                    {{"raw", "raw radiance"},
                     {"per_spectrum", "each spectrum standardised by itself"},
                     {"fraction", "each spectrum divided by its mean"}},
                    "raw")
                 .help("Coverage mixes radiance linearly, so only raw radiance makes it exact; the others "
                       "take brightness out, which dark lit surfaces ask for."))
        .add(integer("rounds", 4).range(1, 16).unit("1").help("Directions D of the basis."))
        .add(number("inverse_regularisation", 1)
                 .range(1e-8, 1e8)
                 .logarithmic()
                 .unit("1")
                 .help("C of the logistic regressions: the penalty is |w|²/(2 C)."))
        .add(flag("class_weights", true).help("Each class counts the same, however many pixels it has."))
        .add(number("stop_accuracy", .55)
                 .range(0, 1)
                 .unit("1")
                 .help("A round whose balanced accuracy on held-out blocks lies below ends the basis; 0 "
                       "keeps all rounds."))
        .add(integer("stop_patience", 3)
                 .range(0, 16)
                 .unit("1")
                 .help("Rounds in a row whose balanced accuracy has not fallen after which the basis ends; 0 "
                       "never ends it.")
                 .advanced())
        .add(integer("block", 16)
                 .range(2, 1000)
                 .unit("pixels")
                 .help("Side of the squares that are learnt from or held out, in turn.")
                 .advanced())
        .add(integer("training_pixels", 20'000)
                 .range(100, 1'000'000)
                 .unit("pixels")
                 .help("Most pixels that are learnt from.")
                 .advanced())
        .add(number("first_used_nm")
                 .above(0)
                 .optional()
                 .unit("nm")
                 .help("Bands below are left out.")
                 .advanced())
        .add(number("last_used_nm")
                 .above(0)
                 .optional()
                 .unit("nm")
                 .help("Bands above are left out.")
                 .advanced())
        .group("Coverage (PLCG)")
        .add(choice("covariance",
                    {{"independent", "A: (1 − a)² S_L + a² S_S"},
                     {"interpolated", "B: (1 − a) S_L + a S_S"},
                     {"transport", "C: optimal transport"}},
                    "independent")
                 .help("The spread of mixed pixels between the spreads of lit and shadow."))
        .add(integer("materials", 1)
                 .range(1, 32)
                 .unit("1")
                 .help("Pairs of Gaussians: clusters of lit pixels, each with the shadow that the gain makes "
                       "of it. More than one keeps dark lit surfaces apart from shadow, if the labels know "
                       "them as lit."))
        .add(number("trim", 0)
                 .range(0, .5)
                 .unit("1")
                 .help("Share of each class that lies furthest out and is left out of its Gaussian.")
                 .advanced())
        .add(number("shrinkage", 1e-6)
                 .range(1e-12, 1)
                 .logarithmic()
                 .unit("1")
                 .help("Added to the variances, as a share of the mean one; also the floor of eigenvalues.")
                 .advanced())
        .add(number("prior", 0)
                 .range(0, 1000)
                 .unit("1")
                 .help("λ of a prior density ∝ exp(−λ a) of the coverage; 0 for none.")
                 .advanced())
        .add(number("dead_band", 3)
                 .range(0, 20)
                 .unit("σ")
                 .help("Coverage below so many of its own Fisher errors counts as 0, so that lit pixels stay "
                       "as they are."))
        .add(number("least_ratio", 0)
                 .range(0, 1000)
                 .unit("1")
                 .help("Coverage whose likelihood ratio 2 Δ log L against 0 lies below counts as 0.")
                 .advanced())
        .group("Correction")
        .add(choice("correction",
                    {{"gain", "divide by the gain of each channel"},
                     {"transport", "optimal transport of the features"},
                     {"whitening", "whitening of the features"}},
                    "gain")
                 .help("How a pixel of coverage a is brought to light."));
}

FitOptions optionsOf(const latent::Parameters& p, int threads) {
    FitOptions o;
    o.threads = threads;
    o.preprocessing =
        oneOf<Preprocessing>(p.choice("preprocessing"), {{"raw", Preprocessing::Raw},
                                                         {"per_spectrum", Preprocessing::PerSpectrum},
                                                         {"fraction", Preprocessing::Fraction}});
    o.ilr.rounds = static_cast<int>(p.integer("rounds"));
    o.ilr.logistic.inverseRegularisation = p.number("inverse_regularisation");
    o.ilr.chance = p.number("stop_accuracy");
    o.ilr.patience = static_cast<int>(p.integer("stop_patience"));
    o.classWeights = p.flag("class_weights");
    o.gaussians = {p.number("shrinkage"), p.number("trim")};
    o.covariance =
        oneOf<MixedCovariance>(p.choice("covariance"), {{"independent", MixedCovariance::Independent},
                                                        {"interpolated", MixedCovariance::Interpolated},
                                                        {"transport", MixedCovariance::Transport}});
    o.materials = static_cast<int>(p.integer("materials"));
    o.prior = p.number("prior"), o.deadBand = p.number("dead_band"), o.leastRatio = p.number("least_ratio");
    o.correction = oneOf<CorrectionKind>(p.choice("correction"), {{"gain", CorrectionKind::Gain},
                                                                  {"transport", CorrectionKind::Transport},
                                                                  {"whitening", CorrectionKind::Whitening}});
    o.ambiguous = p.number("ambiguous");
    o.sunlight = p.choice("labels") == "sunlight";
    o.refinements =
        p.choice("labels") == "brightness" || o.sunlight ? static_cast<int>(p.integer("refinements")) : 0;
    o.blockPixels = static_cast<int>(p.integer("block"));
    o.mostPixels = static_cast<std::size_t>(p.integer("training_pixels"));
    return o;
}

std::optional<Labels> knownLabels(const latent::Parameters& p, CubeReader& cube) {
    const std::string rule = p.choice("labels");
    const CubeHeader& header = cube.header();
    if (rule == "truth") {
        const auto coverage = cube.image("coverage");
        if (!coverage)
            throw latent::RunError(
                "The file has no true coverage (/Truth/alpha), so labels cannot come from it. Set 'labels' "
                "to brightness, mask or regions.");
        return labelsFromCoverage(*coverage);
    }
    if (rule == "mask") {
        if (!p.has("mask")) throw latent::RunError("Give the file of the mask in the parameter 'mask'.");
        const auto mask = readMask(p.path("mask"), p.text("mask_name"), header.lines, header.samples);
        if (!mask)
            throw latent::RunError("The file " + p.path("mask") + " has no image '" + p.text("mask_name") +
                                   "'; say its name in the parameter 'mask_name'.");
        return labelsFromMask(*mask, header.lines, header.samples,
                              static_cast<int>(p.integer("mask_border")));
    }
    if (rule == "regions") {
        if (!p.has("lit_regions") || !p.has("shadow_regions"))
            throw latent::RunError(
                "Give both 'lit_regions' and 'shadow_regions', as rectangles x_low, x_high, y_low, y_high.");
        return labelsFromRegions(regionsOf(p, "lit_regions"), regionsOf(p, "shadow_regions"), header.lines,
                                 header.samples);
    }
    return std::nullopt;
}

Bands bandsOf(const latent::Parameters& p, CubeReader& cube) {
    const auto given = [&](const char* name) {
        return p.has(name) ? std::optional<double>(p.number(name)) : std::nullopt;
    };
    return chooseBands(cube, given("first_used_nm"), given("last_used_nm"));
}

latent::Parameters completed(const latent::Schema& schema, const latent::Parameters& made) {
    nlohmann::json values = latent::Parameters::defaultsOf(schema).json();
    values.update(made.json());
    return latent::Parameters::fromJson(values);
}

std::vector<std::int32_t> counted(std::int64_t n) {
    std::vector<std::int32_t> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

std::vector<double> axisOf(const CubeHeader& header) {
    if (!header.wavelengthNm.empty()) return header.wavelengthNm;
    std::vector<double> bands(static_cast<std::size_t>(header.bands));
    std::iota(bands.begin(), bands.end(), 0.0);
    return bands;
}

}  // namespace hyperspectral_shadows
