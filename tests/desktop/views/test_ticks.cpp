// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks, numbers in words, scales and decimation: what can be told without a picture.
#include <QTest>
#include <cmath>
#include <limits>
#include <random>

#include "desktop/views/plot/axis_range.hpp"
#include "desktop/views/plot/axis_ticks.hpp"
#include "desktop/views/plot/number_words.hpp"
#include "desktop/views/plot/path_decimation.hpp"
#include "desktop/views/plot/polyline_clip.hpp"
#include "desktop/views/plot/stroke_image.hpp"

using namespace latent::desktop;

namespace {

TickRoom room(double length_px) {
    return {.length_px = length_px, .leastGap_px = 40, .clear_px = 12, .extent_px = [](const QString& words) {
                return 7.0 * static_cast<double>(words.size());
            }};
}

QStringList labels(const AxisScale& scale, double low, double high, double length_px,
                   const std::vector<std::string>& categories = {}) {
    const AxisTicks ticks =
        axisTicks(scale, categories, scale.place(low), scale.place(high), room(length_px));
    return QStringList(ticks.labels.begin(), ticks.labels.end());
}

PlotMap map(double xLow, double xHigh, double yLow, double yHigh) {
    PlotMap made;
    made.area = QRectF(0, 0, 1000, 600);
    made.x = {AxisScale(), xLow, 0, 1000 / (xHigh - xLow)};
    made.y = {AxisScale(), yLow, 600, -600 / (yHigh - yLow)};
    return made;
}

}  // namespace

