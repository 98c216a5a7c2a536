// SPDX-License-Identifier: GPL-3.0-or-later
// Grids of images: pixels where they must be, captions, and what mouse and keyboard do.
#include <QSignalSpy>

#include "desktop/views/field/grid_canvas.hpp"
#include "desktop/views/field/grid_words.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

QColor colourOf(const GridContentPtr& content, double value) { return QColor(content->map.at(value)); }

GridContentPtr contentOf(const Shown<GridCanvas>& shown) {
    return makeGridContent(shown.canvas->figure(), theme());
}

}  // namespace

class TestGrid : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void drawsEveryCellInItsColour() {
        Shown<GridCanvas> shown(gridFigure(5, 4, 4), {800, 260});
        const GridContentPtr content = contentOf(shown);
        const GridLayout layout = shown.canvas->layout();
        const QImage picture = shown.picture();
        for (std::size_t t = 0; t < 5; ++t)
            for (std::size_t r = 0; r < 4; ++r)
                for (std::size_t c = 0; c < 4; ++c)
                    QVERIFY2(hasInk(picture, layout.rectOf({t, r, c}).center(),
                                    colourOf(content, content->value(t, r, c)), 0, 4),
                             qPrintable(pixelWords(*content, {t, r, c})));
    }

    void fillsTheWidth() {
        Shown<GridCanvas> shown(gridFigure(5, 4, 4), {800, 260});
        const GridLayout layout = shown.canvas->layout();
        QCOMPARE(layout.columns, 5u);
        QVERIFY2(layout.grid.width() > 600, qPrintable(QString::number(layout.grid.width())));
        // All cells are alike, in whole pixels.
        QCOMPARE(std::fmod(layout.tile.width(), 4.0), 0.0);
        QCOMPARE(layout.tile.width(), layout.tile.height());
        // Nothing stands out.
        for (std::size_t t = 0; t < 5; ++t)
            QVERIFY(QRectF(shown.canvas->rect()).contains(layout.tileRect(t).united(layout.captionRect(t))));
        QVERIFY(layout.bar.right() <= 800);
        Shown<GridCanvas> narrow(gridFigure(5, 4, 4), {240, 600});
        QVERIFY(narrow.canvas->layout().columns < 4);
    }

    void takesTheColumnsOfTheView() {
        Figure figure = gridFigure(6, 4, 4);
        std::get<ImageGrid>(figure.body).tilesAcross = 2;
        Shown<GridCanvas> shown(figure);
        QCOMPARE(shown.canvas->layout().columns, 2u);
        QCOMPARE(shown.canvas->layout().rows, 3u);
    }

    void hatchesWhatIsNoNumber() {
        Figure figure = gridFigure(2, 4, 4);
        std::get<ImageGrid>(figure.body).tiles[1].z[5] = kNaN;
        Shown<GridCanvas> shown(figure);
        const QRectF cell = shown.canvas->layout().rectOf({1, 1, 1}).adjusted(3, 3, -3, -3);
        const QImage part = shown.picture().copy(cell.toRect());
        QSet<QRgb> colours;
        for (int y = 0; y < part.height(); ++y)
            for (int x = 0; x < part.width(); ++x) colours.insert(part.pixel(x, y));
        QVERIFY(colours.size() >= 2);
        QVERIFY(colours.contains(theme().hatch.rgb()) ||
                hasInk(part, part.rect().center(), theme().hatch, 8, 30));
        shown.move(cell.center());
        QVERIFY2(shown.words.contains(QStringLiteral("no number")), qPrintable(shown.words));
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("1 cells hold no number")));
    }

    void drawsColourImages() {
        Figure figure = gridFigure(2, 2, 2);
        auto& grid = std::get<ImageGrid>(figure.body);
        grid.channels = 3;
        grid.tiles[0].z = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1};
        grid.tiles[1].z = {0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 0, 0, 1, 1};
        Shown<GridCanvas> shown(figure);
        const GridLayout layout = shown.canvas->layout();
        QVERIFY(layout.bar.isEmpty());
        const QImage picture = shown.picture();
        QVERIFY(hasInk(picture, layout.rectOf({0, 0, 0}).center(), Qt::red, 0, 4));
        QVERIFY(hasInk(picture, layout.rectOf({0, 1, 0}).center(), Qt::blue, 0, 4));
        QVERIFY(hasInk(picture, layout.rectOf({1, 1, 1}).center(), Qt::cyan, 0, 4));
        shown.move(layout.rectOf({1, 0, 1}).center());
        QCOMPARE(shown.words, QStringLiteral("t = 1.5, row 0, column 1, red 0.5, green 0.5, blue 0.5"));
    }

    void readsOutAndPicks() {
        Figure figure = gridFigure(5, 4, 4);
        figure.gestures = {gestureOf(Gesture::Kind::Pick)};
        Shown<GridCanvas> shown(figure);
        const QPointF at = shown.canvas->layout().rectOf({3, 1, 1}).center();
        shown.move(at);
        QCOMPARE(shown.words, QStringLiteral("t = 3.5, row 1, column 1, weight 1"));
        shown.canvas->setActiveGesture(0);
        shown.click(at);
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].first, 0);
        const nlohmann::json wanted = {
            {"x", 1}, {"y", 1}, {"value", 1.0}, {"index.time", 3}, {"index.output", 1}, {"index.input", 1}};
        QCOMPARE(shown.gestures[0].second, wanted);
        // Between the tiles there is nothing to pick.
        shown.click(shown.canvas->layout().tileRect(0).topRight() + QPointF(3, 20));
        QCOMPARE(shown.gestures.size(), 1u);
    }

    void walksByKeyboard() {
        Shown<GridCanvas> shown(gridFigure(5, 4, 4), {800, 260});
        shown.key(Qt::Key_Right);
        QVERIFY(shown.words.startsWith(QStringLiteral("t = 0.5, row 0, column 0")));
        for (int i = 0; i < 4; ++i) shown.key(Qt::Key_Right);
        QVERIFY2(shown.words.startsWith(QStringLiteral("t = 1.5, row 0, column 0")), qPrintable(shown.words));
        shown.key(Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(shown.words.startsWith(QStringLiteral("t = 2.5, row 0, column 0")));
        shown.key(Qt::Key_Up);
        QVERIFY(shown.words.startsWith(QStringLiteral("t = 2.5, row 0, column 0")));
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second["index.time"], 2);
    }

    void movesTheSharedCursor() {
        Figure figure = gridFigure(5, 4, 4);
        figure.cursors = {{"frame", "time", 1, 5, {}, "time", "", true, false}};
        Shown<GridCanvas> shown(figure, {800, 260});
        const GridLayout layout = shown.canvas->layout();
        QVERIFY(
            hasInk(shown.picture(), layout.tileRect(1).topLeft() + QPointF(30, -2), theme().accent, 1, 60));
        shown.click(layout.captionRect(3).center());
        QCOMPARE(shown.cursors.size(), 1u);
        QCOMPARE(shown.cursors[0].second, 3);
        QVERIFY(
            hasInk(shown.picture(), layout.tileRect(3).topLeft() + QPointF(30, -2), theme().accent, 1, 60));
        shown.key(Qt::Key_Period);
        QCOMPARE(shown.cursors.back().second, 4);
        shown.key(Qt::Key_Period);
        QCOMPARE(shown.cursors.size(), 2u);
    }

    void zoomsAtTheMouse() {
        Shown<GridCanvas> shown(gridFigure(12, 8, 8));
        const QPointF at = shown.canvas->layout().rectOf({5, 3, 3}).center();
        shown.move(at);
        const QString before = shown.words;
        shown.wheel(at, 8);
        QVERIFY(shown.canvas->layout().tile.width() > 300);
        shown.move(at);
        QCOMPARE(shown.words, before);
        QVERIFY(shown.edits > 0);
        const QVariantMap state = shown.canvas->viewState();
        shown.canvas->home();
        QVERIFY(shown.canvas->viewState().isEmpty());
        shown.canvas->setViewState(state);
        QCOMPARE(shown.canvas->viewState(), state);
        shown.drag({{300, 200}, {320, 200}, {360, 200}});
        QVERIFY(shown.canvas->viewState() != state);
    }

    void saysWhenThereIsNothing() {
        Figure figure = gridFigure(0, 4, 4);
        figure.isEmpty = true;
        Shown<GridCanvas> shown(figure);
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("nothing is drawn yet")));
        QVERIFY(inkIn(shown.picture(), theme().panel) > 100);
    }

    void namesRowsAndColumnsOfATable() {
        Figure figure = gridFigure(6, 4, 4);
        auto& grid = std::get<ImageGrid>(figure.body);
        grid.tilesAcross = 3;
        grid.rowDimension = "model";
        grid.rowLabels = {"one-layer", "two-layer"};
        grid.columnLabels = {"t = 0", "t = 1", "t = 2"};
        for (Tile& tile : grid.tiles) tile.label.clear();
        Shown<GridCanvas> shown(figure);
        const GridLayout layout = shown.canvas->layout();
        QVERIFY(layout.labelRoom_px > 30);
        QCOMPARE(layout.caption_px, 0.0);
        shown.move(layout.rectOf({4, 0, 1}).center());
        QVERIFY2(shown.words.startsWith(QStringLiteral("two-layer, t = 1, row 0")), qPrintable(shown.words));
        shown.click(layout.rectOf({4, 0, 1}).center());
        QCOMPARE(shown.gestures[0].second["index.model"], 1);
        QCOMPARE(shown.gestures[0].second["index.time"], 1);
    }

    void exportsAsEverywhere() {
        const FigurePtr figure = shared(gridFigure(5, 4, 4));
        for (const char* format : {"png", "svg", "pdf", "csv"}) {
            const auto bytes = renderFigure(figure, QLatin1String(format), {.width_mm = 180});
            QVERIFY(bytes && bytes->size() > 400);
        }
        const QImage picture = QImage::fromData(
            *renderFigure(figure, QStringLiteral("png"), {.width_mm = 180, .dots_per_inch = 96}));
        // As high as a row of tiles needs, and no more.
        QVERIFY2(picture.height() < 0.4 * picture.width(), qPrintable(QString::number(picture.height())));
        const QString svg =
            QString::fromUtf8(*renderFigure(figure, QStringLiteral("svg"), {.width_mm = 180}));
        QVERIFY(svg.contains(QStringLiteral("t = 3.5")) && svg.contains(QStringLiteral("weight")));
    }

    void makesLargeGridsReadyElsewhere() {
        Shown<GridCanvas> shown(gridFigure(24, 300, 300));
        QTRY_VERIFY_WITH_TIMEOUT(shown.canvas->layout().count == 24, 20000);
        QVERIFY(inkIn(shown.picture(), theme().panel) > 20000);
    }
};

QTEST_MAIN(TestGrid)
#include "test_grid.moc"
