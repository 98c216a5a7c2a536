// SPDX-License-Identifier: GPL-3.0-or-later
// Completion in the filter; tables and figures of several runs.
#include <QLabel>
#include <QTest>
#include <cmath>
#include <set>
#include <tuple>

#include "desktop/board/numbers_dialog.hpp"
#include "desktop/runs/compare_tables.hpp"
#include "desktop/runs/filter_words.hpp"
#include "desktop/runs/overlay.hpp"
#include "desktop/runs/overlay_card.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;
using nlohmann::json;

namespace {

FigurePtr lines(std::vector<std::pair<std::string, std::vector<double>>> series,
                std::optional<double> low = {}) {
    Figure figure;
    figure.kind = "lines";
    figure.name = "losses";
    figure.y.low = low;
    figure.gestures.resize(1);
    Lines body;
    for (auto& [label, y] : series) {
        Line line;
        line.look.label = label;
        line.look.role = Role::Primary;
        line.y = y;
        for (std::size_t i = 0; i < y.size(); ++i) line.x.push_back(static_cast<double>(i));
        body.lines.push_back(std::move(line));
    }
    figure.body = std::move(body);
    return std::make_shared<const Figure>(std::move(figure));
}

ArraySet metric(const std::string& name, std::vector<double> values) {
    LoadedArray array;
    array.name = "metrics/" + name;
    array.dims = {"step"};
    array.values.shape = {values.size()};
    array.values.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    ArraySet set;
    set.put(std::make_shared<const LoadedArray>(std::move(array)));
    return set;
}

}  // namespace

