// SPDX-License-Identifier: GPL-3.0-or-later
// The palette: what fits best stands first, one letter narrows it, late answers are dropped, and everything goes by keys.
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include "desktop/around/command_palette.hpp"
#include "desktop/around/fuzzy.hpp"
#include "desktop/around/palette_model.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;

namespace {

int scoreOf(const char* typed, const char* text) {
    const auto match = fuzzyMatch(QString::fromUtf8(typed), QString::fromUtf8(text));
    return match ? match->score : -1;
}

PaletteEntry entry(const char* title, const char* detail = "", const char* group = "View") {
    PaletteEntry made;
    made.id = QStringLiteral("action:") + QLatin1String(title);
    made.title = QString::fromUtf8(title);
    made.detail = QString::fromUtf8(detail);
    made.group = QLatin1String(group);
    return made;
}

QStringList titles(const std::vector<RankedEntry>& ranked) {
    QStringList all;
    for (const RankedEntry& one : ranked) all << one.entry.title;
    return all;
}

/// Answers when told to, as a source that reads files on a thread.
struct SlowSource final : PaletteSource {
    std::vector<std::pair<QString, Reply>> asked;
    void find(const QString& words, Reply reply) override { asked.emplace_back(words, std::move(reply)); }
};

/// A window with a palette over three sources.
struct Window {
    QTemporaryDir folder;
    QSettings store{folder.filePath(QStringLiteral("s.ini")), QSettings::IniFormat};
    QStringList ran;
    ListSource actions{[this] {
        std::vector<PaletteEntry> all{entry("Run", "", "Run"), entry("Export figure", "Draws into a file"),
                                      entry("Close this page")};
        for (PaletteEntry& one : all) one.run = [this, title = one.title] { ran << title; };
        return all;
    }};
    ListSource experiments{[] {
        return std::vector<PaletteEntry>{
            entry("SIM: exact dynamics", "sim/theory · Identity mapping", "Experiments")};
    }};
    SlowSource manual;
    QMainWindow window;
    QLineEdit* before = new QLineEdit;
    CommandPalette palette{store, &window};

    Window() {
        window.setCentralWidget(before);
        window.resize(900, 600);
        palette.addSource(&actions, QLatin1Char('>'));
        palette.addSource(&experiments, {});
        palette.addSource(&manual, QLatin1Char('?'));
        window.show();
        if (!QTest::qWaitForWindowActive(&window)) qWarning("the window did not become active");
        before->setFocus();
    }
    QLineEdit* field() { return palette.findChild<QLineEdit*>(); }
    void type(const char* words) { QTest::keyClicks(field(), QString::fromUtf8(words)); }
    void key(Qt::Key key) { QTest::keyClick(field(), key); }
};

}  // namespace

