// SPDX-License-Identifier: GPL-3.0-or-later
// A panel library that crashes takes the window down once: the real program, its death, what the next start says about it,
// and a window that stays open after that.
#include <QAbstractButton>
#include <QDirIterator>
#include <QLabel>
#include <QSaveFile>
#include <QtTest/QtTest>
#include <csignal>

#include "desk_home.hpp"
#include "desktop/around/safe_mode_dialog.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/window/session.hpp"

using namespace latent::desktop;
using namespace latent::test;

namespace {

constexpr const char* kPlugin = "panel_crash_with_data";

/// The real program, off-screen, over the workspace of a home.
struct Program {
    explicit Program(const DeskHome& home, const QStringList& more = {}) {
        process.setProcessChannelMode(QProcess::MergedChannels);
        // A sanitizer would report the signal and end with a code; this is about windows that end by the signal.
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ASAN_OPTIONS"),
                           environment.value(QStringLiteral("ASAN_OPTIONS")) +
                               QStringLiteral(":handle_segv=0:handle_abort=0"));
        process.setProcessEnvironment(environment);
        process.start(kWorkbench, more + QStringList{home.workspace()});
    }
    ~Program() {
        process.kill();
        process.waitForFinished();
    }
    bool ended(int wait_ms = 60'000) {
        return process.state() == QProcess::NotRunning || process.waitForFinished(wait_ms);
    }
    bool crashed() { return ended() && process.exitStatus() == QProcess::CrashExit; }
    /// It says in its record that it has come to a usable window.
    bool opened(const DeskHome& home) {
        return QTest::qWaitFor(
                   [&] {
                       return process.state() == QProcess::NotRunning ||
                              recordOf(home).contains("\"state\":\"open\"");
                   },
                   60'000) &&
               process.state() == QProcess::Running;
    }
    QByteArray recordOf(const DeskHome& home) const {
        std::error_code notYet;
        for (const auto& file : fs::directory_iterator(home.state() / "windows", notYet))
            if (file.path().filename().string().rfind(std::to_string(process.processId()) + "-", 0) == 0)
                return QByteArray::fromStdString(textOf(file.path()));
        return {};
    }
    void askToEnd() { ::kill(static_cast<pid_t>(process.processId()), SIGTERM); }
    QProcess process;
};

/// Its panel is trusted; its compute library need not be usable for the panel to be offered.
void addPlugin(const DeskHome& home) {
    home.add(kPlugin);
    const fs::path compute = home.plugins() / (std::string(kPlugin) + ".so");
    fs::copy_file(kFixtures / "raw_healthy" / "raw_healthy.so", compute);
    fs::permissions(compute, kReadable);
    home.trust(std::string(kPlugin) + "_panel");
}

/// As the window leaves it when the panel was in front.
void saveSession(const DeskHome& home, const QString& run) {
    const QVariantMap page{{QStringLiteral("kind"), QStringLiteral("study")},
                           {QStringLiteral("experiment"), QStringLiteral("sim/theory")},
                           {QStringLiteral("run"), run},
                           {QStringLiteral("panel"), 2},
                           {QStringLiteral("inner"), QLatin1String(kPlugin) + QStringLiteral("/only")}};
    QCOMPARE(SessionFile(home.workspace().toStdString())
                 .save({{QStringLiteral("pages"), QVariantList{page}}, {QStringLiteral("current"), 0}}),
             QString());
}

}  // namespace

class TestCrash : public QObject {
    Q_OBJECT
    std::unique_ptr<DeskHome> m_home;

