// SPDX-License-Identifier: Apache-2.0
// The rule: holds, contradicted, tie, inconclusive, not measured; Holm over a report; controls; what is
// refused.
#include <QtTest>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/claims/examples.hpp"
#include "engine/claims/judge.hpp"

using namespace latent;
using namespace latent::engine::claims;
using claims_test::example;
using claims_test::goodControl;

namespace {

const std::vector<double> kAroundOne{1.02, 0.97, 1.05, 0.99, 1.01, 0.96, 1.03, 0.98, 1.0, 1.04};

std::vector<double> shifted(double by) {
    std::vector<double> values = kAroundOne;
    for (double& x : values) x += by - 1;
    return values;
}

Judgement judgeOne(const Claim& claim, const std::vector<double>& values) {
    Evidence out;
    out.claim(claim.id()).values(values);
    goodControl(out, claim.id());
    return judge({claim}, out).front();
}

bool mentions(const Judgement& judgement, const char* text) {
    return judgement.sentence.find(text) != std::string::npos;
}

}  // namespace

class TestVerdicts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ruleOfADirection() {
        const Claim greater = example("a").greaterThan(0, 0.2);
        QCOMPARE(judgeOne(greater, shifted(1)).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(greater, shifted(0.2)).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(greater, shifted(0.05)).verdict, Verdict::Tie);
        QCOMPARE(judgeOne(greater, shifted(-0.2)).verdict,
                 Verdict::Contradicted);  // short of it, and maybe a tie
        QCOMPARE(judgeOne(greater, shifted(-1)).verdict, Verdict::Contradicted);
        const Claim less = example("a").lessThan(5, 0.2);
        QCOMPARE(judgeOne(less, shifted(4)).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(less, shifted(4.8)).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(less, shifted(4.95)).verdict, Verdict::Tie);
        QCOMPARE(judgeOne(less, shifted(6)).verdict, Verdict::Contradicted);
        // Without a margin nothing can be a tie.
        QCOMPARE(judgeOne(example("a").greaterThan(1), shifted(1)).verdict, Verdict::Inconclusive);
    }

    void ruleOfEquivalence() {
        const Claim same = example("a").equals(1, 0.1);
        QCOMPARE(judgeOne(same, shifted(1)).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(same, shifted(1.1)).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(same, shifted(1.5)).verdict, Verdict::Contradicted);
        QCOMPARE(judgeOne(same, shifted(0.5)).verdict, Verdict::Contradicted);
        // Not seeing a difference is no equivalence.
        QCOMPARE(judgeOne(same, {0.2, 2.1, 1.4, 0.5, 0.9, 1.3}).verdict, Verdict::Inconclusive);
    }

    void oneClaimIsJudgedAtNinetyFivePercentOnBothSides() {
        // stats.t.interval(.95, 4, 0, stats.sem([-3,-1,0,1,3])) = ±2.7764; at 90 % it would be ±2.132.
        const std::vector<double> y{-3, -1, 0, 1, 3};
        QCOMPARE(judgeOne(example("a").greaterThan(-2.78), y).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(example("a").greaterThan(-2.77), y).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(example("a").greaterThan(2.78), y).verdict, Verdict::Contradicted);
        QCOMPARE(judgeOne(example("a").greaterThan(2.77), y).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(example("a").equals(0, 2.78), y).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(example("a").equals(0, 2.77), y).verdict, Verdict::Inconclusive);
        const Judgement one = judgeOne(example("a").greaterThan(0), y);
        QVERIFY(std::abs(one.finding->interval[0] + 2.7764451051977934) < 1e-9);
        QVERIFY(std::abs(one.toJson().at("level").get<double>() - 0.95) < 1e-12);
    }

    void holmStepsDown() {
        // Holm by hand for p = .004, .2, .012, .009, alpha .05: .05/4 > .004, .05/3 > .009, .05/2 > .012, .05
        // < .2
        const auto steps = holm({0.004, 0.2, 0.012, 0.009}, 0.05);
        QVERIFY(steps[0].rejected && steps[3].rejected && steps[2].rejected && !steps[1].rejected);
        QCOMPARE(steps[0].level, 0.0125);
        QCOMPARE(steps[3].level, 0.05 / 3);
        QCOMPARE(steps[2].level, 0.025);
        QCOMPARE(steps[1].level, 0.05);
        QCOMPARE(steps[0].adjusted, 0.016);
        QCOMPARE(steps[3].adjusted, 0.027);
        QCOMPARE(steps[2].adjusted, 0.027);  // never below the one before it
        QCOMPARE(steps[1].adjusted, 0.2);
        // The first that fails ends it, and those after it fail at its level even below their own.
        const auto stopped = holm({0.02, 0.021, 0.022}, 0.05);
        for (const HolmStep& step : stopped) {
            QVERIFY(!step.rejected);
            QCOMPARE(step.level, 0.05 / 3);
        }
        QVERIFY(holm({}, 0.05).empty());
    }

    void holmRunsOverTheReport() {
        // Alone -2.9 is below the interval of y (limit -2.776); among three undecided claims (tail 0.025/3)
        // it is not.
        const std::vector<double> y{-3, -1, 0, 1, 3};
        const auto report = [&](double strong) {
            Evidence out;
            for (const char* id : {"a", "b", "c"}) {
                out.claim(id).values(y);
                goodControl(out, id);
            }
            return judge({example("a").greaterThan(strong), example("b"), example("c").greaterThan(-2.9)},
                         out);
        };
        QCOMPARE(judgeOne(example("c").greaterThan(-2.9), y).verdict, Verdict::Holds);
        const auto weak = report(0);
        QCOMPARE(weak[2].verdict, Verdict::Inconclusive);
        // The printed interval is the one that the verdict is read from.
        QVERIFY(weak[2].finding->interval[0] < -2.9 && weak[2].finding->interval95[0] > -2.9);
        QVERIFY(std::abs(weak[2].finding->tails[0] - 0.025 / 3) < 1e-15);
        // A claim that is decided first lends its level to the others: 0.025/2 for the next.
        const auto lent = report(-100);
        QCOMPARE(lent[0].verdict, Verdict::Holds);
        QVERIFY(std::abs(lent[2].finding->tails[0] - 0.0125) < 1e-15);
    }

    void notMeasured() {
        Judgement few = judgeOne(example("a"), {5, 6, 5, 6});
        QCOMPARE(few.verdict, Verdict::NotMeasured);
        QCOMPARE(few.n, std::size_t{4});
        QVERIFY2(mentions(few, "Not measured: n = 4; it takes at least 5"), few.sentence.c_str());
        QVERIFY(few.toJson().at("interval").is_null());
        QVERIFY(mentions(judgeOne(example("a").atLeast(20), kAroundOne), "n = 10; it takes at least 20"));

        const Claim swept = example("a").sweeps("mu", 3);
        Evidence out;
        out.claim("a").values(kAroundOne).swept("mu", {1, 2, 2, 1});
        QVERIFY(judge({swept}, out)
                    .front()
                    .sentence.find("sweep over 'mu' with at least 3 values; there are 2") !=
                std::string::npos);
        QVERIFY(mentions(judge({swept}, Evidence{}).front(), "gave no numbers"));
        Evidence why;
        why.notMeasured("a", "The run has one concept.");
        QVERIFY(mentions(judge({swept}, why).front(), "Not measured: The run has one concept."));
    }

    void valuesThatCannotBeJudged() {
        for (const double bad :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e200}) {
            std::vector<double> values = kAroundOne;
            values[3] = bad;
            const Judgement one = judgeOne(example("a"), values);
            QCOMPARE(one.verdict, Verdict::NotMeasured);
            QVERIFY2(mentions(one, "unit 3 is not a finite number"), one.sentence.c_str());
        }
        // A claim spoilt by its values still weighs in Holm.
        Evidence out;
        out.claim("a").values({-3, -1, 0, 1, 3});
        out.claim("b").values({1, 2, 3, std::nan(""), 5});
        goodControl(out, "a");
        const Judgement beside = judge({example("a").greaterThan(-2.9), example("b")}, out).front();
        QCOMPARE(beside.holds.level, kFamilyLevel / 2);
        QCOMPARE(beside.verdict, Verdict::Inconclusive);
        // The same where the experiment itself says so of its numbers; without numbers the claim was never tried.
        for (const bool tried : {true, false}) {
            Evidence said;
            said.claim("a").values({-3, -1, 0, 1, 3});
            if (tried) said.claim("b").values({1, 2, std::nan("")});
            said.notMeasured("b", "'seed 2' diverged.");
            const auto report = judge({example("a"), example("b")}, said);
            QCOMPARE(report[0].holds.level, tried ? kFamilyLevel / 2 : kFamilyLevel);
            QVERIFY2(mentions(report[1], "Not measured: 'seed 2' diverged."), report[1].sentence.c_str());
        }

        Evidence twice;
        twice.claim("a").values({1, 2, 3, 4, 5}).units({"seed 1", "seed 2", "seed 2", "seed 3", "seed 4"});
        QVERIFY(mentions(judge({example("a")}, twice).front(), "'seed 2' occurs twice"));
        Evidence form;
        form.claim("a").outcomes({true, true, true, true, true});
        QVERIFY(mentions(judge({example("a")}, form).front(), "needs one value per unit"));
        Evidence lengths;
        lengths.claim("a").paired({1, 2, 3, 4, 5}, {1, 2});
        QVERIFY(mentions(judge({example("a").by(Interval::PairedMean)}, lengths).front(),
                         "5 first and 2 second"));
        Evidence ratio;
        ratio.claim("a").paired({1, 2, 3, 4, 5}, {1, 2, 0, 1, 1});
        QVERIFY(mentions(judge({example("a").by(Interval::PairedRatio).greaterThan(1)}, ratio).front(),
                         "has no ratio"));
    }

    void identicalUnits() {
        const Judgement five = judgeOne(example("a"), std::vector<double>(5, 0.7));
        QCOMPARE(five.verdict, Verdict::Inconclusive);
        QVERIFY2(mentions(five, "cannot decide with fewer than 6 units"), five.sentence.c_str());
        QVERIFY(five.toJson().at("interval").at(0).is_null());
        QCOMPARE(judgeOne(example("a"), std::vector<double>(6, 0.7)).verdict, Verdict::Holds);
        QCOMPARE(judgeOne(example("a"), std::vector<double>(6, 0.0)).verdict, Verdict::Inconclusive);
        QCOMPARE(judgeOne(example("a").equals(0, 0.1), std::vector<double>(6, 0.0)).verdict, Verdict::Holds);
    }

    void aChoiceNeedsAGuard() {
        const std::vector<std::string> seeds{"seed 5", "seed 6", "seed 7", "seed 8", "seed 9", "seed 10"};
        const auto with = [&](const Claim& claim, auto fill) {
            Evidence out;
            fill(out.claim("a").values({1.0, 1.1, 0.9, 1.05, 0.95, 1.02}));
            goodControl(out, "a");
            out.claim("a").control("nothing").units({"0", "1", "2", "3", "4", "5", "6", "7"});
            return judge({claim}, out).front();
        };
        const Claim open = example("a").chosenBy("maximum over layers", Guard::None);
        const Judgement refused = with(open, [](auto&) {});
        QCOMPARE(refused.verdict, Verdict::NotMeasured);
        QVERIFY(mentions(refused, "held-out units or against a null that makes the same choice"));

        const Claim heldOut = example("a").chosenBy("maximum over layers", Guard::HeldOut);
        QCOMPARE(with(heldOut, [&](auto& c) { c.units(seeds); }).verdict, Verdict::NotMeasured);
        const Judgement overlap = with(heldOut, [&](auto& c) {
            c.units(seeds).chosenOn({"seed 0", "seed 5"});
        });
        QVERIFY2(mentions(overlap, "'seed 5', which is also among the units"), overlap.sentence.c_str());
        QCOMPARE(with(heldOut, [&](auto& c) { c.units(seeds).chosenOn({"seed 0"}); }).verdict,
                 Verdict::Holds);
        // An undeclared choice that the experiment admits to is refused too.
        QCOMPARE(with(example("a"), [&](auto& c) { c.chosenOn({"seed 0"}); }).verdict, Verdict::NotMeasured);
        const Claim matched = example("a").chosenBy("maximum over layers", Guard::MatchedNull);
        QVERIFY(mentions(with(matched, [&](auto& c) { c.nulls({{1.0}, {1.1}}); }), "for 6 units"));
    }

    void aMaximumIsJudgedAgainstTheMaximumOfItsNull() {
        // The largest of 20 noises is far above 0, but not above the largest of 20 others.
        std::mt19937_64 random(3);
        const auto largest = [&](double effect) {
            double most = -1e9;
            for (int i = 0; i < 20; ++i) most = std::max(most, std::normal_distribution<>(effect, 1)(random));
            return most;
        };
        int held = 0, found = 0;
        const int trials = 300;
        for (int i = 0; i < trials; ++i) {
            for (const double effect : {0.0, 2.0}) {
                Evidence out;
                std::vector<double> values;
                std::vector<std::vector<double>> nulls, controlNulls;
                for (int unit = 0; unit < 12; ++unit) {
                    values.push_back(largest(effect));
                    nulls.push_back({largest(0), largest(0), largest(0)});
                }
                out.claim("a").values(values).nulls(nulls);
                goodControl(out, "a");
                out.claim("a").control("nothing").nulls(std::vector<std::vector<double>>(8, {0.0}));
                const Claim claim = example("a").chosenBy("maximum of 20", Guard::MatchedNull);
                (effect > 0 ? found : held) += judge({claim}, out).front().verdict == Verdict::Holds;
            }
        }
        QVERIFY2(held <= 0.025 * trials + 4 * std::sqrt(0.025 * trials), qPrintable(QString::number(held)));
        QVERIFY2(found >= 0.95 * trials, qPrintable(QString::number(found)));
    }

    void controlsOnlyTakeAway() {
        const auto withControl = [](double value, const std::vector<double>& control) {
            Evidence out;
            out.claim("a").values(shifted(value));
            if (!control.empty()) out.claim("a").control("nothing").values(control);
            return judge({example("a").greaterThan(0, 0.2)}, out).front();
        };
        const std::vector<double> good{0.1, -0.1, 0.05, -0.05, 0.0}, failed{5, 6, 5.5, 5.2, 5.1},
            wide{-3, 2, 1, 4, -2};
        for (const double value : {1.0, 0.05, -1.0}) {
            const Judgement kept = withControl(value, good);
            QCOMPARE(kept.verdict, kept.withoutControls);
            QCOMPARE(kept.controls.front().verdict, Verdict::Holds);
            for (const auto& control : {failed, wide, std::vector<double>{1, 2}, std::vector<double>{}}) {
                const Judgement blocked = withControl(value, control);
                QCOMPARE(blocked.verdict, Verdict::Inconclusive);
                QCOMPARE(blocked.withoutControls, kept.verdict);
                QVERIFY2(mentions(blocked, "the control 'nothing' did not hold"), blocked.sentence.c_str());
            }
        }
        QCOMPARE(withControl(1, failed).controls.front().verdict, Verdict::Contradicted);
        QCOMPARE(withControl(1, {}).controls.front().verdict, Verdict::NotMeasured);
        // Four units are no control either, however well they agree.
        QCOMPARE(withControl(1, {0.1, 0.11, 0.1, 0.09}).controls.front().verdict, Verdict::NotMeasured);
    }

    void sentencesAndJson() {
        const Judgement one = judgeOne(example("a").greaterThan(0, 0.2).unit("s"), kAroundOne);
        QVERIFY2(mentions(one, "Holds: the mean is 1.005 [0.98") &&
                     mentions(one, " s (n = 10 seeds, level 95 %), greater than 0.2."),
                 one.sentence.c_str());
        const nlohmann::json json = one.toJson();
        QCOMPARE(json.at("verdict").get<std::string>(), std::string("holds"));
        QCOMPARE(json.at("n").get<int>(), 10);
        QCOMPARE(json.at("claim"), one.claim.toJson());
        QVERIFY(json.at("p").at("holds").get<double>() < 1e-6);
        QVERIFY(json.at("interval").at(0).get<double>() > 0.97 &&
                json.at("interval").at(1).get<double>() < 1.03);
        QCOMPARE(json.at("controls").at(0).at("verdict").get<std::string>(), std::string("holds"));
        // Every declaration is in the report, once, in order.
        Evidence out;
        const auto report = judge({example("z"), example("a"), example("z")}, out);
        QCOMPARE(report.size(), std::size_t{3});
        QVERIFY(mentions(report[2], "declared twice"));
    }
};

QTEST_APPLESS_MAIN(TestVerdicts)
#include "test_verdicts.moc"
