// SPDX-License-Identifier: Apache-2.0
// The data source without a host: prompts as text, node ids, token ids and JSON, and what is said where they cannot be written.
#include "experiments/graphs_source.hpp"

#include <QtTest>

#include "published.hpp"

using namespace icl_graphs;

namespace {

const fs::path kModel = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder/fixtures/llama";

}  // namespace

class GraphsSourceTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path at(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void promptsThatCannotBeWrittenAreSaid() {
        if (!fs::exists("/dev/full")) QSKIP("There is no /dev/full here.");
        const GraphStudy study = GraphStudy::of(with<GraphsSource>({{"length", 50}}));
        const auto refused = [&](const fs::path& file) {
            try {
                writePrompts(study, 3, file);
                return QString("written");
            } catch (const latent::RunError& e) {
                return QString::fromUtf8(e.what());
            }
        };
        fs::create_symlink("/dev/full", at("prompts.json.partial"));
        QVERIFY(refused(at("prompts.json")).contains("disk is full"));
        QVERIFY(!fs::exists(at("prompts.json")) && !fs::is_symlink(at("prompts.json.partial")));
        QVERIFY(refused(at("absent") / "prompts.json").contains("cannot be written"));
        QCOMPARE(refused(at("prompts.json")), QString("written"));
    }

    void graphsAndPrompts() {
        FakeJob host;
        latent::Job job(&host);
        GraphsSource().run(with<GraphsSource>({{"length", 50}, {"prompts", 3}}), job);
        QVERIFY((host.published.at("node_ids").shape == std::vector<int64_t>{3, 50}));
        QCOMPARE(host.published.at("edges").shape[0], int64_t{24});
        std::ifstream file(job.file("prompts.json"));
        const nlohmann::json prompts = nlohmann::json::parse(file);
        QCOMPARE(prompts.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {
            std::vector<std::int32_t> ids(50);
            std::memcpy(ids.data(), host.published.at("node_ids").bytes.data() + i * 200, 200);
            QCOMPARE(prompts[i].at("node_ids").get<std::vector<std::int32_t>>(), ids);
        }
        QVERIFY(!prompts[0].contains("token_ids"));
        // The first eigenvector is the constant, and the vectors are rows.
        QVERIFY((host.published.at("laplacian_vector").shape == std::vector<int64_t>{16, 16}));
        for (std::size_t i = 0; i < 16; ++i)
            QVERIFY(std::abs(std::abs(number(host, "laplacian_vector", i)) - .25) < 1e-12);
        FakeJob mixed;
        QCOMPARE(publishesWhatItDeclares<GraphsSource>(
                     with<GraphsSource>({{"length", 50}, {"prompts", 2}, {"second_graph", "ring"}}), mixed),
                 QString());
        QVERIFY(number(mixed, "edges_seen_second", 49) > 0 && number(mixed, "edges_seen_second", 49) <= 1);
    }

    /// As an array and in the JSON; the vocabulary alone is read, and a word that is no token is named.
    void promptsAsTokenIds() {
        fs::create_directories(at("tokenizer"));
        std::ofstream(at("tokenizer") / "tokenizer.json")
            << R"({"model": {"vocab": {"\u0120a": 11, "\u0120b": 12, "\u0120c": 13}}})";
        const Values three{{"family", "ring"},      {"nodes", 3},
                           {"words", "own"},        {"own_words", {"a", "b", "c"}},
                           {"placement", "listed"}, {"length", 50},
                           {"prompts", 2},          {"vocabulary", at("tokenizer").string()}};
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<GraphsSource>(with<GraphsSource>(three), host), QString());
        latent::Job job(&host);
        std::ifstream file(job.file("prompts.json"));
        const nlohmann::json prompts = nlohmann::json::parse(file);
        std::vector<std::int32_t> nodes(100), tokens(100);
        std::memcpy(nodes.data(), host.published.at("node_ids").bytes.data(), 400);
        std::memcpy(tokens.data(), host.published.at("token_ids").bytes.data(), 400);
        for (std::size_t i = 0; i < 100; ++i) {
            QCOMPARE(tokens[i], nodes[i] + 11);
            QCOMPARE(prompts[i / 50].at("token_ids")[i % 50], nlohmann::json(tokens[i]));
        }
        QVERIFY(refusal<GraphsSource>(with<GraphsSource>({{"vocabulary", at("tokenizer").string()}}))
                    .contains("is not one token"));
        QVERIFY(refusal<GraphsSource>(with<GraphsSource>({{"vocabulary", at("absent").string()}}))
                    .contains("There is no vocabulary at"));
        QVERIFY(refusal<GraphsSource>(with<GraphsSource>({{"vocabulary", kModel.string()},
                                                          {"family", "ring"},
                                                          {"nodes", 3},
                                                          {"words", "own"},
                                                          {"own_words", {"word0", "word1", "word2"}}}))
                    .isEmpty());
        // A run takes what its outputs have read, and no other's.
        const auto runs = [&](GraphsSource& source, const latent::Parameters& p) {
            FakeJob quiet;
            latent::Job it(&quiet);
            try {
                source.run(p, it);
                return quiet.published.contains("token_ids");
            } catch (const latent::RunError&) {
                return false;
            }
        };
        GraphsSource same, other;
        same.outputs(with<GraphsSource>(three));
        nlohmann::json longer = with<GraphsSource>(three).json();
        other.outputs(with<GraphsSource>(three));
        longer["length"] = 60;
        fs::remove_all(at("tokenizer"));
        QVERIFY(runs(same, with<GraphsSource>(three)));
        QVERIFY(!runs(same, with<GraphsSource>(three)));  // the next one would read it anew
        QVERIFY(!runs(other, latent::Parameters::fromJson(longer)));
    }
};

QTEST_APPLESS_MAIN(GraphsSourceTest)
#include "graphs_source_test.moc"
