// SPDX-License-Identifier: GPL-3.0-or-later
// concept_space's own panel as a person meets it: the library that was built, admitted, in a frame, over a run whose losses
// are known in closed form (one linear layer from zero: loss(v) = ½ Σ v_p mu_p² exp(−2 a_p t)).
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QProcess>
#include <QTemporaryDir>
#include <cmath>

#include "desktop/panels/guarded_application.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/figures/load.hpp"
#include "engine/store/reader_child.hpp"
#include "panel_home.hpp"

using namespace latent;
using namespace latent::desktop;
using namespace latent::test;

class TestHypercubePanel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void cleanup() { ThemeManager::instance().choose(ThemeManager::Choice::Light); }
    void itShowsAKnownRunAndSharesTheFrame();
    void itCountsBrokenPairs();
    void itChoosesASeed();
    void itShowsARunOfTheProgram();
    void itSaysWhyThereIsNothing();
    void itDrawsInBothThemes_data();
    void itDrawsInBothThemes();
};

namespace {

const std::vector<double> kMu{1, 2, 1.5, 0.8, 1.2, 1.7, 0.6, 0.9};

/// Closed form; `swing` adds a bump to {2} alone that breaks the order for a while.
engine::figures::ArraySet exactRun(int concepts, int frames, double swing = 0) {
    std::vector<std::vector<double>> rows;
    std::vector<double> time;
    for (int i = 0; i < frames; ++i) {
        const double t = 8.0 * i / (frames - 1);
        std::vector<double> row(std::size_t{1} << concepts);
        for (std::size_t node = 0; node < row.size(); ++node)
            for (int p = 0; p < concepts; ++p) {
                const double mu = kMu[static_cast<std::size_t>(p)];
                if (node >> p & 1) row[node] += 0.5 * mu * mu * std::exp(-2 * mu * mu / concepts * t);
            }
        if (row.size() > 2) row[2] += swing * std::exp(-std::pow((t - 4) / 0.6, 2));
        rows.push_back(row);
        time.push_back(t);
    }
    return nodeLosses(concepts, rows, time);
}

struct Cube {
    explicit Cube(engine::figures::ArraySet arrays) {
        PanelSettings settings = home.settings();
        settings.bundled =
            fs::path(LATENT_BINARY_DIR) / "lib" / "latent" / "plugins";  // the real one is one of ours
        PanelHome::use(settings);
        source.setData(std::move(arrays), frameView(), std::chrono::steady_clock::now());
        PanelOffer offer{"sim/hypercube",
                         "concept_space",
                         QStringLiteral("Hypercube"),
                         {},
                         settings.bundled / "concept_space.json",
                         {}};
        frame.reset(openPanel(offer, source, nullptr));
        frame->resize(900, 620);
        frame->show();
        if (!settled(*frame) || !frame->content()) qWarning() << frame->sentence();
    }
    bool isShown() const { return frame->state() == PanelFrame::State::Shown; }
    /// Whether one of its labels holds these words.
    bool says(const QString& words) const {
        const auto labels = frame->content()->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* l) { return l->isVisible() && l->text().contains(words); });
    }
    QWidget* picture() const { return part("LatticeView"); }
    QWidget* timeline() const { return part("TimelineView"); }

    PanelHome home;
    FigureSource source;
    std::unique_ptr<PanelFrame> frame;

  private:
    QWidget* part(const char* name) const {
        for (QWidget* widget : frame->content()->findChildren<QWidget*>())
            if (QByteArray(widget->metaObject()->className()).endsWith(name)) return widget;
        return nullptr;
    }
};

}  // namespace

