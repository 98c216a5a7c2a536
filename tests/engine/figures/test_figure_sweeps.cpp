// SPDX-License-Identifier: Apache-2.0
// Views of one run over the arrays of a sweep, which have the swept parameters and the seed as leading axes.
#include <QTest>

#include "figure_helpers.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
namespace view = latent::view;
using Numbers = std::vector<double>;

namespace {

/// mu (2) × seed (3) × time (4): 100 mu + 10 seed + time.
ArraySet sweep() {
    ArraySet set;
    Numbers loss, swing;
    for (int mu = 0; mu < 2; ++mu)
        for (int seed = 0; seed < 3; ++seed) {
            for (int t = 0; t < 4; ++t) loss.push_back(100 * mu + 10 * seed + t);
            swing.push_back(100 * mu + 10 * seed);
        }
    put(set, "mu", {"mu"}, {2}, Numbers{0.5, 1.5}, {.units = "m"});
    put(set, "seed", {"seed"}, {3}, std::vector<std::int64_t>{7, 8, 9});
    put(set, "time", {"time"}, {4}, counting(4, 0.5));
    put(set, "loss", {"mu", "seed", "time"}, {2, 3, 4}, loss);
    put(set, "swing_by", {"mu", "seed"}, {2, 3}, swing);
    return set;
}

}  // namespace

class FigureSweeps : public QObject {
    Q_OBJECT
    const ResolveOptions m_fixed{{}, {{"mu", 1}, {"seed", -1}}};

  private Q_SLOTS:
    void leadingAxesAreFixed() {
        const auto view = view::lines("l").x("time").series(view::series("loss"));
        const auto figure = must(resolveFigure(view.toJson(), sweep(), {}, m_fixed));
        QCOMPARE(std::get<Lines>(figure.body).lines.at(0).y, (Numbers{120, 121, 122, 123}));
        QVERIFY(figure.notes.empty());  // the person has chosen these
        const auto first = must(resolveFigure(view.toJson(), sweep()));
        QCOMPARE(std::get<Lines>(first.body).lines.at(0).y, (Numbers{0, 1, 2, 3}));
        QCOMPARE(first.notes.size(), std::size_t(2));
        const auto band =
            bodyOf<Lines>(view::lines("l").series(view::series("loss").band("loss", "loss")), sweep())
                .lines.at(0);
        QCOMPARE(band.high, (Numbers{0, 1, 2, 3}));  // the band is fixed as its line is
        QCOMPARE(first.notes[0], std::string("Shown at the first of 2 along mu."));
        QCOMPARE(bodyOf<Lines>(view, sweep(), {}, {{}, {{"mu", 77}, {"seed", -77}}}).lines.at(0).y[0],
                 100.0);  // clamped
    }
    void whatTheViewNamesStays() {
        const auto family =
            bodyOf<Lines>(view::lines("l").series(view::series("loss").family("mu")), sweep(), {}, m_fixed);
        QCOMPARE(family.lines.size(), std::size_t(2));
        QCOMPARE(family.lines[0].look.label, std::string("mu 0.5 m"));
        QCOMPARE(family.lines[1].y, (Numbers{120, 121, 122, 123}));
        const auto map = bodyOf<Raster>(view::heatmap("map").z("swing_by").across("mu").down("seed"), sweep(),
                                        {}, m_fixed);
        QVERIFY(map.rows == 3 && map.columns == 2);
        QCOMPARE(map.z, (Numbers{0, 100, 10, 110, 20, 120}));
        const auto phase =
            bodyOf<Raster>(view::heatmap("map").z("loss", {{"time", -1}}).across("mu"), sweep());
        QCOMPARE(phase.down.dimension, std::string("seed"));
        QCOMPARE(phase.across.dimension, std::string("mu"));
    }
    void figuresOfAnyNumberOfDimensionsKeepThemUnlessFixed() {
        const auto view = view::histogram("h").values("swing_by");
        QCOMPARE(bodyOf<Histogram>(view, sweep()).series.at(0).values.size(), std::size_t(6));
        QCOMPARE(bodyOf<Histogram>(view, sweep(), {}, {{}, {{"mu", 1}}}).series.at(0).values,
                 (Numbers{100, 110, 120}));
        const auto cloud =
            bodyOf<Points>(view::points("p").series(view::xy("loss", "loss").colourBy("swing_by")), sweep());
        QCOMPARE(cloud.clouds.at(0).shape, (Shape{2, 3, 4}));
        QCOMPARE(cloud.clouds[0].colour[23], 120.0);
        const auto one =
            bodyOf<Points>(view::points("p").series(view::xy("loss", "loss").colourByDimension("time")),
                           sweep(), {}, m_fixed);
        QCOMPARE(one.clouds.at(0).shape, (Shape{4}));
        const auto all = bodyOf<Points>(view::points("p").series(view::xy("loss", "swing_by")).everyCell(),
                                        sweep(), {}, m_fixed);
        QCOMPARE(all.clouds.at(0).shape, (Shape{2, 3, 4}));
    }
    void singleNumbersOfARun() {
        QCOMPARE(
            bodyOf<Text>(view::text("t").words("{s}").value("s", "swing_by"), sweep(), {}, m_fixed).paragraph,
            std::string("120"));
        const auto table = bodyOf<Table>(view::table("t").column("swing_by"), sweep(), {}, m_fixed);
        QCOMPARE(table.columns.at(0).values, (Numbers{120}));
        const auto seeds = bodyOf<Table>(view::table("t").column("swing_by"),
                                         sweep());  // nothing is chosen: the seeds of the first cell
        QCOMPARE(seeds.rows, (std::vector<std::string>{"7", "8", "9"}));
    }
    void aCoordinateThatDiffersBetweenCells() {
        ArraySet set = sweep();
        set.remove("time");
        Numbers times;
        for (int cell = 0; cell < 6; ++cell)
            for (int t = 0; t < 4; ++t) times.push_back(cell + 0.1 * t);
        put(set, "time_values", {"mu", "seed", "time"}, {2, 3, 4}, times, {.units = "s", .label = "time"});
        for (const auto& view : {view::lines("l").x("time").series(view::series("loss")),
                                 view::lines("l").series(view::series("loss"))}) {
            const auto figure = must(resolveFigure(view.toJson(), set, {}, m_fixed));
            QCOMPARE(std::get<Lines>(figure.body).lines.at(0).x[3], 5 + 0.1 * 3);
            QCOMPARE(std::get<Lines>(figure.body).lines.at(0).y[3], 123.0);
            QCOMPARE(figure.x.text(), std::string("time (s)"));
        }
    }
};

QTEST_GUILESS_MAIN(FigureSweeps)
#include "test_figure_sweeps.moc"
