// SPDX-License-Identifier: Apache-2.0
#include "pipeline/fit.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <numeric>

namespace hyperspectral_shadows {
namespace {

/// Labelled spectra of the sample, prepared, in training and held-out parts.
struct Split {
    std::vector<float> z[2];
    std::vector<std::uint8_t> shadow[2];
    std::vector<float> weight;
    bool together = false;  ///< both parts are the first

    Labelled part(int which, std::size_t channels, bool weighted) const {
        const int of = together ? 0 : which;
        return {z[of].data(), shadow[of].size(), channels, shadow[of].data(),
                which == 0 && weighted ? weight.data() : nullptr};
    }
};

Split splitOf(const Sample& sample, const Labels& labels, const Spectra& spectra, bool weighted) {
    Split split;
    std::size_t count[2][2] = {};  // by part and label
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (labels[i] >= 0) ++count[sample.heldOut[i]][labels[i]];
    // Small scenes and few regions may have one class in one part only; then everything is trained on, and judged by the same.
    split.together = count[0][0] == 0 || count[0][1] == 0 || count[1][0] == 0 || count[1][1] == 0;
    const std::size_t size[2] = {count[0][0] + count[0][1], count[1][0] + count[1][1]};
    split.z[0].resize((size[0] + (split.together ? size[1] : 0)) * sample.channels);
    if (!split.together) split.z[1].resize(size[1] * sample.channels);
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (labels[i] < 0) continue;
        const int which = split.together ? 0 : sample.heldOut[i];
        spectra.prepare(sample.x.data() + i * sample.channels, 1,
                        split.z[which].data() + split.shadow[which].size() * sample.channels);
        split.shadow[which].push_back(static_cast<std::uint8_t>(labels[i]));
    }
    if (weighted) split.weight = balancedWeights(split.shadow[0]);
    return split;
}

ShadowModel fitOnce(const Sample& sample, const Labels& labels, const FitOptions& options) {
    ShadowModel model;
    model.options = options;
    model.spectra = Spectra::fit(options.preprocessing, sample.x.data(), sample.size(), sample.channels);
    {
        const Split split = splitOf(sample, labels, model.spectra, options.classWeights);
        IlrOptions ilr = options.ilr;
        ilr.logistic.threads = options.threads;
        model.ilr = iterate(split.part(0, sample.channels, options.classWeights),
                            split.part(1, sample.channels, false), ilr);
    }
    const Eigen::MatrixXd q = model.features(sample.x.data(), sample.size(), nullptr, nullptr);
    Eigen::MatrixXd labelled(q.rows(), q.cols());
    std::vector<std::uint8_t> shadow;
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (labels[i] >= 0) {
            labelled.row(static_cast<Eigen::Index>(shadow.size())) = q.row(static_cast<Eigen::Index>(i));
            shadow.push_back(static_cast<std::uint8_t>(labels[i]));
        }
    labelled.conservativeResize(static_cast<Eigen::Index>(shadow.size()), Eigen::NoChange);
    model.plcg = std::make_shared<Plcg>(fitGaussians(labelled, shadow, options.gaussians), options.covariance,
                                        options.prior);
    model.meanLit = meanSpectrum(sample, labels, 0), model.meanShadow = meanSpectrum(sample, labels, 1);
    std::vector<float> gain;
    double lit = 0, dark = 0;
    for (std::size_t c = 0; c < sample.channels; ++c) {
        gain.push_back(static_cast<float>(model.meanShadow[c] / model.meanLit[c]));
        lit += model.meanLit[c], dark += model.meanShadow[c];
        if (!(gain.back() > 1e-6F) || !(model.meanLit[c] > 0))
            throw latent::RunError(
                "The mean spectrum of lit or of shadow pixels is not above 0 at band " + std::to_string(c) +
                " of those used, so shadow cannot be brightened. Leave that band out by the "
                "range of wavelengths, or check the labels and the sign of the radiance.");
    }
    model.brightnessRatio = dark / lit;
    if (options.materials > 1) {
        std::vector<float> spectra;
        spectra.reserve(static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 0)) *
                        sample.channels);
        Eigen::MatrixXd features(q.rows(), q.cols());
        Eigen::Index row = 0;
        for (std::size_t i = 0; i < sample.size(); ++i)
            if (labels[i] == 0) {
                spectra.insert(spectra.end(),
                               sample.x.begin() + static_cast<std::ptrdiff_t>(i * sample.channels),
                               sample.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * sample.channels));
                features.row(row++) = q.row(static_cast<Eigen::Index>(i));
            }
        features.conservativeResize(row, Eigen::NoChange);
        model.materials = std::make_shared<Materials>(spectra.data(), features, options.materials,
                                                      model.spectra, model.ilr.basis, gain, options.gaussians,
                                                      options.covariance, options.prior);
    }
    model.correction =
        std::make_shared<Correction>(options.correction, model.spectra, model.ilr.basis, *model.plcg, gain);
    return model;
}

}  // namespace

std::vector<double> meanSpectrum(const Sample& sample, const Labels& labels, std::int8_t label) {
    std::vector<double> mean(sample.channels, 0.0);
    double count = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (labels[i] != label) continue;
        count += 1;
        for (std::size_t c = 0; c < sample.channels; ++c) mean[c] += sample.x[i * sample.channels + c];
    }
    for (double& m : mean) m /= std::max(count, 1.0);
    return mean;
}

double ShadowModel::litLevel() const {
    return std::accumulate(meanLit.begin(), meanLit.end(), 0.0) / static_cast<double>(meanLit.size());
}

Coverage ShadowModel::coverage(const Eigen::MatrixXd& q, int threads) const {
    Coverage c = materials ? materials->coverage(q, threads) : plcg->coverage(q, threads);
    if (options.preprocessing == Preprocessing::Fraction) {
        // The share f of the shadow's light in a pixel of coverage a is a b / ((1 − a) + a b), b the shadow's brightness against lit.
        const auto b = static_cast<float>(brightnessRatio);
        for (std::size_t i = 0; i < c.a.size(); ++i) {
            const float f = c.a[i], below = b + f * (1 - b);
            c.a[i] = f / below;
            c.sigma[i] *= b / (below * below);
        }
    }
    for (std::size_t i = 0; i < c.a.size(); ++i)
        if (c.a[i] < static_cast<float>(options.deadBand) * c.sigma[i] ||
            c.ratio[i] < static_cast<float>(options.leastRatio))
            c.a[i] = 0;
    return c;
}

ShadowModel fitModel(const Sample& sample, const FitOptions& options) {
    Labels labels = sample.labels;
    ShadowModel model = fitOnce(sample, labels, options);
    for (int round = 0; round < options.refinements; ++round) {
        const Coverage c =
            model.coverage(model.features(sample.x.data(), sample.size(), nullptr, nullptr), options.threads);
        labels = labelsFromCoverage(c.a);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (!std::isfinite(c.a[i])) labels[i] = -1;
            // What the light told stays: lit is lit, shadow may become mixed but never lit, and what it could not tell is not learnt from.
            if (sample.byLight.empty() || !sample.byLight[i]) continue;
            if (sample.labels[i] != 1)
                labels[i] = sample.labels[i];
            else if (labels[i] == 0)
                labels[i] = -1;
        }
        model = fitOnce(sample, labels, options);
    }
    return model;
}

}  // namespace hyperspectral_shadows
