// SPDX-License-Identifier: Apache-2.0
#include "model/scene/gas.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace hyperspectral_shadows {
namespace {

constexpr double kDopplerNm = .012,
                 kPressureNm = .05;  ///< widths of all lines: what matters here is where light is absorbed
constexpr double kWingNm = 8;

using Complex = std::complex<double>;

/// w(z) for Im z ≥ 0 by Weideman's rational series with 32 terms (SIAM J. Numer. Anal. 31, 1994); relative error about 1e-12.
Complex faddeeva(Complex z) {
    constexpr int kTerms = 32, kPoints = 4 * kTerms;
    static const double kScale = std::sqrt(kTerms / std::numbers::sqrt2);
    static const std::vector<double> kCoefficients = [] {
        std::vector<double> a(kTerms);
        for (int n = 1; n <= kTerms; ++n) {
            double sum = 0;
            for (int k = -kPoints / 2 + 1; k < kPoints / 2; ++k) {
                const double theta = k * std::numbers::pi / (kPoints / 2), t = kScale * std::tan(theta / 2);
                sum += std::exp(-t * t) * (kScale * kScale + t * t) * std::cos(n * theta);
            }
            a[static_cast<std::size_t>(n - 1)] = sum / kPoints;
        }
        return a;
    }();
    const Complex i(0, 1), denominator = kScale - i * z, big = (kScale + i * z) / denominator;
    Complex sum = 0;
    for (int n = kTerms; n-- > 0;) sum = sum * big + kCoefficients[static_cast<std::size_t>(n)];
    return 2.0 * sum / (denominator * denominator) + std::numbers::inv_sqrtpi / denominator;
}

std::vector<Line> methaneLines() {
    std::vector<Line> lines;
    for (int i = 0; i < 7; ++i) lines.push_back({1665.1 + .25 * i, .25});
    for (double centre = 1632; centre < 1681; centre += 2.75)
        for (const double offset : {-.12, .05, .2})
            if (std::abs(centre - 1665.7) > 1.5)
                lines.push_back({centre + offset, .16 * std::exp(-std::pow((centre - 1660) / 18, 2))});
    return lines;
}

std::vector<Line> carbonDioxideLines() {
    std::vector<Line> lines;
    for (int j = 0; j < 32; ++j)
        lines.push_back({1602 + .42 * j, .10 * std::exp(-std::pow((j - 12) / 9.0, 2))});
    for (int j = 0; j < 18; ++j)
        lines.push_back({1601 - .37 * j, .08 * std::exp(-std::pow((j - 9) / 8.0, 2))});
    return lines;
}

std::vector<Line> waterLines() {
    std::vector<Line> lines;
    for (int i = 0; i < 24; ++i)
        lines.push_back({1592.7 + 3.61 * i + .8 * std::sin(5.0 * i), .035 + .015 * std::cos(3.0 * i)});
    for (int i = 0; i < 12; ++i) lines.push_back({1289.6 + .47 * i, .08});
    return lines;
}

std::vector<Line> oxygenLines() {
    std::vector<Line> lines;
    for (int i = 0; i < 9; ++i) lines.push_back({1268.1 + .11 * i, .12});
    for (int j = 1; j < 18; ++j)
        for (const double sign : {-1.0, 1.0})
            lines.push_back({1268.5 + sign * (1.0 * j), .10 * std::exp(-std::pow((j - 7) / 6.0, 2))});
    return lines;
}

}  // namespace

const std::vector<Line>& linesOf(Gas gas) {
    static const std::vector<Line> kLines[] = {methaneLines(), carbonDioxideLines(), waterLines(),
                                               oxygenLines()};
    return kLines[static_cast<int>(gas)];
}

double voigt(double x, double sigma, double gamma) {
    const double scale = sigma * std::numbers::sqrt2;
    return faddeeva({x / scale, gamma / scale}).real() / (scale * std::sqrt(std::numbers::pi));
}

std::vector<double> opticalDepth(Gas gas, const std::vector<double>& gridNm) {
    std::vector<double> tau(gridNm.size(), 0.0);
    for (const Line& line : linesOf(gas)) {
        auto at = std::lower_bound(gridNm.begin(), gridNm.end(), line.centreNm - kWingNm);
        for (; at != gridNm.end() && *at < line.centreNm + kWingNm; ++at)
            tau[static_cast<std::size_t>(at - gridNm.begin())] +=
                line.strengthNm * voigt(*at - line.centreNm, kDopplerNm, kPressureNm);
    }
    return tau;
}

std::vector<double> fineGrid(const std::vector<double>& channelNm, double stepNm) {
    std::vector<double> grid;
    const auto count = static_cast<std::size_t>((channelNm.back() - channelNm.front() + 2) / stepNm) + 1;
    for (std::size_t i = 0; i < count; ++i)
        grid.push_back(channelNm.front() - 1 + stepNm * static_cast<double>(i));
    return grid;
}

std::vector<double> throughInstrument(const std::vector<double>& gridNm, const std::vector<double>& values,
                                      const std::vector<double>& channelNm, double fwhmNm) {
    constexpr double kPower = 2.6;
    const double width = fwhmNm / 2 / std::pow(std::numbers::ln2, 1 / kPower);
    std::vector<double> seen;
    for (const double centre : channelNm) {
        double sum = 0, weights = 0;
        auto at = std::lower_bound(gridNm.begin(), gridNm.end(), centre - 2 * fwhmNm);
        for (; at != gridNm.end() && *at <= centre + 2 * fwhmNm; ++at) {
            const double weight = std::exp(-std::pow(std::abs(*at - centre) / width, kPower));
            sum += weight * values[static_cast<std::size_t>(at - gridNm.begin())], weights += weight;
        }
        seen.push_back(weights > 0 ? sum / weights : 0);
    }
    return seen;
}

std::vector<Mark> strongestLines(const std::vector<double>& channelNm, std::size_t most) {
    std::vector<std::pair<double, Mark>> found;
    if (channelNm.size() < 3 || channelNm.front() < 1000 || channelNm.back() > 2000) return {};
    const std::vector<double> grid = fineGrid(channelNm, .02);
    for (const Gas gas : {Gas::Methane, Gas::CarbonDioxide, Gas::Water, Gas::Oxygen}) {
        const std::vector<double> tau = opticalDepth(gas, grid);
        for (std::size_t i = 1; i + 1 < grid.size(); ++i)
            if (tau[i] > .05 && tau[i] >= tau[i - 1] && tau[i] > tau[i + 1] && grid[i] >= channelNm.front() &&
                grid[i] <= channelNm.back())
                found.push_back({tau[i], {grid[i], gas}});
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    // Lines of a branch stand close together; one mark stands for all of them.
    constexpr double kApartNm = 6;
    std::vector<Mark> marks;
    for (const auto& [depth, mark] : found) {
        const bool near = std::any_of(marks.begin(), marks.end(), [&](const Mark& m) {
            return std::abs(m.wavelengthNm - mark.wavelengthNm) < kApartNm;
        });
        if (!near && marks.size() < most) marks.push_back(mark);
    }
    return marks;
}

std::string nameOf(Gas gas) {
    static constexpr const char* kNames[] = {"CH4", "CO2", "H2O", "O2"};
    return kNames[static_cast<int>(gas)];
}

}  // namespace hyperspectral_shadows
