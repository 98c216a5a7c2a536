// SPDX-License-Identifier: Apache-2.0
// concept/diffusion and concept/images without a host: what is published is what was declared, pauses change nothing wherever they come, and what cannot be is
// said.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <latent/learn/arrays/array_file.hpp>
#include <set>

#include "experiments/diffusion.hpp"
#include "experiments/diffusion_plan.hpp"
#include "experiments/expected_path.hpp"
#include "experiments/images_source.hpp"
#include "learn/fake_job.hpp"

using namespace concept_space;

namespace {

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

nlohmann::json preset(const char* name) {
    nlohmann::json json = latent::Parameters::defaultsOf(Diffusion::parameters()).json();
    const nlohmann::json schema = Diffusion::parameters().toJson();
    for (const auto& p : schema.at("presets"))
        if (p.at("name") == name) json.update(p.at("values"));
    return json;
}

latent::Parameters smoke(Values values = {}) {
    nlohmann::json json = preset("smoke");
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

QString refusal(Values values) {
    try {
        Diffusion().outputs(smoke(values));
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

void run(FakeJob& host, const latent::Parameters& p) {
    latent::Job job(&host);
    Diffusion().run(p, job);
}

std::vector<double> doubles(const FakeJob& host, const std::string& name) {
    const FakeJob::Kept& kept = host.published.at(name);
    std::vector<double> values(kept.bytes.size() / sizeof(double));
    std::memcpy(values.data(), kept.bytes.data(), kept.bytes.size());
    return values;
}

void verifyDeclared(const FakeJob& host, const latent::Outputs& outputs,
                    const std::vector<std::string>& except = {}) {
    const nlohmann::json declared = outputs.toJson();
    for (const auto& array : declared.at("arrays")) {
        const std::string name = array.at("name").get<std::string>();
        if (std::find(except.begin(), except.end(), name) != except.end()) continue;
        QVERIFY2(host.published.count(name), name.c_str());
        const std::vector<int64_t>& shape = host.published.at(name).shape;
        QVERIFY2(shape.size() == array.at("dims").size(), name.c_str());
        for (std::size_t d = 0; d < shape.size(); ++d)
            QVERIFY2(array.at("dims")[d].at("size").is_null() || array.at("dims")[d].at("size") == shape[d],
                     name.c_str());
    }
}

}  // namespace

class DiffusionTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void itPublishesWhatItDeclares_data() {
        QTest::addColumn<bool>("vectors");
        QTest::newRow("images") << false;
        QTest::newRow("vectors") << true;
    }
    void itPublishesWhatItDeclares() {
        QFETCH(bool, vectors);
        const latent::Parameters p = smoke({{"data", vectors ? "vector" : "images"}});
        FakeJob host;
        run(host, p);
        verifyDeclared(host, Diffusion().outputs(p));
        QCOMPARE(host.metrics.at("diffusion_loss").size(), std::size_t{24});
        const std::size_t n = DiffusionPlan::of(p).checkpoints.size();
        QCOMPARE(host.rows.at("shown_step").size(), n * sizeof(std::int64_t));
        QCOMPARE(host.rows.at("weights_step").size(), n * sizeof(std::int64_t));
        for (const char* name : {"coordinates", "coordinates_analytic", "accuracy", "capability",
                                 "validation_loss", "test_loss"})
            for (const double v : doubles(host, name)) QVERIFY2(std::isfinite(v), name);
        const std::vector<double> all = doubles(host, "capability");
        for (const auto& [name, method] :
             {std::pair{"final_accuracy", kNaive}, {"final_elicited", kOverPrompt}})
            QCOMPARE(doubles(host, name).front(),
                     (all[(method * 2 + 1) * n - 1] + all[(method * 2 + 2) * n - 1]) / 2);
        const auto npz = latent::learn::openNumpyFile(latent::Job(&host).file("samples.npz"));
        const std::vector<double> last = npz->doubles("samples");
        const std::span<const float> rows(reinterpret_cast<const float*>(host.rows.at("samples").data()),
                                          host.rows.at("samples").size() / sizeof(float));
        QCOMPARE(last.size() * n, rows.size());
        for (std::size_t i = 0; i < last.size(); ++i) {
            const double shown = static_cast<double>(rows[rows.size() - last.size() + i]);
            QVERIFY(vectors ? last[i] == shown : std::clamp(last[i], 0., 1.) == shown);
        }
        // A patch of the last checkpoint with itself is its own prompt: the same samples, so the same score on as many of them.
        FakeJob same;
        run(same, smoke({{"data", vectors ? "vector" : "images"}, {"samples", 4}}));
        const std::vector<double> capability = doubles(same, "capability");
        for (std::size_t seed = 0; seed < 2; ++seed)
            QCOMPARE(capability[(kPatch * 2 + seed) * n + n - 1],
                     capability[(kNaive * 2 + seed) * n + n - 1]);
    }

    void pausesChangeNothingWhereverTheyCome() {
        const latent::Parameters p = smoke({{"schedule", "learned_linear"}});
        FakeJob whole;
        run(whole, p);
        for (const int patience : {67, 131}) {
            FakeJob parts;
            parts.pauseAfter = 5;  // in the training of the probe
            int attempts = 0;
            while (!parts.published.count("turn_step")) {
                run(parts, p);
                parts.resumes = true;
                parts.pauseAfter = patience;
                QVERIFY(++attempts < 60);
            }
            QVERIFY(attempts > 3);
            const nlohmann::json declared = Diffusion().outputs(p).toJson();
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

    /// Each option runs, publishes what it declares, and makes a difference.
    void variantsRun_data() {
        QTest::addColumn<QString>("changes");
        for (const char* changes :
             {R"({"objective": "regression"})", R"({"sep_background": 0.4})",
              R"({"conditioning": "common_linear"})", R"({"average": 0.9})", R"({"drop_condition": 0.5})",
              R"({"drop_condition": 0.5, "guidance": 1.0})", R"({"schedule": "cosine"})",
              R"({"schedule": "learned_linear"})", R"({"sampler": "heun"})", R"({"spacing": "log"})",
              R"({"shape": "triangle"})", R"({"mask": 1.0})", R"({"init_scale": 0.5})",
              R"({"weight_decay": 5.0})", R"({"attention": true, "widths": [64]})"})
            QTest::addRow("%s", changes) << QString(changes);
    }
    void variantsRun() {
        QFETCH(QString, changes);
        static const std::map<std::string, FakeJob::Kept> plain = [] {
            FakeJob host;
            run(host, smoke());
            return host.published;
        }();
        nlohmann::json json = preset("smoke");
        json.update(nlohmann::json::parse(changes.toStdString()));
        const latent::Parameters p = latent::Parameters::fromJson(json);
        FakeJob host;
        run(host, p);
        verifyDeclared(host, Diffusion().outputs(p));
        const bool beside = changes.contains("average");  // the moving average changes nothing of the weights
        for (const auto& [name, kept] : plain)
            QVERIFY2(!beside || host.published.at(name).bytes == kept.bytes, name.c_str());
        const char* name = beside ? "coordinates_ema" : "coordinates_analytic";
        QVERIFY(host.published.at(name).bytes !=
                plain.at(beside ? "coordinates" : "coordinates_analytic").bytes);
        for (const double v : doubles(host, "test_loss")) QVERIFY(std::isfinite(v));
    }

    void onlyTheLastWeightsAreKeptWhereNoMoreAreAsked() {
        FakeJob host;
        run(host, smoke({{"patching", false}, {"weights", "final"}}));
        QCOMPARE(host.rows.at("weights_step").size(), sizeof(std::int64_t));
        const std::vector<double> capability = doubles(host, "capability");
        const std::size_t n = capability.size() / kMethodCount;
        for (std::size_t i = 0; i < n; ++i) QVERIFY(std::isnan(capability[kPatch * n + i]));
    }

    void threadsChangeNothing() {
        FakeJob one, three;
        three.threads = 3;
        run(one, smoke());
        run(three, smoke());
        QCOMPARE(one.published.size(), three.published.size());
        for (const auto& [name, kept] : one.published)
            QVERIFY2(three.published.at(name).bytes == kept.bytes, name.c_str());
    }

    /// Checkpoints of others are distrusted: sizes are checked before anything is read by them.
    void checkpointsThatDoNotFitAreRefused() {
        const latent::Parameters p = smoke();
        FakeJob parts;
        parts.pauseAfter = 150;
        run(parts, p);
        QVERIFY(!parts.published.count("turn_step") && parts.arrays.count("snapshots"));
        parts.resumes = true;
        const std::string state = parts.state;
        const auto arrays = parts.arrays;
        const auto refused = [&](auto spoil) {
            parts.state = state;
            parts.arrays = arrays;
            nlohmann::json json = nlohmann::json::parse(state);
            spoil(json);
            parts.state = json.dump();
            parts.pauseAfter = 0;
            try {
                run(parts, p);
            } catch (const latent::RunError& e) {
                return QString::fromUtf8(e.what());
            }
            return QString();
        };
        QCOMPARE(refused([](auto&) {}), QString());
        QVERIFY(refused([](auto& j) { j["checkpoint"] = 99; }).contains("'checkpoint'"));
        QVERIFY(refused([](auto& j) { j["assessed"] = -1; }).contains("'assessed'"));
        QVERIFY(refused([](auto& j) { j["patched"] = "x"; }).contains("'patched'"));
        QVERIFY(refused([](auto& j) { j.erase("begun"); }).contains("'begun'"));
        QVERIFY(refused([](auto& j) { j["seed1.step"] = 0; }).contains("trainings"));
        const auto cut = [&](const char* name) {
            return refused([&](auto&) {
                FakeJob::Kept& kept = parts.arrays.at(name);
                kept.shape[0] -= 1;
                kept.bytes.resize(kept.bytes.size() - latent::sizeOf(static_cast<latent::DType>(kept.dtype)));
            });
        };
        QVERIFY(cut("snapshots").contains("keeps networks"));
        QVERIFY(cut("snapshot_lines").contains("keeps networks"));
        QVERIFY(cut("record.capability").contains("another version"));
        QVERIFY(cut("seed0.weights").contains("this U-Net has"));
    }

    void divergenceIsASentence() {
        for (const char* schedule : {"linear", "learned_linear"}) {
            FakeJob host;
            try {
                run(host, smoke({{"schedule", schedule},
                                 {"learning_rate", 1.0},
                                 {"init_scale", 10.0},
                                 {"weight_decay", 10.0},
                                 {"clip", 0.0},
                                 {"steps", 400},
                                 {"checkpoints", 3},
                                 {"first_checkpoint", 399},
                                 {"probe_steps", 1}}));
                QFAIL("It went on.");
            } catch (const latent::RunError& e) {
                QVERIFY2(std::string(e.what()).find("has diverged") != std::string::npos, e.what());
            }
        }
    }

    /// SIM's theory starts where the untrained model is, ends in the corner, and bends to the stronger signal.
    void theoryIsLaidOverTheMeasuredPath() {
        FakeJob host;
        run(host, smoke());
        const std::vector<double> path = doubles(host, "theory_path"),
                                  mean = doubles(host, "coordinates_mean");
        const std::size_t n = DiffusionPlan::of(smoke()).checkpoints.size();
        for (std::size_t k = 0; k < 2; ++k) {
            QVERIFY(std::abs(path[k] - mean[3 * n * 2 + k]) < .05);
            QVERIFY(std::abs(path[path.size() - 2 + k] - 1) < 1e-2);
        }
        const auto lead = [](const std::vector<double>& p) {
            double sum = 0;
            for (std::size_t i = 0; i < p.size(); i += 2) sum += p[i] - p[i + 1];
            return sum / static_cast<double>(p.size() / 2);
        };
        QVERIFY(lead(expectedPath({.8, .4}, {.06, .09})) > .05);
        QVERIFY(lead(expectedPath({.2, .4}, {.014, .09})) < -.05);
        for (const double v : expectedPath({.01, .4}, {.0007, .09})) QVERIFY(std::isfinite(v));
    }

    /// Of vectors there is one probe only.
    void probesStandSideBySide() {
        const auto arraysOf = [](const char* data) {
            std::set<std::string> names;
            const nlohmann::json outputs = Diffusion().outputs(smoke({{"data", data}})).toJson();
            for (const auto& figure : outputs.at("figures"))
                if (figure.at("name") == "probes")
                    for (const auto& series : figure.at("series"))
                        names.insert(series.at("y").at("array").get<std::string>());
            return names;
        };
        QVERIFY((arraysOf("images") == std::set<std::string>{"coordinates", "coordinates_analytic"}));
        QVERIFY(arraysOf("vector").empty());
    }

    void seedsShareTheDataAndNothingElse() {
        FakeJob host;
        run(host, smoke());
        const std::vector<double> loss = doubles(host, "validation_loss");
        const std::size_t n = loss.size() / 2;
        QCOMPARE(loss[0], loss[n]);  // untrained nets are the identity, and the validation images the same
        QVERIFY(loss[n - 1] != loss[2 * n - 1]);
    }

    void impossibleOnesAreRefusedBeforeTheyRun() {
        QCOMPARE(refusal({}), QString());
        QVERIFY(refusal({{"mask", 1.2}}).contains("'mask'"));
        QVERIFY(refusal({{"widths", {20}}}).contains("multiples of 16"));
        QVERIFY(refusal({{"side", 9}, {"widths", {16, 32}}}).contains("multiple of 2"));
        QVERIFY(refusal({{"guidance", 2}}).contains("'drop_condition'"));
        QVERIFY(refusal({{"first_checkpoint", 99}}).contains("'first_checkpoint'"));
        // Images that would not fit in memory are refused where there are images.
        const nlohmann::json side = 256, many = 1'000'000;
        QVERIFY(refusal({{"side", side}, {"samples_per_class", many}}).contains("'samples_per_class'"));
        QCOMPARE(refusal({{"data", "vector"}, {"side", side}, {"samples_per_class", many}}), QString());
    }

    void everyPresetFitsItsOwnSchema() {
        const nlohmann::json schema = Diffusion::parameters().toJson();
        for (const auto& p : schema.at("presets"))
            Diffusion().outputs(
                latent::Parameters::fromJson(preset(p.at("name").get<std::string>().c_str())));
        const DiffusionPlan paper = DiffusionPlan::of(latent::Parameters::fromJson(preset("paper")));
        QCOMPARE(paper.steps(), std::int64_t{20'000});
        QCOMPARE(paper.checkpoints.size(), std::size_t{61});
        QCOMPARE(paper.checkpoints[1], std::int64_t{500});
        QVERIFY(paper.training.shape.parameterCount() > 10'000'000 &&
                paper.training.shape.parameterCount() < 13'000'000);
        const DiffusionPlan laptop = DiffusionPlan::of(latent::Parameters::fromJson(preset("laptop")));
        QVERIFY(laptop.steps() <= 2000);
        QVERIFY(laptop.assessment.samples >= 128);
    }

    void imagesArePublished() {
        nlohmann::json json = latent::Parameters::defaultsOf(ImagesSource::parameters(),
                                                             {{"side", 8}, {"samples_per_class", 16}})
                                  .json();
        const latent::Parameters p = latent::Parameters::fromJson(json);
        FakeJob host;
        latent::Job job(&host);
        ImagesSource source;
        source.run(p, job);
        verifyDeclared(host, source.outputs(p));
        QCOMPARE(host.rows.at("image_class").size(), 48 * sizeof(std::int32_t));
    }
};

QTEST_APPLESS_MAIN(DiffusionTest)
#include "diffusion_test.moc"
