// SPDX-License-Identifier: Apache-2.0
// One slowed run, killed with SIGKILL 200 times in a chain while a reader follows it: nothing acknowledged is
// lost, the run reads at every moment, no two workers share it, and it ends bit-identical to the
// uninterrupted one.
#include <QElapsedTimer>
#include <QTest>
#include <random>

#include "fault_helpers.hpp"

using namespace latent::engine;

class KillChain : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void twoHundredTimes() {
        const int steps = 1000, kills = qEnvironmentVariableIntValue("LATENT_KILLS") > 0
                                            ? qEnvironmentVariableIntValue("LATENT_KILLS")
                                            : 200;
        FaultRun reference;
        const std::string digest = reference.start(steps).digest;
        QVERIFY(!digest.empty());

        FaultRun run;
        std::mt19937 random(20261123);
        RunReader follower = *RunReader::open(run.folder, run.files);
        int safe = -1, done = 0, gotOn = 0;
        Said said;
        while (done < kills && said.digest.empty()) {
            QProcess process;
            process.start(LATENT_BINARY_DIR "/tests/short_run",
                          {QString::fromStdString(run.folder.string()), QString::number(steps), "3"});
            QVERIFY(process.waitForStarted());
            said = {};
            QByteArray text;
            // Killed at a random moment: mostly soon after a checkpoint, however slow the machine, sometimes while it starts.
            const bool starting = random() % 5 == 0;
            const int wait = static_cast<int>(starting ? random() % 30 : random() % 15);
            QElapsedTimer patience, timer;
            patience.start();
            if (starting) timer.start();
            while (!timer.isValid() || timer.elapsed() < wait) {
                process.waitForReadyRead(5);
                QVERIFY2(patience.elapsed() < 60'000, "It gets nowhere.");
                const auto refreshed = follower.refresh();
                QVERIFY2(bool(refreshed), refreshed ? "" : refreshed.error().message.c_str());
                const auto read = follower.contentDigest();
                QVERIFY2(bool(read), read ? "" : read.error().message.c_str());
                text += process.readAllStandardOutput();
                const bool there = text.contains("checkpoint") || process.state() != QProcess::Running;
                if (!timer.isValid() && there) timer.start();
            }
            if (done % 20 == 7 && text.contains("resumed") && process.state() == QProcess::Running) {
                const Said second = run.start(steps);
                const bool wasRefused =
                    second.exitCode == 3 && second.errors.find("being computed") != std::string::npos;
                process.waitForReadyRead(0);
                QVERIFY2(wasRefused || process.state() != QProcess::Running, second.errors.c_str());
            }
            process.kill();
            QVERIFY(process.waitForFinished(30'000));
            text += process.readAllStandardOutput();
            said.read(text);
            if (process.exitStatus() == QProcess::CrashExit) ++done;
            if (said.resumed >= 0) {
                QVERIFY2(
                    said.resumed > safe,
                    qPrintable(QString("Went back to %1 behind checkpoint %2").arg(said.resumed).arg(safe)));
            }
            if (said.checkpoint > safe) ++gotOn;
            safe = std::max(safe, said.checkpoint);
            const std::string problem = run.problem(said);
            QVERIFY2(problem.empty(), (problem + " (kill " + std::to_string(done) + ")").c_str());
        }
        QVERIFY2(done >= kills / 2 && gotOn >= done / 2, "Too few were killed after they had got somewhere.");
        const Said last = said.digest.empty() ? run.start(steps) : said;
        QCOMPARE(last.digest, digest);
        QCOMPARE(*RunReader::open(run.folder, run.files)->contentDigest(), digest);
        const auto findings = checkRun(run.folder, run.files);
        for (const std::string& finding : *findings) {
            QVERIFY2(finding.find("no events") != std::string::npos,
                     finding.c_str());  // torn lines are what a kill leaves
        }
        qInfo(
            "Killed %d times; %d times after a new checkpoint; the last safe step before the end was %d of "
            "%d.",
            done, gotOn, safe, steps);
    }
};
QTEST_APPLESS_MAIN(KillChain)
#include "test_kill_chain.moc"
