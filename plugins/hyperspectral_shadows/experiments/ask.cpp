// SPDX-License-Identifier: Apache-2.0
#include "experiments/ask.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "experiments/parameters.hpp"
#include "experiments/remove.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr double kMostTurns = 4096;  ///< corners of a polygon

bool inside(const std::vector<std::vector<double>>& polygon, double x, double y) {
    bool in = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const double xi = polygon[i][0], yi = polygon[i][1], xj = polygon[j][0], yj = polygon[j][1];
        if ((yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi) in = !in;
    }
    return in;
}

}  // namespace

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

void Ask::open(const latent::Run* run) {
    m_run = run->parameters();
    m_cube = openInput(m_run);
    m_bands = bandsOf(m_run, *m_cube);
    const CubeHeader& header = m_cube->header();
    const std::size_t channels = m_bands.kept.size();
    for (m_step = 1; static_cast<std::size_t>((header.lines / m_step + 1) * (header.samples / m_step + 1)) *
                         channels * sizeof(float) >
                     m_memory;)
        ++m_step;
    m_lines = (header.lines + m_step - 1) / m_step, m_samples = (header.samples + m_step - 1) / m_step;
    m_x.resize(static_cast<std::size_t>(m_lines * m_samples) * channels);
    std::vector<float> line(header.valuesPerLine()),
        kept(static_cast<std::size_t>(header.samples) * channels);
    for (std::int64_t y = 0; y < m_lines; ++y) {
        m_cube->read(y * m_step, 1, line.data());
        compact(line.data(), static_cast<std::size_t>(header.samples), static_cast<std::size_t>(header.bands),
                m_bands, kept.data());
        for (std::int64_t x = 0; x < m_samples; ++x)
            std::copy_n(
                kept.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(x * m_step) * channels),
                channels,
                m_x.begin() +
                    static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y * m_samples + x) * channels));
    }
    m_mean.assign(static_cast<std::size_t>(m_lines * m_samples), 0);
    std::vector<float> statistics(2 * m_mean.size());
    bestKernels().project(m_x.data(), m_mean.size(), channels, nullptr, 0, statistics.data());
    for (std::size_t i = 0; i < m_mean.size(); ++i) m_mean[i] = statistics[2 * i];
    // The run's labels, where nothing is painted.
    const auto known = knownLabels(m_run, *m_cube);
    const Labels bright = known ? Labels() : labelsFromBrightness(m_mean, m_run.number("ambiguous"));
    m_labels.assign(m_mean.size(), -1);
    for (std::int64_t y = 0; y < m_lines; ++y)
        for (std::int64_t x = 0; x < m_samples; ++x) {
            const auto i = static_cast<std::size_t>(y * m_samples + x);
            m_labels[i] = known ? (*known)[static_cast<std::size_t>(y * m_step * header.samples + x * m_step)]
                                : bright[i];
        }
    m_byLight.clear();
    if (m_run.choice("labels") == "sunlight") {
        const Labels dark = m_labels;
        if (relabelBySunlight(m_x.data(), m_mean.size(), channels, m_labels).tells)
            for (const std::int8_t label : dark) m_byLight.push_back(label == 1 ? 1 : 0);
    }
    m_fitted.clear();
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
    o.figure(spectra);
    o.figure(view::image("labels")
                 .title("What is learnt from")
                 .z("label")
                 .across("x")
                 .down("y")
                 .colours({.map = view::Map::Categorical}));
    return o;
}

