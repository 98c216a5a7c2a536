// SPDX-License-Identifier: Apache-2.0
// sim/theory and sim/train without a host: what a solver would refuse is refused before there is a run, and
// what is published is what was declared.
#include <QtTest>
#include <cmath>
#include <cstring>

#include "experiments/clusters_source.hpp"
#include "experiments/measurements.hpp"
#include "experiments/theory.hpp"
#include "experiments/theory_model.hpp"
#include "experiments/train.hpp"
#include "learn/fake_job.hpp"

using namespace concept_space;

namespace {

latent::Parameters with(const latent::Schema& schema, const nlohmann::json& set) {
    nlohmann::json all = latent::Parameters::defaultsOf(schema).json();
    if (!set.is_null()) all.update(set);
    return latent::Parameters::fromJson(all);
}

template <class Experiment>
QString refusal(const nlohmann::json& set) {
    try {
        Experiment().outputs(with(Experiment::parameters(), set));
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

/// The last that was published under a name, as numbers.
std::vector<double> published(const FakeJob& host, const std::string& name) {
    const FakeJob::Kept& kept = host.published.at(name);
    std::vector<double> values(kept.bytes.size() / sizeof(double));
    std::memcpy(values.data(), kept.bytes.data(), kept.bytes.size());
    return values;
}

template <class Experiment>
void runAndCompare(FakeJob& host, const nlohmann::json& set) {
    const latent::Parameters p = with(Experiment::parameters(), set);
    const nlohmann::json declared = Experiment().outputs(p).toJson();
    latent::Job job(&host);
    Experiment().run(p, job);
    for (const auto& array : declared.at("arrays")) {
        const std::string name = array.at("name").get<std::string>();
        QVERIFY2(host.published.count(name), name.c_str());
        const std::vector<int64_t>& shape = host.published.at(name).shape;
        QVERIFY2(shape.size() == array.at("dims").size(), name.c_str());
        for (std::size_t d = 0; d < shape.size(); ++d)
            QVERIFY2(array.at("dims")[d].at("size") == shape[d], name.c_str());
    }
    QCOMPARE(host.published.size(), declared.at("arrays").size());
}

}  // namespace

class SimOutputsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theoryRefusesWhatCannotBeSolved() {
        QVERIFY(refusal<Theory>({}).isEmpty());
        QVERIFY(refusal<Theory>({{"steps", 100}}).contains("frames is 200"));
        QVERIFY(refusal<Theory>({{"w0", "[[1,2],[3,4]]"}}).contains("not symmetric"));
        QVERIFY(refusal<Theory>({{"w0", "linear"}}).contains("not symmetric"));
        QVERIFY(refusal<Theory>({{"w0", "[[1,2],[2,1]]"}}).contains("negative eigenvalue"));
        for (const char* w0 : {"[[1,2],[3,4]]", "linear"})  // one layer starts from anywhere
            QVERIFY(refusal<Theory>({{"w0", w0}, {"model", "one_layer"}}).isEmpty());
        QVERIFY(
            refusal<Theory>({{"model", "one_layer"}, {"bias", true}, {"exponent", 2}}).contains("exponent"));
    }

    void trainingRefusesDataThatCannotBe() {
        QVERIFY(refusal<Train>({}).isEmpty());
        QVERIFY(refusal<Train>({{"dim", 2}, {"mu", {1, 2, 3}}}).contains("mu has 3 entries and dim is 2"));
        QVERIFY(refusal<ClustersSource>({{"dim", 2}, {"mu", {1, 2, 3}}}).contains("mu has 3 entries"));
        const nlohmann::json lone{{"mu", {1}}, {"truncation", true}};
        QVERIFY(refusal<Train>(lone).contains("truncation"));
        QVERIFY(refusal<ClustersSource>(lone).contains("truncation"));
        for (const char* spacing : {"linear", "log"})
            QVERIFY(refusal<Train>({{"frame_spacing", spacing}, {"epochs", 1}, {"frames", 500}})
                        .contains("frames is 500"));
        QVERIFY(refusal<Train>({{"variance", nullptr}}).contains("'variance' nor 'sigma'"));
    }

    void theoryPublishesWhatItDeclares() {
        FakeJob host;
        runAndCompare<Theory>(host, {{"steps", 50}, {"frames", 20}});
    }

    /// 300,000 steps and more: a run takes them, only a probe has to answer soon.
    void theAdaptiveMethodTakesItsSteps() {
        const nlohmann::json stiff{{"method", "adaptive"}, {"mu", {1, 100}}, {"t_end", 100}, {"frames", 20}};
        FakeJob host;
        runAndCompare<Theory>(host, stiff);
        QVERIFY2(host.logs.empty(), host.logs.empty() ? "" : host.logs.front().c_str());
        QVERIFY(published(host, "ood_loss").back() < 1e-6);

        const latent::Parameters p = with(Theory::parameters(), stiff);
        TheoryModel soon = TheoryModel::of(p);
        soon.symmetricOptions.mostSteps = 1000;
        const theory::Cell cell = theoryCell(p);
        const theory::Outcome outcome = soon.solve({&cell, 1}).outcomes[0];
        QVERIFY(outcome.breakdownTime && outcome.breakdown == theory::Breakdown::OutOfSteps);
        QVERIFY(QString::fromStdString(breakdownSentence(outcome)).contains("as many steps as it may"));
        FakeJob lost;
        runAndCompare<Theory>(lost,
                              {{"method", "recursion"}, {"t_end", 4000}, {"steps", 400}, {"frames", 20}});
        QCOMPARE(lost.logs.size(), std::size_t{1});
        QVERIFY(QString::fromStdString(lost.logs[0]).contains("left the range of numbers"));
        for (const char* name :
             {"swing_by", "rise", "descents"})  // a loss that goes to infinity does not swing by
            QVERIFY2(std::isnan(published(lost, name).at(0)), name);
    }

    void whatAModelDoesNotHaveIsSaid() {
        FakeJob symmetric, layer;
        runAndCompare<Theory>(symmetric, {{"bias", true}, {"steps", 50}, {"frames", 20}});
        QCOMPARE(symmetric.logs.size(), std::size_t{1});
        QVERIFY(QString::fromStdString(symmetric.logs[0]).startsWith("bias is left out"));
        runAndCompare<Theory>(layer, {{"model", "one_layer"}, {"bias", true}, {"steps", 50}, {"frames", 20}});
        QVERIFY(layer.logs.empty());
    }

    void trainingSaysWhichSeedDiverged() {
        FakeJob host;
        runAndCompare<Train>(host, {{"dim", 2},
                                    {"layers", 2},
                                    {"hidden", 4},
                                    {"epochs", 10},
                                    {"learning_rate", 100},
                                    {"samples_per_cluster", 256},
                                    {"seeds", 2}});
        QCOMPARE(host.logs.size(), std::size_t{2});
        QVERIFY(QString::fromStdString(host.logs[0]).startsWith("Seed 2333 diverged"));
        QVERIFY(QString::fromStdString(host.logs[1]).startsWith("Seed 2334 diverged"));
        for (const char* name : {"swing_by", "descents"})
            for (double value : published(host, name)) QVERIFY2(std::isnan(value), name);
    }

    void risesTakeRecords() {
        const nlohmann::json small{
            {"dim", 2}, {"layers", 1}, {"epochs", 10}, {"samples_per_cluster", 1024}, {"seeds", 2}};
        // 24 steps an epoch
        for (const auto& [every, seen] : {std::pair{1, true}, {4, true}, {8, false}}) {
            FakeJob host;
            nlohmann::json set = small;
            set["ood_every"] = every;
            runAndCompare<Train>(host, set);
            for (const char* name : {"swing_by", "descents"})
                for (double value : published(host, name)) QCOMPARE(std::isnan(value), !seen);
            QCOMPARE(host.logs.empty(), seen);
        }
        QVERIFY(refusal<Train>({{"epochs", 1}, {"samples_per_cluster", 128}, {"ood_every", 3}}).isEmpty());
        QVERIFY(refusal<Train>({{"epochs", 1}, {"samples_per_cluster", 128}, {"ood_every", 4}})
                    .contains("'ood_every' is 4 and the training has 3 steps"));
    }

    /// The theory is not drawn where it is about another training.
    void theoryIsDrawnWhereItDescribes() {
        const auto names = [](const nlohmann::json& set) {
            const nlohmann::json all = Train().outputs(with(Train::parameters(), set)).toJson();
            return QString::fromStdString(all.dump());
        };
        QVERIFY(names({}).contains("theory_output") && names({{"layers", 4}}).contains("theory_ood"));
        for (const nlohmann::json& set :
             {nlohmann::json{{"momentum", .9}}, {{"weight_decay", .1}}, {{"truncation", true}}})
            QVERIFY2(!names(set).contains("theory_"), set.dump().c_str());
        FakeJob host;
        runAndCompare<Train>(host,
                             {{"dim", 2}, {"epochs", 1}, {"samples_per_cluster", 64}, {"momentum", .9}});
        QCOMPARE(host.logs.size(), std::size_t{1});
    }

    void manyConceptsHaveNoNodeLosses() {
        FakeJob host;
        std::vector<double> mu(13, 1);
        runAndCompare<Theory>(host, {{"dim", 13}, {"mu", mu}, {"steps", 4}, {"frames", 3}});
        QVERIFY(!host.published.count("node_loss"));
        QVERIFY(std::any_of(host.logs.begin(), host.logs.end(), [](const std::string& line) {
            return line.find("node_loss is left out") != std::string::npos;
        }));
    }

    void trainingPublishesOrderAndDescents() {
        FakeJob host;
        runAndCompare<Train>(host, {{"dim", 3},
                                    {"layers", 1},
                                    {"mu", {1, 3, 2}},
                                    {"epochs", 40},
                                    {"samples_per_cluster", 256},
                                    {"seeds", 4}});
        const std::vector<double> times = published(host, "learning_time"),
                                  places = published(host, "learning_order"),
                                  median = published(host, "learning_time_median");
        QCOMPARE(places.size(), std::size_t{12});
        for (std::size_t seed = 0; seed < 4; ++seed) {  // the strengths decide: 3, then 2, then 1
            QVERIFY(places[seed * 3 + 1] == 1 && places[seed * 3 + 2] == 2);
            QVERIFY(times[seed * 3 + 1] <= times[seed * 3 + 2]);
        }
        QCOMPARE(published(host, "first_learned"), std::vector<double>{2});
        QVERIFY(median[1] < median[2]);
        for (double descents : published(host, "descents")) QVERIFY(descents >= 1);
    }

    void whatIsNotLearnedHasNoPlace() {
        FakeJob host;
        runAndCompare<Train>(
            host, {{"dim", 3}, {"epochs", 1}, {"samples_per_cluster", 8}, {"seeds", 3}, {"init", "normal"}});
        for (double place : published(host, "learning_order")) QVERIFY(std::isnan(place));
        for (double time : published(host, "learning_time_median")) QVERIFY(std::isnan(time));
        QCOMPARE(published(host, "first_learned"), std::vector<double>{0});
    }

    void mediansCountSeedsThatNeverLearned() {
        const double never = std::nan("");
        const std::vector<double> times{1, never, 3, 5, 2, never, 4, never};  // four seeds of two concepts
        const std::vector<double> median = medianTimes(times, 2);
        QCOMPARE(median[0], 2.5);
        QVERIFY(std::isnan(median[1]));
        QCOMPARE(learnedFirst(std::vector<double>{2, 1, 1, 2, 2, 1}, 2), 2.0);
        QVERIFY(orderIsKnown(std::vector<double>{1, never}) &&
                !orderIsKnown(std::vector<double>{never, never}));
        QVERIFY(!orderIsKnown(std::vector<double>{0, 0}) && orderIsKnown(std::vector<double>{2, 1, 3}));
        QVERIFY(orderIsGiven(std::vector<double>{1, 2}) && !orderIsGiven(std::vector<double>{2, 1, 2}));
    }
};

QTEST_APPLESS_MAIN(SimOutputsTest)
#include "sim_outputs_test.moc"
