// SPDX-License-Identifier: GPL-3.0-or-later
// One conversation with the real probe server: the latest wins, parts, failures, a server that is killed, and the end.
#include <QApplication>
#include <QSignalSpy>

#include "desktop/probes/conversation.hpp"
#include "probe_home.hpp"

using namespace latent::desktop;
using latent::engine::ProbeReply;
using nlohmann::json;
using Kind = ProbeReply::Kind;

namespace {

/// What a conversation said.
struct Heard {
    explicit Heard(Conversation& talk) {
        QObject::connect(&talk, &Conversation::answered, &talk,
                         [this](const ProbeReply& reply) { replies.push_back(reply); });
        QObject::connect(&talk, &Conversation::failed, &talk, [this](const QString& sentence, bool gone) {
            failures << sentence;
            serverGone = gone;
        });
    }
    std::size_t answers() const {
        return static_cast<std::size_t>(
            std::count_if(replies.begin(), replies.end(),
                          [](const ProbeReply& reply) { return reply.kind == Kind::Answer; }));
    }
    std::vector<ProbeReply> replies;
    QStringList failures;
    bool serverGone = false;
};

}  // namespace

class TestConversation : public QObject {
    Q_OBJECT
    std::unique_ptr<ProbeHome> m_home;

  private Q_SLOTS:
    /// Servers are ended on a thread of their own: the last test's may still be there.
    void init() {
        QVERIFY(ProbeHome::until([] { return ProbeHome::servers().empty(); }));
    }
    void initTestCase() {
        m_home = std::make_unique<ProbeHome>();
        QVERIFY2(m_home->isReady(), "The program or the fixture probing is not there.");
    }

