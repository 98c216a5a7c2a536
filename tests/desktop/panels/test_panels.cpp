// SPDX-License-Identifier: GPL-3.0-or-later
// A panel of a plugin sees its run and shares its cursors; a broken one costs one sentence, and the others work.
#include <QLabel>
#include <QSignalSpy>

#include "desktop/panels/guarded_application.hpp"
#include "desktop/theme/theme.hpp"
#include "panel_home.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LATENT_LEAKS_ARE_FOUND
#include <sanitizer/lsan_interface.h>
#endif
#endif

using namespace latent;
using namespace latent::desktop;
using namespace latent::test;

class TestPanels : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPanelSeesArraysCursorsAndTheme();
    void aHiddenPanelWaitsForItsData();
    void whatThePersonChoseComesBack();
    void anotherRunGetsAPanelOfItsOwn();
    void aPanelGoesWithItsSource();
    void eachBrokenLibraryGivesOneSentence_data();
    void eachBrokenLibraryGivesOneSentence();
    void brokenOnesTogetherLeaveTheGoodOneUsable();
    void aPanelThatFailsIsReplacedByASentence_data();
    void aPanelThatFailsIsReplacedByASentence();
    void aCrashIsTriedOnceAndForgivenWhenReleased();
    void theCulpritIsOnRecordWhileItsCodeMayRun();
    void trustingAPluginTrustsItsPanels();
    void safeModeLoadsNone();
};

namespace {

/// An exception that unwinds through an event loses the 274 bytes that Qt keeps about it: once for a panel that fails.
struct QtLosesThis {
#if defined(LATENT_LEAKS_ARE_FOUND)
    __lsan::ScopedDisabler disabled;
#endif
    QtLosesThis() {}
    QtLosesThis(const QtLosesThis&) = delete;
};

/// Owns a frame that can be seen.
struct Opened {
    Opened(const PanelOffer& offer, FigureSource& source) : frame(openPanel(offer, source, nullptr)) {
        frame->resize(400, 300);
        frame->show();
    }
    QString label() const { return static_cast<QLabel*>(frame->content())->text(); }
    std::unique_ptr<PanelFrame> frame;
};

void fill(FigureSource& source, int rows = 3) {
    std::vector<std::vector<double>> losses;
    std::vector<double> time;
    for (int i = 0; i < rows; ++i) losses.push_back({0, 1, 2, 3}), time.push_back(i);
    source.setData(nodeLosses(2, losses, time), frameView(), std::chrono::steady_clock::now());
}

/// Words in place of the paths of a home.
QString withPaths(QString text, const PanelHome& home, const std::string& id) {
    return text.replace(QStringLiteral("LIB"), QString::fromStdString(home.panelLibrary(id).string()));
}

void addBroken(const PanelHome& home, const std::string& id) {
    if (id == "untrusted") {
        home.copyPanel("moody");
    } else if (id == "changed") {
        home.addPanel("moody");
        fs::permissions(home.panelLibrary("moody"), fs::perms::owner_all);
        std::ofstream(home.panelLibrary("moody"), std::ios::binary | std::ios::app) << "more";
    } else if (id == "world_writable") {
        home.addPanel("moody");
        fs::permissions(home.panelLibrary("moody"), kReadable | fs::perms::others_write);
    } else {
        home.addPanel(id);
    }
}

}  // namespace

void TestPanels::aPanelSeesArraysCursorsAndTheme() {
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    fill(source);
    Opened panel(home.offer("moody", "good"), source);
    QVERIFY(settled(*panel.frame));
    QCOMPARE(panel.frame->sentence(), QString());
    const QString arrays = QStringLiteral(
        "node [node 4] 1 11; sum 6; node_loss [time 3, node 4] 1; sum 18; time [time 3] 1; sum 3; ");
    QCOMPARE(panel.label(), arrays + QStringLiteral("nothing moved; light; calls 1; kept 0"));

    source.setCursor(QStringLiteral("frame"), 1);
    QVERIFY(panel.label().contains(QStringLiteral("frame 1")));
    ThemeManager::instance().choose(ThemeManager::Choice::Dark);
    QVERIFY(panel.label().contains(QStringLiteral("dark")));
    ThemeManager::instance().choose(ThemeManager::Choice::Light);
    fill(source, 5);
    QVERIFY(panel.label().contains(QStringLiteral("node_loss [time 5, node 4]")));
}

