// SPDX-License-Identifier: GPL-3.0-or-later
// Sides of a heat map whose values are unevenly spaced: when cells are equal, and that everything goes by the same values.
#include "desktop/views/field/raster_canvas.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

const std::vector<double> kContexts{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1400};

Side sideOf(std::vector<double> centres, Scale scale = Scale::Linear) {
    Side side;
    side.dimension = "context";
    side.axis.title = "context";
    side.axis.unit = "tokens";
    side.axis.scale = scale;
    side.centres = std::move(centres);
    return side;
}

/// Three layers by uneven contexts; the value is 100 × layer + column.
Figure unevenFigure(std::vector<double> centres = kContexts) {
    Figure figure = figureOf("heatmap", "Energy");
    Raster raster;
    raster.rows = 3;
    raster.columns = centres.size();
    raster.valueName = "energy";
    for (std::size_t r = 0; r < raster.rows; ++r)
        for (std::size_t c = 0; c < raster.columns; ++c)
            raster.z.push_back(100 * static_cast<double>(r) + static_cast<double>(c));
    raster.across = sideOf(std::move(centres));
    raster.down.dimension = raster.down.axis.title = "layer";
    raster.down.centres = {0, 1, 2};
    raster.colours.dataHigh = raster.z.back();
    figure.x = raster.across.axis;
    figure.y = raster.down.axis;
    figure.body = std::move(raster);
    return figure;
}

Raster& bodyOf(Figure& figure) { return std::get<Raster>(figure.body); }

bool isNear(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

}  // namespace

