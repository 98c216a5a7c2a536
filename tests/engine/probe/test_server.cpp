// SPDX-License-Identifier: Apache-2.0
// The probe server as a process of its own, asked through its client and, where the protocol itself is the matter, over
// plain pipes. This program is also the server and the worker.
#include <unistd.h>

#include <QTest>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>

#include "../decimal_comma.hpp"
#include "engine/jobs/start.hpp"
#include "engine/jobs/supervisor.hpp"
#include "engine/probe/client.hpp"
#include "engine/store/reader_child.hpp"
#include "plugin_home.hpp"

using namespace latent::engine;
using latent::test::PluginHome;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Kind = ProbeReply::Kind;

namespace {

/// The catalog of a test's home, which children find through the environment.
PluginCatalog catalogOf(const fs::path& root) {
    CatalogSettings settings;
    settings.folders = {root / "user"};
    settings.stateFolder = root / "state";
    settings.cacheFolder = root / "cache";
    settings.admission.program = latent::test::kFixtures / "latent_admission_helper";
    settings.admission.timeout = std::chrono::seconds(60);
    return PluginCatalog::scan(settings);
}

fs::path self() { return fs::read_symlink("/proc/self/exe"); }

/// `--idle S --memory-limit MB --cell N -- RUN PROBE…`
int serve(int argc, char** argv) {
    ProbeServerOrder order;
    int at = 2;
    for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
        const std::string word = argv[at];
        if (word == "--idle") order.idle_s = std::stod(argv[at + 1]);
        if (word == "--memory-limit") order.memory_mb = std::stod(argv[at + 1]);
        if (word == "--cell") order.cell = std::stoull(argv[at + 1]);
    }
    if (std::strcmp(argv[++at], "-") != 0) order.run = argv[at];
    while (++at < argc) order.probes.push_back(argv[at]);
    const PluginCatalog catalog = catalogOf(std::getenv("LATENT_TEST_HOME"));
    return static_cast<int>(serveProbes(catalog, order));
}

class Home : public PluginHome {
  public:
    Home() {
        add("probing");
        qputenv("LATENT_TEST_HOME", root().c_str());
        qputenv("XDG_STATE_HOME", (root() / "xdg").c_str());
        catalogOf(root());  // admitted once, so that servers start fast
    }
    ProbeClientOptions options(std::vector<std::string> probes) const {
        return {
            .command = {self().string(), "probe-server"}, .run = {}, .cell = {}, .probes = std::move(probes)};
    }
};

ProbeArray maskOf(const std::vector<double>& values) {
    Array array{DType::F64, {values.size()}, {}};
    array.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    return {"mask", std::move(array)};
}

struct Heard {
    std::vector<ProbeReply> replies;
    ProbeClient::Handler handler() {
        return [this](const ProbeReply& reply) { replies.push_back(reply); };
    }
    bool ended() const { return !replies.empty() && replies.back().kind != Kind::Partial; }
};

template <class Condition>
bool pollUntil(ProbeClient& client, Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) client.poll(20ms);
    return condition();
}

/// What the server says to a stream of bytes, and how it ends.
std::string talk(const Home& home, const std::vector<std::string>& words, const std::string& bytes,
                 bool close, ServerEnding& end) {
    std::vector<std::string> command = home.options({}).command;
    command.insert(command.end(), words.begin(), words.end());
    auto server = ServerProcess::start(command);
    if (!server) return server.error().message;
    std::string said;
    (*server)->send(bytes);
    while (said.empty() && (*server)->pump(said)) QTest::qSleep(5);
    if (close) {
        end = (*server)->ending();  // closes its input
        (*server)->pump(said);
    } else {
        while ((*server)->pump(said)) QTest::qSleep(5);
        end = (*server)->ending();
    }
    return said;
}

