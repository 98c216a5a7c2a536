// SPDX-License-Identifier: Apache-2.0
#include "pipeline/separability.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kMostOfAPart = 6000;  ///< enough for 128 bands, and quick at 1,024

struct Part {
    std::vector<float> z;
    std::vector<std::uint8_t> shadow;
    std::vector<double> brightness;
};

Eigen::MatrixXd matrixOf(const Part& part, std::size_t channels) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(part.z.data(), static_cast<Eigen::Index>(part.shadow.size()),
                                      static_cast<Eigen::Index>(channels))
        .cast<double>();
}

double balanced(const Eigen::VectorXd& score, const std::vector<std::uint8_t>& shadow, double threshold) {
    double right[2] = {0, 0}, all[2] = {0, 0};
    for (std::size_t i = 0; i < shadow.size(); ++i)
        all[shadow[i]] += 1,
            right[shadow[i]] += (score(static_cast<Eigen::Index>(i)) > threshold) == (shadow[i] == 1) ? 1 : 0;
    return .5 * (right[0] / all[0] + right[1] / all[1]);
}

/// The threshold with the best balanced accuracy on these pixels.
double bestThreshold(const Eigen::VectorXd& score, const std::vector<std::uint8_t>& shadow) {
    std::vector<std::pair<double, std::uint8_t>> sorted;
    double all[2] = {0, 0}, below[2] = {0, 0};
    for (std::size_t i = 0; i < shadow.size(); ++i)
        sorted.emplace_back(score(static_cast<Eigen::Index>(i)), shadow[i]), all[shadow[i]] += 1;
    std::sort(sorted.begin(), sorted.end());
    double best = -1, threshold = 0;
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
        below[sorted[i].second] += 1;
        const double accuracy = below[0] / all[0] + (all[1] - below[1]) / all[1];
        if (accuracy > best) best = accuracy, threshold = .5 * (sorted[i].first + sorted[i + 1].first);
    }
    return threshold;
}

/// Fisher's discriminant of features [pixels, q], with a little ridge, trained and judged.
double discriminant(const Eigen::MatrixXd& train, const std::vector<std::uint8_t>& shadow,
                    const Eigen::MatrixXd& test, const std::vector<std::uint8_t>& truth) {
    Eigen::VectorXd mean[2] = {Eigen::VectorXd::Zero(train.cols()), Eigen::VectorXd::Zero(train.cols())};
    double count[2] = {0, 0};
    for (Eigen::Index i = 0; i < train.rows(); ++i)
        mean[shadow[static_cast<std::size_t>(i)]] += train.row(i).transpose(),
            count[shadow[static_cast<std::size_t>(i)]] += 1;
    Eigen::MatrixXd centred = train;
    for (const int k : {0, 1}) mean[k] /= count[k];
    for (Eigen::Index i = 0; i < train.rows(); ++i)
        centred.row(i) -= mean[shadow[static_cast<std::size_t>(i)]].transpose();
    Eigen::MatrixXd within = centred.transpose() * centred / static_cast<double>(train.rows());
    within.diagonal().array() += 1e-4 * within.trace() / static_cast<double>(within.rows());
    const Eigen::VectorXd w = within.ldlt().solve(mean[1] - mean[0]);
    const Eigen::VectorXd trained = train * w, tested = test * w;
    return balanced(tested, truth, bestThreshold(trained, shadow));
}

void requireBoth(const std::vector<std::uint8_t>& shadow, const char* which) {
    const auto ones = std::count(shadow.begin(), shadow.end(), 1);
    if (ones == 0 || ones == static_cast<std::ptrdiff_t>(shadow.size()))
        throw latent::RunError(std::string("The ") + which +
                               " blocks hold one class only, so separability cannot be measured on them.");
}

}  // namespace

std::vector<std::string> separatorNames() {
    return {"ILR basis", "brightness", "PCA", "LDA, all bands", "ILR, permuted labels"};
}

