// SPDX-License-Identifier: Apache-2.0
#include "measures/context_curves.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "graphs/no_number.hpp"

namespace icl_graphs {
namespace {

constexpr int kPlaces = 200, kFolds = 5;
constexpr std::size_t kFewestPoints = 5;

struct Points {
    std::vector<double> u, y;  // u = ln x, ascending
};

Points clean(std::span<const double> x, std::span<const double> y) {
    std::vector<std::pair<double, double>> all;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i] > 0 && std::isfinite(y[i])) all.emplace_back(std::log(x[i]), y[i]);
    std::sort(all.begin(), all.end());
    Points p;
    for (const auto& [u, v] : all) {
        p.u.push_back(u);
        p.y.push_back(v);
    }
    return p;
}

/// Two points at each end at least, or a segment has no slope of its own.
template <class Try>
void forEachKnee(const Points& p, const Try& tryOne) {
    const double low = p.u[1], high = p.u[p.u.size() - 2];
    for (int k = 0; k <= kPlaces; ++k) tryOne(low + (high - low) * k / kPlaces);
}

std::optional<BrokenLine> fitLine(const Points& p) {
    if (p.u.size() < kFewestPoints || p.u.front() == p.u.back()) return std::nullopt;
    std::optional<BrokenLine> best;
    const auto rows = static_cast<Eigen::Index>(p.u.size());
    Eigen::MatrixXd a(rows, 3);
    const Eigen::Map<const Eigen::VectorXd> y(p.y.data(), rows);
    forEachKnee(p, [&](double knee) {
        for (Eigen::Index i = 0; i < rows; ++i)
            a.row(i) << 1, std::min(p.u[static_cast<std::size_t>(i)] - knee, 0.),
                std::max(p.u[static_cast<std::size_t>(i)] - knee, 0.);
        const Eigen::Vector3d s = a.colPivHouseholderQr().solve(y);
        const double squares = (a * s - y).squaredNorm();
        if (!best || squares < best->squares) best = BrokenLine{knee, s(0), s(1), s(2), squares};
    });
    return best;
}

std::optional<Sigmoid> fitSmooth(const Points& p) {
    if (p.u.size() < kFewestPoints || p.u.front() == p.u.back()) return std::nullopt;
    std::optional<Sigmoid> best;
    const auto rows = static_cast<Eigen::Index>(p.u.size());
    Eigen::MatrixXd a(rows, 2);
    const Eigen::Map<const Eigen::VectorXd> y(p.y.data(), rows);
    const double span = p.u.back() - p.u.front();
    // Levels are linear once middle and width are set, so only these two are searched: a grid, then twice as fine around the best.
    double middleLow = p.u.front() - span / 2, middleHigh = p.u.back() + span / 2,
           widthLow = std::log(span / 100), widthHigh = std::log(span * 2);
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i <= 24; ++i)
            for (int j = 0; j <= 16; ++j) {
                const double middle = middleLow + (middleHigh - middleLow) * i / 24,
                             width = std::exp(widthLow + (widthHigh - widthLow) * j / 16);
                for (Eigen::Index r = 0; r < rows; ++r)
                    a.row(r) << 1, 1 / (1 + std::exp(-(p.u[static_cast<std::size_t>(r)] - middle) / width));
                const Eigen::Vector2d s = a.colPivHouseholderQr().solve(y);
                const double squares = (a * s - y).squaredNorm();
                if (!best || squares < best->squares)
                    best = Sigmoid{s(0), s(0) + s(1), middle, width, squares};
            }
        const double m = (middleHigh - middleLow) / 8, w = (widthHigh - widthLow) / 6;
        middleLow = best->middle - m, middleHigh = best->middle + m, widthLow = std::log(best->width) - w,
        widthHigh = std::log(best->width) + w;
    }
    return best;
}

}  // namespace

double BrokenLine::criticalContext() const { return std::exp(knee); }
double BrokenLine::at(double x) const { return valueAt(std::log(x)); }
double BrokenLine::valueAt(double u) const { return level + (u < knee ? before : after) * (u - knee); }
double Sigmoid::at(double x) const {
    return low + (high - low) / (1 + std::exp(-(std::log(x) - middle) / width));
}
double PowerLaw::at(double x) const { return std::exp(logScale + exponent * std::log(x)); }

