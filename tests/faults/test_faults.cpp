// SPDX-License-Identifier: Apache-2.0
// A short run, made to fail at every single file operation: killed before it, after it, in the middle of a
// write, or told that the disk is full or broken, for good or for a moment. What was acknowledged stays; a
// resume ends bit-identical.
#include <QFile>
#include <QTest>

#include "fault_helpers.hpp"

using namespace latent::engine;

class Faults : public QObject {
    Q_OBJECT
    static constexpr int kSteps = 8;
    const QString m_shim = QStringLiteral(LATENT_BINARY_DIR "/tests/fault_shim.so");
    std::string m_digest;

    /// Number of file operations of an undisturbed run.
    void countOperations(bool byFile, int& operations) {
        FaultRun run;
        const QString count = QString::fromStdString((run.folder.parent_path() / "count").string());
        QList<QPair<QString, QString>> environment{
            {"LD_PRELOAD", m_shim},
            {"LATENT_FAULT_FOLDER", QString::fromStdString(run.folder.string())},
            {"LATENT_FAULT_COUNT", count}};
        if (byFile) environment << QPair<QString, QString>("LATENT_TEST_BY_FILE", "1");
        const Said said = run.start(kSteps, environment);
        QVERIFY2(!said.digest.empty(), said.errors.c_str());
        QVERIFY(m_digest.empty() || m_digest == said.digest);
        m_digest = said.digest;
        QFile file(count);
        QVERIFY(file.open(QIODevice::ReadOnly));
        operations = file.readAll().trimmed().toInt();
        qInfo("The run makes %d file operations.", operations);
        QVERIFY(operations > 50);
    }

  private Q_SLOTS:
    void everyOperation_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("passes");
        QTest::addColumn<bool>("byFile");
        for (const char* kind : {"kill", "kill-after", "short", "ENOSPC", "EIO"})
            QTest::newRow(kind) << QString(kind) << false << false;
        QTest::newRow("transient") << QStringLiteral("ENOSPC") << true << false;
        QTest::newRow("kill-by-file") << QStringLiteral("kill") << false << true;
        QTest::newRow("ENOSPC-by-file") << QStringLiteral("ENOSPC") << false << true;
    }
    void everyOperation() {
        QFETCH(QString, kind);
        QFETCH(bool, passes);
        QFETCH(bool, byFile);
        int operations = 0;
        countOperations(false, operations);  // the digest to reach
        if (byFile) countOperations(true, operations);
        const bool kills = !kind.startsWith('E');
        for (int at = 1; at <= operations; ++at) {
            FaultRun run;
            QList<QPair<QString, QString>> environment{
                {"LD_PRELOAD", m_shim},
                {"LATENT_FAULT_FOLDER", QString::fromStdString(run.folder.string())},
                {"LATENT_FAULT_AT", QString::number(at)},
                {"LATENT_FAULT_KIND", kind}};
            if (byFile) environment << QPair<QString, QString>("LATENT_TEST_BY_FILE", "1");
            if (passes) environment << QPair<QString, QString>("LATENT_FAULT_ONCE", "1");
            const Said said = run.start(kSteps, environment, passes);
            const std::string where = " (operation " + std::to_string(at) + ", " + kind.toStdString() + ")";
            if (kills) {
                QVERIFY2(said.killed, ("It was not killed" + where).c_str());
            } else if (said.digest.empty()) {
                const std::string reason = kind == "EIO" ? "input/output error" : "no space is left";
                QVERIFY2(said.exitCode == 5 && said.errors.find(reason) != std::string::npos,
                         (said.errors + where).c_str());
                QVERIFY2(said.errors.find(run.folder.string()) != std::string::npos,
                         (said.errors + where).c_str());
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
                QVERIFY2(again.digest == m_digest,
                         ("The resumed run ended differently: " + again.errors + where).c_str());
                QVERIFY2(again.resumed > said.checkpoint, ("A checkpoint was lost" + where).c_str());
            }
            problem = run.problem({});
            QVERIFY2(problem.empty(), (problem + where).c_str());
            auto reader = RunReader::open(run.folder, run.files);
            QVERIFY2(reader && reader->state().state == "done" && *reader->contentDigest() == m_digest,
                     where.c_str());
        }
    }
};

/// Without arguments: the first kind alone. ctest names the others one by one.
int main(int argc, char** argv) {
    static char first[] = "everyOperation:kill";
    char* one[] = {argv[0], first, nullptr};
    Faults test;
    return argc > 1 ? QTest::qExec(&test, argc, argv) : QTest::qExec(&test, 2, one);
}
#include "test_faults.moc"
