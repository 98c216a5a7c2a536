// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/bounds.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace latent::engine::claims {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// P(X >= k) for X ~ Binomial(n, 1/2).
double halfTail(std::size_t n, std::size_t k) {
    if (k == 0) return 1;
    const boost::math::binomial_distribution<> fair(static_cast<double>(n), 0.5);
    return boost::math::cdf(boost::math::complement(fair, static_cast<double>(k - 1)));
}

/// Inverse of the sign test. Units equal to x count for neither side, which only makes it more cautious.
class MedianBounds final : public Bounds {
  public:
    explicit MedianBounds(std::vector<double> units) : m_sorted(std::move(units)) {
        std::sort(m_sorted.begin(), m_sorted.end());
    }

    double estimate() const override {
        const std::size_t n = m_sorted.size();
        return n % 2 == 1 ? m_sorted[n / 2] : std::midpoint(m_sorted[n / 2 - 1], m_sorted[n / 2]);
    }
    double lower(double tail) const override {
        const std::size_t k = order(tail);
        return k == 0 ? -kInfinity : m_sorted[k - 1];
    }
    double upper(double tail) const override {
        const std::size_t k = order(tail);
        return k == 0 ? kInfinity : m_sorted[m_sorted.size() - k];
    }
    double pAbove(double x) const override {
        const auto above = m_sorted.end() - std::upper_bound(m_sorted.begin(), m_sorted.end(), x);
        return halfTail(m_sorted.size(), static_cast<std::size_t>(above));
    }
    double pBelow(double x) const override {
        const auto below = std::lower_bound(m_sorted.begin(), m_sorted.end(), x) - m_sorted.begin();
        return halfTail(m_sorted.size(), static_cast<std::size_t>(below));
    }

  private:
    /// The largest k for which the k-th smallest unit is a lower limit: P(X >= n - k + 1) <= tail. 0: there
    /// is none.
    std::size_t order(double tail) const {
        const std::size_t n = m_sorted.size();
        std::size_t k = 0;
        while (k < n && halfTail(n, n - k) <= tail) ++k;
        return k;
    }

    std::vector<double> m_sorted;
};

/// Clopper and Pearson 1934.
class ProportionBounds final : public Bounds {
  public:
    ProportionBounds(std::size_t successes, std::size_t trials)
        : m_k(static_cast<double>(successes)), m_n(static_cast<double>(trials)) {}

    double estimate() const override { return m_k / m_n; }
    double lower(double tail) const override {
        return m_k == 0 ? 0
                        : boost::math::quantile(boost::math::beta_distribution<>(m_k, m_n - m_k + 1), tail);
    }
    double upper(double tail) const override {
        if (m_k == m_n) return 1;
        const boost::math::beta_distribution<> beta(m_k + 1, m_n - m_k);
        return boost::math::quantile(boost::math::complement(beta, tail));
    }
    double pAbove(double x) const override {
        if (x < 0) return 0;  // a margin may reach outside [0, 1], where no proportion is
        if (m_k == 0 || x >= 1) return 1;
        return boost::math::ibeta(m_k, m_n - m_k + 1, x);
    }
    double pBelow(double x) const override {
        if (x > 1) return 0;
        if (m_k == m_n || x <= 0) return 1;
        return boost::math::ibetac(m_k + 1, m_n - m_k, x);
    }

  private:
    double m_k;
    double m_n;
};

class ExponentialBounds final : public Bounds {
  public:
    explicit ExponentialBounds(std::unique_ptr<Bounds> logarithm) : m_logarithm(std::move(logarithm)) {}

    double estimate() const override { return std::exp(m_logarithm->estimate()); }
    double lower(double tail) const override { return std::exp(m_logarithm->lower(tail)); }
    double upper(double tail) const override { return std::exp(m_logarithm->upper(tail)); }
    double pAbove(double x) const override { return x <= 0 ? 0 : m_logarithm->pAbove(std::log(x)); }
    double pBelow(double x) const override { return x <= 0 ? 1 : m_logarithm->pBelow(std::log(x)); }

  private:
    std::unique_ptr<Bounds> m_logarithm;
};

/// The one number of each unit: the value, a - b or log(a / b), less the mean of its matched null draws.
std::vector<double> unitNumbers(Interval interval, const Sample& sample) {
    std::vector<double> units = sample.first;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (interval == Interval::PairedRatio) {
            units[i] = std::log(sample.first[i] / sample.second[i]);
        } else if (sample.form == Sample::Form::Paired) {
            units[i] -= sample.second[i];
        }
        if (sample.nullDraws.empty()) continue;
        const std::vector<double>& draws = sample.nullDraws[i];
        units[i] -= std::accumulate(draws.begin(), draws.end(), 0.0) / static_cast<double>(draws.size());
    }
    return units;
}

}  // namespace

std::unique_ptr<Bounds> medianBounds(std::vector<double> units) {
    return std::make_unique<MedianBounds>(std::move(units));
}

std::unique_ptr<Bounds> proportionBounds(std::size_t successes, std::size_t trials) {
    return std::make_unique<ProportionBounds>(successes, trials);
}

std::unique_ptr<Bounds> exponentialOf(std::unique_ptr<Bounds> ofLogarithms) {
    return std::make_unique<ExponentialBounds>(std::move(ofLogarithms));
}

bool allTheSame(const std::vector<double>& units) {
    const auto [least, most] = std::minmax_element(units.begin(), units.end());
    return *most - *least <= 1e-12 * std::max(std::abs(*least), std::abs(*most));
}

std::unique_ptr<Bounds> makeBounds(Interval interval, const Sample& sample, const std::string& seedText) {
    if (interval == Interval::Proportion) {
        const auto successes = std::count(sample.first.begin(), sample.first.end(), 1.0);
        return proportionBounds(static_cast<std::size_t>(successes), sample.first.size());
    }
    std::vector<double> units = unitNumbers(interval, sample);
    if (interval == Interval::Median || interval == Interval::PairedMedian)
        return medianBounds(std::move(units));
    // Without any spread a mean has no scale to be judged on; see the header.
    std::unique_ptr<Bounds> bounds = allTheSame(units)                     ? medianBounds(units)
                                     : interval == Interval::MeanBootstrap ? bootstrapBounds(units, seedText)
                                                                           : meanBounds(units);
    return interval == Interval::PairedRatio ? exponentialOf(std::move(bounds)) : std::move(bounds);
}

}  // namespace latent::engine::claims
