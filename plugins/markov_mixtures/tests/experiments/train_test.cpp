// SPDX-License-Identifier: Apache-2.0
// markov/train without a host: it publishes what it declares, pauses change nothing wherever they come, and what cannot be is said.
#include <QtTest>
#include <cmath>
#include <cstring>

#include "experiments/paper_config.hpp"
#include "experiments/train.hpp"
#include "experiments/train_plan.hpp"
#include "learn/fake_job.hpp"

using namespace markov_mixtures;

namespace {

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

latent::Parameters small(Values values = {}) {
    nlohmann::json json = latent::Parameters::defaultsOf(Train::parameters(), {{"states", 3},
                                                                               {"chains", 6},
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
                                                                               {"weights", "checkpoints"}})
                              .json();
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

QString refusal(Values values) {
    try {
        Train().outputs(small(values));
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class TrainTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void itPublishesWhatItDeclares() {
        const latent::Parameters p = small();
        FakeJob host;
        latent::Job job(&host);
        Train experiment;
        experiment.run(p, job);
        const nlohmann::json declared = experiment.outputs(p).toJson();
        for (const auto& array : declared.at("arrays")) {
            const std::string name = array.at("name").get<std::string>();
            QVERIFY2(host.published.count(name), name.c_str());
            const std::vector<int64_t>& shape = host.published.at(name).shape;
            QVERIFY2(shape.size() == array.at("dims").size(), name.c_str());
            for (std::size_t d = 0; d < shape.size(); ++d)
                QVERIFY2(
                    array.at("dims")[d].at("size").is_null() || array.at("dims")[d].at("size") == shape[d],
                    name.c_str());
        }
        QCOMPARE(host.metrics.at("train_loss").size(), std::size_t{24});
        QCOMPARE(host.rows.at("step").size(), 24 * sizeof(std::int64_t));
        QCOMPARE(host.rows.at("checkpoint_step").size(), 3 * sizeof(std::int64_t));
        QVERIFY(std::abs(host.metrics.at("train_loss")[0] - std::log(3)) < .1);
    }

    void pausesChangeNothingWhereverTheyCome() {
        const latent::Parameters p = small();
        FakeJob whole;
        latent::Job wholeJob(&whole);
        Train().run(p, wholeJob);
        // An attempt asks 25 times before the first step and 44 times in an explanation: these pauses come in all places.
        for (const int patience : {75, 83, 97, 110}) {
            FakeJob parts;
            parts.pauseAfter = 5;  // before the first step
            int attempts = 0;
            while (!parts.published.count("forecast_error")) {
                latent::Job job(&parts);
                Train().run(p, job);
                parts.resumes = true;
                parts.pauseAfter = patience;
                QVERIFY(++attempts < 40);
            }
            QVERIFY(attempts > 2);
            const nlohmann::json declared = Train().outputs(p).toJson();
            for (const auto& array : declared.at("arrays")) {
                const std::string name = array.at("name").get<std::string>();
                const bool grows = !array.at("dims").empty() && array.at("dims")[0].at("size").is_null();
                if (grows)
                    QVERIFY2(parts.rows.at(name) == whole.rows.at(name), name.c_str());
                else
                    QVERIFY2(parts.published.at(name).bytes == whole.published.at(name).bytes, name.c_str());
            }
        }
    }

    void variantsRun() {
        for (const Values& values :
             {Values{{"two_token", true}}, Values{{"mlp_ratio", 0}, {"positions", "learned"}},
              Values{{"permute", true}, {"curriculum", 2}},
              Values{{"vocabulary", 20}, {"proximity_chains", 0}, {"replicates", 1}},
              Values{{"transition", {{.2, .8, 0}, {0, .5, .5}, {1, 0, 0}}}}}) {
            FakeJob host;
            latent::Job job(&host);
            Train().run(small(values), job);
            QVERIFY(host.published.count("forecast_error"));
        }
    }

    void seedsOfTrainingShareTheChains() {
        const auto ofRun = [](Values values, const char* name) {
            FakeJob host;
            latent::Job job(&host);
            Train().run(small(values), job);
            return host.rows.at(name);
        };
        QVERIFY(ofRun({{"training_seed", 7}}, "algorithm_kl_matrix") == ofRun({}, "algorithm_kl_matrix"));
        QVERIFY(ofRun({{"training_seed", 7}}, "train_loss") != ofRun({}, "train_loss"));
        QVERIFY(ofRun({{"training_seed", 42}}, "train_loss") == ofRun({}, "train_loss"));
    }

    void trainingsBeginWithGivenWeights() {
        FakeJob first;
        latent::Job firstJob(&first);
        Train().run(small(), firstJob);
        const std::string weights = firstJob.file("weights.safetensors").string();
        FakeJob second;
        latent::Job secondJob(&second);
        Train().run(small({{"initial_weights", weights}, {"learning_rate", 1e-12}}), secondJob);
        // Hardly any rate: where the first ended, the second begins and stays.
        const auto last = [](const FakeJob& host) {
            const std::vector<char>& bytes = host.published.at("weights").bytes;
            std::vector<float> all(bytes.size() / sizeof(float));
            std::memcpy(all.data(), bytes.data(), bytes.size());
            return all;
        };
        const std::vector<float> ended = last(first), stayed = last(second);
        QCOMPARE(ended.size(), stayed.size());
        for (std::size_t i = 0; i < ended.size(); ++i) QVERIFY(std::abs(ended[i] - stayed[i]) < 1e-6F);
        QCOMPARE(refusal({{"initial_weights", weights}}), QString());
        for (const Values& other : {Values{{"initial_weights", weights}, {"width", 32}},
                                    Values{{"initial_weights", weights}, {"layers", 1}},
                                    Values{{"initial_weights", weights}, {"positions", "learned"}}}) {
            const QString why = refusal(other);
            QVERIFY2(why.contains("'initial_weights' cannot be used") && why.contains("weights.safetensors"),
                     qPrintable(why));
        }
        QVERIFY(refusal({{"initial_weights", weights + ".none"}}).contains("'initial_weights'"));
    }

    void theConfigHasTheNamesOfThePapersCode() {
        nlohmann::json json = latent::Parameters::defaultsOf(Train::parameters()).json();
        const nlohmann::json schema = Train::parameters().toJson();
        for (const auto& preset : schema.at("presets"))
            if (preset.at("name") == "paper") json.update(preset.at("values"));
        json["chains"] = 4;
        const latent::Parameters p = latent::Parameters::fromJson(json);
        const QString config = QString::fromStdString(paperConfig(TrainPlan::of(p), mixtureOf(p)));
        // As default_long_rope_only/n=4.yaml has them, but for the chains and the prior of another generator.
        for (const char* line : {"  batch_size: 128",
                                 "  ks: [10, 10, 10, 10]",
                                 "  l: 512",
                                 "  two_token_input: false",
                                 "  flops_per_step: 92610232320",
                                 "    in_size: 676",
                                 "    mlp: true",
                                 "    n_embd: 64",
                                 "    n_head: 4",
                                 "    n_layer: 2",
                                 "    pos_embed: false",
                                 "    rope: true",
                                 "    betas: [0.9, 0.95]",
                                 "    lr: 0.0006",
                                 "    weight_decay: 0.1",
                                 "  optimizer_type: AdamW",
                                 "task: markov_mixture",
                                 "  n_steps: 107979",
                                 "  max_norm: 0.01",
                                 "mask_loss: false"})
            QVERIFY2(config.contains(QString("\n%1\n").arg(line)), line);
        QVERIFY(config.contains("save_steps: [29, ") && config.contains(", 107978]"));
        QVERIFY(!config.contains("curriculum") && !config.contains("online_permute"));
        json["curriculum"] = 2, json["permute"] = true, json["positions"] = "learned";
        const latent::Parameters other = latent::Parameters::fromJson(json);
        const QString variant = QString::fromStdString(paperConfig(TrainPlan::of(other), mixtureOf(other)));
        QVERIFY(variant.contains("    n_div: 2\n") && variant.contains("  online_permute: true\n") &&
                variant.contains("    rope: false\n") && variant.contains("    pos_embed: true\n"));
        FakeJob host;
        latent::Job job(&host);
        Train().run(small(), job);
        QFile written(QString::fromStdString(job.file("config.yaml").string()));
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(written.readAll().contains("n_steps: 24\n"));
    }

    void impossibleTrainingsAreRefusedBeforeTheyRun() {
        QCOMPARE(refusal({}), QString());
        QVERIFY(refusal({{"context", 16}}).contains("longer than the sequence"));
        QVERIFY(refusal({{"context", 16}}).contains("read 15 tokens"));
        QVERIFY(refusal({{"heads", 3}}).contains("3"));
        QVERIFY(refusal({{"vocabulary", 2}}).contains("'vocabulary'"));
        QVERIFY(refusal({{"curriculum", 9}}).contains("there are 6"));
        QVERIFY(refusal({{"first_checkpoint", 99}}).contains("'first_checkpoint'"));
        QVERIFY(refusal({{"states", 128}, {"chains", 1'000'000}, {"sequence_length", 512}})
                    .contains("lower 'chains' or 'states'"));
        QVERIFY(refusal({{"transition", {{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}}}).contains("multiples of 3"));
    }

    void everyPresetFitsItsOwnSchema() {
        const nlohmann::json schema = Train::parameters().toJson();
        for (const auto& preset : schema.at("presets")) {
            nlohmann::json json = latent::Parameters::defaultsOf(Train::parameters()).json();
            json.update(preset.at("values"));
            Train().outputs(latent::Parameters::fromJson(json));
        }
        // Whoever presses Run gets the laptop's minutes, not the paper's days.
        for (const auto& preset : schema.at("presets"))
            if (preset.at("name") == "laptop") QVERIFY(preset.at("values").empty());
        QVERIFY(TrainPlan::of(latent::Parameters::defaultsOf(Train::parameters())).training.steps <= 6000);
        // The paper's sizes (papers/markov_mixtures 2.2, 2.3).
        nlohmann::json json = latent::Parameters::defaultsOf(Train::parameters()).json();
        for (const auto& preset : schema.at("presets"))
            if (preset.at("name") == "paper") json.update(preset.at("values"));
        const TrainPlan paper = TrainPlan::of(latent::Parameters::fromJson(json));
        QCOMPARE(paper.training.shape.parameterCount(), std::int64_t{143'360});
        QCOMPARE(paper.training.steps, std::int64_t{107'979});
        QVERIFY(std::abs(1e16 / paper.training.shape.flopsPerStep(128, 512) - 107'979) < 1);
        QCOMPARE(paper.checkpoints.size(), std::size_t{50});
        QCOMPARE(paper.training.optimiser.clip, .01);
    }
};

QTEST_APPLESS_MAIN(TrainTest)
#include "train_test.moc"
