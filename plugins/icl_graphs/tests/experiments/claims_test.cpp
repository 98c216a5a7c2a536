// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims, on curves that are planted.
#include <QtTest>
#include <cmath>
#include <deque>
#include <latent/learn/random.hpp>
#include <map>
#include <set>

#include "experiments/claims.hpp"
#include "experiments/model.hpp"
#include "experiments/model_claims.hpp"

using namespace icl_graphs;

namespace {

/// Accuracy with a knee at `knee` tokens (or a smooth rise around it), and an energy that falls by half at `fall`.
ContextUnit planted(int number, bool sudden, double knee, double fall) {
    latent::learn::RandomStream random(static_cast<std::uint64_t>(number), "planted");
    ContextUnit unit;
    unit.name = "placement " + std::to_string(number);
    unit.isotropic = 3.2;
    unit.shuffledRayleigh = 3.2;
    unit.beyondRayleigh = 2.4;
    unit.plantedBeyond = 3.2;
    for (int i = 0; i <= 40; ++i) {
        const double x = std::exp(std::log(4.) + i * std::log(500.) / 40), u = std::log(x / knee);
        unit.context.push_back(x);
        unit.accuracy.push_back((sudden ? .2 + (u < 0 ? .01 : .25) * u : .2 + .6 / (1 + std::exp(-u / .8))) +
                                .004 * random.normal());
        unit.rayleigh.push_back(3.2 - 1.5 / (1 + std::exp(-std::log(x / fall) / .3)));
    }
    return unit;
}

/// A run of icl/model over one grid: a critical context for each placement, and what other claims read.
struct FakeRun final : latent::abi::IRun1 {
    int seed, side;
    std::map<std::string, std::vector<double>> arrays;
    FakeRun(int itsSeed, int itsSide, const std::vector<double>& critical) : seed(itsSeed), side(itsSide) {
        const std::size_t units = critical.size();
        for (std::size_t i = 0; i < units; ++i) arrays["replicate"].push_back(static_cast<double>(i));
        for (double c = 4; c < 3000; c *= 1.3) {
            arrays["context"].push_back(c);
            arrays["memorised_once"].push_back(1 - std::pow(1 - 1. / (side * side), c));
        }
        arrays["layer"] = {0, 1, 2};
        arrays["node"] = std::vector<double>(static_cast<std::size_t>(side * side));
        arrays["critical_context"] = critical;
        arrays["rayleigh_isotropic"] = {3.2};
        const std::size_t contexts = arrays["context"].size();
        arrays["accuracy_context"] = std::vector<double>(units * contexts, .3);
        arrays["rayleigh"] = arrays["rayleigh_shuffled"] = std::vector<double>(units * 3 * contexts, 3.);
        arrays["rayleigh_beyond"] = arrays["planted_beyond"] = std::vector<double>(units, 3.2);
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json known = nlohmann::json::object(),
                       parameters =
                           latent::Parameters::defaultsOf(Model::parameters(), {{"seed", seed}}).json();
        for (const auto& [name, values] : arrays) known[name] = nlohmann::json::object();
        latent::boundary::send(json, nlohmann::json{{"id", "run"},
                                                    {"experiment", "icl/model"},
                                                    {"state", "done"},
                                                    {"parameters", parameters},
                                                    {"arrays", known}}
                                         .dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text* name, const int64_t*, const int64_t*, latent::abi::Array* out,
                 latent::abi::ISink*) noexcept override {
        const auto found = arrays.find(std::string(latent::abi::view(*name)));
        if (found == arrays.end()) return latent::abi::kNothing;
        m_size = static_cast<int64_t>(found->second.size());
        *out = {
            found->second.data(), &m_size, nullptr, nullptr, nullptr, static_cast<int32_t>(latent::F64), 1};
        return latent::abi::kOk;
    }

  private:
    int64_t m_size = 0;
};
struct FakeSet final : latent::abi::IRunSet1 {
    std::deque<FakeRun> runs;
    uint64_t size() noexcept override { return runs.size(); }
    latent::abi::IRun1* at(uint64_t i) noexcept override { return &runs[static_cast<std::size_t>(i)]; }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"kind":"sweep","swept":["rows","columns"]})");
        return latent::abi::kOk;
    }
};

nlohmann::json measured(const std::vector<ContextUnit>& units) {
    latent::Evidence evidence;
    measureContextClaims(units, evidence);
    return evidence.toJson().at("claims");
}

double mean(const nlohmann::json& values) {
    double sum = 0;
    for (const auto& v : values) sum += v.get<double>() / static_cast<double>(values.size());
    return sum;
}

}  // namespace

class ClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void suddenAndSmoothAreToldApart() {
        std::vector<ContextUnit> sudden, smooth;
        for (int i = 0; i < 6; ++i) {
            sudden.push_back(planted(i, true, 80, 20));
            smooth.push_back(planted(i, false, 80, 20));
        }
        const nlohmann::json a = measured(sudden).at("reorganisation_is_sudden"),
                             b = measured(smooth).at("reorganisation_is_sudden");
        QCOMPARE(a.at("values").size(), std::size_t{6});
        QVERIFY(mean(a.at("values")) < -.3);
        QVERIFY(mean(b.at("values")) > .3);
        QVERIFY(mean(a.at("controls").at("made_smooth").at("values")) > -.1);
        QCOMPARE(a.at("units")[2], nlohmann::json("placement 2"));
    }
    void whichComesFirstIsTimed() {
        const nlohmann::json first = measured({planted(1, false, 120, 20)}).at("energy_falls_first"),
                             later = measured({planted(1, false, 20, 120)}).at("energy_falls_first");
        QVERIFY(mean(first.at("values")) > 1);
        QVERIFY(mean(later.at("values")) < -1);
        QCOMPARE(mean(first.at("controls").at("shuffled_is_isotropic").at("values")), 1.0);
        QVERIFY(
            std::abs(
                mean(measured({planted(1, false, 20, 20)}).at("map_beyond_neighbour_mixing").at("values")) -
                .75) < 1e-9);
    }
    void whatWasNotMeasuredIsSaid() {
        ContextUnit flat = planted(1, true, 80, 20);
        flat.accuracy.assign(flat.context.size(), .3);
        const nlohmann::json claims = measured({flat});
        QVERIFY(claims.at("reorganisation_is_sudden")
                    .at("not_measured")
                    .get<std::string>()
                    .find("changes by more than .05") != std::string::npos);
        QVERIFY(claims.at("energy_falls_first").contains("not_measured"));
        for (const latent::Claim& claim : contextClaims())
            QVERIFY(measured({}).at(claim.id()).contains("not_measured"));
    }
    void noUnitIsLeftOut() {
        ContextUnit flat = planted(1, true, 80, 20);
        flat.accuracy.assign(flat.context.size(), .3);
        const nlohmann::json claims = measured({planted(0, true, 80, 20), flat});
        for (const char* claim : {"reorganisation_is_sudden", "accuracy_turns_upwards", "energy_falls_first"})
            QVERIFY2(claims.at(claim).at("not_measured").get<std::string>().find("1 of 2 units") !=
                         std::string::npos,
                     claim);
        QCOMPARE(claims.at("map_beyond_neighbour_mixing").at("values").size(), std::size_t{2});
    }
    /// A curve that rises at once and saturates has a knee too, but does not turn upwards.
    void turnsHaveADirection() {
        std::vector<ContextUnit> upwards, saturating;
        for (int i = 0; i < 3; ++i) {
            upwards.push_back(planted(i, true, 80, 20));
            saturating.push_back(upwards.back());
            for (std::size_t k = 0; k < saturating.back().context.size(); ++k)
                saturating.back().accuracy[k] =
                    .2 + .25 * std::min(std::log(saturating.back().context[k] / 4), std::log(20.)) +
                    .001 * static_cast<double>(k % 3);
        }
        QVERIFY(mean(measured(upwards).at("accuracy_turns_upwards").at("values")) > .2);
        QVERIFY(mean(measured(saturating).at("accuracy_turns_upwards").at("values")) < -.2);
        QVERIFY(mean(measured(saturating).at("reorganisation_is_sudden").at("values")) < 0);
        QVERIFY(std::abs(mean(measured(upwards)
                                  .at("accuracy_turns_upwards")
                                  .at("controls")
                                  .at("made_straight")
                                  .at("values"))) < .05);
    }
    /// Critical contexts that were planted as 3·n^1.4: the exponent is found, unit by unit, and only with every unit at every size.
    void thePowerLawIsFound() {
        FakeSet set;
        for (int side = 3; side <= 6; ++side)
            for (int seed = 0; seed < 2; ++seed)
                set.runs.emplace_back(
                    seed, side,
                    std::vector<double>{3 * std::pow(side * side, 1.4), 5 * std::pow(side * side, 1.2)});
        const auto claims = [&] {
            latent::Evidence evidence;
            measureModelClaims(latent::RunSet(&set), evidence);
            return evidence.toJson().at("claims");
        };
        const nlohmann::json all = claims(), grows = all.at("critical_context_grows");
        QCOMPARE(grows.at("values").size(), std::size_t{4});
        QVERIFY(std::abs(grows.at("values")[0].get<double>() - 1.4) < 1e-9 &&
                std::abs(grows.at("values")[1].get<double>() - 1.2) < 1e-9);
        QCOMPARE(grows.at("swept").at("nodes"), nlohmann::json({9., 16., 25., 36.}));
        for (const auto& known : grows.at("controls").at("memorisation_grows_linearly").at("values"))
            QVERIFY2(std::abs(known.get<double>() - 1) < .2,
                     qPrintable(QString::number(known.get<double>())));
        QVERIFY(all.at("components_are_used").at("not_measured").get<std::string>().find("several sizes") !=
                std::string::npos);
        set.runs.back().arrays["critical_context"][1] = std::nan("");
        QVERIFY(claims()
                    .at("critical_context_grows")
                    .at("not_measured")
                    .get<std::string>()
                    .find("3 of 4 units") != std::string::npos);
        while (set.runs.size() > 4) set.runs.pop_back();  // two sizes
        QVERIFY(claims().at("critical_context_grows").contains("not_measured"));
    }
    void everyClaimHasAControlAndNeedsFiveUnits() {
        std::set<std::string> ids;
        for (const latent::Claim& claim : modelClaims()) {
            QVERIFY2(!claim.controls().empty(), claim.id().c_str());
            QVERIFY2(claim.minimumUnits() >= 5, claim.id().c_str());
            QVERIFY2(claim.choice().empty() == (claim.guard() == latent::Guard::None), claim.id().c_str());
            QVERIFY2(ids.insert(claim.id()).second, claim.id().c_str());
        }
        QCOMPARE(ids.size(), std::size_t{11});
    }
};

QTEST_APPLESS_MAIN(ClaimsTest)
#include "claims_test.moc"
