// SPDX-License-Identifier: Apache-2.0
// The experiments without a host: they publish what they declare, pauses change nothing, planted maps are found, and what cannot be is said.
#include <QtTest>
#include <cmath>
#include <set>

#include "decoder/load.hpp"
#include "experiments/attend.hpp"
#include "experiments/graphs_source.hpp"
#include "experiments/model.hpp"
#include "experiments/model_plan.hpp"
#include "experiments/oracle.hpp"
#include "experiments/replicate.hpp"
#include "experiments/train.hpp"
#include "graphs/nth_seed.hpp"
#include "published.hpp"

using namespace icl_graphs;

namespace {

const fs::path kModel = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder/fixtures/llama";

}  // namespace

class ExperimentsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path folder() const { return m_folder.path().toStdString(); }
    fs::path at(const char* name) const { return folder() / name; }

    static latent::Parameters small(Values more = {}) {
        nlohmann::json words = nlohmann::json::array();
        for (int i = 0; i < 7; ++i) words.push_back("word" + std::to_string(i * 5));
        nlohmann::json json = with<Model>({{"model", kModel.string()},
                                           {"family", "ring"},
                                           {"nodes", 7},
                                           {"words", "own"},
                                           {"own_words", words},
                                           {"length", 60},
                                           {"prompts", 2},
                                           {"replicates", 2},
                                           {"contexts", 8},
                                           {"first_context", 8},
                                           {"null_draws", 8},
                                           {"ablated_heads", 1}})
                                  .json();
        for (const auto& [name, value] : more) json[name] = value;
        return latent::Parameters::fromJson(json);
    }

  private Q_SLOTS:
    void oracle() {
        const latent::Parameters p = with<Oracle>(
            {{"length", 300}, {"replicates", 3}, {"dim", 64}, {"contexts", 4}, {"null_draws", 10}});
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Oracle>(p, host), QString());
        QVERIFY(number(host, "rayleigh", 3) < 2.6);  // the last replicate at the longest context
        QVERIFY(number(host, "alignment", 7) > .8);
        QCOMPARE(pausesChangeNothing<Oracle>(p, "replicate"), QString());
        FakeJob days;
        nlohmann::json json = with<Oracle>({}).json();
        const nlohmann::json schema = Oracle::parameters().toJson();
        for (const auto& preset : schema.at("presets"))
            if (preset.at("name") == "days") json.update(preset.at("values"));
        json["replicates"] = 1;
        QCOMPARE(publishesWhatItDeclares<Oracle>(latent::Parameters::fromJson(json), days), QString());
        const std::size_t last = days.published.at("calendar_alignment").bytes.size() / 8 - 1;
        QVERIFY2(number(days, "calendar_alignment", last) > .4,
                 qPrintable(QString::number(number(days, "calendar_alignment", last))));
        const std::size_t contexts = days.published.at("calendar_shuffled").bytes.size() / 8;
        QVERIFY(number(days, "calendar_alignment", last) >
                number(days, "calendar_null_band", 3 * contexts - 1));
    }

    void promptsStartAtDifferentNodes() {
        for (int nodes = 3; nodes < 40; ++nodes) {
            const GraphStudy study =
                GraphStudy::of(with<Oracle>({{"family", "ring"}, {"nodes", nodes}, {"length", 8}}));
            std::set<int> starts;
            for (int prompt = 0; prompt < nodes; ++prompt) starts.insert(study.sequence(1, prompt).nodes[0]);
            QCOMPARE(static_cast<int>(starts.size()), nodes);
        }
    }

    /// Seeds of parts are no sums: neighbouring seeds share none.
    void partsOfSeedsDiffer() {
        std::set<std::uint64_t> all;
        for (std::uint64_t seed = 0; seed < 30; ++seed)
            for (std::uint64_t n = 0; n < 30; ++n) all.insert(nthSeed(seed, n));
        QCOMPARE(all.size(), std::size_t{900});
        // The second placement of one seed and the first of the next draw other permutations of the same map.
        const auto draws = [](std::uint64_t seed, std::int64_t number) {
            ModelPlan plan;
            plan.study.seed = seed;
            ReplicateResult placement;
            placement.number = number;
            return permutedLabels(MixingModel({.nodes = 16, .dim = 16}, 1).embeddings(), makeGrid(4, 4),
                                  {.draws = 20}, placement.seedOf(plan))
                .alignmentDraws;
        };
        const std::vector<double> second = draws(0, 1), next = draws(1, 0);
        QCOMPARE(second.size(), std::size_t{20});
        QVERIFY(second == draws(0, 1) && second != next);
        std::size_t same = 0;
        for (std::size_t d = 0; d < 20; ++d) same += second[d] == next[d] ? 1 : 0;
        QVERIFY(same < 3);
        const GraphStudy zero = GraphStudy::of(with<Oracle>({{"length", 8}})),
                         one = GraphStudy::of(with<Oracle>({{"length", 8}, {"seed", 1}}));
        QVERIFY(zero.words(1) != one.words(0));
    }

    /// A word that stands twice in a row has not been followed by itself yet: its attention to itself is no induction.
    void aWordDoesNotFollowItself() {
        const LoadedModel model = loadDecoder(kModel);
        const Decoder decoder(model.weights);
        const std::vector<int> tokens{1, 2, 3, 4, 5, 6, 7, 8, 9}, nodes{0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 8};
        const Reader::Heard heard = Reader(decoder, tokens, -1, 1).read(nodes, {.scoresAgainst = nodes});
        for (const double score : heard.scores.induction) QCOMPARE(score, 0.0);
        for (const double score : heard.scores.inductionNull) QCOMPARE(score, 0.0);
        QCOMPARE(heard.scores.inductionEven, 0.0);
        std::vector<int> read;
        for (const int node : nodes) read.push_back(tokens[static_cast<std::size_t>(node)]);
        const auto maps = attentionMaps(decoder, read, 0, nodes, 6, 1, {});
        for (const double score : maps->induction) QCOMPARE(score, 0.0);
        QCOMPARE(maps->inductionChance, 0.0);
        // Where it comes a third time, what stood after the first one counts.
        std::vector<int> thrice = nodes;
        thrice[11] = 7;
        const Reader::Heard third = Reader(decoder, tokens, -1, 1).read(thrice, {.scoresAgainst = nodes});
        for (const double score : third.scores.induction) QVERIFY(score > 0);
    }

    /// Where only avoided heads are free, those of the nearest layer are taken.
    void othersAreOfTheNearestLayer() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Heads near = othersLike({{0, 0}, {0, 1}}, {{1, 0}, {1, 1}, {2, 0}, {2, 1}}, 3, 2, seed);
            QCOMPARE((std::set<std::pair<int, int>>(near.begin(), near.end())),
                     (std::set<std::pair<int, int>>{{1, 0}, {1, 1}}));
            QCOMPARE(othersLike({{0, 0}}, {{0, 1}, {1, 0}, {1, 1}}, 3, 2, seed).front().first, 2);
        }
    }

    /// Two thirds up, whether layers or blocks are counted.
    void oneLayerIsJudged() {
        for (int blocks = 1; blocks < 100; ++blocks)
            QCOMPARE(judgedLayer(0, blocks),
                     static_cast<int>(judgedOf(static_cast<std::size_t>(blocks) + 1)));
        QCOMPARE(judgedOf(33), std::size_t{21});
        QCOMPARE(judgedOf(1), std::size_t{0});
        QCOMPARE(judgedOf(2), std::size_t{1});
        QCOMPARE(judgedLayer(5, 32), 5);
    }

    /// What would not fit is refused before it is allocated.
    void memoryIsAskedForFirst() {
        FakeJob host;
        latent::Job job(&host);
        nlohmann::json words = nlohmann::json::array();
        for (int i = 0; i < 1500; ++i) words.push_back("word" + std::to_string(i));
        const std::uint64_t needed = 2 * PooledLayer::memoryFor(256, 1500, 16384);
        if (availableMemory() == 0 || availableMemory() > needed)
            QSKIP("There is more memory than this test asks for.");
        try {
            Oracle().run(with<Oracle>({{"family", "ring"},
                                       {"nodes", 1500},
                                       {"words", "own"},
                                       {"own_words", words},
                                       {"dim", 16384},
                                       {"contexts", 256},
                                       {"first_context", 1000},
                                       {"length", 100'000}}),
                         job);
            QFAIL("150 GB were asked for");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("of memory") &&
                         QString::fromUtf8(e.what()).contains("'contexts'"),
                     e.what());
        }
        QVERIFY(host.published.empty());
        try {
            requireMemory(std::uint64_t{1} << 60, "This", "Do less.");
            QVERIFY(availableMemory() == 0);
        } catch (const latent::RunError& e) {
            QVERIFY(QString::fromUtf8(e.what()).contains("Do less."));
        }
        ModelPlan plan = ModelPlan::of(small());
        const std::uint64_t few = memoryFor(plan);
        plan.options.draws = 1'000'000;
        QVERIFY(memoryFor(plan) > few + 900'000'000);
        // Sums of words that follow none are kept where a window reaches the first word only.
        const std::int64_t later =
            std::count_if(plan.contexts.begin(), plan.contexts.end(), [](std::int64_t c) { return c > 20; });
        plan.window = 20;
        const std::uint64_t some = memoryFor(plan);
        plan.window = 1000;
        QVERIFY(later > 0);
        QCOMPARE(memoryFor(plan) - some, static_cast<std::uint64_t>(later) * 7 * sizeof(float) *
                                             static_cast<std::uint64_t>(plan.config.width) *
                                             static_cast<std::uint64_t>(plan.config.layers + 1));
    }

    void aModelIsRead() {
        FakeJob host;
        QCOMPARE(publishesWhatItDeclares<Model>(small(), host), QString());
        std::vector<float> accuracy(60);
        std::memcpy(accuracy.data(), host.published.at("accuracy").bytes.data(), 240);
        QVERIFY(std::isnan(accuracy[59]));
        for (int t = 0; t < 59; ++t)
            QVERIFY(accuracy[static_cast<std::size_t>(t)] >= 0 && accuracy[static_cast<std::size_t>(t)] <= 1);
        QCOMPARE(pausesChangeNothing<Model>(small(), "replicate"), QString());
        FakeJob days;
        QCOMPARE(publishesWhatItDeclares<Model>(small({{"shuffled_control", false},
                                                       {"moves", false},
                                                       {"ablated_heads", 0},
                                                       {"reading", "pairs"},
                                                       {"second_graph", "ring"}}),
                                                days),
                 QString());
        QVERIFY(std::isnan(number(days, "rayleigh_shuffled")) &&
                std::isnan(number(days, "accuracy_shuffled")));
        // Of one graph there is no second; of two the halves make the whole where each has its turn.
        QVERIFY(!host.published.count("accuracy_by_graph") && !host.published.count("rayleigh_second"));
        QVERIFY(std::isfinite(number(host, "slope_before")) && std::isfinite(number(host, "slope_after")));
        // A window of two words has no map to move along: that is no number, not a move that did nothing.
        FakeJob brief;
        QCOMPARE(publishesWhatItDeclares<Model>(small({{"window", 2}}), brief), QString());
        for (std::size_t move = 0; move < 3; ++move)
            QVERIFY(std::isnan(number(brief, "move_target_mass", move)));
        for (std::size_t move = 0; move < 3; ++move)
            QVERIFY(std::isfinite(number(host, "move_target_mass", move)));
        // Scores of even attention, from their definition: words 30 … 59, one token in front.
        double even = 0;
        for (int t = 30; t < 60; ++t) even += 1. / (t + 2) / 30;
        QVERIFY(std::abs(number(host, "previous_token_even") - even) < 1e-12);
        QVERIFY(number(host, "induction_even") > .05 && number(host, "induction_even") < .4);
        std::vector<double> score(host.published.at("induction_score_null").bytes.size() / 8);
        std::memcpy(score.data(), host.published.at("induction_score_null").bytes.data(), score.size() * 8);
        for (std::size_t h = 0; h < score.size(); ++h)
            QVERIFY(score[h] > 0 && score[h] < 1 && score[h] != number(host, "induction_score", h));
        FakeJob damaged;
        latent::Job job(&damaged);
        fs::copy(kModel, at("nan"), fs::copy_options::recursive);
        {
            std::fstream file(at("nan") / "model.safetensors",
                              std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(-64, std::ios::end);
            const std::uint32_t nan = 0x7FC00000;
            for (int i = 0; i < 16; ++i) file.write(reinterpret_cast<const char*>(&nan), 4);
        }
        try {
            Model().run(small({{"model", at("nan").string()}}), job);
            QFAIL("predictions that are no numbers were accepted");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("is not a number"), e.what());
        }
    }

    /// Energy against both graphs, and accuracy by whose turn it is.
    void twoGraphsTakeTurns() {
        FakeJob same;
        const auto mixture = [](Values more) {
            nlohmann::json json = small({{"replicates", 1}, {"moves", false}, {"ablated_heads", 0}}).json();
            json["second_graph"] = "ring";
            for (const auto& [name, value] : more) json[name] = value;
            return latent::Parameters::fromJson(json);
        };
        // The second ring is the first: all is the same on both, and whose turn it is makes no difference.
        QCOMPARE(publishesWhatItDeclares<Model>(mixture({{"switching", .5}}), same), QString());
        const std::size_t values = same.published.at("rayleigh_second").bytes.size() / 8;
        QCOMPARE(values, same.published.at("rayleigh").bytes.size() / 8);
        for (std::size_t i = 0; i < values; ++i) {
            QCOMPARE(number(same, "rayleigh_second", i), number(same, "rayleigh", i));
            QCOMPARE(number(same, "alignment_second", i), number(same, "alignment", 2 * i + 1));
        }
        const std::size_t contexts = same.published.at("accuracy_context").bytes.size() / 8;
        for (std::size_t c = 0; c < contexts; ++c)
            QCOMPARE(number(same, "accuracy_other_graph", c), number(same, "accuracy_context", c));
        // A ring is a path with one edge more; it is never entered, so that its half has no number.
        FakeJob path;
        QCOMPARE(publishesWhatItDeclares<Model>(mixture({{"family", "path"}, {"switching", 0.}}), path),
                 QString());
        QVERIFY(number(path, "rayleigh_second_isotropic") > number(path, "rayleigh_isotropic"));
        for (std::size_t c = 0; c < contexts; ++c) {
            QCOMPARE(number(path, "accuracy_by_graph", 2 * c), number(path, "accuracy_context", c));
            QVERIFY(std::isnan(number(path, "accuracy_by_graph", 2 * c + 1)));
            QVERIFY(number(path, "accuracy_other_graph", c) >= number(path, "accuracy_context", c));
        }
        QVERIFY(number(path, "accuracy_other_graph", contexts - 1) >
                number(path, "accuracy_context", contexts - 1));
        // With both entered, what is valid is what either gives at its own turns: the walk, made again, says when these are.
        FakeJob turns;
        const latent::Parameters taking = mixture({{"family", "path"}, {"switching", .3}, {"prompts", 1}});
        QCOMPARE(publishesWhatItDeclares<Model>(taking, turns), QString());
        const Sequence walk = GraphStudy::of(taking).sequence(0, 0);
        std::vector<std::int64_t> ends(turns.published.at("context").bytes.size() / sizeof(std::int64_t));
        std::memcpy(ends.data(), turns.published.at("context").bytes.data(),
                    turns.published.at("context").bytes.size());
        double told = 0;
        for (std::size_t c = 0; c < ends.size(); ++c) {
            double steps[2] = {0, 0}, sum = 0;
            for (auto t = static_cast<std::size_t>(std::max<std::int64_t>(0, ends[c] - kAccuracyWindow));
                 t < static_cast<std::size_t>(ends[c]); ++t)
                if (walk.follows[t]) ++steps[walk.graph[t + 1]];
            for (const std::size_t graph : {0, 1})
                if (steps[graph] > 0) sum += steps[graph] * number(turns, "accuracy_by_graph", 2 * c + graph);
            QVERIFY(std::abs(sum / (steps[0] + steps[1]) - number(turns, "accuracy_context", c)) < 1e-9);
            if (steps[0] > 0 && steps[1] > 0 && steps[0] != steps[1])
                told = std::max(told, std::abs(number(turns, "accuracy_by_graph", 2 * c) -
                                               number(turns, "accuracy_by_graph", 2 * c + 1)));
        }
        QVERIFY(told > 1e-4);  // swapped turns would be seen
        FakeJob oracle;
        QCOMPARE(publishesWhatItDeclares<Oracle>(with<Oracle>({{"length", 400},
                                                               {"replicates", 1},
                                                               {"dim", 64},
                                                               {"contexts", 2},
                                                               {"null_draws", 10},
                                                               {"second_graph", "regular"},
                                                               {"switching", 0.}}),
                                                 oracle),
                 QString());
        // Never entered: the map is of the grid alone.
        QVERIFY(number(oracle, "rayleigh", 1) / number(oracle, "rayleigh_isotropic") <
                number(oracle, "rayleigh_second", 1) / number(oracle, "rayleigh_second_isotropic") - .1);
    }

    void training() {
        const latent::Parameters p = with<Train>({{"steps", 24},
                                                  {"length", 40},
                                                  {"width", 16},
                                                  {"batch", 4},
                                                  {"checkpoints", 3},
                                                  {"placements", 2},
                                                  {"walks", 4}});
        FakeJob host;
        latent::Job job(&host);
        Train().run(p, job);
        const nlohmann::json declared = Train().outputs(p).toJson();
        for (const auto& array : declared.at("arrays"))
            QVERIFY2(host.published.count(array.at("name").get<std::string>()),
                     array.at("name").get<std::string>().c_str());
        QCOMPARE(host.rows.at("step").size(), 24 * sizeof(std::int64_t));
        QVERIFY(std::abs(host.metrics.at("train_loss")[0] - std::log(32)) < .2);
        QVERIFY(number(host, "accuracy_end") > 0 && number(host, "accuracy_end") < 1);
        QCOMPARE(pausesChangeNothing<Train>(p, "step"), QString());
        QVERIFY(refusal<Train>(with<Train>({{"families", {"torus"}}})).contains("'torus'"));
    }

    void whatCannotBeIsSaid() {
        QVERIFY(refusal<Model>(small({{"layer", 3}})).contains("has 2 layers"));
        QVERIFY(refusal<Model>(small({{"component_a", 2}})).contains("two different ones"));
        QVERIFY(refusal<Model>(small({{"component_b", 7}})).contains("has 6 principal components"));
        QVERIFY(refusal<Oracle>(with<Oracle>({{"dim", 4}, {"component_b", 5}}))
                    .contains("has 4 principal components"));
        QCOMPARE(ModelPlan::of(small({{"components", 20}})).options.components, 6);
        QVERIFY(
            refusal<Model>(small({{"own_words", {"a", "b"}}})).contains("7 nodes, the list only 2 words"));
        QVERIFY(refusal<Model>(small({{"model", "/nowhere"}})).contains("samples get smollm2"));
        QVERIFY(refusal<Model>(with<Model>({})).contains("samples get smollm2"));
        QVERIFY(refusal<Analysis>(with<Analysis>({})).contains("No recording is named"));
        // Learned positions end: that is known before a run, with the token that begins the text counted.
        QVERIFY(refusal<Model>(small({{"model", (kModel.parent_path() / "gpt2").string()}, {"length", 97}}))
                    .contains("Shorten the walk"));
        QCOMPARE(refusal<Model>(small({{"model", (kModel.parent_path() / "gpt2").string()}, {"length", 95}})),
                 QString());
        QVERIFY(refusal<Model>(small({{"own_words",
                                       {"word0", "word1", "word2", "word3", "word4", "word5", "elsewhere"}}}))
                    .contains("'elsewhere' is not one token"));
        fs::copy(kModel, at("foreign"), fs::copy_options::recursive);
        std::ofstream(at("foreign") / "tokenizer.json")
            << R"({"model": {"vocab": {"\u0120word0": 40, "\u0120word5": 1, "\u0120word10": 2, "\u0120word15": 3, "\u0120word20": 4, "\u0120word25": 5, "\u0120word30": 6}}})";
        QVERIFY(refusal<Model>(small({{"model", at("foreign").string()}})).contains("of another model"));
        QVERIFY(refusal<Analysis>(planted(folder(), {{"layers", {5}}})).contains("none of the layers"));
        QVERIFY(refusal<Analysis>(planted(folder(), {{"rows", 3}})).contains("16 words for the 12 nodes"));
        QVERIFY(refusal<Oracle>(with<Oracle>({{"family", "edges"}})).contains("'edges'"));
        QCOMPARE(refusal<Oracle>(with<Oracle>({{"family", "edges"}, {"edges", {{0, 1}, {1, 2}, {2, 3}}}})),
                 QString());
        QVERIFY(refusal<Oracle>(with<Oracle>({{"family", "edges"}, {"edges", {{0, 1}, {1, 5}}}}))
                    .contains("no neighbour"));
    }

    void everyPresetFitsItsOwnSchema() {
        const auto all = [](const latent::Schema& schema, const auto& outputs, Values more = {}) {
            const nlohmann::json declared = schema.toJson();
            for (const auto& preset : declared.at("presets")) {
                nlohmann::json json = latent::Parameters::defaultsOf(schema).json();
                json.update(preset.at("values"));
                for (const auto& [name, value] : more) json[name] = value;
                outputs(latent::Parameters::fromJson(json));
            }
        };
        fs::copy(kModel, at("words"), fs::copy_options::recursive);
        nlohmann::json vocabulary = nlohmann::json::object();
        for (const std::string& list : wordListNames())
            for (const std::string& word : wordList(list))
                vocabulary["\u0120" + word] = vocabulary.size() % 40;
        std::ofstream(at("words") / "tokenizer.json") << nlohmann::json{{"model", {{"vocab", vocabulary}}}};
        all(Train::parameters(), [](const latent::Parameters& p) { Train().outputs(p); });
        all(Oracle::parameters(), [](const latent::Parameters& p) { Oracle().outputs(p); });
        all(Model::parameters(), [](const latent::Parameters& p) { Model().outputs(p); },
            {{"model", at("words").string()}});
        all(Analysis::parameters(), [](const latent::Parameters& p) { Analysis().outputs(p); },
            {{"recording", planted(folder()).text("recording")},
             {"sequence", planted(folder()).text("sequence")},
             {"words", "grid16"}});
        all(GraphsSource::parameters(), [](const latent::Parameters& p) { GraphsSource().outputs(p); });
    }
};

QTEST_APPLESS_MAIN(ExperimentsTest)
#include "experiments_test.moc"
