// SPDX-License-Identifier: Apache-2.0
// Figures as numbers, CSV, and Python scripts that really run.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "../decimal_comma.hpp"
#include "engine/figures/axes.hpp"
#include "engine/figures/words.hpp"
#include "figure_helpers.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;
using Numbers = std::vector<double>;

namespace {

ArraySet sample() {
    ArraySet set;
    put(set, "time", {"time"}, {3}, Numbers{0, 0.1, 0.25}, {.units = "s"});
    put(set, "loss", {"time"}, {3}, Numbers{3, NAN, 1e-300});
    put(set, "short", {"other"}, {2}, Numbers{5, 6});
    put(set, "node", {"node"}, {2}, std::vector<std::int32_t>{0, 1}, {.categories = {"a, b", "say \"c\""}});
    put(set, "map", {"time", "node"}, {3, 2}, counting(6), {.units = "m"});
    return set;
}

template <class View>
std::string csvOf(const View& view, const ArraySet& arrays = sample()) {
    return figureCsv(must(resolveFigure(view.toJson(), arrays)));
}

/// Stands in for matplotlib where there is none: takes every call, writes an empty file where a figure is saved.
constexpr const char* kStub =
    "class Any:\n"
    "    def __init__(self, *a, **k): pass\n"
    "    def __getattr__(self, name): return Any()\n"
    "    def __call__(self, *a, **k): return Any()\n"
    "    def __iter__(self): return iter([Any()])\n"
    "    def __getitem__(self, at): return (0.0, 0.0, 0.0) if isinstance(at, slice) else Any()\n"
    "    def __len__(self): return 0\n"
    "    def savefig(self, path): open(path, 'w').close()\n"
    "    flat = property(lambda self: [Any()])\n";

/// A run.h5 as another program would write one; the stand-in for matplotlib where there is none.
constexpr const char* kMake =
    "import h5py, json, numpy as np, os\n"
    "specs = [dict(name=n, dtype=t, dims=[dict(name=d, size=s) for d, s in dims], **more) for n, t, dims, "
    "more in (\n"
    "    ('time', 'f8', [('time', 3)], dict(units='s')), ('loss', 'f8', [('time', 3)], {}), ('kind', 'i4', "
    "[('time', 3)], dict(categories=['x', 'y'])),\n"
    "    ('cube', 'f8', [('time', 3), ('row', 2), ('col', 4)], {}), ('node', 'i4', [('node', 2)], "
    "dict(categories=['00', '01'])),\n"
    "    ('node_loss', 'f8', [('time', 3), ('node', 2)], {}), ('square', 'f8', [('row', 2), ('other', 2)], "
    "{}), ('edges', 'i4', [('edge', 1), ('end', 2)], {}))]\n"
    "with h5py.File('run.h5', 'w') as f:\n"
    "    for s in specs:\n"
    "        shape = [d['size'] for d in s['dims']]\n"
    "        f[s['name']] = (np.arange(np.prod(shape)).reshape(shape) * (0.1 if s['dtype'] == 'f8' else "
    "1)).astype(s['dtype'])\n"
    "        s['dtype'] = {'f8': 'f64', 'i4': 'i32'}[s['dtype']]\n"
    "    f['metrics/acc/step'], f['metrics/acc/value'] = np.arange(4), np.arange(4) / 3\n"
    "    f.attrs['latent_format'], f.attrs['latent_outputs'] = 'latent-run/1', json.dumps({'arrays': "
    "specs})\n"
    "try: import matplotlib\n"
    "except ImportError:\n"
    "    os.makedirs('matplotlib')\n"
    "    stub = open('stub.py').read()\n"
    "    open('matplotlib/__init__.py', 'w').write(stub + 'colors = Any()\\n')\n"
    "    open('matplotlib/pyplot.py', 'w').write(stub + 'rcParams = {}\\ndef subplots(*a, **k): return "
    "Any(), Any()\\ndef __getattr__(name): return Any()\\n')\n";

/// Runs every script, in one process for speed.
constexpr const char* kAll =
    "import glob, runpy, sys, traceback\n"
    "import matplotlib.pyplot as plt\n"
    "failed = 0\n"
    "for path in sorted(glob.glob('*.figure.py')):\n"
    "    sys.argv = [path, 'run.h5', path[:-10] + '.png']\n"
    "    try: runpy.run_path(path, run_name='__main__')\n"
    "    except Exception:\n"
    "        failed = 1\n"
    "        print(path, traceback.format_exc(), file=sys.stderr)\n"
    "    plt.close('all')\n"
    "sys.exit(failed)\n";

}  // namespace

