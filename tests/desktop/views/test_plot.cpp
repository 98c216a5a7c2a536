// SPDX-License-Identifier: GPL-3.0-or-later
// Plot canvases: pixels where they must be.
#include "plot_shown.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

class TestPlot : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// Of a run that goes on most of the array is not written: nothing may look like the line going on.
    void namesStandAtLineEndsOnlyThere() {
        const std::vector<double> x = ramp(101, 0, 100);
        const auto until = [&](double end) {
            return over(x, [end](double t) { return t <= end ? 1 + t / 100 : kNaN; });
        };
        Shown whole(lineFigure({line("a", x, until(100)), line("b", x, until(100))}));
        Shown begun(lineFigure({line("a", x, until(20)), line("b", x, until(20))}));
        QVERIFY(whole.canvas.scene().key().form() == SeriesKey::Form::AtLines);
        QVERIFY(begun.canvas.scene().key().form() != SeriesKey::Form::AtLines);
    }

    void mayBeSmallerThanItsMargins() {
        // As of a panel that opens: dense lines are cut to an area that is not there yet.
        const std::vector<double> x = ramp(50'000, 0, 1);
        Shown shown(lineFigure({line("loss", x, over(x, [](double t) { return std::sin(1e6 * t); }))}));
        for (const QSize& size : {QSize(300, 6), QSize(6, 300), QSize(1, 1)}) {
            shown.canvas.resize(size);
            shown.picture();
            const QRectF area = shown.canvas.scene().map().area;
            QVERIFY2(area.width() >= 0 && area.height() >= 0,
                     qPrintable(QStringLiteral("%1 × %2").arg(area.width()).arg(area.height())));
        }
    }

    void pointsThatAreNoNumbersHaveNoMarkers() {
        // As of a run that has only begun: most of a long array is not written yet.
        const std::vector<double> x = ramp(5000, 0, 10);
        Line made = line("loss", x, over(x, [](double t) { return t < 2 ? std::exp(-t) : kNaN; }));
        made.look.marker = Marker::Circle;
        Figure figure = lineFigure({made});
        figure.y.scale = Scale::Log;
        QTest::failOnWarning(QRegularExpression(QStringLiteral("NaN")));
        Shown shown(figure);
        QVERIFY(shown.isExposed);
        QVERIFY(hasInk(shown.picture(), shown.at(1, std::exp(-1.0)), shown.colour(0), 3));
    }
    void drawsLinesWhereTheirValuesAre_data() {
        QTest::addColumn<int>("scale");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("middle");
        QTest::addColumn<double>("high");
        QTest::newRow("linear") << static_cast<int>(Scale::Linear) << 0.0 << 5.0 << 10.0;
        QTest::newRow("log") << static_cast<int>(Scale::Log) << 1e-4 << 1e-2 << 1.0;
        QTest::newRow("symlog") << static_cast<int>(Scale::SymLog) << -100.0 << 0.0 << 100.0;
    }
    void drawsLinesWhereTheirValuesAre() {
        QFETCH(int, scale);
        QFETCH(double, low);
        QFETCH(double, middle);
        QFETCH(double, high);
        Figure figure = lineFigure({line("a", {0, 1, 2, 3, 4}, {low, low, middle, high, high})});
        figure.y.scale = static_cast<Scale>(scale);
        figure.y.low = low;
        figure.y.high = high;
        Shown shown(figure);
        const QImage picture = shown.picture();
        const QRectF area = shown.canvas.scene().map().area;
        // The middle value of each scale is in the middle of the axis.
        QVERIFY(std::abs(shown.at(2, middle).y() - area.center().y()) < 1);
        QVERIFY(std::abs(shown.at(0, low).y() - area.bottom()) < 1);
        QVERIFY(hasInk(picture, shown.at(2, middle), shown.colour(0)));
        QVERIFY(hasInk(picture, shown.at(3.5, high), shown.colour(0)));
        QVERIFY(!hasInk(picture, QPointF(shown.at(3.5, 0).x(), area.center().y()), shown.colour(0), 3));
    }

    void leavesGapsAtNaN() {
        Shown shown(lineFigure({line("a", {0, 1, 2, 3, 4, 5}, {1, 1, kNaN, kNaN, 1, 1})}));
        const QImage picture = shown.picture();
        QVERIFY(hasInk(picture, shown.at(0.5, 1), shown.colour(0)));
        QVERIFY(hasInk(picture, shown.at(4.5, 1), shown.colour(0)));
        for (const double x : {1.5, 2.0, 2.5, 3.0, 3.5})
            QVERIFY(!hasInk(picture, shown.at(x, 1), shown.colour(0)));
    }

    void leavesGapsAtNaNInAMillionPoints() {
        const std::vector<double> x = ramp(1'000'000, 0, 10);
        Shown shown(lineFigure(
            {line("a", x, over(x, [](double t) { return t > 4 && t < 5 ? kNaN : std::sin(t * 1e4); }))}));
        const QImage picture = shown.picture();
        QVERIFY(hasInk(picture, shown.at(2, 0.5), shown.colour(0)));
        QVERIFY(hasInk(picture, shown.at(7, -0.5), shown.colour(0)));
        QVERIFY(!hasInk(picture, shown.at(4.5, 0), shown.colour(0), 10));
    }

    void keepsSpikesOfAMillionPoints() {
        std::vector<double> x = ramp(1'000'000, 0, 1), y(x.size(), 0.0);
        y[654'321] = 1;
        Shown shown(lineFigure({line("a", x, y)}));
        QVERIFY(hasInk(shown.picture(), shown.at(x[654'321], 0.7), shown.colour(0), 1, 120));
    }

    void showsASinglePoint() {
        Shown shown(lineFigure({line("a", {3}, {2})}));
        QVERIFY(hasInk(shown.picture(), shown.at(3, 2), shown.colour(0)));
    }

    void fillsBandsLightly() {
        Line banded = line("a", {0, 1, 2}, {1, 1, 1});
        banded.low = {0, 0, 0};
        banded.high = {2, 2, 2};
        Shown shown(lineFigure({banded}));
        const QImage picture = shown.picture();
        // Between the rules of the grid, which shine through.
        const QRgb inside = picture.pixel(dotAt(picture, shown.at(1, 1.3))), ground = theme().panel.rgb();
        const QColor colour = shown.colour(0);
        QVERIFY(std::abs(qRed(inside) - (qRed(ground) + (colour.red() - qRed(ground)) / 5)) <= 3);
        QVERIFY(std::abs(qBlue(inside) - (qBlue(ground) + (colour.blue() - qBlue(ground)) / 5)) <= 3);
    }

    /// What was measured stays visible, faint, under the smoothed line, and is read out with it.
    void showsWhatWasSmoothed() {
        Line noisy = line("loss", ramp(41, 0, 40), {});
        for (int i = 0; i < 41; ++i) noisy.y.push_back(i == 20 ? 9 : 1);
        noisy.smoothed.assign(41, 1.4);
        Shown shown(lineFigure({noisy}));
        const QImage picture = shown.picture();
        const QColor ink = shown.colour(0), ground = theme().panel;
        QVERIFY(hasInk(picture, shown.at(10.5, 1.4), ink));
        // The spike is neither gone nor as strong as the smoothed line.
        const QPointF peak = shown.at(20, 8.7);
        const auto part = [&](double of) {
            return QColor::fromRgbF(
                static_cast<float>(ground.redF() + (ink.redF() - ground.redF()) * of),
                static_cast<float>(ground.greenF() + (ink.greenF() - ground.greenF()) * of),
                static_cast<float>(ground.blueF() + (ink.blueF() - ground.blueF()) * of));
        };
        QVERIFY(hasInk(picture, peak, part(0.25), 2, 60));
        QVERIFY(!hasInk(picture, peak, ink, 2, 60));
        QSignalSpy words(&shown.canvas, &FigureCanvas::readout);
        shown.move(shown.at(20, 9));
        QCOMPARE(words.last().first().toString(), QStringLiteral("time 20 s, loss 9 (smoothed 1.4)"));
    }

    /// Ten seeds are one thing to the key, and the mean over them is what is seen.
    void drawsQuietFamiliesAsOne() {
        std::vector<Line> lines;
        for (int seed = 0; seed < 10; ++seed) {
            lines.push_back(
                line("trained, seed " + std::to_string(2333 + seed), {0, 10}, {1.0 * seed, 1.0 * seed}));
            lines.back().look.role = Role::Muted;
            lines.back().look.familyIndex = seed;
        }
        lines.push_back(line("mean over seeds", {0, 10}, {0, 9}));
        Shown shown(lineFigure(lines));
        QCOMPARE(shown.canvas.findChildren<KeyButton*>().size(), 2);
        QVERIFY(shown.keyButton(QStringLiteral("trained")));
        // The stressed line is drawn over the others, solid, with the first colour.
        const QColor stressed = shown.colour(10), quiet = shown.colour(4);
        QCOMPARE(stressed, theme().categories[0]);
        QVERIFY(shown.canvas.scene().model().series()[10].style.dashes.isEmpty() &&
                shown.canvas.scene().model().series()[4].style.dashes.isEmpty());
        QVERIFY(contrast(quiet, theme().panel) < contrast(stressed, theme().panel));
        QVERIFY(hasInk(shown.picture(), shown.at(40.0 / 9, 4), stressed, 0, 60));
        QSignalSpy words(&shown.canvas, &FigureCanvas::readout);
        shown.move(shown.at(0.1, 7));
        QCOMPARE(words.last().first().toString(), QStringLiteral("time 0 s, trained, seed 2340 7"));
        QEvent leave(QEvent::Leave);  // takes the crosshair away
        QCoreApplication::sendEvent(&shown.canvas, &leave);
        QVERIFY(hasInk(shown.picture(), shown.at(5, 7), quiet));
        QTest::mouseClick(shown.keyButton(QStringLiteral("trained")), Qt::LeftButton);
        for (const double y : {1.0, 7.0}) QVERIFY(!hasInk(shown.picture(), shown.at(5, y), quiet));
        QVERIFY(hasInk(shown.picture(), shown.at(5, 4.5), stressed, 1, 60));
    }

    /// Two labels in one corner: the same words are written once, others elsewhere.
    void keepsLabelsOfReferencesApart_data() {
        QTest::addColumn<QString>("second");
        QTest::newRow("same") << QStringLiteral("target");
        QTest::newRow("another") << QStringLiteral("chance");
    }
    void keepsLabelsOfReferencesApart() {
        QFETCH(QString, second);
        Figure figure = pathFigure();
        figure.references = {{Reference::Kind::X, 1, "target"},
                             {Reference::Kind::Y, 1, second.toStdString()}};
        Shown shown(figure);
        const QImage both = shown.picture();
        figure.references.pop_back();
        figure.references.push_back({Reference::Kind::Y, 1, ""});
        figure.name = "without";
        shown.canvas.setFigure(shared(figure));
        const QImage one = shown.picture();
        // Words of the second label, if they are anywhere, leave the first one as it was.
        const QRectF area = shown.canvas.scene().map().area;
        const double ratio = both.devicePixelRatio(), middle = area.center().x();
        int inCorner = 0, elsewhere = 0;
        for (int y = 0; y < both.height(); ++y)
            for (int x = 0; x < both.width(); ++x)
                if (distance(both.pixel(x, y), one.pixel(x, y)) > 60)
                    ++(x > middle * ratio && y < (area.top() + 20) * ratio ? inCorner : elsewhere);
        if (second == QLatin1String("target"))
            QCOMPARE(inCorner + elsewhere, 0);
        else
            QVERIFY(elsewhere > 20);
    }

    void linesKeepTheDashesThatTheyAreGiven() {
        const std::vector<double> x = ramp(50, 0, 10);
        Figure figure = lineFigure({line("a", x, over(x, [](double) { return 0.0; })),
                                    line("b", x, over(x, [](double) { return 1.0; }))});
        const auto gapsOf = [&](int dash) {
            std::get<Lines>(figure.body).lines[1].look.dash = dash;
            Shown shown(figure);
            const QImage picture = shown.picture();
            int gaps = 0;
            for (double t = 1; t < 8; t += 0.05)
                gaps += hasInk(picture, shown.at(t, 1), shown.colour(1), 0, 60) ? 0 : 1;
            return gaps;
        };
        QVERIFY(gapsOf(-1) > 10);  // by its place beside the other
        QCOMPARE(gapsOf(0), 0);
        QVERIFY(gapsOf(2) > 10);
    }

    void noReferenceRunsThroughTheLabelOfAnother() {
        const std::vector<double> x = ramp(20, 0, 10);
        Figure figure = lineFigure({line("a", x, over(x, [](double) { return 0.0; }))});
        figure.references = {{Reference::Kind::Y, 0.6, "upper"},
                             {Reference::Kind::Y, 0.58, "lower"},
                             {Reference::Kind::Y, 1, ""}};
        Shown shown(figure);
        const QImage both = shown.picture();
        figure.references[1].label.clear();
        figure.name = "without";
        shown.canvas.setFigure(shared(figure));
        const QImage one = shown.picture();
        const double lower = shown.at(5, 0.58).y() * both.devicePixelRatio();
        int above = 0, below = 0;
        for (int y = 0; y < both.height(); ++y)
            for (int column = 0; column < both.width(); ++column)
                if (distance(both.pixel(column, y), one.pixel(column, y)) > 60)
                    ++(y < lower - 2 ? above : below);
        QVERIFY2(below > 20 && above == 0,
                 qPrintable(QStringLiteral("%1 above, %2 below").arg(above).arg(below)));
    }

    void labelsOfReferencesKeepOffTheData() {
        // A line that ends on top of its target, where the label would stand.
        const std::vector<double> x = ramp(200, 0, 10);
        Figure figure = lineFigure({line("a", x, over(x, [](double t) { return t < 5 ? t / 5 : 1.0; }))});
        figure.references = {{Reference::Kind::Y, 0.97, "target"}};
        Shown shown(figure);
        const QImage picture = shown.picture();
        for (double t = 5.5; t < 9.8; t += 0.05)
            QVERIFY(hasInk(picture, shown.at(t, 1), shown.colour(0), 0, 60));
    }

    void countsInWholeNumbers() {
        Figure figure = figureOf("histogram");
        Histogram histogram;
        histogram.edges = {0, 1, 2, 3};
        histogram.series.emplace_back().heights = {1, 0, 2};
        histogram.series.back().look.label = "swing-by";
        figure.body = histogram;
        Shown shown(figure);
        const double height = shown.canvas.scene().map().area.height();
        const AxisTicks ticks = axisTicks(
            AxisScale(), {}, 0, 2.1,
            {.length_px = height, .leastGap_px = 34, .leastStep = 1, .extent_px = [](const QString&) {
                 return 12.0;
             }});
        QCOMPARE(ticks.places, (std::vector<double>{0, 1, 2}));
        // No rule of the grid between one and two counts.
        const QImage picture = shown.picture();
        const QRgb grid = picture.pixel(dotAt(picture, shown.at(1.5, 1)));
        QVERIFY(distance(grid, theme().panel.rgb()) > 6);
        for (double count = 1.1; count < 1.95; count += 0.01)
            QCOMPARE(picture.pixel(dotAt(picture, shown.at(1.5, count))), theme().panel.rgb());
    }

    void reversesAxes() {
        Figure figure = lineFigure({line("a", {0, 1, 2}, {0, 1, 2})});
        figure.x.reversed = true;
        Shown shown(figure);
        QVERIFY(shown.at(0, 0).x() > shown.at(2, 0).x());
        QVERIFY(hasInk(shown.picture(), shown.at(0.5, 0.5), shown.colour(0)));
    }

    void obeysTheLimitsAskedFor() {
        Figure figure = twoLines();
        figure.x.low = -5;
        figure.x.high = 20;
        figure.y.low = 0;
        figure.y.high = 4;
        Shown shown(figure);
        QCOMPARE(shown.x().low, -5.0);
        QCOMPARE(shown.x().high, 20.0);
        QCOMPARE(shown.y().high, 4.0);
    }

    void makesUnitsEquallyLong() {
        Figure figure = pathFigure();
        figure.equalAspect = true;
        Shown shown(figure);
        const PlotMap map = shown.canvas.scene().map();
        QVERIFY(std::abs(map.x.perPlace + map.y.perPlace) < 1e-6 * map.x.perPlace);
    }

    void keepsMarginsWhileLive() {
        const std::vector<double> x = ramp(50, 0, 1);
        Shown shown(lineFigure({line("a", x, over(x, [](double t) { return t * 1000; }))}));
        const QRectF area = shown.canvas.scene().map().area;
        shown.canvas.setFigure(shared(lineFigure({line("a", x, over(x, [](double t) { return t * 9; }))})));
        QCOMPARE(shown.canvas.scene().map().area, area);
    }

    void survivesStrangeFigures() {
        const double infinity = std::numeric_limits<double>::infinity();
        std::vector<Figure> strange{lineFigure({}),
                                    lineFigure({line("a", {}, {})}),
                                    lineFigure({line("a", {kNaN, kNaN}, {kNaN, kNaN})}),
                                    lineFigure({line("a", {0, 1}, {infinity, -infinity})}),
                                    lineFigure({line("a", {0, 1}, {-1e308, 1e308})}),
                                    lineFigure({line("a", {1, 1, 1}, {5, 5, 5})}),
                                    lineFigure({line("a", {3, 1, 2}, {0, 1, 0})})};
        for (Figure& figure : strange) {
            for (const Scale scale : {Scale::Linear, Scale::Log, Scale::SymLog}) {
                figure.x.scale = figure.y.scale = scale;
                Shown shown(figure);
                shown.wheel({300, 200}, 30);
                shown.wheel({300, 200}, -60);
                shown.move({300, 200});
                QVERIFY(!shown.picture().isNull());
            }
        }
    }
};

QTEST_MAIN(TestPlot)
#include "test_plot.moc"
