// SPDX-License-Identifier: GPL-3.0-or-later
// The real window without eyes and without a mouse: every control of every page and dialog has a name and a way by the keys.
// Also: what is dropped on the window, the palette over its real sources, and the manual's list of keys.
#include <QMimeData>
#include <QRegularExpression>
#include <QTabWidget>
#include <QToolButton>

#include "desk_home.hpp"
#include "desktop/around/about.hpp"
#include "desktop/around/actions.hpp"
#include "desktop/around/command_palette.hpp"
#include "desktop/around/manual.hpp"
#include "desktop/around/plugin_manager.hpp"
#include "desktop/around/safe_mode_dialog.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/settings_dialog.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/around/shortcuts_dialog.hpp"
#include "desktop/around/trust_dialog.hpp"
#include "desktop/around/welcome.hpp"
#include "desktop/board/figure_board.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/panels/guarded_application.hpp"
#include "desktop/panels/panel_libraries.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/window/main_window.hpp"
#include "desktop/window/split_tabs.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/reader_child.hpp"
#include "reach.hpp"

using namespace latent::desktop;
using namespace latent::test;

namespace {

/// The window over a home with one run of each kind that the pages need.
struct Desk {
    explicit Desk(DeskHome& home) : settings(), window({home.workspace().toStdString(), false}, settings) {
        window.resize(1440, 900);
        window.restore();
        window.show();
        if (!QTest::qWaitForWindowActive(&window)) qWarning("the window did not become active");
    }
    StudyPage* study() { return qobject_cast<StudyPage*>(window.tabs().current()); }
    void trigger(const char* id) { window.actions()[QLatin1String(id)]->trigger(); }
    Settings settings;
    MainWindow window;
};

bool waitFor(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, 60'000); }

/// The widgets that ask for much, when the window asks for more than a small laptop has: 1280 × 720 less bars of the system.
QStringList tooLarge(const QWidget& widget) {
    constexpr QSize kRoom(1280, 650);
    const QSize least = widget.minimumSizeHint().expandedTo(widget.minimumSize());
    if (least.width() <= kRoom.width() && least.height() <= kRoom.height()) return {};
    QStringList words{QStringLiteral("It asks for %1 × %2 at least.").arg(least.width()).arg(least.height())};
    for (const QWidget* child : widget.findChildren<QWidget*>()) {
        const QSize size = child->minimumSizeHint().expandedTo(child->minimumSize());
        if (child->isVisible() && (size.width() > kRoom.width() / 3 || size.height() > kRoom.height() / 3))
            words << QStringLiteral("%1 %2: %3 × %4")
                         .arg(QString::fromLatin1(child->metaObject()->className()), child->objectName())
                         .arg(size.width())
                         .arg(size.height());
    }
    return words;
}

#define QVERIFY_REACHED(widget, what)                                                                        \
    do {                                                                                                     \
        const QStringList faults = faultsOf(widget) + tooLarge(widget);                                      \
        for (const QString& fault : faults)                                                                  \
            qWarning("%s", qPrintable(fault)); /* a failure shows only its beginning */                      \
        QVERIFY2(faults.isEmpty(), qPrintable(QStringLiteral(what ":\n") + faults.join(QLatin1Char('\n')))); \
    } while (false)

}  // namespace

class TestAccess : public QObject {
    Q_OBJECT
    std::unique_ptr<DeskHome> m_home;
    QString m_run, m_other;

  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<DeskHome>();
        QCoreApplication::setApplicationName(QStringLiteral("latent-workbench"));
        QCoreApplication::setOrganizationName(QStringLiteral("latent"));
        setShareFolder(QStringLiteral(LATENT_BINARY_DIR "/share/latent"));
        LatentCommand::setProgram(kLatent);
        latent::engine::setWorkerCommand({kLatent.toStdString(), "worker"});
        latent::engine::setReaderChildCommand({kLatent.toStdString(), "reader-child"});
        // The folder of this test program is not that of the bundled plugins: they are the person's here.
        for (const auto& file :
             fs::directory_iterator(fs::path(LATENT_BINARY_DIR) / "lib" / "latent" / "plugins"))
            if (file.path().filename().string().rfind("concept_space", 0) == 0) {
                fs::copy_file(file.path(), m_home->plugins() / file.path().filename());
                fs::permissions(m_home->plugins() / file.path().filename(), kReadable);
            }
        m_home->trust("concept_space");
        m_home->trust("concept_space_panel");
        m_run = m_home->run();
        m_other = m_home->run({QStringLiteral("--set"), QStringLiteral("mu=1,3")});
        QVERIFY(!m_run.isEmpty() && !m_other.isEmpty());
        PanelSettings panels = PanelSettings::standard();
        panels.admission.program = kFixtures / "latent_panel_admission_helper";
        PanelLibraries::instance().setSettings(panels);
    }
    void cleanup() { ThemeManager::instance().choose(ThemeManager::Choice::Light); }

