// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about diffusion models, on runs whose curves are planted, and what is judged
// of it: the paper's course holds, noise does not.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <map>
#include <set>

#include "diffused_fakes.hpp"
#include "engine/claims/judge.hpp"
#include "model/diffusion/curves.hpp"

using namespace concept_space;
using namespace concept_test;
using latent::engine::claims::Verdict;

namespace {

std::map<std::string, latent::engine::claims::Judgement> judged(std::vector<FakeRun*> runs) {
    std::map<std::string, latent::engine::claims::Judgement> all;
    for (auto& one : latent::engine::claims::judge(Diffusion::claims(), evidenceOf(std::move(runs))))
        all.emplace(one.claim.id(), one);
    return all;
}

bool isNear(const nlohmann::json& value, double expected) {
    return std::abs(value.get<double>() - expected) < 1e-9;
}

/// The paper's course: with a weak colour small comes first and blue late, with a strong one the other way
/// round; each seed a little differently.
void plantCourse(FakeRun& run, bool weak, std::uint64_t draw) {
    for (std::size_t s = 0; s < run.seeds; ++s) {
        latent::learn::RandomStream stream(draw, "test/course", s);
        const auto rising = [&](double from) {  // from .5 to 1 around a time
            std::vector<double> curve;
            const double middle = from + 100 * stream.uniform();
            for (std::size_t c = 0; c < kN; ++c)
                curve.push_back(.5 + .5 / (1 + std::exp((middle - 100.0 * static_cast<double>(c)) / 15)));
            return curve;
        };
        run.plant(s, 3, 0, rising(weak ? 300 : 20));
        run.plant(s, 3, 1, rising(weak ? 20 : 220));
        for (const std::size_t itsClass : {1U, 2U})
            for (const std::size_t k : {0U, 1U}) {
                const bool one = (itsClass == 2) == (k == 0);
                std::vector<double> curve = rising(50);
                for (double& v : curve) v = one ? v : 1 - v;
                run.plant(s, itsClass, k, curve);
            }
        for (std::size_t c = 0; c < run.classes; ++c)
            run.arrays["class_time"][c * run.seeds + s] = 100.0 * std::ceil(1 + stream.uniform());
    }
}

/// Nothing depends on anything: coordinates wander, times are drawn, and so are displacements between checkpoints.
void plantNoise(FakeRun& run, std::uint64_t draw) {
    latent::learn::RandomStream stream(draw, "test/noise");
    run.arrays["step"] = kLateSteps;
    for (double& v : run.arrays["coordinates"]) v = .5 + stream.uniform();
    for (const char* name : {"learning_time", "class_time", "turn_step"})
        for (double& v : run.arrays[name]) v = kLateSteps[1 + stream.below(kN - 1)];
    for (double& v : run.arrays["concept_mse"]) v = stream.uniform();
    for (std::size_t i = 0; i < run.arrays["speed"].size(); ++i) {
        const std::size_t c = i % kN, before = c == 0 ? 0 : c - 1, after = std::min(c + 1, kN - 1);
        run.arrays["speed"][i] = (.001 + stream.uniform()) * static_cast<double>(after - before) /
                                 (kLateSteps[after] - kLateSteps[before]);
    }
}

}  // namespace

class DiffusionClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void speedAndOrderFollowTheSignal() {
        FakeRun weak(.2), strong(.8);
        for (std::size_t s = 0; s < 2; ++s) {
            weak.plant(s, 3, 0, {.5, .2, .2, .2, .2, .2});    // never blue: restricted to the end
            weak.plant(s, 3, 1, {.5, .9, .9, .9, .9, .9});    // small at 100
            strong.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});  // blue at 100
            strong.plant(s, 3, 1, {.5, .5, .5, .9, .9, .9});  // small at 300
            weak.plant(s, 2, 0, {.5, .5, .5, .5, .5, .8});    // blue, big ends at (.8, .5) …
            strong.plant(s, 2, 0, {.5, .5, .5, .5, .5, 1});   // … and at (1, .5)
        }
        const nlohmann::json claims = measured({&weak, &strong});
        const auto& speed = claims.at("signal_sets_speed");
        QVERIFY(isNear(speed.at("a")[0], 1) && isNear(speed.at("b")[0], .2));
        const auto& size = speed.at("controls").at("size_is_not_sooner");  // small is later, not sooner
        QVERIFY(isNear(size.at("a")[0], .2) && isNear(size.at("b")[0], .6));
        const auto& order = claims.at("signal_sets_order");
        QVERIFY(isNear(order.at("values")[1], .4));  // the smaller of .8 and .4
        QVERIFY(isNear(order.at("controls").at("trained_are_learned").at("values")[0], .4));
        QCOMPARE(order.at("units").size(), std::size_t{2});
        const auto& bend = claims.at("bend_changes_side");
        QVERIFY(isNear(bend.at("b")[0], -.7) && isNear(bend.at("a")[0], (.4 + .4) / 5));
        const auto& ends = bend.at("controls").at("trained_ends_are_opposite");
        QVERIFY(isNear(ends.at("a")[0], .25) && isNear(ends.at("b")[0], .15));
    }

    void ordersThatNobodyKnowsAreLeftOut() {
        FakeRun weak(.2), strong(.8);
        for (std::size_t s = 0; s < 2; ++s) strong.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});
        weak.plant(0, 3, 1, {.5, .9, .9, .9, .9, .9});  // the second seed learns nothing with a weak colour
        const nlohmann::json claims = measured({&weak, &strong});
        QCOMPARE(claims.at("signal_sets_order").at("units"), nlohmann::json{"seed 0"});
        QCOMPARE(claims.at("signal_sets_speed").at("units").size(), std::size_t{2});  // here it counts
    }

    /// Runs of another setting are no partners: only what differs in one parameter alone is compared.
    void pairsDifferInNothingElse() {
        FakeRun weak(.2), strong(.8), other(.8);
        for (std::size_t s = 0; s < 2; ++s) {
            strong.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});
            other.plant(s, 3, 0, {.5, .5, .5, .9, .9, .9});
        }
        other.values["mask"] = .5;
        const nlohmann::json three = measured({&weak, &strong, &other});
        QVERIFY(isNear(three.at("signal_sets_speed").at("b")[0], .2));  // not the mean with the masked one
        QVERIFY(whyNot(three, "masking_delays").empty());
        QVERIFY(isNear(three.at("masking_delays").at("a")[0], .6));
        weak.values["mask"] = 1.0;
        QVERIFY(whyNot(measured({&weak, &other}), "signal_sets_speed").find("'sep_colour' alone") !=
                std::string::npos);
        QVERIFY(whyNot(measured({&weak, &other}), "masking_delays").find("'mask' alone") !=
                std::string::npos);
    }

    /// One seed in several runs is one unit.
    void seedsAreUnits() {
        FakeRun one(.2), two(.2);
        two.values["mask"] = .5;
        for (FakeRun* run : {&one, &two}) {
            run->plantTime(kOverPrompt, 300, 30);
            run->plantTime(kNaive, 400, 40);
            run->arrays["turn_step"] = {300, 30};
        }
        const nlohmann::json claims = measured({&one, &two});
        for (const char* id :
             {"turn_at_capability", "capability_is_consistent", "capability_precedes_prompting"})
            QCOMPARE(claims.at(id).at("units"), (nlohmann::json{"seed 0", "seed 1"}));
        QCOMPARE(claims.at("turn_at_capability").at("nulls")[0].size(), std::size_t{2});
    }

    /// The same seed of runs that begin with other ones has other data: no pair.
    void pairsHaveTheSameData() {
        FakeRun weak(.2), strong(.8);
        strong.values["seed"] = weak.values["seed"] = 4;
        QCOMPARE(measured({&weak, &strong}).at("signal_sets_speed").at("units"),
                 (nlohmann::json{"seed 4", "seed 5"}));
        strong.values["seed"] = 5;  // its first seed is the second one of the other
        QVERIFY(whyNot(measured({&weak, &strong}), "signal_sets_speed").find("'sep_colour' alone") !=
                std::string::npos);
    }

    /// Where colour is the stronger signal at its lowest separation too, nothing changes sides.
    void onlyColoursThatAreWeakAndBecomeStrongAreCompared() {
        const auto turned = [](FakeRun& run, bool weak) {
            for (std::size_t s = 0; s < 2; ++s) run.plant(s, 3, weak ? 1 : 0, {.5, .9, .9, .9, .9, .9});
        };
        const std::vector<const char*> sided{"signal_sets_order", "bend_changes_side"};
        FakeRun weak(.2), strong(.8), low(.2), high(.8);
        for (FakeRun* run : {&weak, &strong}) turned(*run, run == &weak);
        for (FakeRun* run : {&low, &high}) {  // sizes are nearer than any colour: blue comes first in both
            run->values["sep_size"] = .1;
            turned(*run, false);
        }
        const nlohmann::json alone = measured({&weak, &strong}),
                             all = measured({&weak, &strong, &low, &high}), none = measured({&low, &high});
        for (const char* id : sided) {
            QVERIFY2(all.at(id) == alone.at(id) && !alone.at(id).contains("not_measured"), id);
            QVERIFY2(
                whyNot(none, id).find("below 'sep_size' at its lowest value and above") != std::string::npos,
                id);
        }
        QVERIFY(all.at("mse_bends_at_weak_colour") == alone.at("mse_bends_at_weak_colour"));
        QVERIFY(whyNot(none, "mse_bends_at_weak_colour").find("below 'sep_size'") != std::string::npos);
        QVERIFY(
            whyNot(none, "signal_sets_speed").empty());  // a larger separation is a larger one on any side
        // Weak at its lowest value, and not yet strong at its highest.
        FakeRun first(.2), last(.3);
        const nlohmann::json weakOnly = measured({&first, &last});
        for (const char* id : sided) QVERIFY2(weakOnly.at(id).contains("not_measured"), id);
        QVERIFY(whyNot(weakOnly, "mse_bends_at_weak_colour").empty());
    }

    /// Of a user's own images nobody knows the separations; the parameters are there and say nothing.
    void ownImagesSayNothingOfColours() {
        FakeRun weak(.2), strong(.8), own(.2), other(.2);
        const nlohmann::json drawn = measured({&weak, &strong});
        for (FakeRun* run : {&own, &other}) {
            run->values["folder"] = "/pictures";
            run->arrays["step"] = kLateSteps;
            run->plantTime(kOverPrompt, 100, 400);
            for (std::size_t s = 0; s < 2; ++s) run->plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});
        }
        other.values["mask"] = 1.0;
        const std::set<std::string> ofAny{"masking_delays", "late_speed_falls"};
        const nlohmann::json alone = measured({&own, &other});
        for (const latent::Claim& claim : Diffusion::claims()) {
            const std::string why = whyNot(alone, claim.id().c_str());
            QVERIFY2(ofAny.count(claim.id()) ? why.empty() : why.find("own images") != std::string::npos,
                     claim.id().c_str());
        }
        const nlohmann::json all = measured({&weak, &strong, &own, &other});
        for (const latent::Claim& claim : Diffusion::claims())
            if (!ofAny.count(claim.id()))
                QVERIFY2(all.at(claim.id()) == drawn.at(claim.id()), claim.id().c_str());
        QVERIFY(all.at("masking_delays").contains("units"));
        // Runs of this version say data=own, and are compared with older ones.
        other.values["data"] = "own";
        QVERIFY(measured({&own, &other}).at("masking_delays").at("units") ==
                alone.at("masking_delays").at("units"));
        // A file is own images too, also where a run does not know the other parameter.
        own.values.erase("folder"), own.values["images_file"] = "/own.h5";
        QVERIFY(whyNot(measured({&own}), "signal_sets_speed").find("own images") != std::string::npos);
        // Vectors with a folder that nobody looks at are drawn.
        own.values["data"] = "vector", own.values["folder"] = "/pictures";
        QVERIFY(whyNot(measured({&own}), "capability_precedes_prompting").empty());
    }

    void memorisationIsLookedAtWhenTheNeighbourIsLearned() {
        FakeRun weak(.2), strong(.8);
        weak.plant(0, 3, 0, {.5, .5, 0, .5, 1, 1});
        weak.plant(0, 3, 1, {.5, .5, 1, 1, 1, 1});    // at (0, 1) at 200 steps, where class 1 is learned
        weak.arrays["class_time"][1 * 2 + 1] = kNan;  // not in the second seed
        const nlohmann::json claim = measured({&weak, &strong}).at("memorised_first");
        QCOMPARE(claim.at("values").size(), std::size_t{1});
        QVERIFY(isNear(claim.at("values")[0], 1));
    }

    /// Of three concepts red, small and light is class 2, and class 1 is dark alone.
    void neighboursOfThreeConceptsAreFound() {
        FakeRun weak(.2, 2, 3);
        weak.arrays["class_time"][2 * 2] = 300;  // first seed
        weak.arrays["class_time"][1 * 2] = kNan;
        weak.plant(0, 7, 0, {.5, .5, .5, 0, 1, 1});
        weak.plant(0, 7, 1, {.5, .5, .5, 1, 1, 1});
        weak.plant(0, 7, 2, {.5, .5, .5, 0, 1, 1});  // at (0, 1, 0) at 300 steps
        const nlohmann::json claim = measured({&weak}).at("memorised_first");
        QVERIFY(isNear(claim.at("values")[0], std::sqrt(2.0)));
        FakeRun masked(.2, 2, 3);
        masked.values["mask"] = 1.0;
        masked.arrays["class_time"][4 * 2] = 400;  // blue, big, light: the control of masking
        const nlohmann::json control =
            measured({&weak, &masked}).at("masking_delays").at("controls").at("blue_big");
        QVERIFY(isNear(control.at("a")[0], .8) && isNear(control.at("b")[0], .4));
    }

    void capabilityBeforePromptingKeepsEverySeed() {
        FakeRun weak(.2);
        weak.plantTime(kOverPrompt, 200, kNan);  // elicited and never prompted; nothing within the run
        const nlohmann::json claim = measured({&weak}).at("capability_precedes_prompting");
        QCOMPARE(claim.at("units").size(), std::size_t{2});
        QVERIFY(isNear(claim.at("a")[0], 1) && isNear(claim.at("b")[0], .4));
        QVERIFY(isNear(claim.at("a")[1], 1) && isNear(claim.at("b")[1], 1));
        const auto& random = claim.at("controls").at("random_direction");
        QCOMPARE(random.at("units").size(), std::size_t{2});  // also where it elicits nothing
        QVERIFY(isNear(random.at("b")[0], 1));
    }

    void turnsArePairedWithOtherSeedsInTheNull() {
        FakeRun weak(.2);
        weak.plantTime(kOverPrompt, 300, 30);
        weak.arrays["turn_step"] = {300, 30};
        const nlohmann::json claim = measured({&weak}).at("turn_at_capability");
        QVERIFY(isNear(claim.at("values")[0], 0) && isNear(claim.at("nulls")[0][0], 1));
        weak.plantTime(kNaive, 400, 40);
        const nlohmann::json spread = measured({&weak}).at("capability_is_consistent");
        QVERIFY(isNear(spread.at("a")[0], .5) && isNear(spread.at("b")[0], .5));  // (½ decade)²·2
    }

    void aStrongColourAloneIsNoWeakOne() {
        FakeRun strong(.8);
        strong.plantTime(kOverPrompt, 300, 30);
        const nlohmann::json claims = measured({&strong});
        for (const char* id : {"memorised_first", "turn_at_capability", "capability_is_consistent",
                               "capability_precedes_prompting"})
            QVERIFY2(whyNot(claims, id).find("below 'sep_size'") != std::string::npos, id);
    }

    void risesAreChosenOnTheOtherSeeds() {
        FakeRun weak(.2), strong(.8);
        weak.arrays["concept_mse"] = {.3, .1, .4, .2, .1, 0, /* second seed */ .3, .2, .3, .2, .1, 0};
        strong.arrays["concept_mse"] = {.3, .2, .1, 0, 0, 0, .3, .2, .1, 0, 0, 0};
        const nlohmann::json claim = measured({&weak, &strong}).at("mse_bends_at_weak_colour");
        QVERIFY(isNear(claim.at("a")[0], .3) &&
                isNear(claim.at("a")[1], .1));  // each between the checkpoints of the other's rise
        QVERIFY(isNear(claim.at("b")[0], 0));
        QCOMPARE(claim.at("chosen_on")[0], nlohmann::json("all but seed 0"));
        QVERIFY(measured({&weak}).at("mse_bends_at_weak_colour").contains("not_measured"));
    }

    void lateSpeedIsASlopeBeyondTheSpacing() {
        FakeRun run(.2);
        run.arrays["step"] = kLateSteps;
        // Displacements of .1, .01, .001 and .0001 at each checkpoint of the second half.
        for (const std::size_t s : {0U, 1U})
            for (const auto& [c, speed] :
                 {std::pair{2U, .1 / 100}, {3U, .01 / 50}, {4U, 1e-3 / 50}, {5U, 1e-4 / 50}})
                run.arrays["speed"][s * kN + c] = speed;
        QVERIFY(isNear(measured({&run}).at("late_speed_falls").at("values")[0], -8));
        // The same displacement at ever wider checkpoints: the speed falls, and by the spacing alone.
        run.arrays["step"] = {0, 10, 400, 420, 500, 800};
        std::vector<double> straight;
        for (std::size_t c = 0; c < kN; ++c) {
            straight.push_back(.1 * static_cast<double>(c));
            straight.push_back(.5);
        }
        const std::vector<double> speed = speedOf(run.arrays["step"], straight, 2);
        for (const std::size_t s : {0U, 1U})
            for (std::size_t c = 0; c < kN; ++c) {
                run.arrays["speed"][s * kN + c] = speed[c];
                run.arrays["coordinates"][((s * 4 + 3) * kN + c) * 2] = straight[2 * c];
            }
        const nlohmann::json even = measured({&run}).at("late_speed_falls");
        QVERIFY(isNear(even.at("values")[0], 0));
        QVERIFY(isNear(even.at("controls").at("constant_displacement").at("values")[0], 0));
    }

    void masksAreCompared() {
        FakeRun plain(.4), masked(.4);
        masked.values["mask"] = 1.0;
        for (std::size_t s = 0; s < 2; ++s) plain.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});
        const nlohmann::json claim = measured({&plain, &masked}).at("masking_delays");
        QVERIFY(isNear(claim.at("a")[0], 1) && isNear(claim.at("b")[0], .2));
        QVERIFY(whyNot(measured({&plain}), "masking_delays").find("sweep 'mask'") != std::string::npos);
    }

    /// With its controls: planted, the course of the paper is found.
    void thePapersCourseHolds() {
        FakeRun weak(.2, 8), strong(.8, 8);
        plantCourse(weak, true, 1);
        plantCourse(strong, false, 2);
        const auto verdicts = judged({&weak, &strong});
        for (const char* id : {"signal_sets_speed", "signal_sets_order", "bend_changes_side"})
            QVERIFY2(verdicts.at(id).verdict == Verdict::Holds, verdicts.at(id).sentence.c_str());
        // The same the other way round is contradicted, and not by chance.
        FakeRun late(.8, 8), early(.2, 8);
        plantCourse(late, true, 1);
        plantCourse(early, false, 2);
        QVERIFY(judged({&early, &late}).at("signal_sets_speed").verdict != Verdict::Holds);
        QVERIFY(judged({&early, &late}).at("bend_changes_side").verdict == Verdict::Contradicted);
    }

    /// A control that fails takes the verdict away: here a stronger colour speeds up everything.
    void controlsCanFail() {
        FakeRun weak(.2, 8), strong(.8, 8);
        plantCourse(weak, true, 1);
        plantCourse(strong, false, 2);
        for (std::size_t s = 0; s < 8; ++s) {
            weak.plant(s, 3, 1, {.5, .5, .5, .9, .9, .9});  // small at 300, and at 100 with a strong colour
            strong.plant(s, 3, 1, {.5, .9, .9, .9, .9, .9});
            weak.plant(s, 2, 0, {.5, .5, .5, .5, .5, .5});  // blue, big is not learned at all
            weak.arrays["class_time"][2 * 8 + s] = kNan;
        }
        const auto verdicts = judged({&weak, &strong});
        for (const char* id : {"signal_sets_speed", "signal_sets_order", "bend_changes_side"}) {
            const auto& controls = verdicts.at(id).controls;
            QVERIFY2(controls.size() == 1 && controls[0].verdict != Verdict::Holds, id);
            QVERIFY(verdicts.at(id).verdict != Verdict::Holds);
        }
    }

    /// Also where controls, of which noise fails most, take nothing away.
    void noiseHoldsNothing() {
        constexpr int kReports = 20, kUnits = 10;
        std::map<std::string, int> seen;
        std::string held;
        int wrong = 0;
        for (std::uint64_t draw = 0; draw < kReports; ++draw) {
            FakeRun weak(.2, kUnits), strong(.8, kUnits), masked(.2, kUnits);
            masked.values["mask"] = 1.0;
            std::uint64_t stream = 3 * draw;
            for (FakeRun* run : {&weak, &strong, &masked}) plantNoise(*run, stream++);
            const std::string before = held;
            for (const auto& [id, one] : judged({&weak, &strong, &masked})) {
                if (one.withoutControls != Verdict::NotMeasured) ++seen[id];
                if (one.withoutControls == Verdict::Holds) held += id + ": " + one.sentence + "\n";
            }
            if (held != before) ++wrong;
        }
        for (const latent::Claim& claim : Diffusion::claims())
            QVERIFY2(seen[claim.id()] > kReports / 2, claim.id().c_str());
        // A report says a false "holds" with a chance of 1 in 40 at most: three in twenty, with less than 2 in 100.
        QVERIFY2(wrong <= 2, held.c_str());
    }

    void everyClaimHasAControl() {
        for (const latent::Claim& claim : Diffusion::claims())
            QVERIFY2(!claim.controls().empty(), claim.id().c_str());
    }

    void whatIsNotThereIsSaid() {
        const nlohmann::json none = measured({});
        for (const latent::Claim& claim : Diffusion::claims())
            QVERIFY(none.at(claim.id()).contains("not_measured"));
        FakeRun one(.4);
        QVERIFY(whyNot(measured({&one}), "signal_sets_speed").find("sweep 'sep_colour'") !=
                std::string::npos);
        FakeRun cut(.4);
        cut.arrays["coordinates"].resize(7);
        const nlohmann::json left = measured({&cut});
        for (const latent::Claim& claim : Diffusion::claims()) {
            const std::string why = whyNot(left, claim.id().c_str());
            QVERIFY2(why.find("no finished run") != std::string::npos &&
                         why.find("1 run that cannot be read, planted: The arrays") != std::string::npos,
                     why.c_str());
        }
        // The others are judged.
        FakeRun weak(.2), strong(.8);
        const nlohmann::json alone = measured({&weak, &strong}), all = measured({&weak, &cut, &strong});
        QVERIFY(all.at("signal_sets_speed") == alone.at("signal_sets_speed"));
        QVERIFY(whyNot(all, "masking_delays").find("sweep 'mask'. Left out of all claims: 1 run") !=
                std::string::npos);
    }
};

QTEST_APPLESS_MAIN(DiffusionClaimsTest)
#include "diffusion_claims_test.moc"
