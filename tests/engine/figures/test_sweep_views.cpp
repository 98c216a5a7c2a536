// SPDX-License-Identifier: Apache-2.0
// Maps over the axes of a sweep: which arrays get one, what is across and down, and that they are figures the
// engine draws.
#include <QTest>
#include <limits>

#include "engine/figures/metric_views.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/figures/run_views.hpp"
#include "engine/figures/sweep_views.hpp"
#include "figure_helpers.hpp"

using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;
using Numbers = std::vector<double>;

namespace {

json requestOf(const json& axes) { return {{"kind", "sweep"}, {"design", {{"axes", axes}}}}; }

json axis(const char* name, std::size_t size, bool seed = false) {
    json values = json::array();
    for (std::size_t i = 0; i < size; ++i) values.push_back(i);
    return {{"name", name}, {"seed", seed}, {"values", values}};
}

/// Two parameters and four seeds; the experiment has an array `seed` of its own.
ArraySet grid(double status = 0) {
    ArraySet set;
    put(set, "sigma", {"sigma"}, {2}, Numbers{0.1, 0.2});
    put(set, "mu", {"mu"}, {3}, Numbers{1, 2, 3});
    put(set, "swept_seed", {"swept_seed"}, {4}, counting(4));
    put(set, "swing_by", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, counting(24));
    put(set, "cell_status", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, Numbers(24, status));
    put(set, "loss", {"sigma", "mu", "swept_seed", "time"}, {2, 3, 4, 5}, counting(120));
    return set;
}
json gridRequest() { return requestOf({axis("sigma", 2), axis("mu", 3), axis("seed", 4, true)}); }

std::vector<std::string> names(const std::vector<json>& views) {
    std::vector<std::string> all;
    for (const json& one : views) all.push_back(one["name"]);
    return all;
}

}  // namespace

class SweepViewsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aMapForEachNumberOfTheCellsBeforeTheOwnFigures() {
        const std::vector<json> own{view::lines("losses").series(view::series("loss")).toJson()};
        const auto views = withSweepMaps(own, grid(), gridRequest());
        QCOMPARE(names(views), (std::vector<std::string>{"sweep_swing_by", "losses"}));
        QCOMPARE(views[0].value("group", ""), std::string());
        QVERIFY(!views[1].value("group", "").empty());
        QCOMPARE(views[0]["down"].get<std::string>(), std::string("sigma"));
        QCOMPARE(views[0]["across"].get<std::string>(), std::string("mu"));
    }
    void aFigureOfAllCellsStandsWithTheMaps() {
        const std::vector<json> own{
            view::lines("losses").series(view::series("loss")).toJson(),
            view::points("pairs").series(view::xy("mu", "swing_by")).everyCell().toJson()};
        const auto views = withSweepMaps(own, grid(), gridRequest());
        QCOMPARE(names(views), (std::vector<std::string>{"sweep_swing_by", "pairs", "losses"}));
        QCOMPARE(views[1].value("group", ""), std::string());
    }
    void theEngineDrawsItAndTheSeedIsScrubbed() {
        const json map = withSweepMaps({}, grid(), gridRequest()).at(0);
        const auto last = resolveFigure(map, grid());
        QVERIFY2(last, last ? "" : last.error().message.c_str());
        const auto& raster = std::get<Raster>(last->body);
        QCOMPARE(raster.rows, std::size_t(2));
        QCOMPARE(raster.columns, std::size_t(3));
        QCOMPARE(raster.across.centres, (Numbers{1, 2, 3}));
        QCOMPARE(raster.z, (Numbers{3, 7, 11, 15, 19, 23}));  // the last seed
        QCOMPARE(last->cursors.size(), std::size_t(1));
        QVERIFY(last->cursors[0].scrubber);
        QCOMPARE(last->cursors[0].dimension, std::string("swept_seed"));
        const auto first = resolveFigure(map, grid(), {{last->cursors[0].name, 0}});
        QCOMPARE(std::get<Raster>(first->body).z, (Numbers{0, 4, 8, 12, 16, 20}));
    }
    void signedNumbersMeetAtNothingAndCellsWithoutOneAreExplained() {
        QVERIFY(!withSweepMaps({}, grid(), gridRequest()).at(0).contains("colours"));
        QVERIFY(!withSweepMaps({}, grid(), gridRequest()).at(0).contains("caption"));
        Numbers lead = counting(24);
        for (double& value : lead) value -= 10;
        ArraySet set = grid();
        put(set, "swing_by", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, lead);
        json map = withSweepMaps({}, set, gridRequest()).at(0);
        QCOMPARE(map["colours"]["map"].get<std::string>(), std::string("diverging"));
        QCOMPARE(map["colours"]["centre"].get<double>(), 0.0);
        QVERIFY(!map.contains("caption"));
        QVERIFY(resolveFigure(map, set));
        lead[5] = std::nan("");
        put(set, "swing_by", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, lead);
        map = withSweepMaps({}, set, gridRequest()).at(0);
        QVERIFY(map["caption"].get<std::string>().find("Hatched") != std::string::npos);
    }
    void cellsThatFailedAreShown() {
        QCOMPARE(names(withSweepMaps({}, grid(1), gridRequest())),
                 (std::vector<std::string>{"sweep_cell_status", "sweep_swing_by"}));
    }
    /// Whole numbers have no word for "nothing": what stands for it is no number of the figure.
    void whatFailedCellsHoldIsNoNumber() {
        const std::int32_t nothing = std::numeric_limits<std::int32_t>::min();
        ArraySet set = grid();
        std::vector<std::int32_t> counts;
        for (int i = 0; i < 24; ++i) counts.push_back(3 + i);
        counts[5] = nothing;
        Numbers status(24, 0);
        status[5] = 1;
        put(set, "cell_status", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, status);
        put(set, "swing_by", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, counts);
        const json map = withSweepMaps({}, set, gridRequest()).at(1);
        QCOMPARE(map["name"].get<std::string>(), std::string("sweep_swing_by"));
        QCOMPARE(map["colours"]["limits"], (json{3, 26}));
        QVERIFY(map["colours"].value("map", "") != "diverging");
        QVERIFY(!map.value("numbers", false));
        QVERIFY(map["caption"].get<std::string>().find("not done hold -2147483648") != std::string::npos);
        QVERIFY(resolveFigure(map, set));
        // The same number of a cell that is done is a number.
        put(set, "cell_status", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, Numbers(24, 0));
        const json all = withSweepMaps({}, set, gridRequest()).at(0);
        QCOMPARE(all["colours"]["map"].get<std::string>(), std::string("diverging"));
        QVERIFY(!all["colours"].contains("limits") && !all.contains("caption") &&
                all.value("numbers", false));

        ArraySet alone;
        put(alone, "mu", {"mu"}, {3}, Numbers{1, 2, 3});
        put(alone, "count", {"mu"}, {3}, std::vector<std::int32_t>{4, nothing, 9});
        put(alone, "cell_status", {"mu"}, {3}, Numbers{0, 1, 0});
        const json curve = withSweepMaps({}, alone, requestOf(json::array({axis("mu", 3)}))).at(1);
        QCOMPARE(curve["y_axis"]["limits"], (json{4, 9}));
        QVERIFY(curve["caption"].get<std::string>().find("-2147483648") != std::string::npos);
        QVERIFY(resolveFigure(curve, alone));
    }
    void oneParameterIsMappedOverItsSeedsOrDrawnAsACurve() {
        ArraySet set;
        put(set, "mu", {"mu"}, {3}, Numbers{1, 2, 3});
        put(set, "seed", {"seed"}, {2}, counting(2));
        put(set, "swing_by", {"mu", "seed"}, {3, 2}, counting(6));
        put(set, "cell_status", {"mu", "seed"}, {3, 2}, Numbers(6, 0));
        const json map = withSweepMaps({}, set, requestOf({axis("mu", 3), axis("seed", 2, true)})).at(0);
        QCOMPARE(map["kind"].get<std::string>(), std::string("heatmap"));
        QCOMPARE(map["across"].get<std::string>(), std::string("seed"));
        ArraySet alone;
        put(alone, "mu", {"mu"}, {3}, Numbers{1, 2, 3});
        put(alone, "swing_by", {"mu"}, {3}, counting(3));
        put(alone, "cell_status", {"mu"}, {3}, Numbers(3, 0));
        const json curve = withSweepMaps({}, alone, requestOf(json::array({axis("mu", 3)}))).at(0);
        const auto drawn = resolveFigure(curve, alone);
        QVERIFY2(drawn, drawn ? "" : drawn.error().message.c_str());
        QCOMPARE(std::get<Lines>(drawn->body).lines.at(0).x, (Numbers{1, 2, 3}));
        QCOMPARE(std::get<Lines>(drawn->body).lines.at(0).y, (Numbers{0, 1, 2}));
    }
    void otherRunsKeepTheirFigures() {
        const std::vector<json> own{view::lines("losses").series(view::series("loss")).toJson()};
        json request = gridRequest();
        request["kind"] = "run";
        QCOMPARE(withSweepMaps(own, grid(), request), own);
        for (const json& broken : {json(), json::array(), requestOf(json::object()), requestOf({1, 2}),
                                   json{{"kind", "sweep"}}, json{{"kind", "sweep"}, {"design", 3}}})
            QCOMPARE(withSweepMaps(own, grid(), broken).size(), own.size());
    }
    void metricsThatNothingDrawsComeBeforeTheFigures() {
        ArraySet set = grid();
        for (const char* name : {"loss", "drawn"}) {
            LoadedArray metric{.name = std::string("metrics/") + name, .dims = {"step"}, .steps = {1, 2}};
            const Numbers numbers{3, 2};
            metric.values = {latent::engine::DType::F64,
                             {2},
                             std::string(reinterpret_cast<const char*>(numbers.data()), 2 * sizeof(double))};
            set.put(std::make_shared<const LoadedArray>(std::move(metric)));
        }
        const std::vector<json> own{view::lines("losses").series(view::series("metrics/drawn")).toJson()};
        const auto views = allViews(own, set, gridRequest());
        QCOMPARE(names(views), (std::vector<std::string>{"sweep_swing_by", "metric_loss", "losses"}));
        QCOMPARE(views[1]["group"].get<std::string>(), std::string(kMetricsGroup));
        const auto curve = resolveFigure(views[1], set);
        QVERIFY2(curve, curve ? "" : curve.error().message.c_str());
        QCOMPARE(std::get<Lines>(curve->body).lines.at(0).y, (Numbers{3, 2}));
        QCOMPARE(allViews(own, {}, json()), own);
    }
    void namesThatNoFigureCanHaveAreLeftOut() {
        ArraySet set = grid();
        put(set, "Strange Name", {"sigma", "mu", "swept_seed"}, {2, 3, 4}, counting(24));
        const auto views = withSweepMaps({}, set, gridRequest());
        QCOMPARE(names(views), (std::vector<std::string>{"sweep_strange_name", "sweep_swing_by"}));
        QVERIFY(resolveFigure(views.back(), set));
    }
};

QTEST_GUILESS_MAIN(SweepViewsTest)
#include "test_sweep_views.moc"
