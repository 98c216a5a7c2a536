// SPDX-License-Identifier: Apache-2.0
#include "experiments/ask.hpp"

#include <algorithm>
#include <chrono>

#include "experiments/parameters.hpp"
#include "experiments/remove.hpp"

namespace hyperspectral_shadows {

void Ask::open(const latent::Run* run) {
    m_fit.reset();
    m_cube.reset();
    if (!run || run->experiment() != "shadows/remove")
        throw latent::RunError("Open this on a run of shadows/remove.");
    m_run = completed(Remove::parameters(), run->parameters());
    auto cube = openInput(m_run);
    m_bands = bandsOf(m_run, *cube);
    const CubeHeader& header = cube->header();
    const std::size_t channels = m_bands.kept.size();
    for (m_step = 1; static_cast<std::size_t>((header.lines / m_step + 1) * (header.samples / m_step + 1)) *
                         channels * sizeof(float) >
                     m_memory;)
        ++m_step;
    m_lines = (header.lines + m_step - 1) / m_step, m_samples = (header.samples + m_step - 1) / m_step;
    m_x.resize(static_cast<std::size_t>(m_lines * m_samples) * channels);
    std::vector<std::int64_t> lines;
    for (std::int64_t y = 0; y < m_lines; ++y) lines.push_back(y * m_step);
    std::vector<float> kept(static_cast<std::size_t>(header.samples) * channels);
    forEachLine(*cube, lines, [&](std::size_t y, const float* line) {
        compact(line, static_cast<std::size_t>(header.samples), static_cast<std::size_t>(header.bands),
                m_bands, kept.data());
        for (std::int64_t x = 0; x < m_samples; ++x)
            std::copy_n(
                kept.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(x * m_step) * channels),
                channels,
                m_x.begin() +
                    static_cast<std::ptrdiff_t>(
                        (y * static_cast<std::size_t>(m_samples) + static_cast<std::size_t>(x)) * channels));
        return true;
    });
    m_mean = meanRadiance(m_x.data(), static_cast<std::size_t>(m_lines * m_samples), channels);
    // The run's labels, where nothing is painted.
    const auto known = knownLabels(m_run, *cube);
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
    m_cube = std::move(cube);  // last: what could not be opened is not asked
}

std::size_t Ask::bandShown(const latent::Parameters& p) const {
    const std::vector<double>& bands = m_bands.wavelengthNm;
    if (!p.has("band")) return bands.size() / 2;
    const double wanted = p.number("band");
    const auto above = std::lower_bound(bands.begin(), bands.end(), wanted);
    if (above == bands.begin()) return 0;
    const auto at = static_cast<std::size_t>(above - bands.begin());
    return above == bands.end() || wanted - bands[at - 1] <= bands[at] - wanted ? at - 1 : at;
}

std::vector<float> Ask::bandImage(std::size_t band) const {
    std::vector<float> image(m_mean.size());
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = m_x[i * m_bands.kept.size() + band];
    return image;
}

void Ask::answer(const latent::Parameters& p, latent::Reply& reply) {
    if (!m_cube) throw latent::RunError("Open this on a run of shadows/remove.");
    nlohmann::json asked;
    for (const char* name : {"paint_lit", "paint_shadow", "lit_polygon", "shadow_polygon", "rounds"})
        asked[name] = p.json().value(name, nlohmann::json());
    if (const std::string key = asked.dump(); !m_fit || m_fit->asked != key) {
        const auto start = std::chrono::steady_clock::now();
        Fit found = fit(p);  // where it fails, the one before still stands
        found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        found.asked = key;
        m_fit = std::move(found);
    }
    const Fit& of = *m_fit;
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
    correct(of, pixel, 1, corrected.data());
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
    reply.array("lit_spectrum", of.model.meanLit);
    reply.array("shadow_spectrum", of.model.meanShadow);
    const std::size_t shown = bandShown(p);
    reply.array("band", {bandImage(shown), {m_lines, m_samples}});
    nlohmann::json said{{"shown_band", m_bands.wavelengthNm[shown]},
                        {"coverage", of.coverage.a[pixel]},
                        {"coverage_sigma", of.coverage.sigma[pixel]},
                        {"fit_seconds", of.seconds}};
    if (m_step > 1) said["every_nth_pixel"] = m_step;
    reply.values(said);
    reply.flush();
    const auto lit = static_cast<float>(of.model.litLevel());
    std::vector<float> before = m_mean, after = of.corrected;
    for (auto* picture : {&before, &after})
        for (float& v : *picture) v /= lit;
    std::vector<std::int32_t> label(of.labels.begin(), of.labels.end());
    for (std::int32_t& v : label) ++v;
    const std::vector<std::int64_t> image = {m_lines, m_samples};
    reply.array("coverage", {of.coverage.a, image});
    reply.array("mean_radiance", {m_mean, image});
    reply.array("before", {before, image});
    reply.array("after", {after, image});
    reply.array("label", {label, image});
}

}  // namespace hyperspectral_shadows
