// SPDX-License-Identifier: GPL-3.0-or-later
// Points and paths in three dimensions: projection, turning, picking, cursors, and what is left out.
#include "desktop/views/plot/key_button.hpp"
#include "desktop/views/scene/scene_canvas.hpp"
#include "desktop/views/scene/scene_strokes.hpp"
#include "desktop/views/scene/scene_words.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

double length(const QPointF& by) { return std::hypot(by.x(), by.y()); }

Figure cornersFigure() {
    Figure figure = figureOf("points", "Corners");
    figure.x.title = "x", figure.y.title = "y", figure.z.title = "height", figure.z.unit = "m";
    Cloud cloud;
    cloud.look.label = "corners";
    cloud.look.marker = Marker::Circle;
    for (int i = 0; i < 8; ++i) {
        cloud.x.push_back(i & 1);
        cloud.y.push_back(i >> 1 & 1);
        cloud.z.push_back(i >> 2 & 1);
    }
    cloud.dims = {"a", "b"};
    cloud.shape = {2, 4};
    figure.body = Points{{cloud}, std::nullopt};
    return figure;
}

QPointF at(Shown<SceneCanvas>& shown, std::size_t series, std::size_t point) {
    return pixelOf(*shown.canvas->model(), shown.canvas->arrangement(), series, point);
}

}  // namespace

