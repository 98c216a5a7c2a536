// SPDX-License-Identifier: GPL-3.0-or-later
// Plot canvases: pixels where they must be, and what mouse and keyboard do.
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>
#include <limits>

#include "desktop/views/plot/plot_canvas.hpp"
#include "plot_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A shown canvas of 600 × 400 with a figure.
struct Shown {
    explicit Shown(Figure made) {
        canvas.resize(600, 400);
        canvas.setFigure(shared(std::move(made)));
        canvas.show();
        isExposed = QTest::qWaitForWindowExposed(&canvas);
    }
    QPointF at(double x, double y) const { return canvas.scene().map().pixel(x, y); }
    QImage picture() { return canvas.grab().toImage(); }
    QColor colour(std::size_t series) const { return canvas.scene().model().series()[series].style.colour; }
    Span x() const { return span(canvas.scene().map().x, canvas.scene().map().area.left(), canvas.scene().map().area.right()); }
    Span y() const { return span(canvas.scene().map().y, canvas.scene().map().area.bottom(), canvas.scene().map().area.top()); }
    void drag(const QPointF& from, const QPointF& to, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mousePress(&canvas, button, modifiers, from.toPoint());
        move((from + to) / 2, button, modifiers);
        move(to, button, modifiers);
        QTest::mouseRelease(&canvas, button, modifiers, to.toPoint());
    }
    void move(const QPointF& to, Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {}) {
        QMouseEvent event(QEvent::MouseMove, to, canvas.mapToGlobal(to), Qt::NoButton, buttons, modifiers);
        QCoreApplication::sendEvent(&canvas, &event);
    }
    void wheel(const QPointF& position, int steps) {
        QWheelEvent event(position, canvas.mapToGlobal(position), {}, QPoint(0, 120 * steps), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&canvas, &event);
    }
    KeyButton* keyButton(const QString& label) {
        for (KeyButton* button : canvas.findChildren<KeyButton*>())
            if (button->label() == label) return button;
        return nullptr;
    }
    PlotCanvas canvas;
    bool isExposed = false;

  private:
    static Span span(const AxisMap& map, double from, double to) { return {map.value(from), map.value(to)}; }
};

Figure twoLines() {
    const std::vector<double> x = ramp(201, 0, 10);
    return lineFigure({line("two-layer", x, over(x, [](double t) { return std::exp(-t); })), line("one-layer", x, over(x, [](double t) { return 1 - std::exp(-t); }))});
}

Figure cloudFigure() {
    Figure figure = figureOf("points");
    Cloud cloud;
    cloud.look.label = "states";
    cloud.look.marker = Marker::Circle;
    for (int i = 0; i < 12; ++i) {
        cloud.x.push_back(i % 4);
        cloud.y.push_back(i / 4);
        cloud.colour.push_back(i);
    }
    cloud.dims = {"row", "column"};
    cloud.shape = {3, 4};
    figure.body = Points{{cloud}, Colours{.dataLow = 0, .dataHigh = 11, .title = "order"}};
    return figure;
}

Figure pathFigure() {
    Figure figure = figureOf("trajectory");
    const std::vector<double> angle = ramp(181, 0, M_PI);
    Path path;
    path.look.label = "output";
    path.x = over(angle, [](double a) { return -std::cos(a); });
    path.y = over(angle, [](double a) { return std::sin(a); });
    path.dimension = "step";
    path.marks = {{90, "", Marker::Circle, "frame"}};
    figure.cursors = {{"frame", "step", 90, 181}};
    figure.body = Trajectory{{path}, std::nullopt};
    return figure;
}

Gesture gesture(Gesture::Kind kind, bool alongY = false) {
    Gesture made;
    made.kind = kind;
    made.probe = "sim/solve";
    made.alongY = alongY;
    return made;
}

}  // namespace

