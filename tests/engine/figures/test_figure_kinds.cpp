// SPDX-License-Identifier: Apache-2.0
// Every kind of figure over arrays made by hand: the numbers that are drawn are those that the view means.
#include <QTest>

#include "figure_helpers.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;
using Numbers = std::vector<double>;
using Strings = std::vector<std::string>;

namespace {

/// time 0 … 2 s, six frames; a matrix that is 100 t + 10 row + col.
ArraySet sample() {
    ArraySet set;
    put(set, "time", {"time"}, {6}, counting(6, 0.5), {.units = "s", .label = "elapsed time"});
    put(set, "loss", {"time"}, {6}, std::vector<float>{5, 4, NAN, 2, 1, 0},
        {.units = "nat", .label = "training loss"});
    put(set, "spread", {"time"}, {6}, counting(6), {.units = "nat"});
    std::vector<double> weights;
    for (int t = 0; t < 6; ++t)
        for (int row = 0; row < 2; ++row)
            for (int col = 0; col < 3; ++col) weights.push_back(100 * t + 10 * row + col);
    put(set, "weights", {"time", "row", "col"}, {6, 2, 3}, weights, {.units = "1"});
    put(set, "node", {"node"}, {3}, std::vector<std::int32_t>{0, 1, 2},
        {.label = "combination", .categories = {"00", "01", "10"}});
    Numbers nodes;
    for (int t = 0; t < 6; ++t)
        for (int n = 0; n < 3; ++n) nodes.push_back(t + 10 * n);
    put(set, "node_loss", {"time", "node"}, {6, 3}, nodes, {.units = "nat"});
    put(set, "node_x", {"node"}, {3}, Numbers{0, 1, 2});
    put(set, "node_y", {"node"}, {3}, Numbers{5, NAN, 7}, {.units = "m"});
    put(set, "kind", {"node"}, {3}, std::vector<std::int32_t>{1, 0, 7}, {.categories = {"seen", "unseen"}});
    put(set, "metrics/acc", {"step"}, {3}, Numbers{0.1, 0.5, 0.9}, {.steps = {10, 20, 40}});
    return set;
}

}  // namespace