void TestPanels::aHiddenPanelWaitsForItsData() {
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    fill(source);
    Opened panel(home.offer("moody", "good"), source);
    QVERIFY(settled(*panel.frame));
    panel.frame->hide();
    for (int rows = 4; rows < 9; ++rows) fill(source, rows);
    QVERIFY2(panel.label().contains(QStringLiteral("calls 1")),
             "nothing is read for a panel that nobody sees");
    panel.frame->show();
    QVERIFY(panel.label().contains(QStringLiteral("[time 8, node 4]")));
    QVERIFY(panel.label().contains(QStringLiteral("calls 2")));
}

void TestPanels::whatThePersonChoseComesBack() {
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    fill(source, 9);
    Opened panel(home.offer("moody", "good"), source);
    QSignalSpy log(panel.frame.get(), &PanelFrame::logged);
    panel.frame->setViewState(
        {{QStringLiteral("panel"), QStringLiteral(R"({"kept": 4})")}});  // before it is there
    QVERIFY(settled(*panel.frame));
    QVERIFY(panel.label().contains(QStringLiteral("kept 4")));
    QCOMPARE(source.cursors().at("frame"), 4);  // the panel moved it
    QCOMPARE(log.size(), 1);
    QCOMPARE(log.at(0).at(0).toInt(), 2);
    QCOMPARE(log.at(0).at(1).toString(), QStringLiteral("restored"));
    QCOMPARE(panel.frame->viewState().value(QStringLiteral("panel")).toString(),
             QStringLiteral(R"({"kept":4})"));
}

void TestPanels::anotherRunGetsAPanelOfItsOwn() {
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    fill(source);
    Opened panel(home.offer("moody", "good"), source);
    QVERIFY(settled(*panel.frame));
    panel.frame->setViewState({{QStringLiteral("panel"), QStringLiteral(R"({"kept": 1})")}});
    QWidget* before = panel.frame->content();
    panel.frame->setRun("/runs/a");
    panel.frame->setRun("/runs/b");  // faster than the first could be opened
    QCOMPARE(panel.frame->state(), PanelFrame::State::Checking);
    QVERIFY(settled(*panel.frame));
    QVERIFY(panel.frame->content() && panel.frame->content() != before);
    QVERIFY(panel.label().contains(QStringLiteral("calls 1; kept 1")));
    QCOMPARE(panel.frame->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly).size(), 1);
}

void TestPanels::aPanelGoesWithItsSource() {
    const PanelHome home;
    home.addPanel("moody");
    auto source = std::make_unique<FigureSource>();
    fill(*source);
    Opened panel(home.offer("moody", "good"), *source);
    QVERIFY(settled(*panel.frame));
    source.reset();  // as a page does whose members go before its widgets
    QVERIFY(!panel.frame->content());
    ThemeManager::instance().choose(ThemeManager::Choice::Dark);
    ThemeManager::instance().choose(ThemeManager::Choice::Light);
}

void TestPanels::eachBrokenLibraryGivesOneSentence_data() {
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* id, const char* sentence) {
        QTest::newRow(id) << QString::fromUtf8(sentence);
    };
    row("panel_segfault",
        "The panel library of the plugin \"panel_segfault\" crashed while it was loaded (segmentation "
        "fault); it is quarantined until "
        "you run \"latent plugins release panel_segfault\".");
    row("panel_crash_in_widget",
        "The panel library of the plugin \"panel_crash_in_widget\" crashed while its widget was made "
        "(segmentation fault); it is "
        "quarantined until you run \"latent plugins release panel_crash_in_widget\".");
    row("panel_qt5",
        "LIB was built with Qt 5.15, and this program has Qt QTVERSION; build it again with that Qt or "
        "another of the same major version.");
    row("panel_newer_qt",
        "LIB was built with Qt 6.99, and this program has Qt QTVERSION; build it again with that Qt or an "
        "older one.");
    row("panel_missing_symbol",
        "LIB is not a plugin: it has no function latent_plugin_descriptor (does its source end with "
        "LATENT_PLUGIN?).");
    row("panel_undeclared",
        "LIB has the panel \"panel_undeclared/other\", which its manifest does not name.");
    row("untrusted",
        "The panel library of the plugin \"moody\" at LIB is not trusted yet; if you know where it comes "
        "from, run \"latent plugins "
        "trust moody\".");
    row("changed",
        "The panel library of the plugin \"moody\" at LIB has changed since you trusted it; if that is "
        "right, run \"latent plugins "
        "trust moody\".");
    row("world_writable", "LIB can be changed by other users (mode 0646); run \"chmod go-w LIB\".");
}

