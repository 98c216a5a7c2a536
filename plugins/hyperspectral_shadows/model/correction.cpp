// SPDX-License-Identifier: Apache-2.0
#include "model/correction.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <numeric>

namespace hyperspectral_shadows {
namespace {
constexpr std::size_t kSteps = 1000;  ///< of coverage for which the maps are made
constexpr std::size_t kPixels = 256;
}  // namespace

Correction::Correction(CorrectionKind kind, const Spectra& spectra, const Eigen::MatrixXd& basis,
                       const Plcg& model, std::vector<float> gain)
    : m_kind(kind), m_spectra(spectra), m_gain(std::move(gain)) {
    m_meanGain = std::accumulate(m_gain.begin(), m_gain.end(), 0.0) /
                 static_cast<double>(std::max<std::size_t>(1, m_gain.size()));
    if (kind == CorrectionKind::Gain) return;
    for (std::size_t i = 0; i <= kSteps; ++i) {
        const double a = static_cast<double>(i) / kSteps;
        m_maps.push_back(model.toLit(a, kind == CorrectionKind::Whitening));
        m_means.push_back(model.meanAt(a));
    }
    // Features are A z; the smallest change of z for a change of features is Aᵀ (A Aᵀ)⁻¹. In raw radiance the mean is one of them.
    const auto channels = static_cast<Eigen::Index>(spectra.channels());
    const bool raw = spectra.kind() == Preprocessing::Raw;
    Eigen::MatrixXd forward(basis.cols() + (raw ? 1 : 0), channels);
    if (raw) forward.row(0).setConstant(1.0 / static_cast<double>(channels));
    forward.bottomRows(basis.cols()) = basis.transpose();
    const Eigen::MatrixXd back =
        (forward * forward.transpose()).fullPivLu().solve(forward);  // [features, channels]
    m_back.resize(static_cast<std::size_t>(back.size()));
    for (Eigen::Index k = 0; k < back.rows(); ++k)
        for (Eigen::Index c = 0; c < channels; ++c)
            m_back[static_cast<std::size_t>(k * channels + c)] = static_cast<float>(back(k, c));
}

void Correction::apply(const float* x, const Eigen::MatrixXd& features, const float* mean,
                       const float* deviation, const float* a, std::size_t pixels, float* out,
                       int threads) const {
    const std::size_t channels = m_spectra.channels();
    latent::learn::forEachIndex((pixels + kPixels - 1) / kPixels, threads, [&](std::size_t piece) {
        const std::size_t begin = piece * kPixels, rows = std::min(kPixels, pixels - begin);
        if (m_kind == CorrectionKind::Gain)
            return bestKernels().divideByGain(x + begin * channels, rows, channels, a + begin, m_gain.data(),
                                              out + begin * channels);
        const bool raw = m_spectra.kind() == Preprocessing::Raw;
        // Of the features those that move the shape; in raw radiance brightness is one of them.
        const Eigen::Index first = raw ? 0 : m_spectra.firstProjection();
        std::vector<float> change(channels);
        for (std::size_t i = begin; i < begin + rows; ++i) {
            const float* from = x + i * channels;
            float* to = out + i * channels;
            std::copy_n(from, channels, to);
            if (!(a[i] > 0)) continue;
            const auto step = static_cast<std::size_t>(std::lround(a[i] * kSteps));
            const Eigen::VectorXd q = features.row(static_cast<Eigen::Index>(i));
            const Eigen::VectorXd moved = m_means[0] + m_maps[step] * (q - m_means[step]), delta = moved - q;
            std::fill(change.begin(), change.end(), 0.0F);
            for (Eigen::Index k = first; k < delta.size(); ++k) {
                const auto d = static_cast<float>(delta(k));
                const float* row = m_back.data() + static_cast<std::size_t>(k - first) * channels;
                for (std::size_t c = 0; c < channels; ++c) change[c] += d * row[c];
            }
            const auto scale = static_cast<float>(m_spectra.scale());
            if (raw) {
                for (std::size_t c = 0; c < channels; ++c) to[c] = from[c] + scale * change[c];
            } else if (m_spectra.kind() == Preprocessing::PerSpectrum) {
                const float brighter = static_cast<float>(moved(0)) * scale,
                            sigma = deviation[i] + static_cast<float>(m_spectra.epsilon());
                for (std::size_t c = 0; c < channels; ++c)
                    to[c] = brighter + brighter / mean[i] * (from[c] - mean[i] + sigma * change[c]);
            } else {
                const float brighter = mean[i] / ((1 - a[i]) + a[i] * static_cast<float>(m_meanGain));
                for (std::size_t c = 0; c < channels; ++c) to[c] = brighter * (from[c] / mean[i] + change[c]);
            }
        }
    });
}

void Correction::uncertainty(const float* x, const float* inputSigma, const float* a, const float* sigma,
                             std::size_t pixels, float* out) const {
    const std::size_t channels = m_gain.size();
    for (std::size_t i = 0; i < pixels; ++i) {
        const float* own = inputSigma ? inputSigma + i * channels : nullptr;
        float* to = out + i * channels;
        if (!(a[i] > 0)) {  // also where it is no number: such a pixel is left as it was
            own ? std::copy_n(own, channels, to) : std::fill_n(to, channels, 0.0F);
            continue;
        }
        for (std::size_t c = 0; c < channels; ++c) {
            const float light = (1 - a[i]) + a[i] * m_gain[c], noise = own ? own[c] / light : 0.0F,
                        slope = x[i * channels + c] * (1 - m_gain[c]) / (light * light) * sigma[i];
            to[c] = std::sqrt(noise * noise + slope * slope);
        }
    }
}

}  // namespace hyperspectral_shadows