    void theFirstPage() {
        Desk desk(*m_home);
        QVERIFY(waitFor([&] { return desk.window.bench().list().rowCount() == 2; }));
        QVERIFY_REACHED(desk.window, "welcome");
    }

    void aStudyWithARun_data() {
        QTest::addColumn<int>("panel");
        QTest::newRow("data") << 0;
        QTest::newRow("training") << 1;
        QTest::newRow("visualisation") << 2;
        QTest::newRow("claims") << 3;
    }
    void aStudyWithARun() {
        QFETCH(int, panel);
        Desk desk(*m_home);
        desk.window.openRun(m_run);
        QVERIFY(desk.study());
        desk.study()->showPanel(static_cast<StudyPage::Panel>(panel));
        QVERIFY(waitFor(
            [&] { return desk.study()->snapshot() && desk.study()->snapshot()->status.state == "done"; }));
        QTest::qWait(600);
        QVERIFY_REACHED(desk.window, "study");
    }

    void questionsAndPanels() {
        Desk desk(*m_home);
        desk.window.openRun(m_run);
        // Of a plugin with two studies only the questions of this one.
        QCOMPARE(desk.window.bench().experiment("sim/theory")->probes, std::vector<std::string>{"sim/solve"});
        QTabWidget* inner = nullptr;
        for (QTabWidget* tabs : desk.study()->findChildren<QTabWidget*>())
            if (tabs->tabText(0) == QStringLiteral("Figures")) inner = tabs;
        QVERIFY(inner && inner->count() >= 3);
        for (int i = 0; i < inner->count(); ++i) {
            inner->setCurrentIndex(i);
            QTest::qWait(1500);
            QVERIFY_REACHED(desk.window, "inner page");
        }
    }

    void comparisonAndManual() {
        Desk desk(*m_home);
        desk.window.compareRuns({m_run, m_other});
        QTest::qWait(800);
        QVERIFY_REACHED(desk.window, "comparison");
        desk.window.openManual(QStringLiteral("sweeps"));
        QTest::qWait(500);
        QVERIFY_REACHED(desk.window, "manual");
    }

    void messages() {
        Desk desk(*m_home);
        desk.window.say(MessageBar::Level::Error, QStringLiteral("It broke: the file x is damaged."));
        QVERIFY_REACHED(desk.window, "messages");
    }

