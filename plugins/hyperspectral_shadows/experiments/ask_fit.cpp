// SPDX-License-Identifier: Apache-2.0
// What shadows/ask learns from paint and from the labels of its run.
#include <algorithm>
#include <cmath>
#include <thread>

#include "experiments/ask.hpp"
#include "experiments/parameters.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kMostCorners = 4096;

bool inside(const std::vector<std::vector<double>>& polygon, double x, double y) {
    bool in = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const double xi = polygon[i][0], yi = polygon[i][1], xj = polygon[j][0], yj = polygon[j][1];
        if ((yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi) in = !in;
    }
    return in;
}

}  // namespace

bool Ask::paint(const latent::Parameters& p, const char* mask, const char* polygon, std::int8_t value,
                Labels& labels) const {
    bool painted = false;
    const auto label = [&](std::int64_t y, std::int64_t x) {
        labels[static_cast<std::size_t>(y * m_samples + x)] = value, painted = true;
    };
    if (p.has(mask)) {
        const auto rows = p.matrix(mask);
        const auto lines = static_cast<std::int64_t>(rows.size());
        if (lines != m_cube->header().lines && lines != m_lines)
            throw latent::RunError(std::string("The mask '") + mask + "' has " + std::to_string(lines) +
                                   " lines, the image " + std::to_string(m_cube->header().lines) + ".");
        const std::int64_t step = lines == m_lines ? 1 : m_step;
        for (std::int64_t y = 0; y < m_lines; ++y) {
            const auto& row = rows[static_cast<std::size_t>(std::min(y * step, lines - 1))];
            for (std::int64_t x = 0; x < m_samples; ++x) {
                const auto at = static_cast<std::size_t>(x * step);
                if (at < row.size() && row[at] > .5) label(y, x);
            }
        }
    }
    if (p.has(polygon)) {
        const auto corners = p.matrix(polygon);
        if (corners.size() < 3)
            throw latent::RunError(std::string("The area '") + polygon + "' needs three corners or more.");
        if (corners.size() > kMostCorners)
            throw latent::RunError(std::string("The area '") + polygon + "' has " +
                                   std::to_string(corners.size()) + " corners; " +
                                   std::to_string(kMostCorners) + " are possible. Draw it more simply.");
        for (std::int64_t y = 0; y < m_lines; ++y)
            for (std::int64_t x = 0; x < m_samples; ++x)
                if (inside(corners, static_cast<double>(x * m_step), static_cast<double>(y * m_step)))
                    label(y, x);
    }
    return painted;
}

Sample Ask::sampleOf(const Labels& labels, const FitOptions& options) const {
    Sample sample;
    const std::size_t channels = m_bands.kept.size();
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
        sample.heldOut.push_back(inHeldOutBlock(i, static_cast<std::size_t>(m_samples),
                                                static_cast<std::size_t>(options.blockPixels)));
    }
    sample.meanImage = m_mean;
    return sample;
}

Ask::Fit Ask::fit(const latent::Parameters& p) const {
    Fit fit;
    fit.labels.assign(m_labels.size(), -1);
    const bool lit = paint(p, "paint_lit", "lit_polygon", 0, fit.labels),
               shadow = paint(p, "paint_shadow", "shadow_polygon", 1, fit.labels);
    // A class that is painted is learnt from the paint alone; of the other the run's labels stay.
    for (std::size_t i = 0; i < m_labels.size(); ++i)
        if (fit.labels[i] < 0 && m_labels[i] >= 0 && !(m_labels[i] == 0 ? lit : shadow))
            fit.labels[i] = m_labels[i];
    FitOptions options =
        optionsOf(m_run, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    options.ilr.rounds = static_cast<int>(p.integer("rounds"));
    if (lit || shadow) options.refinements = 0;  // what a person painted is not labelled anew
    options.ilr.logistic.tolerance = 1e-5;       // for the eye
    options.mostPixels = std::min<std::size_t>(options.mostPixels, 8000);
    fit.model = fitModel(sampleOf(fit.labels, options), options);
    fit.deviation.resize(m_mean.size());
    fit.features = fit.model.features(m_x.data(), m_mean.size(), nullptr, fit.deviation.data());
    fit.coverage = fit.model.coverage(fit.features, options.threads);
    // The mean of the corrected spectrum is enough for the picture.
    const auto width = static_cast<std::size_t>(m_samples), channels = m_bands.kept.size();
    std::vector<float> line(width * channels);
    fit.corrected.reserve(m_mean.size());
    for (std::size_t first = 0; first < m_mean.size(); first += width) {
        correct(fit, first, width, line.data());
        const std::vector<float> mean = meanRadiance(line.data(), width, channels);
        fit.corrected.insert(fit.corrected.end(), mean.begin(), mean.end());
    }
    return fit;
}

void Ask::correct(const Fit& fit, std::size_t first, std::size_t pixels, float* out) const {
    std::vector<float> a(fit.coverage.a.begin() + static_cast<std::ptrdiff_t>(first),
                         fit.coverage.a.begin() + static_cast<std::ptrdiff_t>(first + pixels));
    for (float& v : a) v = std::isfinite(v) ? v : 0;
    const Eigen::MatrixXd q =
        fit.features.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(pixels));
    fit.model.correction->apply(m_x.data() + first * m_bands.kept.size(), q, m_mean.data() + first,
                                fit.deviation.data() + first, a.data(), pixels, out, 1);
}

}  // namespace hyperspectral_shadows
