// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims about trained models, on runs whose curves are planted.
#include <QtTest>
#include <array>
#include <cmath>
#include <latent/learn/random.hpp>
#include <map>
#include <memory>

#include "experiments/train.hpp"
#include "model/training/reference.hpp"

using namespace markov_mixtures;

namespace {

constexpr std::size_t kC = 4, kM = 4, kS = kModelSets.size();

/// A finished run of markov/train with two layers of one head.
struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    std::int64_t seed = 0, chains = 64, width = 32;
    nlohmann::json changed = nlohmann::json::object();  // parameters besides

    FakeRun(std::int64_t itsSeed, std::int64_t itsChains, std::int64_t itsWidth = 32)
        : seed(itsSeed), chains(itsChains), width(itsWidth) {
        arrays["checkpoint_step"] = {10, 100, 1000, 10'000};
        arrays["context_length"] = {1, 4, 10, 40};
        arrays["set"].assign(kS, 0);
        arrays["kl_position_half"].assign(kC * 2 * kS * kM, .2);
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
    void plantRisk(std::size_t c, std::size_t half, std::size_t set, const std::vector<double>& curve) {
        std::copy(curve.begin(), curve.end(),
                  arrays["kl_position_half"].begin() +
                      static_cast<std::ptrdiff_t>(((c * 2 + half) * kS + set) * kM));
    }
    /// Distances on new chains of Uni-Ret, Bi-Ret, Uni-Inf and Bi-Inf at one length.
    void plantKinds(std::size_t c, std::size_t half, std::size_t m, const std::array<double, 4>& four) {
        for (std::size_t a = 0; a < 4; ++a)
            arrays["kl_to_algorithm_half"][(((c * 2 + half) * kS + kOod) * 4 + a) * kM + m] = four[a];
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
        nlohmann::json parameters = p.json();
        parameters.update({{"steps", 10'000}, {"checkpoints", 50}, {"replicates", 100}});  // as desk
        for (const auto& [name, value] : changed.items())  // null: the run has none
            if (value.is_null())
                parameters.erase(name);
            else
                parameters[name] = value;
        nlohmann::json it{
            {"id", "planted"}, {"parameters", parameters}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, values] : arrays) it["arrays"][name] = {{"shape", {values.size()}}};
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

std::string whyNot(const nlohmann::json& claims, const char* claim) {
    return claims.at(claim).value("not_measured", "");
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
        // The second half of four lengths, of which the last is planted.
        QVERIFY(isNear(claims.at("inference_at_large_diversity").at("values")[0], .1));
        QVERIFY(isNear(claims.at("retrieval_at_small_diversity").at("values")[0], .1));
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

    void ascentsAreChosenOnOneHalfAndJudgedOnTheOther() {
        FakeRun few(1, 16), many(1, 256);
        for (FakeRun* run : {&few, &many})
            for (std::size_t c = 0; c < kC; ++c)
                for (std::size_t half = 0; half < 2; ++half)
                    for (std::size_t set = 0; set < kS; ++set) run->plantRisk(c, half, set, {.5, .4, .3, .2});
        few.plantRisk(1, 0, kOod, {.5, .4, .6, .1});  // a rise of .2 from the second length to the third
        few.plantRisk(1, 1, kOod, {.5, .4, .47, .3});
        few.plantRisk(2, 1, kOod, {.1, .9, .1, .1});  // a larger one that only the other half has
        many.plantRisk(3, 0, kBiased, {.5, .1, .2, .4});
        many.plantRisk(3, 1, kBiased, {.5, .2, .2, .26});
        const nlohmann::json claims = measured({&few, &many});
        const nlohmann::json &ascent = claims.at("early_ascent_of_models"),
                             &efficacy = claims.at("bounded_efficacy_of_models");
        QVERIFY(isNear(ascent.at("values")[0], .07) && ascent.at("values").size() == 1);
        QVERIFY(isNear(efficacy.at("values")[0], .06));
        // Curves that only fall have no ascent and no rise after their trough.
        QVERIFY(ascent.at("controls").at("known_chains").at("values")[0].get<double>() <= 0);
        QVERIFY(efficacy.at("controls").at("unbiased").at("values")[0].get<double>() <= 0);
        QCOMPARE(ascent.at("units"), nlohmann::json{"seed 1, odd chains"});
        QCOMPARE(ascent.at("chosen_on"), nlohmann::json{"seed 1, even chains"});
    }

    void contextChangesTheAlgorithmOnlyWhereEachIsTheNearest() {
        FakeRun run(1, 64);
        const auto everywhere = [&](const std::array<double, 4>& four) {
            for (std::size_t c = 0; c < kC; ++c)
                for (std::size_t half = 0; half < 2; ++half)
                    for (std::size_t m = 0; m < kM; ++m) run.plantKinds(c, half, m, four);
        };
        everywhere({.3, .3, .2, .05});
        const auto value = [&] {
            return measured({&run}).at("context_driven_transition").at("values")[0].get<double>();
        };
        QVERIFY(value() <= 0);  // Bi-Inf throughout
        // The lead of Bi-Ret over unigrams changes, but Bi-Inf stays nearest to the model: no change.
        for (std::size_t half = 0; half < 2; ++half) run.plantKinds(2, half, 1, {.3, .1, .4, .05});
        QVERIFY(value() <= 0);
        // Unigrams at 4 tokens by .08 and .06, Bi-Inf at the longest context by .15.
        run.plantKinds(2, 0, 1, {.1, .3, .02, .1});
        run.plantKinds(2, 1, 1, {.3, .3, .02, .08});
        QVERIFY(std::abs(value() - .06) < 1e-9);
        const nlohmann::json claim = measured({&run}).at("context_driven_transition");
        QVERIFY(claim.at("controls").at("first_checkpoint").at("values")[0].get<double>() <= 0);
        // From one unigram algorithm to the other is none: they count as one.
        everywhere({.05, .3, .3, .3});
        for (std::size_t half = 0; half < 2; ++half) run.plantKinds(2, half, 3, {.3, .3, .05, .3});
        QVERIFY(value() <= 0);
    }

    void noiseAloneGivesNoTurn() {
        // Choices are made among 4 checkpoints of 3 runs on curves that are nothing but noise.
        latent::learn::RandomStream random(5, "test/noise");
        std::vector<std::unique_ptr<FakeRun>> runs;
        std::vector<FakeRun*> all;
        for (std::int64_t seed = 0; seed < 40; ++seed)
            for (const std::int64_t chains : {4, 16, 64}) {
                runs.push_back(std::make_unique<FakeRun>(seed, chains));
                all.push_back(runs.back().get());
                for (const char* name : {"kl_position_half", "kl_to_algorithm_half"})
                    for (double& x : runs.back()->arrays[name]) x = .3 + .05 * random.normal();
            }
        const nlohmann::json claims = measured(all);
        for (const char* name :
             {"context_driven_transition", "early_ascent_of_models", "bounded_efficacy_of_models"}) {
            const auto values = claims.at(name).at("values").get<std::vector<double>>();
            QCOMPARE(values.size(), std::size_t{40});
            double mean = 0, squares = 0;
            for (const double v : values) mean += v / 40;
            for (const double v : values) squares += (v - mean) * (v - mean) / 39;
            // The smaller of two legs that are 0 on average lies below 0.
            QVERIFY2(mean + 2.7 * std::sqrt(squares / 40) < .01, name);
        }
    }

    void unlikeRunsAreNotJudgedTogether() {
        FakeRun a(1, 4), b(1, 16);
        b.changed = {{"length", 64}};
        QVERIFY(whyNot(measured({&a, &b}), "transience").find("differ in 'length' (48 and 64)") !=
                std::string::npos);
        b.changed = {{"generator", "sparse"}};
        QVERIFY(whyNot(measured({&a, &b}), "unigram_stage").find("'generator'") != std::string::npos);
        b.changed = {{"weights", "checkpoints"}, {"training_seed", 3}};  // neither is a question of its own
        QCOMPARE(whyNot(measured({&a, &b}), "lia_forecasts_new_chains"), std::string());
    }

    /// The seed must draw mixture and weights for seeds to be independent units.
    void givenChainsAndWeightsAreNotJudged() {
        for (const auto& [name, value] : {std::pair<std::string, nlohmann::json>{"chain_file", "/mine.npz"},
                                          {"initial_weights", "/mine.safetensors"},
                                          {"transition", {{.2, .8, 0}, {0, .5, .5}, {1, 0, 0}}}}) {
            FakeRun drawn(1, 64), given(2, 64);
            given.changed = {{name, value}};
            for (const std::vector<FakeRun*>& runs :
                 {std::vector{&given}, {&drawn, &given}, {&given, &drawn}}) {
                const nlohmann::json claims = measured(runs);
                for (const latent::Claim& claim : Train::claims())
                    QVERIFY2(whyNot(claims, claim.id().c_str()).find("given '" + name + "' are not judged") !=
                                 std::string::npos,
                             claim.id().c_str());
            }
        }
    }

    /// A run from before a parameter was there has its default.
    void runsWithoutAParameterHaveItsDefault() {
        FakeRun early(1, 64), late(2, 64), other(3, 64);
        early.changed = {{"two_token", nullptr}};
        other.changed = {{"two_token", true}};
        for (const std::vector<FakeRun*>& order : {std::vector{&early, &late}, {&late, &early}})
            QCOMPARE(whyNot(measured(order), "lia_forecasts_new_chains"), std::string());
        QVERIFY(whyNot(measured({&early, &other}), "lia_forecasts_new_chains").find("'two_token'") !=
                std::string::npos);
    }

    void smallRunsJudgeNothing() {
        for (const auto& [name, value] :
             {std::pair{"steps", 9'999}, std::pair{"checkpoints", 39}, std::pair{"replicates", 29}}) {
            FakeRun run(1, 64);
            run.changed = {{name, value}};
            const nlohmann::json claims = measured({&run});
            for (const latent::Claim& claim : Train::claims())
                QVERIFY2(
                    whyNot(claims, claim.id().c_str()).find("too small to judge: '" + std::string(name)) !=
                        std::string::npos,
                    claim.id().c_str());
        }
    }

    void otherClaimsAreJudgedAtTheWidthOfTheSweep() {
        FakeRun few(1, 4), some(1, 16), many(1, 64), slim(1, 4, 16), broad(1, 4, 64);
        for (FakeRun* run : {&slim, &broad}) run->arrays["forecast_error"][0] = 9;
        const nlohmann::json claims = measured({&slim, &few, &broad, &some, &many});
        QVERIFY(isNear(claims.at("lia_forecasts_new_chains").at("b")[0], .01));
        QCOMPARE(claims.at("transience").at("swept").at("chains").size(), std::size_t{3});
    }

    void runsOfOlderVersionsAreStillJudged() {
        FakeRun run(1, 64);
        for (const char* name : {"kl_matrix", "kl_matrix_half", "kl_to_algorithm", "kl_to_algorithm_half"}) {
            std::vector<double>& all = run.arrays[name];
            all.resize(all.size() / kS * 3);
        }
        run.arrays["set"].resize(3);
        run.arrays.erase("kl_position_half");
        const nlohmann::json claims = measured({&run});
        QCOMPARE(whyNot(claims, "lia_forecasts_new_chains"), std::string());
        QVERIFY(whyNot(claims, "bounded_efficacy_of_models").find("run again") != std::string::npos);
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
