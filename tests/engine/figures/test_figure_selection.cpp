// SPDX-License-Identifier: Apache-2.0
// Which numbers a selection means, arrays that are not there yet, and views that mean nothing: refused or empty.
#include <QTest>

#include "figure_helpers.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;
using Numbers = std::vector<double>;

namespace {

ArraySet sample() {
    ArraySet set;
    put(set, "time", {"time"}, {10}, counting(10, 0.1));
    put(set, "cube", {"time", "row", "col"}, {10, 3, 4}, counting(120));
    put(set, "counts", {"time"}, {10},
        std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, std::int64_t{1} << 40});
    put(set, "bytes", {"time"}, {10}, std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 255});
    return set;
}

Numbers lineOf(const view::Where& where, const Cursors& cursors = {}) {
    return bodyOf<Lines>(view::lines("l").series(view::series("cube", where)), sample(), cursors)
        .lines.at(0)
        .y;
}

Numbers xOf(const view::Where& where) {
    return bodyOf<Lines>(view::lines("l").series(view::series("counts", where)), sample()).lines.at(0).x;
}

}  // namespace

class FigureSelection : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void indicesFromBothEnds() {
        QCOMPARE(lineOf({{"time", 2}, {"row", 1}}), (Numbers{28, 29, 30, 31}));
        QCOMPARE(lineOf({{"time", -1}, {"row", -3}}), (Numbers{108, 109, 110, 111}));
        QCOMPARE(lineOf({{"row", 2}, {"col", 3}})[9], 119.0);
        QCOMPARE(lineOf({{"time", 2}, {"col", 1}}), (Numbers{25, 29, 33}));
    }
    void everyType() {
        QCOMPARE(bodyOf<Lines>(view::lines("l").series(view::series("counts")), sample()).lines[0].y[9],
                 1099511627776.0);
        QCOMPARE(bodyOf<Lines>(view::lines("l").series(view::series("bytes")), sample()).lines[0].y[9],
                 255.0);
    }
    void cursorsStandWhereTheyAreOrAtTheEnd() {
        const view::Where where{{"time", view::cursor("frame")}, {"row", 0}};
        QCOMPARE(lineOf(where, {{"frame", 3}})[0], 36.0);
        QCOMPARE(lineOf(where)[0], 108.0);
        QCOMPARE(lineOf(where, {{"frame", 99}})[0], 108.0);
        QCOMPARE(lineOf(where, {{"frame", -2}})[0], 96.0);
        QCOMPARE(lineOf(where, {{"frame", std::numeric_limits<std::int64_t>::min()}})[0], 0.0);
        const auto view = view::lines("l").series(view::series("cube", where)).toJson();
        QCOMPARE(cursorsOf(view, sample()), (std::map<std::string, std::string>{{"frame", "time"}}));
        const auto figure = must(resolveFigure(view, sample(), {{"frame", 99}}));
        QCOMPARE(figure.cursors.at(0).index, std::int64_t(9));
        QCOMPARE(figure.cursors.at(0).coordinate, std::optional(0.9));
    }
    void cursorsAlongWordsStartAtTheFirst() {
        ArraySet set = sample();
        put(set, "row", {"row"}, {3}, std::vector<std::int32_t>{0, 1, 2},
            {.categories = {"id", "ood", "shuffled"}});
        const auto view =
            view::lines("l").series(view::series("cube", {{"time", 0}, {"row", view::cursor("set")}}));
        QCOMPARE(bodyOf<Lines>(view, set).lines.at(0).y[0], 0.0);
        QCOMPARE(bodyOf<Lines>(view, set, {{"set", 2}}).lines.at(0).y[0], 8.0);
        QCOMPARE(must(resolveFigure(view.toJson(), set)).cursors.at(0).index, std::int64_t(0));
    }
    void cursorsAlongACoordinateWithARestStandThere() {
        ArraySet set = sample();
        const auto view =
            view::lines("l").series(view::series("cube", {{"time", 0}, {"row", view::cursor("set")}}));
        const auto at = [&](double rest, const Cursors& cursors = {}) {
            put(set, "row", {"row"}, {3}, std::vector<double>{.05, .5, NAN}, {.rest = rest});
            return must(resolveFigure(view.toJson(), set, cursors)).cursors.at(0).index;
        };
        QCOMPARE(at(.4), std::int64_t(1));
        QCOMPARE(at(-9), std::int64_t(0));
        QCOMPARE(at(.4, {{"set", 2}}), std::int64_t(2));
        put(set, "row", {"row"}, {3}, std::vector<double>{NAN, NAN, NAN}, {.rest = .5});
        QCOMPARE(restOf("row", set), std::int64_t(-1));  // nowhere nearest: the end, as without a rest
    }
    void theNearestCoordinate() {
        QCOMPARE(lineOf({{"time", view::nearest(0.34)}, {"row", 0}})[0], 36.0);
        QCOMPARE(lineOf({{"time", view::nearest(1e9)}, {"row", 0}})[0], 108.0);
        ArraySet set = sample();
        put(set, "time", {"time"}, {10}, Numbers{NAN, 5, 1, NAN, 2, 0, 0, 0, 0, 0});
        const auto view =
            view::lines("l").series(view::series("cube", {{"time", view::nearest(2.4)}, {"row", 0}}));
        QCOMPARE(bodyOf<Lines>(view, set).lines[0].y[0], 48.0);
        set.remove("time");  // not published yet
        QVERIFY(must(resolveFigure(view.toJson(), set)).isEmpty);
        put(set, "time", {"time"}, {10}, Numbers(10, NAN));
        QVERIFY(must(resolveFigure(view.toJson(), set)).isEmpty);
    }
    void slicesKeepTheDimensionAndItsCoordinate() {
        const view::Where every{{"time", view::slice(1, -2, 3)}};
        QCOMPARE(bodyOf<Lines>(view::lines("l").series(view::series("counts", every)), sample()).lines[0].y,
                 (Numbers{1, 4, 7}));
        QCOMPARE(xOf(every), (Numbers{0.1, 0.1 * 4, 0.1 * 7}));
        QCOMPARE(xOf({{"time", view::slice(8, 1000)}}).size(), std::size_t(2));
        QVERIFY(xOf({{"time", view::slice(5, 2)}}).empty());
        QVERIFY(xOf({{"time", view::slice(50, 60)}}).empty());
        QCOMPARE(xOf({{"time", view::slice(-1, 10, 1 << 30)}}).size(), std::size_t(1));
        // An x that is not cut itself is cut as y is.
        const auto line =
            bodyOf<Lines>(view::lines("l").x("bytes").series(view::series("counts", every)), sample())
                .lines.at(0);
        QCOMPARE(line.x, (Numbers{1, 4, 7}));
    }
    void growingArraysMayBeAFewRowsApart() {
        ArraySet set = sample();
        put(set, "time", {"time"}, {7}, counting(7));
        const auto line = bodyOf<Lines>(view::lines("l").series(view::series("counts")), set).lines.at(0);
        QCOMPARE(line.x.size(), std::size_t(7));
        QCOMPARE(line.y.size(), std::size_t(7));
        const auto band =
            bodyOf<Lines>(view::lines("l").series(view::series("counts").band("time", "bytes")), set)
                .lines.at(0);
        QCOMPARE(band.y.size(), std::size_t(7));
        QCOMPARE(band.low.size(), std::size_t(7));
        put(set, "few", {"other"}, {3}, counting(3));  // no coordinate here
        put(set, "many", {"other"}, {5}, counting(5));
        const auto uneven =
            bodyOf<Lines>(view::lines("l").series(view::series("many").band("few", "many")), set).lines.at(0);
        QVERIFY(uneven.y.size() == 3 && uneven.high.size() == 3 && uneven.x.size() == 3);
        const auto cloud =
            bodyOf<Points>(view::points("p").series(view::xy("many", "few")), set).clouds.at(0);
        QVERIFY(cloud.x.size() == 3 && cloud.shape == (Shape{3}));
        const auto map = bodyOf<Raster>(view::heatmap("h").z("cube", {{"col", 0}}).down("time"), set);
        QCOMPARE(map.down.centres, counting(10));  // rows whose coordinate is not there yet go on by index
    }
    void whatIsNotThereYetIsEmpty() {
        const ArraySet nothing;
        ArraySet noRows;
        put(noRows, "cube", {"time", "row", "col"}, {0, 3, 4}, Numbers());
        put(noRows, "time", {"time"}, {0}, Numbers());
        const json views[] = {
            view::lines("a").series(view::series("cube", {{"row", 0}, {"col", 0}})).toJson(),
            view::lines("b").series(view::series("cube", {{"time", -1}, {"col", 0}})).toJson(),
            view::lines("c")
                .x("time")
                .series(view::series("cube", {{"row", 0}}).family("col").smoothed(view::Smoothing::Median, 3))
                .toJson(),
            view::points("d").series(view::xy("cube", "cube").colourByDimension("time")).toJson(),
            view::trajectory("e")
                .series(view::xy(view::Selection("cube", {{"row", 0}, {"col", 0}}),
                                 view::Selection("cube", {{"row", 0}, {"col", 0}}))
                            .markAt(view::cursor("f")))
                .toJson(),
            view::heatmap("f").z("cube", {{"time", view::cursor("frame")}}).toJson(),
            view::image("g").z("cube", {{"time", 0}}).overlay({"cube", {{"time", 0}}}).toJson(),
            view::imageGrid("h").z("cube").toJson(),
            view::histogram("i").values("cube").toJson(),
            view::table("j").column({"cube", {{"row", 0}, {"col", 0}}}).toJson(),
            view::text("k")
                .words("{a}")
                .value("a", {"cube", {{"time", -1}, {"row", 0}, {"col", 0}}})
                .toJson(),
            view::graph("l").nodes("time").matrix({"cube", {{"col", 0}}}).toJson(),
        };
        for (const json& one : views) {
            const auto figure = resolveFigure(one, nothing);
            QVERIFY2(figure, figure ? "" : figure.error().message.c_str());
            QVERIFY2(figure->isEmpty, one.dump().c_str());
            const auto rows = resolveFigure(one, noRows);
            if (one["kind"] != "graph") QVERIFY2(rows && rows->isEmpty, one.dump().c_str());
        }
        // An index beyond the rows that are there so far.
        QVERIFY(must(resolveFigure(
                         view::lines("l").series(view::series("cube", {{"time", 50}, {"row", 0}})).toJson(),
                         sample()))
                    .isEmpty);
        // A series that is not there keeps its place beside one that is.
        const auto both = must(resolveFigure(view::lines("l")
                                                 .series(view::series("later").label("later"))
                                                 .series(view::series("counts"))
                                                 .toJson(),
                                             sample()));
        QVERIFY(!both.isEmpty);
        QCOMPARE(std::get<Lines>(both.body).lines.at(0).look.label, std::string("later"));
        QCOMPARE(std::get<Lines>(both.body).lines.at(1).y.size(), std::size_t(10));
    }
    void onlyABoxOfAnArrayIsHere() {
        ArraySet set = sample();
        auto box = std::make_shared<LoadedArray>(*set.find("cube"));
        const Numbers part(box->values.as<double>() + 5 * 12,
                           box->values.as<double>() + 7 * 12);  // frames 5 and 6 of 10
        box->values.shape = {2, 3, 4};
        box->values.bytes =
            std::string(reinterpret_cast<const char*>(part.data()), part.size() * sizeof(double));
        box->window = {{5, 10}, {0, 3}, {0, 4}};
        set.put(box);
        const auto at = [&](const view::Selector& time) {
            const auto figure = must(resolveFigure(
                view::lines("l").series(view::series("cube", {{"time", time}, {"row", 0}})).toJson(), set,
                {{"frame", 6}}));
            return figure.isEmpty ? -1 : std::get<Lines>(figure.body).lines.at(0).y.at(0);
        };
        QCOMPARE(at(6), 72.0);
        QCOMPARE(at(-5), 60.0);
        QCOMPARE(at(view::cursor("frame")), 72.0);
        QCOMPARE(at(view::nearest(0.5)), 60.0);
        QCOMPARE(at(7), -1.0);
        const auto line = bodyOf<Lines>(view::lines("l").series(view::series(
                                            "cube", {{"row", 0}, {"col", 0}, {"time", view::slice(0, 10)}})),
                                        set)
                              .lines.at(0);
        QCOMPARE(line.x, (Numbers{0.5, 0.1 * 6}));
        QCOMPARE(line.y, (Numbers{60, 72}));
        QCOMPARE(set.extentOf("time"), std::uint64_t(10));
    }
    void viewsThatDoNotFitAreRefusedByName() {
        const auto refuses = [&](const json& view, const char* part) {
            const std::string sentence = refusalOf(view, sample());
            QVERIFY2(sentence.find(part) != std::string::npos,
                     sentence.empty() ? view.dump().c_str() : sentence.c_str());
        };
        refuses(view::lines("curve").series(view::series("cube", {{"depth", 0}})).toJson(),
                "The figure curve cannot be drawn: the array cube has no dimension depth");
        refuses(view::lines("l").series(view::series("cube", {{"time", 0}, {"row", 0}, {"col", 0}})).toJson(),
                "y of the series leaves no dimension of cube");
        refuses(view::lines("l").series(view::series("counts").family("node")).toJson(), "needs 2");
        refuses(view::points("p").series(view::xy("counts", "cube")).toJson(), "varies along row");
        refuses(view::heatmap("h").z("cube", {{"col", 0}}).across("col").toJson(),
                "z does not vary along col");
        refuses(view::heatmap("h").z("cube", {{"col", 0}}).across("row").down("row").toJson(),
                "does not vary along row");
        refuses(view::imageGrid("g").z("cube").tiles("time").table("row", "col").toJson(), "either");
        refuses(json::object(), "A figure");
        refuses({{"kind", "lines"}, {"name", "x"}, {"series", 3}}, "x");
        refuses({{"kind", "lines"},
                 {"name", "x"},
                 {"series", {{{"y", {{"array", "counts"}, {"select", {{"time", {{"slice", {0, 1}}}}}}}}}}}},
                "slice");
        refuses(json::array({1, 2}), "A figure");
    }
    void brokenArraysAreRefused() {
        ArraySet set = sample();
        const auto view = view::lines("l").series(view::series("counts")).toJson();
        const auto breaks = [&](auto&& change) {
            auto array = std::make_shared<LoadedArray>(*sample().find("counts"));
            change(*array);
            set.put(array);
            return refusalOf(view, set);
        };
        const auto isRefused = [](const std::string& sentence) {
            return sentence.find("not as it was declared") != std::string::npos;
        };
        QVERIFY(isRefused(breaks([](LoadedArray& a) { a.values.bytes.resize(7); })));
        QVERIFY(isRefused(breaks([](LoadedArray& a) { a.values.shape = {~std::uint64_t{0}}; })));
        QVERIFY(isRefused(breaks([](LoadedArray& a) { a.dims = {"time", "time"}; })));
        QVERIFY(isRefused(breaks([](LoadedArray& a) {
            a.dims = {"time", "time"}, a.values.shape = {2, 5};
        })));
        QVERIFY(isRefused(breaks([](LoadedArray& a) { a.window = {{0, 10}, {0, 10}}; })));
        QVERIFY(breaks([](LoadedArray&) {}).empty());
    }
    void limits() {
        const auto view = view::lines("family").series(view::series("cube", {{"row", 0}}).family("col"));
        const auto few = must(resolveFigure(view.toJson(), sample(), {}, {.limits = {.lines = 3}}));
        QCOMPARE(std::get<Lines>(few.body).lines.size(), std::size_t(3));
        QVERIFY(few.notes.at(0).find("3 of 4 along col") != std::string::npos);
        QVERIFY(refusalOf(view::points("p").series(view::xy("cube", "cube")).toJson(), sample(), {},
                          {.limits = {.elements = 200}})
                    .find("more than 200 numbers") != std::string::npos);
        QVERIFY(refusalOf(view::points("p").series(view::xy("cube", "cube")).toJson(), sample(), {},
                          {.limits = {.elements = 240}})
                    .empty());
    }
    void arraysOfAView() {
        const auto view = view::lines("l")
                              .x("time")
                              .series(view::series("a").band("b", "c"))
                              .series(view::series("a"))
                              .referenceY({"d", {{"time", 0}}});
        std::vector<std::string> names = arraysOf(view.toJson());
        std::sort(names.begin(), names.end());
        QCOMPARE(names, (std::vector<std::string>{"a", "b", "c", "d", "time"}));
        QVERIFY(arraysOf(json()).empty());
        json deep = json::object();
        for (int i = 0; i < 5000; ++i) deep = json{{"series", std::move(deep)}};
        QVERIFY(arraysOf(deep).empty());  // and no stack overflow
    }
};

QTEST_GUILESS_MAIN(FigureSelection)
#include "test_figure_selection.moc"