class TestCompare : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void wordAtTheCursor() {
        QCOMPARE(wordAt(QStringLiteral("state=done mu"), 13).text, QStringLiteral("mu"));
        QCOMPARE(wordAt(QStringLiteral("state=done mu"), 8).text, QStringLiteral("state=do"));
        QCOMPARE(wordAt(QStringLiteral("state=done mu"), 8).to, 10);
        QCOMPARE(wordAt(QStringLiteral("-sta"), 4).text, QStringLiteral("sta"));
        QCOMPARE(wordAt(QStringLiteral("\"two wo"), 7).text, QStringLiteral("\"two wo"));
        QCOMPARE(wordAt(QString(), 0).text, QString());
    }

    void completions() {
        const QStringList names{"mu", "model", "loss@"}, tags{"paper", "phase diagram"};
        QCOMPARE(filterCompletions(QStringLiteral("m"), names, tags), (QStringList{"mu", "model"}));
        QCOMPARE(filterCompletions(QStringLiteral("los"), names, tags), QStringList{"loss@"});
        QCOMPARE(filterCompletions(QStringLiteral("state=p"), names, tags).first(),
                 QStringLiteral("state=paused"));
        QCOMPARE(filterCompletions(QStringLiteral("tag:ph"), names, tags),
                 QStringList{"\"tag:phase diagram\""});
        QVERIFY(filterCompletions(QStringLiteral("mu"), {"mu"}, {}).isEmpty());
        QVERIFY(filterCompletions(QString(), names, tags).isEmpty());
    }

    void overlaysLines() {
        const FigurePtr joint =
            overlay({{QStringLiteral("mu 1"), lines({{"OOD", {3, 2}}, {"train", {2, 1}}}, 0.5)},
                     {QStringLiteral("mu 2"), lines({{"OOD", {5, 4, 3}}}, 0.1)}});
        QVERIFY(joint);
        const auto& all = std::get<Lines>(joint->body).lines;
        QCOMPARE(all.size(), std::size_t(3));
        QCOMPARE(all[0].look.label, std::string("mu 1 · OOD"));
        QCOMPARE(all[2].look.label, std::string("mu 2"));
        QCOMPARE(all[0].look.category, 0);
        QCOMPARE(all[1].look.category, 0);
        QCOMPARE(all[2].look.category, 1);
        QVERIFY(all[0].look.dash == 0 && all[1].look.dash == 1 &&
                all[2].look.dash == 0);  // the same pattern in every run
        QVERIFY(all[0].look.marker == all[1].look.marker && all[0].look.marker != all[2].look.marker);
        QVERIFY(all[0].look.role == Role::None);  // a role would give both runs one colour
        QCOMPARE(all[2].y, (std::vector<double>{5, 4, 3}));
        QCOMPARE(*joint->y.low, 0.1);
        QVERIFY(joint->gestures.empty());
    }

    /// Ten runs are more than there are colours: each still looks different, in colour and without it.
    void tenRunsAreToldApart() {
        std::vector<std::pair<QString, FigurePtr>> runs;
        for (int i = 0; i < 10; ++i)
            runs.emplace_back(QString::number(i), lines({{"OOD", {1}}, {"train", {2}}}));
        const FigurePtr joint = overlay(runs);
        const auto& all = std::get<Lines>(joint->body).lines;
        QCOMPARE(all.size(), std::size_t(20));
        std::set<std::tuple<QRgb, Marker, int>> looks;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Look& look = all[i].look;
            looks.emplace(theme().seriesColour(look, static_cast<int>(i)).rgb(), look.marker, look.dash);
            QCOMPARE(look.marker, runMarker(static_cast<int>(i / 2)));  // the sign in the legend
        }
        QCOMPARE(looks.size(), std::size_t(20));
        for (std::size_t i = 2; i < all.size(); ++i)  // of one curve, two runs beside each other
            QVERIFY(all[i].look.marker != all[i - 2].look.marker);
        Figure cloud;
        Points body;
        body.clouds.resize(2);
        cloud.body = body;
        const auto figure = std::make_shared<const Figure>(cloud);
        const FigurePtr clouds = overlay({{QStringLiteral("a"), figure}, {QStringLiteral("b"), figure}});
        const auto& both = std::get<Points>(clouds->body).clouds;
        QVERIFY(both[0].look.marker != both[1].look.marker && both[0].look.marker != both[2].look.marker);
    }

    /// What goes on says how old it is, and numbers that stand still say when they were taken.
    void cardsShowTheAgeOfTheirData() {
        OverlayCard card;
        card.setFigure(lines({{"OOD", {1, 2}}}));
        const auto has = [](QWidget& in, const QString& words) {
            for (const QLabel* label : in.findChildren<QLabel*>())
                if (!label->isHidden() && label->text().contains(words)) return true;
            return false;
        };
        card.setAge(-1);
        QVERIFY(!has(card, QStringLiteral("ago")));
        card.setAge(3);
        QVERIFY(has(card, QStringLiteral("3 s ago")));
        NumbersDialog still(card.figure(), false), live(card.figure(), true);
        QVERIFY(!has(still, QStringLiteral("goes on")));
        QVERIFY(has(live, QStringLiteral("the run goes on")));
    }

    /// The script of a comparison opens each of its runs.
    void comparisonsHaveScripts() {
        OverlayCard card;
        card.setFigure(lines({{"OOD", {1, 2}}}));
        QVERIFY(!card.exportItem().script);
        const json view{{"kind", "lines"},
                        {"name", "losses"},
                        {"series", {{{"y", {{"array", "loss"}}}, {"label", "OOD"}}}}};
        card.setScript(view, {{"mu 1", "runs/a"}, {"mu 2", "runs/b"}});
        card.setViewState(
            {{QStringLiteral("smoothing"), 0.5}, {QStringLiteral("x"), QVariantList{0.25, 0.75}}});
        const std::string script = card.exportItem().script();
        for (const char* part : {"runs/a", "mu 2", "0.25, 0.75", "past"})
            QVERIFY2(script.find(part) != std::string::npos, (part + script).c_str());
    }

    void overlayDropsLimitsThatHideAnother() {
        const FigurePtr joint = overlay(
            {{QStringLiteral("a"), lines({{"x", {1}}}, 0.5)}, {QStringLiteral("b"), lines({{"x", {0.1}}})}});
        QVERIFY(!joint->y.low);
    }

    void overlayOfOneOrNone() {
        QVERIFY(!overlay({}));
        QVERIFY(!overlay({{QStringLiteral("a"), nullptr}}));
        const FigurePtr joint =
            overlay({{QStringLiteral("a"), nullptr}, {QStringLiteral("b"), lines({{"x", {1}}})}});
        QCOMPARE(std::get<Lines>(joint->body).lines[0].look.label, std::string("b"));
        Figure table;
        table.body = Table{};
        QVERIFY(!overlay({{QStringLiteral("a"), std::make_shared<const Figure>(table)}}));
        QVERIFY(canOverlay("lines") && !canOverlay("heatmap"));
    }

    void overlaysHistogramsInCommonBins() {
        const auto histogram = [](std::vector<double> edges, std::vector<double> values) {
            Histogram body;
            body.edges = std::move(edges);
            body.series.resize(1);
            body.series[0].look.label = "values";
            body.series[0].values = std::move(values);
            Figure figure;
            figure.body = std::move(body);
            return std::make_shared<const Figure>(std::move(figure));
        };
        const FigurePtr joint = overlay({{QStringLiteral("a"), histogram({0, 1, 2}, {0.5, 0.6, 1.5, NAN})},
                                         {QStringLiteral("b"), histogram({2, 3}, {2.5, 3})}});
        const auto& body = std::get<Histogram>(joint->body);
        QCOMPARE(body.edges, (std::vector<double>{0, 1, 2, 3}));
        QVERIFY(body.density);
        QCOMPARE(body.series[0].heights, (std::vector<double>{2.0 / 3, 1.0 / 3, 0}));
        QCOMPARE(body.series[1].heights, (std::vector<double>{0, 0, 1}));
    }

    void onlyParametersThatDiffer() {
        const std::vector<json> parameters{{{"mu", {1, 2}}, {"steps", 5}, {"model", "a"}},
                                           {{"mu", {1, 3}}, {"steps", 5.0}, {"model", "a"}},
                                           {{"mu", {1, 2}}, {"steps", 5}}};
        const CompareTable table = parameterTable(parameters, {"x", "y", "z"});
        QCOMPARE(table.columns.mid(1), (QStringList{"x", "y", "z"}));
        QCOMPARE(table.rows.size(), std::size_t(2));
        QCOMPARE(table.rows[0][0].text, QStringLiteral("model"));
        QCOMPARE(table.rows[0][3].text, QStringLiteral("–"));
        QCOMPARE(table.rows[1][2].text, QStringLiteral("1, 3"));
        QVERIFY(parameterTable({{{"a", 1}}, {{"a", 1}}}, {"x", "y"}).empty());
        // Of two experiments: what can be compared, then how much of each stands alone.
        json one = {{"seed", 1}}, other = {{"seed", 2}};
        for (int i = 0; i < 5; ++i) one["mine_" + std::to_string(i)] = i;
        for (int i = 0; i < 4; ++i) other["yours_" + std::to_string(i)] = i;
        const CompareTable mixed = parameterTable({one, other}, {"x", "y"});
        QCOMPARE(mixed.rows.size(), std::size_t(2));
        QCOMPARE(mixed.rows[0][0].text, QStringLiteral("seed"));
        QCOMPARE(mixed.rows[1][1].text, QStringLiteral("5"));
        QCOMPARE(mixed.rows[1][2].toolTip, QStringLiteral("yours_0, yours_1, yours_2, yours_3"));
    }

    void metricsSideBySide() {
        const CompareTable table =
            metricTable({metric("loss", {3, 1, NAN, 2}), metric("accuracy", {0.5})}, {"x", "y"});
        QCOMPARE(table.rows.size(), std::size_t(6));
        QCOMPARE(table.rows[0][0].text, QStringLiteral("accuracy"));
        QCOMPARE(table.rows[0][2].text, QStringLiteral("–"));
        QCOMPARE(table.rows[0][3].text, QStringLiteral("0.5"));
        const auto texts = [&](std::size_t row) { return table.rows[row][2].text; };
        QCOMPARE(texts(3), QStringLiteral("2"));
        QCOMPARE(texts(4), QStringLiteral("1"));
        QCOMPARE(texts(5), QStringLiteral("3"));
    }

    void claimsSideBySide() {
        const auto answer = [](const char* verdict) {
            return json{{"claims",
                         {{{"experiment", "sim/theory"},
                           {"claim", {{"id", "order"}, {"statement", "In order."}}},
                           {"verdict", verdict},
                           {"sentence", "n = 1"}}}}};
        };
        const CompareTable table = claimTable(
            {answer("holds"), nullptr, json::object(), json{{"problem", true}}}, {"x", "y", "z", "w"});
        QCOMPARE(table.rows.size(), std::size_t(1));
        QCOMPARE(table.rows[0][0].text, QStringLiteral("In order."));
        QCOMPARE(table.rows[0][1].verdict, QStringLiteral("holds"));
        QCOMPARE(table.rows[0][2].text, QStringLiteral("…"));
        QCOMPARE(table.rows[0][3].text, QStringLiteral("–"));
        QCOMPARE(table.rows[0][4].text, QStringLiteral("could not be measured"));
    }
};

QTEST_MAIN(TestCompare)
#include "test_compare.moc"