void TestHypercubePanel::itShowsAKnownRunAndSharesTheFrame() {
    Cube cube(exactRun(2, 201));
    QVERIFY(cube.isShown());
    QVERIFY(cube.says(QStringLiteral("frame 201 of 201")));  // nobody has moved the cursor
    cube.source.setCursor(QStringLiteral("frame"), 50);
    QVERIFY(cube.says(QStringLiteral("gradient-flow time 2 · frame 51 of 201")));
    QVERIFY(cube.says(QStringLiteral("The order holds")));

    QTest::keyClick(cube.picture(), Qt::Key_Right);
    QCOMPARE(cube.source.cursors().at("frame"), 51);
    QTest::keyClick(cube.timeline(), Qt::Key_PageDown);
    QCOMPARE(cube.source.cursors().at("frame"), 41);
    QTest::keyClick(cube.picture(), Qt::Key_End);
    QVERIFY2(!cube.source.cursors().contains("frame"), "at the end it follows the rows that come");
    cube.source.setCursor(QStringLiteral("frame"), 50);

    // Concept 1: a = 1/2, so exp(−2 a t) = .01 at ln(100) = 4.605, between frames 115 and 116.
    QTest::keyClick(cube.picture(), Qt::Key_1);
    QVERIFY(cube.says(QStringLiteral("Concept 1")));
    QVERIFY(cube.says(QStringLiteral("Loss 0.0677\nNot learned yet")));  // ½ exp(−2)
    cube.source.setCursor(QStringLiteral("frame"), 150);
    QVERIFY(cube.says(QStringLiteral("Learned at 4.64")));
    QTest::keyClick(cube.picture(), Qt::Key_2);
    QVERIFY(cube.says(QStringLiteral("Concepts 1 and 2")));
    QTest::keyClick(cube.picture(), Qt::Key_Escape);
    QVERIFY(cube.says(QStringLiteral("Point at a combination")));
}

void TestHypercubePanel::itCountsBrokenPairs() {
    // 27 − 8 = 19 pairs; in the second frame {1} = 9 lies above {1,2} = 5, {1,3} = 6 and {1,2,3} = 7, and nothing else.
    Cube cube(nodeLosses(3, {{0, 1, 2, 3, 2, 3, 4, 5}, {0, 9, 2, 5, 2, 6, 4, 7}}, {0, 1}));
    QVERIFY(cube.isShown());
    QVERIFY(cube.says(QStringLiteral("3 of 19 pairs break the order")));
    QTest::keyClick(cube.picture(), Qt::Key_1);
    QVERIFY(cube.says(QStringLiteral("Above the loss of 110, 101")));
    cube.source.setCursor(QStringLiteral("frame"), 0);
    QVERIFY(cube.says(QStringLiteral("The order holds")));
}

void TestHypercubePanel::itChoosesASeed() {
    engine::figures::ArraySet arrays = nodeLosses(1, {{0, 1}, {0, 0.5}, {0, 4}, {0, 3}}, {0, 1});
    engine::figures::LoadedArray seeds = *arrays.find("node_loss");
    seeds.dims = {"seed", "time", "node"};
    seeds.values.shape = {2, 2, 2};
    arrays.put(std::make_shared<const engine::figures::LoadedArray>(seeds));
    Cube cube(arrays);
    QVERIFY(cube.isShown());
    auto* box = cube.frame->content()->findChild<QComboBox*>();
    QVERIFY(box);
    QCOMPARE(box->accessibleName(), QStringLiteral("seed"));
    QTest::keyClick(cube.picture(), Qt::Key_1);
    QVERIFY(cube.says(QStringLiteral("Loss 0.5")));
    box->setCurrentIndex(1);
    QVERIFY(cube.says(QStringLiteral("Loss 3")));
    const QVariantMap state = cube.frame->viewState();
    box->setCurrentIndex(0);
    cube.frame->setViewState(state);
    QVERIFY(cube.says(QStringLiteral("Loss 3")));
}

