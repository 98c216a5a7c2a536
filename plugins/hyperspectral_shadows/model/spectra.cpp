// SPDX-License-Identifier: Apache-2.0
#include "model/spectra.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/parallel.hpp>

#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows {
namespace {

/// z = x · factor − shift.
struct Affine {
    float factor, shift;
};

Affine affineOf(Preprocessing kind, float mean, float deviation, double scale, double epsilon) {
    switch (kind) {
        case Preprocessing::Raw:
            return {static_cast<float>(1 / scale), 0};
        case Preprocessing::PerSpectrum: {
            const float factor = 1 / (deviation + static_cast<float>(epsilon));
            return {factor, mean * factor};
        }
        default:
            return {1 / mean, 1};
    }
}

}  // namespace

Spectra Spectra::fit(Preprocessing kind, const float* x, std::size_t pixels, std::size_t channels) {
    Spectra it;
    it.m_kind = kind, it.m_channels = channels;
    std::vector<float> statistics(2 * pixels);  // means and deviations
    bestKernels().project(x, pixels, channels, nullptr, 0, statistics.data());
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < pixels; ++i)
        if (std::isfinite(statistics[2 * i])) sum += std::abs(statistics[2 * i]), ++count;
    if (count == 0 || !(sum > 0))
        throw latent::RunError(
            "No pixel has a whole spectrum with radiance in it. Are all values flagged, filled or zero?");
    it.m_scale = sum / static_cast<double>(count);
    std::vector<double> centre(channels, 0.0);
    double squares = 0;
    for (int pass = 0; pass < 2; ++pass)
        for (std::size_t i = 0; i < pixels; ++i) {
            if (!std::isfinite(statistics[2 * i])) continue;
            const Affine f =
                affineOf(kind, statistics[2 * i], statistics[2 * i + 1], it.m_scale, it.epsilon());
            for (std::size_t c = 0; c < channels; ++c) {
                const double z = x[i * channels + c] * f.factor - f.shift;
                if (pass == 0) centre[c] += z / static_cast<double>(count);
                if (pass == 1) squares += (z - centre[c]) * (z - centre[c]);
            }
        }
    it.m_spread = std::max(std::sqrt(squares / static_cast<double>(count * channels)), 1e-30);
    it.m_centre.assign(centre.begin(), centre.end());
    return it;
}

void Spectra::prepare(const float* x, std::size_t pixels, float* z) const {
    const auto shrink = static_cast<float>(1 / m_spread);
    for (std::size_t i = 0; i < pixels; ++i) {
        const float* from = x + i * m_channels;
        float* to = z + i * m_channels;
        float statistics[2];
        bestKernels().project(from, 1, m_channels, nullptr, 0, statistics);
        const Affine f = affineOf(m_kind, statistics[0], statistics[1], m_scale, epsilon());
        for (std::size_t c = 0; c < m_channels; ++c)
            to[c] = (from[c] * f.factor - f.shift - m_centre[c]) * shrink;
    }
}

std::vector<float> meanRadiance(const float* x, std::size_t pixels, std::size_t channels) {
    std::vector<float> mean(pixels);
    bestKernels().means(x, pixels, channels, mean.data());
    return mean;
}

ProjectionBasis::ProjectionBasis(const Eigen::MatrixXd& basis)
    : vectors(basis.cast<float>()), sums(basis.colwise().sum()) {}

Eigen::MatrixXd Spectra::features(const float* x, std::size_t pixels, const ProjectionBasis& basis,
                                  int threads, float* mean, float* deviation) const {
    const auto count = static_cast<std::size_t>(basis.vectors.cols()),
               first = static_cast<std::size_t>(firstProjection());
    Eigen::MatrixXd q(static_cast<Eigen::Index>(pixels), static_cast<Eigen::Index>(count + first));
    constexpr std::size_t kPixels = 256;
    latent::learn::forEachIndex((pixels + kPixels - 1) / kPixels, threads, [&](std::size_t piece) {
        const std::size_t begin = piece * kPixels, rows = std::min(kPixels, pixels - begin);
        std::vector<float> products(rows * (2 + count));
        bestKernels().project(x + begin * m_channels, rows, m_channels, basis.vectors.data(), count,
                              products.data());
        for (std::size_t r = 0; r < rows; ++r) {
            const float* p = products.data() + r * (2 + count);
            const auto row = static_cast<Eigen::Index>(begin + r);
            const Affine f = affineOf(m_kind, p[0], p[1], m_scale, epsilon());
            if (mean) mean[begin + r] = p[0];
            if (deviation) deviation[begin + r] = p[1];
            if (first) q(row, 0) = p[0] / m_scale;
            // The kernel's products are those of x − mean, which loses nothing; the mean comes back through the sums of the basis.
            for (std::size_t k = 0; k < count; ++k)
                q(row, static_cast<Eigen::Index>(k + first)) =
                    static_cast<double>(p[2 + k]) * f.factor +
                    (static_cast<double>(p[0]) * f.factor - f.shift) *
                        basis.sums(static_cast<Eigen::Index>(k));
        }
    });
    return q;
}

}  // namespace hyperspectral_shadows
