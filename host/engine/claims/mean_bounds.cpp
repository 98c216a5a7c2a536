// SPDX-License-Identifier: Apache-2.0
// Student's t for the mean of the units, widened where the units are skewed (Hall 1992).
//
// With t(x) = sqrt(n) (mean - x) / s and the sample skewness g, Hall's transformation
//     h(t) = t + g t^2 / (3 sqrt n) + g^2 t^3 / (27 n) + g / (6 sqrt n)
// removes the first-order effect of skewness on t and is monotone, so that it inverts in closed form. Each
// p-value is the larger of the two, each limit the outer one: the interval is never narrower than Student's.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "engine/claims/bounds.hpp"

namespace latent::engine::claims {
namespace {

// In double: long double is several times slower and adds nothing to 12 digits.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using StudentsT = boost::math::students_t_distribution<double, InDouble>;

class MeanBounds final : public Bounds {
  public:
    explicit MeanBounds(const std::vector<double>& units)
        : m_root(std::sqrt(static_cast<double>(units.size()))),
          m_student(static_cast<double>(units.size() - 1)) {
        const auto n = static_cast<double>(units.size());
        // Around the first unit and in parts of the spread, so that neither a common offset nor the scale
        // costs digits.
        const double origin = units.front();
        double scale = 0;
        for (const double x : units) scale = std::max(scale, std::abs(x - origin));
        for (const double x : units) m_mean += (x - origin) / scale / n;
        double second = 0;
        double third = 0;
        for (const double x : units) {
            const double d = (x - origin) / scale - m_mean;
            second += d * d;
            third += d * d * d;
        }
        m_mean = origin + scale * m_mean;
        m_error = scale * std::sqrt(second / (n - 1)) / m_root;
        // The adjusted skewness (Joanes and Gill 1998, G1), which is less biased towards 0 in few units.
        if (units.size() > 2)
            m_skewness = (third / n) / std::pow(second / n, 1.5) * std::sqrt(n * (n - 1)) / (n - 2);
    }

    double estimate() const override { return m_mean; }
    double lower(double tail) const override {
        const double c = boost::math::quantile(boost::math::complement(m_student, tail));
        return m_mean - std::max(c, unskew(c)) * m_error;
    }
    double upper(double tail) const override {
        const double c = boost::math::quantile(m_student, tail);
        return m_mean - std::min(c, unskew(c)) * m_error;
    }
    double pAbove(double x) const override {
        const double t = (m_mean - x) / m_error;
        return boost::math::cdf(boost::math::complement(m_student, std::min(t, skew(t))));
    }
    double pBelow(double x) const override {
        const double t = (m_mean - x) / m_error;
        return boost::math::cdf(m_student, std::max(t, skew(t)));
    }

  private:
    double skew(double t) const {
        const double a = m_skewness / (3 * m_root);
        return t + a * t * t + a * a * t * t * t / 3 + m_skewness / (6 * m_root);
    }
    double unskew(double h) const {
        const double a = m_skewness / (3 * m_root);
        if (std::abs(a) < 1e-9) return h;
        return (std::cbrt(1 + 3 * a * (h - m_skewness / (6 * m_root))) - 1) / a;
    }

    double m_root;
    StudentsT m_student;
    double m_mean = 0;
    double m_error = 0;
    double m_skewness = 0;
};

}  // namespace

std::unique_ptr<Bounds> meanBounds(const std::vector<double>& units) {
    return std::make_unique<MeanBounds>(units);
}

}  // namespace latent::engine::claims