    void dialogs() {
        Desk desk(*m_home);
        const auto look = [](QDialog& dialog) {
            dialog.show();
            if (!QTest::qWaitForWindowActive(&dialog)) qWarning("the dialog did not become active");
            return faultsOf(dialog);
        };
        const auto check = [&](QDialog& dialog, const char* what) {
            const QStringList faults = look(dialog);
            QVERIFY2(faults.isEmpty(), qPrintable(QLatin1String(what) + QStringLiteral(":\n") +
                                                  faults.join(QLatin1Char('\n'))));
            QTest::keyClick(&dialog, Qt::Key_Escape);
            QVERIFY2(!dialog.isVisible(), what);
        };
        SettingsDialog settings(desk.settings);
        check(settings, "settings");
        ShortcutsDialog shortcuts(desk.window.actions());
        check(shortcuts, "shortcuts");
        AboutDialog about;
        for (int tab = 0; tab < 3; ++tab) {
            about.findChild<QTabWidget*>()->setCurrentIndex(tab);
            check(about, "about");
        }
        DeadStart death;
        death.plugins = {QStringLiteral("own")};
        SafeModeDialog crash({death});
        check(crash, "after a crash");
        m_home->add("wrong_abi");
        m_home->add("raw_healthy");
        latent::engine::CatalogSettings catalog = latent::engine::CatalogSettings::standard();
        catalog.admission.program = kFixtures / "latent_admission_helper";
        PluginManager plugins(catalog);
        QVERIFY(waitFor([&] { return !plugins.isBusy(); }));
        for (const char* id : {"concept_space", "wrong_abi", "raw_healthy"}) {
            plugins.select(QLatin1String(id));
            check(plugins, id);
        }
        for (const PluginRow& row : scanPlugins(catalog).rows)
            if (row.entry.id == "raw_healthy") {
                auto* trust = new TrustDialog(row);
                const QStringList faults = look(*trust);
                QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
                trust->reject();
            }
        for (const char* id : {"wrong_abi", "raw_healthy"})
            for (const char* ending : {".so", ".json"})
                fs::remove(m_home->plugins() / (std::string(id) + ending));
    }

    void eachActionIsInAMenuAndHasAName() {
        Desk desk(*m_home);
        QSet<QAction*> inMenus;
        for (QMenu* menu : desk.window.menuBar()->findChildren<QMenu*>())
            for (QAction* action : menu->actions()) inMenus << action;
        QMap<QString, QString> keys;
        for (const ActionRegistry::Entry& entry : desk.window.actions().entries()) {
            QVERIFY2(inMenus.contains(entry.action), qPrintable(entry.id));
            QVERIFY2(!entry.title.isEmpty() && !entry.group.isEmpty(), qPrintable(entry.id));
            const QString own = entry.standard.toString();
            QVERIFY2(own.isEmpty() || !keys.contains(own),
                     qPrintable(own + QStringLiteral(" is of both ") + entry.id + QStringLiteral(" and ") +
                                keys.value(own)));
            keys[own] = entry.id;
        }
    }

    void theManualListsTheKeys() {
        Desk desk(*m_home);
        const ManualPages pages = ManualPages::read(shareFolder() + QStringLiteral("/manual"));
        const ManualPage* page = pages.find(QStringLiteral("shortcuts"));
        QVERIFY(page);
        const QString text = page->markdown.section(QStringLiteral("## In the window"), 1)
                                 .section(QStringLiteral("\n## "), 0, 0);
        QStringList listed;
        for (const QString& row : text.split(QLatin1Char('\n')))
            if (row.startsWith(QLatin1Char('|')))
                for (const QString& keys :
                     row.section(QLatin1Char('|'), 1, 1).trimmed().split(QStringLiteral(", ")))
                    listed << keys.trimmed().replace(QStringLiteral("\\\\"), QStringLiteral("\\"));
        for (const ActionRegistry::Entry& entry : desk.window.actions().entries()) {
            const QString keys = entry.standard.toString(QKeySequence::PortableText);
            QVERIFY2(keys.isEmpty() || listed.contains(keys),
                     qPrintable(entry.id + QStringLiteral(": ") + keys));
            listed.removeAll(keys);
        }
        listed.removeAll(QStringLiteral("Keys"));
        listed.removeAll(QStringLiteral("---"));
        QVERIFY2(listed.isEmpty(),
                 qPrintable(QStringLiteral("no such keys: ") + listed.join(QLatin1Char(' '))));
    }