class TestRasterSides : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void staysToScaleWhereItCan() {
        const auto isToScale = [](const Side& side) {
            const CellSide cells(side, side.centres.size());
            const AxisScale scale(side.axis.scale);
            bool same = !cells.hasEqualCells() && !cells.isByIndex();
            for (std::size_t i = 0; i < cells.cells(); ++i) {
                same = same && cells.centre(i) == scale.place(side.centres[i]) &&
                       cells.placeOf(side.centres[i]) == scale.place(side.centres[i]);
                if (i > 0) same = same && isNear(cells.edge(i), (cells.centre(i - 1) + cells.centre(i)) / 2);
            }
            if (side.centres.size() < 2) return same;
            const double between = (side.centres[0] + side.centres[1]) / 2;
            return same && cells.valueAt(0.25) == scale.value(0.25) &&
                   cells.placeOf(between) == scale.place(between);
        };
        QVERIFY(isToScale(sideOf({0, 0.5, 1, 1.5, 2})));
        QVERIFY(isToScale(sideOf({5, 4, 3, 1})));
        QVERIFY(isToScale(sideOf({1, 2, 4, 8})));
        QVERIFY(isToScale(sideOf({1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}, Scale::Log)));
        QVERIFY(isToScale(sideOf({0.1, 0.2, 0.5, 1, 2, 5, 10}, Scale::Log)));
        QVERIFY(isToScale(sideOf({3})) || CellSide(sideOf({3}), 1).cells() == 1);
        // One cell is as wide as it is; words stay words.
        QVERIFY(!CellSide(sideOf({3}), 1).hasEqualCells());
        Side words = sideOf(kContexts);
        words.axis.categories = {"a", "b"};
        QVERIFY(CellSide(words, kContexts.size()).isByIndex() &&
                !CellSide(words, kContexts.size()).hasEqualCells());
    }

    void findsEveryValueAgain() {
        std::vector<double> falling(kContexts.rbegin(), kContexts.rend());
        for (const Side& side : {sideOf(kContexts), sideOf(falling), sideOf({1, 1.01, 1.03, 500}, Scale::Log),
                                 sideOf({-1000, -3, 0, 2, 50, 4000}, Scale::SymLog), sideOf({0, 1, 2})}) {
            const CellSide cells(side, side.centres.size());
            const double first = side.centres.front(), last = side.centres.back();
            for (std::size_t i = 0; i < side.centres.size(); ++i) {
                QVERIFY(isNear(cells.placeOf(side.centres[i]), cells.centre(i)));
                if (cells.hasEqualCells()) QCOMPARE(cells.valueAt(cells.centre(i)), side.centres[i]);
                QCOMPARE(cells.cellAt(cells.placeOf(side.centres[i])), std::optional(i));
            }
            double before = cells.placeOf(first);
            for (int k = 1; k <= 1000; ++k) {
                const double value = first + (last - first) * k / 1000, place = cells.placeOf(value);
                QVERIFY(isNear(cells.valueAt(place), value));
                QVERIFY(cells.hasEqualCells() || cells.rises() ? place > before : place < before);
                before = place;
            }
            // Also beyond the last centres, where the outer halves of two cells are.
            for (const double edge : {cells.edge(0), cells.edge(cells.cells())})
                QVERIFY(isNear(cells.placeOf(cells.valueAt(edge)), edge));
        }
        const CellSide uneven(sideOf(kContexts), kContexts.size());
        QVERIFY(uneven.hasEqualCells());
        QCOMPARE(uneven.placeOf(3), 1.5);     // half-way between 2 and 4
        QCOMPARE(uneven.placeOf(0.5), -0.5);  // where the first cell begins
        QCOMPARE(uneven.placeOf(1212), 10.5);
        QCOMPARE(uneven.valueAt(9.25), 640.0);
        // In the logarithm on a logarithmic axis; where it shows nothing there is no place.
        const CellSide log(sideOf({1, 1.01, 1.03, 103}, Scale::Log), 4);
        QVERIFY(log.hasEqualCells() && isNear(log.placeOf(10.3), 2.5) && std::isnan(log.placeOf(0)));
    }

    void keepsToTheLimitsOfTheView() {
        Side side = sideOf(kContexts);
        side.axis.low = 3;
        side.axis.high = 640;
        QCOMPARE(CellSide(side, kContexts.size()).home(), (PlaceSpan{1.5, 9.25}));
        std::reverse(side.centres.begin(), side.centres.end());
        QCOMPARE(CellSide(side, kContexts.size()).home(), (PlaceSpan{1.75, 9.5}));
    }

    void readsOutAndPicksThinCells() {
        Figure figure = unevenFigure();
        figure.gestures = {gestureOf(Gesture::Kind::Pick), gestureOf(Gesture::Kind::Range)};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("not to scale")));
        const double wide = layout.raster.width() / 12;
        for (std::size_t c = 0; c < kContexts.size(); ++c)
            QVERIFY(std::abs(layout.rectOf({0, c}).width() - wide) < 1e-6);
        // To scale this cell would be a pixel thin.
        const QPointF at = layout.rectOf({2, 1}).center() + QPointF(wide / 3, 0);
        shown.move(at);
        QCOMPARE(shown.words, QStringLiteral("layer 2, context 2 tokens, energy 201"));
        shown.canvas->setActiveGesture(0);
        shown.click(at);
        QCOMPARE(shown.gestures.back().second["x"], 2.0);
        QCOMPARE(shown.gestures.back().second["index.context"], 1);
        QCOMPARE(shown.gestures.back().second["value"], 201.0);
        // A range between the middles of two cells has their values.
        shown.canvas->setActiveGesture(1);
        const QPointF from(layout.across.centrePixel(3), layout.raster.center().y()),
            to(layout.across.centrePixel(9), from.y());
        shown.drag({from, (from + to) / 2, to});
        QVERIFY(isNear(shown.gestures.back().second["low"].get<double>(), 8));
        QVERIFY(isNear(shown.gestures.back().second["high"].get<double>(), 512));
    }

    void drawsALineBetweenTwoCells() {
        Figure figure = unevenFigure();
        figure.references = {{Reference::Kind::X, 640, ""}};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        // A quarter of the way from 512 to 1024.
        const double a = layout.across.centrePixel(9), b = layout.across.centrePixel(10), x = a + (b - a) / 4;
        const QImage picture = shown.picture();
        int there = 0, elsewhere = 0;
        for (int y = static_cast<int>(layout.raster.top()) + 2; y < layout.raster.bottom() - 2; ++y) {
            there += hasInk(picture, {x, static_cast<double>(y)}, theme().panel, 2, 60) ? 1 : 0;
            elsewhere += hasInk(picture, {a, static_cast<double>(y)}, theme().panel, 2, 60) ? 1 : 0;
        }
        QVERIFY2(there > 20 && elsewhere < there / 4,
                 qPrintable(QStringLiteral("%1 and %2").arg(there).arg(elsewhere)));
    }

    /// The line where both values are the same runs through the cells that have it.
    void drawsABentDiagonal() {
        Figure figure = unevenFigure();
        Raster& raster = bodyOf(figure);
        raster.down = raster.across;
        raster.rows = kContexts.size();
        raster.down.centres = {1, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2200};
        raster.z.assign(144, 0);
        raster.colours.dataHigh = 1;
        figure.references = {{Reference::Kind::Diagonal, 0, ""}};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        const QImage picture = shown.picture();
        for (const double value : {256.0, 512.0, 1024.0}) {
            const QPointF at(layout.across.pixelOfValue(value), layout.down.pixelOfValue(value));
            QVERIFY(layout.raster.contains(at) && hasInk(picture, at, theme().panel, 2, 60));
        }
    }

    void putsCursorsWhereTheirValueIs() {
        Figure figure = unevenFigure();
        CursorPlace cursor;
        cursor.name = "context";
        cursor.dimension = "context";
        cursor.index = 700;  // of a finer grid than that of the map
        cursor.size = 1400;
        cursor.coordinate = 700;
        figure.cursors = {cursor};
        Shown<RasterCanvas> shown(figure);
        const RasterLayout layout = shown.canvas->layout();
        const auto grip = [&](std::size_t c) {
            return hasInk(shown.picture(), {layout.across.centrePixel(c), layout.raster.top() - 2},
                          theme().accent, 1, 60);
        };
        QVERIFY(grip(9) && !grip(10) && !grip(8));
    }

    void zoomsByTheSameValues() {
        Shown<RasterCanvas> shown(unevenFigure());
        const RasterLayout layout = shown.canvas->layout();
        const QRectF box = layout.rectOf({0, 3}).united(layout.rectOf({2, 6}));
        const QPointF inside(0.01, 1);
        shown.drag({box.topLeft() + inside, box.center(), box.bottomRight() - inside}, Qt::RightButton);
        const QVariantList x = shown.canvas->viewState().value("x").toList();
        QCOMPARE(x.size(), 2);
        QVERIFY2(std::abs(x[0].toDouble() - 6) < 0.01 && std::abs(x[1].toDouble() - 96) < 0.1,
                 qPrintable(QStringLiteral("%1 to %2").arg(x[0].toDouble()).arg(x[1].toDouble())));
        const auto shows = [&] { return shown.canvas->layout().across.visible(); };
        QCOMPARE(shows(), (std::pair<std::size_t, std::size_t>(3, 7)));
        // Panning by a cell moves by a cell, whatever values it has.
        const QPointF from = shown.canvas->layout().rectOf({1, 5}).center(),
                      to = shown.canvas->layout().rectOf({1, 4}).center();
        shown.drag({from, (from + to) / 2, to});
        QCOMPARE(shows(), (std::pair<std::size_t, std::size_t>(4, 8)));
        // A live map that gets a column before what is shown goes on to show the same values.
        std::vector<double> more = kContexts;
        more.insert(more.begin(), 0.1);
        shown.canvas->setFigure(shared(unevenFigure(more)));
        QCOMPARE(shows(), (std::pair<std::size_t, std::size_t>(5, 9)));
        // So does one that was to scale until a far value came.
        Shown<RasterCanvas> grown(unevenFigure({1, 2, 3, 4, 5, 6}));
        grown.canvas->setViewState({{"x", QVariantList{2.51, 4.49}}});
        grown.canvas->setFigure(shared(unevenFigure({1, 2, 3, 4, 5, 6, 1400})));
        QVERIFY(grown.canvas->layout().across.side().hasEqualCells());
        QCOMPARE(grown.canvas->layout().across.visible(), (std::pair<std::size_t, std::size_t>(2, 4)));
    }

    void tellsTheValues() {
        Shown<RasterCanvas> shown(unevenFigure());
        const auto wordsOf = [](const SideLabels& labels) {
            QStringList words;
            for (const auto& label : labels.labels) words << label.words;
            return words.join(QLatin1Char(' '));
        };
        QCOMPARE(wordsOf(shown.canvas->layout().acrossLabels),
                 QStringLiteral("1 2 4 8 16 32 64 128 256 512 1024 1400"));
        // Where there is less room some are named, each with a tick at its own cell.
        shown.canvas->resize(280, 300);
        const RasterLayout narrow = shown.canvas->layout();
        QVERIFY(narrow.acrossLabels.hasTicks && !narrow.acrossLabels.isTurned);
        QCOMPARE(wordsOf(narrow.acrossLabels), QStringLiteral("1 8 64 512"));
        QCOMPARE(narrow.acrossLabels.labels[2].pixel, narrow.across.centrePixel(6));
    }

    void exportsWhatTheWindowShows() {
        Figure figure = unevenFigure();
        bodyOf(figure).z.resize(36);
        for (std::size_t i = 0; i < 36; ++i) bodyOf(figure).z[i] = static_cast<double>(i % 12);
        bodyOf(figure).colours.dataHigh = 11;
        const QString svg = QString::fromUtf8(*renderFigure(shared(figure), QStringLiteral("svg")));
        QVERIFY(svg.contains(QStringLiteral("context (tokens), equal cells")) &&
                svg.contains(QStringLiteral(">1024<")) && svg.contains(QStringLiteral(">layer<")));
        QImage page;
        QVERIFY(page.loadFromData(*renderFigure(shared(figure), QStringLiteral("png"))));
        // A colour for each column: as many pixels of each along a line through the page, but for the gap of three dots
        // that the outermost one has not.
        const ColourMap map(bodyOf(figure).colours, Theme::of(Theme::Kind::Paper));
        int least = page.width(), most = 0;
        for (int column = 0; column < 12; ++column) {
            int wide = 0;
            for (int x = 0; x < page.width() * 0.88; ++x)  // before the colour bar
                wide += distance(page.pixel(x, page.height() / 3), map.at(column)) < 6 ? 1 : 0;
            least = std::min(least, wide);
            most = std::max(most, wide);
        }
        QVERIFY2(least > page.width() / 40 && most - least <= 4,
                 qPrintable(QStringLiteral("%1 to %2 of %3").arg(least).arg(most).arg(page.width())));
    }
};

QTEST_MAIN(TestRasterSides)
#include "test_raster_sides.moc"
