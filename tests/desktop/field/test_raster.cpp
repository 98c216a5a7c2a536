// SPDX-License-Identifier: GPL-3.0-or-later
// Heat maps and images: pixels where they must be, what is missing, and what mouse and keyboard do.
#include <QLabel>
#include <QSet>

#include "desktop/views/field/brush_mask.hpp"
#include "desktop/views/field/cell_sampler.hpp"
#include "desktop/views/field/raster_canvas.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

/// Rows × columns whose value is 10 × row + column.
Figure rasterFigure(std::size_t rows, std::size_t columns, bool isImage = false) {
    Figure figure = figureOf(isImage ? "image" : "heatmap", "Weights");
    Raster raster;
    raster.rows = rows;
    raster.columns = columns;
    raster.square = isImage;
    raster.valueName = "weight";
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            raster.z.push_back(10 * static_cast<double>(r) + static_cast<double>(c));
    raster.down.dimension = "output";
    raster.across.dimension = "time";
    raster.across.axis.title = "time";
    raster.across.axis.unit = "s";
    raster.down.axis.title = "output";
    for (std::size_t r = 0; r < rows; ++r) raster.down.centres.push_back(static_cast<double>(r));
    for (std::size_t c = 0; c < columns; ++c) raster.across.centres.push_back(0.5 * static_cast<double>(c));
    raster.colours.dataHigh = 10 * static_cast<double>(rows - 1) + static_cast<double>(columns - 1);
    figure.x = raster.across.axis;
    figure.y = raster.down.axis;
    figure.body = std::move(raster);
    return figure;
}

Raster& bodyOf(Figure& figure) { return std::get<Raster>(figure.body); }

QColor mapped(const Shown<RasterCanvas>& shown, double value) {
    const auto& raster = std::get<Raster>(shown.canvas->figure()->body);
    return QColor(ColourMap(raster.colours, theme()).at(value));
}

}  // namespace