Separability measureSeparability(const Sample& sample, const Labels& truth, const FitOptions& options,
                                 std::uint64_t seed) {
    const Spectra spectra =
        Spectra::fit(options.preprocessing, sample.x.data(), sample.size(), sample.channels);
    Part part[2];
    std::size_t wanted[2] = {0, 0}, seen[2] = {0, 0};
    const auto labelOf = [&](std::size_t i) {
        return sample.heldOut[i] ? truth[sample.pixel[i]] : sample.labels[i];
    };
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (labelOf(i) >= 0) ++wanted[sample.heldOut[i]];
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const int which = sample.heldOut[i];
        if (labelOf(i) < 0 ||
            seen[which]++ % std::max<std::size_t>(1, (wanted[which] + kMostOfAPart - 1) / kMostOfAPart) != 0)
            continue;
        Part& to = part[which];
        to.z.resize(to.z.size() + sample.channels);
        spectra.prepare(sample.x.data() + i * sample.channels, 1,
                        to.z.data() + to.z.size() - sample.channels);
        to.shadow.push_back(static_cast<std::uint8_t>(labelOf(i)));
        to.brightness.push_back(sample.meanImage[sample.pixel[i]]);
    }
    requireBoth(part[0].shadow, "training");
    requireBoth(part[1].shadow, "held-out");
    const Eigen::MatrixXd train = matrixOf(part[0], sample.channels),
                          test = matrixOf(part[1], sample.channels);
    IlrOptions ilr = options.ilr;
    ilr.chance = 0, ilr.patience = 0, ilr.logistic.threads = options.threads;
    const auto labelled = [&](const Part& p, const std::vector<std::uint8_t>& shadow,
                              const std::vector<float>& weight) {
        return Labelled{p.z.data(), shadow.size(), sample.channels, shadow.data(),
                        weight.empty() ? nullptr : weight.data()};
    };
    const auto basisOf = [&](const std::vector<std::uint8_t>& shadow) {
        const std::vector<float> weight = balancedWeights(shadow);
        return iterate(labelled(part[0], shadow, weight), labelled(part[1], part[1].shadow, {}), ilr).basis;
    };
    Separability result;
    const Eigen::MatrixXd basis = basisOf(part[0].shadow);
    for (Eigen::Index d = 1; d <= basis.cols(); ++d)
        result.byRounds.push_back(discriminant(train * basis.leftCols(d), part[0].shadow,
                                               test * basis.leftCols(d), part[1].shadow));
    const auto brightness = [](const Part& p) {
        return Eigen::VectorXd(-Eigen::Map<const Eigen::VectorXd>(
            p.brightness.data(), static_cast<Eigen::Index>(p.brightness.size())));
    };
    const Eigen::VectorXd dark = brightness(part[0]);
    const Eigen::MatrixXd covariance =
        train.transpose() * train / static_cast<double>(train.rows());  // prepared spectra are centred
    const Eigen::MatrixXd components =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance).eigenvectors().rightCols(basis.cols());
    std::vector<std::uint8_t> permuted(part[0].shadow.size());
    const std::vector<std::uint32_t> order = latent::learn::RandomStream(seed, "separability/permutation")
                                                 .permutation(static_cast<std::uint32_t>(permuted.size()));
    for (std::size_t i = 0; i < permuted.size(); ++i) permuted[i] = part[0].shadow[order[i]];
    const Eigen::MatrixXd nothing = basisOf(permuted);
    result.balancedAccuracy = {
        result.byRounds.back(),
        balanced(brightness(part[1]), part[1].shadow, bestThreshold(dark, part[0].shadow)),
        discriminant(train * components, part[0].shadow, test * components, part[1].shadow),
        discriminant(train, part[0].shadow, test, part[1].shadow),
        discriminant(train * nothing, permuted, test * nothing, part[1].shadow)};
    return result;
}

}  // namespace hyperspectral_shadows