std::optional<BrokenLine> fitBrokenLine(std::span<const double> x, std::span<const double> y) {
    return fitLine(clean(x, y));
}
std::optional<Sigmoid> fitSigmoid(std::span<const double> x, std::span<const double> y) {
    return fitSmooth(clean(x, y));
}

std::optional<SlopeRatio> compareSlopes(std::span<const double> x, std::span<const double> y) {
    constexpr double kPi = std::numbers::pi;
    constexpr int kSteps = 3600;  // of half a turn
    const Points p = clean(x, y);
    const auto line = fitLine(p);
    if (!line) return std::nullopt;
    // Angles of (before, after) are in an order where ratios are not: past infinity when the slope before vanishes.
    const auto n = static_cast<double>(p.u.size());
    const double way = line->valueAt(p.u.back()) < line->valueAt(p.u.front()) ? -1 : 1,
                 best = std::atan2(way * line->after, way * line->before);
    const auto ratio = [](double at) { return std::abs(at) < kPi / 2 ? std::tan(at) : kNan; };
    SlopeRatio s{*line, ratio(best), kNan, kNan};

    // Of each knee the sums of the two segments and of y, all from their means: then every angle is a line through nothing.
    struct Sums {
        double left = 0, both = 0, right = 0, leftY = 0, rightY = 0;
    };
    const double mean = std::accumulate(p.y.begin(), p.y.end(), 0.0) / n;
    double spread = 0;
    for (const double v : p.y) spread += (v - mean) * (v - mean);
    std::vector<Sums> knees;
    forEachKnee(p, [&](double knee) {
        double leftMean = 0, rightMean = 0;
        for (const double u : p.u) {
            leftMean += std::min(u - knee, 0.) / n;
            rightMean += std::max(u - knee, 0.) / n;
        }
        Sums sums;
        for (std::size_t i = 0; i < p.u.size(); ++i) {
            const double l = std::min(p.u[i] - knee, 0.) - leftMean,
                         r = std::max(p.u[i] - knee, 0.) - rightMean, v = way * (p.y[i] - mean);
            sums.left += l * l, sums.both += l * r, sums.right += r * r, sums.leftY += l * v,
                sums.rightY += r * v;
        }
        knees.push_back(sums);
    });
    const boost::math::fisher_f distribution(1, std::max(n - 4, 1.));
    const double most = line->squares * (1 + boost::math::quantile(distribution, .95) / std::max(n - 4, 1.)) +
                        1e-12 * spread;  // rounding, where the line goes through all points
    const auto isAccepted = [&](double angle) {
        const double c = std::cos(angle), d = std::sin(angle);
        return std::any_of(knees.begin(), knees.end(), [&](const Sums& k) {
            const double along = std::max(c * k.leftY + d * k.rightY, 0.),
                         length = c * c * k.left + 2 * c * d * k.both + d * d * k.right;
            return spread - (length > 0 ? along * along / length : 0) <= most;
        });
    };
    double low = best, high = best;
    for (int i = 1; i <= kSteps; ++i) {
        const double step = kPi * i / kSteps;
        if (isAccepted(best - step)) low = best - step;
        if (isAccepted(best + step)) high = best + step;
    }
    s.low = ratio(low);
    s.high = ratio(high);
    return s;
}

std::optional<PowerLaw> fitPowerLaw(std::span<const double> x, std::span<const double> y) {
    std::vector<double> u, v;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i] > 0 && y[i] > 0 && std::isfinite(y[i])) {
            u.push_back(std::log(x[i]));
            v.push_back(std::log(y[i]));
        }
    const auto n = static_cast<double>(u.size());
    if (u.size() < 2) return std::nullopt;
    double mu = 0, mv = 0, uu = 0, uv = 0, rest = 0;
    for (std::size_t i = 0; i < u.size(); ++i) mu += u[i] / n, mv += v[i] / n;
    for (std::size_t i = 0; i < u.size(); ++i)
        uu += (u[i] - mu) * (u[i] - mu), uv += (u[i] - mu) * (v[i] - mv);
    if (!(uu > 0)) return std::nullopt;
    PowerLaw law{uv / uu, mv - uv / uu * mu, 0};
    for (std::size_t i = 0; i < u.size(); ++i) rest += std::pow(v[i] - law.logScale - law.exponent * u[i], 2);
    law.exponentError = n > 2 ? std::sqrt(rest / (n - 2) / uu) : 0;
    return law;
}