class TestPalette : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void fuzzyFindsLettersInOrder() {
        QVERIFY(scoreOf("expfig", "Export figure") > 0);
        QCOMPARE(scoreOf("figexp", "Export figure"), -1);
        QVERIFY(scoreOf("figure export", "Export figure") > 0);  // words in any order
        QCOMPARE(scoreOf("xyz", "Export figure"), -1);
        QVERIFY(scoreOf("EXPORT", "export") > 0);
        QVERIFY(scoreOf("uber", "Übersicht") > 0);  // without its accent
        QCOMPARE(scoreOf("", "anything"), 0);
        QCOMPARE(fuzzyMatch(u"ef", u"Export figure")->places, (std::vector<int>{0, 7}));
    }

    void fuzzyPrefersWhatPeopleMean_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        const auto row = [](const char* typed, const char* better, const char* worse) {
            QTest::newRow(typed) << QString::fromUtf8(typed) << QString::fromUtf8(better)
                                 << QString::fromUtf8(worse);
        };
        row("ef", "Export figure", "Reference");               // starts of words
        row("run", "Run", "Prune the list");                   // whole
        row("set", "Settings", "Reset the layout");            // at the start
        row("comp", "Compare runs", "Copy them up");           // in a row
        row("st", "SwingTest", "Wristband");                   // a capital within a word
        row("manual", "Manual", "Manual for plugin authors");  // the shorter of two
    }
    void fuzzyPrefersWhatPeopleMean() {
        QFETCH(QString, typed);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        const auto good = fuzzyMatch(typed, better), bad = fuzzyMatch(typed, worse);
        QVERIFY(good && bad);
        QVERIFY2(good->score > bad->score,
                 qPrintable(QStringLiteral("%1 against %2").arg(good->score).arg(bad->score)));
    }

    void fuzzyBearsAnyText() {
        const QString longText(5000, QLatin1Char('a'));
        QVERIFY(fuzzyMatch(QString(300, QLatin1Char('a')), longText));
        QVERIFY(!fuzzyMatch(u"b", longText));
        QVERIFY(!fuzzyMatch(u"a", u""));
        QVERIFY(fuzzyMatch(u"  ", u"x"));
    }

    void titlesBeatDetailsAndLatelyChosenBeatsEqual() {
        const std::vector<PaletteEntry> entries{entry("Alpha one"), entry("Zeta", "has alpha in it"),
                                                entry("Alpha two"), entry("Nothing")};
        QCOMPARE(titles(rankEntries(entries, QStringLiteral("alpha"), {})),
                 (QStringList{"Alpha one", "Alpha two", "Zeta"}));
        QCOMPARE(titles(rankEntries(entries, QStringLiteral("alpha"), {QStringLiteral("action:Alpha two")})),
                 (QStringList{"Alpha two", "Alpha one", "Zeta"}));
        // With nothing typed: the latest first, the rest as they came.
        QCOMPARE(titles(rankEntries(entries, {},
                                    {QStringLiteral("action:Nothing"), QStringLiteral("action:Zeta")})),
                 (QStringList{"Nothing", "Zeta", "Alpha one", "Alpha two"}));
    }

    void whatIsOffIsToldAndCannotBeChosen() {
        PaletteEntry off = entry("Export figure", "This page has none.");
        off.isOff = true;
        QCOMPARE(titles(rankEntries({off, entry("Run")}, {}, {})), (QStringList{"Run", "Export figure"}));
        QCOMPARE(
            titles(rankEntries({off, entry("Nothing else", "how to export")}, QStringLiteral("export"), {})),
            (QStringList{"Export figure", "Nothing else"}));
        Window w;
        int chosen = 0;
        off.run = [&] { ++chosen; };
        ListSource extra([&] {
            PaletteEntry one = off;
            one.title = QStringLiteral("Quantise");
            return std::vector<PaletteEntry>{one};
        });
        w.palette.addSource(&extra, {});
        w.palette.open();
        w.type("quantise");
        QCOMPARE(w.palette.shownTitles().value(0), QStringLiteral("Quantise"));
        w.key(Qt::Key_Return);
        QCOMPARE(chosen, 0);
        QVERIFY(w.palette.isVisible());
    }

    void whatASourceRankedItselfStaysAndComesLast() {
        PaletteEntry run = entry("2026-11-23T081502-sim-theory", "done", "Runs");
        run.ranked = true;  // found by mu>1, which stands nowhere in its text
        QCOMPARE(titles(rankEntries({run, entry("Clear mu>1")}, QStringLiteral("mu>1"), {})),
                 (QStringList{"Clear mu>1", run.title}));
        run.ranked = false;
        QCOMPARE(titles(rankEntries({run}, QStringLiteral("mu>1"), {})), QStringList());
    }

    void idsAndActionsBeatPagesOfTheSameName() {
        PaletteEntry page = entry("sim/theory", "Experiments and their parameters", "Manual"),
                     plugins = entry("Plugins", "Architecture", "Manual");
        page.ranked = plugins.ranked = true;
        const PaletteEntry experiment =
            entry("SIM: exact dynamics", "sim/theory · How it learns", "Experiments");
        QCOMPARE(titles(rankEntries({page, experiment}, QStringLiteral("sim/theory"), {page.id})),
                 (QStringList{experiment.title, page.title}));
        QCOMPARE(titles(rankEntries({plugins, entry("Plugins…", "Help")}, QStringLiteral("plugins"), {})),
                 (QStringList{"Plugins…", "Plugins"}));
    }

    void opensChoosesAndGivesTheFocusBack() {
        Window w;
        w.palette.open();
        QVERIFY(w.palette.isVisible());
        QCOMPARE(QApplication::focusWidget(), w.field());
        w.type("exfi");
        QCOMPARE(w.palette.shownTitles().value(0), QStringLiteral("Export figure"));
        w.key(Qt::Key_Return);
        QCOMPARE(w.ran, QStringList{QStringLiteral("Export figure")});
        QVERIFY(!w.palette.isVisible());
        QCOMPARE(QApplication::focusWidget(), w.before);
        w.palette.open();  // chosen lately: first
        QCOMPARE(w.palette.shownTitles().value(0), QStringLiteral("Export figure"));
        QVERIFY(w.field()->text().isEmpty());
        w.key(Qt::Key_Escape);
        QVERIFY(!w.palette.isVisible());
        QCOMPARE(w.ran.size(), 1);
    }

    void aLetterNarrowsIt() {
        Window w;
        w.palette.open(QStringLiteral(">"));
        QCOMPARE(w.palette.shownTitles(), (QStringList{"Run", "Export figure", "Close this page"}));
        w.palette.open(QStringLiteral("?pause"));
        QCOMPARE(w.manual.asked.back().first, QStringLiteral("pause"));
        QCOMPARE(w.palette.shownTitles(), QStringList());
        w.manual.asked.back().second({[] {
            PaletteEntry hit = entry("Pause and resume", "", "Manual");
            hit.ranked = true;
            return hit;
        }()});
        QCOMPARE(w.palette.shownTitles(), QStringList{QStringLiteral("Pause and resume")});
    }

    void lateAnswersAreDropped() {
        Window w;
        w.palette.open();
        w.type("ru");
        const auto late = w.manual.asked.back().second;
        w.type("n");
        late({entry("Rubbish")});
        QVERIFY(!w.palette.shownTitles().contains(QStringLiteral("Rubbish")));
        w.key(Qt::Key_Escape);
        w.manual.asked.back().second({entry("Runaway")});
        QVERIFY(!w.palette.isVisible());
    }

    void movesByKeys() {
        Window w;
        w.palette.open(QStringLiteral(">"));
        auto* list = w.palette.findChild<QListView*>();
        QCOMPARE(list->currentIndex().row(), 0);
        w.key(Qt::Key_Down);
        w.key(Qt::Key_Tab);
        QCOMPARE(list->currentIndex().row(), 2);
        w.key(Qt::Key_Down);  // around
        QCOMPARE(list->currentIndex().row(), 0);
        w.key(Qt::Key_Up);
        QCOMPARE(list->currentIndex().row(), 2);
        w.key(Qt::Key_PageUp);
        QCOMPARE(list->currentIndex().row(), 0);
        w.type("zzzz");
        w.key(Qt::Key_Down);
        w.key(Qt::Key_Return);  // nothing to choose
        QVERIFY(w.palette.isVisible());
        QCOMPARE(w.ran, QStringList());
    }

    void goesWhenTheFocusGoesElsewhere() {
        Window w;
        w.palette.open();
        w.before->setFocus();
        QTRY_VERIFY(!w.palette.isVisible());
        w.palette.open();
        QTest::mouseClick(&w.palette, Qt::LeftButton, {}, QPoint(5, 590));  // beside the card
        QVERIFY(!w.palette.isVisible());
    }

    void fitsIntoSmallWindows() {
        Window w;
        w.window.resize(360, 260);
        w.palette.open(QStringLiteral(">"));
        auto* list = w.palette.findChild<QListView*>();
        const QRect shown(list->mapTo(&w.palette, QPoint()), list->size());
        QVERIFY2(w.palette.rect().contains(shown), "the list reaches out of the window");
    }
};

QTEST_MAIN(TestPalette)
#include "test_palette.moc"