void Ask::fit(const latent::Parameters& p) {
    const CubeHeader& header = m_cube->header();
    const std::size_t channels = m_bands.kept.size();
    Labels labels = m_labels;  // those of the run
    bool painted[2] = {false, false};
    const auto paint = [&](const char* mask, const char* polygon, std::int8_t value) {
        if (p.has(mask)) {
            const auto rows = p.matrix(mask);
            if (static_cast<std::int64_t>(rows.size()) != header.lines &&
                static_cast<std::int64_t>(rows.size()) != m_lines)
                throw latent::RunError(std::string("The mask '") + mask + "' has " +
                                       std::to_string(rows.size()) + " lines, the image " +
                                       std::to_string(header.lines) + ".");
            const std::int64_t step = static_cast<std::int64_t>(rows.size()) == m_lines ? 1 : m_step;
            for (std::int64_t y = 0; y < m_lines; ++y)
                for (std::int64_t x = 0; x < m_samples; ++x) {
                    const auto& row = rows[static_cast<std::size_t>(
                        std::min<std::int64_t>(y * step, static_cast<std::int64_t>(rows.size()) - 1))];
                    if (static_cast<std::size_t>(x * step) < row.size() &&
                        row[static_cast<std::size_t>(x * step)] > .5)
                        labels[static_cast<std::size_t>(y * m_samples + x)] = value, painted[value] = true;
                }
        }
        if (p.has(polygon)) {
            const auto corners = p.matrix(polygon);
            if (corners.size() < 3 || static_cast<double>(corners.size()) > kMostTurns)
                throw latent::RunError(std::string("The area '") + polygon +
                                       "' needs three corners or more.");
            for (std::int64_t y = 0; y < m_lines; ++y)
                for (std::int64_t x = 0; x < m_samples; ++x)
                    if (inside(corners, static_cast<double>(x * m_step), static_cast<double>(y * m_step)))
                        labels[static_cast<std::size_t>(y * m_samples + x)] = value, painted[value] = true;
        }
    };
    // A class that is painted is learnt from the paint alone.
    Labels others(labels.size(), -1);
    labels.swap(others);  // `labels` is empty now, `others` what the run learnt from
    paint("paint_lit", "lit_polygon", 0);
    paint("paint_shadow", "shadow_polygon", 1);
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] < 0 && others[i] >= 0 && !painted[others[i]]) labels[i] = others[i];
    FitOptions options =
        optionsOf(m_run, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    options.ilr.rounds = static_cast<int>(p.integer("rounds"));
    if (painted[0] || painted[1]) options.refinements = 0;  // what a person painted is not labelled anew
    options.ilr.logistic.tolerance = 1e-5;                  // for the eye
    options.mostPixels = std::min<std::size_t>(options.mostPixels, 8000);
    Sample sample;
    sample.channels = channels;
    std::size_t all[2] = {0, 0}, seen[2] = {0, 0};
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= 0 && std::isfinite(m_mean[i])) ++all[labels[i]];
    for (const int k : {0, 1})
        if (all[k] == 0)
            throw latent::RunError(std::string("No pixel is labelled ") + (k == 0 ? "lit" : "shadow") +
                                   ": paint some.");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const int k = labels[i];
        if (k < 0 || !std::isfinite(m_mean[i]) ||
            seen[k]++ % std::max<std::size_t>(1, 2 * all[k] / options.mostPixels) != 0)
            continue;
        sample.x.insert(sample.x.end(), m_x.begin() + static_cast<std::ptrdiff_t>(i * channels),
                        m_x.begin() + static_cast<std::ptrdiff_t>((i + 1) * channels));
        sample.pixel.push_back(i);
        sample.labels.push_back(labels[i]);
        if (!m_byLight.empty()) sample.byLight.push_back(m_byLight[i]);
        const auto width = static_cast<std::size_t>(m_samples),
                   block = static_cast<std::size_t>(options.blockPixels);
        sample.heldOut.push_back(static_cast<std::uint8_t>((i / width / block + i % width / block) % 2));
    }
    sample.meanImage = m_mean;
    m_model = fitModel(sample, options);
    m_deviation.resize(m_mean.size());
    m_features = m_model.features(m_x.data(), m_mean.size(), m_mean.data(), m_deviation.data());
    m_coverage = m_model.coverage(m_features);
    // The mean of the corrected spectrum is enough for the picture.
    const auto width = static_cast<std::size_t>(m_samples);
    std::vector<float> line(width * channels), statistics(2 * width);
    m_corrected.resize(m_mean.size());
    for (std::size_t first = 0; first < m_mean.size(); first += width) {
        correct(first, width, line.data());
        bestKernels().project(line.data(), width, channels, nullptr, 0, statistics.data());
        for (std::size_t x = 0; x < width; ++x) m_corrected[first + x] = statistics[2 * x];
    }
    m_used = std::move(labels);
}