/// JSON with its quotes as apostrophes (moc loses its way in raw strings).
std::string quoted(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestServer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void answersWithArraysThatCameAlong() {
        Home home;
        ProbeClient client(home.options({"probing/echo"}));
        // Larger than any pipe, both ways; and the plugin prints meanwhile.
        std::vector<double> mask(300'000, 0.5);
        mask.back() = 4;
        const ProbeReply reply = client.askAndWait("probing/echo", {{"factor", -2}}, {maskOf(mask)}, 60s);
        QVERIFY2(reply.kind == Kind::Answer, reply.error.message.c_str());
        QCOMPARE(reply.arrays.size(), std::size_t(1));
        QCOMPARE(reply.arrays[0].name, std::string("row"));
        QCOMPARE(reply.arrays[0].data.shape, Shape{300'000});
        QCOMPARE(reply.arrays[0].data.as<double>()[0], -1.0);
        QCOMPARE(reply.arrays[0].data.as<double>()[299'999], -8.0);
        QCOMPARE(reply.values.at("sum").get<double>(), -299'999.0 - 8);
        QVERIFY(reply.parameters == nlohmann::json({{"factor", -2.0}}));
        QCOMPARE(reply.outputs.at("arrays").at(0).at("name").get<std::string>(), std::string("row"));
    }

    void partsComeInOrderAndGrow() {
        Home home;
        ProbeClient client(home.options({"probing/slow"}));
        Heard heard;
        QVERIFY(bool(client.ask("probing/slow", {{"steps", 4}, {"sleep_ms", 1}}, {}, heard.handler())));
        QVERIFY(pollUntil(client, [&] { return heard.ended(); }));
        QCOMPARE(heard.replies.size(), std::size_t(4));
        for (std::size_t i = 0; i < 4; ++i) {
            const ProbeReply& part = heard.replies[i];
            QVERIFY(part.kind == (i < 3 ? Kind::Partial : Kind::Answer));
            QCOMPARE(part.part, static_cast<int>(i));
            QCOMPARE(part.arrays.at(0).data.shape, Shape{i + 1});
            QCOMPARE(part.values.at("steps").get<std::size_t>(), i + 1);
        }
    }

    void aPausingClientLosesNoEnd() {
        Home home;
        std::vector<std::string> command = home.options({}).command;
        command.insert(command.end(), {"--", "-", "probing/echo"});
        auto server = ServerProcess::start(command);
        QVERIFY(server);
        std::string said;
        while (said.empty() && (*server)->pump(said)) QTest::qSleep(5);  // its hello
        const std::vector<double> mask(100'000, 1);                      // far more than a pipe holds
        (*server)->send(*encodeMessage(
            {{{"ask", 1}, {"probe", "probing/echo"}, {"parameters", {{"factor", 3}}}}, {maskOf(mask)}}));
        const auto pause = [&](int ms) {
            for (int i = 0; i < ms; i += 10) {
                (*server)->send("");  // goes on sending, and reads nothing
                QTest::qSleep(10);
            }
        };
        pause(1500);  // by now it answers, and waits for somebody who reads
        (*server)->send(*encodeMessage({{{"ask", 2}, {"probe", "nothing"}}, {}}));
        pause(1500);
        ProbeMessageReader reader;
        std::map<std::uint64_t, nlohmann::json> ends;
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        for (bool alive = true; alive && ends.size() < 2 && std::chrono::steady_clock::now() < deadline;) {
            alive = (*server)->pump(said);
            std::string_view left = said;
            for (auto message = reader.next(left); message && *message; message = reader.next(left))
                if ((*message)->header.contains("reply"))
                    ends[(*message)->header.at("reply").get<std::uint64_t>()] = (*message)->header;
            said.erase(0, said.size() - left.size());
            if (alive) QTest::qSleep(5);
        }
        QVERIFY(ends.contains(1) && !ends[1].contains("error"));
        QVERIFY2(ends.contains(2), "the question that is none got no end");
        QVERIFY(contains(ends[2].at("error").get<std::string>(), "names in \"probe\" one that this server"));
    }

    void numbersTravelWithAPoint() {
        const latent::test::DecimalComma comma;
        if (!comma.isInUse()) QSKIP(comma.reason());
        QTemporaryDir folder;
        const std::string words = folder.path().toStdString() + "/words";
        ProbeClientOptions options;
        options.command = {"/bin/sh", "-c", "echo \"$*\" >" + words, "words"};
        options.probes = {"probing/echo"};
        options.idle_s = 900;
        options.memory_mb = 0.5;
        ProbeClient client(options);
        const ProbeReply reply = client.askAndWait("probing/echo", nlohmann::json::object(), {}, 30s);
        QVERIFY(reply.kind == Kind::Failed);
        QCOMPARE(latent::test::textOf(words),
                 std::string("--idle 900 --memory-limit 0.5 -- - probing/echo\n"));
    }

    void aDeathIsSaidInTheLanguageOfTheSentence() {
        const latent::test::DecimalComma german(LC_ALL);
        if (!german.isInUse()) QSKIP(german.reason());
        if (std::string(::strsignal(SIGSEGV)) == "Segmentation fault")
            QSKIP("The C library has no German words here.");
        Home home;
        ProbeClient client(home.options({"probing/break"}));
        const ProbeReply reply = client.askAndWait("probing/break", {{"how", "segfault"}}, {}, 60s);
        QVERIFY2(contains(reply.error.message, "crashed (Segmentation fault)"), reply.error.message.c_str());
    }

    void shortPatienceIsSaid() {
        Home home;
        ProbeClient client(home.options({"probing/slow"}));
        const ProbeReply late = client.askAndWait("probing/slow", {{"steps", 1}, {"sleep_ms", 60'000}}, {},
                                                  std::chrono::milliseconds(250));
        QVERIFY(late.kind == Kind::Failed);
        QVERIFY2(contains(late.error.message, " within 0.25 s;"), late.error.message.c_str());
    }

    void theLatestWins() {
        Home home;
        ProbeClient client(home.options({"probing/slow"}));
        Heard first, second, third;
        QVERIFY(bool(client.ask("probing/slow", {{"steps", 100000}}, {}, first.handler())));
        QVERIFY(pollUntil(client, [&] { return !first.replies.empty(); }));  // it runs: a part has come
        QVERIFY(bool(client.ask("probing/slow", {{"steps", 100000}}, {}, second.handler())));
        QVERIFY(bool(client.ask("probing/slow", {{"steps", 2}}, {}, third.handler())));
        QVERIFY(pollUntil(client, [&] { return first.ended() && second.ended() && third.ended(); }));
        QVERIFY(first.replies.back().kind == Kind::Superseded);
        QVERIFY(second.replies.back().kind == Kind::Superseded);
        QVERIFY(third.replies.back().kind == Kind::Answer);
        QCOMPARE(third.replies.back().values.at("steps").get<int>(), 2);
    }

    void aCancelledQuestionEnds() {
        Home home;
        ProbeClient client(home.options({"probing/slow", "probing/echo"}));
        Heard running, waiting;
        const auto id = client.ask("probing/slow", {{"steps", 100000}}, {}, running.handler());
        QVERIFY(pollUntil(client, [&] { return !running.replies.empty(); }));
        const auto other =
            client.ask("probing/echo", nlohmann::json::object(), {maskOf({1})}, waiting.handler());
        client.cancel(*other);
        QVERIFY(pollUntil(client, [&] { return waiting.ended(); }));
        QVERIFY(waiting.replies.back().kind == Kind::Cancelled);
        QVERIFY(!running.ended());
        client.cancel(*id);
        QVERIFY(pollUntil(client, [&] { return running.ended(); }));
        QVERIFY(running.replies.back().kind == Kind::Cancelled);
        QVERIFY(client.askAndWait("probing/echo", nlohmann::json::object(), {maskOf({1})}, 30s).kind ==
                Kind::Answer);
    }

    void mistakesAreRepliesAndTheServerLives() {
        Home home;
        ProbeClient client(home.options({"probing/slow", "probing/echo", "probing/break"}));
        const auto sentence = [&](const char* probe, const nlohmann::json& parameters) {
            const ProbeReply reply = client.askAndWait(probe, parameters, {}, 30s);
            return reply.kind == Kind::Failed ? reply.error.message : "no error";
        };
        const ProbeReply two = client.askAndWait("probing/slow", {{"stpes", 3}, {"sleep_ms", -1}}, {}, 30s);
        QVERIFY(two.kind == Kind::Failed && two.error.exit == Exit::BadRequest);
        QCOMPARE(two.fields.size(), std::size_t(2));
        QVERIFY2(contains(two.error.message, "steps") && contains(two.error.message, "sleep_ms"),
                 two.error.message.c_str());
        QCOMPARE(sentence("probing/break", {{"how", "throw"}}), std::string("The probe threw this."));
        QCOMPARE(sentence("probing/echo", nlohmann::json::object()), std::string("Paint a mask first."));
        const std::string undeclared = sentence("probing/break", {{"how", "undeclared"}});
        QVERIFY2(contains(undeclared, "The probe declares no array \"rwo\""), undeclared.c_str());
        QVERIFY(contains(sentence("probing/break", {{"how", "rank"}}), "is declared as place, not as 1 x 2"));
        QVERIFY(contains(sentence("probing/other", nlohmann::json::object()), "names in \"probe\" one that"));
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 30s).kind == Kind::Answer);
    }

    void aServerThatCannotStartSaysWhy() {
        Home home;
        const auto sentence = [&](ProbeClientOptions options) {
            const std::string probe = options.probes.front();
            ProbeClient client(std::move(options));
            return client.askAndWait(probe, nlohmann::json::object(), {}, 30s).error.message;
        };
        QCOMPARE(sentence(home.options({"probing/run"})),
                 std::string("The probe \"probing/run\" asks about a run; name one."));
        QVERIFY(contains(sentence(home.options({"probing/nothing"})), "probing/nothing"));
        ProbeClientOptions nowhere = home.options({"probing/run"});
        nowhere.run = home.root() / "nowhere";
        QVERIFY(contains(sentence(nowhere), "nowhere"));
        ProbeClientOptions noProgram = home.options({"probing/slow"});
        noProgram.command = {"/no/such/program"};
        QVERIFY(contains(sentence(noProgram), "/no/such/program could not be started"));
    }

    void aCrashIsASentenceAndTheNextQuestionIsAnswered() {
        Home home;
        ProbeClientOptions options = home.options({"probing/break", "probing/slow"});
        ProbeClient client(options);
        const std::string crash =
            client.askAndWait("probing/break", {{"how", "segfault"}}, {}, 60s).error.message;
        QVERIFY2(contains(crash, "crashed (Segmentation fault) while it was asked \"probing/break\"") &&
                     contains(crash, "about to fall"),
                 crash.c_str());
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).kind == Kind::Answer);
        QVERIFY(contains(client.askAndWait("probing/break", {{"how", "exit"}}, {}, 60s).error.message,
                         "ended with exit code 7"));
        QVERIFY(contains(client.askAndWait("probing/break", {{"how", "exit"}}, {}, 60s).error.message,
                         "ended with exit code 7"));
        const std::string enough =
            client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).error.message;
        QVERIFY2(contains(enough, "crashed 3 times in 300 s and is not started again"), enough.c_str());
    }

    void aDeafProbeIsEndedAndALeakToo() {
        Home home;
        ProbeClientOptions options = home.options({"probing/break", "probing/slow"});
        options.memory_mb = 400;
        ProbeClient client(options);
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).kind == Kind::Answer);
        const ProbeReply late = client.askAndWait("probing/break", {{"how", "loop"}}, {}, 300ms);
        QVERIFY2(contains(late.error.message, "did not answer within"), late.error.message.c_str());
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).kind == Kind::Answer);
        const ProbeReply leak = client.askAndWait("probing/break", {{"how", "leak"}}, {}, 60s);
        QVERIFY2(contains(leak.error.message, "more than 400 MB of memory"), leak.error.message.c_str());
    }

    void itLeavesWhenIdleAndAtTheEndOfItsInput() {
        Home home;
        ServerEnding end;
        std::string said = talk(home, {"--idle", "0.1", "--", "-", "probing/slow"}, {}, false, end);
        QVERIFY(contains(said, "\"hello\""));
        QVERIFY2(end.clean, end.how.c_str());
        // End of the input while a question runs: it sees cancelled() and the server leaves.
        const std::string ask = *encodeMessage(
            {{{"ask", 1}, {"probe", "probing/slow"}, {"parameters", {{"steps", 1000000}}}}, {}});
        said = talk(home, {"--", "-", "probing/slow"}, ask, true, end);
        QVERIFY2(end.clean, end.how.c_str());
        // A client whose server has left idle asks the next one.
        ProbeClientOptions options = home.options({"probing/slow"});
        options.idle_s = 0.1;
        ProbeClient client(options);
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).kind == Kind::Answer);
        QTest::qSleep(600);
        QVERIFY(client.askAndWait("probing/slow", nlohmann::json::object(), {}, 60s).kind == Kind::Answer);
    }

    void hostileInputEndsTheServerWithASentence() {
        Home home;
        ServerEnding end;
        const std::string said = talk(home, {"--", "-", "probing/slow"}, std::string(64, '\xff'), false, end);
        QVERIFY(contains(said, "begins with a header of"));
        QCOMPARE(end.how, std::string("ended with exit code 3"));
        // Messages in step that make no sense are replies.
        std::string odd;
        for (const std::string& header :
             {quoted("{'ask': -1}"), quoted("{'ask': 'x'}"), quoted("{'cancel': 99}"),
              quoted("{'ask': 5, 'probe': 7}"), quoted("{'ask': 5, 'probe': 'probing/slow'}"),
              quoted("{'ask': 6, 'probe': 'probing/slow', 'parameters': [1]}"),
              quoted("{'ask': 7, 'probe': 'probing/slow', 'preset': 'none'}")})
            odd += *encodeMessage({nlohmann::json::parse(header), {}});
        const std::string all = talk(home, {"--idle", "0.3", "--", "-", "probing/slow"}, odd, false, end);
        QVERIFY2(end.clean, end.how.c_str());
        QVERIFY(contains(all, "needs \\\"ask\\\" with an id above") &&
                contains(all, "\\\"parameters\\\", an object") && contains(all, "none"));
    }

    void aRunIsReadAndNotTouched() {
        Home home;
        home.add("misbehave");
        setWorkerCommand({self().string(), "worker"});
        const PluginCatalog catalog = catalogOf(home.root());
        RunOrder order;
        order.experiment = "misbehave/ok";
        order.runs = home.root() / "runs";
        order.threads = 1;
        const auto run = prepareRun(catalog, order);
        QVERIFY2(bool(run), run ? "" : run.error().message.c_str());
        const auto outcome = superviseRun(*run, catalogLoader(catalog), {});
        QVERIFY(outcome && outcome->state == "done");
        const auto snapshot = [&] {
            std::map<std::string, std::string> all;
            for (const auto& file : fs::recursive_directory_iterator(*run))
                if (file.is_regular_file()) all[file.path().string()] = latent::test::textOf(file.path());
            return all;
        };
        const auto before = snapshot();
        ProbeClientOptions options = home.options({"probing/run"});
        options.run = *run;
        {
            ProbeClient client(options);
            const ProbeReply reply = client.askAndWait("probing/run", {{"shift", 10}}, {}, 60s);
            QVERIFY2(reply.kind == Kind::Answer, reply.error.message.c_str());
            QCOMPARE(reply.values.at("sum").get<double>(), 13.0);  // 0 + 1 + 2 + 10
        }
        QVERIFY(snapshot() == before);
        options.cell = 4;
        ProbeClient wrongCell(options);
        QVERIFY(contains(wrongCell.askAndWait("probing/run", nlohmann::json::object(), {}, 60s).error.message,
                         "has no cell 4"));
    }
};

int main(int argc, char** argv) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "probe-server") return serve(argc, argv);
    if (word == "reader-child") return readerChildMain(STDIN_FILENO, STDOUT_FILENO);
    setReaderChildCommand({self().string(), "reader-child"});
    TestServer test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_server.moc"
