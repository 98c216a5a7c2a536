// SPDX-License-Identifier: Apache-2.0
#include "pipeline/measures.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <numbers>
#include <numeric>

#include "model/no_number.hpp"

namespace hyperspectral_shadows {

Classification classify(const std::vector<float>& score, const std::vector<std::uint8_t>& truth) {
    double tp = 0, fp = 0, tn = 0, fn = 0;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < score.size(); ++i) {
        if (!std::isfinite(score[i])) continue;
        order.push_back(i);
        (truth[i] ? (score[i] > kMaskAbove ? tp : fn) : (score[i] > kMaskAbove ? fp : tn)) += 1;
    }
    Classification c;
    const auto share = [](double part, double whole) { return whole > 0 ? part / whole : kNoNumber; };
    c.accuracy = share(tp + tn, tp + fp + tn + fn);
    c.recall = share(tp, tp + fn), c.precision = share(tp, tp + fp);
    c.balancedAccuracy = .5 * (c.recall + share(tn, tn + fp));
    c.f1 = share(2 * tp, 2 * tp + fp + fn), c.iou = share(tp, tp + fp + fn);
    // Mann and Whitney: the share of pairs in the right order.
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
    double below = 0, pairs = 0;
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i;
        double ones = 0, zeros = 0;
        for (; end < order.size() && score[order[end]] == score[order[i]]; ++end)
            (truth[order[end]] ? ones : zeros) += 1;
        pairs += ones * (below + .5 * zeros);
        below += zeros, i = end;
    }
    c.auc = share(pairs, (tp + fn) * (fp + tn));
    return c;
}

CoverageScore scoreCoverage(const std::vector<float>& found, const std::vector<float>& truth) {
    CoverageScore s;
    double n = 0, mixed = 0, square = 0, squareMixed = 0, sumF = 0, sumT = 0, ff = 0, tt = 0, ft = 0;
    std::vector<double> count(10, 0.0);
    s.calibrationFound.assign(10, 0.0), s.calibrationTrue.assign(10, 0.0);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!std::isfinite(found[i]) || !std::isfinite(truth[i])) continue;
        const double f = found[i], t = truth[i], d = f - t;
        n += 1, square += d * d, s.mae += std::abs(d), s.bias += d;
        sumF += f, sumT += t, ff += f * f, tt += t * t, ft += f * t;
        if (t > .1 && t < .9) mixed += 1, squareMixed += d * d;
        const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(std::max(0.0, f * 10)));
        count[bin] += 1, s.calibrationFound[bin] += f, s.calibrationTrue[bin] += t;
    }
    s.rmse = std::sqrt(square / n), s.rmseMixed = std::sqrt(squareMixed / mixed), s.mae /= n, s.bias /= n;
    s.correlation = (ft - sumF * sumT / n) / std::sqrt((ff - sumF * sumF / n) * (tt - sumT * sumT / n));
    for (std::size_t b = 0; b < 10; ++b) {
        s.calibrationFound[b] = count[b] > 0 ? s.calibrationFound[b] / count[b] : kNoNumber;
        s.calibrationTrue[b] = count[b] > 0 ? s.calibrationTrue[b] / count[b] : kNoNumber;
    }
    return s;
}

FalseShadow falseShadow(const std::vector<float>& found, const std::vector<float>& truth,
                        const std::vector<float>& brightness) {
    std::vector<float> litBrightness;
    for (std::size_t i = 0; i < truth.size(); ++i)
        if (truth[i] < kLitBelow) litBrightness.push_back(brightness[i]);
    const float dark = percentile(std::move(litBrightness), .1);
    double lit = 0, litFalse = 0, darkest = 0, darkestFalse = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (!(truth[i] < kLitBelow)) continue;
        const double wrong = found[i] > kMaskAbove ? 1 : 0;
        lit += 1, litFalse += wrong;
        if (brightness[i] <= dark) darkest += 1, darkestFalse += wrong;
    }
    return {litFalse / lit, darkestFalse / darkest};
}

void Measures::add(const Removed& slab, std::size_t channels, const float* truth, const float* sigma,
                   const float* coverage) {
    if (!slab.hardCorrected) throw latent::UsageError("Measures::add: the cube by the hard mask is missing.");
    m_noise = m_noise || sigma;
    for (std::size_t i = 0; i < slab.pixels; ++i) {
        if (slab.flags[i] & kNoSpectrum) continue;
        const int region = coverage[i] > kShadowAbove ? 0 : coverage[i] >= kLitBelow ? 1 : 2;
        const float* states[3] = {slab.x + i * channels, slab.hardCorrected + i * channels,
                                  slab.corrected + i * channels};
        const float* t = truth + i * channels;
        double norm = 0, meanTruth = 0;
        for (std::size_t c = 0; c < channels; ++c)
            norm += static_cast<double>(t[c]) * t[c], meanTruth += t[c];
        m_truth[region] += norm, m_pixels[region] += 1;
        if (sigma)
            for (std::size_t c = 0; c < channels; ++c)
                m_error[3][region] += static_cast<double>(sigma[i * channels + c]) * sigma[i * channels + c];
        for (int s = 0; s < 3; ++s) {
            double error = 0, mean = 0, dot = 0, own = 0;
            for (std::size_t c = 0; c < channels; ++c) {
                const double x = states[s][c], d = x - t[c];
                error += d * d, mean += x, dot += x * t[c], own += x * x;
            }
            m_error[s][region] += error;
            if (region == 1) m_bias[s] += (mean - meanTruth) / meanTruth;
            if (region < 2)
                m_angle[s][region] +=
                    std::acos(std::clamp(dot / std::sqrt(own * norm), -1.0, 1.0)) * 180 / std::numbers::pi;
        }
        if (region == 2)
            for (std::size_t c = 0; c < channels; ++c) {
                const double x = states[0][c], d = states[2][c] - x;
                m_change += d * d, m_input += x * x;
            }
    }
}

std::vector<double> Measures::relativeRmse() const {
    std::vector<double> all;
    for (int s = 0; s < 4; ++s)
        for (int r = 0; r < 3; ++r)
            all.push_back(s < 3 || m_noise ? std::sqrt(m_error[s][r] / m_truth[r]) : double{kNoNumber});
    return all;
}

std::vector<double> Measures::borderBias() const {
    return {m_bias[0] / m_pixels[1], m_bias[1] / m_pixels[1], m_bias[2] / m_pixels[1]};
}

std::vector<double> Measures::spectralAngle() const {
    std::vector<double> all;
    for (const auto& state : m_angle)
        for (int r = 0; r < 2; ++r) all.push_back(state[r] / m_pixels[r]);
    return all;
}

double Measures::litChange() const { return std::sqrt(m_change / m_input); }

}  // namespace hyperspectral_shadows