class TestPlot : public QObject {
    Q_OBJECT
  private Q_SLOTS:
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
        for (const double x : {1.5, 2.0, 2.5, 3.0, 3.5}) QVERIFY(!hasInk(picture, shown.at(x, 1), shown.colour(0)));
    }

    void leavesGapsAtNaNInAMillionPoints() {
        const std::vector<double> x = ramp(1'000'000, 0, 10);
        Shown shown(lineFigure({line("a", x, over(x, [](double t) { return t > 4 && t < 5 ? kNaN : std::sin(t * 1e4); }))}));
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
        const auto part = [&](double of) { return QColor::fromRgbF(static_cast<float>(ground.redF() + (ink.redF() - ground.redF()) * of), static_cast<float>(ground.greenF() + (ink.greenF() - ground.greenF()) * of), static_cast<float>(ground.blueF() + (ink.blueF() - ground.blueF()) * of)); };
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
            lines.push_back(line("trained, seed " + std::to_string(2333 + seed), {0, 10}, {1.0 * seed, 1.0 * seed}));
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
        QVERIFY(shown.canvas.scene().model().series()[10].style.dashes.isEmpty() && shown.canvas.scene().model().series()[4].style.dashes.isEmpty());
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
        figure.references = {{Reference::Kind::X, 1, "target"}, {Reference::Kind::Y, 1, second.toStdString()}};
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
                if (distance(both.pixel(x, y), one.pixel(x, y)) > 60) ++(x > middle * ratio && y < (area.top() + 20) * ratio ? inCorner : elsewhere);
        if (second == QLatin1String("target")) QCOMPARE(inCorner + elsewhere, 0);
        else QVERIFY(elsewhere > 20);
    }

    void labelsOfReferencesKeepOffTheData() {
        // A line that ends on top of its target, where the label would stand.
        const std::vector<double> x = ramp(200, 0, 10);
        Figure figure = lineFigure({line("a", x, over(x, [](double t) { return t < 5 ? t / 5 : 1.0; }))});
        figure.references = {{Reference::Kind::Y, 0.97, "target"}};
        Shown shown(figure);
        const QImage picture = shown.picture();
        for (double t = 5.5; t < 9.8; t += 0.05) QVERIFY(hasInk(picture, shown.at(t, 1), shown.colour(0), 0, 60));
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
        const AxisTicks ticks = axisTicks(AxisScale(), {}, 0, 2.1, {.length_px = height, .leastGap_px = 34, .leastStep = 1, .extent_px = [](const QString&) { return 12.0; }});
        QCOMPARE(ticks.places, (std::vector<double>{0, 1, 2}));
        // No rule of the grid between one and two counts.
        const QImage picture = shown.picture();
        const QRgb grid = picture.pixel(dotAt(picture, shown.at(1.5, 1)));
        QVERIFY(distance(grid, theme().panel.rgb()) > 6);
        for (double count = 1.1; count < 1.95; count += 0.01) QCOMPARE(picture.pixel(dotAt(picture, shown.at(1.5, count))), theme().panel.rgb());
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

    void keepsZoomForTheSameFigureOnly() {
        Shown shown(twoLines());
        shown.wheel(shown.at(5, 0.5), 3);
        const Span zoomed = shown.x();
        QVERIFY(zoomed.high - zoomed.low < 7);
        shown.canvas.setFigure(shared(twoLines()));
        QCOMPARE(shown.x(), zoomed);
        Figure other = twoLines();
        other.name = "other";
        shown.canvas.setFigure(shared(other));
        QCOMPARE(shown.x().high, 10.0);
    }

    void followsLiveDataUntilItIsZoomed() {
        Shown shown(lineFigure({line("a", {0, 1}, {0, 1})}));
        shown.canvas.setFigure(shared(lineFigure({line("a", {0, 1, 2}, {0, 1, 4})})));
        QCOMPARE(shown.x().high, 2.0);
        // Over the x axis only x is zoomed, so y follows on.
        const QRectF area = shown.canvas.scene().map().area;
        shown.wheel({area.center().x(), area.bottom() + 12}, 2);
        const Span zoomed = shown.x();
        shown.canvas.setFigure(shared(lineFigure({line("a", {0, 1, 2, 3}, {0, 1, 4, 9})})));
        QCOMPARE(shown.x(), zoomed);
        QVERIFY(shown.y().high >= 9);
    }

    void zoomsAtTheMouse() {
        Shown shown(twoLines());
        const QPointF position = shown.at(2.5, 0.25);
        shown.wheel(position, 4);
        QVERIFY((shown.at(2.5, 0.25) - position).manhattanLength() < 0.5);
        shown.canvas.home();
        QCOMPARE(shown.x().high, 10.0);
    }

    void pansByDragging() {
        Shown shown(twoLines());
        QSignalSpy edited(&shown.canvas, &FigureCanvas::viewEdited);
        shown.drag(shown.at(5, 0.4), shown.at(7, 0.4));
        QVERIFY(std::abs(shown.x().low + 2) < 0.05);
        QVERIFY(!edited.isEmpty());
        QTest::mouseDClick(&shown.canvas, Qt::LeftButton, {}, shown.at(3, 0.6).toPoint());
        QCOMPARE(shown.x().low, 0.0);
    }

    void zoomsIntoBoxes_data() {
        QTest::addColumn<int>("button");
        QTest::addColumn<int>("modifiers");
        QTest::newRow("right button") << static_cast<int>(Qt::RightButton) << 0;
        QTest::newRow("shift") << static_cast<int>(Qt::LeftButton) << static_cast<int>(Qt::ShiftModifier);
    }
    void zoomsIntoBoxes() {
        QFETCH(int, button);
        QFETCH(int, modifiers);
        Shown shown(twoLines());
        shown.drag(shown.at(2, 0.2), shown.at(4, 0.6), static_cast<Qt::MouseButton>(button), static_cast<Qt::KeyboardModifiers>(modifiers));
        QVERIFY(std::abs(shown.x().low - 2) < 0.05 && std::abs(shown.x().high - 4) < 0.05);
        QVERIFY(std::abs(shown.y().low - 0.2) < 0.01 && std::abs(shown.y().high - 0.6) < 0.01);
    }

    void zoomsOnLogarithmicAxes() {
        Figure figure = lineFigure({line("a", {1, 10, 100}, {1, 10, 100})});
        figure.x.scale = figure.y.scale = Scale::Log;
        Shown shown(figure);
        shown.wheel(shown.at(10, 10), 10);
        QVERIFY(shown.x().low > 1 && shown.x().high < 100);
        QVERIFY(std::abs(shown.x().low * shown.x().high - 100) < 5);
    }

    void obeysTheKeyboard() {
        Shown shown(twoLines());
        shown.canvas.setFocus();
        QTest::keyClick(&shown.canvas, Qt::Key_Plus);
        QVERIFY(std::abs(shown.x().high - 9) < 0.01);
        QTest::keyClick(&shown.canvas, Qt::Key_Right);
        QVERIFY(std::abs(shown.x().high - 9.8) < 0.01);
        QTest::keyClick(&shown.canvas, Qt::Key_Home);
        QCOMPARE(shown.x(), (Span{0, 10}));
    }

    void readsOutTheNearestSeries() {
        Shown shown(twoLines());
        QSignalSpy words(&shown.canvas, &FigureCanvas::readout);
        shown.move(shown.at(2, std::exp(-2)) + QPointF(0, -5));
        QCOMPARE(words.last().first().toString(), QStringLiteral("time 2 s, two-layer 0.1353"));
        shown.move(shown.at(2, 1 - std::exp(-2)) + QPointF(0, 3));
        QCOMPARE(words.last().first().toString(), QStringLiteral("time 2 s, one-layer 0.8647"));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(&shown.canvas, &leave);
        QCOMPARE(words.last().first().toString(), QString());
    }

    void readsOutPointsWithTheirColour() {
        Shown shown(cloudFigure());
        QSignalSpy words(&shown.canvas, &FigureCanvas::readout);
        shown.move(shown.at(2, 1) + QPointF(3, 3));
        QCOMPARE(words.last().first().toString(), QStringLiteral("time 2 s, loss 1, order 6"));
    }

    void togglesSeriesFromTheKey() {
        Shown shown(twoLines());
        KeyButton* button = shown.keyButton(QStringLiteral("one-layer"));
        QVERIFY(button);
        QVERIFY(hasInk(shown.picture(), shown.at(4, 1 - std::exp(-4)), shown.colour(1), 6));
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!hasInk(shown.picture(), shown.at(4, 1 - std::exp(-4)), shown.colour(1), 6));
        QVERIFY(!button->isChecked());
        QTest::keyClick(button, Qt::Key_Space);
        QVERIFY(hasInk(shown.picture(), shown.at(4, 1 - std::exp(-4)), shown.colour(1), 6));
        QTest::keyClick(button, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(shown.canvas.viewState()[QStringLiteral("hidden")].toStringList(), QStringList{QStringLiteral("two-layer")});
    }

    void tellsSeriesApartWithoutColour() {
        const PlotModel model(shared(twoLines()), Theme::of(Theme::Kind::Light));
        QVERIFY(model.series()[0].style.dashes != model.series()[1].style.dashes);
    }

    void keepsViewState() {
        Shown shown(twoLines());
        shown.wheel(shown.at(5, 0.5), 3);
        shown.canvas.toggleSeries(QStringLiteral("one-layer"));
        const QVariantMap state = shown.canvas.viewState();
        const Span x = shown.x();
        Shown again(twoLines());
        again.canvas.setViewState(state);
        QCOMPARE(again.x(), x);
        QCOMPARE(again.canvas.viewState(), state);
        again.canvas.setViewState({});
        QCOMPARE(again.x(), (Span{0, 10}));
    }

    void dragsACursorAlongX() {
        Figure figure = twoLines();
        CursorPlace cursor{"frame", "time", 100, 201, 5.0};
        cursor.alongX = true;
        figure.cursors = {cursor};
        Shown shown(figure);
        QVERIFY(hasInk(shown.picture(), QPointF(shown.at(5, 0).x(), shown.at(0, 0.4).y()), theme().accent, 1, 60));
        QSignalSpy moved(&shown.canvas, &FigureCanvas::cursorMoved);
        shown.drag(shown.at(5, 0.4), shown.at(7.51, 0.3));
        QCOMPARE(moved.last()[0].toString(), QStringLiteral("frame"));
        QCOMPARE(moved.last()[1].toLongLong(), 150);
        QCOMPARE(shown.x(), (Span{0, 10}));
        shown.canvas.setFocus();
        QTest::keyClick(&shown.canvas, Qt::Key_Period);
        QCOMPARE(moved.last()[1].toLongLong(), 151);
    }

    /// On paper the cursor is drawn where somebody put it, and left out at the end, where it stands by itself.
    void leavesIdleCursorsOutOfExports() {
        Figure figure = twoLines();
        CursorPlace cursor{"frame", "time", 100, 201, 5.0, {}, {}};
        cursor.alongX = true;
        const auto page = [&](std::optional<std::int64_t> index) {
            cursor.index = index.value_or(0);
            cursor.coordinate = static_cast<double>(cursor.index) / 20;
            figure.cursors.clear();
            if (index) figure.cursors.push_back(cursor);
            PlotCanvas canvas;
            canvas.resize(400, 300);
            canvas.setFigure(shared(figure));
            QImage made(400, 300, QImage::Format_RGB32);
            made.fill(Qt::white);
            QPainter painter(&made);
            canvas.paint(painter, made.rect(), theme());
            return made;
        };
        QVERIFY(page(100) != page(std::nullopt));
        QVERIFY(page(200) == page(std::nullopt));
    }

    void dragsAMarkOnAPath() {
        Shown shown(pathFigure());
        QSignalSpy moved(&shown.canvas, &FigureCanvas::cursorMoved);
        const double angle = M_PI / 4;
        shown.drag(shown.at(0, 1), shown.at(-std::cos(angle), std::sin(angle)) + QPointF(0, -4));
        QVERIFY(std::abs(moved.last()[1].toLongLong() - 45) <= 2);
    }

    void givesTheResultsOfGestures() {
        Figure figure = cloudFigure();
        figure.gestures = {gesture(Gesture::Kind::Pick), gesture(Gesture::Kind::Range), gesture(Gesture::Kind::Range, true), gesture(Gesture::Kind::Rectangle),
                           gesture(Gesture::Kind::Lasso)};
        Shown shown(figure);
        std::vector<std::pair<int, nlohmann::json>> results;
        connect(&shown.canvas, &FigureCanvas::gestured, this, [&](int index, const nlohmann::json& result) { results.emplace_back(index, result); });
        const auto isNear = [](const nlohmann::json& value, double wanted) { return std::abs(value.get<double>() - wanted) < 0.02; };

        shown.canvas.setActiveGesture(0);
        QTest::mouseClick(&shown.canvas, Qt::LeftButton, {}, (shown.at(2, 1) + QPointF(2, 2)).toPoint());
        QCOMPARE(results.size(), 1u);
        QCOMPARE(results.back().second, (nlohmann::json{{"x", 2.0}, {"y", 1.0}, {"value", 6.0}, {"index.row", 1}, {"index.column", 2}}));
        // Away from all points the place itself is picked.
        QTest::mouseClick(&shown.canvas, Qt::LeftButton, {}, shown.at(1.5, 0.5).toPoint());
        QVERIFY(isNear(results.back().second["x"], 1.5) && !results.back().second.contains("index.row"));

        shown.canvas.setActiveGesture(1);
        shown.drag(shown.at(2.5, 0.5), shown.at(0.5, 1.5));
        QCOMPARE(results.back().first, 1);
        QVERIFY(isNear(results.back().second["low"], 0.5) && isNear(results.back().second["high"], 2.5));
        shown.canvas.setActiveGesture(2);
        shown.drag(shown.at(2.5, 0.5), shown.at(0.5, 1.5));
        QVERIFY(isNear(results.back().second["low"], 0.5) && isNear(results.back().second["high"], 1.5));
        shown.canvas.setActiveGesture(3);
        shown.drag(shown.at(2.5, 1.5), shown.at(0.5, 0.5));
        QVERIFY(isNear(results.back().second["x_low"], 0.5) && isNear(results.back().second["x_high"], 2.5));
        QVERIFY(isNear(results.back().second["y_low"], 0.5) && isNear(results.back().second["y_high"], 1.5));

        shown.canvas.setActiveGesture(4);
        const QPolygonF around{shown.at(0.5, 0.5), shown.at(2.5, 0.5), shown.at(2.5, 1.5), shown.at(0.5, 1.5)};
        QTest::mousePress(&shown.canvas, Qt::LeftButton, {}, around[0].toPoint());
        for (const QPointF& vertex : around) shown.move(vertex, Qt::LeftButton);
        QTest::mouseRelease(&shown.canvas, Qt::LeftButton, {}, around[3].toPoint());
        QCOMPARE(results.back().second["indices"], (nlohmann::json{5, 6}));
        QVERIFY(results.back().second["polygon"].size() >= 4);
        // Gestures do not zoom, and a click that makes no shape gives nothing.
        const std::size_t before = results.size();
        shown.canvas.setActiveGesture(3);
        QTest::mouseClick(&shown.canvas, Qt::LeftButton, {}, shown.at(1, 1).toPoint());
        QCOMPARE(results.size(), before);
        QVERIFY(shown.canvas.viewState().isEmpty());
    }

    void makesGesturesByKeyboard() {
        Figure figure = twoLines();
        figure.gestures = {gesture(Gesture::Kind::Range)};
        Shown shown(figure);
        nlohmann::json results;
        connect(&shown.canvas, &FigureCanvas::gestured, this, [&](int, const nlohmann::json& result) { results = result; });
        shown.canvas.setActiveGesture(0);
        shown.canvas.setFocus();
        QTest::keyClick(&shown.canvas, Qt::Key_Space);
        for (int i = 0; i < 5; ++i) QTest::keyClick(&shown.canvas, Qt::Key_Right);
        QVERIFY(shown.canvas.scene().pointer().band);
        QTest::keyClick(&shown.canvas, Qt::Key_Escape);
        QVERIFY(results.is_null());
        QTest::keyClick(&shown.canvas, Qt::Key_Space);
        for (int i = 0; i < 5; ++i) QTest::keyClick(&shown.canvas, Qt::Key_Right);
        QTest::keyClick(&shown.canvas, Qt::Key_Return);
        QVERIFY(results["high"].get<double>() > results["low"].get<double>());
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
        std::vector<Figure> strange{lineFigure({}), lineFigure({line("a", {}, {})}), lineFigure({line("a", {kNaN, kNaN}, {kNaN, kNaN})}),
                                    lineFigure({line("a", {0, 1}, {infinity, -infinity})}), lineFigure({line("a", {0, 1}, {-1e308, 1e308})}),
                                    lineFigure({line("a", {1, 1, 1}, {5, 5, 5})}), lineFigure({line("a", {3, 1, 2}, {0, 1, 0})})};
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
