// SPDX-License-Identifier: Apache-2.0
// The phase diagram without a host: labels, what is published, pauses, and that a cell is the model that markov/train trains.
#include <QtTest>
#include <cmath>
#include <limits>

#include "experiments/phase_map.hpp"
#include "experiments/phases.hpp"
#include "experiments/phases_plan.hpp"
#include "experiments/train.hpp"
#include "learn/fake_job.hpp"

using namespace markov_mixtures;

namespace {

latent::Parameters small(const nlohmann::json& values = nlohmann::json::object()) {
    nlohmann::json json = latent::Parameters::defaultsOf(Phases::parameters()).json();
    json.update({{"states", 3},
                 {"width", 16},
                 {"heads", 2},
                 {"steps", 24},
                 {"batch", 4},
                 {"length", 16},
                 {"learning_rate", 4e-3},
                 {"clip", 1.0},
                 {"checkpoints", 3},
                 {"first_checkpoint", 4},
                 {"replicates", 4},
                 {"context", 12},
                 {"sequence_length", 48},
                 {"sequences", 2},
                 {"proximity_chains", 6},
                 {"redraws", 3},
                 {"diversity", {6, 2}}});
    json.update(values);
    return latent::Parameters::fromJson(json);
}

QString refusal(const nlohmann::json& values) {
    try {
        Phases().outputs(small(values));
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class PhasesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void labelsFollowBothScores() {
        QCOMPARE(phaseOf(.1, .9, .5), 0);  // Uni-Ret
        QCOMPARE(phaseOf(.8, .9, .5), 1);  // Bi-Ret
        QCOMPARE(phaseOf(.1, .6, .5), 2);  // Uni-Inf
        QCOMPARE(phaseOf(.8, .6, .5), 3);  // Bi-Inf
        QCOMPARE(phaseOf(.8, .6, .2), 1);  // proximity .6 is a fifth of the way from .5 to 1
        QCOMPARE(phaseOf(std::numeric_limits<double>::quiet_NaN(), .9, .5), kNoPhase);
    }

    void itPublishesWhatItDeclares() {
        FakeJob host;
        latent::Job job(&host);
        Phases experiment;
        experiment.run(small(), job);
        const nlohmann::json declared = experiment.outputs(small()).toJson();
        for (const auto& array : declared.at("arrays")) {
            const std::string name = array.at("name").get<std::string>();
            QVERIFY2(host.published.count(name), name.c_str());
            const std::vector<int64_t>& shape = host.published.at(name).shape;
            QVERIFY2(shape.size() == array.at("dims").size(), name.c_str());
            for (std::size_t d = 0; d < shape.size(); ++d)
                QVERIFY2(array.at("dims")[d].at("size") == shape[d], name.c_str());
        }
        const auto* proximity = reinterpret_cast<const double*>(host.published.at("proximity").bytes.data());
        for (int i = 0; i < 6; ++i) QVERIFY(std::isfinite(proximity[i]));
    }

    void aPauseChangesNothing() {
        FakeJob whole, parts;
        latent::Job wholeJob(&whole);
        Phases().run(small(), wholeJob);
        parts.pauseAfter = 5;
        for (int attempt = 0; attempt < 20; ++attempt) {
            latent::Job job(&parts);
            Phases().run(small(), job);
            parts.resumes = true;
            parts.pauseAfter = 75;  // both sets of contexts take 36 looks
        }
        for (const auto& [name, kept] : whole.published)
            QVERIFY2(parts.published.at(name).bytes == kept.bytes, name.c_str());
    }

    void aCellIsTheModelThatTrainTrains() {
        FakeJob map, one;
        latent::Job mapJob(&map), oneJob(&one);
        Phases().run(small(), mapJob);
        Train().run(cellOf(small(), 6), oneJob);
        QCOMPARE(map.metrics.at("train_loss_6"), one.metrics.at("train_loss"));
        const auto* all = reinterpret_cast<const double*>(map.published.at("proximity").bytes.data());
        const auto* rows = reinterpret_cast<const double*>(one.rows.at("proximity").data());
        for (int c = 0; c < 3; ++c) QCOMPARE(all[3 + c], rows[c]);  // diversity is sorted: 6 comes second
        const std::string attention(map.published.at("attention").bytes.begin(),
                                    map.published.at("attention").bytes.end());
        const std::string alone(one.rows.at("attention").begin(), one.rows.at("attention").end());
        QCOMPARE(attention.size(), 2 * alone.size());
        QVERIFY(attention.substr(alone.size()) == alone);
    }

    void impossibleDiagramsAreRefused() {
        QCOMPARE(refusal(nlohmann::json::object()), QString());
        QVERIFY(refusal({{"diversity", {4, 4}}}).contains("comes twice"));
        QVERIFY(refusal({{"context", 16}}).contains("longer than the sequence"));
        QVERIFY(refusal({{"curriculum", 4}}).contains("there are 2"));
    }

    void everyPresetFitsItsOwnSchema() {
        const nlohmann::json schema = Phases::parameters().toJson();
        for (const auto& preset : schema.at("presets")) {
            nlohmann::json json = latent::Parameters::defaultsOf(Phases::parameters()).json();
            json.update(preset.at("values"));
            Phases().outputs(latent::Parameters::fromJson(json));
        }
    }
};

QTEST_APPLESS_MAIN(PhasesTest)
#include "phases_test.moc"
