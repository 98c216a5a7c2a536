// SPDX-License-Identifier: Apache-2.0
#include "pipeline/sunlight.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <vector>

#include "pipeline/percentile.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr Eigen::Index kDegree = 3;  ///< of the reflectance against wavelength
constexpr std::size_t kMost = 4000;  ///< pixels of a class that lines and directions are made from
constexpr double kLit = 1, kShadow = 2, kLeast = 4;  ///< deviations, as the header says them
constexpr double kDarkest = .05;  ///< share of the sure shadow that is darker than what may be lit

Eigen::VectorXd spectrumAt(const float* x, std::size_t pixel, std::size_t channels) {
    return Eigen::Map<const Eigen::VectorXf>(x + pixel * channels, static_cast<Eigen::Index>(channels))
        .cast<double>();
}

/// Some of the pixels with this label, spread over all of them.
std::vector<std::size_t> someOf(const Labels& labels, std::int8_t label) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == label) all.push_back(i);
    const std::size_t step = std::max<std::size_t>(1, (all.size() + kMost - 1) / kMost);
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < all.size(); i += step) some.push_back(all[i]);
    return some;
}

/// How far off the line of lit pixels a spectrum lies.
class SunlitLine {
  public:
    SunlitLine(const float* x, std::size_t channels, const std::vector<std::size_t>& bright,
               const std::vector<std::size_t>& dark)
        : m_x(x), m_channels(channels) {
        const auto n = static_cast<Eigen::Index>(channels);
        Eigen::VectorXd sun = Eigen::VectorXd::Zero(n);
        for (const std::size_t i : bright)
            sun += spectrumAt(x, i, channels) / static_cast<double>(bright.size());
        Eigen::MatrixXd reflected(n, kDegree + 1);
        for (Eigen::Index c = 0; c < n; ++c)
            for (Eigen::Index k = 0; k <= kDegree; ++k)
                reflected(c, k) =
                    sun(c) * std::pow(2.0 * static_cast<double>(c) /
                                              static_cast<double>(std::max<Eigen::Index>(1, n - 1)) -
                                          1,
                                      static_cast<double>(k));
        m_reflected = Eigen::HouseholderQR<Eigen::MatrixXd>(reflected).householderQ() *
                      Eigen::MatrixXd::Identity(n, kDegree + 1);
        // The direction in which most is left of dark pixels.
        Eigen::MatrixXd second = Eigen::MatrixXd::Zero(n, n);
        Eigen::MatrixXd left(n, static_cast<Eigen::Index>(dark.size()));
        for (std::size_t i = 0; i < dark.size(); ++i)
            left.col(static_cast<Eigen::Index>(i)) = leftOf(dark[i]) / sun.mean();
        second.selfadjointView<Eigen::Lower>().rankUpdate(left);
        m_direction =
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(second).eigenvectors().rightCols(1) / sun.mean();
        // u = c0 + c1 m by least squares over the bright ones.
        double sm = 0, su = 0, smm = 0, smu = 0;
        for (const std::size_t i : bright) {
            const double m = spectrumAt(x, i, channels).mean(), u = m_direction.dot(leftOf(i));
            sm += m, su += u, smm += m * m, smu += m * u;
        }
        const double count = static_cast<double>(bright.size()), spread = smm - sm * sm / count;
        m_slope = spread > 0 ? (smu - sm * su / count) / spread : 0;
        m_offset = (su - m_slope * sm) / count;
        double sum = 0;
        for (const std::size_t i : dark) sum += off(i);
        if (sum < 0)
            m_direction = -m_direction, m_slope = -m_slope, m_offset = -m_offset;  // shadow lies above
    }
    double off(std::size_t pixel) const {
        return m_direction.dot(leftOf(pixel)) - m_offset -
               m_slope * spectrumAt(m_x, pixel, m_channels).mean();
    }

  private:
    Eigen::VectorXd leftOf(std::size_t pixel) const {
        Eigen::VectorXd v = spectrumAt(m_x, pixel, m_channels);
        v -= m_reflected * (m_reflected.transpose() * v).eval();
        return v;
    }
    const float* m_x;
    std::size_t m_channels;
    Eigen::MatrixXd m_reflected;  ///< [channels, 4], orthonormal
    Eigen::VectorXd m_direction;
    double m_slope = 0, m_offset = 0;
};

}  // namespace

Sunlight relabelBySunlight(const float* x, std::size_t pixels, std::size_t channels, Labels& labels) {
    Sunlight result;
    const std::vector<std::size_t> bright = someOf(labels, 0), dark = someOf(labels, 1);
    // Fewer tell no line; and a cubic must leave something of a spectrum.
    if (bright.size() < 30 || dark.size() < 30 || channels < 4 * (kDegree + 1)) return result;
    const SunlitLine line(x, channels, bright, dark);
    std::vector<double> ofBright, ofDark;
    for (const std::size_t i : bright) ofBright.push_back(line.off(i));
    for (const std::size_t i : dark) ofDark.push_back(line.off(i));
    const double middle = percentile(ofBright, .5);
    for (double& v : ofBright) v = std::abs(v - middle);
    const double deviation =
        1.4826 * percentile(ofBright, .5);  // of the median, which few clouds or mixed pixels do not move
    result.apart = deviation > 0 ? percentile(ofDark, .9) / deviation : 0;
    result.tells = result.apart >= kLeast;
    if (!result.tells) return result;
    std::vector<double> off(pixels, kShadow), shadows;
    for (std::size_t i = 0; i < pixels; ++i) {
        if (labels[i] != 1) continue;
        off[i] = line.off(i) / deviation;
        if (off[i] >= kShadow) shadows.push_back(spectrumAt(x, i, channels).mean());
    }
    const double darkest =
        percentile(shadows, kDarkest);  // there are some: the clearest tenth lies above kLeast
    for (std::size_t i = 0; i < pixels; ++i) {
        if (off[i] >= kShadow) continue;
        const bool lit = off[i] < kLit && spectrumAt(x, i, channels).mean() > darkest;
        labels[i] = lit ? std::int8_t{0} : std::int8_t{-1};
        ++(lit ? result.lit : result.unsure);
    }
    return result;
}

}  // namespace hyperspectral_shadows
