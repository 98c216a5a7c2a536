// SPDX-License-Identifier: GPL-3.0-or-later
// Where sliders go: over what one would try, on round numbers, and always as far as what stands there.
#include <QTest>
#include <cmath>

#include "desktop/form/slider_range.hpp"

using namespace latent;
using desktop::SliderRange;
using desktop::sliderRange;
using engine::ParameterModel;
using engine::ParameterType;

namespace {

ParameterModel numberOf(double standard, std::optional<double> min, std::optional<double> max) {
    ParameterModel p;
    p.name = "p";
    p.defaultValue = standard;
    p.min = min;
    p.max = max;
    return p;
}

bool isRound(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return std::abs(std::stod(text) - value) <= 1e-12 * std::abs(value);
}

}  // namespace

class TestSliderRange : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aNarrowRangeIsTheSlider() {
        const SliderRange range = sliderRange(numberOf(0.9, 0.01, 0.999), {0.9});
        QCOMPARE(range.low, 0.01);
        QCOMPARE(range.high, 0.999);
    }

    /// mu of SIM: the schema allows up to 1000, nobody drags there.
    void aWideRangeStaysAroundTheDefault() {
        ParameterModel mu = numberOf(0, 1e-6, 1e3);
        mu.type = ParameterType::Numbers;
        mu.defaultValue = {1, 2};
        const SliderRange range = sliderRange(mu, {1, 2});
        QCOMPARE(range.low, 1e-6);
        QCOMPARE(range.high, 8.0);
        QVERIFY(range.ticks >= 400 && range.ticks <= 1000);
        QCOMPARE(range.valueAt(0), 1e-6);
        QCOMPARE(range.valueAt(range.ticks), 8.0);
        QCOMPARE(range.valueAt(range.tickOf(1.5)), 1.5);
    }

    void valuesAreRoundNumbers() {
        for (const SliderRange& range :
             {sliderRange(numberOf(0.05, 0.0, 1e3), {0.05}), sliderRange(numberOf(20, 1e-6, 1e6), {20.0}),
              sliderRange(numberOf(-3, {}, {}), {0.7})})
            for (int tick = 1; tick < range.ticks; ++tick)
                QVERIFY2(isRound(range.valueAt(tick)),
                         qPrintable(QString::number(range.valueAt(tick), 'g', 17)));
    }

    /// A value that a run or a hand gave is on the slider, whatever the schema would show.
    void theRangeHoldsWhatStandsThere_data() {
        QTest::addColumn<double>("value");
        for (const double value : {1e-6, 0.3, 8.0, 9.0, 123.0, 999.0, 5000.0})
            QTest::newRow(qPrintable(QString::number(value))) << value;
    }
    void theRangeHoldsWhatStandsThere() {
        QFETCH(double, value);
        const SliderRange range = sliderRange(numberOf(2, 1e-6, 1e3), {value});
        QVERIFY(range.holds(value));
        const double shown = range.valueAt(range.tickOf(value));
        QVERIFY2(std::abs(shown - value) <= range.step, qPrintable(QString::number(shown)));
        QVERIFY(value > 1e3 || range.high <= 1e3);
    }

    void everyTickIsItsValue() {
        ParameterModel tolerance = numberOf(1e-10, 1e-14, 1e-2);
        tolerance.logarithmic = true;
        for (const SliderRange& range :
             {sliderRange(tolerance, {1e-10}), sliderRange(numberOf(2, 0.0, 10.0), {2.0}),
              sliderRange(numberOf(1, -1.0, 1.0), {-0.5})}) {
            double before = -HUGE_VAL;
            for (int tick = 0; tick <= range.ticks; ++tick) {
                QCOMPARE(range.tickOf(range.valueAt(tick)), tick);
                QVERIFY(range.valueAt(tick) > before);
                before = range.valueAt(tick);
            }
        }
    }

    void logarithmicOnesHaveEqualFactors() {
        ParameterModel p = numberOf(1e-3, 1e-6, 1.0);
        p.logarithmic = true;
        const SliderRange range = sliderRange(p, {1e-3});
        QVERIFY(std::abs(range.valueAt(range.ticks / 2) / 1e-3 - 1) < 0.01);
        QCOMPARE(range.valueAt(0), 1e-6);
        QCOMPARE(range.valueAt(range.ticks), 1.0);
    }

    void wholeNumbersStayWhole() {
        ParameterModel dim = numberOf(2, 1.0, 64.0);
        dim.type = ParameterType::Integer;
        const SliderRange few = sliderRange(dim, {2});
        QCOMPARE(few.low, 1.0);
        QVERIFY(few.high >= 8);
        QCOMPARE(few.step, 1.0);
        const SliderRange sixteen = sliderRange(dim, {16});
        QVERIFY(sixteen.holds(16) && sixteen.high <= 64);
        for (int tick = 0; tick <= sixteen.ticks; ++tick)
            QCOMPARE(sixteen.valueAt(tick), std::round(sixteen.valueAt(tick)));
    }
};

QTEST_APPLESS_MAIN(TestSliderRange)
#include "test_slider_range.moc"
