// SPDX-License-Identifier: Apache-2.0
// What is promised of the U-Net besides its numbers: the same to the bit on any number of threads and after a resume, the identity before
// training, groups of images, wrapped borders, embeddings, files, refusals, and that it learns.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <latent/learn/loop.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <latent/learn/unet/weights_file.hpp>

#include "fake_job.hpp"

using namespace latent::learn;
using namespace latent::learn::unet;

namespace {

const Shape kShape{.height = 8,
                   .width = 8,
                   .channels = 2,
                   .widths = {16, 32},
                   .conditions = 3,
                   .sinusoids = 16,
                   .timeWidth = 32};

/// Noisy images of one brightness each, which the condition says: [n, pixels].
struct Data {
    std::vector<float> z, times, conditions, targets;
    Data(const Shape& shape, int n, std::uint64_t step) {
        RandomStream stream(1, "test/unet", step);
        z.resize(static_cast<std::size_t>(n) * shape.pixels());
        targets.resize(z.size());
        times.resize(static_cast<std::size_t>(n));
        conditions.resize(static_cast<std::size_t>(n * shape.conditions));
        stream.fillUniform(std::span(times), 0, 1);
        stream.fillUniform(std::span(conditions), 0, 1);
        stream.fillNormal(std::span(targets));
        for (std::size_t i = 0; i < z.size(); ++i) {
            const std::size_t image = i / shape.pixels();
            const float t = times[image],
                        x = shape.conditions > 0
                                ? conditions[image * static_cast<std::size_t>(shape.conditions)]
                                : 0.5F;
            z[i] = (1 - t) * x + t * targets[i];
        }
    }
    Batch batch() const { return {z, times, conditions, targets}; }
};

Weights randomWeights(const Shape& shape) {
    Weights weights = initialise(shape, 3);
    RandomStream stream(3, "test/weights");
    for (const Tensor& tensor : weights.tensors())  // also what starts at zero
        if (tensor.name.find(".conv2.") != std::string::npos || tensor.name.starts_with("output.conv"))
            for (float& w : weights.view(tensor.name)) w = static_cast<float>(0.1 * stream.normal());
    return weights;
}

std::vector<float> predictions(const Model& model, const Data& data, int threads = 1) {
    std::vector<float> out(data.z.size());
    const int n = static_cast<int>(data.times.size());
    model.predict(data.z, data.times, model.embed(data.conditions, n), n, out, threads);
    return out;
}

template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const std::exception& e) {
        return e.what();
    }
    return "not refused";
}

}  // namespace

