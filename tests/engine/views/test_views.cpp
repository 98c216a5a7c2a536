// SPDX-License-Identifier: Apache-2.0
// Figures: every kind made with the builder passes, and each way to miss the arrays gives one sentence with a
// path.
#include <QtTest>
#include <latent/outputs.hpp>
#include <latent/schema.hpp>

#include "engine/views/validate.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace view = latent::view;

namespace {

latent::Outputs arrays() {
    using namespace latent;
    Outputs o;
    o.array("time", F64, {grows("time")}).units("1");
    o.array("loss", F64, {grows("time")});
    o.array("count", I64, {grows("time")});
    o.array("low", F64, {grows("time")});
    o.array("high", F64, {grows("time")});
    o.array("weights", F64, {grows("time"), fixed("row", 4), fixed("col", 4)});
    o.array("node_loss", F64, {grows("time"), fixed("node", 8)});
    o.array("node_x", F64, {fixed("node", 8)});
    o.array("node_y", F64, {fixed("node", 8)});
    o.array("adjacency", F64, {fixed("node", 8), fixed("other_node", 8)});
    o.array("edges", I32, {fixed("edge", 12), fixed("end", 2)});
    o.array("edge_weight", F64, {fixed("edge", 12)});
    o.array("samples", U8, {fixed("sample", 16), fixed("y", 28), fixed("x", 28), fixed("channel", 3)});
    o.array("order", F64, {});
    return o;
}

}  // namespace

class TestViews : public QObject {
    Q_OBJECT
    SchemaModel m_solve = *SchemaModel::fromJson(latent::Schema{}
                                                     .add(latent::number("mu", 1))
                                                     .add(latent::integer("node", 0))
                                                     .add(latent::matrix("mask").optional())
                                                     .toJson(),
                                                 "P");
    ProbeSchemas m_probes = {{"sim/solve", &m_solve}};

    std::string problems(const json& figure) {
        const auto outputs = OutputsModel::fromJson(arrays().toJson(), "O");
        std::string all;
        for (const Problem& p : viewProblems(figure, *outputs, &m_probes))
            all += (all.empty() ? "" : "\n") + p.text();
        return all;
    }

  private Q_SLOTS:
    void everyKindPasses() {
        using namespace view;
        latent::Outputs o = arrays();
        o.figure(
            lines("l")
                .title("Loss")
                .caption("c")
                .x("time", {.scale = Log})
                .y({.unit = "1", .limits = {0.0, std::nullopt}})
                .series(series("loss")
                            .label("mean")
                            .band("low", "high")
                            .role(Role::Primary)
                            .smoothed(Smoothing::Gaussian, 3))
                .series(series("node_loss").family("node").colourByDimension("node").style(Style::Dashed))
                .referenceY(0.5, "half")
                .referenceX({"time", {{"time", last()}}})
                .cursor("frame", "time", true)
                .gesture(pick("sim/solve").bind("y", "mu").bind("index.time", "node")));
        o.figure(lines("m").series(series("metrics/train_loss")));
        o.figure(points("p")
                     .series(xy("node_x", "node_y")
                                 .colourByDimension("node")
                                 .sizeBy({"node_loss", {{"time", cursor("frame")}}}))
                     .diagonal());
        o.figure(trajectory("t").series(xyz({"weights", {{"row", 0}, {"col", 0}}},
                                            {"weights", {{"row", 1}, {"col", -1}}},
                                            {"weights", {{"row", 2}, {"col", 1}}})
                                            .colourByDimension("time")
                                            .markAt(cursor("frame"), "now")
                                            .markAt(nearest(1.5))));
        o.figure(trajectory("f").series(xy("node_loss", "node_loss").family("node")));
        o.figure(heatmap("h")
                     .z("weights", {{"time", cursor("frame")}})
                     .across("col")
                     .down("row")
                     .numbers()
                     .colours({.map = Map::Diverging, .centre = 0.0})
                     .gesture(brush("sim/solve").bind("mask", "mask")));
        o.figure(image("i").z("samples", {{"sample", 0}}).channel("channel").across("x").down("y"));
        o.figure(imageGrid("g").z("samples", {{"channel", 0}}).tiles("sample").columns(4));
        o.figure(graph("n")
                     .nodes("node")
                     .positions("node_x", "node_y")
                     .edges("edges")
                     .weights("edge_weight")
                     .colourBy({"node_loss", {{"time", cursor("frame")}}}));
        o.figure(graph("a")
                     .nodes("node")
                     .matrix("adjacency")
                     .layout("circle")
                     .gesture(view::connect("sim/solve").bind("from", "node").bind("edges", "mask")));
        o.figure(histogram("d").values("node_loss").bins(20).density());
        o.figure(
            table("s").column("node_x", "x", Format::Fixed, 2).column({"node_loss", {{"time", last()}}}));
        o.figure(text("w").words("Order {order}.").value("order", "order"));
        const auto status = validateOutputs(o.toJson(), "The outputs", &m_probes);
        QVERIFY2(bool(status), status ? "" : status.error().message.c_str());
    }
    /// A pick takes the nearest entry, so where the coordinates are whole it fills whole numbers; a dragged edge does not.
    void aPickAmongWholeNumbersGivesOne() {
        using namespace view;
        const auto pickX = pick("sim/solve").bind("x", "node");
        QCOMPARE(problems(lines("l").x("count").series(series("loss")).gesture(pickX).toJson()),
                 std::string());
        QCOMPARE(problems(image("i")
                              .z("samples", {{"sample", 0}})
                              .channel("channel")
                              .across("x")
                              .down("y")
                              .gesture(pickX)
                              .toJson()),
                 std::string());
        QCOMPARE(problems(points("p").series(xy("count", "loss")).gesture(pickX).toJson()), std::string());
        QVERIFY(!problems(points("p").series(xy("loss", "count")).gesture(pickX).toJson()).empty());
    }

