// SPDX-License-Identifier: GPL-3.0-or-later
// Plot canvases: what mouse and keyboard do.
#include <QScrollArea>

#include "plot_shown.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

class TestPlotHand : public QObject {
    Q_OBJECT
  private Q_SLOTS:
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

    /// One scrolls the page, and a figure comes under the mouse.
    void leavesTheWheelToAPageThatScrolls() {
        QScrollArea page;
        page.resize(700, 500);
        auto* tall = new QWidget;
        tall->setFixedSize(650, 2000);
        page.setWidget(tall);
        Shown shown(twoLines());
        shown.canvas.setParent(tall);
        page.show();
        shown.canvas.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        const Span all = shown.x();
        shown.wheel(shown.at(5, 0.5), 3);
        QCOMPARE(shown.x(), all);
        shown.wheel(shown.at(5, 0.5), 3, Qt::ControlModifier);
        const Span zoomed = shown.x();
        QVERIFY(zoomed.high < all.high);
        tall->setFixedSize(650, 450);  // now all of it is seen
        QCoreApplication::processEvents();
        shown.wheel(shown.at(5, 0.5), 3);
        QVERIFY(shown.x().high < zoomed.high);
    }

    void staysNearTheData() {
        Shown shown(twoLines());
        shown.wheel(shown.at(5, 0.5), -2000);
        for (int i = 0; i < 200; ++i) shown.wheel(shown.at(5, 0.5), -1);
        QVERIFY2(shown.x().high - shown.x().low <= 101 && shown.y().high - shown.y().low <= 12,
                 qPrintable(QString::number(shown.x().high - shown.x().low)));
        QVERIFY(shown.x().high - shown.x().low > 50);
        const Span far = shown.x();
        shown.drag(shown.at(5, 0.5),
                   shown.at(far.low + 0.2 * (far.high - far.low), 0.5));  // out there one can still move
        QVERIFY(shown.x().low > far.low);
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
        shown.drag(shown.at(2, 0.2), shown.at(4, 0.6), static_cast<Qt::MouseButton>(button),
                   static_cast<Qt::KeyboardModifiers>(modifiers));
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

    void zoomsToABoxByKeyboard() {
        Shown shown(twoLines());
        shown.canvas.setFocus();
        QSignalSpy edits(&shown.canvas, &FigureCanvas::viewEdited);
        const auto press = [&](Qt::Key key, int times = 1) {
            for (int i = 0; i < times; ++i) QTest::keyClick(&shown.canvas, key);
        };
        press(Qt::Key_B);
        press(Qt::Key_Left, 10);
        const QPointF from = *shown.canvas.scene().pointer().keyboard;
        press(Qt::Key_Space);
        press(Qt::Key_Right, 20);
        press(Qt::Key_Up, 8);
        const QPointF to = *shown.canvas.scene().pointer().keyboard;
        const Span wanted{shown.canvas.scene().map().x.value(from.x()),
                          shown.canvas.scene().map().x.value(to.x())};
        QCOMPARE(edits.count(), 0);
        press(Qt::Key_Space);
        QCOMPARE(edits.count(), 1);
        QVERIFY(std::abs(shown.x().low - wanted.low) < 1e-6 && std::abs(shown.x().high - wanted.high) < 1e-6);
        QVERIFY(shown.y().high - shown.y().low < 0.5);
        // Escape leaves it, and arrows pan again.
        press(Qt::Key_B);
        press(Qt::Key_Space);
        press(Qt::Key_Escape);
        QVERIFY(!shown.canvas.scene().pointer().band);
        const Span before = shown.x();
        press(Qt::Key_Right);
        QVERIFY(shown.x().low > before.low);
    }

    void looksAsItIsTold() {
        Shown shown(twoLines());
        const QVariantMap look{{QStringLiteral("smoothing"), 0.9},
                               {QStringLiteral("y_scale"), QStringLiteral("log")}};
        const QImage before = shown.picture();
        shown.canvas.setViewState(look);
        QCOMPARE(shown.canvas.viewState(), look);
        QVERIFY(shown.canvas.scene().model().scales().y.kind() == Scale::Log);
        const auto& smooth = std::get<Lines>(shown.canvas.scene().model().figure().body).lines[0];
        QCOMPARE(smooth.smoothed.size(), smooth.y.size());
        QVERIFY(std::get<Lines>(shown.canvas.figure()->body)
                    .lines[0]
                    .smoothed.empty());  // what came stays as it was
        QVERIFY(shown.picture() != before);
        // A zoom that a logarithmic axis cannot show is none.
        QVariantMap beyond = look;
        beyond[QStringLiteral("y")] = QVariantList{-1.0, 1.0};
        shown.canvas.setViewState(beyond);
        QCOMPARE(shown.canvas.viewState(), look);
        // New numbers keep the look, another figure does not.
        Figure more = twoLines();
        shown.canvas.setFigure(shared(more));
        QCOMPARE(shown.canvas.viewState(), look);
        more.name = "another";
        shown.canvas.setFigure(shared(more));
        QVERIFY(shown.canvas.viewState().isEmpty());
        for (const QVariant& odd :
             {QVariant(-1.0), QVariant(2.0), QVariant(QStringLiteral("much")), QVariant()})
            shown.canvas.setViewState({{QStringLiteral("smoothing"), odd}, {QStringLiteral("x_scale"), odd}});
        QVERIFY(shown.canvas.viewState().isEmpty());
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
        QCOMPARE(shown.canvas.viewState()[QStringLiteral("hidden")].toStringList(),
                 QStringList{QStringLiteral("two-layer")});
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
        QVERIFY(hasInk(shown.picture(), QPointF(shown.at(5, 0).x(), shown.at(0, 0.4).y()), theme().accent, 1,
                       60));
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
        figure.gestures = {gesture(Gesture::Kind::Pick), gesture(Gesture::Kind::Range),
                           gesture(Gesture::Kind::Range, true), gesture(Gesture::Kind::Rectangle),
                           gesture(Gesture::Kind::Lasso)};
        Shown shown(figure);
        std::vector<std::pair<int, nlohmann::json>> results;
        connect(&shown.canvas, &FigureCanvas::gestured, this,
                [&](int index, const nlohmann::json& result) { results.emplace_back(index, result); });
        const auto isNear = [](const nlohmann::json& value, double wanted) {
            return std::abs(value.get<double>() - wanted) < 0.02;
        };

        shown.canvas.setActiveGesture(0);
        QTest::mouseClick(&shown.canvas, Qt::LeftButton, {}, (shown.at(2, 1) + QPointF(2, 2)).toPoint());
        QCOMPARE(results.size(), 1u);
        QCOMPARE(
            results.back().second,
            (nlohmann::json{{"x", 2.0}, {"y", 1.0}, {"value", 6.0}, {"index.row", 1}, {"index.column", 2}}));
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
        const QPolygonF around{shown.at(0.5, 0.5), shown.at(2.5, 0.5), shown.at(2.5, 1.5),
                               shown.at(0.5, 1.5)};
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
        connect(&shown.canvas, &FigureCanvas::gestured, this,
                [&](int, const nlohmann::json& result) { results = result; });
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
};

QTEST_MAIN(TestPlotHand)
#include "test_plot_hand.moc"
