// SPDX-License-Identifier: Apache-2.0
// A placement of icl/model read by the plugin's LibTorch part, opened from the library in the build folder: what is measured is what the kernels give,
// heads taken away and words moved included. And what is said where a device, the part or memory is not there. LATENT_TEST_DEVICE names the device;
// where it is not there, the test is skipped (77).
#include <QtTest>
#include <cmath>

#include "../experiments/published.hpp"
#include "decoder/decoder.hpp"
#include "engine/plugins/torch_part.hpp"
#include "experiments/model.hpp"
#include "experiments/model_decoder.hpp"
#include "experiments/replicate.hpp"

using namespace icl_graphs;

namespace {

latent::Parameters ringOfSeven(Values more = {}) {
    const fs::path model = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder/fixtures/llama";
    nlohmann::json words = nlohmann::json::array();
    for (int i = 0; i < 7; ++i) words.push_back("word" + std::to_string(i * 5));
    nlohmann::json json = with<Model>({{"model", model.string()},
                                       {"family", "ring"},
                                       {"nodes", 7},
                                       {"words", "own"},
                                       {"own_words", words},
                                       {"length", 60},
                                       {"prompts", 2},
                                       {"contexts", 4},
                                       {"first_context", 16},
                                       {"null_draws", 4},
                                       {"ablated_heads", 1}})
                              .json();
    for (const auto& [name, value] : more) json[name] = value;
    return latent::Parameters::fromJson(json);
}

std::string device() {
    const char* named = std::getenv("LATENT_TEST_DEVICE");
    return named && *named ? named : "cpu";
}

DeviceDecoders& decoders() {
    static auto part = [] {
        const fs::path folder = fs::path(LATENT_BINARY_DIR) / "lib/latent/plugins";
        std::ifstream manifest(LATENT_SOURCE_DIR "/plugins/icl_graphs/plugin.json");
        const auto version = nlohmann::json::parse(manifest).at("version").get<std::string>();
        return latent::engine::loadTorchPart({"icl_graphs", version, folder}, {folder, folder});
    }();
    if (!part) qFatal("%s", part.error().message.c_str());
    static const std::unique_ptr<DeviceDecoders> made = [] {
        const auto object = part->make(DeviceDecoders::kInterface, {});
        if (!object) qFatal("%s", object.error().message.c_str());
        return std::unique_ptr<DeviceDecoders>(static_cast<DeviceDecoders*>(*object));
    }();
    return *made;
}

template <class A>
double furthest(const A& a, const A& b) {
    if (a.size() != b.size() || a.empty()) return 1e30;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (std::isfinite(b[i]))
            most = std::max(most, std::isfinite(a[i]) ? std::abs(double{a[i]} - b[i]) : 1e30);
    return most;
}

/// The sentence that openModel() refuses with.
QString refused(const ModelPlan& plan) {
    FakeJob host;
    try {
        openModel(plan, latent::Job(&host));
        return {};
    } catch (const latent::RunError& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class TorchModelTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPlacementIsWhatTheKernelsGive() {
        const ModelPlan plan = ModelPlan::of(ringOfSeven());
        const LoadedModel loaded = loadDecoder(plan.path);
        const auto go = [&](const LanguageModel& model) {
            return *runReplicate(
                plan, model, loaded.vocabulary, 0, [] { return true; }, [](int, int) {});
        };
        FakeJob host;
        host.device = device();
        decoders().prepare(latent::Job(&host));
        QCOMPARE(decoders().freeMemory(device()) == 0,
                 device() == "cpu");  // the machine's is asked for elsewhere
        const ReplicateResult expected = go(Decoder(loaded.weights)),
                              ours = go(*decoders().load(*loaded.weights, device(), Precision::Float32));
        QVERIFY(furthest(ours.accuracy, expected.accuracy) < 1e-5);
        QVERIFY(furthest(ours.accuracyContext, expected.accuracyContext) < 1e-5);
        QVERIFY(furthest(ours.heads.induction, expected.heads.induction) < 1e-5);
        QVERIFY(furthest(ours.heads.previous, expected.heads.previous) < 1e-5);
        QVERIFY(furthest(ours.headMeans, expected.headMeans) < 1e-4);
        QVERIFY(furthest(ours.ablationAccuracy, expected.ablationAccuracy) < 1e-5);
        QVERIFY(furthest(ours.ablationRayleigh, expected.ablationRayleigh) < 1e-3);
        QVERIFY(furthest(ours.moveTarget, expected.moveTarget) < 1e-5);
        // Taking heads away and moving words does something, so that it is seen when it is left out.
        QVERIFY(std::abs(expected.ablationAccuracy[1] - expected.ablationAccuracy[0]) > 1e-4);
        QVERIFY(std::abs(expected.moveTarget[1] - expected.moveTarget[0]) > 1e-4);
        QCOMPARE(ours.layers.size(), expected.layers.size());
        for (std::size_t l = 0; l < ours.layers.size(); ++l)
            QVERIFY(furthest(ours.layers[l].rayleigh, expected.layers[l].rayleigh) < 1e-3);
    }

    void precisionGoesByTheDevice() {
        ModelPlan plan = ModelPlan::of(ringOfSeven());
        QVERIFY(plan.precision() == Precision::Float32);
        QCOMPARE(deviceMemoryFor(plan), std::uint64_t{0});
        plan.device = "cuda:1";
        QVERIFY(plan.precision() == Precision::BFloat16);
        const std::uint64_t narrow = deviceMemoryFor(plan);
        plan.asksForFloat32 = true;
        QVERIFY(deviceMemoryFor(plan) >
                narrow + 2 * static_cast<std::uint64_t>(plan.config.parameterCount()));
        QVERIFY(ModelPlan::of(ringOfSeven({{"precision", "float32"}})).asksForFloat32);
        nlohmann::json before = ringOfSeven().json();
        before.erase("precision");
        QVERIFY(!ModelPlan::of(latent::Parameters::fromJson(before)).asksForFloat32);
    }

    void whatIsNotThereIsSaid() {
        ModelPlan plan = ModelPlan::of(ringOfSeven());
        plan.device = "cuda";
        QVERIFY2(refused(plan).contains("LibTorch"), qPrintable(refused(plan)));
        for (const char* name : {"cuda:99", "abacus"}) {
            FakeJob host;
            host.device = name;
            QVERIFY_EXCEPTION_THROWN(decoders().prepare(latent::Job(&host)), latent::RunError);
            QVERIFY_EXCEPTION_THROWN(
                decoders().load(*loadDecoder(plan.path).weights, name, Precision::Float32), latent::RunError);
        }
        plan.device = "cpu";
        QCOMPARE(refused(plan), QString());
        try {
            requireFree(3'000'000'000, 2'000'000'000, "the memory of cuda", "Reading", "Take less.");
            QFAIL("not refused");
        } catch (const latent::RunError& e) {
            QCOMPARE(QString(e.what()),
                     QString("Reading needs about 3.00 GB of the memory of cuda; 2.00 GB are "
                             "free. Take less."));
        }
    }
};

int main(int argc, char** argv) {
    try {
        decoders().freeMemory(device());
    } catch (const latent::RunError& e) {
        qInfo("%s", e.what());
        return 77;
    }
    TorchModelTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "torch_model_test.moc"