class TestRaster : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void drawsEveryCell() {
        Shown<RasterCanvas> shown(rasterFigure(4, 5));
        const RasterLayout layout = shown.canvas->layout();
        const QImage picture = shown.picture();
        for (std::size_t r = 0; r < 4; ++r)
            for (std::size_t c = 0; c < 5; ++c)
                QVERIFY(hasInk(picture, layout.rectOf({r, c}).center(),
                               mapped(shown, 10.0 * static_cast<double>(r) + static_cast<double>(c)), 0, 6));
        QVERIFY(layout.rectOf({0, 0}).top() < layout.rectOf({3, 0}).top());
        Figure upwards = rasterFigure(4, 5);
        bodyOf(upwards).upwards = true;
        Shown<RasterCanvas> turned(upwards);
        QVERIFY(turned.canvas->layout().rectOf({0, 0}).top() > turned.canvas->layout().rectOf({3, 0}).top());
    }

    void keepsPixelsOfImagesSquare() {
        Shown<RasterCanvas> shown(rasterFigure(20, 40, true));
        const QRectF raster = shown.canvas->layout().raster;
        QVERIFY(std::abs(raster.width() / raster.height() - 2) < 0.02);
    }

    void swipesBetweenTwoPictures() {
        Figure figure = rasterFigure(4, 4, true);
        bodyOf(figure).left.assign(16, 5);
        bodyOf(figure).leftWord = "before";
        bodyOf(figure).rightWord = "after";
        figure.gestures = {gestureOf(Gesture::Kind::Pick)};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        // Beside the middle of the cells, through which the hairs of the pointer run.
        const auto looks = [&](std::size_t column, double value) {
            const QRectF cell = layout.rectOf({1, column});
            return hasInk(shown.picture(), cell.topLeft() + QPointF(cell.width(), cell.height()) / 4,
                          mapped(shown, value), 0, 6);
        };
        QVERIFY(looks(1, 5) && looks(2, 12));
        const auto pixelOf = [&](double share) {
            return QPointF(layout.raster.left() + share * layout.raster.width(), layout.raster.bottom() - 3);
        };
        shown.drag({pixelOf(0.5), pixelOf(0.6), pixelOf(0.8)});
        QVERIFY(looks(2, 5) && looks(3, 13));
        QCOMPARE(shown.canvas->viewState().value("swipe").toDouble(), 0.8);
        shown.move(layout.rectOf({2, 1}).center());
        QCOMPARE(shown.words, QStringLiteral("output 2, time 0.5 s, before 5, after 21"));
        // With a gesture chosen the line is in nobody's way, but for its grip.
        shown.canvas->setActiveGesture(0);
        shown.click(pixelOf(0.8));
        QCOMPARE(shown.gestures.back().first, 0);
        shown.drag({QPointF(pixelOf(0.8).x(), layout.raster.center().y()), pixelOf(0.6), pixelOf(0.3)});
        QCOMPARE(shown.canvas->viewState().value("swipe").toDouble(), 0.3);
        shown.key(Qt::Key_Less);
        QCOMPARE(shown.canvas->viewState().value("swipe").toDouble(), 0.25);
        shown.canvas->home();
        QVERIFY(!shown.canvas->viewState().contains("swipe"));
        shown.canvas->setViewState({{"swipe", 7.0}});
        QCOMPARE(shown.canvas->viewState().value("swipe").toDouble(), 1.0);
    }

    void hatchesWhatIsNoNumber() {
        Figure figure = rasterFigure(4, 4);
        bodyOf(figure).z[5] = kNaN;
        Shown<RasterCanvas> shown(figure);
        const QRectF cell = shown.canvas->layout().rectOf({1, 1}).adjusted(4, 4, -4, -4);
        const QImage part = shown.picture().copy(cell.toRect());
        QSet<QRgb> colours;
        for (int y = 0; y < part.height(); ++y)
            for (int x = 0; x < part.width(); ++x) colours.insert(part.pixel(x, y));
        QVERIFY2(colours.size() >= 2, qPrintable(QString::number(colours.size())));
        shown.move(cell.center());
        QCOMPARE(shown.words, QStringLiteral("output 1, time 0.5 s, weight no number"));
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("1 cells hold no number")));
    }

    /// Of a thousand cells on one pixel none vanishes without a trace.
    void showsSingleMissingCellsAmongMany() {
        Figure figure = rasterFigure(1000, 1500);
        bodyOf(figure).z[500 * 1500 + 700] = kNaN;
        Shown<RasterCanvas> shown(figure);
        const QRectF cell = shown.canvas->layout().rectOf({500, 700});
        QVERIFY(hasInk(shown.picture(), cell.center(), theme().hatch, 2, 30));
    }

    void readsOutAndPicks() {
        Figure figure = rasterFigure(4, 5);
        figure.gestures = {gestureOf(Gesture::Kind::Pick), gestureOf(Gesture::Kind::Rectangle)};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        shown.move(layout.rectOf({2, 3}).center());
        QCOMPARE(shown.words, QStringLiteral("output 2, time 1.5 s, weight 23"));
        shown.click(layout.rectOf({2, 3}).center());
        QCOMPARE(shown.gestures.back().first, -1);
        shown.canvas->setActiveGesture(0);
        shown.click(layout.rectOf({2, 3}).center());
        QCOMPARE(shown.gestures.back().first, 0);
        QCOMPARE(shown.gestures.back().second,
                 (nlohmann::json{
                     {"x", 1.5}, {"y", 2.0}, {"value", 23.0}, {"index.time", 3}, {"index.output", 2}}));
        shown.canvas->setActiveGesture(1);
        const QPointF from = layout.rectOf({1, 1}).center(), to = layout.rectOf({3, 3}).center();
        shown.drag({from, (from + to) / 2, to});
        const nlohmann::json results = shown.gestures.back().second;
        QVERIFY(std::abs(results["x_low"].get<double>() - 0.5) < 0.01 &&
                std::abs(results["x_high"].get<double>() - 1.5) < 0.01);
        QVERIFY(std::abs(results["y_low"].get<double>() - 1) < 0.01 &&
                std::abs(results["y_high"].get<double>() - 3) < 0.01);
    }

    void paintsMasks() {
        Figure figure = rasterFigure(8, 8, true);
        figure.gestures = {gestureOf(Gesture::Kind::Brush)};
        Shown<RasterCanvas> shown(figure);
        shown.canvas->setActiveGesture(0);
        shown.canvas->setBrushSize(1);
        const RasterLayout layout = shown.canvas->layout();
        shown.drag({layout.rectOf({2, 1}).center(), layout.rectOf({2, 4}).center()});
        const nlohmann::json mask = shown.gestures.back().second["mask"];
        QCOMPARE(mask.size(), 8u);
        QCOMPARE(mask[2], (nlohmann::json{0, 1, 1, 1, 1, 0, 0, 0}));
        QCOMPARE(mask[3], (nlohmann::json{0, 0, 0, 0, 0, 0, 0, 0}));
        shown.canvas->setErasing(true);
        shown.click(layout.rectOf({2, 2}).center());
        QCOMPARE(shown.gestures.back().second["mask"][2], (nlohmann::json{0, 1, 0, 1, 1, 0, 0, 0}));
    }

    /// Where cells can be hit a stroke takes one at a time, where they are small three, until the person says how many.
    void theBrushGoesWithTheCells() {
        const auto painted = [](const nlohmann::json& mask) {
            int cells = 0;
            for (const nlohmann::json& row : mask)
                for (const nlohmann::json& cell : row) cells += cell.get<int>();
            return cells;
        };
        Figure small = rasterFigure(10, 10, true), large = rasterFigure(200, 200, true);
        small.gestures = large.gestures = {gestureOf(Gesture::Kind::Brush)};
        Shown<RasterCanvas> matrix(small), image(large);
        matrix.canvas->setActiveGesture(0);
        matrix.click(matrix.canvas->layout().rectOf({4, 6}).center());
        QCOMPARE(painted(matrix.gestures.back().second["mask"]), 1);
        QCOMPARE(matrix.gestures.back().second["mask"][4][6], 1);
        image.canvas->setActiveGesture(0);
        image.click(image.canvas->layout().rectOf({100, 100}).center());
        QVERIFY(painted(image.gestures.back().second["mask"]) > 4);
        image.canvas->clearMask();
        const auto words = [&] {
            for (QLabel* one : image.canvas->findChildren<QLabel*>())
                if (one->accessibleName().startsWith(QLatin1String("Size"))) return one->text();
            return QString();
        };
        QCOMPARE(words(), QStringLiteral("3 cells"));
        while (image.canvas->layout().across.smallestCell_px() < 20)
            image.wheel(image.canvas->layout().rectOf({100, 100}).center(), 4);
        QCOMPARE(words(), QStringLiteral("1 cell"));
        image.click(image.canvas->layout().rectOf({100, 100}).center());
        QCOMPARE(painted(image.gestures.back().second["mask"]), 1);
        matrix.canvas->setBrushSize(3);
        matrix.click(matrix.canvas->layout().rectOf({4, 6}).center());
        QCOMPARE(painted(matrix.gestures.back().second["mask"]), 9);
    }

    /// Strokes of one brush add up; another brush has a mask of its own, and both are seen.
    void paintsAMaskForEachBrush() {
        Figure figure = rasterFigure(8, 8, true);
        bodyOf(figure).z.assign(64, 0);
        figure.gestures = {gestureOf(Gesture::Kind::Brush), gestureOf(Gesture::Kind::Brush)};
        Shown<RasterCanvas> shown(figure);
        shown.canvas->setActiveGesture(0);
        shown.canvas->setBrushSize(1);
        const auto at = [&](std::size_t row, std::size_t column) {
            return shown.canvas->layout().rectOf({row, column}).center();
        };
        const QColor bare = shown.picture().pixelColor(at(1, 1).toPoint());
        shown.click(at(1, 1));
        shown.click(at(1, 2));
        QCOMPARE(shown.gestures.back().second["mask"][1], (nlohmann::json{0, 1, 1, 0, 0, 0, 0, 0}));
        shown.canvas->setActiveGesture(1);
        shown.click(at(5, 5));
        QCOMPARE(shown.gestures.back().second["mask"][1], (nlohmann::json{0, 0, 0, 0, 0, 0, 0, 0}));
        QCOMPARE(shown.gestures.back().second["mask"][5], (nlohmann::json{0, 0, 0, 0, 0, 1, 0, 0}));
        const QImage both = shown.picture();
        QVERIFY(both.pixelColor(at(1, 1).toPoint()) != bare && both.pixelColor(at(5, 5).toPoint()) != bare);
        QVERIFY(both.pixelColor(at(1, 1).toPoint()) != both.pixelColor(at(5, 5).toPoint()));
        shown.canvas->clearMask();
        QCOMPARE(shown.gestures.back().second["mask"][5], (nlohmann::json{0, 0, 0, 0, 0, 0, 0, 0}));
        shown.canvas->setActiveGesture(0);
        shown.click(at(1, 3));
        QCOMPARE(shown.gestures.back().second["mask"][1], (nlohmann::json{0, 1, 1, 1, 0, 0, 0, 0}));
        // An answer that comes keeps what was painted; a question that starts over does not.
        shown.canvas->setFigure(shared(figure));
        shown.move(at(6, 6));  // the pointer's hairs away from the stroke
        QVERIFY(shown.picture().pixelColor(at(1, 1).toPoint()) != bare);
        shown.canvas->forgetPainted();
        QCOMPARE(shown.picture().pixelColor(at(1, 1).toPoint()), bare);
        shown.click(at(6, 6));
        QCOMPARE(shown.gestures.back().second["mask"][1], (nlohmann::json{0, 0, 0, 0, 0, 0, 0, 0}));
    }

    void zoomsPansAndGoesHome() {
        Shown<RasterCanvas> shown(rasterFigure(40, 40));
        const QPointF at = shown.canvas->layout().rectOf({10, 30}).center();
        shown.move(at);
        const QString before = shown.words;
        shown.wheel(at, 6);
        shown.move(at);
        QCOMPARE(shown.words, before);
        QVERIFY(shown.canvas->layout().rectOf({10, 30}).width() > 25);
        const QVariantMap state = shown.canvas->viewState();
        QVERIFY(!state.isEmpty() && shown.edits > 0);
        const QRectF zoomed = shown.canvas->layout().rectOf({10, 30});
        shown.key(Qt::Key_Home);
        QVERIFY(shown.canvas->viewState().isEmpty());
        shown.canvas->setViewState(state);
        const QRectF again = shown.canvas->layout().rectOf({10, 30});
        QVERIFY((again.center() - zoomed.center()).manhattanLength() < 1e-6 &&
                std::abs(again.width() - zoomed.width()) < 1e-6);
    }

    void dragsTheSharedCursor() {
        Figure figure = rasterFigure(4, 10);
        CursorPlace cursor;
        cursor.name = "frame";
        cursor.dimension = "time";
        cursor.index = 2;
        cursor.size = 10;
        figure.cursors = {cursor};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        const QPointF at = layout.rectOf({1, 2}).center(), to = layout.rectOf({1, 7}).center();
        QVERIFY(hasInk(shown.picture(), at, theme().accent, 1, 60));
        shown.drag({at, (at + to) / 2, to});
        QCOMPARE(shown.cursors.back(), (std::pair<QString, qint64>(QStringLiteral("frame"), 7)));
        shown.click(layout.rectOf({3, 4}).center());
        QCOMPARE(shown.cursors.back(), (std::pair<QString, qint64>(QStringLiteral("frame"), 4)));
        QCOMPARE(shown.gestures.back().first, -1);  // and a sweep's map opens its run as before
    }

    /// In the column and in the row where the cursors stand too, where their lines lie over the cells.
    void aClickOnALineMeansTheCell() {
        Figure figure = rasterFigure(4, 10);
        CursorPlace frame, row;
        frame.name = "frame", frame.dimension = "time", frame.index = 2, frame.size = 10;
        row.name = "row", row.dimension = "output", row.index = 1, row.size = 4;
        figure.cursors = {frame, row};
        figure.gestures = {gestureOf(Gesture::Kind::Pick)};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        shown.click(layout.rectOf({3, 2}).center());
        QVERIFY(!shown.cursors.empty() && !shown.gestures.empty());
        QCOMPARE(shown.cursors.back(), (std::pair<QString, qint64>(QStringLiteral("row"), 3)));
        QCOMPARE(shown.gestures.back().first, -1);
        QCOMPARE(shown.gestures.back().second["index.output"], 3);
        QCOMPARE(shown.gestures.back().second["index.time"], 2);
        shown.canvas->setActiveGesture(0);
        shown.click(layout.rectOf({0, 2}).center());
        QCOMPARE(shown.gestures.back().first, 0);
        QCOMPARE(shown.gestures.back().second["index.output"], 0);
    }

    void walksByKeyboard() {
        Shown<RasterCanvas> shown(rasterFigure(4, 5));
        shown.key(Qt::Key_Right);
        const QString first = shown.words;
        shown.key(Qt::Key_Right);
        QVERIFY(shown.words != first && !shown.words.isEmpty());
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures.size(), 1u);
    }

    void zoomsToABoxByKeyboard() {
        Shown<RasterCanvas> shown(rasterFigure(8, 10));
        const double wide = shown.canvas->layout().rectOf({0, 0}).width();
        for (const Qt::Key key : {Qt::Key_B, Qt::Key_Space, Qt::Key_Right, Qt::Key_Down}) shown.key(key);
        QVERIFY(std::abs(shown.canvas->layout().rectOf({0, 0}).width() - wide) < 1e-9);
        shown.key(Qt::Key_Space);
        // Two cells of ten fill the width.
        QVERIFY(std::abs(shown.canvas->layout().rectOf({0, 0}).width() - 5 * wide) < 0.5 * wide);
        QVERIFY(shown.gestures.empty());
        shown.key(Qt::Key_Home);
        for (const Qt::Key key : {Qt::Key_B, Qt::Key_Space, Qt::Key_Right, Qt::Key_Escape, Qt::Key_Space})
            shown.key(key);
        QVERIFY(std::abs(shown.canvas->layout().rectOf({0, 0}).width() - wide) < 1e-9);
        QCOMPARE(shown.gestures.size(), 1u);  // Space is a click again
    }

    void aBoxEndsWithItsCells() {
        Shown<RasterCanvas> shown(rasterFigure(8, 10));
        for (const Qt::Key key : {Qt::Key_B, Qt::Key_End, Qt::Key_Right, Qt::Key_Right, Qt::Key_Right,
                                  Qt::Key_Right, Qt::Key_Space})
            shown.key(key);
        shown.canvas->setFigure(shared(rasterFigure(2, 2)));  // its corner is no cell any more
        shown.key(Qt::Key_Left);
        const std::size_t before = shown.gestures.size();
        shown.key(Qt::Key_Space);
        QCOMPARE(shown.gestures.size(), before + 1);  // a click, not the other corner
    }

    void makesLargeRastersReadyElsewhere() {
        Shown<RasterCanvas> shown(rasterFigure(2000, 1500));
        QTRY_VERIFY_WITH_TIMEOUT(shown.canvas->isReady(), 20000);
        QVERIFY(inkIn(shown.picture(), theme().panel) > 50'000);
    }

    void saysWhenThereIsNothing() {
        Figure figure = rasterFigure(1, 1);
        bodyOf(figure) = Raster();
        figure.isEmpty = true;
        Shown<RasterCanvas> shown(figure);
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("nothing is drawn yet")));
        QVERIFY(inkIn(shown.picture(), theme().panel) > 100);
    }

    /// A scale from 0 to 1 beside cells of no number would be made up.
    void hasNoScaleWithoutANumber() {
        Figure figure = rasterFigure(4, 5);
        bodyOf(figure).colours = {};
        bodyOf(figure).colours.title = "share";
        const auto hasScale = [&] {
            const QString svg = QString::fromUtf8(*renderFigure(shared(figure), QStringLiteral("svg")));
            return svg.contains(QStringLiteral("share"));
        };
        QVERIFY(hasScale());
        std::fill(bodyOf(figure).z.begin(), bodyOf(figure).z.end(), kNaN);
        QVERIFY(!hasScale());
        bodyOf(figure).colours.high = 100;  // asked for: these are no guess
        QVERIFY(hasScale());
    }

    void exportsLimitsOfTheView() {
        Figure figure = rasterFigure(4, 5);
        bodyOf(figure).colours.low = 0;
        bodyOf(figure).colours.high = 100;
        bodyOf(figure).colours.title = "share";
        bodyOf(figure).colours.unit = "%";
        const QString svg = QString::fromUtf8(*renderFigure(shared(figure), QStringLiteral("svg")));
        QVERIFY(svg.contains(QStringLiteral("share (%)")) && svg.contains(QStringLiteral(">100")) &&
                svg.contains(QStringLiteral("time (s)")));
        QCOMPARE((*renderFigure(shared(figure), QStringLiteral("csv"))).count('\n'), 21);
    }
};

QTEST_MAIN(TestRaster)
#include "test_raster.moc"