void TestHypercubePanel::itShowsARunOfTheProgram() {
    QTemporaryDir folder;
    for (const char* home : {"XDG_STATE_HOME", "XDG_CACHE_HOME"})
        qputenv(home, folder.filePath(QString::fromLatin1(home)).toUtf8());
    QProcess program;
    program.start(QStringLiteral(LATENT_BINARY_DIR "/bin/latent"),
                  {QStringLiteral("-w"), folder.path(), QStringLiteral("run"), QStringLiteral("sim/train"),
                   QStringLiteral("--preset"), QStringLiteral("smoke")});
    QVERIFY(program.waitForFinished(60'000));
    QVERIFY2(program.exitCode() == 0, program.readAllStandardError().constData());
    const QStringList runs =
        QDir(folder.filePath(QStringLiteral("runs"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(runs.size(), 1);
    engine::setReaderChildCommand({LATENT_BINARY_DIR "/bin/latent", "reader-child"});
    auto files = engine::RunFiles::make();
    QVERIFY(files);
    auto run = engine::figures::RunArrays::open(
        folder.filePath(QStringLiteral("runs/") + runs[0]).toStdString(), *files);
    QVERIFY2(static_cast<bool>(run), run ? "" : run.error().message.c_str());
    QVERIFY(run->refresh());
    Cube cube(run->arrays());
    QVERIFY(cube.isShown());
    QVERIFY(cube.says(QStringLiteral("frame 3 of 3")));                    // two epochs and the start
    QCOMPARE(cube.frame->content()->findChild<QComboBox*>()->count(), 2);  // seeds
    QTest::keyClick(cube.picture(), Qt::Key_1);
    QVERIFY(cube.says(QStringLiteral("Concept 1")));
}

void TestHypercubePanel::itSaysWhyThereIsNothing() {
    Cube cube(engine::figures::ArraySet{});
    QVERIFY(cube.isShown());
    QVERIFY(!cube.timeline()->isVisible());
    cube.source.setData(exactRun(2, 5), frameView(), std::chrono::steady_clock::now());
    QVERIFY(cube.timeline()->isVisible());
}

void TestHypercubePanel::itDrawsInBothThemes_data() {
    QTest::addColumn<int>("concepts");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QSize>("size");
    for (const int concepts : {2, 3, 4})
        for (const bool dark : {false, true})
            QTest::newRow(qPrintable(QStringLiteral("%1%2").arg(concepts).arg(dark ? "dark" : "light")))
                << concepts << dark << QSize(900, 620);
    QTest::newRow("6light") << 6 << false << QSize(1100, 760);
    QTest::newRow("8dark") << 8 << true << QSize(1100, 760);
    QTest::newRow("3narrow") << 3 << false << QSize(400, 420);
}

/// With LATENT_PICTURES=FOLDER in the environment the pictures are left there, to be looked at.
void TestHypercubePanel::itDrawsInBothThemes() {
    QFETCH(int, concepts);
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    ThemeManager::instance().choose(dark ? ThemeManager::Choice::Dark : ThemeManager::Choice::Light);
    Cube cube(exactRun(concepts, 201, 0.6));
    QVERIFY(cube.isShown());
    cube.frame->resize(size);
    QCOMPARE(cube.frame->size(), size);
    cube.source.setCursor(QStringLiteral("frame"), 100);
    QTest::keyClick(cube.picture(), Qt::Key_2);
    QCoreApplication::processEvents();  // the legend comes and goes with the size
    const QImage image = cube.frame->grab().toImage();
    QCOMPARE(image.pixelColor(2, 2), theme().panel);
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3)
        for (int x = 0; x < image.width(); x += 3) colours.insert(image.pixel(x, y));
    QVERIFY2(colours.size() > 100, "something is drawn");
    if (const QByteArray folder = qgetenv("LATENT_PICTURES"); !folder.isEmpty())
        QVERIFY(image.save(
            QDir(QString::fromUtf8(folder))
                .filePath(
                    QStringLiteral("hypercube_%1.png").arg(QString::fromUtf8(QTest::currentDataTag())))));
}

int main(int argc, char** argv) {
    GuardedApplication application(argc, argv);
    ThemeManager::instance().install(application);
    ThemeManager::instance().choose(ThemeManager::Choice::Light);
    TestHypercubePanel test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_hypercube_panel.moc"
