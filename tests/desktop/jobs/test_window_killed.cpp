// SPDX-License-Identifier: GPL-3.0-or-later
// The real program is killed while a job runs: the job goes on, and the window shows it when it is opened again. A worker is
// killed: its job says so in the window, with a Resume button that works.
#include <QApplication>
#include <QLabel>
#include <QProcess>
#include <QTest>
#include <QToolButton>

#include "desktop/around/settings.hpp"
#include "desktop/jobs/job_row.hpp"
#include "desktop/jobs/jobs_panel.hpp"
#include "desktop/window/main_window.hpp"
#include "job_home.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;

#define WAIT_FOR(condition) QVERIFY2(QTest::qWaitFor([&] { return condition; }, kPatience_ms), #condition)

namespace {

JobRow* rowOf(const MainWindow& window, const fs::path& run) {
    for (JobRow* row : window.findChild<JobsPanel*>()->findChildren<JobRow*>())
        if (row->job().run == run) return row;
    return nullptr;
}

/// A button that can be pressed, by its word.
QToolButton* buttonOf(const JobRow* row, const QString& word) {
    for (QToolButton* button : row ? row->findChildren<QToolButton*>() : QList<QToolButton*>())
        if (button->text() == word && button->isVisible() && button->isEnabled()) return button;
    return nullptr;
}

bool says(const JobRow* row, const QString& word) {
    for (const QLabel* label : row ? row->findChildren<QLabel*>() : QList<QLabel*>())
        if (label->isVisible() && label->text() == word) return true;
    return false;
}

std::string listed(MainWindow& window, const fs::path& run) {
    const auto* row = window.bench().list().run(window.bench().list().rowOf(run));
    return row ? row->state : "not listed";
}

}  // namespace

class TestWindowKilled : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!m_home.isReady()) QSKIP("The program or the fixture plugin has not been built.");
    }
    void init() { m_home.newWorkspace(); }

    void aJobEndsThoughItsWindowIsKilledAndIsShownAgain() {
        const fs::path run = queued(200);
        killWindowWhile(run);
        QCOMPARE(JobHome::stateOf(run), std::string("running"));
        WAIT_FOR(JobHome::stateOf(run) == "done");
        Settings settings;
        MainWindow window({m_home.workspace(), false}, settings);
        window.restore();
        window.show();
        WAIT_FOR(listed(window, run) == "done");
    }

    void aJobThatStillRunsIsTakenUpAgain() {
        const fs::path run = queued(3000);
        killWindowWhile(run);
        Settings settings;
        MainWindow window({m_home.workspace(), false}, settings);
        window.restore();
        window.show();
        WAIT_FOR(buttonOf(rowOf(window, run), QStringLiteral("Stop")));
        WAIT_FOR(rowOf(window, run)->job().fraction > 0);
        QTest::mouseClick(buttonOf(rowOf(window, run), QStringLiteral("Stop")), Qt::LeftButton);
        WAIT_FOR(says(rowOf(window, run), QStringLiteral("stopped")));
        QCOMPARE(JobHome::stateOf(run), std::string("stopped"));
    }

    void aKilledWorkerIsShownWithAResumeButtonThatWorks() {
        const fs::path run = queued(150, {QStringLiteral("checkpoint_every=20")});
        Settings settings;
        MainWindow window({m_home.workspace(), false}, settings);
        window.restore();
        window.show();
        WAIT_FOR(rowOf(window, run) && rowOf(window, run)->job().checkpointAge_s >= 0);
        QVERIFY(!buttonOf(rowOf(window, run), QStringLiteral("Resume")));
        JobHome::kill(run);
        WAIT_FOR(says(rowOf(window, run), QStringLiteral("interrupted")));
        WAIT_FOR(listed(window, run) == "interrupted");
        QToolButton* resume = buttonOf(rowOf(window, run), QStringLiteral("Resume"));
        QVERIFY(resume);
        QTest::mouseClick(resume, Qt::LeftButton);
        WAIT_FOR(says(rowOf(window, run), QStringLiteral("done")));
        QVERIFY(!buttonOf(rowOf(window, run), QStringLiteral("Resume")));
        WAIT_FOR(listed(window, run) == "done");
    }

  private:
    fs::path queued(int steps, QStringList settings = {}) {
        settings << QStringLiteral("steps=%1").arg(steps) << QStringLiteral("sleep_ms=10");
        QStringList words{QStringLiteral("-w"),  QString::fromStdString(m_home.workspace().string()),
                          QStringLiteral("run"), QStringLiteral("misbehave/slow"),
                          QStringLiteral("-q"),  QStringLiteral("--json"),
                          QStringLiteral("-t"),  QStringLiteral("1")};
        for (const QString& setting : settings) words << QStringLiteral("-s") << setting;
        QByteArray out;
        if (m_home.latent(words, &out) != 0) qFatal("The run could not be queued.");
        return nlohmann::json::parse(out.toStdString())["run"].get<std::string>();
    }

    /// Opens the program, which starts what is queued, and kills it as soon as that computes.
    void killWindowWhile(const fs::path& run) {
        QProcess program;
        program.start(qEnvironmentVariable("LATENT_WORKBENCH"),
                      {QString::fromStdString(m_home.workspace().string())});
        QVERIFY(program.waitForStarted());
        WAIT_FOR(JobHome::stateOf(run) == "running");
        QCOMPARE(program.state(), QProcess::Running);
        program.kill();
        QVERIFY(program.waitForFinished(kPatience_ms));
        QCOMPARE(program.exitStatus(), QProcess::CrashExit);
    }
    JobHome m_home;
};

QTEST_MAIN(TestWindowKilled)
#include "test_window_killed.moc"
