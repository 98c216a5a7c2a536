// SPDX-License-Identifier: Apache-2.0
// A short run, made to fail at every single file operation: killed before it, after it, in the middle of a write, or told
// that the disk is full or broken, for good or for a moment. What was acknowledged stays; a resume ends bit-identical.
#include <QFile>
#include <QTest>

#include "fault_helpers.hpp"

using namespace latent::engine;

class Faults : public QObject {
    Q_OBJECT
    static constexpr int kSteps = 8;
    const QString m_shim = QStringLiteral(LATENT_BINARY_DIR "/tests/fault_shim.so");
    std::string m_digest;
    int m_operations = 0;

  private Q_SLOTS:
    void initTestCase() {
        FaultRun run;
        const QString count = QString::fromStdString((run.folder.parent_path() / "count").string());
        const Said said = run.start(kSteps, {{"LD_PRELOAD", m_shim},
                                             {"LATENT_FAULT_FOLDER", QString::fromStdString(run.folder.string())},
                                             {"LATENT_FAULT_COUNT", count}});
        QVERIFY2(!said.digest.empty(), said.errors.c_str());
        m_digest = said.digest;
        QFile file(count);
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_operations = file.readAll().trimmed().toInt();
        qInfo("The run makes %d file operations.", m_operations);
        QVERIFY(m_operations > 50);
    }
    void everyOperation_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("passes");
        for (const char* kind : {"kill", "kill-after", "short", "ENOSPC", "EIO"}) QTest::newRow(kind) << QString(kind) << false;
        QTest::newRow("transient") << QStringLiteral("ENOSPC") << true;
    }
    void everyOperation() {
        QFETCH(QString, kind);
        QFETCH(bool, passes);
        const bool kills = !kind.startsWith('E');
        for (int at = 1; at <= m_operations; ++at) {
            FaultRun run;
            QList<QPair<QString, QString>> environment{{"LD_PRELOAD", m_shim},
                                                       {"LATENT_FAULT_FOLDER", QString::fromStdString(run.folder.string())},
                                                       {"LATENT_FAULT_AT", QString::number(at)},
                                                       {"LATENT_FAULT_KIND", kind}};
            if (passes) environment << QPair<QString, QString>("LATENT_FAULT_ONCE", "1");
            const Said said = run.start(kSteps, environment, passes);
            const std::string where = " (operation " + std::to_string(at) + ", " + kind.toStdString() + ")";
            if (kills) {
                QVERIFY2(said.killed, ("It was not killed" + where).c_str());
            } else if (said.digest.empty()) {
                const std::string reason = kind == "EIO" ? "input/output error" : "no space is left";
                QVERIFY2(said.exitCode == 5 && said.errors.find(reason) != std::string::npos, (said.errors + where).c_str());
                QVERIFY2(said.errors.find(run.folder.string()) != std::string::npos, (said.errors + where).c_str());
            }
            if (passes && said.digest.empty()) {
                // Only what comes before the writer exists is not tried again by itself.
                QVERIFY2(said.resumed < 0, ("A repeated call failed: " + said.errors + where).c_str());
            }
            std::string problem = run.problem(said);
            QVERIFY2(problem.empty(), (problem + where).c_str());
            if (!said.digest.empty()) {
                QVERIFY2(said.digest == m_digest, ("It ended differently" + where).c_str());
            }
            const auto ended = recover(run.folder, run.files);
            QVERIFY2(bool(ended), ended ? "" : (ended.error().message + where).c_str());
            if (!ended->ended) {
                const Said again = run.start(kSteps);
                QVERIFY2(again.digest == m_digest, ("The resumed run ended differently: " + again.errors + where).c_str());
                QVERIFY2(again.resumed > said.checkpoint, ("A checkpoint was lost" + where).c_str());
            }
            problem = run.problem({});
            QVERIFY2(problem.empty(), (problem + where).c_str());
            auto reader = RunReader::open(run.folder, run.files);
            QVERIFY2(reader && reader->state().state == "done" && *reader->contentDigest() == m_digest, where.c_str());
        }
    }
};
QTEST_APPLESS_MAIN(Faults)
#include "test_faults.moc"
