// SPDX-License-Identifier: Apache-2.0
// Trainings of the LibTorch part: the kernels' steps to rounding, the same bits after a pause, runs like theirs. Opened as the plugin
// opens it, from the library in the build folder. On the CPU, or on LATENT_TEST_DEVICE; exit 77 where there is no such device.
#include <QtTest>
#include <cmath>
#include <fstream>
#include <numeric>

#include "engine/plugins/torch_part.hpp"
#include "experiments/train.hpp"
#include "learn/fake_job.hpp"
#include "model/device/device_trainer.hpp"

using namespace markov_mixtures;

namespace {

std::string device() {
    const QByteArray wanted = qgetenv("LATENT_TEST_DEVICE");
    return wanted.isEmpty() ? "cpu" : wanted.toStdString();
}

latent::engine::LoadedPlugin& part() {
    static auto loaded = [] {
        const std::filesystem::path folder = std::filesystem::path(LATENT_BINARY_DIR) / "lib/latent/plugins";
        std::ifstream manifest(LATENT_SOURCE_DIR "/plugins/markov_mixtures/plugin.json");
        const auto version = nlohmann::json::parse(manifest).at("version").get<std::string>();
        return latent::engine::loadTorchPart({"markov_mixtures", version, folder}, {folder, folder});
    }();
    if (!loaded) qFatal("%s", loaded.error().message.c_str());
    return *loaded;
}

DeviceTrainer& trainer() {
    static const std::unique_ptr<DeviceTrainer> made = [] {
        const auto object = part().make(DeviceTrainer::kInterface, {});
        if (!object) qFatal("%s", object.error().message.c_str());
        return std::unique_ptr<DeviceTrainer>(static_cast<DeviceTrainer*>(*object));
    }();
    return *made;
}

/// A job on the device, and trainings for it.
struct Bench {
    FakeJob host;
    latent::Job job = onDevice(host);

    static latent::Job onDevice(FakeJob& host) {
        host.device = device();
        return latent::Job(&host);
    }
    std::unique_ptr<Training> make(const Mixture& mixture, const TrainingSpec& spec) {
        return trainer().make(mixture, spec, job);
    }
};

std::unique_ptr<Training> onDevice(const Mixture& mixture, const TrainingSpec& spec, latent::Job& job) {
    return trainer().make(mixture, spec, job);
}

Mixture mixtureOf(std::int64_t chains) {
    MixtureSpec spec;
    spec.chains = chains;
    spec.seed = 5;
    spec.generator.states = 3;
    return makeMixture(spec);
}

TrainingSpec small() {
    TrainingSpec spec;
    spec.shape = {.vocabulary = 3, .context = 24, .width = 16, .heads = 2, .layers = 2};
    spec.optimiser = {.learningRate = 3e-3, .clip = 1};
    spec.steps = 40;
    spec.batch = 8;
    spec.length = 24;
    spec.seed = 5;
    return spec;
}

std::vector<double> advance(Training& training, int steps) {
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(training.step());
    return losses;
}

double meanOfLast(const std::vector<double>& values, std::ptrdiff_t n) {
    return std::accumulate(values.end() - n, values.end(), 0.0) / static_cast<double>(n);
}

std::vector<float> flatOf(const latent::learn::transformer::Weights& weights) {
    return {weights.flat().begin(), weights.flat().end()};
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - b[i], 2);
    return std::sqrt(sum);
}

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

latent::Parameters with(Values values) {
    nlohmann::json json = latent::Parameters::defaultsOf(Train::parameters(), {}).json();
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

}  // namespace

class DeviceTrainingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aStepIsThatOfTheKernels_data() {
        QTest::addColumn<int>("variant");
        const char* names[]{"plain",      "learned positions, no MLP", "two tokens", "curriculum",
                            "relabelled", "larger vocabulary",         "no clipping"};
        for (int i = 0; i < 7; ++i) QTest::newRow(names[i]) << i;
    }
    void aStepIsThatOfTheKernels() {
        QFETCH(int, variant);
        TrainingSpec spec = small();
        // Where a gradient is nothing but rounding, as that of a key's bias, Adam would make a whole step of it.
        spec.optimiser.epsilon = 1e-3;
        spec.optimiser.clip = .05;
        if (variant == 1)
            spec.shape.positions = latent::learn::transformer::Positions::Learned, spec.shape.mlpRatio = 0;
        if (variant == 2) spec.twoTokenInput = true, spec.shape.inputVocabulary = 12;
        if (variant == 3) spec.sampler.curriculum = {2, 4};
        if (variant == 4) spec.sampler.permuteOnline = true;
        if (variant == 5) spec.shape.vocabulary = 40;
        if (variant == 6) spec.optimiser.clip = 0;
        const Mixture mixture = mixtureOf(4);
        MixtureTraining kernels(mixture, spec, 1);
        Bench bench;
        const std::unique_ptr<Training> training = bench.make(mixture, spec);
        const std::vector<float> before = flatOf(kernels.weights());
        QVERIFY(flatOf(training->weights()) == before);
        for (int step = 0; step < 4; ++step) {
            const double expected = kernels.step(), loss = training->step();
            QVERIFY2(std::abs(loss - expected) < 1e-5, std::to_string(loss - expected).c_str());
            QVERIFY(std::abs(training->gradientNorm() / kernels.gradientNorm() - 1) < 1e-5);
            const std::vector<float> moved = flatOf(kernels.weights());
            const double off = distance(flatOf(training->weights()), moved) / distance(moved, before);
            QVERIFY2(off < 1e-5, std::to_string(off * 1e5).c_str());
            QCOMPARE(training->stepsDone(), std::int64_t{step + 1});
        }
    }

    void itLearnsAsTheKernelsDo() {
        TrainingSpec spec = small();
        spec.steps = 400;
        spec.optimiser.learningRate = 1e-2;
        const Mixture mixture = mixtureOf(2);
        double rate = 0, unigram = 0;
        for (std::size_t n = 0; n < mixture.chains(); ++n) {
            rate += mixture.prior[n] * entropyRate(mixture.chain(n));
            unigram += mixture.prior[n] * stationaryEntropy(mixture.chain(n));
        }
        MixtureTraining kernels(mixture, spec, 1);
        Bench bench;
        const std::unique_ptr<Training> training = bench.make(mixture, spec);
        const double theirs = meanOfLast(advance(kernels, 400), 100),
                     ours = meanOfLast(advance(*training, 400), 100);
        // Same batches, so their noise is the same; which chain it is costs the first tokens something above the rate.
        QVERIFY2(std::abs(ours - theirs) < .01, std::to_string(ours - theirs).c_str());
        QVERIFY2(ours < rate + .25 * (unigram - rate),
                 std::to_string((ours - rate) / (unigram - rate)).c_str());
    }

    void aResumedTrainingIsTheSameToTheBit() {
        const Mixture mixture = mixtureOf(4);
        Bench bench;
        const auto whole = bench.make(mixture, small()), first = bench.make(mixture, small()),
                   second = bench.make(mixture, small());
        const std::vector<double> losses = advance(*whole, 40);
        std::vector<double> parts = advance(*first, 20);
        bench.job.checkpoint(20, first->save());
        bench.host.resumes = true;
        second->restore(*bench.job.resumed());
        QCOMPARE(second->stepsDone(), std::int64_t{20});
        const std::vector<double> rest = advance(*second, 20);
        parts.insert(parts.end(), rest.begin(), rest.end());
        QCOMPARE(parts, losses);
        QVERIFY(flatOf(second->weights()) == flatOf(whole->weights()));
        // The checkpoint is one of the kernels, too.
        MixtureTraining kernels(mixture, small(), 1);
        kernels.restore(*bench.job.resumed());
        QCOMPARE(kernels.stepsDone(), std::int64_t{20});
        QVERIFY(flatOf(kernels.weights()) == flatOf(first->weights()));
    }

    void runsPauseAnywhereAndGiveTheSameBits() {
        const latent::Parameters p = with({{"states", 3},
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
                                           {"weights", "checkpoints"}});
        Bench whole;
        Train::runWith(p, whole.job, onDevice);
        Bench parts;
        parts.host.pauseAfter = 5;  // before the first step
        int attempts = 0;
        while (!parts.host.published.count("forecast_error")) {
            latent::Job job(&parts.host);
            Train::runWith(p, job, onDevice);
            parts.host.resumes = true;
            parts.host.pauseAfter = 83;
            QVERIFY(++attempts < 40);
        }
        QVERIFY(attempts > 2);
        const nlohmann::json declared = Train().outputs(p).toJson();
        for (const auto& array : declared.at("arrays")) {
            const std::string name = array.at("name").get<std::string>();
            const bool grows = !array.at("dims").empty() && array.at("dims")[0].at("size").is_null();
            const FakeJob &ours = parts.host, &theirs = whole.host;
            QVERIFY2(grows ? ours.rows.at(name) == theirs.rows.at(name)
                           : ours.published.at(name).bytes == theirs.published.at(name).bytes,
                     name.c_str());
        }
        FakeJob kernels;
        latent::Job job(&kernels);
        Train().run(p, job);
        const std::vector<double>&ours = whole.host.metrics.at("train_loss"),
              &theirs = kernels.metrics.at("train_loss");
        QCOMPARE(ours.size(), theirs.size());
        for (std::size_t i = 0; i < ours.size(); ++i) QVERIFY(std::abs(ours[i] - theirs[i]) < 1e-3);
    }

    void whatCannotBeIsSaid() {
        Bench bench;
        TrainingSpec spec = small();
        spec.length = 26;
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, bench.make(mixtureOf(4), spec));
        spec = small();
        spec.optimiser.learningRate = 1e6;
        spec.optimiser.clip = 0;
        const auto training = bench.make(mixtureOf(4), spec);
        try {
            advance(*training, 20);
            QFAIL("It went on.");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("Lower 'learning_rate'"), e.what());
        }
    }

    void aGpuThatIsNotHereIsSaid() {
        FakeJob host;
        host.device = "cuda:99";
        try {
            trainer().make(mixtureOf(4), small(), latent::Job(&host));
            QFAIL("It computes on something.");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains(
                         "'cuda:99' was asked for, but LibTorch sees no such GPU"),
                     e.what());
        }
        // Without it cuBLAS does not give the same bits again, and LibTorch refuses to multiply.
        QCOMPARE(qgetenv("CUBLAS_WORKSPACE_CONFIG"), QByteArray(":4096:8"));
    }

    void withoutAHostThereIsNoPart() {
        FakeJob host;
        host.device = "cuda";
        latent::Job job(&host);
        try {
            Train().run(with({{"chains", 4}, {"steps", 60}, {"batch", 4}}), job);
            QFAIL("It computed on something.");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("opens no LibTorch parts"), e.what());
        }
    }
};

int main(int argc, char** argv) {
    if (device() != "cpu")
        if (const auto seen = latent::engine::checkCudaDevice(part(), device()); !seen) {
            std::fprintf(stderr, "%s\n", seen.error().message.c_str());
            return 77;
        }
    DeviceTrainingTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "device_training_test.moc"
