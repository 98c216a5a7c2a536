// SPDX-License-Identifier: Apache-2.0
// LibTorch's autograd as the oracle of the hand-written transformer: logits, losses and gradients over odd shapes, and whole steps of
// training with AdamW and clipping.
#include <latent/learn/torch/optimizer.hpp>
#include <latent/learn/torch/transformer.hpp>

#include <QtTest>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/forward.hpp>
#include <latent/learn/transformer/trainer.hpp>

using namespace latent::learn;
using namespace latent::learn::transformer;

namespace {

std::vector<std::int32_t> tokens(std::size_t count, int vocabulary, std::uint64_t seed) {
    std::vector<std::int32_t> all(count);
    RandomStream stream(seed, "test/tokens");
    for (auto& token : all)
        token = static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(vocabulary)));
    return all;
}

torch::Tensor toTorch(const std::vector<std::int32_t>& values, int batch) {
    return torch::tensor(std::vector<std::int64_t>(values.begin(), values.end()))
        .view({batch, static_cast<std::int64_t>(values.size()) / batch});
}

/// Far from the initial values, where gradients of attention would be tiny.
Weights largeWeights(const Shape& shape, std::uint64_t seed) {
    Weights weights = initialise(shape, seed);
    RandomStream stream(seed, "test/weights");
    for (float& w : weights.flat()) w += static_cast<float>(0.25 * stream.normal());
    return weights;
}

const std::map<std::string, Shape>& shapes() {
    static const std::map<std::string, Shape> all{
        {"laptop", {.vocabulary = 3, .context = 48, .width = 32, .heads = 1, .layers = 2}},
        {"paper, few tokens", {.vocabulary = 30, .context = 64, .width = 64, .heads = 4, .layers = 2}},
        {"odd heads, learned, no bias",
         {.vocabulary = 4,
          .context = 40,
          .width = 15,
          .heads = 3,
          .layers = 2,
          .mlpRatio = 1,
          .positions = Positions::Learned,
          .bias = false}},
        {"no MLP, own head",
         {.vocabulary = 3,
          .inputVocabulary = 12,
          .context = 20,
          .width = 16,
          .heads = 1,
          .layers = 3,
          .mlpRatio = 0,
          .tiedHead = false}},
        {"two-token input, tied",
         {.vocabulary = 3, .inputVocabulary = 12, .context = 20, .width = 8, .heads = 2, .layers = 1}}};
    return all;
}

}  // namespace

class TransformerTorchTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void logitsAndGradientsAreThoseOfAutograd_data() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, shape] : shapes())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void logitsAndGradientsAreThoseOfAutograd() {
        QFETCH(QString, name);
        const Shape& shape = shapes().at(name.toStdString());
        const int batch = 3, length = shape.context - 1;
        const auto count = static_cast<std::size_t>(batch * length);
        const std::vector<std::int32_t> inputs = tokens(count, shape.inputs(), 1);
        std::vector<std::int32_t> targets = tokens(count, shape.vocabulary, 2);
        targets[1] = -1, targets[count - 2] = -1;  // not counted
        const Weights weights = largeWeights(shape, 3);
        const TorchTransformer oracle(weights, torch::dtype(torch::kFloat64));

        const Result ours = Model(weights).forward(inputs, batch);
        const torch::Tensor logits = oracle.logits(toTorch(inputs, batch)).contiguous();
        QCOMPARE(static_cast<std::size_t>(logits.numel()), ours.logits.size());
        double worst = 0;
        for (std::size_t i = 0; i < ours.logits.size(); ++i)
            worst = std::max(worst, std::abs(logits.data_ptr<double>()[i] - ours.logits[i]) /
                                        (1 + std::abs(logits.data_ptr<double>()[i])));
        QVERIFY2(worst < 1e-5, qPrintable(QString::number(worst)));

        const torch::Tensor loss = oracle.loss(toTorch(inputs, batch), toTorch(targets, batch));
        loss.backward();
        Trainer trainer(weights, {});
        const double nats = trainer.gradient(inputs, targets, batch);
        QVERIFY2(std::abs(nats - loss.item<double>()) < 1e-5, qPrintable(QString::number(nats)));
        std::size_t at = 0;
        for (const torch::Tensor& parameter : oracle.parameters()) {
            const torch::Tensor gradient = parameter.grad().contiguous();
            for (std::int64_t i = 0; i < gradient.numel(); ++i, ++at) {
                const double expected = gradient.data_ptr<double>()[i], got = trainer.gradient()[at];
                QVERIFY2(std::abs(expected - got) < 1e-5 * (1 + std::abs(expected)),
                         qPrintable(QString("parameter %1: %2, not %3").arg(at).arg(got).arg(expected)));
            }
        }
        QCOMPARE(at, trainer.gradient().size());
    }

    void stepsOfTrainingAreThoseOfLibTorch() {
        const Shape shape{.vocabulary = 3, .context = 24, .width = 16, .heads = 2, .layers = 2};
        const transformer::AdamW options{.learningRate = 3e-3, .clip = .5};
        Trainer ours(initialise(shape, 4), options);
        const TorchTransformer theirs(initialise(shape, 4), torch::dtype(torch::kFloat64));
        latent::learn::AdamW optimiser(theirs.parameters(), {.learning_rate = options.learningRate,
                                                             .beta1 = options.beta1,
                                                             .beta2 = options.beta2,
                                                             .epsilon = options.epsilon,
                                                             .weight_decay = options.weightDecay});
        const int batch = 4;
        for (std::uint64_t step = 0; step < 20; ++step) {
            const std::vector<std::int32_t> drawn = tokens(batch * 25, 3, 100 + step);
            const torch::Tensor all = toTorch(drawn, batch);
            const torch::Tensor loss = theirs.loss(all.slice(1, 0, 24), all.slice(1, 1));
            loss.backward();
            clipGradientNorm(theirs.parameters(), options.clip);
            optimiser.step();
            optimiser.zeroGradients();
            QVERIFY(std::abs(ours.step(drawn, batch) - loss.item<double>()) < 1e-5);
        }
        // AdamW divides by roots of tiny moments, so that rounding of gradients grows: a tenth of a percent of the way made.
        const Weights copy = theirs.weights(), begun = initialise(shape, 4);
        double worst = 0, way = 0;
        for (std::size_t i = 0; i < copy.flat().size(); ++i) {
            worst = std::max(worst, std::abs(static_cast<double>(copy.flat()[i]) - ours.weights().flat()[i]));
            way = std::max(way, std::abs(static_cast<double>(copy.flat()[i]) - begun.flat()[i]));
        }
        QVERIFY2(way > .02 && worst < 1e-3 * way, qPrintable(QString("%1 of %2").arg(worst).arg(way)));
    }

    void sequencesThatAreTooLongAreRefused() {
        const TorchTransformer net(
            initialise({.vocabulary = 3, .context = 4, .width = 4, .heads = 1, .layers = 1}, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, net.logits(torch::zeros({1, 5}, torch::kInt64)));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, net.logits(torch::zeros({4}, torch::kInt64)));
        QCOMPARE(net.logits(torch::zeros({2, 4}, torch::kInt64)).size(2), std::int64_t{3});
    }
};

QTEST_APPLESS_MAIN(TransformerTorchTest)
#include "test_transformer_torch.moc"