    void mistakes_data() {
        QTest::addColumn<QString>("figure");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* tag, const json& figure, const char* sentence) {
            QTest::newRow(tag) << QString::fromStdString(figure.dump()) << sentence;
        };
        using namespace view;
        const auto base = [] { return lines("l"); };
        row("array", base().series(series("losss")).toJson(),
            "series[0].y.array: there is no array \"losss\"; did you mean \"loss\"?");
        row("dimension", base().series(series("loss", {{"row", 0}})).toJson(),
            "series[0].y.select: the array \"loss\" has no dimension \"row\"; it has time.");
        row("rank", base().series(series("node_loss")).toJson(),
            "series[0].y: leaves the dimensions time and node; a line needs exactly one: fix the others by "
            "an index or a cursor, or make one the family.");
        row("rank 0", base().series(series("order")).toJson(),
            "series[0].y: leaves the dimensions none; a line needs exactly one.");
        row("index", base().series(series("node_loss", {{"node", 8}})).toJson(),
            "series[0].y.select.node: the index 8 lies outside; node has 8 entries.");
        row("value", base().series(series("node_loss", {{"node", nearest(1)}})).toJson(),
            "series[0].y.select.node: selects by value, but no array \"node\" gives the coordinate of this "
            "dimension; select an index.");
        row("slice", base().series(series("loss", {{"time", slice(5, 5)}})).toJson(),
            "series[0].y.select.time: the slice ends before it begins.");
        row("x", base().x("node_x").series(series("loss")).toJson(),
            "x: leaves the dimension node, which y of series 0 does not have (time)");
        row("band", base().series(series("loss").band("low", "node_x")).toJson(),
            "series[0].high: leaves the dimensions node, but y leaves time; they must be the same.");
        row("family", base().series(series("loss").family("node")).toJson(),
            "series[0].family: \"node\" is not among the dimensions that are left: time.");
        row("reference", base().series(series("loss")).referenceY({"loss", {}}).toJson(),
            "references[0].value: must be one number, but leaves the dimensions time");
        row("cursor", base().series(series("loss")).cursor("f", "row").toJson(),
            "cursors[0]: no array of this figure has the dimension \"row\".");
        row("two cursors", heatmap("h").z("weights", {{"time", cursor("f")}}).cursor("f", "row").toJson(),
            "cursors[0]: the cursor \"f\" moves along time elsewhere in this figure; take another name for "
            "row.");
        row("cloud", points("p").series(xy("node_x", "loss")).toJson(),
            "series[0].y: leaves the dimensions time, but x leaves node; they must be the same.");
        row("path", trajectory("t").series(xy("node_loss", "node_loss")).toJson(),
            "series[0].x: leaves the dimensions time and node; a path runs along exactly one.");
        row("map", heatmap("h").z("weights").toJson(),
            "z: leaves the dimensions time, row and col, but this figure needs 2; fix the others by an index "
            "or a cursor.");
        row("across", heatmap("h").z("weights", {{"time", 0}}).across("time").toJson(),
            "across: \"time\" is not among the dimensions that are left: row and col.");
        row("across and down", heatmap("h").z("weights", {{"time", 0}}).across("row").down("row").toJson(),
            "down: \"row\" has another part in this figure already.");
        row("channel", image("i").z("samples", {{"sample", 0}}).channel("x").toJson(),
            "channel: the channel dimension must have the size 3");
        row("swipe",
            image("i")
                .z("samples", {{"sample", 0}, {"channel", 0}})
                .swipe({"samples", {{"sample", 0}}}, "a", "b")
                .toJson(),
            "swipe.z: leaves the dimensions");
        row("graph", graph("g").nodes("node").positions("node_x", "node_y").toJson(),
            "a graph needs either \"edges\" or \"matrix\".");
        row("edges", graph("g").nodes("node").edges("weights").toJson(),
            "edges: leaves the dimensions time, row and col; it needs two, the second of size 2 (from and "
            "to).");
        row("positions", graph("g").nodes("node").positions("loss", "node_y").edges("edges").toJson(),
            "x: leaves the dimensions time, but \"nodes\" leaves node");
        row("count", histogram("h").values("order").toJson(),
            "series[0].values: leaves no dimension, so there is nothing to count.");
        row("table", table("t").column("node_x").column("loss").toJson(),
            "columns[1].values: leaves the dimensions time, but the first column leaves node");
        row("words", text("t").words("{a}").toJson(), "words: {a} has no entry in \"values\".");
        row("unused", text("t").words("a").value("b", "order").toJson(),
            "values.b: is not used: the words hold no {b}.");
        row("gesture",
            base().series(series("loss")).gesture(brush("sim/solve").bind("mask", "mask")).toJson(),
            "gestures[0].gesture: a brush cannot be made on a figure of kind lines.");
        row("connect",
            base()
                .series(series("loss"))
                .gesture(view::connect("sim/solve").bind("to", "node"))
                .toJson(),
            "gestures[0].gesture: a connect cannot be made on a figure of kind lines.");
        row("connect type",
            graph("g")
                .nodes("node")
                .matrix("adjacency")
                .gesture(view::connect("sim/solve").bind("edges", "mu"))
                .toJson(),
            "gestures[0].bind.edges: gives a value of type matrix, but mu takes a number");
        row("connect result",
            graph("g")
                .nodes("node")
                .matrix("adjacency")
                .gesture(view::connect("sim/solve").bind("x", "mu"))
                .toJson(),
            "gestures[0]");
        row("probe", base().series(series("loss")).gesture(pick("sim/slove").bind("x", "mu")).toJson(),
            "gestures[0].probe: there is no probe \"sim/slove\"; did you mean \"sim/solve\"?");
        row("binding", base().series(series("loss")).gesture(pick("sim/solve").bind("x", "nu")).toJson(),
            "gestures[0].bind.x: the probe has no parameter \"nu\"; did you mean \"mu\"?");
        row("binding type",
            base().series(series("loss")).gesture(pick("sim/solve").bind("x", "node")).toJson(),
            "gestures[0].bind.x: gives a value of type number, but node takes a whole number.");
        row("binding along whole numbers of another kind",
            heatmap("h")
                .z("node_loss")
                .across("node")
                .down("time")
                .gesture(pick("sim/solve").bind("y", "node"))
                .toJson(),
            "gestures[0].bind.y: gives a value of type number, but node takes a whole number.");
        row("range of whole numbers",
            base()
                .x("count")
                .series(series("loss"))
                .gesture(view::range("sim/solve").bind("low", "node"))
                .toJson(),
            "gestures[0].bind.low: gives a value of type number, but node takes a whole number.");
        row("index of",
            base().series(series("loss")).gesture(pick("sim/solve").bind("index.row", "node")).toJson(),
            "no dimension \"row\" is drawn in this figure.");
        row("shape", {{"kind", "lines"}, {"name", "l"}, {"series", json::array()}},
            "series: has 0 entries; 1 to 64 are allowed.");
    }
    void mistakes() {
        QFETCH(QString, figure);
        QFETCH(QString, sentence);
        const std::string got = problems(json::parse(figure.toStdString()));
        QVERIFY2(QString::fromStdString(got).contains(sentence), got.c_str());
    }
    void unknownKindsPass() {
        QCOMPARE(problems({{"kind", "sunburst"}, {"name", "a"}, {"rings", {1, 2}}}), std::string());
    }
    void figuresShareNamesAndCursors() {
        latent::Outputs o = arrays();
        o.figure(view::heatmap("a").z("weights", {{"time", view::cursor("f")}}));
        o.figure(view::lines("b").series(view::series("node_loss", {{"node", view::cursor("f")}})));
        const auto status = validateOutputs(o.toJson(), "O");
        QVERIFY(!status);
        QCOMPARE(
            status.error().message,
            std::string(
                "O is not valid: figures[1]: the cursor \"f\" moves along node here, but along time in the "
                "figure \"a\"; one name means one dimension."));
        json twice = arrays().toJson();
        twice["figures"] = {view::heatmap("a").z("weights", {{"time", 0}}).toJson(),
                            view::heatmap("a").z("weights", {{"time", 0}}).toJson()};
        QVERIFY(validateOutputs(twice, "O").error().message.find("another figure has the name \"a\"") !=
                std::string::npos);
        QVERIFY_EXCEPTION_THROWN(o.figure(view::text("a")), latent::UsageError);
    }
};

QTEST_APPLESS_MAIN(TestViews)
#include "test_views.moc"
