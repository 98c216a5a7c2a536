// SPDX-License-Identifier: Apache-2.0
// The probes without a host, on a tiny model and a planted recording: they answer what they declare, what they say is what the states say, and what
// cannot be asked is refused when the outputs are asked for.
#include <QtTest>
#include <cmath>
#include <fstream>
#include <latent/learn/random.hpp>
#include <latent/learn/safetensors.hpp>
#include <numbers>

#include "experiments/analysis.hpp"
#include "experiments/attend.hpp"
#include "experiments/edit.hpp"
#include "experiments/graphs_source.hpp"
#include "experiments/look.hpp"
#include "experiments/model.hpp"
#include "experiments/oracle.hpp"
#include "experiments/steer.hpp"
#include "experiments/train.hpp"
#include "graphs/spectrum.hpp"
#include "oracle/mixing.hpp"

using namespace icl_graphs;
namespace fs = std::filesystem;

namespace {

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

struct FakeRun final : latent::abi::IRun1 {
    std::string experiment;
    latent::Parameters p;
    FakeRun(std::string id, latent::Parameters parameters)
        : experiment(std::move(id)), p(std::move(parameters)) {}
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, nlohmann::json{{"id", "run"},
                                                    {"experiment", experiment},
                                                    {"parameters", p.json()},
                                                    {"arrays", nlohmann::json::object()}}
                                         .dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text*, const int64_t*, const int64_t*, latent::abi::Array*,
                 latent::abi::ISink*) noexcept override {
        return latent::abi::kNothing;
    }
};

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> values_;
    std::map<std::string, std::vector<int64_t>> shapes;
    int32_t array(const latent::abi::Text* name, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        const std::string key(latent::abi::view(*name));
        std::size_t count = 1;
        shapes[key] = {a->shape, a->shape + a->ndim};
        for (const int64_t n : shapes[key]) count *= static_cast<std::size_t>(n);
        std::vector<double>& to = values_[key];
        to.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const auto as = [&]<class T>(T) {
                return static_cast<double>(static_cast<const T*>(a->data)[i]);
            };
            const auto type = static_cast<latent::DType>(a->dtype);
            to.push_back(type == latent::F64   ? as(double{})
                         : type == latent::F32 ? as(float{})
                         : type == latent::I64 ? as(std::int64_t{})
                                               : as(std::int32_t{}));
        }
        return latent::abi::kOk;
    }
    int32_t values(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    void flush() noexcept override {}
    int32_t cancelled() noexcept override { return 0; }
    int32_t input(const latent::abi::Text*, latent::abi::Array*) noexcept override {
        return latent::abi::kNothing;
    }
};

latent::Parameters with(const latent::Schema& schema, const Values& values) {
    return latent::Parameters::defaultsOf(schema, values);
}

/// Asks; the sentence of the first array that is not as declared.
template <class Probe>
QString asked(Probe& probe, const Values& values, FakeReply& host) {
    const latent::Parameters p = with(Probe::parameters(), values);
    const nlohmann::json declared = probe.outputs(p).toJson();
    latent::Reply reply(&host);
    probe.answer(p, reply);
    for (const auto& array : declared.at("arrays")) {
        const std::string name = array.at("name").get<std::string>();
        if (!host.shapes.count(name)) return QString::fromStdString(name + " is missing");
        const auto& shape = host.shapes.at(name);
        if (shape.size() != array.at("dims").size())
            return QString::fromStdString(name + " has another rank");
        for (std::size_t d = 0; d < shape.size(); ++d)
            if (!array.at("dims")[d].at("size").is_null() && array.at("dims")[d].at("size") != shape[d])
                return QString::fromStdString(name + " has another shape");
    }
    return host.shapes.size() == declared.at("arrays").size()
               ? QString()
               : QString("something was sent that is not declared");
}

template <class Probe>
QString refusal(Probe& probe, const Values& values) {
    try {
        probe.outputs(with(Probe::parameters(), values));
        return "not refused";
    } catch (const latent::RunError& e) {
        return QString::fromUtf8(e.what());
    }
}

template <class Probe>
void open(Probe& probe, FakeRun& run) {
    const latent::Run it(&run);
    probe.open(&it);
}

}  // namespace

class ProbesTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path at(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

    static FakeRun modelRun(const char* model = "llama") {
        nlohmann::json words = nlohmann::json::array();
        for (int i = 0; i < 9; ++i) words.push_back("word" + std::to_string(i * 4));
        return {"icl/model",
                with(Model::parameters(), {{"model", (fs::path(LATENT_SOURCE_DIR) /
                                                      "plugins/icl_graphs/tests/decoder/fixtures" / model)
                                                         .string()},
                                           {"rows", 3},
                                           {"columns", 3},
                                           {"words", "own"},
                                           {"own_words", words},
                                           {"length", 80},
                                           {"prompts", 2},
                                           {"replicates", 2},
                                           {"contexts", 4},
                                           {"first_context", 8},
                                           {"layer", 1}})};
    }

    /// One layer: the modes of the grid in two dimensions, the number of the token in the third, which is small.
    FakeRun recordedRun() {
        const std::vector<int> nodes =
            makeSequence(std::vector<Graph>{makeGrid(4, 4)}, {.length = 300}, 3, 0).nodes;
        const Eigen::MatrixXd modes = lowestModes(makeGrid(4, 4));
        std::vector<float> states;
        nlohmann::json words = nlohmann::json::array();
        for (std::size_t t = 0; t < nodes.size(); ++t) {
            words.push_back(wordList("grid16")[static_cast<std::size_t>(nodes[t])]);
            states.insert(states.end(),
                          {static_cast<float>(modes(nodes[t], 0)), static_cast<float>(modes(nodes[t], 1)),
                           static_cast<float>(t) * 1e-6F});
        }
        latent::learn::writeSafetensors(at("r.safetensors"), {{"hidden.L5", {300, 3}, states}});
        std::ofstream(at("words.json")) << words;
        return {"icl/analysis", with(Analysis::parameters(), {{"recording", at("r.safetensors").string()},
                                                              {"sequence", at("words.json").string()},
                                                              {"words", "grid16"},
                                                              {"window", 100}})};
    }

  private Q_SLOTS:
    /// A host may ask what a probe gives before it has opened it: a sentence, as for a run of another experiment.
    void nothingIsOpen() {
        const auto all = [](auto probe, const char* sentence) {
            QVERIFY(refusal(probe, {}).contains(sentence));
            FakeReply reply;
            latent::Reply to(&reply);
            QVERIFY_THROWS_EXCEPTION(latent::RunError,
                                     probe.answer(with(decltype(probe)::parameters(), {}), to));
        };
        all(Look{}, "Open this on a run of icl/analysis or icl/model.");
        all(Attend{}, "Open this on a run of icl/model."), all(Steer{}, "Open this on a run of icl/model.");
    }

    /// Edges that were edited in the picture are those of the answer, and of the experiments that take the same parameter.
    void aGraphIsChanged() {
        // Of the ring 0–1 goes, and 1–4 comes.
        const nlohmann::json edges = {{1, 2}, {2, 3}, {3, 4}, {4, 5}, {0, 5}, {4, 1}};
        Edit edit;
        FakeReply plain, edited;
        QCOMPARE(asked(edit, {{"family", "ring"}, {"nodes", 6}}, plain), QString());
        QCOMPARE(asked(edit, {{"family", "ring"}, {"nodes", 6}, {"edited_edges", edges}}, edited), QString());
        const std::vector<double>&before = plain.values_.at("adjacency"),
              &after = edited.values_.at("adjacency");
        for (std::size_t i = 0; i < 36; ++i) {
            const bool isChanged = i == 1 || i == 6 || i == 10 || i == 25;
            QCOMPARE(after[i], isChanged ? 1 - before[i] : before[i]);
        }
        QCOMPARE(before[1], 1.0);
        QCOMPARE(before[10], 0.0);
        QCOMPARE((edited.values_.at("degree")), (std::vector<double>{1, 2, 2, 2, 3, 2}));
        QCOMPARE(edited.values_.at("components").front(), 1.0);
        QVERIFY(edited.values_.at("layout_x") == plain.values_.at("layout_x"));
        QVERIFY(
            (graphOf(with(Model::parameters(), {{"family", "ring"}, {"nodes", 6}, {"edited_edges", edges}}))
                 .edges == std::vector<Edge>{{0, 5}, {1, 2}, {1, 4}, {2, 3}, {3, 4}, {4, 5}}));
        try {
            edit.outputs(
                with(Edit::parameters(), {{"family", "ring"}, {"nodes", 5}, {"edited_edges", edges}}));
            QFAIL("edges of another graph were taken");
        } catch (const latent::RunError& e) {
            QVERIFY(QString::fromUtf8(e.what()).contains("nodes are 0 to 4"));
        }
        // Of another family with as many nodes these are the edges, too: the picture says so, and says nothing where none is edited.
        const auto captionOf = [&](const Values& values) {
            const nlohmann::json declared = edit.outputs(with(Edit::parameters(), values)).toJson();
            for (const auto& figure : declared.at("figures"))
                if (figure.at("name") == "graph") return figure.value("caption", std::string());
            return std::string("no picture");
        };
        QCOMPARE(captionOf({{"family", "ring"}, {"nodes", 6}}), std::string());
        QCOMPARE(captionOf({{"family", "grid"}, {"rows", 2}, {"columns", 3}, {"edited_edges", edges}}),
                 std::string("The edges are those of 'edited_edges': of the 7 of 'family' 3 are gone, and 2 "
                             "others have come."));
        // Where a cell is too small to be seen there is no matrix, but the picture is edited as any other.
        FakeReply large;
        QCOMPARE(asked(edit, {{"family", "ring"}, {"nodes", 300}}, large), QString());
        QVERIFY(!large.values_.contains("adjacency") && large.values_.at("degree").size() == 300);
        // The spectrum is that of a run, without the vectors: λₖ of a ring of n is 2 − 2 cos(2πk/n).
        QVERIFY(!large.values_.contains("laplacian_vector"));
        const std::vector<double>& spectrum = large.values_.at("laplacian_value");
        QCOMPARE(spectrum.size(), std::size_t{300});
        for (std::size_t k = 0; k < 300; ++k)
            QVERIFY(std::abs(spectrum[k] -
                             (2 - 2 * std::cos(std::numbers::pi * static_cast<double>((k + 1) / 2) / 150))) <
                    1e-12);
        // The picture takes the gesture, in each experiment that takes its result; the grid of icl/train stays what it is.
        const auto asksOf = [](const latent::Outputs& outputs) {
            const nlohmann::json declared = outputs.toJson();
            for (const auto& figure : declared.at("figures"))
                if (figure.at("name") == "graph")
                    return figure.contains("gestures")
                               ? figure.at("gestures")[0].at("probe").get<std::string>()
                               : std::string();
            return std::string("no picture");
        };
        QCOMPARE(asksOf(edit.outputs(with(Edit::parameters(), {}))), std::string("icl/edit"));
        QCOMPARE(asksOf(Oracle().outputs(with(Oracle::parameters(), {}))), std::string("icl/edit"));
        QCOMPARE(asksOf(GraphsSource().outputs(with(GraphsSource::parameters(), {}))),
                 std::string("icl/graphs"));
        QCOMPARE(asksOf(Train().outputs(with(Train::parameters(), {}))), std::string());
        // Requests from before there was the parameter.
        nlohmann::json older = with(Edit::parameters(), {}).json();
        older.erase("edited_edges");
        QCOMPARE(graphOf(latent::Parameters::fromJson(older)).edges.size(), std::size_t{24});
    }
    void aRecordingIsLookedAt() {
        FakeRun run = recordedRun();
        Look look;
        open(look, run);
        FakeReply host;
        QCOMPARE(asked(look, {{"word", 6}}, host), QString());
        QVERIFY(host.values_["alignment"][1] > 1 - 1e-6 && host.values_["grid_r2"][0] > .95);
        QCOMPARE(host.values_["layer"][0], 5.0);
        // Occurrences lie where their word is, in the order of the walk and inside of the window.
        const auto& positions = host.values_["occurrence"];
        QVERIFY(!positions.empty() && std::is_sorted(positions.begin(), positions.end()) &&
                positions.front() >= 100);
        QCOMPARE(static_cast<double>(positions.size()), host.values_["count"][6]);
        for (std::size_t i = 0; i < positions.size(); ++i)
            QVERIFY(std::abs(host.values_["occurrence_x"][i] - host.values_["x"][6]) < 1e-3 &&
                    std::abs(host.values_["occurrence_y"][i] - host.values_["y"][6]) < 1e-3);
        FakeReply early;
        QCOMPARE(asked(look, {{"word", 6}, {"context", 90}, {"window", 40}}, early), QString());
        double all = 0;
        for (const double c : early.values_["count"]) all += c;
        QCOMPARE(all, 40.0);
        for (const double t : early.values_["occurrence"]) QVERIFY(t >= 50 && t < 90);
        QVERIFY(refusal(look, {{"layer", 4}}).contains("no layer 4"));
        QVERIFY(refusal(look, {{"word", 16}}).contains("0 to 15"));
        QVERIFY(refusal(look, {{"context", 301}}).contains("300 words"));
        QVERIFY(refusal(look, {{"component_x", 2}}).contains("two different"));
        QVERIFY(refusal(look, {{"window", 2}}).contains("Fewer than three words"));
        // Three dimensions, and a window of few words: further components do not exist.
        QVERIFY(refusal(look, {{"component_x", 4}})
                    .contains("3 principal components; 'component_x' asks for number 4"));
        int window = 3;  // the shortest in which three words were seen
        while (refusal(look, {{"window", window}}).contains("Fewer than three words")) ++window;
        QVERIFY(
            refusal(look, {{"component_y", 3}, {"window", window}}).contains("has 2 principal components"));
        FakeRun other("icl/oracle", latent::Parameters());
        Look closed;
        QVERIFY_EXCEPTION_THROWN(open(closed, other), latent::RunError);
    }

    /// Pooled elsewhere: the nearest context is taken, and said.
    void pooledSumsAreLookedAt() {
        std::string data;
        const auto put = [&](const void* bytes, std::size_t size) {
            data.append(static_cast<const char*>(bytes), size);
        };
        for (int c = 0; c < 2; ++c)
            for (int i = 0; i < 9; ++i) {
                const float state[2] = {static_cast<float>(i % 3) * 2,
                                        static_cast<float>(i / 3) * 2};  // two occurrences each
                put(state, 8);
            }
        for (int i = 0; i < 18; ++i) {
            const float two = 2;
            put(&two, 4);
        }
        const std::int64_t contexts[2] = {50, 400}, layer = 3;
        put(contexts, 16);
        put(&layer, 8);
        const auto tensor = [](const char* type, const std::vector<int>& shape, int begin, int end) {
            return nlohmann::json{{"dtype", type}, {"shape", shape}, {"data_offsets", {begin, end}}};
        };
        const std::string header = nlohmann::json{
            {"pooled_sum", tensor("F32", {1, 2, 9, 2}, 0, 144)},
            {"pooled_count", tensor("F32", {2, 9}, 144, 216)},
            {"context", tensor("I64", {2}, 216, 232)},
            {"layer", tensor("I64", {1}, 232,
                             240)}}.dump();
        std::ofstream out(at("p.safetensors"), std::ios::binary);
        const std::uint64_t size = header.size();
        out.write(reinterpret_cast<const char*>(&size), 8);
        out << header << data;
        out.close();
        FakeRun run("icl/analysis",
                    with(Analysis::parameters(),
                         {{"recording", at("p.safetensors").string()}, {"rows", 3}, {"columns", 3}}));
        Look look;
        open(look, run);
        FakeReply host;
        QCOMPARE(asked(look, {{"context", 120}}, host), QString());
        QCOMPARE(host.values_["context"][0], 50.0);
        QVERIFY(host.values_["grid_r2"][0] > 1 - 1e-9 && host.values_["occurrence"].empty() &&
                host.values_["count"][4] == 2);
    }

    void aModelIsLookedAt() {
        FakeRun run = modelRun();
        Look look;
        open(look, run);
        FakeReply host;
        QCOMPARE(
            asked(look, {{"layer", 2}, {"window", 60}, {"word", 4}, {"placement", 1}, {"prompt", 1}}, host),
            QString());
        // The same from the states themselves.
        const latent::Run opened(&run);
        ModelSession session(opened);
        const ReadPrompt& read = *session.prompt(1, 1, {});
        ClassSums sums(9, 32);
        std::vector<double> positions;
        for (int t = 20; t < 80; ++t) {
            sums.add(read.sequence.nodes[static_cast<std::size_t>(t)], {read.states[2].row(t).data(), 32});
            if (read.sequence.nodes[static_cast<std::size_t>(t)] == 4) positions.push_back(t);
        }
        const ClassMeans means = sums.means();
        QVERIFY(std::abs(host.values_["rayleigh"][0] -
                         energyOf(means.of, makeGrid(3, 3).induced(means.seen)).rayleigh) < 1e-9);
        QVERIFY(host.values_["occurrence"] == positions);
        QVERIFY(refusal(look, {{"placement", 2}}).contains("2 placements"));
        QVERIFY(refusal(look, {{"prompt", 2}}).contains("2 prompts"));
    }

    void attentionIsThatOfTheModel() {
        FakeRun run = modelRun();
        Attend attend;
        open(attend, run);
        FakeReply host;
        QCOMPARE(asked(attend, {{"block", 1}, {"head", 2}, {"words", 20}, {"context", 70}}, host), QString());
        // From the forward pass itself, all of the rows.
        const latent::Run opened(&run);
        ModelSession session(opened);
        std::vector<int> nodes = session.plan().study.sequence(0, 0).nodes;
        nodes.resize(70);
        const std::vector<int> tokens = session.tokensOf(0, nodes);
        const std::size_t n = tokens.size(), lead = n - 70;
        std::vector<double> map(n * n, 0);
        DecoderRun pass;
        pass.attention = [&](const AttentionBlock& a) {
            if (a.layer != 1 || a.head != 2) return;
            for (int r = 0; r < a.rows; ++r)
                for (int s = 0; s <= a.first + r; ++s)
                    map[static_cast<std::size_t>(a.first + r) * n + static_cast<std::size_t>(s)] =
                        a.probability[r * a.stride + s];
        };
        session.decoder().forward(tokens, pass);
        double induction = 0, previous = 0, on = 0, lastOn = 0;
        for (std::size_t q = 50; q < 70; ++q) {
            double whole = host.values_["elsewhere"][q - 50];
            for (std::size_t k = 50; k < 70; ++k) {
                QCOMPARE(host.values_["attention"][(q - 50) * 20 + k - 50],
                         k <= q ? map[(lead + q) * n + lead + k] : 0.0);
                whole += host.values_["attention"][(q - 50) * 20 + k - 50];
            }
            QVERIFY(std::abs(whole - 1) < 1e-5);
            for (std::size_t s = 1; s <= q; ++s)
                if (nodes[s - 1] == nodes[q]) induction += map[(lead + q) * n + lead + s] / 20;
            previous += map[(lead + q) * n + lead + q - 1] / 20;
        }
        QVERIFY(std::abs(host.values_["induction"][4 + 2] - induction) < 1e-6 &&
                std::abs(host.values_["previous_token"][4 + 2] - previous) < 1e-6);
        for (const double m : host.values_["on_node"]) on += m;
        for (std::size_t k = 0; k < 20; ++k) lastOn += host.values_["attention"][19 * 20 + k];
        QVERIFY(std::abs(on - lastOn) < 1e-6 && host.values_["induction_chance"][0] > .02 &&
                host.values_["induction_chance"][0] < .5);
        // Another head of the same words costs no pass, and is another map.
        FakeReply other;
        QCOMPARE(asked(attend, {{"block", 0}, {"head", 0}, {"words", 20}, {"context", 70}}, other),
                 QString());
        QVERIFY(other.values_["attention"] != host.values_["attention"] &&
                other.values_["induction"] == host.values_["induction"]);
        QVERIFY(refusal(attend, {{"head", 4}}).contains("2 blocks of 4 heads"));
        QVERIFY(refusal(attend, {{"context", 81}}).contains("80 words"));
    }

    void wordsAreMoved() {
        FakeRun run = modelRun();
        Steer steer;
        open(steer, run);
        FakeReply none, moved, patched;
        QCOMPARE(asked(steer, {{"word", 0}, {"strength", 0}}, none), QString());
        QCOMPARE(none.values_["target"][0], 8.0);  // the opposite corner
        for (const double c : none.values_["change_along"]) QVERIFY(std::abs(c) < 1e-7);
        QCOMPARE(asked(steer, {{"word", 0}, {"strength", 3}, {"subspaces", 2}}, moved), QString());
        QCOMPARE(asked(steer, {{"word", 0}, {"strength", 3}, {"kind", "patch"}}, patched), QString());
        double along = 0, random = 0, differ = 0;
        for (std::size_t v = 0; v < 9; ++v) {
            along += std::abs(moved.values_["change_along"][v]);
            random += std::abs(moved.values_["change_random"][v]);
            differ += std::abs(moved.values_["change_along"][v] - patched.values_["change_along"][v]);
            QCOMPARE(moved.values_["change_along"][v],
                     moved.values_["probability"][9 + v] - moved.values_["probability"][v]);
        }
        QVERIFY(along > 1e-5 && random > 1e-5 && differ > 1e-7);
        QVERIFY(std::abs(moved.values_["own_mass"][0] - moved.values_["probability"][1] -
                         moved.values_["probability"][3]) < 1e-12);
        QVERIFY(std::abs(moved.values_["target_mass"][1] - moved.values_["probability"][9 + 5] -
                         moved.values_["probability"][9 + 7]) < 1e-12);
        QVERIFY(refusal(steer, {{"word", 9}}).contains("0 to 8"));
        QVERIFY(refusal(steer, {{"word", 1}, {"target", 1}}).contains("another node"));
        QVERIFY(refusal(steer, {{"layer", 3}}).contains("2 layers"));
        QVERIFY(refusal(steer, {{"component_a", 2}}).contains("two different"));
        QVERIFY(refusal(steer, {{"component_a", 9}}).contains("8 principal components; number 9"));
        QVERIFY(refusal(steer, {{"word", 0}, {"moved", 1}}).contains("does not occur"));
    }

    /// In the two components the state arrives where it is sent, elsewhere it stays; a random push is as long, and none of it is along the components.
    void pushesGoWhereTheySay() {
        latent::learn::RandomStream random(3, "states");
        ClassSums sums(5, 12);
        std::vector<std::vector<float>> state(5);
        for (int i = 0; i < 5; ++i) {
            for (int d = 0; d < 12; ++d)
                state[static_cast<std::size_t>(i)].push_back(static_cast<float>(random.normal()));
            if (i < 4) sums.add(i, state[static_cast<std::size_t>(i)]);
        }
        const ClassMeans means = sums.means();
        const Pca pca = pcaOf(means.of, 3);
        const Steering steering = Steering::of(means, pca, 0, 2, 5, 7);
        const auto place = [&](const std::vector<float>& x, const Eigen::MatrixXd& directions) {
            return ((Eigen::Map<const Eigen::RowVectorXf>(x.data(), 12).cast<double>() - pca.mean) *
                    directions.transpose())
                .eval();
        };
        QVERIFY((steering.random() * steering.random().transpose() - Eigen::Matrix2d::Identity()).norm() <
                    1e-12 &&
                (steering.random() * steering.along().transpose()).norm() < 1e-12);
        for (const Kind kind : {Kind::Steer, Kind::Patch}) {
            std::vector<float> along = state[4], away = state[4];
            QVERIFY(steering.push(along, 0, 2, Push::Along, kind, 1) &&
                    steering.push(away, 0, 2, Push::Random, kind, 1));
            const Eigen::RowVectorXd target = place(state[2], steering.along()),
                                     start = place(state[0], steering.along()),
                                     before = place(state[4], steering.along());
            QVERIFY(
                (place(along, steering.along()) - (kind == Kind::Patch ? target : before + target - start))
                    .norm() < 1e-5);
            const Eigen::RowVectorXd a = place(along, Eigen::MatrixXd::Identity(12, 12)) -
                                         place(state[4], Eigen::MatrixXd::Identity(12, 12)),
                                     b = place(away, Eigen::MatrixXd::Identity(12, 12)) -
                                         place(state[4], Eigen::MatrixXd::Identity(12, 12));
            QVERIFY(std::abs(a.norm() - b.norm()) < 1e-5 &&
                    (b * steering.along().transpose()).norm() < 1e-5 &&
                    (a * steering.random().transpose()).norm() < 1e-5);
        }
        std::vector<float> same = state[4];
        QVERIFY(!steering.push(same, 0, 4, Push::Along, Kind::Steer, 1) &&
                same == state[4]);  // node 4 has no mean
        QVERIFY(!steering.moves(0, 4) && !steering.moves(4, 0) && !steering.moves(-1, 0) &&
                steering.moves(0, 2));
        QVERIFY((farTargets(makeRing(10)) == std::vector<int>{5, 6, 7, 8, 9, 0, 1, 2, 3, 4}));
        QVERIFY(farTargets(makeGrid(2, 2))[0] != 3);  // which shares both neighbours
    }
};

QTEST_APPLESS_MAIN(ProbesTest)
#include "probes_test.moc"
