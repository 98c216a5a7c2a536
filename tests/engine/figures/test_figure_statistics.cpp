// SPDX-License-Identifier: Apache-2.0
// Smoothing and bins against plain definitions of them.
#include <QTest>
#include <numeric>
#include <random>

#include "engine/figures/bins.hpp"
#include "engine/figures/smoothing.hpp"
#include "figure_helpers.hpp"

using namespace latent::engine::figures;
namespace view = latent::view;
using Numbers = std::vector<double>;

namespace {

Numbers noise(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Numbers values(count);
    for (double& value : values) value = normal(random);
    return values;
}

/// The median of the finite values of a window, by sorting.
double plainMedian(const Numbers& values, std::size_t at, std::size_t half) {
    Numbers window;
    for (std::size_t i = at > half ? at - half : 0; i < std::min(values.size(), at + half + 1); ++i)
        if (std::isfinite(values[i])) window.push_back(values[i]);
    std::sort(window.begin(), window.end());
    const std::size_t n = window.size();
    return (window[(n - 1) / 2] + window[n / 2]) / 2;
}

void close(double got, double expected, double tolerance) {
    QVERIFY2(std::abs(got - expected) <= tolerance,
             qPrintable(QString("%1 is not %2").arg(got).arg(expected)));
}

}  // namespace

