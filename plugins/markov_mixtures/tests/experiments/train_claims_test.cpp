// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about trained models, on runs whose curves are planted.
#include <QtTest>
#include <cmath>
#include <map>

#include "experiments/train.hpp"
#include "model/training/reference.hpp"

using namespace markov_mixtures;

namespace {

constexpr std::size_t kC = 4, kM = 2, kS = 3;

/// A finished run of markov/train with two layers of one head.
struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    std::int64_t seed = 0, chains = 64, width = 32;

    FakeRun(std::int64_t itsSeed, std::int64_t itsChains, std::int64_t itsWidth = 32)
        : seed(itsSeed), chains(itsChains), width(itsWidth) {
        arrays["checkpoint_step"] = {10, 100, 1000, 10'000};
        arrays["context_length"] = {10, 40};
        arrays["kl_matrix"].assign(kC * kS * kM, .2);
        arrays["kl_matrix_half"].assign(kC * 2 * kS * kM, .2);
        arrays["kl_to_algorithm"].assign(kC * kS * 4 * kM, .3);
        arrays["kl_to_algorithm_half"].assign(kC * 2 * kS * 4 * kM, .3);
        arrays["lia_joint_half"].assign(kC * 2 * 4, .25);
        arrays["utilisation"].assign(kC * kM, 0);
        arrays["previous_token_half"].assign(kC * 2 * 2, .1);
        arrays["induction_half"].assign(kC * 2 * 2, .1);
        arrays["forecast_error"] = {.01, .05, .04, .3, .2, .1};
    }
    double& klHalf(std::size_t c, std::size_t half, std::size_t set) {
        return arrays["kl_matrix_half"][((c * 2 + half) * kS + set) * kM + kM - 1];
    }
    double& toAlgorithm(std::size_t c, std::size_t four) {
        return arrays["kl_to_algorithm"][((c * kS + kOod) * 4 + four) * kM + kM - 1];
    }
    double& toAlgorithmHalf(std::size_t c, std::size_t half, std::size_t four) {
        return arrays["kl_to_algorithm_half"][(((c * 2 + half) * kS + kId) * 4 + four) * kM + kM - 1];
    }
    void plantUse(const std::vector<double>& curve) {
        for (std::size_t c = 0; c < kC; ++c) arrays["utilisation"][c * kM + kM - 1] = curve[c];
    }
    void plantRetrieval(const std::vector<double>& curve) {
        for (std::size_t c = 0; c < kC; ++c)
            for (std::size_t half = 0; half < 2; ++half)
                arrays["lia_joint_half"][(c * 2 + half) * 4 + 1] = curve[c];
    }
    void plantHead(const char* name, std::size_t layer, const std::vector<double>& curve) {
        for (std::size_t c = 0; c < kC; ++c)
            for (std::size_t half = 0; half < 2; ++half) arrays[name][(c * 2 + half) * 2 + layer] = curve[c];
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::Parameters p = latent::Parameters::defaultsOf(
            Train::parameters(),
            {{"seed", seed}, {"chains", chains}, {"width", width}, {"layers", 2}, {"heads", 1}});
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
        latent::boundary::send(json, R"({"kind":"sweep","swept":["chains"]})");
        return latent::abi::kOk;
    }
};

nlohmann::json measured(std::vector<FakeRun*> runs) {
    FakeSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    Train().measure(latent::RunSet(&set), evidence);
    return evidence.toJson().at("claims");
}

bool isNear(const nlohmann::json& value, double expected) {
    return std::abs(value.get<double>() - expected) < 1e-9;
}

}  // namespace

class TrainClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theTurnToBigramsIsTimed() {
        FakeRun run(1, 64);
        run.plantUse({0, 0, 1, 1});
        run.plantHead("previous_token_half", 0, {.1, .1, .8, .8});
        run.plantHead("induction_half", 1, {.1, .1, .1, .9});
        run.plantHead("induction_half", 0, {.95, .95, .95, .95});  // no later layer: not looked at
        const nlohmann::json claims = measured({&run});
        QVERIFY(isNear(claims.at("bigram_transition_is_sharp").at("values")[0], .6));
        QVERIFY(isNear(claims.at("previous_token_head_at_onset").at("values")[0], 0));
        QVERIFY(isNear(claims.at("induction_head_at_onset").at("values")[0], 1));
        QVERIFY(
            isNear(claims.at("induction_head_at_onset").at("controls").at("head_grows").at("values")[0], .8));
    }

    void transienceIsChosenOnOneHalfAndJudgedOnTheOther() {
        FakeRun few(1, 16), many(1, 256), third(1, 64);
        few.klHalf(1, 0, kOod) = .1;   // even half: the minimum at 100 steps, a rise of .1
        few.klHalf(1, 1, kOod) = .15;  // odd half: .05 there
        few.klHalf(2, 1, kOod) = .01;  // a lower minimum of the odd half that was not chosen
        many.klHalf(2, 0, kOod) = .18;
        const nlohmann::json claim = measured({&few, &many, &third}).at("transience");
        QCOMPARE(claim.at("values").size(), std::size_t{1});
        QVERIFY(isNear(claim.at("values")[0], .05));
        QVERIFY(isNear(claim.at("controls").at("known_chains").at("values")[0], 0));
        QCOMPARE(claim.at("units"), nlohmann::json{"seed 1, odd chains"});
        QCOMPARE(claim.at("chosen_on"), nlohmann::json{"seed 1, even chains"});
        QCOMPARE(claim.at("swept").at("chains").size(), std::size_t{3});
    }

    void diversityIsComparedBySeed() {
        FakeRun few(1, 4), many(1, 256), other(2, 4);
        few.toAlgorithm(kC - 1, 1) = .1;   // near Bi-Ret
        many.toAlgorithm(kC - 1, 3) = .1;  // near Bi-Inf
        for (std::size_t c = 0; c < kC; ++c) many.arrays["kl_matrix"][(c * kS + kOod) * kM + kM - 1] = .05;
        const nlohmann::json claims = measured({&few, &many, &other});
        QVERIFY(isNear(claims.at("inference_at_large_diversity").at("values")[0], .2));
        QVERIFY(isNear(claims.at("retrieval_at_small_diversity").at("values")[0], .2));
        const nlohmann::json& threshold = claims.at("diversity_threshold");
        QCOMPARE(threshold.at("a").size(), std::size_t{1});  // seed 2 has no large N
        QVERIFY(isNear(threshold.at("a")[0], .2) && isNear(threshold.at("b")[0], .05));
    }

    void theUnigramStageIsFoundOnOneHalf() {
        FakeRun run(1, 64);
        run.toAlgorithmHalf(1, 0, 0) = .01;
        run.toAlgorithmHalf(2, 1, 0) = .001;  // nearer still, but on the other half
        run.arrays["lia_joint_half"][(1 * 2 + 1) * 4] = .9;
        const nlohmann::json claim = measured({&run}).at("unigram_stage");
        QVERIFY(isNear(claim.at("values")[0], .9 + .25 - .5));
    }

    void forecastsAreAgainstTheBestControl() {
        FakeRun few(1, 4), many(1, 64);
        many.arrays["forecast_error"] = {.03, .05, .08, .3, .2, .1};
        const nlohmann::json claim = measured({&few, &many}).at("lia_forecasts_new_chains");
        QVERIFY(isNear(claim.at("a")[0], .045) && isNear(claim.at("b")[0], .02));
    }

    void widthsAreComparedOnTheSameChains() {
        FakeRun slim(1, 16), broad(1, 16, 64), middle(1, 16, 48), alone(2, 16);
        for (FakeRun* run : {&slim, &broad, &middle, &alone})
            run->plantUse({0, 1, 1, 1});        // half of it after 10^1.5 steps
        slim.plantRetrieval({0, 0, 0, 1});      // .5 after 10^3.5 steps
        broad.plantRetrieval({0, 0, 1, 1});     // after 10^2.5
        broad.arrays["forecast_error"][0] = 9;  // only the narrowest is judged for other claims
        const nlohmann::json claims = measured({&slim, &broad, &middle, &alone});
        const nlohmann::json& claim = claims.at("wider_retrieves_earlier");
        QCOMPARE(claim.at("units"), nlohmann::json{"seed 1, odd chains"});  // seed 2 has no wide model
        QVERIFY(isNear(claim.at("a")[0], 3.5) && isNear(claim.at("b")[0], 2.5));
        const nlohmann::json& lag = claim.at("controls").at("more_than_speed");
        QVERIFY(isNear(lag.at("a")[0], 2) && isNear(lag.at("b")[0], 1));
        QCOMPARE(claim.at("swept").at("width"), (nlohmann::json{32, 48, 64}));
        QVERIFY(isNear(claims.at("lia_forecasts_new_chains").at("b")[0], .01));
        QVERIFY(measured({&slim})
                    .at("wider_retrieves_earlier")
                    .at("not_measured")
                    .get<std::string>()
                    .find("sweep 'width'") != std::string::npos);
        QVERIFY(measured({&alone, &broad})
                    .at("wider_retrieves_earlier")
                    .at("not_measured")
                    .get<std::string>()
                    .find("smaller 'chains'") != std::string::npos);
    }

    void oneNumberOfChainsAndNoRunAreSaid() {
        FakeRun run(1, 64);
        QVERIFY(measured({&run})
                    .at("diversity_threshold")
                    .at("not_measured")
                    .get<std::string>()
                    .find("sweep 'chains'") != std::string::npos);
        const nlohmann::json none = measured({});
        for (const latent::Claim& claim : Train::claims())
            QVERIFY(none.at(claim.id()).contains("not_measured"));
    }
};

QTEST_APPLESS_MAIN(TrainClaimsTest)
#include "train_claims_test.moc"