    void thePaletteFindsOfEverySource() {
        Desk desk(*m_home);
        QVERIFY(waitFor([&] { return desk.window.bench().list().rowCount() == 2; }));
        desk.window.openRun(m_run);
        CommandPalette& palette = desk.window.palette();
        const auto first = [&](const QString& words, const QString& wanted) {
            palette.open(words);
            const bool found =
                QTest::qWaitFor([&] { return palette.shownTitles().value(0).contains(wanted); }, 20'000);
            return found
                       ? QString()
                       : QStringLiteral("for “%1” not “%2” but: %3")
                             .arg(words, wanted, palette.shownTitles().mid(0, 4).join(QStringLiteral(" | ")));
        };
        QTest::keyClick(&desk.window, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(palette.isVisible());
        QCOMPARE(first(QStringLiteral(">expfig"), QStringLiteral("Export the figures")), QString());
        QCOMPARE(first(QStringLiteral("keysh"), QStringLiteral("Keyboard shortcuts")), QString());
        QCOMPARE(first(QStringLiteral("exact dyn"), QStringLiteral("exact dynamics")), QString());
        QCOMPARE(first(QStringLiteral("#state=done"), QStringLiteral("sim/theory")), QString());
        QCOMPARE(first(QStringLiteral("#mu=3"), QStringLiteral("mu 1, 3")), QString());
        QCOMPARE(first(QStringLiteral("?exit codes"), QStringLiteral("Exit codes")), QString());
        QTest::keyClick(palette.findChild<QLineEdit*>(), Qt::Key_Return);
        QVERIFY(!palette.isVisible());
        auto* manual = qobject_cast<ManualView*>(desk.window.tabs().current());
        QVERIFY(manual);
        QTRY_COMPARE(manual->page(), QStringLiteral("index"));
    }

    void filesAreDroppedOnTheWindow() {
        Desk desk(*m_home);
        const auto drop = [&](const QString& path) {
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile(path)});
            QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&desk.window, &enter);
            QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            if (enter.isAccepted()) QCoreApplication::sendEvent(&desk.window, &event);
            return enter.isAccepted();
        };
        QVERIFY(drop(m_run));
        QVERIFY(desk.study());
        QCOMPARE(desk.study()->run(), fs::path(m_run.toStdString()));
        QVERIFY(drop(m_other + QStringLiteral("/run.h5")));
        QCOMPARE(desk.study()->run(), fs::path(m_other.toStdString()));
        const QString other = QString::fromStdString((m_home->root() / "other").string());
        QDir().mkpath(other);
        QVERIFY(drop(other));
        QCOMPARE(desk.window.bench().workspace(), fs::path(other.toStdString()));
        QFile strange(other + QStringLiteral("/strange.bin"));
        QVERIFY(strange.open(QIODevice::WriteOnly));
        QVERIFY(drop(strange.fileName()));
        QVERIFY2(desk.window.messages().sentences().last().contains(QStringLiteral("strange.bin")),
                 "it says that there is nothing to open");
    }

    void f1OpensTheManualAndItsKeysWork() {
        Desk desk(*m_home);
        QTest::keyClick(&desk.window, Qt::Key_F1);
        auto* manual = qobject_cast<ManualView*>(desk.window.tabs().current());
        QVERIFY(manual);
        QTRY_COMPARE(manual->page(), QStringLiteral("index"));
        QVERIFY(manual->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), manual->findChild<QLineEdit*>());
    }

    void aRunThatGoesOn() {
        Desk desk(*m_home);
        desk.window.openExperiment(QStringLiteral("sim/train"));
        QVERIFY(desk.study());
        desk.trigger("run.start");
        QVERIFY(waitFor(
            [&] { return desk.study()->snapshot() && desk.study()->snapshot()->status.state == "running"; }));
        QTest::qWait(1000);
        QVERIFY_REACHED(desk.window, "a running job");
        QVERIFY(waitFor([&] { return desk.study()->snapshot()->status.state == "done"; }));
        QTest::qWait(300);
        QVERIFY_REACHED(desk.window, "a finished job");
    }
};

int main(int argc, char** argv) {
    GuardedApplication application(argc, argv);
    ThemeManager::instance().install(application);
    ThemeManager::instance().choose(ThemeManager::Choice::Light);
    TestAccess test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_access.moc"
