// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims, on runs whose numbers are planted: scenes as units, tiers and labels apart, pairs and controls.
#include <QtTest>
#include <cmath>
#include <map>
#include <set>

#include "experiments/remove.hpp"
#include "pipeline/separability.hpp"

using namespace hyperspectral_shadows;

namespace {

/// Place of a number in `relative_rmse`.
constexpr std::size_t at(State state, Area area) {
    return static_cast<std::size_t>(state) * kAreas + static_cast<std::size_t>(area);
}

struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays{
        {"score_value", std::vector<double>(kScores, .1)},
        {"relative_rmse", std::vector<double>(at(kStates, kCore), .2)},
        {"separability", {.99, .8, .7, .98, .5}}};
    std::vector<std::pair<std::string, nlohmann::json>> values;

    FakeRun(std::int64_t seed, const std::string& tier, const std::string& labels, double border, double hard)
        : values{{"seed", seed}, {"tier", tier}, {"labels", labels}} {
        arrays["relative_rmse"][at(kCorrected, kBorder)] = border;
        arrays["relative_rmse"][at(kHardMask, kBorder)] = hard;
    }
    std::vector<std::string> unknown;  ///< parameters that did not exist yet
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json p = latent::Parameters::defaultsOf(Remove::parameters()).json();
        for (const auto& [name, value] : values) p[name] = value;
        for (const std::string& name : unknown) p.erase(name);
        nlohmann::json it{{"id", "planted"}, {"parameters", p}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, list] : arrays) it["arrays"][name] = {{"shape", {list.size()}}};
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
        latent::boundary::send(json, R"({"kind":"sweep","swept":[]})");
        return latent::abi::kOk;
    }
};

nlohmann::json measured(std::vector<FakeRun*> runs) {
    FakeSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    Remove().measure(latent::RunSet(&set), evidence);
    return nlohmann::json::parse(evidence.toJson().dump()).at("claims");  // as the host gets it
}

}  // namespace

class ClaimsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tiersAndLabelsStayApart() {
        FakeRun a(1, "easy", "truth", .05, 1), b(2, "easy", "truth", .07, 1),
            c(1, "easy", "brightness", .3, 1), d(1, "hard", "truth", .5, 2);
        const nlohmann::json claims = measured({&a, &b, &c, &d});
        QCOMPARE(claims.at("borders_easy_truth").at("a"), (nlohmann::json{.05, .07}));
        QCOMPARE(claims.at("borders_easy_truth").at("units"),
                 (nlohmann::json{"seed 1 sun 30", "seed 2 sun 30"}));
        QCOMPARE(claims.at("borders_easy_auto").at("a"), (nlohmann::json{.3}));
        QCOMPARE(claims.at("borders_hard_truth").at("b"), (nlohmann::json{2.0}));
        QVERIFY(claims.at("borders_dark_truth").contains("not_measured"));
        QCOMPARE(claims.at("beats_brightness_easy_truth").at("a")[0].get<double>() -
                     claims.at("beats_brightness_easy_truth").at("b")[0].get<double>(),
                 .99 - .8);
        QCOMPARE(claims.at("separates_easy_truth").at("controls").at("permuted").at("values")[0], .5);
        const nlohmann::json& lda = claims.at("matches_lda_easy_truth");
        QCOMPARE(lda.at("a"), (nlohmann::json{.99, .99}));
        QCOMPARE(lda.at("b"), (nlohmann::json{.98, .98}));
        QCOMPARE(lda.at("controls").at("permuted").at("a"), (nlohmann::json{.5, .5}));
        QVERIFY(claims.at("methaneair").contains("not_measured"));
    }

    void aSceneCountsOnceAndMissingNumbersNever() {
        FakeRun a(1, "easy", "truth", .05, 1), again(1, "easy", "truth", .05, 1),
            none(3, "easy", "truth", .05, 1);
        none.arrays["separability"].assign(kSeparators, std::nan(""));
        const nlohmann::json claims = measured({&a, &again, &none});
        QCOMPARE(claims.at("separates_easy_truth").at("values").size(), std::size_t{1});
        QCOMPARE(claims.at("borders_easy_truth").at("a").size(), std::size_t{2});
        FakeRun shape(1, "easy", "truth", .4, 1);
        shape.values.push_back({"preprocessing", "per_spectrum"});
        shape.arrays["separability"][0] = .9;
        const nlohmann::json both = measured({&a, &shape});
        QCOMPARE(both.at("separates_easy_truth").at("values"),
                 (nlohmann::json{.9}));  // of spectra standardised by themselves
        QCOMPARE(both.at("borders_easy_truth").at("a"), (nlohmann::json{.05}));  // of raw radiance
        FakeRun more(1, "easy", "truth", .05, 1);
        more.values.push_back({"materials", 8});
        QVERIFY(measured({&more}).at("borders_easy_truth").contains("not_measured"));
        FakeRun file(1, "easy", "truth", .05, 1);
        file.values.push_back({"source", "file"});  // a file has no tier, whatever the form says
        QVERIFY(measured({&file}).at("borders_easy_truth").contains("not_measured"));
    }

    void methaneIsJudgedOnScenesWithPlumesOnly() {
        FakeRun plain(1, "easy", "truth", .05, 1), with(2, "easy", "truth", .05, 1),
            old(3, "easy", "truth", .05, 1);
        for (FakeRun* run : {&with, &old}) run->values.push_back({"plumes", 4});
        with.arrays["score_value"][kMethaneSlopeCorrected] = .7,
        with.arrays["score_value"][kMethaneSlopeTruth] = 1.01;
        with.arrays["score_value"][kMethaneFalseCorrected] = .03,
        with.arrays["score_value"][kMethaneFalseInput] = .04;
        old.arrays["score_value"].assign(kMethaneSlopeInput, .1);  // a run of before these were measured
        const nlohmann::json claims = measured({&plain, &with, &old});
        QCOMPARE(claims.at("methane_slope_easy_truth").at("values"), (nlohmann::json{.7}));
        QCOMPARE(claims.at("methane_slope_easy_truth").at("units"), (nlohmann::json{"seed 2 sun 30"}));
        QCOMPARE(claims.at("methane_slope_easy_truth").at("controls").at("unshadowed").at("values"),
                 (nlohmann::json{1.01}));
        QCOMPARE(claims.at("methane_false_easy_truth").at("a"), (nlohmann::json{.03}));
        QCOMPARE(claims.at("methane_false_easy_truth").at("b"), (nlohmann::json{.04}));
        QVERIFY(measured({&plain}).at("methane_slope_easy_truth").contains("not_measured"));
        QVERIFY(measured({&plain}).at("methane_false_hard_truth").contains("not_measured"));
    }

    void aClaimAndItsControlAreOfTheSameScenes() {
        // The second scene has no core, the third no border; the fourth no plume in shadow, and no light.
        FakeRun a(1, "easy", "truth", .05, 1), b(2, "easy", "truth", .06, 1), c(3, "easy", "truth", .07, 1),
            d(4, "easy", "truth", .08, 1);
        for (FakeRun* run : {&a, &b, &c, &d}) run->values.push_back({"plumes", 4});
        for (const State state : {kInput, kHardMask, kCorrected, kNoiseFloor}) {
            b.arrays["relative_rmse"][at(state, kCore)] = std::nan("");
            c.arrays["relative_rmse"][at(state, kBorder)] = std::nan("");
        }
        for (const Score score : {kMethaneSlopeInput, kMethaneSlopeCorrected, kMethaneSlopeTruth,
                                  kMethaneFalseLitInput, kMethaneFalseLitCorrected})
            d.arrays["score_value"][score] = std::nan("");
        const nlohmann::json claims = measured({&a, &b, &c, &d});
        const auto unitsOf = [&](const char* claim, const char* control) {
            const nlohmann::json& of = claims.at(claim);
            return std::pair{of.at("units"), of.at("controls").at(control).at("units")};
        };
        const auto both = [](const nlohmann::json& units) { return std::pair{units, units}; };
        const std::string s1 = "seed 1 sun 30", s2 = "seed 2 sun 30", s3 = "seed 3 sun 30",
                          s4 = "seed 4 sun 30";
        QVERIFY(unitsOf("borders_easy_truth", "core") == both({s1, s4}));
        QVERIFY(unitsOf("matches_lit_easy_truth", "input") == both({s1, s3, s4}));
        QVERIFY(unitsOf("methane_slope_easy_truth", "unshadowed") == both({s1, s2, s3}));
        QVERIFY(unitsOf("methane_false_easy_truth", "lit") == both({s1, s2, s3}));
        QVERIFY(unitsOf("separates_easy_truth", "permuted") == both({s1, s2, s3, s4}));
    }

    void aNumberThatIsMissingAloneIsHandedOn() {
        // It was to be measured: the judge refuses the sample and names the scene, rather than never to hear.
        FakeRun a(1, "easy", "truth", .05, 1), b(2, "easy", "truth", .06, 1), c(3, "easy", "truth", .07, 1);
        for (FakeRun* run : {&a, &b, &c}) run->values.push_back({"plumes", 4});
        for (int i = 0; FakeRun * run : {&a, &b, &c}) {
            ++i;
            run->arrays["score_value"][kMethaneSlopeCorrected] = .1 * i;
            run->arrays["score_value"][kMethaneFalseCorrected] = .2 * i;
            run->arrays["score_value"][kMethaneFalseInput] = .5 * i;
        }
        a.arrays["score_value"][kMethaneSlopeTruth] = std::nan("");
        b.arrays["score_value"][kMethaneFalseInput] = std::nan("");
        c.arrays["score_value"][kMethaneFalseLitInput] = std::nan("");
        b.arrays["separability"][1] = std::nan("");
        c.arrays["relative_rmse"][at(kHardMask, kBorder)] = std::nan("");
        const nlohmann::json claims = measured({&a, &b, &c});
        const nlohmann::json &slope = claims.at("methane_slope_easy_truth"),
                             &quiet = claims.at("methane_false_easy_truth"),
                             &bright = claims.at("beats_brightness_easy_truth"),
                             &borders = claims.at("borders_easy_truth");
        const nlohmann::json all = {"seed 1 sun 30", "seed 2 sun 30", "seed 3 sun 30"};
        for (const nlohmann::json* of : {&slope, &quiet, &bright, &borders}) {
            QCOMPARE(of->at("units"), all);
            for (const nlohmann::json& control : of->at("controls")) QCOMPARE(control.at("units"), all);
        }
        QCOMPARE(slope.at("values"), (nlohmann::json{.1, .2, .1 * 3}));
        QCOMPARE(slope.at("controls").at("unshadowed").at("values"), (nlohmann::json{nullptr, .1, .1}));
        QCOMPARE(quiet.at("a"), (nlohmann::json{.2, .4, .2 * 3}));
        QCOMPARE(quiet.at("b"), (nlohmann::json{.5, nullptr, 1.5}));
        QCOMPARE(quiet.at("controls").at("lit").at("b"), (nlohmann::json{.1, .1, nullptr}));
        QCOMPARE(bright.at("b"), (nlohmann::json{.8, nullptr, .8}));
        QCOMPARE(borders.at("b"), (nlohmann::json{1, 1, nullptr}));
    }

    void plumesAreOfRawRadianceWhateverComesLast() {
        FakeRun raw(1, "easy", "truth", .05, 1), shape(1, "easy", "truth", .05, 1);
        for (FakeRun* run : {&raw, &shape}) run->values.push_back({"plumes", 4});
        shape.values.push_back({"preprocessing", "per_spectrum"});
        raw.arrays["score_value"][kMethaneSlopeCorrected] = .6;
        shape.arrays["score_value"][kMethaneSlopeCorrected] = .9;
        for (const auto& order : {std::vector<FakeRun*>{&raw, &shape}, {&shape, &raw}})
            QCOMPARE(measured(order).at("methane_slope_easy_truth").at("values"), (nlohmann::json{.6}));
        QVERIFY(measured({&shape}).at("methane_slope_easy_truth").contains("not_measured"));
    }

    void runsFromBeforeAParameterCount() {
        FakeRun old(1, "easy", "truth", .05, 1);
        old.unknown = {"plumes", "materials", "stop_patience", "zenith"};
        QCOMPARE(measured({&old}).at("borders_easy_truth").at("a"), (nlohmann::json{.05}));
    }

    void everyClaimIsDeclaredOnceWithControls() {
        std::set<std::string> ids;
        for (const latent::Claim& claim : Remove::claims()) {
            QVERIFY2(ids.insert(claim.id()).second, claim.id().c_str());
            QVERIFY(!claim.controls().empty());
        }
        const nlohmann::json nothing = measured({});
        for (const std::string& id : ids)
            QVERIFY2(nothing.contains(id) && nothing.at(id).contains("not_measured"), id.c_str());
        QCOMPARE(nothing.size(), ids.size());
    }
};

QTEST_APPLESS_MAIN(ClaimsTest)
#include "claims_test.moc"