  private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setApplicationName(QStringLiteral("latent-workbench"));
        QCoreApplication::setOrganizationName(QStringLiteral("latent"));
        ThemeManager::instance().install(*qApp);
    }
    void init() { m_home = std::make_unique<DeskHome>(); }

    void aPanelTakesTheWindowDownOnceAtMost() {
        addPlugin(*m_home);
        const QString run = m_home->run();
        QVERIFY(!run.isEmpty());
        saveSession(*m_home, run);

        Program first(*m_home);
        QVERIFY2(first.crashed(), first.process.readAll().constData());
        {
            StartRecord record = StartRecord::begin(m_home->state());
            QCOMPARE(record.deaths().size(), std::size_t(1));
            QCOMPARE(record.deaths()[0].plugins.last(), QLatin1String(kPlugin));
            QVERIFY(isWorthAsking(record.deaths()));
            QString words;
            QTimer::singleShot(0, qApp, [&] {
                QWidget* dialog = QApplication::activeModalWidget();
                QVERIFY(dialog);
                words = dialog->findChild<QLabel*>(QStringLiteral("words"))->text();
                QTest::mouseClick(dialog->findChild<QAbstractButton*>(QStringLiteral("leaveOut")),
                                  Qt::LeftButton);
            });
            QCOMPARE(askHowToStart(record.deaths(), latent::engine::CatalogSettings::standard()),
                     StartChoice::LeaveOut);
            QVERIFY2(words.contains(QLatin1String(kPlugin)), qPrintable(words));
            record.forgetDeaths();
        }
        Program second(*m_home);  // the same session, with the panel in front
        QVERIFY2(second.opened(*m_home), second.process.readAll().constData());
        QTest::qWait(1500);
        QCOMPARE(second.process.state(), QProcess::Running);
        second.askToEnd();
        QVERIFY(second.ended());
        QCOMPARE(second.process.exitStatus(), QProcess::NormalExit);
        QVERIFY(StartRecord::begin(m_home->state()).deaths().empty());
    }

    void aSignalWhileItAsksEndsIt() {
        addPlugin(*m_home);
        saveSession(*m_home, m_home->run());
        QVERIFY(Program(*m_home).crashed());
        Program asking(*m_home);
        QVERIFY(QTest::qWaitFor([&] { return asking.recordOf(*m_home).contains("\"state\":\"starting\""); },
                                60'000));
        QTest::qWait(1500);
        asking.askToEnd();
        QVERIFY(asking.ended());
        QCOMPARE(asking.process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(StartRecord::begin(m_home->state()).deaths().size(),
                 std::size_t(1));  // nobody has answered yet
    }

    void safeModeShowsNoPanel() {
        addPlugin(*m_home);
        const QString run = m_home->run();
        saveSession(*m_home, run);
        Program safe(*m_home, {QStringLiteral("--safe-mode")});
        QVERIFY2(safe.opened(*m_home), safe.process.readAll().constData());
        QTest::qWait(1500);
        QCOMPARE(safe.process.state(), QProcess::Running);
        QVERIFY(safe.recordOf(*m_home).contains("\"plugins\":[]"));
        safe.askToEnd();
        QVERIFY(safe.ended());
    }

    void aWindowThatIsKilledIsOnlyToldOf() {
        Program window(*m_home);
        QVERIFY(window.opened(*m_home));
        window.process.kill();
        QVERIFY(window.ended());
        const StartRecord record = StartRecord::begin(m_home->state());
        QCOMPARE(record.deaths().size(), std::size_t(1));
        QVERIFY(!isWorthAsking(record.deaths()));
        QVERIFY(!sentenceAbout(record.deaths()).isEmpty());
    }

    void damagedSettingsAndSessionDoNotKeepItFromOpening() {
        const QString settings = Settings::standardFile(),
                      session = SessionFile(m_home->workspace().toStdString()).path();
        for (const QString& path : {settings, session}) {
            QDir().mkpath(QFileInfo(path).path());
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("\x01 no such thing");
        }
        Program window(*m_home);
        QVERIFY2(window.opened(*m_home), window.process.readAll().constData());
        window.askToEnd();
        QVERIFY(window.ended());
        for (const QString& path : {settings, session}) {
            const QFileInfo file(path);
            const QStringList aside = file.dir().entryList({file.fileName() + QStringLiteral(".aside-*")});
            QCOMPARE(aside.size(), 1);
            QCOMPARE(QByteArray::fromStdString(textOf(file.dir().filePath(aside.front()).toStdString())),
                     QByteArray("\x01 no such thing"));
        }
    }
};

QTEST_MAIN(TestCrash)
#include "test_crash.moc"
