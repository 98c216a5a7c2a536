// SPDX-License-Identifier: Apache-2.0
// Sweep files: what they may say, what they mean, and the sentence for each mistake.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <set>

#include "engine/sweep/design.hpp"
#include "engine/sweep/random_spec.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

SweepSpec spec(const std::string& text) {
    auto parsed = SweepSpec::parse(text, "The sweep test.toml");
    if (!parsed) qFatal("%s", parsed.error().message.c_str());
    return *parsed;
}

std::string complaint(const std::string& text) {
    const auto parsed = SweepSpec::parse(text, "The sweep test.toml");
    return parsed ? "" : parsed.error().message;
}

Design design(const std::string& text, const std::string& seedParameter = "seed") {
    auto expanded =
        expandDesign(spec(text), {seedParameter, [](const std::string& name) { return name == "steps"; }});
    if (!expanded) qFatal("%s", expanded.error().message.c_str());
    return *expanded;
}

const std::string kHead = "experiment = \"sim/theory\"\n";

}  // namespace

class TestDesign : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void gridKeepsTheOrderOfTheFile() {
        const Design d = design(kHead + "seeds = [7, 3]\n[grid]\nsigma = [0.1, 0.2]\nmu = [[1, 2], [3]]\n");
        QCOMPARE(d.kind, std::string("grid"));
        QCOMPARE(d.axes.size(), std::size_t(3));
        QCOMPARE(d.axes[0].name, std::string("sigma"));
        QCOMPARE(d.axes[1].name, std::string("mu"));
        QVERIFY(d.axes[2].seed);
        // Row-major, the first axis slowest, seeds fastest: cell k is element k of each collated array.
        std::size_t k = 0;
        for (const double sigma : {0.1, 0.2})
            for (const json& mu : {json{1, 2}, json::array({3})})
                for (const int seed : {7, 3}) {
                    const SweepValues expected{{"sigma", sigma}, {"mu", mu}, {"seed", seed}};
                    QVERIFY(d.cells[k++] == expected);
                }
        QCOMPARE(d.cells.size(), k);
    }

    void aPatternStandsForTheFilesOfAFolder() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        for (const char* name : {"b.nc", "a.nc", "c.txt"}) std::ofstream(at(name)) << "x";
        QVERIFY(QDir(folder.path()).mkdir("z.nc"));  // a folder is no file, whatever it is called
        const auto grid = [&](const std::string& value) { return kHead + "[grid]\ninput = " + value + "\n"; };
        const SweepSpec found = spec(grid("{ files = \"" + at("*.nc") + "\" }"));
        QCOMPARE(found.grid.at(0).parameter, std::string("input"));
        QVERIFY(found.grid[0].values == (std::vector<json>{at("a.nc"), at("b.nc")}));
        QVERIFY(found.toJson().at("grid")[0].at("values").size() == 2);  // what was found is what is recorded
        const std::string none = complaint(grid("{ files = \"" + at("*.h5") + "\" }"));
        QVERIFY(none.find("grid.input asks for files") != std::string::npos &&
                none.find("*.h5") != std::string::npos);
        for (const char* wrong : {"{ files = 3 }", "{ file = \"a\" }", "{ files = \"a\", more = 1 }"})
            QVERIFY(complaint(grid(wrong)).find("{ files = ") != std::string::npos);
    }

    void listAndSeeds() {
        const Design d =
            design(kHead +
                   "seeds = 2\n[[list]]\nsigma = 0.5\nmodel = \"a\"\n[[list]]\nmodel = \"b\"\nsigma = 0.7\n");
        QCOMPARE(d.axes[0].name, std::string("cell"));
        QCOMPARE(d.cells.size(), std::size_t(4));
        QCOMPARE(d.columns.size(), std::size_t(2));
        QCOMPARE(d.columns[0].parameter, std::string("sigma"));
        QVERIFY(d.columns[0].values == (std::vector<json>{0.5, 0.7}));
        QVERIFY(d.columns[1].values == (std::vector<json>{"a", "b"}));
        QVERIFY(d.cells[3].back() == (std::pair<std::string, json>{"seed", 1}));
    }

    void seedsAloneAreADesign() { QCOMPARE(design(kHead + "seeds = 5\n").cells.size(), std::size_t(5)); }

    void randomIsReproducibleAndGrows() {
        const std::string table =
            "seed = 4\nsigma = { low = 0.01, high = 1, scale = \"log\" }\nsteps = { low = 1, high = 3 }\n"
            "model = { choices = [\"a\", \"b\"] }\n";
        const Design few = design(kHead + "[random]\ncells = 5\n" + table);
        const Design many = design(kHead + "[random]\ncells = 400\n" + table);
        for (std::size_t i = 0; i < few.cells.size(); ++i) QVERIFY(few.cells[i] == many.cells[i]);
        // Another parameter beside it changes nothing.
        const Design more = design(kHead + "[random]\ncells = 5\n" + table + "mu = { low = 0, high = 1 }\n");
        for (std::size_t i = 0; i < few.cells.size(); ++i) QVERIFY(few.cells[i][0] == more.cells[i][0]);
        std::set<int> steps;
        std::set<std::string> models;
        int below = 0;
        for (const SweepValues& cell : many.cells) {
            const double sigma = cell[0].second.get<double>();
            QVERIFY(sigma >= 0.01 && sigma <= 1);
            if (sigma < 0.1) ++below;  // half of them on a log scale
            QVERIFY(cell[1].second.is_number_integer());
            steps.insert(cell[1].second.get<int>());
            models.insert(cell[2].second.get<std::string>());
        }
        QVERIFY(below > 160 && below < 240);
        QVERIFY(steps == (std::set<int>{1, 2, 3}));
        QCOMPARE(models.size(), std::size_t(2));
    }

    void drawsAreTheSameForEver() {
        // Frozen: a sweep file means the same cells in every version of the program and on every machine.
        RandomDesign d{3, 1, {{"sigma", 0.01, 1, true, {}}, {"mu", 0, 10, false, {}}}};
        QCOMPARE(drawValue(d, d.parameters[0], 0, false).dump(), std::string("0.19993399"));
        QCOMPARE(drawValue(d, d.parameters[0], 1, false).dump(), std::string("0.0283613442"));
        QCOMPARE(drawValue(d, d.parameters[1], 0, false).dump(), std::string("4.85083629"));
        QCOMPARE(drawValue(d, d.parameters[1], 2, true).dump(), std::string("10"));
    }

    void wholeNumbersStayInTheirRange() {
        const auto drawn = [](const std::string& range) {
            std::set<std::int64_t> all;
            for (const SweepValues& cell :
                 design(kHead + "[random]\ncells = 300\nsteps = " + range + "\n").cells)
                all.insert(cell[0].second.get<std::int64_t>());
            return all;
        };
        using Whole = std::set<std::int64_t>;
        QVERIFY(drawn("{ low = 2.6, high = 5.4 }") == (Whole{3, 4, 5}));
        QVERIFY(drawn("{ low = -1.5, high = 0.5 }") == (Whole{-1, 0}));
        QVERIFY(drawn("{ low = 0.3, high = 2.9, scale = \"log\" }") == (Whole{1, 2}));
        QVERIFY(drawn("{ low = 2.6, high = 3.2, scale = \"log\" }") == (Whole{3}));
        const auto said = [](const std::string& range) {
            const auto expanded = expandDesign(spec(kHead + "[random]\ncells = 3\nsteps = " + range + "\n"),
                                               {"seed", [](const std::string&) { return true; }});
            return expanded ? std::string() : expanded.error().message;
        };
        for (const char* scale : {"linear", "log"}) {
            const std::string none =
                said(std::string("{ low = 2.6, high = 2.9, scale = \"") + scale + "\" }");
            QVERIFY2(none.find("random.steps goes from 2.6 to 2.9") != std::string::npos, none.c_str());
        }
        QVERIFY(said("{ low = 1, high = 1e300 }").find("2^53") != std::string::npos);
        QCOMPARE(said("{ low = 2.6, high = 3 }"), std::string());
    }

    void mistakesNameTheKey_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        const QString head = QString::fromStdString(kHead);
        const auto row = [&](const char* name, const QString& text, const char* part) {
            QTest::newRow(name) << text << QString::fromUtf8(part);
        };
        row("no experiment", "seeds = 3\n", "experiment is missing");
        row("varies nothing", head, "varies nothing");
        row("unknown key", head + "sedes = 3\n", "did you mean \"seeds\"");
        row("not toml", head + "seeds = [1,\n", "is not valid TOML (line 2");
        row("two designs", head + "[grid]\na=[1]\n[random]\ncells=1\nb={low=0,high=1}\n",
            "different designs");
        row("seed twice", head + "seeds = [1, 1]\n", "seeds holds 1 twice");
        row("no list of values", head + "[grid]\nsigma = 3\n", "grid.sigma got");
        row("empty list", head + "[grid]\nsigma = []\n", "grid.sigma got");
        row("other names", head + "[[list]]\na=1\n[[list]]\nb=1\n", "list[1] sets other parameters");
        row("set and swept", head + "[set]\na=1\n[grid]\na=[1]\n", "set.a is swept");
        row("random without cells", head + "[random]\na={low=0,high=1}\n", "random.cells is missing");
        row("low above high", head + "[random]\ncells=1\na={low=2,high=1}\n",
            "random.a.low must be below high");
        row("log of zero", head + "[random]\ncells=1\na={low=0,high=1,scale=\"log\"}\n",
            "above 0 on a log scale");
        row("unknown scale", head + "[random]\ncells=1\na={low=0,high=1,scale=\"exp\"}\n", "random.a.scale");
        row("date", head + "[grid]\na=[2020-01-01]\n", "grid.a holds a date");
        row("infinite", head + "[grid]\na=[inf]\n", "grid.a holds a number that is not finite");
        row("limit", head + "seeds=1\n[limits]\nmemory=3\n", "limits.memory is no limit");
        row("cores", head + "seeds=1\ncores=0\n", "cores got the number 0");
    }
    void mistakesNameTheKey() {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const QString said = QString::fromStdString(complaint(text.toStdString()));
        QVERIFY2(said.contains(part), qPrintable(said));
        QVERIFY2(said.startsWith("The sweep test.toml"), qPrintable(said));
    }

    void tooMuchIsRefused() {
        QVERIFY(complaint(std::string((1u << 20) + 1, '#')).find("longer than 1 MB") != std::string::npos);
        std::string values;
        for (int i = 0; i < 200; ++i) values += std::to_string(i) + ",";
        const auto many = expandDesign(spec(kHead + "[grid]\na=[" + values + "]\nb=[" + values + "]\n"), {});
        QVERIFY(!many);
        QVERIFY(many.error().message.find("40000 cells") != std::string::npos);
        // Deep nesting ends in a sentence, not in a stack overflow.
        QVERIFY(!complaint(kHead + "[grid]\na=" + std::string(100000, '[')).empty());
    }

    void seedsNeedASeedParameter() {
        const auto without = expandDesign(spec(kHead + "seeds = 3\n"), {"", {}});
        QVERIFY(!without);
        QVERIFY(without.error().message.find("no seed parameter") != std::string::npos);
        const auto twice = expandDesign(spec(kHead + "seeds = 3\n[grid]\nseed=[1]\n"), {"seed", {}});
        QVERIFY(!twice);
        QVERIFY(twice.error().message.find("grid.seed sets the seed too") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestDesign)
#include "test_design.moc"
