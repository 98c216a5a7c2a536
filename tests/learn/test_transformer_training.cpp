// SPDX-License-Identifier: Apache-2.0
// Steps: the optimiser's formula, resume to the bit (as a value, and through the loop and a checkpoint), and that it learns.
#include <QTest>
#include <cmath>
#include <latent/learn/loop.hpp>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/trainer.hpp>

#include "fake_job.hpp"

using namespace latent::learn;
using namespace latent::learn::transformer;

namespace {

const Shape kShape{.vocabulary = 3, .context = 24, .width = 32, .heads = 2, .layers = 2};

/// Batch `step` of a chain that mostly goes round: [batch, 25].
std::vector<std::int32_t> batchAt(std::int64_t step, int batch = 8) {
    std::vector<std::int32_t> all;
    for (int b = 0; b < batch; ++b) {
        RandomStream stream(1, "test/chain",
                            static_cast<std::uint64_t>(step) << 16 | static_cast<std::uint64_t>(b));
        std::int32_t state = static_cast<std::int32_t>(stream.below(3));
        for (int t = 0; t < 25; ++t) {
            all.push_back(state);
            state = stream.uniform() < 0.9 ? (state + 1) % 3 : state;
        }
    }
    return all;
}

}  // namespace

class TestTransformerTraining : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// AdamW in double from the trainer's own gradients, with torch's default epsilon, clipped and not.
    void adamwIsTheFormula_data() {
        QTest::addColumn<double>("clip");
        QTest::newRow("clipped") << 0.01;
        QTest::newRow("none") << 0.0;
        QTest::newRow("not reached") << 1e6;
    }
    void adamwIsTheFormula() {
        QFETCH(double, clip);
        const AdamW o{.learningRate = 3e-3, .beta1 = 0.8, .beta2 = 0.9, .weightDecay = 0.2, .clip = clip};
        Trainer trainer(initialise(kShape, 1), o);
        const std::size_t n = trainer.weights().flat().size();
        std::vector<double> m(n), v(n);
        for (int t = 1; t <= 4; ++t) {
            const std::vector<float> before(trainer.weights().flat().begin(), trainer.weights().flat().end());
            trainer.step(batchAt(t), 8);
            double norm = 0;
            for (const float g : trainer.gradient()) norm += static_cast<double>(g) * static_cast<double>(g);
            norm = std::sqrt(norm);
            QVERIFY(std::abs(trainer.gradientNorm() / norm - 1) < 1e-6);
            const double factor = clip > 0 ? std::min(1.0, clip / (norm + 1e-6)) : 1.0;
            for (std::size_t i = 0; i < n; ++i) {
                const double g = factor * static_cast<double>(trainer.gradient()[i]);
                m[i] = 0.8 * m[i] + 0.2 * g;
                v[i] = 0.9 * v[i] + 0.1 * g * g;
                const double update =
                    m[i] / (1 - std::pow(0.8, t)) / (std::sqrt(v[i] / (1 - std::pow(0.9, t))) + 1e-8);
                const double expected = static_cast<double>(before[i]) * (1 - 3e-3 * 0.2) -
                                        3e-3 * update;  // decay on biases and norms too
                QVERIFY(std::abs(static_cast<double>(trainer.weights().flat()[i]) - expected) < 3e-7);
            }
        }
        QCOMPARE(trainer.stepsDone(), 4);
    }

    void resumesToTheBit_data() {
        QTest::addColumn<int>("threads");
        QTest::newRow("1") << 1;
        QTest::newRow("2") << 2;
    }
    void resumesToTheBit() {
        QFETCH(int, threads);
        Trainer straight(initialise(kShape, 1), {}, threads), first(initialise(kShape, 1), {}, threads);
        for (int i = 0; i < 7; ++i) straight.step(batchAt(i), 8);
        for (int i = 0; i < 3; ++i) first.step(batchAt(i), 8);
        Trainer second(Weights(kShape), {}, threads);
        second.restore(first.state());
        for (int i = 3; i < 7; ++i) second.step(batchAt(i), 8);
        QVERIFY(second.state() == straight.state());
        QCOMPARE(second.stepsDone(), 7);
    }

    void resumesFromACheckpoint() {
        const auto run = [](FakeJob& host) {
            Trainer trainer(initialise(kShape, 1), {});
            latent::Job job(&host);
            Loop loop;
            loop.steps = 6;
            loop.step = [&](std::int64_t i) { job.metric("train_loss", i, trainer.step(batchAt(i), 8)); };
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
        QCOMPARE(parted.metrics["train_loss"], straight.metrics["train_loss"]);

        latent::Job job(&parted);
        Shape wider = kShape;
        wider.width = 64;
        Trainer other(initialise(wider, 1), {});
        const auto restore = [&](const std::string& prefix) { other.restore(*job.resumed(), prefix); };
        QVERIFY_THROWS_EXCEPTION(latent::RunError, restore("transformer"));
        QVERIFY_THROWS_EXCEPTION(latent::RunError, restore("elsewhere"));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, other.restore(expected));
    }

    /// Nine times in ten the next state follows from the last: from log 3 to near the entropy of that.
    void learns() {
        Trainer trainer(initialise(kShape, 1), {.learningRate = 4e-3, .clip = 1});
        QVERIFY(std::abs(trainer.step(batchAt(0, 16), 16) - std::log(3.0)) < 0.2);
        for (int i = 1; i < 80; ++i) trainer.step(batchAt(i, 16), 16);
        const double entropy = -(0.9 * std::log(0.9) + 0.1 * std::log(0.1));
        const double loss = trainer.step(batchAt(80, 16), 16);
        QVERIFY2(loss < entropy + 0.1 && loss > entropy - 0.1, std::to_string(loss).c_str());
    }

    void rateCanChange() {
        Trainer trainer(initialise(kShape, 1), {});
        trainer.setLearningRate(0);
        const TrainerState before = trainer.state();
        trainer.step(batchAt(0), 8);
        QCOMPARE(trainer.state().weights, before.weights);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, trainer.setLearningRate(-1));
    }

    /// A model of a sweep is the one that it is alone, whatever trains beside it.
    void modelsBesideEachOther() {
        const auto train = [](std::size_t seed) {
            Trainer trainer(initialise(kShape, seed), {});
            for (int i = 0; i < 3; ++i) trainer.step(batchAt(i), 8);
            return trainer.state();
        };
        std::vector<TrainerState> states(6);
        forEachIndex(states.size(), 2, [&](std::size_t seed) { states[seed] = train(seed); });
        for (std::size_t seed = 0; seed < states.size(); ++seed) QVERIFY(states[seed] == train(seed));
    }

    void lengthsMayChange() {
        Trainer trainer(initialise(kShape, 1), {}), other(initialise(kShape, 1), {});
        trainer.step(batchAt(0), 8);
        other.step(batchAt(0), 8);
        const std::vector<std::int32_t> shorter = {0, 1, 2, 0, 1, 2};
        trainer.step(shorter, 1);
        other.step(std::vector<std::int32_t>{0, 1, 2, 0, 1}, std::vector<std::int32_t>{1, 2, 0, 1, 2}, 1);
        trainer.step(batchAt(1), 8);
        other.step(batchAt(1), 8);
        QVERIFY(trainer.state() == other.state());
    }

    /// Who diverges is told: nothing turns a NaN into a number.
    void notANumberStays() {
        for (const char* name : {"transformer.wte.weight", "transformer.h.0.attn.c_attn.weight",
                                 "transformer.h.1.mlp.c_fc.bias"})
            for (const Instructions set :
                 {Instructions::Portable, Instructions::Avx2, Instructions::Avx512}) {
                if (!hasInstructions(set)) continue;
                Weights weights = initialise(kShape, 1);
                for (float& w : weights.view(name)) w = std::nanf("");
                Trainer trainer(std::move(weights), {}, 1, set);
                QVERIFY2(std::isnan(trainer.step(batchAt(0), 8)), name);
            }
    }

    /// A refused batch changes nothing.
    void refusals() {
        Trainer trainer(initialise(kShape, 1), {});
        const TrainerState before = trainer.state();
        auto outside = batchAt(0);
        outside.back() = 3;
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, trainer.step(outside, 8));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, trainer.step(batchAt(0), 7));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, trainer.step(batchAt(0), 2));  // longer than the context
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, trainer.step(batchAt(0), 8 * 25));  // nothing to predict
        QVERIFY(trainer.state() == before);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {}, 0));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError,
                                 Trainer(initialise(kShape, 1), {.learningRate = std::nan("")}));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {.beta2 = 1}));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Trainer(initialise(kShape, 1), {.clip = -1}));
    }
};

QTEST_MAIN(TestTransformerTraining)
#include "test_transformer_training.moc"