void TestPanels::eachBrokenLibraryGivesOneSentence() {
    QFETCH(QString, sentence);
    const std::string row = QTest::currentDataTag();
    const PanelHome home;
    addBroken(home, row);
    const bool moody = row.find("panel_") == std::string::npos;
    const std::string id = moody ? "moody" : row;
    FigureSource source;
    Opened panel(home.offer(id, moody ? "good" : "only"), source);
    QVERIFY(settled(*panel.frame));
    const QStringList version = QString::fromLatin1(qVersion()).split(QLatin1Char('.'));
    sentence.replace(QStringLiteral("QTVERSION"), version[0] + QLatin1Char('.') + version[1]);
    QCOMPARE(panel.frame->sentence(), withPaths(sentence, home, id));
    QVERIFY(!panel.frame->content());
}

void TestPanels::brokenOnesTogetherLeaveTheGoodOneUsable() {
    const PanelHome home;
    FigureSource source;
    fill(source);
    std::vector<std::unique_ptr<Opened>> panels;
    for (const char* id : {"panel_segfault", "panel_qt5", "panel_missing_symbol", "panel_crash_in_widget"}) {
        home.addPanel(id);
        panels.push_back(std::make_unique<Opened>(home.offer(id), source));
    }
    home.addPanel("moody");
    for (const char* name : {"throws_in_widget", "good", "no_widget", "throws_in_data"})
        panels.push_back(std::make_unique<Opened>(home.offer("moody", name), source));
    for (const auto& panel : panels) QVERIFY(settled(*panel->frame));
    QTRY_COMPARE(std::count_if(panels.begin(), panels.end(),
                               [](const auto& p) { return p->frame->state() == PanelFrame::State::Shown; }),
                 1);
    QVERIFY(panels[5]->label().contains(QStringLiteral("node_loss [time 3, node 4]")));
    source.setCursor(QStringLiteral("frame"), 1);
    QVERIFY(panels[5]->label().contains(QStringLiteral("frame 1")));
}

void TestPanels::aPanelThatFailsIsReplacedByASentence_data() {
    QTest::addColumn<QString>("sentence");
    QTest::newRow("throws_in_widget")
        << QStringLiteral("The panel “throws_in_widget” could not be made: there is no cheese.");
    QTest::newRow("no_widget") << QStringLiteral(
        "The panel “no_widget” could not be made: The panel made no widget.");
    QTest::newRow("throws_in_data") << QStringLiteral(
        "The panel “throws_in_data” failed: There is no array 'never_published'.");
    QTest::newRow("throws_in_cursor") << QStringLiteral(
        "The panel “throws_in_cursor” failed: The plugin threw something that is not a std::exception.");
    QTest::newRow("throws_in_event") << QStringLiteral("The panel “throws_in_event” failed: do not press.");
    QTest::newRow("gives_up") << QStringLiteral("The panel “gives_up” gave up: that was too far.");
}

void TestPanels::aPanelThatFailsIsReplacedByASentence() {
    QFETCH(QString, sentence);
    std::optional<QtLosesThis> allowed;
    if (sentence.contains(QStringLiteral("do not press"))) allowed.emplace();
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    Opened panel(home.offer("moody", QTest::currentDataTag()), source),
        good(home.offer("moody", "good"), source);
    QSignalSpy ended(panel.frame.get(), &PanelFrame::ended);
    QVERIFY(settled(*good.frame));
    QTRY_VERIFY(panel.frame->state() != PanelFrame::State::Checking || panel.frame->sentence().size());
    fill(source, 5);
    source.setCursor(QStringLiteral("frame"), 1);
    if (panel.frame->content()) QTest::mouseClick(panel.frame->content(), Qt::LeftButton);
    QTRY_COMPARE(panel.frame->state(), PanelFrame::State::Refused);
    QCOMPARE(panel.frame->sentence(), sentence);
    QCOMPARE(ended.size(), 1);
    QVERIFY(!panel.frame->content());
    source.setCursor(QStringLiteral("frame"), 2);
    QVERIFY2(good.label().contains(QStringLiteral("frame 2")),
             "the one beside it, of the same library, goes on");
}