class TestScene : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void looksFromWhereTheCameraIs() {
        // From the front: x to the right; from above: y up.
        const Eye front({-90, 0});
        const Seen x = front.see({1, 0, 0}), y = front.see({0, 1, 0}), z = front.see({0, 0, 1});
        QVERIFY(std::abs(x.across - 1) < 1e-9 && std::abs(x.up) < 1e-9);
        QVERIFY(std::abs(z.up - 1) < 1e-9 && std::abs(y.near + 1) < 1e-9);
        const Eye above({-90, 90});
        QVERIFY(std::abs(above.see({0, 1, 0}).up - 1) < 1e-9 &&
                std::abs(above.see({0, 0, 1}).near - 1) < 1e-9);
        Camera camera{170, 80};
        camera.turn(30, 30);
        QCOMPARE(camera.azimuth_deg, -160.0);
        QCOMPARE(camera.elevation_deg, 90.0);
    }

    void keepsLengths() {
        // Turning changes no distance between points, in all three directions of view together.
        const Vector p{0.3, -0.2, 0.7};
        for (const double azimuth : {-60.0, 10.0, 123.0}) {
            const Seen seen = Eye({azimuth, 25}).see(p);
            QVERIFY(std::abs(seen.across * seen.across + seen.up * seen.up + seen.near * seen.near -
                             (0.09 + 0.04 + 0.49)) < 1e-9);
        }
    }

    void drawsPointsAndAxes() {
        Shown<SceneCanvas> shown(cornersFigure());
        const QImage picture = shown.picture();
        for (std::size_t i = 0; i < 8; ++i)
            QVERIFY(QRectF(shown.canvas->rect()).adjusted(10, 5, -10, -10).contains(at(shown, 0, i)));
        // The nearest corner is in the colour of the series, the farthest is paler.
        const SceneModel& model = *shown.canvas->model();
        std::size_t nearest = 0, farthest = 0;
        const auto near = [&](std::size_t i) {
            const ScenePoint& p = model.series[0].points[i];
            return shown.canvas->arrangement().eye.see({p.x, p.y, p.z}).near;
        };
        for (std::size_t i = 0; i < 8; ++i) {
            if (near(i) > near(nearest)) nearest = i;
            if (near(i) < near(farthest)) farthest = i;
        }
        const QRgb own = model.series[0].style.colour.rgb();
        const int close = distance(picture.pixel(at(shown, 0, nearest).toPoint()), own),
                  far = distance(picture.pixel(at(shown, 0, farthest).toPoint()), own);
        QVERIFY2(close < 90 && far > close + 60, qPrintable(QStringLiteral("%1 %2").arg(close).arg(far)));
        // Higher values stand higher.
        QVERIFY(at(shown, 0, 4).y() < at(shown, 0, 0).y());
        const QString svg = QString::fromUtf8(*renderFigure(shared(cornersFigure()), QStringLiteral("svg")));
        QVERIFY(svg.contains(QStringLiteral("height (m)")));
        QVERIFY(svg.contains(QStringLiteral(">0.5<")) || svg.contains(QStringLiteral("0.5")));
    }

    void turnsByMouseAndKeys() {
        Shown<SceneCanvas> shown(cornersFigure());
        const QPointF before = at(shown, 0, 0);
        shown.drag({{300, 350}, {320, 350}, {400, 350}});
        QVERIFY(length(at(shown, 0, 0) - before) > 10);
        QVariantMap state = shown.canvas->viewState();
        QCOMPARE(state[QStringLiteral("azimuth")].toDouble(), -100.0);
        QCOMPARE(state[QStringLiteral("elevation")].toDouble(), 25.0);
        shown.key(Qt::Key_Home);
        QVERIFY(shown.canvas->viewState().isEmpty());
        shown.key(Qt::Key_Right);
        QCOMPARE(shown.canvas->viewState()[QStringLiteral("azimuth")].toDouble(), -55.0);
        shown.key(Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(shown.canvas->viewState()[QStringLiteral("elevation")].toDouble(), 26.0);
        shown.canvas->setViewState(state);
        QCOMPARE(shown.canvas->viewState(), state);
    }

    void zoomsAtTheMouseAndPans() {
        Shown<SceneCanvas> shown(cornersFigure());
        const QPointF there = at(shown, 0, 5);
        shown.wheel(there, 5);
        QVERIFY2(length(at(shown, 0, 5) - there) < 0.5,
                 qPrintable(QString::number(length(at(shown, 0, 5) - there))));
        shown.wheel(there + QPointF(30, -20), -2);
        shown.wheel(there + QPointF(30, -20), 2);
        QVERIFY(length(at(shown, 0, 5) - there) < 0.5);
        const QPointF before = at(shown, 0, 5);
        shown.drag({{300, 350}, {310, 350}, {340, 330}}, Qt::LeftButton, Qt::ShiftModifier);
        QVERIFY(length(at(shown, 0, 5) - before - QPointF(40, -20)) < 0.5);
        shown.canvas->home();
        QVERIFY(shown.canvas->viewState().isEmpty());
    }

    void readsOutAndPicksTheNearest() {
        Figure figure = cornersFigure();
        auto& cloud = std::get<Points>(figure.body).clouds[0];
        figure.gestures = {gestureOf(Gesture::Kind::Pick), gestureOf(Gesture::Kind::Range),
                           gestureOf(Gesture::Kind::Lasso)};
        cloud.colour = {0, 1, 2, 3, 4, kNaN, 6, 7};
        Colours& colours = std::get<Points>(figure.body).colours.emplace();
        colours.dataHigh = 7;
        colours.title = "order";
        Shown<SceneCanvas> shown(figure);
        shown.move(at(shown, 0, 6));
        QCOMPARE(shown.words, QStringLiteral("x 0, y 1, height 1 m, order 6"));
        shown.move(at(shown, 0, 5));
        QCOMPARE(shown.words, QStringLiteral("x 1, y 0, height 1 m, order no number"));
        shown.canvas->setActiveGesture(0);
        shown.click(at(shown, 0, 6));
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second,
                 (nlohmann::json{
                     {"x", 0.0}, {"y", 1.0}, {"z", 1.0}, {"value", 6.0}, {"index.a", 1}, {"index.b", 2}}));
        shown.canvas->setActiveGesture(1);
        QVERIFY(shown.words.contains(QStringLiteral("no range")));
        shown.canvas->setActiveGesture(2);
        const QPointF around = at(shown, 0, 4);
        shown.drag({around + QPointF(-12, -12), around + QPointF(12, -12), around + QPointF(12, 12),
                    around + QPointF(-12, 12)});
        QCOMPARE(shown.gestures.back().second, (nlohmann::json{{"indices", {4}}}));
        shown.canvas->setActiveGesture(-1);
        shown.key(Qt::Key_PageDown);
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures.back().first, -1);
    }

    void leavesNoColouredPointPale() {
        Shown<SceneCanvas> shown(latticeFigure(9));
        const SceneModel& model = *shown.canvas->model();
        const QImage picture = shown.picture();
        int found = 0;
        for (std::size_t i = 0; i < 81; ++i)
            found += hasInk(picture, at(shown, 0, i), QColor(model.map->at(model.series[0].colour[i])), 1, 12)
                         ? 1
                         : 0;
        QVERIFY2(found > 70, qPrintable(QString::number(found)));
    }

    void marksTheSharedCursor() {
        Figure figure = lorenzFigure(400);
        std::get<Trajectory>(figure.body).paths[0].family = "seed";
        std::get<Trajectory>(figure.body).paths[0].look.familyIndex = 3;
        figure.cursors = {{"frame", "step", 100, 400, {}, "", "", true, false}};
        Shown<SceneCanvas> shown(figure);
        QVERIFY(hasInk(shown.picture(), at(shown, 0, 100), theme().accent, 1, 30));
        const QPointF to = at(shown, 0, 60);
        shown.drag({at(shown, 0, 100), at(shown, 0, 80), to});
        QVERIFY(!shown.cursors.empty());
        QCOMPARE(shown.cursors.back().first, QStringLiteral("frame"));
        QVERIFY(length(at(shown, 0, static_cast<std::size_t>(shown.cursors.back().second)) - to) < 2);
        QVERIFY(shown.canvas->viewState().isEmpty());
        const qint64 now = shown.cursors.back().second;
        shown.key(Qt::Key_Period);
        QCOMPARE(shown.cursors.back().second, now + 1);
        QVERIFY(
            hasInk(shown.picture(), at(shown, 0, static_cast<std::size_t>(now) + 1), theme().accent, 1, 30));
        SceneHit hit{0, 7, {}, 0};
        QCOMPARE(hitResults(*shown.canvas->model(), hit)["index.step"], 7);
        QCOMPARE(hitResults(*shown.canvas->model(), hit)["index.seed"], 3);
    }

    void hidesSeriesByKey() {
        Shown<SceneCanvas> shown(lorenzFigure(300, 3));
        QCOMPARE(shown.canvas->arrangement().key.size(), 3u);
        const auto buttons = shown.canvas->findChildren<KeyButton*>();
        QCOMPARE(buttons.size(), 3);
        const int before = inkIn(shown.picture(), theme().panel);
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QVERIFY(inkIn(shown.picture(), theme().panel) < before);
        QCOMPARE(shown.canvas->viewState()[QStringLiteral("hidden")].toStringList(),
                 QStringList{QStringLiteral("start 2")});
        shown.move(at(shown, 1, 150));
        QVERIFY(!shown.words.startsWith(QStringLiteral("start 2")));
        QTest::keyClick(buttons[0], Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(shown.canvas->viewState()[QStringLiteral("hidden")].toStringList(),
                 (QStringList{QStringLiteral("start 2"), QStringLiteral("start 3")}));
        // Told apart by more than colour.
        QVERIFY(shown.canvas->model()->series[0].style.dashes !=
                shown.canvas->model()->series[1].style.dashes);
    }

    /// Cost: not more vertices than the screen can show, whatever the figure has.
    void decimatesOnTheScreen() {
        const SceneModelPtr model = makeSceneModel(shared(lorenzFigure(100'000)), theme());
        const SceneStrokes all = strokesOf(*model, arrange(*model, {}, QRectF(0, 0, 600, 400)), {});
        SceneView far;
        far.zoom = 0.25;
        const SceneStrokes fewer = strokesOf(*model, arrange(*model, far, QRectF(0, 0, 600, 400)), {});
        QVERIFY2(all.vertices < 140'000 && 3 * fewer.vertices < 2 * all.vertices,
                 qPrintable(QStringLiteral("%1 %2").arg(all.vertices).arg(fewer.vertices)));
        // Neither end is lost, and gaps stay gaps.
        Figure gap = lorenzFigure(200);
        for (std::size_t i = 90; i < 110; ++i) std::get<Trajectory>(gap.body).paths[0].y[i] = kNaN;
        const SceneModelPtr broken = makeSceneModel(shared(gap), theme());
        const SceneArrangement now = arrange(*broken, {}, QRectF(0, 0, 600, 400));
        QCOMPARE(broken->missing, 20u);
        const QPointF from = pixelOf(*broken, now, 0, 89), to = pixelOf(*broken, now, 0, 110);
        bool endsThere = false, bridges = false;
        for (const auto& piece : strokesOf(*broken, now, {}).pieces) {
            for (qsizetype i = 1; i < piece.line.size(); ++i)
                bridges = bridges || (length(piece.line[i - 1] - from) < 1 && length(piece.line[i] - to) < 1);
            endsThere = endsThere || length(piece.line.last() - from) < 0.01;
        }
        QVERIFY(endsThere && !bridges);
    }

    void countsWhatIsLeftOut() {
        Figure figure = cornersFigure();
        figure.z.low = 0.5;
        figure.z.high = 2;
        Shown<SceneCanvas> shown(figure);
        QCOMPARE(shown.canvas->model()->leftOut, 4u);
        QVERIFY2(shown.canvas->accessibleDescription().contains(QStringLiteral("outside of the axes: 4")),
                 qPrintable(shown.canvas->accessibleDescription()));
        // The limits of the view are those of the box.
        QCOMPARE(shown.canvas->model()->axes[2].range, (Span{0.5, 2}));
    }

    void understandsLogarithmicAxes() {
        Figure figure = cornersFigure();
        auto& cloud = std::get<Points>(figure.body).clouds[0];
        cloud.x = {1, 10, 100, 1000, 1, 10, 100, 0};
        figure.x.scale = Scale::Log;
        const SceneModelPtr model = makeSceneModel(shared(figure), theme());
        const auto& points = model->series[0].points;
        QVERIFY(std::abs((points[1].x - points[0].x) - (points[2].x - points[1].x)) < 1e-5);
        QVERIFY(std::isnan(points[7].x));
        QCOMPARE(model->leftOut, 1u);
    }

    void keepsOneScaleWhereAsked() {
        Figure figure = cornersFigure();
        for (double& z : std::get<Points>(figure.body).clouds[0].z) z *= 0.5;
        figure.equalAspect = true;
        const SceneModelPtr model = makeSceneModel(shared(figure), theme());
        const auto& points = model->series[0].points;
        QVERIFY(std::abs((points[1].x - points[0].x) - 2 * (points[4].z - points[0].z)) < 1e-4);
    }

    void exportsWhatIsTurned() {
        ExportOptions options;
        options.dots_per_inch = 96;
        const FigurePtr figure = shared(lorenzFigure(500, 2));
        const QByteArray home = *renderFigure(figure, QStringLiteral("png"), options);
        options.viewState = {{QStringLiteral("azimuth"), 20.0}, {QStringLiteral("elevation"), 60.0}};
        QVERIFY(*renderFigure(figure, QStringLiteral("png"), options) != home);
        const QByteArray svg = *renderFigure(figure, QStringLiteral("svg"), options);
        QVERIFY(svg.contains("start 2") && svg.contains("convection (K)") && !svg.contains("<image"));
        // Long paths become an image within the vectors.
        const QByteArray longPath = *renderFigure(shared(lorenzFigure(100'000)), QStringLiteral("svg"));
        QVERIFY(longPath.contains("<image") && longPath.size() < 4'000'000);
    }

    void saysWhenThereIsNothing() {
        Figure figure = cornersFigure();
        figure.isEmpty = true;
        Shown<SceneCanvas> shown(figure);
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("nothing is drawn yet")));
        QVERIFY(inkIn(shown.picture(), theme().panel) > 100);
    }

    void survivesStrangeFigures() {
        const double infinity = std::numeric_limits<double>::infinity();
        for (const double odd : {kNaN, infinity, -infinity, 1e308, 0.0})
            for (const Scale scale : {Scale::Linear, Scale::Log, Scale::SymLog}) {
                Figure figure = cornersFigure();
                std::get<Points>(figure.body).clouds[0].z.assign(8, odd);
                figure.z.scale = scale;
                Shown<SceneCanvas> shown(figure);
                shown.wheel({300, 200}, 40);
                shown.wheel({300, 200}, -60);
                for (int i = 0; i < 20; ++i) shown.key(Qt::Key_Up);
                QVERIFY(!shown.picture().isNull());
            }
    }
};

QTEST_MAIN(TestScene)
#include "test_scene.moc"