class TestUnetTraining : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void untrainedIsTheIdentity() {
        const Data data(kShape, 5, 0);
        QVERIFY(predictions(Model(initialise(kShape, 1)), data) == data.z);
    }

    void sameOnAnyNumberOfThreads_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("batch");
        QTest::newRow("2") << 2 << 20;
        QTest::newRow("3") << 3 << 20;
        QTest::newRow("more than images") << 7 << 3;
    }
    void sameOnAnyNumberOfThreads() {
        QFETCH(int, threads);
        QFETCH(int, batch);
        Trainer one(randomWeights(kShape), {.average = .9}, 1),
            many(randomWeights(kShape), {.average = .9}, threads);
        for (std::uint64_t i = 0; i < 3; ++i) {
            const Data data(kShape, batch, i);
            QCOMPARE(one.step(data.batch()), many.step(data.batch()));
        }
        QVERIFY(one.state() == many.state());
        const Data data(kShape, batch, 9);
        const Model model(one.weights());
        QVERIFY(predictions(model, data, 1) == predictions(model, data, threads));
    }

    void resumesToTheBit() {
        const AdamW options{.average = .95};
        Trainer straight(initialise(kShape, 1), options, 2), first(initialise(kShape, 1), options, 2);
        for (std::uint64_t i = 0; i < 7; ++i) straight.step(Data(kShape, 12, i).batch());
        for (std::uint64_t i = 0; i < 3; ++i) first.step(Data(kShape, 12, i).batch());
        Trainer second(Weights(kShape), options, 2);
        second.restore(first.state());
        for (std::uint64_t i = 3; i < 7; ++i) second.step(Data(kShape, 12, i).batch());
        QVERIFY(second.state() == straight.state());
    }

    void resumesFromACheckpoint() {
        const auto run = [](FakeJob& host) {
            Trainer trainer(initialise(kShape, 1), {});
            latent::Job job(&host);
            Loop loop;
            loop.steps = 6;
            loop.step = [&](std::int64_t i) {
                job.metric("train_loss", i,
                           trainer.step(Data(kShape, 8, static_cast<std::uint64_t>(i)).batch()));
            };
            loop.save = [&] { return trainer.save(); };
            loop.restore = [&](const latent::Resumed& r) { trainer.restore(r); };
            runLoop(job, loop);
            return trainer.state();
        };
        FakeJob straight, parted;
        const TrainerState expected = run(straight);
        parted.pauseAfter = 2;
        run(parted);
        parted.pauseAfter = 100;
        parted.resumes = true;
        QVERIFY(run(parted) == expected);
        latent::Job job(&parted);
        Shape wider = kShape;
        wider.widths = {16, 48};
        Trainer other(initialise(wider, 1), {});
        QVERIFY(refusal([&] { other.restore(*job.resumed()); }).find("this U-Net has") != std::string::npos);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, other.restore(expected));
    }

    /// Wide nets take several images through each layer at once; the sums are those of single images.
    void groupsAreSumsOfImages_data() {
        QTest::addColumn<bool>("attention");
        QTest::newRow("convolutions") << false;
        QTest::newRow("attention of two heads") << true;
    }
    void groupsAreSumsOfImages() {
        QFETCH(bool, attention);
        const Shape wide{.height = 8,
                         .width = 8,
                         .channels = 1,
                         .widths = {16, 128},
                         .attention = attention,
                         .heads = 2,
                         .conditions = 2,
                         .sinusoids = 8,
                         .timeWidth = 16};
        constexpr int kImages = 24;
        const Data data(wide, kImages, 1);
        Trainer whole(randomWeights(wide), {}), single(randomWeights(wide), {});
        whole.gradient(data.batch());
        const std::vector<float> together = whole.gradient();
        std::vector<double> sum(together.size());
        const std::span z(data.z), targets(data.targets), times(data.times), conditions(data.conditions);
        for (std::size_t i = 0; i < kImages; ++i) {
            single.gradient(Batch{z.subspan(i * wide.pixels(), wide.pixels()), times.subspan(i, 1),
                                  conditions.subspan(i * 2, 2),
                                  targets.subspan(i * wide.pixels(), wide.pixels())});
            const std::vector<float> alone = single.gradient();
            for (std::size_t p = 0; p < sum.size(); ++p) sum[p] += static_cast<double>(alone[p]) / kImages;
        }
        double most = 0, scale = 0;
        for (std::size_t p = 0; p < sum.size(); ++p) {
            most = std::max(most, std::abs(sum[p] - static_cast<double>(together[p])));
            scale = std::max(scale, std::abs(sum[p]));
        }
        QVERIFY2(scale > 0.01 && most < 1e-6 * std::max(1.0, scale),
                 (std::to_string(most) + " of " + std::to_string(scale)).c_str());
    }

    /// With circular padding a shifted image has the shifted prediction (shifts by whole pooled pixels); with zeros it does not.
    void circularPaddingHasNoBorder() {
        for (const Padding padding : {Padding::Circular, Padding::Zero}) {
            Shape shape = kShape;
            shape.padding = padding;
            const Model model(randomWeights(shape));
            Data data(shape, 1, 4);
            const auto shifted = [&](const std::vector<float>& from) {
                std::vector<float> to(from.size());
                for (int y = 0; y < 8; ++y)
                    for (int x = 0; x < 8; ++x)
                        for (int c = 0; c < 2; ++c)
                            to[static_cast<std::size_t>(((y + 2) % 8 * 8 + (x + 4) % 8) * 2 + c)] =
                                from[static_cast<std::size_t>((y * 8 + x) * 2 + c)];
                return to;
            };
            const std::vector<float> expected = shifted(predictions(model, data));
            data.z = shifted(data.z);
            const std::vector<float> found = predictions(model, data);
            double most = 0;
            for (std::size_t i = 0; i < found.size(); ++i)
                most = std::max(most, std::abs(static_cast<double>(found[i] - expected[i])));
            QVERIFY(padding == Padding::Circular ? most < 1e-5 : most > 1e-3);
        }
    }

    /// An intervention of strength 0 and a patch with the model itself change no bit.
    void embeddingsCanBeReplaced() {
        for (const Conditioning conditioning : {Conditioning::SeparateMlps, Conditioning::CommonLinear}) {
            Shape shape = kShape;
            shape.conditioning = conditioning;
            const Model model(randomWeights(shape)), same(randomWeights(shape));
            const Data data(shape, 4, 5), other(shape, 4, 6);
            std::vector<float> latent = same.embed(data.conditions, 4),
                               away = model.embed(other.conditions, 4), out(data.z.size());
            QCOMPARE(latent.size(), static_cast<std::size_t>(4 * shape.latentWidth()));
            for (std::size_t i = 0; i < latent.size(); ++i) latent[i] += 0.0F * (away[i] - latent[i]);
            model.predict(data.z, data.times, latent, 4, out);
            QVERIFY(out == predictions(model, data));
            for (std::size_t i = 0; i < latent.size(); ++i) latent[i] += 1.0F * (away[i] - latent[i]);
            model.predict(data.z, data.times, latent, 4, out);
            QVERIFY(out != predictions(model, data));
        }
    }

    void weightsOfABatchCount() {
        const Data data(kShape, 4, 7);
        Trainer trainer(randomWeights(kShape), {});
        const std::vector<float> weights{2, 0, 0.5F, 1};
        Batch batch = data.batch();
        batch.weights = weights;
        const double loss = trainer.gradient(batch);
        double expected = 0;
        for (std::size_t i = 0; i < 4; ++i)
            expected += static_cast<double>(weights[i]) * trainer.losses()[i] / 4;
        QVERIFY(std::abs(loss - expected) < 1e-12);
    }

    /// ā ← d·ā + (1 − d)·w with d = min(average, (1 + n)/(10 + n)): warming up in all updates, in the first three of them, in none.
    void averageFollowsTheWeights_data() {
        QTest::addColumn<double>("decay");
        for (const double decay : {.999, .33, .1}) QTest::addRow("%g", decay) << decay;
    }
    void averageFollowsTheWeights() {
        QFETCH(double, decay);
        Trainer trainer(initialise(kShape, 1), {.average = decay});
        const Weights start = trainer.weights();
        std::vector<double> expected(start.flat().begin(), start.flat().end());
        constexpr std::array<double, 6> kWarm{2. / 11, 3. / 12, 4. / 13, 5. / 14, 6. / 15, 7. / 16};
        for (std::uint64_t i = 0; i < 6; ++i) {
            trainer.step(Data(kShape, 8, i).batch());
            const Weights now = trainer.weights();
            const double d = std::min(decay, kWarm[i]);
            for (std::size_t p = 0; p < expected.size(); ++p)
                expected[p] = d * expected[p] + (1 - d) * static_cast<double>(now.flat()[p]);
        }
        const Weights average = trainer.averagedWeights();
        for (std::size_t p = 0; p < expected.size(); ++p)
            QVERIFY(std::abs(expected[p] - static_cast<double>(average.flat()[p])) < 1e-6);
        // The bound tells this formula from any without a warm-up.
        double moved = 0;
        for (std::size_t p = 0; p < expected.size(); ++p)
            moved = std::max(moved, std::abs(expected[p] - static_cast<double>(start.flat()[p])));
        QVERIFY(moved > 1e-3);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {}).averagedWeights());
    }

    void learns() {
        Trainer trainer(initialise(kShape, 1), {.learningRate = 3e-3, .clip = 1});
        const Data held(kShape, 64, 1'000);
        const double before = trainer.gradient(held.batch());
        for (std::uint64_t i = 0; i < 60; ++i) trainer.step(Data(kShape, 32, i).batch());
        const double after = trainer.gradient(held.batch());
        QVERIFY2(after < before / 3, (std::to_string(before) + " to " + std::to_string(after)).c_str());
    }

    void filesRoundTrip() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("unet.safetensors").toStdString();
        const Weights weights = randomWeights(kShape);
        writeWeights(path, weights);
        const Weights back = readWeights(path);
        QVERIFY(back.shape() == kShape);
        QVERIFY(
            std::equal(back.flat().begin(), back.flat().end(), weights.flat().begin(), weights.flat().end()));
        Shape wider = kShape;
        wider.widths = {16, 48};
        QVERIFY(refusal([&] { readWeights(path, wider); }).find("of another shape") != std::string::npos);
        SafeTensors file = readSafetensors(path);
        std::vector<NamedFloats> tensors;
        std::vector<std::vector<float>> kept;
        kept.reserve(file.tensors.size());
        for (const auto& [name, tensor] : file.tensors) {
            kept.push_back(file.floats(name));
            if (name != "input.bias") tensors.push_back({name, tensor.shape, kept.back()});
        }
        writeSafetensors(path, tensors, file.metadata);
        const std::string missing = refusal([&] { readWeights(path); });
        QVERIFY2(missing.find("another architecture") != std::string::npos, missing.c_str());
        writeSafetensors(path, tensors, {{"latent.unet", "{\"widths\": [-1]}"}});
        QVERIFY(refusal([&] { readWeights(path); }).find("cannot be") != std::string::npos);
        writeSafetensors(path, tensors);
        QVERIFY(refusal([&] { readWeights(path); }).find("does not say") != std::string::npos);
    }

    void refusesWithASentence() {
        const auto shape = [](auto change) {
            Shape s = kShape;
            change(s);
            return refusal([&] { Weights w(s); });
        };
        QVERIFY(shape([](Shape& s) { s.widths = {20}; }).find("multiples of 16") != std::string::npos);
        QVERIFY(shape([](Shape& s) { s.groups = 5; }).find("5 groups") != std::string::npos);
        QVERIFY(shape([](Shape& s) { s.height = 7; }).find("multiple of 2") != std::string::npos);
        QVERIFY(shape([](Shape& s) { s.attention = true, s.heads = 4; }).find("heads") != std::string::npos);
        QVERIFY(shape([](Shape& s) { s.widths = {}; }).find("levels") != std::string::npos);
        QVERIFY(shape([](Shape& s) {
                    s.widths = {2048, 2048, 2048, 2048}, s.height = s.width = 8192;
                }).find("larger") != std::string::npos);
        QVERIFY(shape([](Shape& s) {
                    s.attention = true, s.heads = 1, s.height = s.width = 512;
                }).find("attention") != std::string::npos);
        Trainer trainer(initialise(kShape, 1), {});
        const TrainerState before = trainer.state();
        const Data data(kShape, 4, 0);
        Batch batch = data.batch();
        batch.times = batch.times.first(3);
        QVERIFY(refusal([&] { trainer.step(batch); }).find("are needed") != std::string::npos);
        QVERIFY(trainer.state() == before);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {.clip = -1}));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {.average = 1}));
        const Model model(initialise(kShape, 1));
        std::vector<float> out(data.z.size());
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.predict(data.z, data.times, {}, 4, out));
    }
};

QTEST_MAIN(TestUnetTraining)
#include "test_unet_training.moc"