class FigureWords : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void numbersHaveAPointInEveryLocale() {
        const auto words = [] {
            return numberText(1.5) + " " + numberText(0.1234567) + " " + numberText(1e-7, 3) + " " +
                   numberText(1.25e9) + " " + numberText(100, 1) + " " + numberText(-0.0) + " " +
                   numberText(1. / 3, 17);
        };
        const std::string expected = "1.5 0.123457 1e-07 1.25e+09 1e+02 -0 0.33333333333333331";
        QCOMPARE(words(), expected);
        const latent::test::DecimalComma comma;
        if (!comma.isInUse()) QSKIP(comma.reason());
        QCOMPARE(words(), expected);
    }
    void linesOverOneX() {
        const std::string csv =
            csvOf(view::lines("l").series(view::series("loss").band("loss", "time").label("x\ny")));
        QCOMPARE(csv, std::string("time (s),\"x\ny\",\"x\ny, lower end\",\"x\ny, upper "
                                  "end\"\r\n0,3,3,0\r\n0.1,nan,nan,0.1\r\n0.25,1e-300,1e-300,0.25\r\n"));
    }
    void linesOfDifferentLength() {
        const std::string csv =
            csvOf(view::lines("l").series(view::series("loss")).series(view::series("short").label("s")));
        QVERIFY2(csv.starts_with("series,"), csv.c_str());
        QVERIFY(csv.find("\r\nloss,0.25,1e-300\r\ns,0,5\r\ns,1,6\r\n") != std::string::npos);
    }
    void numbersReadBackExactly() {
        ArraySet set;
        const Numbers odd{0.1 + 0.2, 1.0 / 3, -0.0, 1e308, 5e-324, INFINITY};
        put(set, "odd", {"i"}, {6}, odd);
        const Figure figure = must(resolveFigure(view::lines("l").series(view::series("odd")).toJson(), set));
        const NumberTable table = figureNumbers(figure);
        QCOMPARE(table.rows, std::size_t(6));
        for (std::size_t i = 0; i < 5; ++i) QCOMPARE(std::strtod(table.cell(i, 1).c_str(), nullptr), odd[i]);
        QCOMPARE(table.cell(5, 1), std::string("inf"));
    }
    void otherKinds() {
        const std::string map = csvOf(view::heatmap("h").z("map"));
        QCOMPARE(map, std::string("time (s),node,map (m)\r\n0,\"a, b\",0\r\n0,\"say "
                                  "\"\"c\"\"\",1\r\n0.1,\"a, b\",2\r\n0.1,\"say \"\"c\"\"\",3\r\n"
                                  "0.25,\"a, b\",4\r\n0.25,\"say \"\"c\"\"\",5\r\n"));
        QCOMPARE(csvOf(view::histogram("h").values("short").bins(1)),
                 std::string("\"short, from\",\"short, to\",\"short, count\"\r\n5,6,2\r\n"));
        QVERIFY(csvOf(view::trajectory("t").series(view::xy("time", "loss").label("p")))
                    .find("p,2,0.25,1e-300") != std::string::npos);
        QVERIFY(csvOf(view::table("t").column("map", "m")).find("\"say \"\"c\"\"\",1") != std::string::npos);
        QCOMPARE(csvOf(view::text("t").words("{a}").value("a", {"loss", {{"time", 0}}})),
                 std::string("text\r\n3\r\n"));
        QVERIFY(csvOf(view::graph("g").nodes("node").edges("none")).starts_with("part,from,to,weight"));
        QVERIFY(csvOf(view::imageGrid("g").z("missing")).starts_with("tile,label,row,column"));
        QVERIFY(csvOf(view::points("p").series(view::xy("map", "map").textBy("node")))
                    .find("map,1,1,1,\"say \"\"c\"\"\"") != std::string::npos);
    }
    void aMillionRowsCostNothingUntilSeen() {
        ArraySet set;
        put(set, "x", {"i"}, {1'000'000}, counting(1'000'000));
        const Figure figure = must(resolveFigure(view::lines("l").series(view::series("x")).toJson(), set));
        const NumberTable table = figureNumbers(figure);
        QCOMPARE(table.rows, std::size_t(1'000'000));
        QCOMPARE(table.cell(999'999, 1), std::string("999999"));
    }
    void textsOfViewsStayTexts() {
        const auto view = view::lines("l")
                              .title("a\"\"\"\nimport os\n'\\")
                              .series(view::series("loss").label("\u2028{}%s\x01"));
        const std::string script = figureScript(view.toJson(), {}, "C:\\runs\n\"x\"");
        QVERIFY(script.find("\nimport os") == std::string::npos);
        QVERIFY(script.find("\"C:\\\\runs\\n\\\"x\\\"\"") != std::string::npos);
    }
    void scriptsHideWhatIsHidden() {
        const json view = view::lines("l")
                              .series(view::series("loss").label("a"))
                              .series(view::series("time").label("b"))
                              .toJson();
        QVERIFY(figureScript(view, {}, "run").find("hidden") == std::string::npos);
        const std::string script = figureScript(view, {}, "run", {.hidden = {"b"}});
        QVERIFY(script.find("hidden = [\"b\"]") != std::string::npos);
        const std::string both = figureScript(
            view, {}, std::vector<std::pair<std::string, std::string>>{{"one", "runs/a"}, {"two", "runs/b"}});
        QVERIFY(both.find("[\"two\",\"runs/b\"]") != std::string::npos &&
                both.find("place % 7") != std::string::npos);
    }
    void scriptsRun() {
        const QString python = QString::fromLocal8Bit(qgetenv("LATENT_TEST_PYTHON"));
        if (run(python, {"-c", "import h5py, numpy, xarray"}, {}).second != 0)
            QSKIP("This Python has no h5py, numpy or xarray; give one that has by -DLATENT_TEST_PYTHON=…");
        QTemporaryDir folder;
        const auto write = [&](const std::string& name, const std::string& text) {
            QFile file(folder.filePath(QString::fromStdString(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text.c_str()) == qint64(text.size()));
        };
        write("make.py", kMake);
        write("stub.py", kStub);
        write("all.py", kAll);
        int count = 0;
        const auto scriptOf = [&](const std::string& name, const json& view) {
            write(std::to_string(10 + count++) + " " + name + ".figure.py",
                  figureScript(view, {{"frame", 1}, {"unrelated", 3}},
                               folder.filePath("run.h5").toStdString()));
        };
        const auto script = [&](const char* name, const auto& view) { scriptOf(name, view.toJson()); };
        const view::Selection one("cube", {{"time", view::cursor("frame")}, {"row", 0}}),
            two("cube", {{"time", view::nearest(0.2)}, {"row", 1}});
        script(
            "lines",
            view::lines("v")
                .x("time", {.scale = view::SymLog})
                .y({.title = "y", .unit = "m", .limits = {0, std::nullopt}})
                .series(view::series("loss").band("loss", "loss").smoothed(view::Smoothing::Exponential, 0.9))
                .series(view::series("loss")
                            .smoothed(view::Smoothing::Gaussian, 2)
                            .role(view::Role::Reference)
                            .style(view::Style::Dashed))
                .series(view::series("loss", {{"time", view::slice(0, 3, 2)}})
                            .smoothed(view::Smoothing::Median, 3)
                            .steps())
                .series(view::series("node_loss").family("node").colourByDimension("node"))
                .referenceY({"loss", {{"time", -1}}}, "end \"it\"")
                .diagonal()
                .equalAspect());
        script("metrics", view::lines("v")
                              .series(view::series("metrics/acc").label("a"))
                              .series(view::series("metrics/acc").category(9)));
        script("points", view::points("v").series(view::xy(one, two).colourByDimension("col").textBy(
                             {"cube", {{"time", 0}, {"row", 0}}})));
        script("points of sizes",
               view::points("v").series(view::xy(one, two).sizeBy(one).marker(view::Marker::Star)));
        script("points in space", view::points("v").series(view::xyz(one, two, one).colourBy(one)));
        script("trajectory", view::trajectory("v").series(view::xy("loss", "time")
                                                              .markAt(view::cursor("frame"), "now")
                                                              .markAt(view::nearest(0.2))
                                                              .markAt(0)
                                                              .colourByDimension("time")));
        script("family of paths",
               view::trajectory("v").series(view::xyz("node_loss", "node_loss", "node_loss").family("node")));
        script("heatmap", view::heatmap("v")
                              .z("cube", {{"time", view::cursor("frame")}})
                              .across("row")
                              .numbers()
                              .colours({.map = view::Map::Diverging, .centre = 0.0}));
        script("heatmap of words", view::heatmap("v")
                                       .z("node_loss")
                                       .upwards()
                                       .colours({.limits = {0.1, std::nullopt}, .scale = view::Log})
                                       .numbers());
        script("image", view::image("v").z("cube", {{"time", 0}}).overlay({"cube", {{"time", 1}}}));
        script("swipe", view::image("v")
                            .z("cube", {{"time", 0}})
                            .swipe({"cube", {{"time", 1}}}, "before", "after \"it\""));
        script("grid", view::imageGrid("v").z("cube").tiles("time").columns(2).labels("time"));
        script("graph",
               view::graph("v").nodes("row").matrix({"square", {}}).colourBy({"square", {{"other", 0}}}));
        script("graph of edges", view::graph("v")
                                     .nodes("row")
                                     .edges("edges")
                                     .positions({"square", {{"other", 0}}}, {"square", {{"other", 1}}})
                                     .directed());
        script("histogram", view::histogram("v")
                                .series(view::Series().values("loss").label("l"))
                                .series(view::Series().values("node_loss").family("node"))
                                .density());
        script("table", view::table("v").column("loss").column("kind", "kind"));
        script("text", view::text("v")
                           .words("loss {a} of {b}")
                           .value("a", {"loss", {{"time", 0}}})
                           .value("b", {"kind", {{"time", 1}}}));
        const auto look = [&](const char* name, const auto& view, const ScriptLook& chosen, int runs) {
            const std::string path = folder.filePath("run.h5").toStdString();
            write(std::to_string(10 + count++) + " " + name + ".figure.py",
                  figureScript(view.toJson(), {},
                               std::vector<std::pair<std::string, std::string>>(
                                   static_cast<std::size_t>(runs), {"mu \"1\"", path}),
                               chosen));
        };
        const ScriptLook hidden{.hidden = {"a", "node 1"}, .camera = {{-30, 45}}};
        look("hidden lines",
             view::lines("v")
                 .series(view::series("metrics/acc").label("a"))
                 .series(view::series("node_loss").family("node"))
                 .series(view::series("loss").label("b").band("loss", "loss")),
             hidden, 1);
        look("hidden cloud", view::points("v").series(view::xyz(one, two, one).label("a").colourBy(one)),
             hidden, 1);
        look("hidden bars",
             view::histogram("v")
                 .series(view::Series().values("loss").label("a"))
                 .series(view::Series().values("loss").label("b")),
             hidden, 1);
        look("lines of runs",
             view::lines("v").series(view::series("loss").label("a")).series(view::series("metrics/acc")), {},
             3);
        look("clouds of runs", view::points("v").series(view::xy(one, two)), {}, 2);
        look("bars of runs", view::histogram("v").series(view::Series().values("loss").label("l")), {}, 2);
        scriptOf("unknown", {{"kind", "hologram"}, {"name", "v"}, {"of", {{"array", "loss"}}}});
        scriptOf("broken", {1, 2});
        for (const char* program : {"make.py", "all.py"}) {
            const auto [said, code] = run(python, {program}, folder.path());
            QVERIFY2(code == 0, said.constData());
        }
        QCOMPARE(QDir(folder.path()).entryList({"*.png"}).size(), count - 1);
    }

  private:
    /// What it said on its error stream, and its exit code.
    std::pair<QByteArray, int> run(const QString& python, const QStringList& words, const QString& folder) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PYTHONPATH", environment.value("PYTHONPATH") + ":" + folder);
        environment.insert("MPLBACKEND", "Agg");
        process.setProcessEnvironment(environment);
        if (!folder.isEmpty()) process.setWorkingDirectory(folder);
        process.start(QFileInfo(python).exists() ? QFileInfo(python).absoluteFilePath() : python, words);
        if (!process.waitForFinished(110'000)) return {process.errorString().toLocal8Bit(), -1};
        return {process.readAllStandardError(), process.exitCode()};
    }
};

QTEST_GUILESS_MAIN(FigureWords)
#include "test_figure_words.moc"
