// SPDX-License-Identifier: Apache-2.0
#include "model/ilr/metric.hpp"

#include <algorithm>
#include <cstring>
#include <latent/learn/parallel.hpp>

#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kRows = 128;  // a block of 1,024 channels, packed twice, is 1 MB: the second cache

/// The pixels that the Hessian is made of, and what each counts. Where few pixels carry nearly all of the curvature (classes that
/// are nearly separated) these are taken whole; else every n-th stands for its neighbours.
void choose(std::span<const float> curvature, std::size_t wanted, std::vector<std::size_t>& rows,
            std::vector<float>& weight) {
    const float largest = *std::max_element(curvature.begin(), curvature.end());
    for (std::size_t i = 0; i < curvature.size() && rows.size() <= wanted; ++i)
        if (curvature[i] > 1e-3F * largest) rows.push_back(i);
    float scale = 1;
    if (rows.size() > wanted) {
        const std::size_t step = std::max<std::size_t>(1, curvature.size() / wanted);
        rows.clear();
        for (std::size_t i = 0; i < curvature.size(); i += step) rows.push_back(i);
        scale = static_cast<float>(curvature.size()) / static_cast<float>(rows.size());
    }
    for (const std::size_t i : rows) weight.push_back(curvature[i] * scale);
}

}  // namespace

HessianMetric::HessianMetric(const Labelled& data, std::span<const float> curvature,
                             const Eigen::MatrixXd& removed, double penalty, int threads) {
    const Kernels& kernels = bestKernels();
    const std::size_t channels = data.channels, padded = (channels + 15) / 16 * 16;
    std::vector<std::size_t> rows;
    std::vector<float> weight;
    choose(curvature, std::min(data.pixels, std::max<std::size_t>(4096, 6 * channels)), rows, weight);

    // Two parts whatever the threads are, so that the sum does not depend on them.
    constexpr std::size_t kParts = 2;
    std::vector<float> grams[kParts], sums[kParts];
    latent::learn::forEachIndex(kParts, threads, [&](std::size_t part) {
        grams[part].assign(padded * padded, 0.0F);
        sums[part].assign(channels, 0.0F);
        std::vector<float> block(kRows * channels), scratch(2 * kRows * padded);
        const std::size_t begin = rows.size() * part / kParts, end = rows.size() * (part + 1) / kParts;
        for (std::size_t at = begin; at < end; at += kRows) {
            const std::size_t count = std::min(kRows, end - at);
            for (std::size_t r = 0; r < count; ++r)
                std::memcpy(block.data() + r * channels, data.z + rows[at + r] * channels,
                            channels * sizeof(float));
            kernels.gram(block.data(), count, channels, weight.data() + at, grams[part].data(),
                         scratch.data());
            kernels.pull(block.data(), count, channels, weight.data() + at, sums[part].data());
        }
    });
    const auto n = static_cast<Eigen::Index>(channels);
    Eigen::MatrixXf h = Eigen::MatrixXf::Zero(n + 1, n + 1);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j)
            h(i, j) = grams[0][static_cast<std::size_t>(i) * padded + static_cast<std::size_t>(j)] +
                      grams[1][static_cast<std::size_t>(i) * padded + static_cast<std::size_t>(j)];
        h(n, i) = sums[0][static_cast<std::size_t>(i)] + sums[1][static_cast<std::size_t>(i)];
    }
    double total = 0;
    for (const float c : weight) total += c;
    h(n, n) = static_cast<float>(std::max(total, 1e-12));
    h = h.selfadjointView<Eigen::Lower>();
    if (removed.cols() > 0) {
        // P H P for the projector away from the directions, intercept untouched.
        const Eigen::MatrixXf u = removed.cast<float>();
        const Eigen::MatrixXf hu = h.leftCols(n) * u;  // [n + 1, d]
        const Eigen::MatrixXf core = u.transpose() * hu.topRows(n);
        Eigen::MatrixXf extended = Eigen::MatrixXf::Zero(n + 1, u.cols());
        extended.topRows(n) = u;
        h -= hu * extended.transpose() + extended * hu.transpose();
        h += extended * core * extended.transpose();
    }
    const float jitter = 1e-6F * h.diagonal().head(n).mean();
    h.diagonal().head(n).array() += static_cast<float>(penalty) + jitter;
    for (float more = std::max(jitter, 1e-6F);; more *= 100) {
        m_factor.compute(h);
        if (m_factor.info() == Eigen::Success || more > 1e20F) break;
        h.diagonal().array() += more;  // a metric may be wrong by a little; it only may not be indefinite
    }
}

Eigen::VectorXd HessianMetric::solve(const Eigen::VectorXd& gradient) const {
    return m_factor.solve(gradient.cast<float>()).cast<double>();
}

}  // namespace hyperspectral_shadows
