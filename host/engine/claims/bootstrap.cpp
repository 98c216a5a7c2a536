// SPDX-License-Identifier: Apache-2.0
// The bias-corrected accelerated bootstrap of the mean (Efron 1987), never narrower than the interval of
// mean_bounds.cpp.
//
// The random numbers are a counter passed through SplitMix64, seeded by FNV-1a of the claim's id: no state,
// no thread, and the same limits on every machine. For the distribution G of the resampled means, z0 =
// Phi^-1(G(mean)) and a = sum d^3 / (6 (sum d^2)^1.5) over the jackknife, the limit of tail p is G^-1(Phi(z0
// + (z0 + z_p)/(1 - a (z0 + z_p)))).
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "engine/claims/bounds.hpp"

namespace latent::engine::claims {
namespace {

constexpr std::size_t kResamples = 5000;

std::uint64_t splitMix(std::uint64_t counter) {
    std::uint64_t z = counter * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

std::uint64_t hashOf(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

double phi(double z) { return boost::math::cdf(boost::math::normal_distribution<>(), z); }
double phiInverse(double p) { return boost::math::quantile(boost::math::normal_distribution<>(), p); }

class BootstrapBounds final : public Bounds {
  public:
    BootstrapBounds(const std::vector<double>& units, const std::string& seedText)
        : m_student(meanBounds(units)) {
        resample(units, splitMix(hashOf(seedText)));
        const double mean = m_student->estimate();
        double scale = 0;
        for (const double x : units) scale = std::max(scale, std::abs(x - mean));
        double second = 0;
        double third = 0;
        for (const double x : units) {
            // Leaving a unit out moves the mean by (mean - x)/(n - 1); that factor and the scale cancel in
            // the ratio.
            const double d = (x - mean) / scale;
            second += d * d;
            third += d * d * d;
        }
        m_acceleration = third / (6 * std::pow(second, 1.5));
        m_bias = phiInverse(inside(fractionBelow(mean)));
    }

    double estimate() const override { return m_student->estimate(); }
    double lower(double tail) const override { return std::min(m_student->lower(tail), limit(tail)); }
    double upper(double tail) const override { return std::max(m_student->upper(tail), limit(1 - tail)); }
    double pAbove(double x) const override {
        const auto notAbove = std::upper_bound(m_means.begin(), m_means.end(), x) - m_means.begin();
        return std::max(m_student->pAbove(x), tailOf(notAbove));
    }
    double pBelow(double x) const override {
        const auto below = std::lower_bound(m_means.begin(), m_means.end(), x) - m_means.begin();
        return std::max(m_student->pBelow(x), 1 - tailOf(below));
    }

  private:
    void resample(const std::vector<double>& units, std::uint64_t seed) {
        const std::size_t n = units.size();
        m_means.reserve(kResamples);
        std::uint64_t counter = seed;
        for (std::size_t b = 0; b < kResamples; ++b) {
            double sum = 0;
            for (std::size_t i = 0; i < n; ++i) {
                // The upper half of the bits times n: no modulo, a bias below n / 2^32.
                sum += units[static_cast<std::size_t>(((splitMix(counter++) >> 32) * n) >> 32)];
            }
            m_means.push_back(sum / static_cast<double>(n));
        }
        std::sort(m_means.begin(), m_means.end());
    }

    /// Kept half a resample away from 0 and 1, where the normal quantile is infinite.
    static double inside(double p) {
        const double half = 0.5 / static_cast<double>(kResamples);
        return std::clamp(p, half, 1 - half);
    }
    /// Ties count half, as a mean of few units repeats its values.
    double fractionBelow(double x) const {
        const auto [first, last] = std::equal_range(m_means.begin(), m_means.end(), x);
        const auto twice = (first - m_means.begin()) + (last - m_means.begin());
        return static_cast<double>(twice) / (2.0 * static_cast<double>(kResamples));
    }
    double limit(double tail) const {
        const double z = m_bias + phiInverse(tail);
        const double p = inside(phi(m_bias + z / (1 - m_acceleration * z)));
        const double at = p * static_cast<double>(kResamples);
        return m_means[std::min(kResamples - 1, static_cast<std::size_t>(at))];
    }
    /// The inverse of limit(): the tail at which it passes the first `count` resamples. Beyond the last
    /// resample the bootstrap has nothing to say, and Student's t alone decides.
    double tailOf(std::ptrdiff_t count) const {
        if (count == 0) return 0;
        if (count == static_cast<std::ptrdiff_t>(kResamples)) return 1;
        const double w = phiInverse(static_cast<double>(count) / static_cast<double>(kResamples)) - m_bias;
        return phi(w / (1 + m_acceleration * w) - m_bias);
    }

    std::unique_ptr<Bounds> m_student;
    std::vector<double> m_means;
    double m_acceleration = 0;
    double m_bias = 0;
};

}  // namespace

std::unique_ptr<Bounds> bootstrapBounds(const std::vector<double>& units, const std::string& seedText) {
    return std::make_unique<BootstrapBounds>(units, seedText);
}

}  // namespace latent::engine::claims
