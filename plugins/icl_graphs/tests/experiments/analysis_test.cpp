// SPDX-License-Identifier: Apache-2.0
// Recordings that were planted, and the one of Llama-3.1-8B: what icl/analysis finds in them.
#include <QtTest>
#include <cmath>

#include "experiments/analysis_plan.hpp"
#include "experiments/token_bootstrap.hpp"
#include "published.hpp"

using namespace icl_graphs;

class AnalysisTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path folder() const { return m_folder.path().toStdString(); }
    fs::path at(const char* name) const { return folder() / name; }

  private Q_SLOTS:
    void analysisFindsThePlantedMap() {
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Analysis>(planted(folder()), host), QString());
        // The last row is layer 7; rows before it, layer 1.
        std::vector<double> rayleigh(host.rows.at("rayleigh").size() / 8);
        std::memcpy(rayleigh.data(), host.rows.at("rayleigh").data(), host.rows.at("rayleigh").size());
        QCOMPARE(rayleigh.size(), std::size_t{6});
        QVERIFY(std::abs(rayleigh[2] - 3.2) < .5);
        QVERIFY(rayleigh[5] < 2.4);
        QVERIFY(number(host, "rayleigh_interval", 0) < rayleigh[5] &&
                number(host, "rayleigh_interval", 1) > rayleigh[5] - .2);
        QVERIFY(std::abs(number(host, "beyond_mixing", 2) - 3.2) < .6);  // nothing beyond mixing was planted
        QVERIFY(number(host, "mixing_explained", 2) > .9);
        QVERIFY(number(host, "rayleigh", 2) <
                number(host, "rayleigh_null", 2 * 3 + 1));  // below permuted labels
        QVERIFY(number(host, "rayleigh", 2) >
                number(host, "rayleigh_mixing", 2 * 3 + 1) - .05);  // and no more than mixing
        // What mixing leaves on the first component is as much, wherever the words stand.
        const std::size_t components = host.published.at("component").bytes.size() / sizeof(std::int32_t);
        QVERIFY(number(host, "explained_variance_mixing", 2 * 3 + 1) <
                    number(host, "explained_variance", 2 * components) + .01 &&
                number(host, "explained_variance_mixing", 2 * 3 + 2) >
                    number(host, "explained_variance", 2 * components) - .01 &&
                number(host, "explained_variance_mixing", 2 * 3 + 1) > 1. / 15);
        QVERIFY(std::abs(number(host, "rayleigh_shuffled", 2) - 3.2) < .6 &&
                number(host, "rayleigh_shuffled", 2) > rayleigh[5] + .4);
        QVERIFY(std::isnan(number(host, "stored_means_error")));
        QCOMPARE(pausesChangeNothing<Analysis>(planted(folder()), "layer"), QString());
        FakeJob one;
        QCOMPARE(publishesWhatItDeclares<Analysis>(
                     planted(folder(), {{"layers", {7}}, {"keep_means", false}}), one),
                 QString());
        QCOMPARE(one.rows.at("layer").size(), sizeof(std::int64_t));
    }

    /// Prompts of two words each: a word at the beginning of a prompt has none before it, whatever ended the prompt before.
    void promptsDoNotFollowEachOther() {
        const int dim = 32, prompts = 400;
        const MixingModel own({.nodes = 4, .dim = dim}, 1), copied({.nodes = 4, .dim = dim}, 2);
        latent::learn::RandomStream random(3, "pairs");
        std::vector<float> states, ids, offsets{0};
        nlohmann::json nodes = nlohmann::json::array();
        for (int p = 0; p < prompts; ++p) {
            const int first = static_cast<int>(random.below(4)),
                      second = (first + 1 + 2 * static_cast<int>(random.below(2))) % 4;
            for (const auto& [now, before] : {std::pair{first, -1}, {second, first}}) {
                nodes.push_back(now);
                for (int d = 0; d < dim; ++d)
                    states.push_back(static_cast<float>(own.embeddings()(now, d) +
                                                        (before >= 0 ? copied.embeddings()(before, d) : 0)));
            }
        }
        std::string bytes(reinterpret_cast<const char*>(states.data()), states.size() * 4);
        for (std::int64_t p = 0; p <= prompts; ++p) {
            const std::int64_t offset = 2 * p;
            bytes.append(reinterpret_cast<const char*>(&offset), 8);
        }
        const int size = 2 * prompts * dim * 4;
        const std::string header =
            nlohmann::json{
                {"hidden", {{"dtype", "F32"}, {"shape", {1, 2 * prompts, dim}}, {"data_offsets", {0, size}}}},
                {"prompt_offsets",
                 {{"dtype", "I64"},
                  {"shape", {prompts + 1}},
                  {"data_offsets", {size, size + 8 * (prompts + 1)}}}}}
                .dump();
        std::ofstream out(at("prompts.safetensors"), std::ios::binary);
        const std::uint64_t length = header.size();
        out.write(reinterpret_cast<const char*>(&length), 8);
        out << header << bytes;
        out.close();
        std::ofstream(at("nodes.json")) << nodes;
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Analysis>(
                     with<Analysis>({{"recording", at("prompts.safetensors").string()},
                                     {"sequence", at("nodes.json").string()},
                                     {"family", "ring"},
                                     {"nodes", 4},
                                     {"contexts", 1},
                                     {"null_draws", 5},
                                     {"components", 3},
                                     {"bootstrap_draws", 5}}),
                     host),
                 QString());
        QVERIFY2(number(host, "mixing_explained") > .999,
                 qPrintable(QString::number(number(host, "mixing_explained"))));
        QVERIFY(refusal<Analysis>(with<Analysis>({{"recording", at("prompts.safetensors").string()},
                                                  {"sequence", at("nodes.json").string()},
                                                  {"words", "days"}}))
                    .contains("7 words for the 16 nodes"));
    }

    /// Other tokens stand between the words, and words before the recorded ones: contexts count words alone.
    void contextsCountWords() {
        const int tokens = 60;
        std::vector<float> states(tokens * 4), probabilities(tokens * 4, 0);
        nlohmann::json nodes = nlohmann::json::array();
        for (int i = 0; i < 10; ++i)
            nodes.push_back(i % 2 == 0 ? i / 2 % 4 : -1);  // five words that were not recorded
        latent::learn::RandomStream random(3, "states");
        for (int t = 0; t < tokens; ++t) {
            // A word, another token, the next word of the ring, another token …
            nodes.push_back(t % 2 == 0 ? t / 2 % 4 : -1);
            for (int d = 0; d < 4; ++d)
                states[static_cast<std::size_t>(4 * t + d)] = static_cast<float>(random.normal());
        }
        latent::learn::writeSafetensors(
            at("between.safetensors"),
            {{"hidden.L1", {tokens, 4}, states}, {"node_probs", {tokens, 4}, probabilities}});
        std::ofstream(at("between.json")) << nodes;
        const AnalysisPlan plan =
            AnalysisPlan::of(with<Analysis>({{"recording", at("between.safetensors").string()},
                                             {"sequence", at("between.json").string()},
                                             {"family", "ring"},
                                             {"nodes", 4},
                                             {"window", 10}}));
        QCOMPARE(plan.contexts.back(), std::int64_t{5 + tokens / 2});
        QCOMPARE(plan.positions().front(), std::int64_t{5});
        QCOMPARE(plan.positions()[2], std::int64_t{6});
        for (const double a : plan.accuracyByToken())
            QVERIFY(std::isnan(a));  // another token comes next, never a neighbour
        const LastWindow last = LastWindow::of(plan, plan.positions());
        QCOMPARE(last.tokens.size(), std::size_t{10});
        QVERIFY(!plan.hasBeginning());
    }

    /// Edges that words show which follow each other, whatever stands between them: 0–1, a teleport, 3–2, then all is one.
    void edgesSeenMakeAGiantComponent() {
        const std::vector<int> nodes{0, -1, 1, 3, 2, -1, 1, 0, 3};
        latent::learn::writeSafetensors(at("seen.safetensors"),
                                        {{"hidden.L1", {9, 4}, std::vector<float>(36, .5F)}});
        std::ofstream(at("seen.json")) << nlohmann::json(nodes);
        const AnalysisPlan plan =
            AnalysisPlan::of(with<Analysis>({{"recording", at("seen.safetensors").string()},
                                             {"sequence", at("seen.json").string()},
                                             {"family", "path"},
                                             {"nodes", 4},
                                             {"components", 3}}));
        const std::vector<double> giant = plan.giantByToken(), known{.25, NAN, .5, .5, .5, NAN, 1, 1, 1};
        for (std::size_t t = 0; t < known.size(); ++t)
            QVERIFY2(std::isnan(known[t]) ? std::isnan(giant[t]) : giant[t] == known[t],
                     qPrintable(QString("%1: %2").arg(t).arg(giant[t])));
    }

    /// What the bootstrap is over are words, however many other tokens stand between them.
    void theBootstrapCountsWords() {
        const int tokens = 8300;
        for (const int every : {2, 1}) {
            nlohmann::json nodes = nlohmann::json::array();
            for (int t = 0; t < tokens; ++t) nodes.push_back(t % every == 0 ? t / every % 4 : -1);
            if (every == 2) nodes[0] = -1;
            for (int t = 2; t < 120; ++t)
                if (every == 2) nodes[static_cast<std::size_t>(t)] = -1;  // 4,091 words are left
            latent::learn::writeSafetensors(
                at("long.safetensors"),
                {{"hidden.L1", {tokens, 4}, std::vector<float>(static_cast<std::size_t>(tokens) * 4, 1)}});
            std::ofstream(at("long.json")) << nodes;
            const QString said =
                refusal<Analysis>(with<Analysis>({{"recording", at("long.safetensors").string()},
                                                  {"sequence", at("long.json").string()},
                                                  {"family", "ring"},
                                                  {"nodes", 4},
                                                  {"components", 3},
                                                  {"window", 9000}}));
            QVERIFY2(every == 2 ? said.isEmpty() : said.contains("more than 4096 words"), qPrintable(said));
        }
    }

    /// What ought to come next is a neighbour only where a neighbour came.
    void accuracyIsCountedWhereANeighbourComes() {
        // On a ring of four: a step, a teleport to the node opposite, steps, the end of prompt 1; one step in prompt 2.
        const std::vector<int> nodes{0, 1, 3, 2, 1, 2, 3};
        std::vector<float> states, probabilities;
        for (std::size_t t = 0; t < nodes.size(); ++t)
            for (int v = 0; v < 4; ++v) {
                states.push_back(static_cast<float>(t) + static_cast<float>(v * v));
                probabilities.push_back(.1F * static_cast<float>(v));
            }
        std::string bytes(reinterpret_cast<const char*>(states.data()), states.size() * 4);
        bytes.append(reinterpret_cast<const char*>(probabilities.data()), probabilities.size() * 4);
        for (const std::int64_t offset : {0, 5, 7}) bytes.append(reinterpret_cast<const char*>(&offset), 8);
        const auto tensor = [](const char* type, const std::vector<int>& shape, int begin, int end) {
            return nlohmann::json{{"dtype", type}, {"shape", shape}, {"data_offsets", {begin, end}}};
        };
        const std::string header = nlohmann::json{{"hidden", tensor("F32", {1, 7, 4}, 0, 112)},
                                                  {"node_probs", tensor("F32", {7, 4}, 112, 224)},
                                                  {"prompt_offsets", tensor("I64", {3}, 224, 248)}}
                                       .dump();
        {
            std::ofstream out(at("probs.safetensors"), std::ios::binary);
            const std::uint64_t length = header.size();
            out.write(reinterpret_cast<const char*>(&length), 8);
            out << header << bytes;
        }
        std::ofstream(at("probs.json")) << nlohmann::json(nodes);
        const AnalysisPlan plan =
            AnalysisPlan::of(with<Analysis>({{"recording", at("probs.safetensors").string()},
                                             {"sequence", at("probs.json").string()},
                                             {"family", "ring"},
                                             {"nodes", 4},
                                             {"window", 3}}));
        const std::vector<double> accuracy = plan.accuracyByToken();
        const std::vector<double> expected{.4, NAN, .2, .4, NAN, .4, NAN};  // neighbours: 1 + 3, or 0 + 2
        for (std::size_t t = 0; t < expected.size(); ++t)
            QVERIFY2(std::isnan(expected[t]) ? std::isnan(accuracy[t])
                                             : std::abs(accuracy[t] - expected[t]) < 1e-6,
                     qPrintable(QString("%1: %2").arg(t).arg(accuracy[t])));
        // With labels elsewhere on the ring the same tokens count; learners begin anew with each prompt.
        const Graph moved = fromEdges(4, {{0, 2}, {2, 1}, {1, 3}, {3, 0}});
        const CountBaselines learners = plan.countedByToken();
        const std::vector<double> elsewhere{.5, NAN, .1, .1, NAN, .1, NAN},
            counts{0, NAN, 1. / 3, .5, NAN, 0, NAN}, permuted = plan.accuracyByToken(&moved);
        for (std::size_t t = 0; t < expected.size(); ++t)
            for (const auto& [found, known] : {std::pair{permuted[t], elsewhere[t]},
                                               {learners.unigram[t], counts[t]},
                                               {learners.induction[t], counts[t]}})
                QVERIFY2(std::isnan(known) ? std::isnan(found) : std::abs(found - known) < 1e-6,
                         qPrintable(QString("%1: %2").arg(t).arg(found)));
        FakeJob host;
        QCOMPARE(
            publishesWhatItDeclares<Analysis>(with<Analysis>({{"recording", at("probs.safetensors").string()},
                                                              {"sequence", at("probs.json").string()},
                                                              {"family", "ring"},
                                                              {"nodes", 4},
                                                              {"window", 5},
                                                              {"components", 2},
                                                              {"null_draws", 200},
                                                              {"bootstrap_draws", 0},
                                                              {"contexts", 1},
                                                              {"first_context", 5}}),
                                              host),
            QString());
        // Over all permutations each other word is a neighbour in two of three; over the four tokens that count.
        QVERIFY(std::abs(number(host, "accuracy_permuted") - (.6 + .3 + .4 + .4) / 4 * 2 / 3) < .03);
        QVERIFY(number(host, "accuracy_permuted", 1) < number(host, "accuracy_permuted", 2));
        QVERIFY(std::abs(number(host, "accuracy_unigram") - (1. / 3 + .5) / 4) < 1e-9);
        // The first word of the window follows the one before it, where the prompt does not begin there.
        const LastWindow last = LastWindow::of(plan, plan.positions());
        QVERIFY((last.withGaps == std::vector<int>{-1, 1, 3, 2, 1, -1}));
    }

    /// Where a recording says after which words a neighbour ought to come, all that is compared is over just these. On a
    /// complete graph every permutation has the neighbours that are there, so that the null is what was measured.
    void massAndItsNullsAreOfTheSameTokens() {
        const std::vector<int> nodes{0, 1, 3, 2, 1, 2, 3, 0};
        const std::vector<bool> asks{true, false, true, true, false, false, true, true};
        std::vector<float> states, probabilities, mass;
        for (std::size_t t = 0; t < nodes.size(); ++t) {
            mass.push_back(0);
            for (int v = 0; v < 4; ++v) {
                states.push_back(static_cast<float>(t) + static_cast<float>(v * v));
                probabilities.push_back(asks[t] ? .05F * static_cast<float>(v) + .01F * static_cast<float>(t)
                                                : .9F);
                if (v != nodes[t]) mass.back() += probabilities.back();
            }
            if (!asks[t]) mass.back() = NAN;
        }
        latent::learn::writeSafetensors(at("mass.safetensors"), {{"hidden.L1", {8, 4}, states},
                                                                 {"node_probs", {8, 4}, probabilities},
                                                                 {"neighbour_mass", {8}, mass}});
        std::ofstream(at("mass.json")) << nlohmann::json(nodes);
        const latent::Parameters p =
            with<Analysis>({{"recording", at("mass.safetensors").string()},
                            {"sequence", at("mass.json").string()},
                            {"family", "edges"},
                            {"edges", {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}},
                            {"window", 5},
                            {"components", 2},
                            {"null_draws", 20},
                            {"bootstrap_draws", 0},
                            {"contexts", 2},
                            {"first_context", 5}});
        const AnalysisPlan plan = AnalysisPlan::of(p);
        const CountBaselines learners = plan.countedByToken();
        const std::vector<double> accuracy = plan.accuracyByToken();
        for (std::size_t t = 0; t < nodes.size(); ++t)
            for (const double value : {accuracy[t], learners.unigram[t], learners.induction[t]})
                QVERIFY2(std::isfinite(value) == asks[t], qPrintable(QString::number(t)));
        // 1 and 3 stand beside each other where no neighbour was asked for, which shows no edge.
        const std::vector<double> giant = plan.giantByToken();
        QCOMPARE(std::vector<double>(giant.begin(), giant.begin() + 5),
                 (std::vector<double>{.25, .5, .5, .5, 1}));
        QVERIFY(std::abs(learners.unigram[6] - 5. / 7) < 1e-12);  // 3 was read twice in seven
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Analysis>(p, host), QString());
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t side = 0; side < 3; ++side)
                QVERIFY(std::abs(number(host, "accuracy_permuted", 3 * c + side) -
                                 number(host, "accuracy", c)) < 1e-6);
    }

    void theLlamaRecording() {
        const fs::path data = qEnvironmentVariableIsSet("LATENT_TEST_DATA")
                                  ? fs::path(qEnvironmentVariable("LATENT_TEST_DATA").toStdString())
                                  : fs::path(LATENT_SOURCE_DIR) / "../shared/data";
        const fs::path folder = fs::absolute(data / "llama31_8b_grid4x4");
        if (!fs::exists(folder / "pca.npz"))
            QSKIP(
                "The recording of Llama-3.1-8B is not here (LATENT_TEST_DATA names the folder of "
                "llama31_8b_grid4x4).");
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Analysis>(
                     with<Analysis>({{"recording", (folder / "pca.npz").string()},
                                     {"sequence", (folder / "sequence.json").string()},
                                     {"words", "grid16"}}),
                     host),
                 QString());
        QVERIFY(number(host, "stored_means_error") < 1e-6);  // over their size: recordings_test.cpp says why
        // papers/icl_graphs 1.3, found there independently: .986 and .982.
        QVERIFY(std::abs(number(host, "alignment", 0) - .986) < 1e-3 &&
                std::abs(number(host, "alignment", 1) - .982) < 1e-3);
        QVERIFY(number(host, "grid_r2") > .95 && number(host, "grid_r2_null", 2) < .5);
        QVERIFY(number(host, "rayleigh") < number(host, "rayleigh_null", 1));
        QVERIFY(number(host, "alignment_interval", 0) < number(host, "alignment", 1));
    }
};

QTEST_APPLESS_MAIN(AnalysisTest)
#include "analysis_test.moc"
