// SPDX-License-Identifier: Apache-2.0
#include "pipeline/methane.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "pipeline/labels.hpp"

namespace hyperspectral_shadows {

MatchedFilter::MatchedFilter(const float* x, std::size_t pixels, std::size_t channels,
                             const std::vector<float>& signature) {
    const auto n = static_cast<Eigen::Index>(channels);
    m_mean = Eigen::VectorXd::Zero(n);
    using Row = Eigen::Map<const Eigen::VectorXf>;
    for (std::size_t i = 0; i < pixels; ++i)
        m_mean += Row(x + i * channels, n).cast<double>() / static_cast<double>(pixels);
    Eigen::MatrixXd s = Eigen::MatrixXd::Zero(n, n);
    const double norm = m_mean.squaredNorm();
    for (std::size_t i = 0; i < pixels; ++i) {
        const Eigen::VectorXd v = Row(x + i * channels, n).cast<double>();
        s.selfadjointView<Eigen::Lower>().rankUpdate(v * (norm / v.dot(m_mean)) - m_mean,
                                                     1.0 / static_cast<double>(pixels));
    }
    s = s.selfadjointView<Eigen::Lower>();
    s.diagonal().array() += 1e-3 * s.trace() / static_cast<double>(n);
    // Dividing by the albedo takes everything along the mean away, so the target must not have that part either.
    Eigen::VectorXd target =
        m_mean.array() * Eigen::Map<const Eigen::VectorXf>(signature.data(), n).cast<double>().array();
    target -= m_mean * (target.dot(m_mean) / norm);
    m_filter = s.ldlt().solve(target);
    m_filter /= target.dot(m_filter);
}

void MatchedFilter::apply(const float* x, std::size_t pixels, float* enhancement) const {
    const Eigen::Index n = m_mean.size();
    const double offset = m_mean.dot(m_filter), norm = m_mean.squaredNorm();
    for (std::size_t i = 0; i < pixels; ++i) {
        const Eigen::VectorXd v =
            Eigen::Map<const Eigen::VectorXf>(x + i * static_cast<std::size_t>(n), n).cast<double>();
        enhancement[i] = static_cast<float>(v.dot(m_filter) * norm / v.dot(m_mean) - offset);
    }
}

MethaneScore scoreMethane(const std::vector<float>& found, const std::vector<float>& truth,
                          const std::vector<float>& coverage) {
    MethaneScore s;
    double ft = 0, tt = 0, empty = 0, square = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!(coverage[i] > kMaskAbove) || !std::isfinite(found[i])) continue;
        if (truth[i] > .01F)
            ft += static_cast<double>(found[i]) * truth[i], tt += static_cast<double>(truth[i]) * truth[i],
                s.bias += found[i] - truth[i], s.pixels += 1;
        if (truth[i] == 0) square += static_cast<double>(found[i]) * found[i], empty += 1;
    }
    s.slope = ft / tt, s.bias /= s.pixels, s.falseEnhancement = std::sqrt(square / empty);
    return s;
}

}  // namespace hyperspectral_shadows
