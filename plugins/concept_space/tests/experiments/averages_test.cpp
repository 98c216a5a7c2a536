// SPDX-License-Identifier: Apache-2.0
// `average` of concept/diffusion: the moving average stands beside the weights and changes no measure of theirs, is drawn by the same
// noise, is kept as arrays and files, and what earlier versions did with it is told.
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <latent/learn/unet/weights_file.hpp>
#include <set>

#include "diffused_fakes.hpp"
#include "experiments/diffusion_plan.hpp"
#include "smoke_runs.hpp"

using namespace concept_space;
using namespace concept_test;

namespace {

const char* const kOfAverage[] = {"coordinates_ema", "accuracy_ema", "coordinates_ema_mean", "samples_ema",
                                  "weights_ema"};

std::vector<float> floats(const FakeJob& host, const char* name) {
    const auto& bytes = host.rows.at(name);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

}  // namespace

class AveragesTest : public QObject {
    Q_OBJECT
    FakeJob m_plain, m_averaged;

  private Q_SLOTS:
    void initTestCase() {
        trainOn(m_plain, smokeOf<Diffusion>({}));
        trainOn(m_averaged, smokeOf<Diffusion>({{"average", .9}}));
    }

    void nothingElseChanges() {
        for (const char* name : kOfAverage) {
            QVERIFY2(!m_plain.published.count(name), name);
            QVERIFY2(m_averaged.published.count(name), name);
        }
        QCOMPARE(m_averaged.published.size(), m_plain.published.size() + std::size(kOfAverage));
        for (const auto& [name, bytes] : m_plain.rows)
            QVERIFY2(m_averaged.rows.at(name) == bytes, name.c_str());
        QVERIFY(m_averaged.metrics == m_plain.metrics);
        for (const char* name : {"coordinates", "samples", "weights"})
            QVERIFY2(m_averaged.rows.at(name + std::string("_ema")) != m_plain.rows.at(name), name);
    }

    /// An average that forgets at once is the weights themselves: everything of it is placed and drawn as they are.
    void withoutMemoryItIsTheWeights() {
        FakeJob host;
        trainOn(host, smokeOf<Diffusion>({{"average", 1e-30}}));
        for (const char* name : {"coordinates", "accuracy", "samples", "weights"})
            QVERIFY2(host.rows.at(name + std::string("_ema")) == host.rows.at(name), name);
        QVERIFY(host.rows.at("coordinates_ema_mean") == host.rows.at("coordinates_mean"));
    }

    void filesHoldIt() {
        latent::Job job(&m_averaged);
        const std::vector<float> rows = floats(m_averaged, "weights_ema");
        const auto steps = DiffusionPlan::of(smokeOf<Diffusion>({})).checkpoints;
        const std::size_t each = rows.size() / steps.size();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string name = "weights-ema-" + std::to_string(steps[i]) + ".safetensors";
            const auto kept = latent::learn::unet::readWeights(job.file(name));
            QVERIFY2(std::equal(kept.flat().begin(), kept.flat().end(),
                                rows.begin() + static_cast<std::ptrdiff_t>(i * each)),
                     name.c_str());
        }
        const auto last = latent::learn::unet::readWeights(job.file("weights-ema.safetensors"));
        QVERIFY(std::equal(last.flat().begin(), last.flat().end(),
                           rows.end() - static_cast<std::ptrdiff_t>(each)));
        QVERIFY(!std::filesystem::exists(latent::Job(&m_plain).file("weights-ema.safetensors")));
    }

    void pausesChangeNothing() {
        const latent::Parameters p = smokeOf<Diffusion>({{"average", .9}});
        FakeJob parts;
        int attempts = 0;
        while (!parts.published.count("turn_step")) {
            parts.pauseAfter = 71;  // in an assessment too, and between the two kinds of weights
            trainOn(parts, p);
            parts.resumes = true;
            QVERIFY(++attempts < 60);
        }
        QVERIFY(attempts > 3);
        QCOMPARE(parts.rows.size(), m_averaged.rows.size());
        for (const auto& [name, bytes] : m_averaged.rows)
            QVERIFY2(parts.rows.at(name) == bytes, name.c_str());
    }

    void checkpointsOfEarlierVersionsAreRefused() {
        const latent::Parameters p = smokeOf<Diffusion>({{"average", .9}});
        FakeJob parts;
        parts.pauseAfter = 150;
        trainOn(parts, p);
        parts.resumes = true;
        nlohmann::json state = nlohmann::json::parse(parts.state);
        QCOMPARE(state.erase("averages"), std::size_t{1});
        parts.state = state.dump();
        try {
            trainOn(parts, p);
            QFAIL("It went on.");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString(e.what()).contains("earlier version"), e.what());
        }
    }

    /// Of runs with a moving average earlier versions measured that alone.
    void measuresOfAveragesAreLeftOut() {
        FakeRun run(.2);
        run.arrays["step"] = kLateSteps;
        run.values["average"] = .9;
        const std::string why = whyNot(measured({&run}), "late_speed_falls");
        QVERIFY2(why.find("moving average") != std::string::npos, why.c_str());
        run.arrays["coordinates_ema"] = run.arrays["coordinates"];
        QVERIFY(whyNot(measured({&run}), "late_speed_falls").empty());
    }

    /// Every class once more, dashed, in its colour and with a name of its own.
    void figuresDashIt() {
        const nlohmann::json plain = Diffusion().outputs(smokeOf<Diffusion>({})).toJson(),
                             averaged = Diffusion().outputs(smokeOf<Diffusion>({{"average", .9}})).toJson();
        for (const char* name : {"concept_space", "accuracies"}) {
            const nlohmann::json few = named(plain, "figures", name).at("series"),
                                 many = named(averaged, "figures", name).at("series");
            QCOMPARE(many.size(), few.size() + 4);
            std::set<std::string> labels;
            int found = 0;
            for (const auto& series : many) {
                const auto label = series.at("label").get<std::string>();
                QVERIFY2(labels.insert(label).second, label.c_str());
                if (!label.starts_with("EMA: ")) continue;
                QVERIFY2(series.value("style", "") == "dashed", label.c_str());
                for (const auto& raw : few)
                    if (raw.at("label").get<std::string>().starts_with(label.substr(5))) ++found;
                for (const auto& raw : many)
                    if (raw.at("label").get<std::string>().starts_with(label.substr(5))) {
                        QCOMPARE(raw.at("category"), series.at("category"));
                        QVERIFY(raw.value("style", "solid") == "solid" && raw.contains("marker"));
                    }
            }
            QCOMPARE(found, 4);
            for (const auto& series : few) QVERIFY(!series.contains("marker"));
        }
        QVERIFY(!named(averaged, "figures", "grid_ema").is_null() &&
                named(plain, "figures", "grid_ema").is_null());
    }
};

QTEST_APPLESS_MAIN(AveragesTest)
#include "averages_test.moc"
