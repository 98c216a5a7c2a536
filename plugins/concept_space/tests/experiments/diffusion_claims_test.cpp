// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about diffusion models, on runs whose curves are planted.
#include <QtTest>
#include <cmath>
#include <map>

#include "experiments/diffusion.hpp"
#include "model/diffusion/assessment.hpp"

using namespace concept_space;

namespace {

constexpr std::size_t kN = 6, kS = 2, kK = 4;
const double kNan = std::nan("");

/// A finished run of two seeds and six checkpoints at 0, 100, … 500 steps.
struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    double colour, mask = 0;
    std::int64_t seeds = kS;

    explicit FakeRun(double itsColour) : colour(itsColour) {
        arrays["step"] = {0, 100, 200, 300, 400, 500};
        arrays["coordinates"].assign(kS * kK * kN * 2, .5);
        arrays["learning_time"].assign(kMethodCount * kS, kNan);
        arrays["class_time"].assign(kK * kS, 200);
        arrays["turn_step"].assign(kS, 300);
        arrays["concept_mse"].assign(kS * kN, .25);
        arrays["speed"] = {1, 1, 1, 1e-2, 1e-3, 1e-4, 1, 1, 1, 1e-2, 1e-3, 1e-4};
        arrays["saturation_step"].assign(kS, kNan);
    }
    void plant(std::size_t seed, std::size_t itsClass, std::size_t concept_,
               const std::vector<double>& curve) {
        for (std::size_t c = 0; c < kN; ++c)
            arrays["coordinates"][((seed * kK + itsClass) * kN + c) * 2 + concept_] = curve[c];
    }
    void plantTime(std::size_t method, double first, double second) {
        arrays["learning_time"][method * kS] = first;
        arrays["learning_time"][method * kS + 1] = second;
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        const latent::Parameters p = latent::Parameters::defaultsOf(
            Diffusion::parameters(), {{"sep_colour", colour}, {"mask", mask}, {"seeds", seeds}});
        nlohmann::json it{{"id", "planted"}, {"parameters", p.json()}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, values] : arrays) it["arrays"][name] = nlohmann::json::object();
        latent::boundary::send(json, it.dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text* name, const int64_t*, const int64_t*, latent::abi::Array* out,
                 latent::abi::ISink*) noexcept override {
        const auto found = arrays.find(std::string(latent::abi::view(*name)));
        if (found == arrays.end()) return latent::abi::kNothing;
        m_length = static_cast<int64_t>(found->second.size());
        *out = {found->second.data(), &m_length, nullptr, nullptr, nullptr, latent::abi::kF64, 1};
        return latent::abi::kOk;
    }

  private:
    int64_t m_length = 0;
};

struct FakeSet final : latent::abi::IRunSet1 {
    std::vector<FakeRun*> runs;
    uint64_t size() noexcept override { return runs.size(); }
    latent::abi::IRun1* at(uint64_t i) noexcept override { return runs[i]; }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"kind":"sweep","swept":["sep_colour"]})");
        return latent::abi::kOk;
    }
};

nlohmann::json measured(std::vector<FakeRun*> runs) {
    FakeSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    Diffusion().measure(latent::RunSet(&set), evidence);
    return evidence.toJson().at("claims");
}

bool isNear(const nlohmann::json& value, double expected) {
    return std::abs(value.get<double>() - expected) < 1e-9;
}

}  // namespace

class DiffusionClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void speedAndOrderFollowTheSignal() {
        FakeRun weak(.2), strong(.8);
        for (std::size_t s = 0; s < kS; ++s) {
            weak.plant(s, 3, 0, {.5, .2, .2, .2, .2, .2});    // never blue: restricted to the end
            weak.plant(s, 3, 1, {.5, .9, .9, .9, .9, .9});    // small at 100
            strong.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});  // blue at 100
            strong.plant(s, 3, 1, {.5, .5, .5, .9, .9, .9});  // small at 300
        }
        const nlohmann::json claims = measured({&weak, &strong});
        QVERIFY(isNear(claims.at("signal_sets_speed").at("a")[0], 1) &&
                isNear(claims.at("signal_sets_speed").at("b")[0], .2));
        QVERIFY(claims.at("signal_sets_order").at("outcomes")[1].get<bool>());
        QVERIFY(!claims.at("signal_sets_order").at("controls").at("exchanged").at("outcomes")[0].get<bool>());
        QCOMPARE(claims.at("signal_sets_order").at("units").size(), kS);
        QVERIFY(isNear(claims.at("bend_changes_side").at("b")[0], -5 * .7 / 6));
        QVERIFY(isNear(claims.at("bend_changes_side").at("a")[0], (.4 + .4) / 6));
    }

    void memorisationIsLookedAtWhenTheNeighbourIsLearned() {
        FakeRun weak(.2), strong(.8);
        weak.plant(0, 3, 0, {.5, .5, 0, .5, 1, 1});
        weak.plant(0, 3, 1, {.5, .5, 1, 1, 1, 1});     // at (0, 1) at 200 steps, where class 1 is learned
        weak.arrays["class_time"][1 * kS + 1] = kNan;  // not in the second seed
        const nlohmann::json claim = measured({&weak, &strong}).at("memorised_first");
        QCOMPARE(claim.at("values").size(), std::size_t{1});
        QVERIFY(isNear(claim.at("values")[0], 1));
    }

    void capabilityBeforePromptingCountsCensoredSeeds() {
        FakeRun weak(.2);
        weak.plantTime(kOverPrompt, 200,
                       kNan);  // the first is elicited and never prompted; of the second nothing is known
        const nlohmann::json claim = measured({&weak}).at("capability_precedes_prompting");
        QCOMPARE(claim.at("units"), nlohmann::json{"seed 0"});
        QVERIFY(claim.at("outcomes")[0].get<bool>());
        weak.plantTime(kNaive, 100, 200);
        const nlohmann::json both = measured({&weak}).at("capability_precedes_prompting");
        QVERIFY(!both.at("outcomes")[0].get<bool>() && !both.at("outcomes")[1].get<bool>());
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

    void lateSpeedIsASlope() {
        FakeRun weak(.2);
        weak.arrays["step"] = {0, 100, 200, 300, 350, 400};
        weak.arrays["speed"] = {1, 1, 1e-2, 1e-3, 1e-3 / std::sqrt(10), 1e-4,
                                1, 1, 1e-2, 1e-3, 1e-3 / std::sqrt(10), 1e-4};
        const nlohmann::json claim = measured({&weak}).at("late_speed_decays");
        QVERIFY(isNear(claim.at("values")[0], -4));  // a decade in a quarter of the training
        QVERIFY(claim.at("controls").at("backwards").at("values")[0].get<double>() > 0);
    }

    void masksAreCompared() {
        FakeRun plain(.4), masked(.4);
        masked.mask = 1;
        for (std::size_t s = 0; s < kS; ++s) plain.plant(s, 3, 0, {.5, .9, .9, .9, .9, .9});
        const nlohmann::json claim = measured({&plain, &masked}).at("masking_delays");
        QVERIFY(isNear(claim.at("a")[0], 1) && isNear(claim.at("b")[0], .2));
        QVERIFY(measured({&plain})
                    .at("masking_delays")
                    .at("not_measured")
                    .get<std::string>()
                    .find("sweep 'mask'") != std::string::npos);
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
        QVERIFY(measured({&one})
                    .at("signal_sets_speed")
                    .at("not_measured")
                    .get<std::string>()
                    .find("sweep 'sep_colour'") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(DiffusionClaimsTest)
#include "diffusion_claims_test.moc"