std::optional<OnsetComparison> compareOnset(std::span<const double> x, std::span<const double> y) {
    const Points all = clean(x, y);
    if (all.u.size() < kFewestPoints + 2) return std::nullopt;
    OnsetComparison c;
    double smooth[2] = {0, 0};
    for (int fold = 0; fold < kFolds; ++fold) {
        Points kept, held;
        for (std::size_t i = 0; i < all.u.size(); ++i) {
            Points& to = static_cast<int>(i % kFolds) == fold ? held : kept;
            to.u.push_back(all.u[i]);
            to.y.push_back(all.y[i]);
        }
        const auto line = fitLine(kept);
        const auto sigmoid = fitSmooth(kept);
        std::vector<double> x0,
            y0;  // a power law of the distance from its start would need positive values; accuracy and energy have them
        for (std::size_t i = 0; i < kept.u.size(); ++i)
            x0.push_back(std::exp(kept.u[i])), y0.push_back(kept.y[i]);
        const auto power = fitPowerLaw(x0, y0);
        if (!line || !sigmoid) return std::nullopt;
        for (std::size_t i = 0; i < held.u.size(); ++i) {
            const double at = std::exp(held.u[i]), n = static_cast<double>(all.u.size());
            c.heldOutBroken += std::pow(line->at(at) - held.y[i], 2) / n;
            smooth[0] += std::pow(sigmoid->at(at) - held.y[i], 2) / n;
            smooth[1] += power ? std::pow(power->at(at) - held.y[i], 2) / n : 1e300;
        }
    }
    c.heldOutSmooth = std::min(smooth[0], smooth[1]);
    c.heldOutRatio = c.heldOutSmooth > 0 ? c.heldOutBroken / c.heldOutSmooth : 1;
    return c;
}

std::optional<double> halfChange(std::span<const double> x, std::span<const double> y, double least) {
    const Points p = clean(x, y);
    if (p.u.size() < kFewestPoints) return std::nullopt;
    const std::size_t end = std::max<std::size_t>(p.u.size() / 10, 1);
    double first = 0, last = 0;
    for (std::size_t i = 0; i < end; ++i) {
        first += p.y[i] / static_cast<double>(end);
        last += p.y[p.y.size() - 1 - i] / static_cast<double>(end);
    }
    if (std::abs(last - first) <= least) return std::nullopt;
    const auto way = [&](std::size_t i) { return (p.y[i] - first) / (last - first); };
    for (std::size_t i = 1; i < p.u.size(); ++i) {
        if (way(i) < .5) continue;
        const double a = way(i - 1), b = way(i), part = b > a ? std::clamp((.5 - a) / (b - a), 0., 1.) : 1.;
        return std::exp(p.u[i - 1] + part * (p.u[i] - p.u[i - 1]));
    }
    return std::nullopt;
}

std::vector<double> meanBefore(std::span<const double> values, std::span<const std::int64_t> positions,
                               std::span<const std::int64_t> contexts, std::int64_t window) {
    std::vector<double> means;
    for (const std::int64_t c : contexts) {
        double sum = 0, count = 0;
        for (std::size_t t = 0; t < values.size(); ++t)
            if (positions[t] < c && positions[t] >= c - window && std::isfinite(values[t]))
                sum += values[t], ++count;
        means.push_back(count > 0 ? sum / count : kNan);
    }
    return means;
}

std::vector<double> meanBefore(std::span<const double> curve, std::span<const std::int64_t> contexts,
                               std::int64_t window) {
    std::vector<double> means;
    const auto length = static_cast<std::int64_t>(curve.size());
    for (const std::int64_t c : contexts) {
        double sum = 0, count = 0;
        for (std::int64_t t = std::max<std::int64_t>(0, c - window); t < std::min(c, length); ++t)
            if (const double value = curve[static_cast<std::size_t>(t)]; std::isfinite(value))
                sum += value, ++count;
        means.push_back(count > 0 ? sum / count : kNan);
    }
    return means;
}

}  // namespace icl_graphs
