// SPDX-License-Identifier: Apache-2.0
// concept/diffusion and concept/images without a host: what is published is what was declared, pauses change
// nothing wherever they come, and what cannot be is said.
#include <QtTest>
#include <cmath>
#include <cstring>

#include "experiments/diffusion.hpp"
#include "experiments/diffusion_plan.hpp"
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
        // A patch of the last checkpoint with itself is its own prompt: the same samples, so the same score
        // on as many of them.
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
            while (!parts.published.count("saturation_step")) {
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

    void variantsRun() {
        for (const Values& values :
             {Values{{"objective", "regression"}}, Values{{"sep_background", .4}},
              Values{{"conditioning", "common_linear"}, {"average", .9}},
              Values{{"drop_condition", .2}, {"guidance", 1.0}},
              Values{{"schedule", "cosine"}, {"sampler", "heun"}, {"spacing", "log"}},
              Values{{"shape", "triangle"}, {"mask", 1.0}, {"patching", false}, {"weights", "final"}}}) {
            FakeJob host;
            run(host, smoke(values));
            QVERIFY(host.published.count("saturation_step"));
        }
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
