// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims, on curves that are planted.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <set>

#include "experiments/claims.hpp"
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
        unit.accuracy.push_back((sudden ? .2 + (u < 0 ? .01 : .25) * u : .2 + .6 / (1 + std::exp(-u / .8))) + .004 * random.normal());
        unit.rayleigh.push_back(3.2 - 1.5 / (1 + std::exp(-std::log(x / fall) / .3)));
    }
    return unit;
}

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
        const nlohmann::json a = measured(sudden).at("reorganisation_is_sudden"), b = measured(smooth).at("reorganisation_is_sudden");
        QCOMPARE(a.at("values").size(), std::size_t{6});
        QVERIFY(mean(a.at("values")) < -.3);
        QVERIFY(mean(b.at("values")) > .3);
        QVERIFY(mean(a.at("controls").at("made_smooth").at("values")) > -.1);
        QCOMPARE(a.at("units")[2], nlohmann::json("placement 2"));
    }
    void whichComesFirstIsTimed() {
        const nlohmann::json first = measured({planted(1, false, 120, 20)}).at("energy_falls_first"), later = measured({planted(1, false, 20, 120)}).at("energy_falls_first");
        QVERIFY(mean(first.at("values")) > 1);
        QVERIFY(mean(later.at("values")) < -1);
        QCOMPARE(mean(first.at("controls").at("shuffled_is_isotropic").at("values")), 1.0);
        QVERIFY(std::abs(mean(measured({planted(1, false, 20, 20)}).at("map_beyond_neighbour_mixing").at("values")) - .75) < 1e-9);
    }
    void whatWasNotMeasuredIsSaid() {
        ContextUnit flat = planted(1, true, 80, 20);
        flat.accuracy.assign(flat.context.size(), .3);
        const nlohmann::json claims = measured({flat});
        QVERIFY(claims.at("reorganisation_is_sudden").at("not_measured").get<std::string>().find("changes by more than .05") != std::string::npos);
        QVERIFY(claims.at("energy_falls_first").contains("not_measured"));
        for (const latent::Claim& claim : contextClaims()) QVERIFY(measured({}).at(claim.id()).contains("not_measured"));
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