void Ask::correct(std::size_t first, std::size_t pixels, float* out) const {
    std::vector<float> a(m_coverage.a.begin() + static_cast<std::ptrdiff_t>(first),
                         m_coverage.a.begin() + static_cast<std::ptrdiff_t>(first + pixels));
    for (float& v : a) v = std::isfinite(v) ? v : 0;
    const Eigen::MatrixXd q =
        m_features.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(pixels));
    m_model.correction->apply(m_x.data() + first * m_bands.kept.size(), q, m_mean.data() + first,
                              m_deviation.data() + first, a.data(), pixels, out, 1);
}

void Ask::answer(const latent::Parameters& p, latent::Reply& reply) {
    nlohmann::json asked;
    for (const char* name : {"paint_lit", "paint_shadow", "lit_polygon", "shadow_polygon", "rounds"})
        asked[name] = p.json().value(name, nlohmann::json());
    if (const std::string key = asked.dump(); key != m_fitted) {
        const auto start = std::chrono::steady_clock::now();
        fit(p);
        m_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        m_fitted = key;
    }
    const CubeHeader& header = m_cube->header();
    const auto channels = static_cast<std::int64_t>(m_bands.kept.size());
    if (p.integer("x") >= header.samples || p.integer("y") >= header.lines)
        throw latent::RunError("The pixel x = " + std::to_string(p.integer("x")) +
                               ", y = " + std::to_string(p.integer("y")) + " lies outside the image of " +
                               std::to_string(header.samples) + " × " + std::to_string(header.lines) + ".");
    const std::int64_t px = std::min(m_samples - 1, p.integer("x") / m_step),
                       py = std::min(m_lines - 1, p.integer("y") / m_step), around = p.integer("neighbours");
    const auto pixel = static_cast<std::size_t>(py * m_samples + px);
    std::vector<double> spectrum, low, high;
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto at = [&](std::int64_t y, std::int64_t x) {
            return static_cast<double>(m_x[static_cast<std::size_t>((y * m_samples + x) * channels + c)]);
        };
        spectrum.push_back(at(py, px));
        low.push_back(spectrum.back()), high.push_back(spectrum.back());
        for (std::int64_t y = std::max<std::int64_t>(0, py - around); y <= std::min(m_lines - 1, py + around);
             ++y)
            for (std::int64_t x = std::max<std::int64_t>(0, px - around);
                 x <= std::min(m_samples - 1, px + around); ++x)
                low.back() = std::min(low.back(), at(y, x)), high.back() = std::max(high.back(), at(y, x));
    }
    std::vector<float> corrected(static_cast<std::size_t>(channels));
    correct(pixel, 1, corrected.data());
    std::vector<std::int32_t> lines = counted(m_lines), samples = counted(m_samples);
    for (std::int32_t& v : lines) v *= static_cast<std::int32_t>(m_step);
    for (std::int32_t& v : samples) v *= static_cast<std::int32_t>(m_step);
    reply.array("y", lines);
    reply.array("x", samples);
    reply.array("wavelength_nm", m_bands.wavelengthNm);
    reply.array("spectrum", spectrum);
    reply.array("spectrum_low", low);
    reply.array("spectrum_high", high);
    reply.array("corrected_spectrum", std::vector<double>(corrected.begin(), corrected.end()));
    reply.array("lit_spectrum", m_model.meanLit);
    reply.array("shadow_spectrum", m_model.meanShadow);
    nlohmann::json said{{"coverage", m_coverage.a[pixel]},
                        {"coverage_sigma", m_coverage.sigma[pixel]},
                        {"fit_seconds", m_seconds}};
    if (m_step > 1) said["every_nth_pixel"] = m_step;
    reply.values(said);
    reply.flush();
    const auto lit = static_cast<float>(std::accumulate(m_model.meanLit.begin(), m_model.meanLit.end(), 0.0) /
                                        static_cast<double>(channels));
    std::vector<float> before = m_mean, after(m_corrected.begin(), m_corrected.end());
    for (auto* picture : {&before, &after})
        for (float& v : *picture) v /= lit;
    std::vector<std::int32_t> label(m_used.begin(), m_used.end());
    for (std::int32_t& v : label) ++v;
    const std::vector<std::int64_t> image = {m_lines, m_samples};
    reply.array("coverage", {m_coverage.a, image});
    reply.array("mean_radiance", {m_mean, image});
    reply.array("before", {before, image});
    reply.array("after", {after, image});
    reply.array("label", {label, image});
}

}  // namespace hyperspectral_shadows