void TestPanels::aCrashIsTriedOnceAndForgivenWhenReleased() {
    const PanelHome home;
    home.addPanel("panel_segfault");
    const auto open = [&] { return admitPanel(home.offer("panel_segfault"), home.settings()); };
    const auto first = open();
    QVERIFY(!first);
    PanelSettings none = home.settings();
    none.admission.program = "/nonexistent";  // a second child would be noticed
    const auto second = admitPanel(home.offer("panel_segfault"), none);
    QCOMPARE(second.error().message, first.error().message);
    QVERIFY(home.scan().release("panel_segfault"));
    const auto third = admitPanel(home.offer("panel_segfault"), none);
    QVERIFY2(third.error().message.find("did not start") != std::string::npos, third.error().message.c_str());
    // What was accepted is not tried again at the next start.
    home.addPanel("moody");
    QVERIFY(admitPanel(home.offer("moody", "good"), home.settings()));
    QVERIFY(admitPanel(home.offer("moody", "good"), none));
}

void TestPanels::theCulpritIsOnRecordWhileItsCodeMayRun() {
    const PanelHome home;
    home.addPanel("moody");
    FigureSource source;
    QList<QStringList> records;
    PanelLibraries::instance().setCulpritRecorder(
        [&](const QStringList& plugins) { records.append(plugins); });
    {
        Opened panel(home.offer("moody", "good"), source),
            refused(home.offer("moody", "throws_in_widget"), source);
        QVERIFY(settled(*panel.frame));
        QTRY_COMPARE(refused.frame->state(), PanelFrame::State::Refused);
        QVERIFY(records.contains(QStringList{QStringLiteral("moody")}));
        QCOMPARE(records.last(), QStringList{QStringLiteral("moody")});  // one of them is still open
    }
    QCOMPARE(records.last(), QStringList());
    PanelLibraries::instance().setCulpritRecorder({});
}

void TestPanels::trustingAPluginTrustsItsPanels() {
    const PanelHome home;
    home.copyPanel("moody");
    // Its compute library need not be usable here for its panels to be offered.
    fs::copy_file(kFixtures / "raw_healthy" / "raw_healthy.so", home.library("moody"));
    fs::permissions(home.library("moody"), kReadable);
    engine::PluginCatalog catalog = home.scan();
    const std::vector<PanelOffer> offers = panelsFor(catalog, "sim/theory");
    QCOMPARE(offers.size(), std::size_t{7});
    QCOMPARE(offers[0].id, std::string("moody/good"));
    QCOMPARE(offers[0].sentence, QString());
    QVERIFY(panelsFor(catalog, "sim/other").empty());

    QVERIFY(!admitPanel(offers[0], home.settings()));
    QVERIFY(catalog.trust("moody"));
    const auto admitted = admitPanel(offers[0], home.settings());
    QVERIFY2(static_cast<bool>(admitted), admitted ? "" : admitted.error().message.c_str());
    QVERIFY(catalog.disable("moody"));
    QVERIFY(panelsFor(catalog, "sim/theory")[0].sentence.contains(QStringLiteral("is disabled")));
    QVERIFY(!admitPanel(offers[0], home.settings()));
}

void TestPanels::safeModeLoadsNone() {
    const PanelHome home;
    home.addPanel("moody");
    PanelSettings safe = home.settings();
    safe.safeMode = true;
    const auto refused = admitPanel(home.offer("moody", "good"), safe);
    QVERIFY(!refused);
    QCOMPARE(refused.error().message,
             std::string("The panel library of the plugin \"moody\" is not loaded in safe mode; start the "
                         "program without it to see its panels."));
}

int main(int argc, char** argv) {
    GuardedApplication application(argc, argv);
    ThemeManager::instance().install(application);
    ThemeManager::instance().choose(ThemeManager::Choice::Light);
    TestPanels test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_panels.moc"
