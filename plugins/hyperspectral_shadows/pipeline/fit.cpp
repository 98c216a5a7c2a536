// SPDX-License-Identifier: Apache-2.0
#include "pipeline/fit.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>

namespace hyperspectral_shadows {
namespace {

constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

/// Labelled spectra of the sample, prepared, in training and held-out parts.
struct Split {
    std::vector<float> z[2];
    std::vector<std::uint8_t> shadow[2];
    std::vector<float> weight;

    Labelled part(int which, std::size_t channels, bool weighted) const {
        return {z[which].data(), shadow[which].size(), channels, shadow[which].data(),
                which == 0 && weighted ? weight.data() : nullptr};
    }
};

Split splitOf(const Sample& sample, const Labels& labels, const Spectra& spectra, bool weighted) {
    Split split;
    std::size_t count[2] = {0, 0};
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (labels[i] >= 0) ++count[sample.heldOut[i]];
    for (const int which : {0, 1}) split.z[which].resize(count[which] * sample.channels);
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (labels[i] < 0) continue;
        const int which = sample.heldOut[i];
        spectra.prepare(sample.x.data() + i * sample.channels, 1,
                        split.z[which].data() + split.shadow[which].size() * sample.channels);
        split.shadow[which].push_back(static_cast<std::uint8_t>(labels[i]));
    }
    // Small scenes and few regions may have one class in one part only; then everything is trained on, and
    // judged by the same.
    const auto oneClass = [&](int which) {
        return std::count(split.shadow[which].begin(), split.shadow[which].end(), 1) == 0 ||
               std::count(split.shadow[which].begin(), split.shadow[which].end(), 0) == 0;
    };
    if (oneClass(0) || oneClass(1)) {
        split.z[0].insert(split.z[0].end(), split.z[1].begin(), split.z[1].end());
        split.shadow[0].insert(split.shadow[0].end(), split.shadow[1].begin(), split.shadow[1].end());
        split.z[1] = split.z[0], split.shadow[1] = split.shadow[0];
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
        if (!(gain.back() > 1e-6F))
            throw latent::RunError("The mean shadow spectrum is not above 0 at band " + std::to_string(c) +
                                   " of those used, so it cannot be brightened. Leave that band out by the "
                                   "range of wavelengths, or check the labels.");
    }
    model.brightnessRatio = dark / lit;
    if (options.materials > 1) {
        std::vector<float> spectra;
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

std::optional<Sample> takeSample(CubeReader& cube, const Bands& bands, const std::optional<Labels>& known,
                                 const FitOptions& options,
                                 const std::function<bool(std::int64_t)>& keepGoing) {
    const CubeHeader& header = cube.header();
    Sample sample;
    sample.channels = bands.kept.size();
    sample.meanImage.assign(header.pixels(), kNoNumber);
    const std::size_t most = std::max<std::size_t>(
        256, std::min(options.mostPixels, options.sampleBytes / (sample.channels * sizeof(float))));
    // Each class gets half of the room when labels are known; a stride spreads the choice over the cube.
    std::size_t candidates[2] = {header.pixels(), 0}, stride[2] = {1, 1}, seen[2] = {0, 0};
    if (known) {
        candidates[0] = static_cast<std::size_t>(std::count(known->begin(), known->end(), 0)),
        candidates[1] = static_cast<std::size_t>(std::count(known->begin(), known->end(), 1));
        for (const int k : {0, 1})
            stride[k] = std::max<std::size_t>(1, (candidates[k] * 2 + most - 1) / most);
        if (candidates[0] == 0 || candidates[1] == 0)
            throw latent::RunError(std::string("No pixel is labelled ") +
                                   (candidates[0] == 0 ? "lit" : "shadow") +
                                   ", so there is nothing to tell apart. Label some pixels of that kind, or "
                                   "choose another rule for the labels.");
    } else {
        stride[0] = std::max<std::size_t>(1, (candidates[0] + most - 1) / most);
    }
    const bool done = forEachSlab(cube, bands, kSlabBytes, [&](const SlabView& slab) {
        std::vector<float> statistics(2 * slab.pixels);
        bestKernels().project(slab.x, slab.pixels, sample.channels, nullptr, 0, statistics.data());
        const std::size_t before = static_cast<std::size_t>(slab.first * header.samples);
        for (std::size_t i = 0; i < slab.pixels; ++i) {
            sample.meanImage[before + i] = std::isfinite(statistics[2 * i]) ? statistics[2 * i] : kNoNumber;
            const int kind = known ? (*known)[before + i] : 0;
            if (kind < 0 || !std::isfinite(statistics[2 * i])) continue;
            if (seen[kind]++ % stride[kind] != 0) continue;
            sample.x.insert(sample.x.end(), slab.x + i * sample.channels, slab.x + (i + 1) * sample.channels);
            sample.pixel.push_back(before + i);
            sample.labels.push_back(known ? (*known)[before + i] : std::int8_t{-1});
        }
        return !keepGoing || keepGoing(slab.first + slab.count);
    });
    if (!done) return std::nullopt;
    if (sample.size() == 0)
        throw latent::RunError(
            "No labelled pixel has a whole spectrum: each lacks a number in some band. Leave the broken "
            "bands out by the range of wavelengths.");
    sample.image = known ? *known : labelsFromBrightness(sample.meanImage, options.ambiguous);
    if (!known) {
        for (std::size_t i = 0; i < sample.size(); ++i) sample.labels[i] = sample.image[sample.pixel[i]];
        if (options.sunlight) {
            const Labels dark = sample.labels;
            sample.sunlight =
                relabelBySunlight(sample.x.data(), sample.size(), sample.channels, sample.labels);
            if (sample.sunlight.tells)
                for (const std::int8_t label : dark) sample.byLight.push_back(label == 1 ? 1 : 0);
            // Pixels whose spectra were not kept have no label by light.
            if (sample.sunlight.tells)
                std::replace(sample.image.begin(), sample.image.end(), std::int8_t{1}, std::int8_t{-1});
            for (std::size_t i = 0; i < sample.size(); ++i) sample.image[sample.pixel[i]] = sample.labels[i];
        }
    }
    const auto samples = static_cast<std::size_t>(header.samples),
               block = static_cast<std::size_t>(options.blockPixels);
    for (const std::size_t p : sample.pixel)
        sample.heldOut.push_back(static_cast<std::uint8_t>((p / samples / block + p % samples / block) % 2));
    return sample;
}

Coverage ShadowModel::coverage(const Eigen::MatrixXd& q, bool raw) const {
    Coverage c = materials ? materials->coverage(q, options.threads) : plcg->coverage(q, options.threads);
    if (options.preprocessing == Preprocessing::Fraction) {
        // The share f of the shadow's light in a pixel of coverage a is a b / ((1 − a) + a b), b the shadow's
        // brightness against lit.
        const auto b = static_cast<float>(brightnessRatio);
        for (std::size_t i = 0; i < c.a.size(); ++i) {
            const float f = c.a[i], below = b + f * (1 - b);
            c.a[i] = f / below;
            c.sigma[i] *= b / (below * below);
        }
    }
    if (raw) return c;
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
        const Coverage c = model.coverage(model.features(sample.x.data(), sample.size(), nullptr, nullptr));
        labels = labelsFromCoverage(c.a);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (!std::isfinite(c.a[i])) labels[i] = -1;
            // What the light told stays: lit is lit, shadow may become mixed but never lit, and what it could
            // not tell is not learnt from.
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
