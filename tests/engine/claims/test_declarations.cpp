// SPDX-License-Identifier: Apache-2.0
// Declarations and evidence across the boundary: JSON there and back, what is refused and why, the hash.
#include <QCryptographicHash>
#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/claims/declarations.hpp"
#include "engine/claims/examples.hpp"
#include "engine/claims/judge.hpp"
#include "engine/claims/measured.hpp"

using namespace latent;
using namespace latent::engine::claims;
using claims_test::example;
using nlohmann::json;

namespace {

std::string sha256(std::string_view bytes) {
    return QCryptographicHash::hash(QByteArray(bytes.data(), qsizetype(bytes.size())),
                                    QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

bool complains(const Claim& claim, const std::string& text) {
    for (const std::string& problem : problems(claim)) {
        if (problem.find(text) != std::string::npos) return true;
    }
    return false;
}

Claim everything() {
    return example("everything")
        .kind(ClaimKind::FigureReplication)
        .each(Replication::Chain)
        .by(Interval::PairedMedian)
        .lessThan(0.5, 0.125)
        .atLeast(12)
        .sweeps("mu", 3)
        .sweeps("sigma", 2)
        .chosenBy("minimum over checkpoints", Guard::HeldOut);
}

}  // namespace

class TestDeclarations : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void claimsCrossAsJson() {
        const Claim claim = everything();
        const json there = claim.toJson();
        QCOMPARE(Claim::fromJson(json::parse(there.dump())).toJson(), there);
        QCOMPARE(there.at("criterion").at("interval").get<std::string>(), std::string("paired_median"));
        QCOMPARE(there.at("design").at("sweeps").at(1).at("minimum_values").get<int>(), 2);
        QVERIFY(problems(claim).empty());
        auto claims = readClaims(json::array({there, example("b").toJson()}));
        QVERIFY(claims);
        QCOMPARE(claims->at(1).id(), std::string("b"));
    }

    void evidenceCrossesAsJson() {
        Evidence out;
        out.claim("a")
            .values({1, std::nan(""), 3})
            .units({"s0", "s1", "s2"})
            .swept("mu", {1, 2})
            .chosenOn({"s9"});
        out.claim("b").paired({1, 2}, {3, 4}).nulls({{1}, {2, 3}});
        out.claim("b").control("c").outcomes({true, false});
        out.notMeasured("d", "No such array.");
        const json there = out.toJson();
        auto back = readEvidence(json::parse(there.dump()));
        QVERIFY(back);
        QCOMPARE(back->toJson().dump(), there.dump());
        QVERIFY(std::isnan(
            back->claims().at("a").sample().first[1]));  // null comes back as what cannot be judged
        QCOMPARE(back->claims().at("b").controls().at("c").sample().first, (std::vector<double>{1, 0}));
        QVERIFY_THROWS_EXCEPTION(UsageError, out.claim("a").values({1}));  // all units at once, and once only
    }

    void hostileJsonIsRefusedWithASentence() {
        const json good = example("a").toJson();
        for (const char* gone : {"id", "statement", "kind", "source", "estimand", "unit", "replication",
                                 "criterion", "design", "selection", "controls"}) {
            json broken = good;
            broken.erase(gone);
            auto claims = readClaims(json::array({good, broken}));
            QVERIFY(!claims);
            QVERIFY(claims.error().message.rfind("Claim number 2 cannot be read: ", 0) == 0);
            broken[gone] = json::array({1});
            if (std::string(gone) != "controls") QVERIFY(!readClaims(json::array({broken})));
        }
        QVERIFY(!readClaims(json::object()));
        for (const char* text :
             {"1", "[]", R"({"claims":{"a":1}})", R"({"claims":{"a":{"values":["x"]}}})",
              R"({"claims":{"a":{"values":[1],"outcomes":[true]}}})", R"({"claims":{"a":{"a":[1]}}})",
              R"({"claims":{"a":{"values":[1],"units":[7]}}})"}) {
            QVERIFY2(!readEvidence(json::parse(text)), text);
        }
    }

    void whatIsNoIndependentUnitHasNoWord() {
        for (const char* word : {"token", "pixel", "image", "deterministic", "epoch"}) {
            json claim = example("a").toJson();
            claim["replication"] = word;
            auto claims = readClaims(json::array({claim}));
            QVERIFY(!claims);
            QVERIFY(claims.error().message.find("is no unit of replication; use one of: seed, ") !=
                    std::string::npos);
        }
        json claim = example("a").toJson();
        claim["replication"] = "deterministic";
        QVERIFY(readClaims(json::array({claim})).error().message.find("repeat it over initialisations") !=
                std::string::npos);
    }

    void incompleteDeclarationsAreNamed() {
        QVERIFY(problems(example("a")).empty());
        QVERIFY(complains(Claim("a", "b"), "'a' names no source"));
        QVERIFY(complains(Claim("a", "b"), "has no control"));
        QVERIFY(complains(example("a").estimand(""), "which number"));
        QVERIFY(complains(example("a").unit(""), "has no unit"));
        QVERIFY(complains(example("a").atLeast(4), "fewer than five"));
        QVERIFY(complains(example("a").greaterThan(0, -1), "margin of 0 or more"));
        QVERIFY(complains(example("a").greaterThan(0, std::nan("")), "margin of 0 or more"));
        QVERIFY(complains(example("a").greaterThan(INFINITY), "not a finite number"));
        QVERIFY(complains(example("a").equals(1, 0), "needs a margin above 0"));
        QVERIFY(complains(example("a").by(Interval::Proportion).greaterThan(1.5), "between 0 and 1"));
        QVERIFY(complains(example("a").by(Interval::PairedRatio), "must be above 0"));
        QVERIFY(complains(example("a").chosenBy("", Guard::HeldOut), "does not say what is chosen"));
        QVERIFY(complains(example("a").by(Interval::Proportion).chosenBy("best", Guard::MatchedNull),
                          "exceeds all its null"));
        QVERIFY(complains(example("a").control(Control("nothing", "Again.").greaterThan(0)),
                          "'nothing' of 'a' occurs twice"));
        QVERIFY(complains(example("a").sweeps("mu", 1), "fewer than two values"));
        const auto twice = problems(std::vector<Claim>{example("a"), example("a")});
        QVERIFY(!twice.empty() && twice.front() == "The claim 'a' is declared twice.");
        // What is not usable is not judged.
        Evidence out;
        out.claim("a").values({1, 2, 3, 4, 5, 6});
        QCOMPARE(judge({Claim("a", "b")}, out).front().verdict, Verdict::NotMeasured);
    }

    void theHashIsOfWhatWasDeclared() {
        const std::vector<Claim> claims{example("a"), everything()};
        const std::string before = declarationsHash(claims, sha256);
        QCOMPARE(before.size(), std::size_t{64});
        QCOMPARE(declarationsHash({everything(), example("a")}, sha256), before);  // order says nothing
        QCOMPARE(declarationsHash(*readClaims(json::parse(canonicalDeclarations(claims))), sha256), before);
        QVERIFY(declarationsHash({example("a").greaterThan(0, 1e-9), everything()}, sha256) != before);
        QVERIFY(declarationsHash({example("a")}, sha256) != before);
        QCOMPARE(canonicalDeclarations({}), std::string("[]"));
    }

    void whatWasNotDeclaredIsNoticed() {
        Evidence out;
        out.claim("a").values({1}).control("nothing").values({1});
        QVERIFY(undeclared({example("a")}, out).empty());
        out.claim("a").control("other").values({1});
        out.claim("b").values({1});
        const auto stray = undeclared({example("a")}, out);
        QCOMPARE(stray.size(), std::size_t{2});
        QVERIFY(stray[0].find("control 'other' of 'a'") != std::string::npos);
        QVERIFY(stray[1].find("'b', which no claim declared") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestDeclarations)
#include "test_declarations.moc"
