// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to the program: who hears the answer, and who no longer does.
#include <QElapsedTimer>
#include <QTest>
#include <QWidget>

#include "desktop/jobs/latent_command.hpp"

using namespace latent;
using namespace latent::desktop;

class TestLatentCommand : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theAnswerComesBack() {
        LatentCommand::setProgram(QStringLiteral("echo"));
        QWidget owner;
        QByteArray said;
        LatentCommand::run(&owner, {QStringLiteral("{}")}, [&](const engine::Result<QByteArray>& out) {
            said = out ? *out : QByteArray("error");
        });
        QVERIFY(QTest::qWaitFor([&] { return !said.isEmpty(); }, 30'000));
        QCOMPARE(said.trimmed(), QByteArray("{}"));
    }

    void whatCannotStartIsTold() {
        LatentCommand::setProgram(QStringLiteral("/no/such/program"));
        QObject owner;
        std::string sentence;
        LatentCommand::run(&owner, {}, [&](const engine::Result<QByteArray>& out) {
            sentence = out ? "started" : out.error().message;
        });
        QVERIFY(sentence.empty());  // never before run() has returned
        QVERIFY(QTest::qWaitFor([&] { return !sentence.empty(); }, 30'000));
        QVERIFY2(sentence.find("/no/such/program") != std::string::npos, sentence.c_str());
    }

    /// A page is closed while its claims are measured: its parts are gone before its children are.
    void nobodyAnswersAWidgetThatIsTakenDown() {
        LatentCommand::setProgram(QStringLiteral("sleep"));
        bool isAnswered = false;
        auto owner = std::make_unique<QWidget>();
        LatentCommand::run(owner.get(), {QStringLiteral("60")},
                           [&](const engine::Result<QByteArray>&) { isAnswered = true; });
        QTest::qWait(100);
        QElapsedTimer clock;
        clock.start();
        owner.reset();
        QVERIFY2(clock.elapsed() < 5000, "The child is ended, not waited for.");
        QTest::qWait(100);
        QVERIFY(!isAnswered);
    }
};

QTEST_MAIN(TestLatentCommand)
#include "test_latent_command.moc"