    void theLastOfManyQuestionsIsAnswered() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        for (int i = 1; i <= 100; ++i) {
            talk.ask("probing/slow", {{"steps", i}, {"sleep_ms", 0}});
            QTest::qWait(1);
        }
        QVERIFY(ProbeHome::until([&] { return !talk.isWaiting(); }));
        QVERIFY(heard.failures.isEmpty());
        QCOMPARE(heard.replies.back().kind, Kind::Answer);
        QCOMPARE(heard.replies.back().values.at("steps").get<int>(), 100);
        // The first one starts the server; far from all the others were sent.
        QVERIFY2(talk.sent() < 100, qPrintable(QString::number(talk.sent())));
    }

    void questionsWithoutABreakAreTwo() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        for (int i = 1; i <= 100; ++i) talk.ask("probing/slow", {{"steps", i}, {"sleep_ms", 0}});
        QVERIFY(ProbeHome::until([&] { return !talk.isWaiting(); }));
        QCOMPARE(talk.sent(), 2U);
        QCOMPARE(heard.answers(), 2U);
        QCOMPARE(heard.replies.back().values.at("steps").get<int>(), 100);
    }

    void partsComeInOrderAndHoldEverythingSoFar() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        talk.ask("probing/slow", {{"steps", 4}, {"sleep_ms", 2}});
        QVERIFY(ProbeHome::until([&] { return !talk.isWaiting(); }));
        QCOMPARE(heard.replies.size(), 4U);
        for (int part = 0; part < 4; ++part) {
            QCOMPARE(heard.replies[static_cast<std::size_t>(part)].kind,
                     part < 3 ? Kind::Partial : Kind::Answer);
            QCOMPARE(heard.replies[static_cast<std::size_t>(part)].arrays.front().data.shape,
                     (latent::engine::Shape{static_cast<std::uint64_t>(part + 1)}));
        }
    }

    /// It would take a day; the newer question ends it.
    void whatTakesTooLongIsSuperseded() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        talk.ask("probing/slow", {{"steps", 1'000'000}, {"sleep_ms", 100}});
        QVERIFY(ProbeHome::until([&] { return !heard.replies.empty(); }));
        talk.ask("probing/slow", {{"steps", 1}, {"sleep_ms", 0}});
        QVERIFY(ProbeHome::until([&] { return heard.answers() == 1; }));
        QCOMPARE(heard.replies.back().values.at("steps").get<int>(), 1);
        QVERIFY(!talk.isWaiting());
    }

    /// The server would answer both: another probe's question does not supersede.
    void anotherProbeEndsTheQuestion() {
        Conversation talk(m_home->options({"probing/slow", "probing/place"}));
        Heard heard(talk);
        talk.ask("probing/slow", {{"steps", 1'000'000}, {"sleep_ms", 100}});
        QVERIFY(ProbeHome::until([&] { return !heard.replies.empty(); }));
        heard.replies.clear();
        talk.ask("probing/place", {{"x", 3}});
        QVERIFY(ProbeHome::until([&] { return heard.answers() == 1; }));
        QCOMPARE(heard.replies.back().probe, std::string("probing/place"));
        QVERIFY(std::all_of(heard.replies.begin(), heard.replies.end(),
                            [](const ProbeReply& reply) { return reply.probe == "probing/place"; }));
    }

    void aBadQuestionIsASentenceAndTheServerStays() {
        Conversation talk(m_home->options({"probing/break", "probing/slow"}));
        Heard heard(talk);
        talk.ask("probing/break", {{"how", "throw"}});
        QVERIFY(ProbeHome::until([&] { return !heard.failures.isEmpty(); }));
        QCOMPARE(heard.failures.front(), QStringLiteral("The probe threw this."));
        QVERIFY(!heard.serverGone);
        talk.ask("probing/slow", {{"steps", 1}});
        QVERIFY(ProbeHome::until([&] { return heard.answers() == 1; }));
        QCOMPARE(ProbeHome::servers().size(), 1U);
    }

    void aKilledServerIsASentenceAndTheNextQuestionStartsAnother() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        talk.ask("probing/slow", {{"steps", 1'000'000}, {"sleep_ms", 20}});
        QVERIFY(ProbeHome::until([&] { return !heard.replies.empty(); }));
        talk.ask("probing/slow", {{"steps", 1'000'000}, {"sleep_ms", 21}});  // waits
        const std::vector<pid_t> servers = ProbeHome::servers();
        QCOMPARE(servers.size(), 1U);
        ::kill(servers.front(), SIGKILL);
        QVERIFY(ProbeHome::until([&] { return !heard.failures.isEmpty(); }));
        QVERIFY(heard.serverGone);
        QVERIFY2(heard.failures.front().contains(QLatin1String("crashed (Killed)")),
                 qPrintable(heard.failures.front()));
        QVERIFY(!talk.isWaiting());
        QTest::qWait(200);
        QVERIFY(ProbeHome::servers().empty());  // nothing starts by itself
        talk.ask("probing/slow", {{"steps", 2}, {"sleep_ms", 0}});
        QVERIFY(ProbeHome::until([&] { return heard.answers() == 1; }));
        QCOMPARE(heard.failures.size(), 1);
    }

    void aServerThatRefusesIsSaidToBeGone() {
        Conversation talk(m_home->options({"probing/nothing"}));
        Heard heard(talk);
        talk.ask("probing/nothing", json::object());
        QVERIFY(ProbeHome::until([&] { return heard.serverGone; }));
        QVERIFY2(heard.failures.front().contains(QLatin1String("probing/nothing")),
                 qPrintable(heard.failures.front()));
    }

    void takingBackEndsTheQuestionInTheServer() {
        Conversation talk(m_home->options({"probing/slow"}));
        Heard heard(talk);
        talk.ask("probing/slow", {{"steps", 1'000'000}, {"sleep_ms", 20}});
        QVERIFY(ProbeHome::until([&] { return !heard.replies.empty(); }));
        talk.cancel();
        QVERIFY(!talk.isWaiting());
        heard.replies.clear();
        QTest::qWait(100);
        QVERIFY(heard.replies.empty());
        talk.ask("probing/slow", {{"steps", 1}, {"sleep_ms", 0}});
        QVERIFY(ProbeHome::until([&] { return heard.answers() == 1; }));
        QCOMPARE(heard.replies.size(), 1U);
    }

    /// A probe that is deaf to the end of its input is killed, and nobody waits for that.
    void theServerLeavesWithTheConversation() {
        auto talk = std::make_unique<Conversation>(m_home->options({"probing/break"}));
        talk->ask("probing/break", {{"how", "loop"}});
        QVERIFY(ProbeHome::until([&] { return !ProbeHome::servers().empty(); }));
        QTest::qWait(200);
        const double before = threadCpu_ms();
        talk.reset();
        QVERIFY(threadCpu_ms() - before < 50);
        QVERIFY(!ProbeHome::servers().empty());  // it was not waited for
        QVERIFY(ProbeHome::until([] { return ProbeHome::servers().empty(); }));
    }
};

QTEST_MAIN(TestConversation)
#include "test_conversation.moc"