class FigureKinds : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void lines() {
        const auto figure = must(resolveFigure(
            view::lines("loss")
                .title("Loss")
                .x("time", {.limits = {0, std::nullopt}})
                .y({.scale = view::Log})
                .series(view::series("loss").band("loss", "spread"))
                .series(view::series("spread").label("other").role(view::Role::Secondary).steps())
                .referenceY({"loss", {{"time", 0}}}, "start")
                .referenceX(1.5)
                .cursor("frame", "time", true)
                .toJson(),
            sample(), {{"frame", 3}}));
        QCOMPARE(figure.title, std::string("Loss"));
        QCOMPARE(figure.x.text(), std::string("elapsed time (s)"));
        QCOMPARE(figure.x.low, std::optional(0.0));
        QVERIFY(!figure.x.high);
        QCOMPARE(figure.y.text(), std::string("training loss, spread (nat)"));
        QVERIFY(figure.y.scale == Scale::Log);
        ArraySet losses = sample();
        put(losses, "ood_loss", {"time"}, {6}, counting(6), {.label = "OOD loss"});
        const auto shared = view::lines("two").series(view::series("loss")).series(view::series("ood_loss"));
        QCOMPARE(must(resolveFigure(shared.toJson(), losses)).y.text(),
                 std::string("loss"));  // different units: none
        put(losses, "read", {"time"}, {6}, counting(6), {.units = "words", .label = "words"});
        const auto read = view::lines("read").x("read").series(view::series("loss"));
        QCOMPARE(must(resolveFigure(read.toJson(), losses)).x.text(), std::string("words"));
        const auto& lines = std::get<Lines>(figure.body).lines;
        QCOMPARE(lines.size(), std::size_t(2));
        QCOMPARE(lines[0].look.label, std::string("training loss"));
        QCOMPARE(lines[0].x, counting(6, 0.5));
        QVERIFY(std::isnan(lines[0].y[2]));
        QCOMPARE(lines[0].y[3], 2.0);
        QCOMPARE(lines[0].high, counting(6));
        QCOMPARE(lines[0].low.size(), std::size_t(6));
        QCOMPARE(lines[1].look.label, std::string("other"));
        QVERIFY(lines[1].look.role == Role::Secondary && lines[1].steps && !lines[0].steps);
        QCOMPARE(figure.references.size(), std::size_t(2));
        QCOMPARE(figure.references[0].value, 5.0);
        QCOMPARE(figure.references[0].label, std::string("start"));
        QVERIFY(figure.references[1].kind == Reference::Kind::X);
        QCOMPARE(figure.cursors.size(), std::size_t(1));
        const CursorPlace& place = figure.cursors[0];
        QVERIFY(place.alongX && place.scrubber);
        QCOMPARE(place.index, std::int64_t(3));
        QCOMPARE(place.size, std::int64_t(6));
        QCOMPARE(place.coordinate, std::optional(1.5));
        QCOMPARE(place.title + " " + place.unit, std::string("elapsed time s"));
    }
    void aFamilyHasALineForEachIndex() {
        const auto view =
            view::lines("nodes").series(view::series("node_loss").family("node").colourByDimension("node"));
        const auto figure = must(resolveFigure(view.toJson(), sample()));
        const auto& body = std::get<Lines>(figure.body);
        QCOMPARE(body.lines.size(), std::size_t(3));
        QCOMPARE(body.lines[2].look.label, std::string("10"));
        QCOMPARE(body.lines[2].look.familyIndex, 2);
        QCOMPARE(body.lines[2].y, (Numbers{20, 21, 22, 23, 24, 25}));
        QCOMPARE(body.lines[2].x, counting(6, 0.5));
        QCOMPARE(body.lines[2].look.colourValue, std::optional(2.0));
        QCOMPARE(body.colours->dataHigh, 2.0);
        QCOMPARE(body.colours->categories, (Strings{"00", "01", "10"}));
        QVERIFY(body.colours->map == MapFamily::Categorical);
        // The other way round: along the nodes, whose words go to the axis; one line for each time.
        const auto times = must(resolveFigure(
            view::lines("times").series(view::series("node_loss").family("time").label("loss")).toJson(),
            sample()));
        const auto& lines = std::get<Lines>(times.body).lines;
        QCOMPARE(lines.size(), std::size_t(6));
        QCOMPARE(lines[3].look.label, std::string("loss, time 1.5 s"));
        QCOMPARE(lines[3].y, (Numbers{3, 13, 23}));
        QCOMPARE(times.x.text(), std::string("combination"));
        QCOMPARE(times.x.categories, (Strings{"00", "01", "10"}));
    }
    void metricsHaveTheirSteps() {
        ArraySet set = sample();
        put(set, "step", {"step"}, {9}, counting(9, 1000));  // of another array: not the metric's
        const auto figure = must(resolveFigure(
            view::lines("acc").series(view::series("metrics/acc")).cursor("at", "step").toJson(), set,
            {{"at", 1}}));
        const auto& line = std::get<Lines>(figure.body).lines[0];
        QCOMPARE(line.x, (Numbers{10, 20, 40}));
        QCOMPARE(line.look.label, std::string("acc"));
        QCOMPARE(figure.x.title, std::string("step"));
        QCOMPARE(figure.cursors[0].coordinate, std::optional(20.0));
    }
    void points() {
        const auto view = view::points("cloud").series(
            view::xy("node_x", "node_y").colourBy("kind").sizeBy("node_x").textBy("node").label("nodes"));
        const auto figure = must(resolveFigure(view.toJson(), sample()));
        const auto& body = std::get<Points>(figure.body);
        const Cloud& cloud = body.clouds.at(0);
        QCOMPARE(cloud.x, (Numbers{0, 1, 2}));
        QVERIFY(std::isnan(cloud.y[1]));
        QCOMPARE(cloud.size, (Numbers{0, 0.5, 1}));
        QCOMPARE(cloud.text, (Strings{"00", "01", "10"}));
        QCOMPARE(cloud.colour, (Numbers{1, 0, 7}));
        QCOMPARE(body.colours->categories, (Strings{"seen", "unseen"}));
        QCOMPARE(cloud.dims, (Strings{"node"}));
        QCOMPARE(figure.y.text(), std::string("node y (m)"));
        // Two dimensions, coloured by the first of them.
        const auto grid = bodyOf<Points>(
            view::points("grid").series(view::xy("node_loss", "node_loss").colourByDimension("time")),
            sample());
        QCOMPARE(grid.clouds[0].shape, (Shape{6, 3}));
        QCOMPARE(grid.clouds[0].colour[3], 0.5);
        QCOMPARE(grid.clouds[0].colour[17], 2.5);
        QCOMPARE(grid.colours->title, std::string("elapsed time"));
        QCOMPARE(grid.colours->unit, std::string("s"));
        QVERIFY(grid.colours->dataLow == 0 && grid.colours->dataHigh == 2.5);
    }
    void trajectory() {
        const view::Selection x("weights", {{"row", 0}, {"col", 1}}), y("weights", {{"row", 1}, {"col", 2}});
        const auto view =
            view::trajectory("path").series(view::xyz(x, y, "loss")
                                                .colourByDimension("time")
                                                .markAt(view::cursor("frame"), "now", view::Marker::Star)
                                                .markAt(view::last(), "end")
                                                .markAt(view::nearest(1.1))
                                                .markAt(17));
        const auto figure = must(resolveFigure(view.toJson(), sample(), {{"frame", 4}}));
        const auto& body = std::get<Trajectory>(figure.body);
        const Path& path = body.paths.at(0);
        QCOMPARE(path.x, (Numbers{1, 101, 201, 301, 401, 501}));
        QCOMPARE(path.y, (Numbers{12, 112, 212, 312, 412, 512}));
        QVERIFY(std::isnan(path.z[2]));
        QCOMPARE(path.colour, counting(6, 0.5));
        QCOMPARE(path.dimension, std::string("time"));
        QCOMPARE(path.marks.size(), std::size_t(3));  // index 17 is not there
        QCOMPARE(path.marks[0].at, std::int64_t(4));
        QCOMPARE(path.marks[0].cursor, std::string("frame"));
        QVERIFY(path.marks[0].marker == Marker::Star);
        QCOMPARE(path.marks[1].at, std::int64_t(5));
        QCOMPARE(path.marks[2].at, std::int64_t(2));
        QCOMPARE(figure.cursors.at(0).dimension, std::string("time"));
        QVERIFY(!figure.cursors[0].alongX);
        const auto family = bodyOf<Trajectory>(
            view::trajectory("family").series(view::xy("node_loss", "node_loss").family("node")), sample());
        QCOMPARE(family.paths.size(), std::size_t(3));
        QCOMPARE(family.paths[1].y, (Numbers{10, 11, 12, 13, 14, 15}));
        QCOMPARE(family.paths[1].look.label, std::string("01"));
    }
    void heatmap() {
        const auto at = view::heatmap("w")
                            .z("weights", {{"time", view::cursor("frame")}})
                            .colours({.map = view::Map::Diverging, .centre = 0.0})
                            .numbers();
        const auto figure = must(resolveFigure(at.toJson(), sample(), {{"frame", 2}}));
        const auto& raster = std::get<Raster>(figure.body);
        QVERIFY(raster.rows == 2 && raster.columns == 3 && raster.numbers && !raster.square);
        QCOMPARE(raster.z, (Numbers{200, 201, 202, 210, 211, 212}));
        QCOMPARE(raster.down.dimension + raster.across.dimension, std::string("rowcol"));
        QCOMPARE(raster.across.centres, (Numbers{0, 1, 2}));
        QVERIFY(raster.colours.map == MapFamily::Diverging && raster.colours.dataLow == 200 &&
                raster.colours.dataHigh == 212);
        QCOMPARE(raster.valueName, std::string("weights"));
        // Turned round, over time, whose coordinate is on the axis.
        const auto turned = must(resolveFigure(
            view::heatmap("t").z("node_loss").across("time").down("node").upwards().toJson(), sample()));
        const auto& other = std::get<Raster>(turned.body);
        QVERIFY(other.rows == 3 && other.columns == 6 && other.upwards);
        QCOMPARE(other.z[1 * 6 + 4], 14.0);
        QCOMPARE(turned.x.text(), std::string("elapsed time (s)"));
        QCOMPARE(turned.y.categories, (Strings{"00", "01", "10"}));
        QVERIFY(other.across.evenly);
        ArraySet uneven = sample();
        put(uneven, "time", {"time"}, {6}, Numbers{0, 1, 10, 100, 1000, 1e4});
        QVERIFY(!bodyOf<Raster>(view::heatmap("t").z("node_loss").across("time"), uneven).across.evenly);
    }
    void images() {
        ArraySet set;
        std::vector<std::uint8_t> pixels(2 * 2 * 3, 0);
        pixels[4] = 255;  // green of (0, 1)
        pixels[9] = 51;   // red of (1, 1)
        put(set, "picture", {"y", "x", "channel"}, {2, 2, 3}, pixels);
        put(set, "mask", {"y", "x"}, {2, 2}, Numbers{0, 1, NAN, 2});
        const auto raster =
            bodyOf<Raster>(view::image("p").z("picture").channel("channel").overlay("mask"), set);
        QVERIFY(raster.square && raster.channels == 3);
        QCOMPARE(raster.z[4], 1.0);
        QCOMPARE(raster.z[9], 0.2);
        QVERIFY(std::isnan(raster.overlay[2]) && raster.overlay[3] == 2);
        put(set, "before", {"x", "y"}, {2, 2}, Numbers{1, 9, 3, 4});
        const auto both = bodyOf<Raster>(view::image("s").z("mask").swipe("before", "before", "after"), set);
        QCOMPARE(both.left, (Numbers{1, 3, 9, 4}));  // in the picture's order of dimensions
        QVERIFY(both.colours.dataHigh == 9 && both.leftWord == "before" && both.rightWord == "after");
        QVERIFY(bodyOf<Raster>(view::image("s").z("mask").swipe("later", "before", "after"), set)
                    .left.empty());  // not there yet
        std::vector<float> bright(12, 7.F);
        bright[3] = NAN;
        put(set, "bright", {"y", "x", "channel"}, {2, 2, 3}, bright);
        const auto clamped = bodyOf<Raster>(view::image("b").z("bright").channel("channel"), set);
        QVERIFY(clamped.z[0] == 1 && std::isnan(clamped.z[3]));
        put(set, "two", {"y", "x", "pair"}, {2, 2, 2}, Numbers(8, 0));
        QVERIFY(
            refusalOf(view::image("t").z("two").channel("pair").toJson(), set).find("3 (red, green, blue)") !=
            std::string::npos);
    }
    void imageGrids() {
        ArraySet set;
        put(set, "samples", {"sample", "y", "x"}, {5, 2, 2}, counting(20));
        put(set, "digit", {"sample"}, {5}, std::vector<std::int32_t>{1, 0, 1, 0, 1},
            {.categories = {"zero", "one"}});
        const auto grid = bodyOf<ImageGrid>(
            view::imageGrid("g").z("samples").tiles("sample").columns(3).labels("digit"), set);
        QCOMPARE(grid.tiles.size(), std::size_t(5));
        QCOMPARE(grid.tiles[2].z, (Numbers{8, 9, 10, 11}));
        QCOMPARE(grid.tiles[2].label, std::string("one"));
        QCOMPARE(grid.tilesAcross, std::size_t(3));
        QVERIFY(grid.colours.dataLow == 0 && grid.colours.dataHigh == 19);
        QCOMPARE(bodyOf<ImageGrid>(view::imageGrid("g").z("samples"), set).tiles[3].label,
                 std::string("sample 3"));
        put(set, "sweep", {"mu", "sigma", "y", "x"}, {2, 3, 2, 2}, counting(24));
        put(set, "mu", {"mu"}, {2}, Numbers{0.5, 1}, {.units = "m"});
        const auto table = bodyOf<ImageGrid>(view::imageGrid("t").z("sweep").table("sigma", "mu"), set);
        QCOMPARE(table.tiles.size(), std::size_t(6));
        QCOMPARE(table.tilesAcross, std::size_t(2));
        QCOMPARE(table.columnLabels, (Strings{"mu 0.5 m", "mu 1 m"}));
        QCOMPARE(table.rowLabels[2], std::string("sigma 2"));
        QCOMPARE(table.tiles[2 * 2 + 1].z[0], 20.0);  // sigma 2, mu 1
        const auto few = must(
            resolveFigure(view::imageGrid("g").z("samples").toJson(), set, {}, {.limits = {.tiles = 2}}));
        QCOMPARE(std::get<ImageGrid>(few.body).tiles.size(), std::size_t(2));
        QVERIFY(few.notes.at(0).find("first 2 of 5") != std::string::npos);
    }
    void graphs() {
        ArraySet set = sample();
        put(set, "links", {"link", "end"}, {4, 2}, std::vector<std::int32_t>{0, 1, 1, 2, 2, 9, -1, 0});
        put(set, "strength", {"link"}, {4}, Numbers{0.5, 2, 1, 1});
        const auto view = view::graph("g")
                              .nodes("node")
                              .positions("node_x", "node_y")
                              .edges("links")
                              .weights("strength")
                              .colourBy("kind")
                              .sizeBy("node_x");
        const auto figure = must(resolveFigure(view.toJson(), set));
        const auto& graph = std::get<Graph>(figure.body);
        QCOMPARE(graph.nodes, std::size_t(3));
        QCOMPARE(graph.edges.size(), std::size_t(2));
        QVERIFY(graph.edges[1].from == 1 && graph.edges[1].to == 2 && graph.edges[1].weight == 2 &&
                graph.weighted);
        QCOMPARE(graph.text, (Strings{"00", "01", "10"}));
        QCOMPARE(graph.size, (Numbers{0, 0.5, 1}));
        QVERIFY(figure.notes.at(0).starts_with("2 edges lead to nodes that are not there"));
        put(set, "adjacency", {"node", "other"}, {3, 3}, Numbers{0, 1, 0, 1, 0, -3, 0, 2, NAN});
        const auto plain =
            must(resolveFigure(view::graph("m").nodes("node").matrix("adjacency").toJson(), set));
        const auto& drawn = std::get<Graph>(plain.body);
        QCOMPARE(drawn.layout, std::string("circle"));
        QCOMPARE(drawn.edges.size(), std::size_t(2));
        QCOMPARE(drawn.edges[1].weight, -3.0);
        QVERIFY(plain.notes.at(0).find("not symmetric") != std::string::npos);
        QCOMPARE(
            bodyOf<Graph>(view::graph("d").nodes("node").matrix("adjacency").directed().layout("spring"), set)
                .edges.size(),
            std::size_t(4));
        put(set, "adjacency", {"node", "other"}, {3, 2}, counting(6));
        QVERIFY(
            refusalOf(view::graph("m").nodes("node").matrix("adjacency").toJson(), set).find("not square") !=
            std::string::npos);
    }
    void tables() {
        const auto view =
            view::table("t").column("node_x", "x", view::Format::Fixed, 2).column("kind").column("node_y");
        const auto table = bodyOf<Table>(view, sample());
        QCOMPARE(table.rows, (Strings{"00", "01", "10"}));
        QCOMPARE(table.rowTitle, std::string("combination"));
        QVERIFY(table.columns[0].format == Column::Format::Fixed && table.columns[0].digits == 2);
        QCOMPARE(table.columns[1].words, (Strings{"unseen", "seen", "7"}));
        QCOMPARE(table.columns[2].unit, std::string("m"));
        const auto single = bodyOf<Table>(view::table("s").column({"loss", {{"time", -1}}}), sample());
        QCOMPARE(single.rows.size(), std::size_t(1));
        QCOMPARE(single.columns[0].values, (Numbers{0}));
        QVERIFY(refusalOf(view::table("m").column("node_x").column("loss").toJson(), sample())
                    .find("column 2 varies along time") != std::string::npos);
    }
    void texts() {
        const auto view = view::text("t")
                              .words("Ended at {loss} ({kind}, {nothing} {")
                              .value("loss", {"loss", {{"time", 1}}})
                              .value("kind", {"kind", {{"node", 0}}});
        const auto figure = must(resolveFigure(view.toJson(), sample()));
        QCOMPARE(std::get<Text>(figure.body).paragraph, std::string("Ended at 4 (unseen, {nothing} {"));
    }
    void unknownKindsAreTables() {
        const json view = {{"kind", "hologram"},
                           {"name", "h"},
                           {"made_of", {{{"array", "node_loss"}}, {{"array", "loss"}}}}};
        const auto figure = must(resolveFigure(view, sample()));
        const auto& table = std::get<Table>(figure.body);
        QCOMPARE(table.columns.size(), std::size_t(1));
        QCOMPARE(table.rows.at(4), std::string("0.5, 01"));
        QCOMPARE(table.columns[0].values[4], 11.0);
        QCOMPARE(figure.notes.size(), std::size_t(2));
        QVERIFY(must(resolveFigure({{"kind", "hologram"}, {"name", "h"}}, sample())).isEmpty);
    }
    void gesturesAreRead() {
        const auto view =
            view::heatmap("map")
                .z("node_loss")
                .gesture(
                    view::pick("sim/solve").bind("x", "mu").bind("index.node", "node").label("Solve here"));
        const auto figure = must(resolveFigure(view.toJson(), sample()));
        QCOMPARE(figure.gestures.size(), std::size_t(1));
        QVERIFY(figure.gestures[0].kind == Gesture::Kind::Pick);
        QCOMPARE(figure.gestures[0].probe + " " + figure.gestures[0].label,
                 std::string("sim/solve Solve here"));
        QCOMPARE(figure.gestures[0].bind.size(), std::size_t(2));
        ArraySet set = sample();
        put(set, "links", {"link", "end"}, {1, 2}, std::vector<std::int32_t>{0, 1});
        const auto joined =
            must(resolveFigure(view::graph("g")
                                   .nodes("node")
                                   .edges("links")
                                   .gesture(view::connect("sim/solve").bind("edges", "e"))
                                   .toJson(),
                               set));
        QVERIFY(joined.gestures.at(0).kind == Gesture::Kind::Connect);
    }
};

QTEST_GUILESS_MAIN(FigureKinds)
#include "test_figure_kinds.moc"
