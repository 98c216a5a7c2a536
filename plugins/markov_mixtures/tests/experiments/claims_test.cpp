// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims, on runs whose curves are planted: units, held-out choices, pairs and controls.
#include <QtTest>
#include <cmath>
#include <map>
#include <set>

#include "experiments/algorithms.hpp"
#include "model/algorithms/algorithm.hpp"
#include "model/algorithms/evaluation_set.hpp"

using namespace markov_mixtures;

namespace {

constexpr std::size_t kReplicates = 20, kLengths = 4;

/// A finished run of markov/algorithms that holds planted numbers.
struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    std::int64_t seed = 42, context = 400, states = 10, chains = 64;
    nlohmann::json changed = nlohmann::json::object();  // parameters besides; null: the run has none

    FakeRun() {
        for (const char* name : {"kl_matrix_chain", "kl_position_chain"})
            arrays[name].assign(kSets * kAlgorithms * kReplicates * kLengths, .3);
        arrays["chain_number"].assign(kSets * kReplicates, -1);
        arrays["context_length"] = {1, 5, 30, 60};
        for (const SetKind set : {SetKind::Id, SetKind::Biased})  // each known chain is drawn twice
            for (std::size_t r = 0; r < kReplicates; ++r)
                arrays["chain_number"][static_cast<std::size_t>(set) * kReplicates + r] =
                    static_cast<double>(r % 10);
    }
    double& at(const char* metric, SetKind set, Algorithm a, std::size_t r, std::size_t m) {
        return arrays.at(metric)
            [((static_cast<std::size_t>(set) * kAlgorithms + indexOf(a)) * kReplicates + r) * kLengths + m];
    }
    void plant(const char* metric, SetKind set, Algorithm a, const std::vector<double>& curve) {
        for (std::size_t r = 0; r < kReplicates; ++r)
            for (std::size_t m = 0; m < kLengths; ++m) at(metric, set, a, r, m) = curve[m];
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::Parameters p =
            latent::Parameters::defaultsOf(Algorithms::parameters(), {{"replicates", kReplicates},
                                                                      {"seed", seed},
                                                                      {"context", context},
                                                                      {"states", states},
                                                                      {"chains", chains}});
        nlohmann::json parameters = p.json();
        for (const auto& [name, value] : changed.items())
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
        latent::boundary::send(json, R"({"kind":"run","swept":[]})");
        return latent::abi::kOk;
    }
};

nlohmann::json measured(std::vector<FakeRun*> runs) {
    FakeSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    Algorithms().measure(latent::RunSet(&set), evidence);
    return evidence.toJson().at("claims");
}

bool allNear(const nlohmann::json& values, double expected) {
    for (const auto& v : values)
        if (!(std::abs(v.get<double>() - expected) < 1e-12)) return false;
    return !values.empty();
}

}  // namespace

class ClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ascentIsTheSmallerLegAtThePlaceThatOthersChose() {
        FakeRun run;
        run.plant("kl_position_chain", SetKind::Ood, Algorithm::Hierarchical, {.40, .45, .30, .20});
        run.plant("kl_position_chain", SetKind::Ood, Algorithm::BiInf, {.40, .35, .30, .20});
        for (std::size_t r = 1; r < kReplicates; r += 2)
            run.at("kl_position_chain", SetKind::Ood, Algorithm::Hierarchical, r, 2) =
                .9;  // a peak that was not chosen
        const nlohmann::json claim = measured({&run}).at("early_ascent");
        QCOMPARE(claim.at("values").size(), std::size_t{10});
        QVERIFY(allNear(claim.at("values"), .05));
        std::set<std::string> judged, chosen;
        for (const auto& unit : claim.at("units")) judged.insert(unit.get<std::string>());
        for (const auto& unit : claim.at("chosen_on")) chosen.insert(unit.get<std::string>());
        QCOMPARE(judged.size(), std::size_t{10});
        QCOMPARE(chosen.size(), std::size_t{10});
        for (const auto& unit : judged) QVERIFY(!chosen.count(unit));
        QVERIFY(
            allNear(claim.at("controls").at("inference").at("values"), 0));  // falls from the start: no rise
    }

    void monotoneCurvesGiveNoTurn() {
        FakeRun run;
        run.plant("kl_position_chain", SetKind::Ood, Algorithm::Hierarchical, {.4, .3, .2, .1});
        run.plant("kl_position_chain", SetKind::Biased, Algorithm::Hierarchical, {.4, .3, .2, .1});
        const nlohmann::json claims = measured({&run});
        QVERIFY(allNear(claims.at("early_ascent").at("values"), 0));
        QVERIFY(allNear(claims.at("bounded_efficacy").at("values"), 0));
    }

    void troughsOfKnownChainsCountEachChainOnce() {
        FakeRun run;
        run.plant("kl_position_chain", SetKind::Biased, Algorithm::Hierarchical, {.40, .20, .10, .13});
        run.plant("kl_position_chain", SetKind::Id, Algorithm::Hierarchical, {.40, .20, .10, .05});
        // Chain 3 is replicates 3 and 13: its unit is the mean of both.
        run.at("kl_position_chain", SetKind::Biased, Algorithm::Hierarchical, 3, 3) = .15;
        const nlohmann::json claim = measured({&run}).at("bounded_efficacy");
        QCOMPARE(claim.at("units"), (nlohmann::json{"seed 42 chain 1", "seed 42 chain 3", "seed 42 chain 5",
                                                    "seed 42 chain 7", "seed 42 chain 9"}));
        QVERIFY(std::abs(claim.at("values")[0].get<double>() - .03) < 1e-12 &&
                std::abs(claim.at("values")[1].get<double>() - .04) < 1e-12);
        QCOMPARE(claim.at("chosen_on").size(), std::size_t{5});
        QVERIFY(allNear(claim.at("controls").at("unbiased").at("values"), 0));
    }

    void floorsArePairedByChain() {
        FakeRun run;
        for (std::size_t r = 0; r < kReplicates; ++r) {
            run.at("kl_matrix_chain", SetKind::Ood, Algorithm::BiRet, r, 3) =
                .7 + .01 * static_cast<double>(r);
            run.at("kl_matrix_chain", SetKind::Ood, Algorithm::BiRet, r, 2) =
                .6 + .01 * static_cast<double>(r);  // 30 is half of 60
            run.at("kl_matrix_chain", SetKind::Ood, Algorithm::BiInf, r, 3) =
                .1 + .01 * static_cast<double>(r);
        }
        const nlohmann::json claims = measured({&run});
        const nlohmann::json &floor = claims.at("retrieval_floor"),
                             &flat = claims.at("retrieval_floor_is_flat");
        for (std::size_t i = 0; i < kReplicates; ++i) {
            QVERIFY(std::abs(floor.at("a")[i].get<double>() - floor.at("b")[i].get<double>() - .6) < 1e-12);
            QVERIFY(std::abs(flat.at("a")[i].get<double>() - flat.at("b")[i].get<double>() - .1) < 1e-12);
        }
        QCOMPARE(floor.at("controls").at("known_chains").at("a").size(), std::size_t{10});
    }

    void seedsAreOtherUnits() {
        FakeRun a, b;
        b.seed = 43;
        QCOMPARE(measured({&a, &b}).at("retrieval_floor").at("a").size(), 2 * kReplicates);
        QCOMPARE(measured({&a, &a}).at("retrieval_floor").at("a").size(), kReplicates);
    }

    /// Chains that a file or a matrix gives are the same for every seed, and new ones are not.
    void givenChainsAreTheSameUnitsForEverySeed() {
        FakeRun a, b;
        b.seed = 43;
        for (FakeRun* run : {&a, &b}) run->changed = {{"chain_file", "/mine.npz"}};
        const nlohmann::json floor = measured({&a, &b}).at("retrieval_floor");
        QCOMPARE(floor.at("a").size(), 2 * kReplicates);
        const nlohmann::json& known = floor.at("controls").at("known_chains");
        QCOMPARE(known.at("units").size(), std::size_t{10});
        QCOMPARE(known.at("units")[3], nlohmann::json("chain 3"));
        const nlohmann::json trough = measured({&a, &b}).at("bounded_efficacy");
        QCOMPARE(trough.at("units"), (nlohmann::json{"chain 1", "chain 3", "chain 5", "chain 7", "chain 9"}));
        // Drawn ones beside them are another mixture.
        b.changed = nlohmann::json::object();
        QVERIFY(measured({&a, &b})
                    .at("retrieval_floor")
                    .at("not_measured")
                    .get<std::string>()
                    .find("differ in 'chain_file'") != std::string::npos);
    }

    /// A run from before a parameter was there has its default, whichever of the runs comes first.
    void runsWithoutAParameterHaveItsDefault() {
        FakeRun early, late, other;
        early.changed = {{"inference_prior", nullptr}};
        late.seed = other.seed = 43;
        other.changed = {{"inference_prior", .7}};
        for (const std::vector<FakeRun*>& order : {std::vector{&early, &late}, {&late, &early}})
            QVERIFY(!measured(order).at("retrieval_floor").contains("not_measured"));
        for (const std::vector<FakeRun*>& order : {std::vector{&early, &other}, {&other, &early}})
            QVERIFY(measured(order)
                        .at("retrieval_floor")
                        .at("not_measured")
                        .get<std::string>()
                        .find("differ in 'inference_prior'") != std::string::npos);
    }

    /// Each run must be large enough, not the first alone.
    void everyRunMustBeLargeEnough() {
        FakeRun a, small;
        small.seed = 43;
        small.context = 100;
        for (const std::vector<FakeRun*>& order : {std::vector{&a, &small}, {&small, &a}})
            QVERIFY(measured(order).at("retrieval_floor").contains("not_measured"));
    }

    void smallAndUnlikeRunsAreNotJudged() {
        FakeRun a, b;
        a.context = 100;
        QVERIFY(measured({&a})
                    .at("early_ascent")
                    .at("not_measured")
                    .get<std::string>()
                    .find("too small to judge: 'context' is 100") != std::string::npos);
        b.states = 3;
        a.context = 400;
        QVERIFY(measured({&a, &b})
                    .at("retrieval_floor")
                    .at("not_measured")
                    .get<std::string>()
                    .find("differ in 'states'") != std::string::npos);
        b.states = 10, b.chains = 4;  // another N is another condition of the same chains
        QVERIFY(!measured({&a, &b}).at("retrieval_floor").contains("not_measured"));
    }

    void nothingIsMeasuredWithoutRuns() {
        const nlohmann::json claims = measured({});
        for (const latent::Claim& claim : Algorithms::claims())
            QVERIFY(claims.at(claim.id()).contains("not_measured"));
    }
};

QTEST_APPLESS_MAIN(ClaimsTest)
#include "claims_test.moc"