class FigureStatistics : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void exponential() {
        const Numbers values{1, 1, NAN, 4, INFINITY, 2};
        const Numbers smooth = smoothed(SmoothingKind::Exponential, 0.5, values);
        QCOMPARE(smooth[0], 1.0);  // no pull towards zero at the start
        QCOMPARE(smooth[1], 1.0);
        QVERIFY(std::isnan(smooth[2]) && std::isnan(smooth[4]));
        close(smooth[3], (0.25 * 1 + 0.5 * 1 + 4) / 1.75, 1e-12);
        QCOMPARE(smoothed(SmoothingKind::Exponential, 0, values)[3], 4.0);
    }
    void gaussian() {
        Numbers values(41, 0);
        values[20] = 1;
        const Numbers smooth = smoothed(SmoothingKind::Gaussian, 2, values);
        close(smooth[22] / smooth[20], std::exp(-0.5), 1e-12);
        close(std::accumulate(smooth.begin(), smooth.end(), 0.0), 1, 1e-9);
        Numbers constant(30, 7);
        constant[3] = NAN;
        for (const double value : smoothed(SmoothingKind::Gaussian, 5, constant))
            QVERIFY(std::isnan(value) || std::abs(value - 7) < 1e-12);
        // Many values: three boxes have the variance of the Gaussian, and nearly its height.
        Numbers spike(400'001, 0);
        spike[200'000] = 1;
        const Numbers wide = smoothed(SmoothingKind::Gaussian, 100, spike);
        double variance = 0;
        for (std::size_t i = 0; i < wide.size(); ++i) variance += wide[i] * std::pow(double(i) - 200'000, 2);
        close(std::sqrt(variance), 100, 1);
        close(wide[200'000], 1 / (100 * std::sqrt(2 * M_PI)), 3e-4);
        QCOMPARE(smoothed(SmoothingKind::Gaussian, 1e300, Numbers{1, 2, 3}).size(), std::size_t(3));
        QCOMPARE(smoothed(SmoothingKind::Gaussian, 1e-300, Numbers{1, 2, 3}), (Numbers{1, 2, 3}));
    }
    void median() {
        Numbers values = noise(300, 1);
        values[10] = values[11] = values[200] = NAN;
        values[50] = values[51];
        for (const double width : {1.0, 3.0, 4.0, 25.0, 1000.0, 1e300}) {
            const Numbers smooth = smoothed(SmoothingKind::Median, width, values);
            const auto half = static_cast<std::size_t>(std::min(width, 600.0) / 2);
            for (std::size_t i = 0; i < values.size(); ++i) {
                QCOMPARE(std::isnan(smooth[i]), std::isnan(values[i]));
                if (!std::isnan(smooth[i])) QCOMPARE(smooth[i], plainMedian(values, i, half));
            }
        }
        QVERIFY(smoothed(SmoothingKind::Median, 3, {}).empty());
        QVERIFY(std::isnan(smoothed(SmoothingKind::Median, 3, Numbers{NAN})[0]));
    }
    void smoothingStandsBesideTheRawValues() {
        ArraySet set;
        put(set, "loss", {"time"}, {300}, noise(300, 2));
        const auto line =
            bodyOf<Lines>(
                view::lines("l").series(view::series("loss").smoothed(view::Smoothing::Exponential, 0.9)),
                set)
                .lines.at(0);
        QCOMPARE(line.y, noise(300, 2));
        QCOMPARE(line.smoothed.size(), line.y.size());
        QVERIFY(line.smoothed != line.y);
    }
    void binsAreSharedAndHoldEveryValue() {
        const Numbers near = noise(500, 3);
        Numbers far = noise(100, 4);
        for (double& value : far) value += 20;
        ArraySet set;
        put(set, "near", {"sample"}, {500}, near);
        Numbers withHoles = far;
        withHoles[7] = NAN;
        withHoles[8] = INFINITY;
        put(set, "far", {"other"}, {100}, withHoles);
        const auto figure = must(resolveFigure(view::histogram("h")
                                                   .series(view::Series().values("near"))
                                                   .series(view::Series().values("far").label("far ones"))
                                                   .toJson(),
                                               set));
        const auto& histogram = std::get<Histogram>(figure.body);
        QVERIFY(std::is_sorted(histogram.edges.begin(), histogram.edges.end()));
        const auto sum = [](const Numbers& heights) {
            return std::accumulate(heights.begin(), heights.end(), 0.0);
        };
        QCOMPARE(sum(histogram.series[0].heights), 500.0);
        QCOMPARE(sum(histogram.series[1].heights), 98.0);
        QCOMPARE(histogram.series[1].left_out, std::size_t(2));
        QCOMPARE(figure.notes.at(0),
                 std::string("2 of 600 values are no finite numbers and are not counted."));
        QVERIFY(histogram.edges.size() > 30 &&
                histogram.edges.size() < 258);  // fine enough for the near ones
        QCOMPARE(figure.y.title, std::string("count"));
        const auto density = bodyOf<Histogram>(view::histogram("h").values("near").bins(17).density(), set);
        QCOMPARE(density.edges.size(), std::size_t(18));
        double area = 0;
        for (std::size_t i = 0; i < 17; ++i)
            area += density.series[0].heights[i] * (density.edges[i + 1] - density.edges[i]);
        close(area, 1, 1e-12);
    }
    void edgesOfOddData() {
        const auto edges = [](const Numbers& values, std::optional<std::size_t> bins, BinRule rule) {
            return binEdges({values}, bins, rule);
        };
        QCOMPARE(edges({}, {}, {}), (Numbers{0, 1}));
        QCOMPARE(edges({NAN}, 5, {}), (Numbers{0, 1}));
        QCOMPARE(edges({3, 3, 3}, {}, {}).front(), 2.5);
        QCOMPARE(edges({0, 2, 5}, {}, {.whole = true}), (Numbers{-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5}));
        QCOMPARE(binCounts(Numbers{0, 2, 5, 2}, edges({0, 2, 5}, {}, {.whole = true})),
                 (Numbers{1, 0, 2, 0, 0, 1}));
        const Numbers decades = edges({1, 1000, -3, 0}, 3, {.logarithmic = true});
        for (std::size_t i = 0; i < 4; ++i) close(decades[i], std::pow(10, double(i)), 1e-9);
        QCOMPARE(binCounts(Numbers{1, 1000, 50, -3, 0}, decades), (Numbers{1, 1, 1}));
        const Numbers huge = edges({-1e308, 1e308}, 2, {});
        QVERIFY(std::isfinite(huge[1]));
        QCOMPARE(binCounts(Numbers{-1e308, 1e308}, huge), (Numbers{1, 1}));
        Numbers spike(1000, 0);
        spike.back() = 1e9;  // the quartiles coincide: Sturges
        QCOMPARE(edges(spike, {}, {}).size(), std::size_t(12));
    }
};

QTEST_GUILESS_MAIN(FigureStatistics)
#include "test_figure_statistics.moc"
