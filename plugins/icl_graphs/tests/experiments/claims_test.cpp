// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims, on curves that are planted.
#include <QtTest>
#include <cmath>
#include <deque>
#include <latent/learn/random.hpp>
#include <map>
#include <set>

#include "experiments/analysis.hpp"
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
    std::string id = "run", experiment = "icl/model";
    latent::Schema schema = Model::parameters();
    nlohmann::json more = nlohmann::json::object();  // parameters that are not the defaults
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
                       parameters = latent::Parameters::defaultsOf(schema, {{"seed", seed}}).json();
        parameters.update(more);
        for (const auto& [name, values] : arrays) known[name] = {{"shape", {values.size()}}};
        latent::boundary::send(json, nlohmann::json{{"id", id},
                                                    {"experiment", experiment},
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

/// A run of icl/analysis over three layers of a walk on a grid.
FakeRun& addRecording(FakeSet& set, const std::string& file) {
    FakeRun& run = set.runs.emplace_back(0, 4, std::vector<double>{10});
    run.id = "run " + std::to_string(set.runs.size());
    run.experiment = "icl/analysis";
    run.schema = Analysis::parameters();
    run.more["recording"] = file;
    const std::size_t contexts = run.arrays["context"].size();
    for (std::size_t c = 0; c < contexts; ++c)
        run.arrays["accuracy"].push_back(static_cast<double>(c) / static_cast<double>(contexts));
    for (std::size_t i = 0; i < 3 * contexts; ++i) {
        run.arrays["rayleigh_isotropic_seen"].push_back(i % contexts < contexts / 2 ? 2.4 : 3.2);
        run.arrays["rayleigh"][i] =
            run.arrays["rayleigh_isotropic_seen"][i] / (i % contexts < contexts / 2 ? 1 : 2);
    }
    run.arrays["rayleigh_isotropic_shuffled"] = run.arrays["rayleigh_shuffled"] =
        std::vector<double>(3 * contexts, 1.5);
    run.arrays["beyond_mixing"] = std::vector<double>(3 * contexts, 2.4);
    run.arrays["planted_beyond"] = {3.2, 3.2, 3.2};
    return run;
}
nlohmann::json recordingClaimsOf(FakeSet& set) {
    latent::Evidence evidence;
    Analysis().measure(latent::RunSet(&set), evidence);
    return evidence.toJson().at("claims");
}

nlohmann::json claimsOf(FakeSet& set) {
    latent::Evidence evidence;
    measureModelClaims(latent::RunSet(&set), evidence);
    return evidence.toJson().at("claims");
}
QString why(const nlohmann::json& claims, const char* claim) {
    return QString::fromStdString(claims.at(claim).value("not_measured", std::string("measured")));
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
        const nlohmann::json all = claimsOf(set), grows = all.at("critical_context_grows");
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
        QVERIFY(claimsOf(set)
                    .at("critical_context_grows")
                    .at("not_measured")
                    .get<std::string>()
                    .find("3 of 4 units") != std::string::npos);
        while (set.runs.size() > 4) set.runs.pop_back();  // two sizes
        QVERIFY(claimsOf(set).at("critical_context_grows").contains("not_measured"));
    }
    /// Grids, rings and days are three studies of three sizes; their critical contexts are no scaling.
    void severalStudiesAreRefused() {
        FakeSet set;
        for (int side = 3; side <= 5; ++side)
            set.runs.emplace_back(0, side, std::vector<double>{10. * side, 11. * side});
        QVERIFY(claimsOf(set).at("critical_context_grows").contains("values"));
        set.runs[1].more["family"] = "ring";
        const nlohmann::json mixed = claimsOf(set);
        for (const latent::Claim& claim : modelClaims())
            QVERIFY2(why(mixed, claim.id().c_str()).contains("'family' is grid and ring"),
                     claim.id().c_str());
        set.runs[1].more = {{"reading", "pairs"}};
        QVERIFY(why(claimsOf(set), "critical_context_grows").contains("'reading' is pairs and walk"));
        for (const auto& [name, value] : {std::pair<const char*, nlohmann::json>{"ablated_heads", 20},
                                          {"prompts", 7},
                                          {"components", 5}}) {
            set.runs[1].more = {{name, value}};
            QVERIFY2(why(claimsOf(set), "critical_context_grows").contains(QString("'%1' is ").arg(name)),
                     name);
        }
        for (FakeRun& run : set.runs) run.more = {{"words", "own"}, {"own_words", {"a", "b"}}};
        set.runs[1].more["own_words"] = {"c", "d"};
        QVERIFY(why(claimsOf(set), "critical_context_grows").contains("'own_words' is "));
        for (FakeRun& run : set.runs) run.more = nlohmann::json::object();
        set.runs[1].more["edited_edges"] = {{0, 1}, {1, 2}};
        QVERIFY(why(claimsOf(set), "critical_context_grows").contains("'edited_edges' is "));
        set.runs[1].more = {
            {"degree", 5}, {"edge_probability", .5}, {"switching", .5}};  // of no grid, nor walk on one
        QVERIFY(claimsOf(set).at("critical_context_grows").contains("values"));
        set.runs[1].more = {{"rows", 9}, {"seed", 4}};  // a size and another seed are no other study
        QVERIFY(!why(claimsOf(set), "components_are_used").contains("different studies"));
    }
    /// Two runs of one size and seed, whatever else differs, are not one point of the law.
    void noSizeIsReadTwice() {
        FakeSet set;
        for (int side = 3; side <= 5; ++side)
            set.runs.emplace_back(0, side, std::vector<double>{10. * side, 11. * side});
        set.runs.emplace_back(0, 4, std::vector<double>{60, 70}).more["length"] = 300;
        QVERIFY2(why(claimsOf(set), "critical_context_grows").contains("more than once on 16 nodes"),
                 qPrintable(why(claimsOf(set), "critical_context_grows")));
    }
    /// Quotients of a version that left noise in are not judged by words that say it is taken out.
    void olderRunsAreNotJudgedByNewWords() {
        FakeSet set;
        FakeRun& run = set.runs.emplace_back(0, 3, std::vector<double>{10});
        QVERIFY(why(claimsOf(set), "map_beyond_neighbour_mixing").contains("run them again"));
        run.arrays["rayleigh_isotropic_seen"] = std::vector<double>(run.arrays["rayleigh"].size(), 3.2);
        QCOMPARE(claimsOf(set).at("map_beyond_neighbour_mixing").at("values"), nlohmann::json({1.}));
        FakeSet recordings;
        addRecording(recordings, "a.npz").arrays.erase("rayleigh_isotropic_seen");
        QVERIFY(why(recordingClaimsOf(recordings), "map_beyond_neighbour_mixing").contains("run them again"));
    }
    /// Of recordings, too: the walk's quotient over that of the words of its windows, the control's over that of its own.
    void quotientsOfRecordingsAreOverThoseOfTheWordsSeen() {
        FakeSet set;
        addRecording(set, "a.npz");
        const nlohmann::json first = recordingClaimsOf(set).at("energy_falls_first");
        const nlohmann::json shuffled = first.at("controls").at("shuffled_is_isotropic").at("values");
        QVERIFY2(shuffled.size() == 1 && std::abs(mean(shuffled) - 1) < 1e-12, shuffled.dump().c_str());
        FakeRun& run = set.runs.front();
        run.arrays["rayleigh"] = run.arrays["rayleigh_isotropic_seen"];
        QVERIFY(why(recordingClaimsOf(set), "energy_falls_first") != "measured");  // energy does not change
    }
    /// The same recording analysed twice is one walk, and walks on other graphs are another study.
    void aRecordingIsOneUnit() {
        FakeSet set;
        addRecording(set, "a.npz");
        addRecording(set, "a.npz");
        addRecording(set, "b.npz");
        const nlohmann::json claim = recordingClaimsOf(set).at("map_beyond_neighbour_mixing");
        QCOMPARE(claim.at("units"),
                 nlohmann::json({"recording a.npz", "recording a.npz", "recording b.npz"}));
        for (const char* name : {"window", "rows"}) {
            set.runs.back().more[name] = 7;
            QVERIFY2(why(recordingClaimsOf(set), "energy_falls_first").contains("different studies"), name);
            set.runs.back().more.erase(name);
        }
        set.runs.back().more["nodes"] = 11;  // of no grid
        QVERIFY(recordingClaimsOf(set).at("energy_falls_first").contains("values"));
    }
    /// One placement without a calendar to compare with: said, not dropped.
    void noPlacementOfTheCalendarIsLeftOut() {
        FakeSet set;
        FakeRun& run = set.runs.emplace_back(0, 3, std::vector<double>{10, 11});
        const std::size_t contexts = run.arrays["context"].size();
        run.arrays["calendar_alignment"] = std::vector<double>(2 * 3 * contexts * 2, .9);
        run.arrays["calendar_null"] = run.arrays["graph_later_null"] = {.1, .2, .3, .1, .2, .3};
        run.arrays["graph_later"] = {.8, .7};
        nlohmann::json all = claimsOf(set);
        QCOMPARE(all.at("calendar_takes_the_first_components").at("values").size(), std::size_t{2});
        QCOMPARE(all.at("graph_is_in_later_components").at("values"), nlohmann::json({.8, .7}));
        run.arrays["graph_later"][1] = std::nan("");
        for (int i = 3; i < 6; ++i) run.arrays["calendar_null"][static_cast<std::size_t>(i)] = std::nan("");
        all = claimsOf(set);
        for (const char* claim : {"calendar_takes_the_first_components", "graph_is_in_later_components"})
            QVERIFY2(why(all, claim).contains("1 of 2 units"), claim);
        run.arrays["calendar_null"].clear();  // 'null_draws' = 0
        run.arrays["graph_later_null"].clear();
        all = claimsOf(set);
        for (const char* claim : {"calendar_takes_the_first_components", "graph_is_in_later_components"})
            QVERIFY2(why(all, claim).contains("'null_draws'"), claim);
    }
    /// Each kind of head is compared with others of its own layers, and the controls can fail.
    void headsAreComparedWithOthersLikeThem() {
        FakeSet set;
        FakeRun& run = set.runs.emplace_back(0, 3, std::vector<double>{10, 11});
        // None, induction, like induction, previous, like previous, and their means.
        run.arrays["ablation_accuracy"] = {.8, .2, .76, .3, .7, 0, 0, 0, 0, .4, .1, .2, .1, .3, 0, 0, 0, 0};
        run.arrays["ablation_rayleigh"] = {1.6, 1.6, 1.92, 3.2,  2.24, 0, 0, 0, 0,
                                           1.6, 1.6, 1.6,  2.88, 1.6,  0, 0, 0, 0};
        nlohmann::json all = claimsOf(set);
        const nlohmann::json accuracy = all.at("induction_heads_carry_accuracy"),
                             previous = all.at("previous_token_heads_carry_geometry");
        QCOMPARE(accuracy.at("a"), nlohmann::json({.76, .2}));
        QCOMPARE(accuracy.at("b"), nlohmann::json({.2, .1}));
        const nlohmann::json lost = accuracy.at("controls").at("other_heads_are_harmless").at("values");
        QVERIFY(std::abs(lost[0].get<double>() - .05) < 1e-12 &&
                std::abs(lost[1].get<double>() - .5) < 1e-12);
        QVERIFY(std::abs(previous.at("a")[0].get<double>() - 1) < 1e-12 &&
                std::abs(previous.at("b")[0].get<double>() - .7) < 1e-12);
        const nlohmann::json map = previous.at("controls").at("other_heads_leave_the_map");
        QVERIFY(std::abs(map.at("a")[0].get<double>() - .7) < 1e-12 &&
                std::abs(map.at("b")[0].get<double>() - .5) < 1e-12);
        run.arrays["ablation_accuracy"].resize(14);  // as an older version left it
        QVERIFY(why(claimsOf(set), "induction_heads_carry_accuracy").contains("run them again"));
    }
    /// A window in which half of the words were seen has a smaller isotropic value: that is no map.
    void quotientsAreOverThoseOfTheWordsSeen() {
        FakeSet set;
        FakeRun& run = set.runs.emplace_back(0, 3, std::vector<double>{10});
        const std::size_t contexts = run.arrays["context"].size();
        for (std::size_t c = 0; c < contexts;
             ++c)  // accuracy rises; the quotient is the isotropic one throughout
            run.arrays["accuracy_context"][c] = static_cast<double>(c) / static_cast<double>(contexts);
        run.arrays["rayleigh_isotropic_shuffled"] = std::vector<double>(3 * contexts, 1.5);
        run.arrays["rayleigh_shuffled"] = run.arrays["rayleigh_isotropic_shuffled"];
        for (std::size_t i = 0; i < 3 * contexts; ++i)
            run.arrays["rayleigh_isotropic_seen"].push_back(i % contexts < contexts / 2 ? 2.4 : 3.2);
        run.arrays["rayleigh"] = run.arrays["rayleigh_isotropic_seen"];
        QVERIFY(why(claimsOf(set), "energy_falls_first") != "measured");  // energy does not change
        for (std::size_t i = 0; i < 3 * contexts; ++i)
            if (i % contexts >= contexts / 2) run.arrays["rayleigh"][i] = 1.6;
        const nlohmann::json all = claimsOf(set);
        QVERIFY(all.at("energy_falls_first").contains("values"));
        QCOMPARE(all.at("energy_falls_first")
                     .at("controls")
                     .at("shuffled_is_isotropic")
                     .at("values")[0]
                     .get<double>(),
                 1.0);
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
