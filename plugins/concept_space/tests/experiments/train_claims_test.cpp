// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about trained perceptrons, on runs whose curves are planted. Controls that
// train again do so with networks of a few weights.
#include <QtTest>
#include <cmath>

#include "experiments/retraining.hpp"
#include "experiments/train.hpp"
#include "planted_runs.hpp"

using namespace concept_space;
using namespace sim_test;

namespace {

constexpr int kSeeds = 12;
/// From a start so small that the signals decide.
const nlohmann::json kTiny{{"dim", 2},         {"hidden", 2},      {"layers", 1},
                           {"epochs", 12},     {"batch_size", 32}, {"samples_per_cluster", 64},
                           {"init", "normal"}, {"init_std", 0.01}, {"seeds", kSeeds}};
const std::vector<nlohmann::json> kSignals{{1, 1.5}, {1, 1.5, 2.2}, {1, 1.5, 2.2, 2.7}};

/// Epochs at which the concepts pass one half, and so the outputs that are planted: r = t / (2 t_half), to 1.
struct Curves {
    std::vector<double> half{2, 1};  // mu = (1, 2): the second is the stronger one
    double swingBy = 0, descents = 1;
    std::vector<double> theoryHalf{2, 1};
};

PlantedRun& addTrained(Study& study, const nlohmann::json& set, const Curves& curves) {
    nlohmann::json values = kTiny;
    if (!set.is_null()) values.update(set);
    PlantedRun& run = study.add(Train::parameters(), values);
    const TrainPlan plan = TrainPlan::of(run.parameters);
    const std::vector<double>& mu = plan.clusters.mu;
    const auto plant = [&](const std::vector<double>& half, std::vector<double>& to) {
        for (std::uint64_t frame : plan.frames) {
            const double epoch = static_cast<double>(frame) / static_cast<double>(plan.stepsPerEpoch);
            for (std::size_t p = 0; p < mu.size(); ++p)
                to.push_back(mu[p] * std::min(1.0, epoch / (2 * half[p % half.size()])));
        }
    };
    for (int seed = 0; seed < plan.seeds; ++seed) plant(curves.half, run.arrays["output"]);
    plant(curves.theoryHalf, run.arrays["theory_output"]);
    for (std::uint64_t frame : plan.frames)
        run.arrays["time"].push_back(static_cast<double>(frame) * plan.timePerStep());
    run.arrays["node_loss"].assign(static_cast<std::size_t>(plan.seeds) * plan.frames.size() * plan.nodes(),
                                   0);
    run.arrays["swing_by"].assign(static_cast<std::size_t>(plan.seeds), curves.swingBy);
    run.arrays["descents"].assign(static_cast<std::size_t>(plan.seeds), curves.descents);
    return run;
}

bool all(const nlohmann::json& outcomes, bool expected) {
    return !outcomes.empty() && std::all_of(outcomes.begin(), outcomes.end(), [&](const auto& it) {
        return it.template get<bool>() == expected;
    });
}

}  // namespace

class TrainClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void orderIsReadBetweenFrames() {
        Study study;  // both pass one half within the first epoch, the stronger one before the other
        addTrained(study, {}, {.half = {.7, .4}});
        const Judged right = judgedOf<Train>(study.runs());
        QCOMPARE(right.verdict("trained_order_by_signal"), Verdict::Holds);
        Study other;
        addTrained(other, {}, {.half = {.4, .7}});
        QVERIFY(
            all(judgedOf<Train>(other.runs()).measured.at("trained_order_by_signal").at("outcomes"), false));
        QCOMPARE(judgedOf<Train>(other.runs()).verdict("trained_order_by_signal"), Verdict::Contradicted);
    }

    void everyDesignHasItsControl() {
        Study study;
        addTrained(study, {}, {});
        addTrained(study, {{"mu", {2, 1}}}, {.half = {1, 2}});
        const nlohmann::json claim = judgedOf<Train>(study.runs()).measured.at("trained_order_by_signal");
        QVERIFY(all(claim.at("outcomes"), true));
        QVERIFY(all(claim.at("controls").at("exchanged_signals").at("outcomes"), true));
        // A start so large that it alone decides: the control of this design fails, whatever comes first.
        Study swamped;
        addTrained(swamped, {}, {});
        addTrained(swamped, {{"init_std", 5}, {"learning_rate", 1e-3}}, {});
        const Judged judged = judgedOf<Train>(swamped.runs());
        QVERIFY(all(judged.measured.at("trained_order_by_signal").at("outcomes"), true));
        QVERIFY(!all(judged.measured.at("trained_order_by_signal")
                         .at("controls")
                         .at("exchanged_signals")
                         .at("outcomes"),
                     true));
        QVERIFY(judged.verdict("trained_order_by_signal") != Verdict::Holds);
    }

    void reversalIsComparedWithinADesign() {
        const nlohmann::json low{0.05, 0.05}, high{2, 0.05};
        const auto studyOf = [&](const Curves& shallowHigh, const Curves& deepLow) {
            Study study;
            addTrained(study, {{"layers", 1}, {"variance", low}}, {});
            addTrained(study, {{"layers", 1}, {"variance", high}}, shallowHigh);
            addTrained(study, {{"layers", 2}, {"variance", low}}, deepLow);
            addTrained(study, {{"layers", 2}, {"variance", high}}, {.half = {1, 2}});
            return study;
        };
        const Curves strongFirst{.half = {2, 1}}, weakFirst{.half = {1, 2}};
        const Judged unlike = judgedOf<Train>(studyOf(strongFirst, weakFirst).runs());
        QVERIFY(all(unlike.measured.at("trained_order_reverses").at("outcomes"), false));
        const Judged alike = judgedOf<Train>(studyOf(weakFirst, strongFirst).runs());
        QVERIFY(all(alike.measured.at("trained_order_reverses").at("outcomes"), true));
        QCOMPARE(alike.verdict("trained_order_reverses"), Verdict::Holds);
    }

    void theoryIsReadAtTheSameFraction_data() {
        QTest::addColumn<double>("learned");
        QTest::newRow("low") << .3;
        QTest::newRow("usual") << .9;
    }
    void theoryIsReadAtTheSameFraction() {
        QFETCH(double, learned);
        // Outputs and theory run alike, so their times agree at any fraction; the theory without biases is at
        // a third of it at every fraction, for an exponential approach.
        Study study;
        PlantedRun& run = addTrained(study, {{"learned", learned}, {"epochs", 60}}, {});
        const TrainPlan plan = TrainPlan::of(run.parameters);
        const double rate = secondMoments(plan.clusters)[0] * plan.timePerStep() *
                            static_cast<double>(plan.stepsPerEpoch) / 3;  // an epoch
        for (const char* name : {"output", "theory_output"}) {
            std::vector<double>& values = run.arrays[name];
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] =
                    plan.clusters.mu[i % 2] *
                    -std::expm1(-rate * static_cast<double>(i / 2 % plan.frames.size() * (1 + i % 2)));
        }
        const Judged judged = judgedOf<Train>(study.runs());
        QVERIFY(std::abs(judged.of("trained_follows_theory").finding->estimate - 1) < 1e-9);
        QCOMPARE(judged.verdict("trained_follows_theory"), Verdict::Holds);
        const auto& control = judged.of("trained_follows_theory").controls.front();
        QVERIFY2(std::abs(control.finding->estimate - 3) < .1, control.sentence.c_str());
        // And a training that takes half as long again is seen.
        for (std::size_t i = 0; i < run.arrays["output"].size(); ++i)
            run.arrays["output"][i] =
                plan.clusters.mu[i % 2] *
                -std::expm1(-rate / 1.5 * static_cast<double>(i / 2 % plan.frames.size() * (1 + i % 2)));
        QCOMPARE(judgedOf<Train>(study.runs()).of("trained_follows_theory").withoutControls,
                 Verdict::Contradicted);
    }

    /// The drawn theory is that of plain gradient descent on the whole data.
    void theoryJudgesWhatItDescribes() {
        for (const nlohmann::json& set :
             {nlohmann::json{{"momentum", .9}}, {{"weight_decay", .01}}, {{"truncation", true}}}) {
            Study study;
            addTrained(study, set, {});
            const Judged judged = judgedOf<Train>(study.runs());
            QVERIFY2(judged.verdict("trained_follows_theory") == Verdict::NotMeasured, set.dump().c_str());
            QVERIFY(judged.of("trained_follows_theory").sentence.find("momentum") != std::string::npos);
            QVERIFY(judged.verdict("trained_order_by_signal") != Verdict::NotMeasured);
        }
    }

    /// Those that learn within a short training are the fast ones.
    void seedsThatWereTooSlowAreNotLeftOut() {
        Study study;
        PlantedRun& run = addTrained(study, {}, {});
        const TrainPlan plan = TrainPlan::of(run.parameters);
        const std::size_t row = plan.frames.size() * plan.clusters.mu.size();
        std::vector<double>& outputs = run.arrays["output"];
        std::fill(outputs.begin() + static_cast<std::ptrdiff_t>(10 * row), outputs.end(),
                  0.0);  // the last two seeds
        const Judged judged = judgedOf<Train>(study.runs());
        for (const char* claim : {"trained_follows_theory", "trained_order_by_signal"}) {
            QCOMPARE(judged.verdict(claim), Verdict::NotMeasured);
            const std::string& why = judged.of(claim).sentence;
            QVERIFY2(why.find("'seed 2343'") != std::string::npos &&
                         why.find("one more") != std::string::npos &&
                         why.find("train longer") != std::string::npos,
                     why.c_str());
        }
        Study reversal;
        addTrained(reversal, {{"variance", {0.05, 0.05}}}, {});
        std::vector<double>& slow =
            addTrained(reversal, {{"variance", {2, 0.05}}}, {.half = {1, 2}}).arrays["output"];
        QCOMPARE(judgedOf<Train>(reversal.runs()).verdict("trained_order_reverses"), Verdict::Holds);
        std::fill(slow.begin() + static_cast<std::ptrdiff_t>(10 * row), slow.end(), 0.0);
        QCOMPARE(judgedOf<Train>(reversal.runs()).verdict("trained_order_reverses"), Verdict::NotMeasured);
    }

    void seedsThatDivergedAreNotJudged() {
        Study study;
        for (const int layers : {1, 3})
            for (const nlohmann::json& mu : kSignals)
                for (const nlohmann::json& variance : {nlohmann::json{.05}, nlohmann::json{.06}}) {
                    PlantedRun& run = addTrained(
                        study,
                        {{"dim", 4}, {"epochs", 40}, {"layers", layers}, {"mu", mu}, {"variance", variance}},
                        {.half = {2, 1.5, 1, .7}});
                    for (const char* name : {"output", "node_loss"}) {
                        std::vector<double>& values = run.arrays[name];
                        std::fill(values.end() - 40, values.end(), std::nan(""));
                    }
                }
        const Judged judged = judgedOf<Train>(study.runs());
        for (const char* claim :
             {"trained_order_by_signal", "trained_slowdown", "trained_swing_by",
              "trained_descents_follow_concepts", "trained_follows_theory", "trained_compositional_order"}) {
            QCOMPARE(judged.verdict(claim), Verdict::NotMeasured);
            const std::string& why = judged.of(claim).sentence;
            QVERIFY2(why.find("'seed 2344' of the run planted diverged") != std::string::npos, why.c_str());
        }
    }

    /// The same training says the same of its end, however its frames are spread.
    void slowdownDoesNotDependOnTheFrames() {
        std::vector<double> late, early;
        for (const auto& [spacing, frames] : {std::pair{"linear", 60}, {"linear", 400}, {"log", 400}}) {
            Study study;
            PlantedRun& run =
                addTrained(study, {{"epochs", 100}, {"frame_spacing", spacing}, {"frames", frames}}, {});
            const TrainPlan plan = TrainPlan::of(run.parameters);
            std::vector<double>& outputs = run.arrays["output"];
            outputs.clear();  // e^{-2} of the speed is left in the end
            for (int seed = 0; seed < plan.seeds; ++seed)
                for (std::uint64_t frame : plan.frames)
                    for (double mu : plan.clusters.mu)
                        outputs.push_back(-mu * std::expm1(-2 * static_cast<double>(frame) /
                                                           static_cast<double>(plan.steps)));
            const Judged judged = judgedOf<Train>(study.runs());
            const auto& claim = judged.of("trained_slowdown");
            late.push_back(claim.finding->estimate);
            early.push_back(claim.controls.front().finding->estimate);
        }
        // Means of exp(−2 t) over the tenths, over that of the first hundredth.
        const double peak = -std::expm1(-.02) / .01;
        for (std::size_t i = 0; i < late.size(); ++i) {
            QVERIFY2(std::abs(late[i] - (std::exp(-1.8) - std::exp(-2.)) / .1 / peak) < 2e-3,
                     qPrintable(QString::number(late[i])));
            QVERIFY2(std::abs(early[i] + std::expm1(-.2) / .1 / peak) < 2e-2,
                     qPrintable(QString::number(early[i])));
        }
        Study few;
        addTrained(few, {}, {});  // twelve epochs, two frames in a tenth
        QVERIFY(judgedOf<Train>(few.runs()).of("trained_slowdown").sentence.find("three frames") !=
                std::string::npos);
    }

    void risesTakeRecords() {
        for (const int every : {1, 2, 5}) {  // of 144, 192 and 240 steps: 73 records and more, 49 and fewer
            Study study;
            for (const int layers : {1, 3})
                for (const nlohmann::json& mu : kSignals)
                    addTrained(
                        study,
                        {{"dim", 4}, {"epochs", 24}, {"layers", layers}, {"mu", mu}, {"ood_every", every}},
                        {});
            const Judged judged = judgedOf<Train>(study.runs());
            for (const char* claim : {"trained_swing_by", "trained_descents_follow_concepts"}) {
                QCOMPARE(judged.verdict(claim) == Verdict::NotMeasured, every == 5);
                if (every == 5)
                    QVERIFY(judged.of(claim).sentence.find("lower `ood_every`") != std::string::npos);
            }
        }
    }

    void swingByPairsDepthsOfOneDesign() {
        const auto studyOf = [](double deep) {
            Study study;
            addTrained(study, {{"layers", 1}}, {.swingBy = 1e-6});
            addTrained(study, {{"layers", 3}}, {.swingBy = deep});
            addTrained(study, {{"layers", 3}, {"mu", {1, 3}}}, {.swingBy = 7});  // no one-layer partner
            return study;
        };
        const Judged judged = judgedOf<Train>(studyOf(.1).runs());
        const nlohmann::json& claim = judged.measured.at("trained_swing_by");
        QCOMPARE(claim.at("a").size(), static_cast<std::size_t>(kSeeds));
        QCOMPARE(claim.at("a")[0].get<double>(), .1);
        QCOMPARE(claim.at("b")[0].get<double>(), 1e-6);
        QCOMPARE(claim.at("controls").at("equal_signals").at("values").size(),
                 static_cast<std::size_t>(kSeeds));
        QCOMPARE(judged.of("trained_swing_by").withoutControls, Verdict::Holds);
        QCOMPARE(judgedOf<Train>(studyOf(0).runs()).of("trained_swing_by").withoutControls, Verdict::Tie);
        Study alone;
        addTrained(alone, {{"layers", 3}}, {.swingBy = .1});
        QVERIFY(judgedOf<Train>(alone.runs()).of("trained_swing_by").sentence.find("`layers`") !=
                std::string::npos);
    }

    void descentsNeedThreeNumbersOfConcepts() {
        const auto studyOf = [](bool grows) {
            Study study;
            for (const int layers : {1, 3})
                for (const nlohmann::json& mu : kSignals)
                    addTrained(study, {{"dim", 4}, {"layers", layers}, {"mu", mu}},
                               {.descents = layers == 3 && grows ? static_cast<double>(mu.size()) : 1.0});
            return study;
        };
        const char* claim = "trained_descents_follow_concepts";
        const Judged grows = judgedOf<Train>(studyOf(true).runs());
        QCOMPARE(grows.verdict(claim), Verdict::Holds);
        QCOMPARE(grows.of(claim).n, static_cast<std::size_t>(kSeeds));
        QCOMPARE(judgedOf<Train>(studyOf(false).runs()).verdict(claim), Verdict::Tie);
        Study earlier;  // a run made before descents were published
        addTrained(earlier, {}, {}).arrays.erase("descents");
        QCOMPARE(judgedOf<Train>(earlier.runs()).verdict(claim), Verdict::NotMeasured);
    }

    void runsThatCannotBeReadAreLeftOut() {
        Study study;
        addTrained(study, {}, {});
        const nlohmann::json alone = judgedOf<Train>(study.runs()).measured;
        PlantedRun& other = addTrained(study, {}, {});
        nlohmann::json values = other.parameters.json();
        values.erase("layers");
        other.parameters = latent::Parameters::fromJson(values);
        const nlohmann::json all = judgedOf<Train>(study.runs()).measured;
        QVERIFY(all.at("trained_order_by_signal") == alone.at("trained_order_by_signal"));
        QVERIFY(all.at("trained_swing_by")
                    .at("not_measured")
                    .get<std::string>()
                    .find("Left out of all claims: 1 run that cannot be read, planted: ") !=
                std::string::npos);
    }

    void retrainingIsBounded() {
        Study study;
        const TrainPlan small = TrainPlan::of(addTrained(study, {}, {}).parameters);
        QCOMPARE(Retraining(1).seedsOf(small), kSeeds);
        TrainPlan large = small;
        large.network.dim = large.network.hidden = 1024, large.network.layers = 4;
        large.steps = 1'000'000;
        QCOMPARE(Retraining(1).seedsOf(large), 0);
        QVERIFY(Retraining(1).halfTimes(large).empty());
        large.steps = 4'000;
        large.batchSize = 16;
        const int alone = Retraining(1).seedsOf(large);
        QVERIFY(alone > 0 && alone < kSeeds && Retraining(4).seedsOf(large) < alone);
        // The order is known after a part of the training, and is that of the whole.
        const std::vector<std::vector<double>> times = Retraining(1).halfTimes(small);
        for (const std::vector<double>& each : times) QVERIFY(each[1] < 12 && !(each[0] < each[1]));
    }

    void claimsAreWellFormedAndWhatIsNotThereIsSaid() {
        const Judged none = judgedOf<Train>({});
        for (const latent::Claim& claim : Train::claims()) {
            QVERIFY2(!claim.controls().empty(), claim.id().c_str());
            QVERIFY2(none.measured.at(claim.id()).contains("not_measured"), claim.id().c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TrainClaimsTest)
#include "train_claims_test.moc"
