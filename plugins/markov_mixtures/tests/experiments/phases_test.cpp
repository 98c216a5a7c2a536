// SPDX-License-Identifier: Apache-2.0
// The phase diagram without a host: labels, what is published, pauses, and that a cell is the model that markov/train trains.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "experiments/phase_column.hpp"
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

/// Everything published under a name, as numbers.
std::vector<double> numbers(const FakeJob& host, const char* name) {
    const std::vector<char>& bytes = host.rows.at(name);
    std::vector<double> all(bytes.size() / sizeof(double));
    std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
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

    void unigramsCountAsOneWhereTheirSplitMeansNothing() {
        Lia lia;
        lia.weights = {.35, .1, .25, .3};
        lia.condition = 10;
        QCOMPARE(largestOf(lia), 0);
        lia.weights = {.3, 0, .3, .4};
        QCOMPARE(largestOf(lia), 3);
        lia.condition = 30;
        QCOMPARE(largestOf(lia), kUnigrams);
        lia.weights = {.2, 0, .2, .6};
        QCOMPARE(largestOf(lia), 3);
        lia.weights = {.2, .5, .2, .1};
        QCOMPARE(largestOf(lia), 1);
        lia.condition = std::numeric_limits<double>::infinity();
        lia.weights = {.6, .2, .1, .1};
        QCOMPARE(largestOf(lia), kUnigrams);
        lia.weights.fill(std::numeric_limits<double>::quiet_NaN());
        QCOMPARE(largestOf(lia), kNoPhase);
        QCOMPARE(phaseNames().size(), std::size_t{6});
        QVERIFY(phaseNames()[kUnigrams] == "unigrams" && phaseNames()[kNoPhase] == "none");
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
                QVERIFY2(array.at("dims")[d].at("size").is_null()
                             ? d == 0 && shape[d] == 1
                             : array.at("dims")[d].at("size") == shape[d],
                         name.c_str());
        }
        QCOMPARE(host.rows.at("checkpoint_step").size(), 3 * sizeof(std::int64_t));
        const std::vector<double> proximity = numbers(host, "proximity");
        QCOMPARE(proximity.size(), std::size_t{3 * 3 * 2});  // checkpoints, lengths, models
        for (const double p : proximity) QVERIFY(std::isfinite(p));
        const std::vector<double> weights = numbers(host, "lia_weights"),
                                  merged = numbers(host, "lia_unigram");
        for (std::size_t i = 0; i < merged.size(); ++i)
            QCOMPARE(merged[i], weights[4 * i] + weights[4 * i + 2]);
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
            parts.pauseAfter = 110;  // both sets of contexts take 50 looks, and each explanation 44
        }
        const nlohmann::json declared = Phases().outputs(small()).toJson();
        for (const auto& array : declared.at("arrays")) {
            const std::string name = array.at("name").get<std::string>();
            const bool grows = array.at("dims")[0].at("size").is_null();
            QVERIFY2(grows ? parts.rows.at(name) == whole.rows.at(name)
                           : parts.published.at(name).bytes == whole.published.at(name).bytes,
                     name.c_str());
        }
        // A checkpoint keeps the column that is not full, not the diagram.
        QCOMPARE(
            static_cast<std::size_t>(parts.arrays.at("column_known_matrix").shape[0]) * 3 * sizeof(double),
            whole.rows.at("kl_matrix_id").size());
        QVERIFY(parts.arrays.at("column_attention").bytes.size() * 3 == whole.rows.at("attention").size());
    }

    void aCellIsTheModelThatTrainTrains() {
        FakeJob map, one;
        latent::Job mapJob(&map), oneJob(&one);
        Phases().run(small(), mapJob);
        Train().run(cellOf(small(), 6), oneJob);
        QCOMPARE(map.metrics.at("train_loss_6"), one.metrics.at("train_loss"));
        // Diversity is sorted: 6 comes second.
        const std::vector<double> all = numbers(map, "proximity"), rows = numbers(one, "proximity");
        QCOMPARE(all.size(), 2 * rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) QCOMPARE(all[2 * i + 1], rows[i]);
        const std::vector<char>&attention = map.rows.at("attention"), &alone = one.rows.at("attention");
        QCOMPARE(attention.size(), 2 * alone.size());
        const std::size_t each = alone.size() / 3;
        for (std::size_t c = 0; c < 3; ++c)
            QVERIFY(std::equal(alone.begin() + static_cast<std::ptrdiff_t>(c * each),
                               alone.begin() + static_cast<std::ptrdiff_t>((c + 1) * each),
                               attention.begin() + static_cast<std::ptrdiff_t>((2 * c + 1) * each)));
    }

    void impossibleDiagramsAreRefused() {
        QCOMPARE(refusal(nlohmann::json::object()), QString());
        QVERIFY(refusal({{"diversity", {4, 4}}}).contains("comes twice"));
        QVERIFY(refusal({{"context", 16}}).contains("longer than the sequence"));
        QVERIFY(refusal({{"curriculum", 4}}).contains("there are 2"));
        // Of a file that holds too few chains: the parameter that asks for them.
        QTemporaryDir folder;
        const std::string file = folder.filePath("one.csv").toStdString();
        std::ofstream(file) << ".2,.8,0\n0,.5,.5\n1,0,0\n";
        QVERIFY(refusal({{"chain_file", file}}).contains("holds 1 chains; 'diversity' asks for 6"));
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