class TestTicks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void writesNumbers() {
        QCOMPARE(plainNumber(-12500, 0), QStringLiteral("−12,500"));
        QCOMPARE(plainNumber(-0.001, 2), QStringLiteral("0.00"));
        QCOMPARE(scientificNumber(2.5e-5, 1), QStringLiteral("2.5×10⁻⁵"));
        QCOMPARE(powerOfTen(-12), QStringLiteral("10⁻¹²"));
        QCOMPARE(valueWords(0.30999999), QStringLiteral("0.31"));
        QCOMPARE(valueWords(1e-5), QStringLiteral("10⁻⁵").prepend(QStringLiteral("1×")));
        QCOMPARE(valueWords(123456), QStringLiteral("123,456"));
        QCOMPARE(valueWords(std::nan("")), QStringLiteral("NaN"));
        QCOMPARE(quantityWords(12, "%"), QStringLiteral("12 %"));
    }

    void choosesRoundTicks() {
        QCOMPARE(labels(AxisScale(), 0, 1, 300),
                 QStringList({QStringLiteral("0.0"), QStringLiteral("0.2"), QStringLiteral("0.4"),
                              QStringLiteral("0.6"), QStringLiteral("0.8"), QStringLiteral("1.0")}));
        QCOMPARE(labels(AxisScale(), 0, 1'000'000, 500).last(), QStringLiteral("1,000,000"));
        for (const QString& label : labels(AxisScale(), 0, 1e-4, 500))
            QVERIFY(label == QLatin1String("0") || label.contains(QStringLiteral("×10⁻")));
    }

    void usesPowersOfTenOnLogAxes() {
        QCOMPARE(labels(AxisScale(Scale::Log), 1e-5, 1, 400).first(), QStringLiteral("10⁻⁵"));
        QCOMPARE(labels(AxisScale(Scale::Log), 1e-5, 1, 400).last(), QStringLiteral("10⁰"));
        QCOMPARE(labels(AxisScale(Scale::Log), 0.01, 100, 300),
                 QStringList({QStringLiteral("0.01"), QStringLiteral("0.1"), QStringLiteral("1"),
                              QStringLiteral("10"), QStringLiteral("100")}));
        QVERIFY(labels(AxisScale(Scale::Log), 1, 2, 300).size() >= 3);
        QVERIFY(labels(AxisScale(Scale::Log), 1e-300, 1e300, 300).size() >= 3);
    }

    void countsDecadesOutwardsOnSymlogAxes() {
        QCOMPARE(labels(AxisScale(Scale::SymLog, 1), -100, 100, 600),
                 QStringList({QStringLiteral("−100"), QStringLiteral("−10"), QStringLiteral("−1"),
                              QStringLiteral("0"), QStringLiteral("1"), QStringLiteral("10"),
                              QStringLiteral("100")}));
    }

    void namesCategories() {
        QCOMPARE(labels(AxisScale(), -0.5, 2.5, 300, {"cat", "dog", "emu"}),
                 QStringList({QStringLiteral("cat"), QStringLiteral("dog"), QStringLiteral("emu")}));
    }

    void neverTouchesLabels_data() {
        QTest::addColumn<int>("scale");
        for (const Scale scale : {Scale::Linear, Scale::Log, Scale::SymLog})
            QTest::newRow(qPrintable(QString::number(static_cast<int>(scale)))) << static_cast<int>(scale);
    }
    void neverTouchesLabels() {
        QFETCH(int, scale);
        std::mt19937 random(7);
        std::uniform_real_distribution<double> uniform(-6, 6);
        for (int i = 0; i < 2000; ++i) {
            const AxisScale axis(static_cast<Scale>(scale), 0.01);
            double a = std::pow(10, uniform(random)), b = std::pow(10, uniform(random));
            if (scale != static_cast<int>(Scale::Log) && i % 2) a = -a;
            if (a > b) std::swap(a, b);
            const TickRoom space = room(150 + i % 700);
            const AxisTicks ticks = axisTicks(axis, {}, axis.place(a), axis.place(b), space);
            const double perPlace = space.length_px / (axis.place(b) - axis.place(a));
            for (std::size_t t = 1; t < ticks.places.size(); ++t)
                QVERIFY((ticks.places[t] - ticks.places[t - 1]) * perPlace >=
                        (space.extent_px(ticks.labels[t]) + space.extent_px(ticks.labels[t - 1])) / 2);
            QStringList words(ticks.labels.begin(), ticks.labels.end());
            QCOMPARE(words.removeDuplicates(), 0);
        }
    }

    void mapsScalesThereAndBack() {
        for (const AxisScale& scale : {AxisScale(), AxisScale(Scale::Log), AxisScale(Scale::SymLog, 0.1)})
            for (const double value : {1e-4, 0.05, 0.1, 1.0, 250.0})
                QVERIFY(std::abs(scale.value(scale.place(value)) - value) < 1e-9 * value);
        QVERIFY(std::isnan(AxisScale(Scale::Log).place(0)));
        QVERIFY(std::isnan(AxisScale(Scale::Log).place(-1)));
        QCOMPARE(AxisScale(Scale::SymLog, 1).place(-100), -3.0);
    }

    void choosesRangesThatShowAll() {
        latent::engine::figures::Axis axis;
        QCOMPARE(rangeOf(axis, AxisScale(), Span{0, 10}, {.low = 0.05, .high = 0.05}), (Span{0, 10.5}));
        QCOMPARE(rangeOf(axis, AxisScale(), Span{-10, 10}, {.low = 0.05, .high = 0.05}), (Span{-11, 11}));
        const std::vector<double> values{0, 0.1, -3, std::nan(""), 10};
        QCOMPARE(*boundsOf(values.data(), values.size(), AxisScale(Scale::Log), false), (Span{0.1, 10}));
        const Span one = rangeOf(axis, AxisScale(), Span{5, 5}, {});
        QVERIFY(one.low < 5 && one.high > 5);
    }

    /// Every point of the line is near to what is drawn, and everything drawn is near to the line.
    void decimatesWithoutLosingExtremes() {
        std::mt19937 random(3);
        std::normal_distribution<double> normal;
        std::vector<double> x(200'000), y(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = static_cast<double>(i);
            y[i] = (i > 0 ? y[i - 1] : 0) + normal(random);
        }
        const auto [low, high] = std::minmax_element(y.begin(), y.end());
        const PlotMap axes = map(0, static_cast<double>(x.size()), *low, *high);
        const Strokes strokes = decimateFunction({x.data(), y.data(), x.size()}, axes, 1, 2);
        QVERIFY(strokes.vertices() < 8000);
        std::vector<double> top(1001, 1e9), bottom(1001, -1e9);
        const auto see = [&](double px, double py) {
            const auto column = static_cast<std::size_t>(std::clamp(px, 0.0, 1000.0));
            top[column] = std::min(top[column], py);
            bottom[column] = std::max(bottom[column], py);
        };
        for (const QPolygonF& part : strokes.parts)
            for (const QPointF& vertex : part) see(vertex.x(), vertex.y());
        for (const Envelope& envelope : strokes.envelopes)
            for (std::size_t i = 0; i < envelope.x.size(); ++i) {
                see(envelope.x[i], envelope.top[i]);
                see(envelope.x[i], envelope.bottom[i]);
            }
        for (std::size_t i = 0; i < x.size(); ++i) {
            const QPointF at = axes.pixel(x[i], y[i]);
            // A point on the border of two columns, up to rounding, may be drawn in either.
            const auto left = static_cast<std::size_t>(std::max(0.0, at.x() - 1e-6)),
                       right = static_cast<std::size_t>(at.x() + 1e-6);
            const double highest = std::min(top[left], top[right]),
                         lowest = std::max(bottom[left], bottom[right]);
            QVERIFY2(at.y() >= highest - 0.01 && at.y() <= lowest + 0.01,
                     qPrintable(QStringLiteral("point %1 at %2, %3 is not in %4 … %5")
                                    .arg(i)
                                    .arg(at.x())
                                    .arg(at.y())
                                    .arg(highest)
                                    .arg(lowest)));
        }
    }

    void decimatesPathsToTheirShape() {
        std::vector<double> x(100'000), y(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double angle = static_cast<double>(i) * 1e-3;
            x[i] = std::cos(angle);
            y[i] = std::sin(angle);
        }
        const Strokes strokes = decimatePath({x.data(), y.data(), x.size()}, map(-1.1, 1.1, -1.1, 1.1), 0.7);
        QVERIFY(strokes.vertices() < x.size() / 2);
        for (const QPolygonF& part : strokes.parts)
            for (const QPointF& vertex : part)
                QVERIFY(std::abs(std::hypot((vertex.x() - 500) / 454.5, (vertex.y() - 300) / 272.7) - 1) <
                        0.01);
    }

    void clipsToTheArea() {
        const QRectF area(0, 0, 10, 10);
        QPointF a(-5, 5), b(15, 5);
        QVERIFY(clipSegment(a, b, area));
        QCOMPARE(a, QPointF(0, 5));
        QCOMPARE(b, QPointF(10, 5));
        QPointF c(-5, 20), d(30, 12);
        QVERIFY(!clipSegment(c, d, area));
        const QPolygonF clipped = clipPolygon(QPolygonF{{-5, -5}, {15, -5}, {15, 15}, {-5, 15}}, area);
        QCOMPARE(clipped.boundingRect(), area);
        Strokes strokes;
        {
            ClippedLine line(strokes, area, false);
            for (const QPointF& point : {QPointF(5, 5), QPointF(20, 5), QPointF(20, 8), QPointF(5, 8)})
                line.to(point);
        }
        QCOMPARE(strokes.parts.size(), 2u);
        QCOMPARE(strokes.parts[0].last(), QPointF(10, 5));
    }

    void strokesEvenly() {
        StrokeImage image(QRectF(0, 0, 40, 40), 1);
        for (int i = 0; i < 60; ++i) image.segment({5 + i * 0.5, 20}, {5.5 + i * 0.5, 20}, 2, 0xff000000);
        QImage picture(40, 40, QImage::Format_RGB32);
        picture.fill(Qt::white);
        QPainter painter(&picture);
        image.drawTo(painter, 1);
        painter.end();
        // Two rows are full, the next ones untouched: overlapping ends have added nothing.
        QCOMPARE(qGray(picture.pixel(20, 19)), 0);
        QCOMPARE(qGray(picture.pixel(20, 20)), 0);
        QVERIFY(qGray(picture.pixel(20, 17)) == 255 && qGray(picture.pixel(20, 22)) == 255);
    }
};

QTEST_MAIN(TestTicks)
#include "test_ticks.moc"
