// SPDX-License-Identifier: GPL-3.0-or-later
// What a session keeps: everything that a person set up in the window is there again after a restart, another
// workspace, a plugin that was away for a while, two windows at once, and a death.
#include <QDir>
#include <QDockWidget>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSpinBox>
#include <QToolButton>

#include "desktop/around/actions.hpp"
#include "desktop/jobs/job_row.hpp"
#include "desktop/jobs/jobs_panel.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "engine/store/layout.hpp"
#include "kept_home.hpp"

using namespace latent;
using namespace latent::desktop;
namespace fs = std::filesystem;
using nlohmann::json;

class TestKept : public QObject, protected KeptHome {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setApplicationName(
            QStringLiteral("latent-workbench"));  // as the program: one session
        QCoreApplication::setOrganizationName(QStringLiteral("latent"));
    }
    void init() { begin(); }
    void cleanup() { m_home.reset(); }

    void typedValuesOutliveWhatHappensToPlugins() {
        m_home->open();
        window().openExperiment(QStringLiteral("sim/theory"));
        form()->setValue(QStringLiteral("mu"), {1, 4});
        const ParameterForm* before = form();
        window().bench().rescan();  // some other plugin was trusted
        QCOMPARE(form(), before);
        QCOMPARE(typed("mu"), json({1, 4}));
        plugin("disable");
        window().bench().rescan();
        QVERIFY(!form());
        QVERIFY2(window().form().hindrance().contains(QLatin1String("sim/theory")),
                 qPrintable(window().form().hindrance()));
        plugin("enable");
        window().bench().rescan();
        QVERIFY(form());
        QCOMPARE(typed("mu"), json({1, 4}));
    }

    void eachWorkspaceHasItsOwnTypedValues() {
        m_home->open();
        const QString here = QString::fromStdString(m_home->workspace().string()),
                      there = QString::fromStdString((m_home->folder() / "other").string());
        window().openExperiment(QStringLiteral("sim/theory"));
        form()->setValue(QStringLiteral("mu"), {1, 4});
        window().openWorkspace(there);
        window().openExperiment(QStringLiteral("sim/theory"));
        QVERIFY(typed("mu") != json({1, 4}));
        form()->setValue(QStringLiteral("mu"), {2, 5});
        window().openWorkspace(here);
        QCOMPARE(typed("mu"), json({1, 4}));
        restart();
        QCOMPARE(typed("mu"), json({1, 4}));
        window().openWorkspace(there);
        QCOMPARE(typed("mu"), json({2, 5}));
    }

    void aPageWaitsForItsPlugin() {
        m_home->open();
        window().openExperiment(QStringLiteral("sim/train"));
        study()->showPanel(StudyPage::Panel::Claims);
        window().openManual(QStringLiteral("index"));
        const QStringList before = kinds();
        QCOMPARE(before.indexOf(QStringLiteral("sim/train")), 1);
        m_home->close();
        plugin("disable");
        for (int day = 0; day < 2; ++day) {  // closing without the plugin loses nothing either
            m_home->open();
            QVERIFY(!kinds().contains(QStringLiteral("sim/train")));
            QVERIFY2(says(QStringLiteral("sim/train")),
                     qPrintable(window().messages().sentences().join(u'\n')));
            m_home->close();
        }
        plugin("enable");
        m_home->open();
        QCOMPARE(kinds(), before);
        auto* page = qobject_cast<StudyPage*>(window().tabs().pages()[1]);
        QCOMPARE(page->panel(), StudyPage::Panel::Claims);
        // Also without a restart.
        m_home->close();
        plugin("disable");
        m_home->open();
        plugin("enable");
        window().bench().rescan();
        QVERIFY(kinds().contains(QStringLiteral("sim/train")));
    }

    void figuresAreShownWithoutThePlugin() {
        const fs::path made = run();
        QVERIFY(!made.empty());
        plugin("disable");
        m_home->open();
        window().openRun(QString::fromStdString(made.string()));
        QVERIFY(study());
        QVERIFY(study()->isAbsent());
        QVERIFY(isDrawn(study()));
        QVERIFY(!window().actions()[QStringLiteral("run.start")]->isEnabled());
        restart();
        QVERIFY(study() && study()->isAbsent());
        QCOMPARE(study()->run(), made);
        plugin("enable");
        window().bench().rescan();
        QVERIFY(study() && !study()->isAbsent());
        QCOMPARE(study()->run(), made);
        QVERIFY(isDrawn(study()));
    }

    void aRunFileAloneIsOpened_data() {
        QTest::addColumn<bool>("hasPlugin");
        QTest::newRow("with the plugin") << true;
        QTest::newRow("without the plugin") << false;
    }
    void aRunFileAloneIsOpened() {
        QFETCH(bool, hasPlugin);
        const fs::path made = run(), mail = m_home->folder() / "mail";
        fs::create_directories(mail / "folder");
        fs::copy_file(engine::layout::compacted(made), mail / "mailed.h5");
        fs::copy_file(engine::layout::compacted(made), mail / "folder" / "run.h5");
        if (!hasPlugin) plugin("disable");
        m_home->open();
        for (const fs::path& path : {mail / "mailed.h5", mail / "folder", mail / "folder" / "run.h5"}) {
            window().openWelcome();
            window().openPaths({QString::fromStdString(path.string())});
            QVERIFY2(m_home->until([&] { return study() != nullptr; }),
                     qPrintable(window().messages().sentences().join(u'\n')));
            QCOMPARE(study()->info().id, std::string("sim/theory"));
            QVERIFY(isDrawn(study()));
            window().tabs().closePage(study());
        }
        QFile data(QString::fromStdString((mail / "data.h5").string()));
        QVERIFY(data.open(QIODevice::WriteOnly));
        data.write("no such file");
        data.close();
        window().openPaths({data.fileName()});
        QVERIFY(m_home->until([&] { return says(QStringLiteral("data.h5")); }));
        QVERIFY(!study());
    }

    /// Files of earlier programs, as they were written then.
    void anOldSessionOpens() {
        QDir().mkpath(QFileInfo(session()).absolutePath());
        QVERIFY(QFile::copy(QStringLiteral(LATENT_SOURCE_DIR "/tests/desktop/window/sessions/version-1.json"),
                            session()));
        m_home->open();
        QCOMPARE(window().messages().sentences(), QStringList());
        QCOMPARE(kinds(), (QStringList{QStringLiteral("welcome"), QStringLiteral("sim/theory"),
                                       QStringLiteral("manual")}));
        QCOMPARE(window().tabs().count(), 2);
        QVERIFY(study());
        QCOMPARE(study()->panel(), StudyPage::Panel::Claims);
        QCOMPARE(study()->figures().cursors().at("frame"), std::int64_t{3});
        QCOMPARE(typed("mu"), json({1, 4}));
        QCOMPARE(form()->preset(), QStringLiteral("smoke"));
        QCOMPARE(window().runsPanel().viewState().value(QStringLiteral("filter")).toString(),
                 QStringLiteral("state=done"));
    }

    void damageInsideALayoutIsSetAside() {
        m_home->open();
        window().openManual(QStringLiteral("index"));
        const QStringList before = kinds();
        m_home->close();
        QFile file(session());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject document = QJsonDocument::fromJson(file.readAll()).object();
        file.close();
        QJsonObject state = document[QLatin1String("state")].toObject();
        state[QLatin1String("docks")] = QStringLiteral("AAAA");
        document[QLatin1String("state")] = state;
        const QByteArray damaged = QJsonDocument(document).toJson();
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(damaged);
        file.close();
        m_home->open();
        QVERIFY2(says(QStringLiteral("could not be read")),
                 qPrintable(window().messages().sentences().join(u'\n')));
        const QFileInfo where(session());
        const QStringList aside = where.dir().entryList({where.fileName() + QStringLiteral(".aside-*")});
        QCOMPARE(aside.size(), 1);
        QFile kept(where.dir().filePath(aside.front()));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), damaged);
        QCOMPARE(kinds(), before);  // what is sound is used
        for (const char* dock : {"dock.runs", "dock.parameters", "dock.jobs"})
            QVERIFY2(window().findChild<QDockWidget*>(QLatin1String(dock))->isVisible(), dock);
    }

    /// A laptop that was put to a large screen, or taken from it.
    void anotherScreenIsNoDamage() {
        m_home->open();
        window().findChild<QDockWidget*>(QStringLiteral("dock.jobs"))->hide();
        m_home->close();
        QFile file(session());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject document = QJsonDocument::fromJson(file.readAll()).object();
        file.close();
        QJsonObject state = document[QLatin1String("state")].toObject();
        QByteArray place = QByteArray::fromBase64(state[QLatin1String("geometry")].toString().toLatin1());
        constexpr qsizetype kScreenWidth =
            46;  // after magic, version, two rectangles, the screen's number and two flags
        QVERIFY(place.size() > kScreenWidth + 4);
        place[kScreenWidth + 2] = static_cast<char>(place[kScreenWidth + 2] + 0x20);  // 8,192 pixels wider
        state[QLatin1String("geometry")] = QString::fromLatin1(place.toBase64());
        document[QLatin1String("state")] = state;
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QJsonDocument(document).toJson());
        file.close();
        QVERIFY(!QWidget().restoreGeometry(place));
        m_home->open();
        QVERIFY2(window().messages().sentences().isEmpty(),
                 qPrintable(window().messages().sentences().join(u'\n')));
        QVERIFY(window().findChild<QDockWidget*>(QStringLiteral("dock.jobs"))->isHidden());
    }

    void twoWindowsOfOneWorkspaceSaySo() {
        m_home->open();
        window().openManual(QStringLiteral("index"));
        QVERIFY(!says(QStringLiteral("another window")));
        Settings settings;
        {
            MainWindow second({m_home->workspace(), false}, settings);
            second.restore();
            QVERIFY(!second.messages().sentences().filter(QStringLiteral("another window")).isEmpty());
            second.close();
        }
        m_home->close();
        m_home->open();
        QVERIFY(kinds().contains(QStringLiteral("manual")));  // not overwritten by the other one
        QVERIFY(!says(QStringLiteral("another window")));
    }

    void theBudgetOfCoresIsKept() {
        m_home->open();
        const auto spin = [this] {
            for (QSpinBox* one : window().findChild<JobsPanel*>()->findChildren<QSpinBox*>())
                if (one->accessibleName().startsWith(QLatin1String("Cores"))) return one;
            return static_cast<QSpinBox*>(nullptr);
        };
        spin()->setValue(3);
        QCOMPARE(m_home->settings().coreBudget(), 3);
        QCOMPARE(window().bench().jobs().coreBudget(), 3);
        restart();
        QCOMPARE(window().bench().jobs().coreBudget(), 3);
        QCOMPARE(spin()->value(), 3);
        m_home->settings().setCoreBudget(2);  // in Edit → Settings
        QVERIFY(m_home->until([&] { return spin()->value() == 2; }));
    }

    /// On a cluster: what the line of the job allows, the menu allows too, and its figures can be opened.
    void aRunOnAnotherHostCanBePausedAndOpened() {
        fs::create_directories(m_home->workspace());
        QProcess queue;
        queue.start(LatentCommand::program(),
                    {QStringLiteral("-w"), QString::fromStdString(m_home->workspace().string()),
                     QStringLiteral("run"), QStringLiteral("sim/theory"), QStringLiteral("--queue"),
                     QStringLiteral("--json")});
        QVERIFY(queue.waitForFinished(kPatience_ms));
        const fs::path far =
            json::parse(queue.readAllStandardOutput().toStdString())["run"].get<std::string>();
        QFile lease(QString::fromStdString(engine::layout::lease(far, 1).string()));
        QVERIFY(lease.open(QIODevice::WriteOnly));
        lease.write(R"({"attempt": 1, "host": "node7", "machine": "another", "pid": 1, "t": 0})");
        lease.close();
        m_home->open();
        window().openRun(QString::fromStdString(far.string()));
        QVERIFY(m_home->until(
            [&] { return study()->snapshot() && study()->snapshot()->status.state == "elsewhere"; }));
        for (const char* id : {"run.pause", "run.stop", "run.checkpoint"})
            QVERIFY2(window().actions()[QLatin1String(id)]->isEnabled(), id);
        JobRow* row = nullptr;
        QVERIFY(m_home->until([&] {
            for (JobRow* one : window().findChild<JobsPanel*>()->findChildren<JobRow*>())
                if (one->job().run == far && one->job().state == "elsewhere") row = one;
            return row != nullptr;
        }));
        window().tabs().closePage(study());
        for (QToolButton* button : row->findChildren<QToolButton*>())
            if (button->isVisible() && button->accessibleName().startsWith(QLatin1String("Open")))
                button->click();
        QVERIFY(study());
        QCOMPARE(study()->run(), far);
    }

    void aKilledWindowComesBackAsItWas() {
        const fs::path tour = m_home->workspace() / "tour";
        fs::create_directories(tour);
        const QString program =
            QFileInfo(LatentCommand::program()).dir().filePath(QStringLiteral("latent-workbench"));
        if (!QFile::exists(program)) QSKIP("The program of the window was not built.");
        QProcess workbench;
        workbench.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        workbench.start(program, {QString::fromStdString(tour.string()), QStringLiteral("--tour")});
        QVERIFY(workbench.waitForStarted());
        const auto onDisk = [&] {
            QFile file(SessionFile(tour).path());
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QVERIFY(m_home->until([&] { return onDisk().contains("sim/train") && onDisk().contains("epochs"); }));
        workbench.kill();
        QVERIFY(workbench.waitForFinished(kPatience_ms));
        QCOMPARE(workbench.exitStatus(), QProcess::CrashExit);
        Settings settings;
        MainWindow again({tour, false}, settings);
        again.restore();
        QStringList open;
        for (QWidget* page : again.tabs().pages())
            if (auto* shown = qobject_cast<StudyPage*>(page))
                open << QString::fromStdString(shown->info().id);
        QVERIFY2(open.contains(QStringLiteral("sim/theory")) && open.contains(QStringLiteral("sim/train")),
                 qPrintable(open.join(u' ')));
        again.openExperiment(QStringLiteral("sim/train"));
        QCOMPARE(again.form().form()->resolution().values.value("epochs", 0), 400);  // as the tour has set it
        again.close();
    }
};

QTEST_MAIN(TestKept)
#include "test_kept.moc"
