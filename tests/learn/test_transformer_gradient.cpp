// SPDX-License-Identifier: Apache-2.0
// Gradients: finite differences in double of a plain reference, over odd shapes; variants of the kernels and numbers of threads agree.
#include <QTest>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/trainer.hpp>

#include "reference_transformer.hpp"

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

/// Far from the initial values, where gradients of attention would be tiny.
Weights largeWeights(const Shape& shape, std::uint64_t seed) {
    Weights weights = initialise(shape, seed);
    RandomStream stream(seed, "test/weights");
    for (float& w : weights.flat()) w += static_cast<float>(0.25 * stream.normal());
    return weights;
}

struct Case {
    const char* name;
    Shape shape;
    int batch, length;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"one token",
         {.vocabulary = 2, .context = 3, .width = 2, .heads = 1, .layers = 1, .mlpRatio = 0.5},
         1,
         1},
        {"heads of two",
         {.vocabulary = 5, .context = 9, .width = 6, .heads = 3, .layers = 2, .mlpRatio = 2},
         3,
         9},
        {"heads of eighteen",
         {.vocabulary = 17,
          .context = 35,
          .width = 36,
          .heads = 2,
          .layers = 1,
          .mlpRatio = 1,
          .rotaryBase = 100},
         1,
         34},
        {"odd heads",
         {.vocabulary = 4,
          .context = 40,
          .width = 15,
          .heads = 3,
          .layers = 2,
          .mlpRatio = 1,
          .positions = Positions::Learned,
          .bias = false},
         1,
         33},
        {"no MLP, own head",
         {.vocabulary = 3,
          .inputVocabulary = 12,
          .context = 20,
          .width = 16,
          .heads = 1,
          .layers = 3,
          .mlpRatio = 0,
          .tiedHead = false},
         2,
         18},
        {"a head of forty-eight",
         {.vocabulary = 40, .context = 70, .width = 48, .heads = 1, .layers = 1, .mlpRatio = 0.5},
         1,
         67},
    };
    return all;
}

double largestDifference(std::span<const float> a, std::span<const float> b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return most;
}

}  // namespace

class TestTransformerGradient : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void finiteDifferences_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
    }
    void finiteDifferences() {
        QFETCH(int, index);
        const Case& c = cases()[static_cast<std::size_t>(index)];
        const Weights weights = largeWeights(c.shape, 3);
        const std::size_t count = static_cast<std::size_t>(c.batch * c.length);
        const auto inputs = tokens(count, c.shape.inputs(), 1);
        auto targets = tokens(count, c.shape.vocabulary, 2);
        if (count > 1) targets[count / 2] = -1;
        ReferenceTransformer reference(weights);
        Trainer trainer(weights, {});
        QVERIFY(std::abs(trainer.gradient(inputs, targets, c.batch) -
                         reference.loss(inputs, targets, c.batch)) < 2e-6);

        RandomStream choice(7, "test/choice");
        for (const Tensor& tensor : weights.tensors())
            for (int n = 0; n < 6; ++n) {
                const std::size_t i = choice.below(tensor.size);
                double& w = reference.at(tensor.name)[i];
                const double kept = w, h = 1e-4;
                w = kept + h;
                const double above = reference.loss(inputs, targets, c.batch);
                w = kept - h;
                const double slope = (above - reference.loss(inputs, targets, c.batch)) / (2 * h);
                w = kept;
                const double ours = static_cast<double>(trainer.gradient()[tensor.offset + i]);
                QVERIFY2(std::abs(slope - ours) < 1e-5,
                         (tensor.name + "[" + std::to_string(i) + "] is " + std::to_string(ours) + ", not " +
                          std::to_string(slope))
                             .c_str());
            }
    }

    void instructionsAgree() {
        const Shape shape{.vocabulary = 10, .context = 100, .width = 64, .heads = 4};
        const Weights weights = largeWeights(shape, 5);
        const auto inputs = tokens(3 * 100, 10, 1), targets = tokens(3 * 100, 10, 2);
        Trainer portable(weights, {}, 1, Instructions::Portable);
        const double loss = portable.gradient(inputs, targets, 3);
        for (const Instructions set : {Instructions::Avx2, Instructions::Avx512}) {
            if (!hasInstructions(set)) continue;
            Trainer other(weights, {}, 1, set);
            QVERIFY(std::abs(other.gradient(inputs, targets, 3) - loss) < 1e-5);
            QVERIFY(largestDifference(other.gradient(), portable.gradient()) <
                    1e-5 * std::max(1.0, portable.gradientNorm()));
        }
    }

    void threadsAgree() {
        const Shape shape{.vocabulary = 5, .context = 30, .width = 32, .heads = 2};
        const Weights weights = largeWeights(shape, 6);
        const auto inputs = tokens(7 * 30, 5, 1), targets = tokens(7 * 30, 5, 2);
        Trainer one(weights, {});
        const double loss = one.gradient(inputs, targets, 7);
        for (const int threads : {2, 3, 16}) {  // also more than sequences
            Trainer several(weights, {}, threads), again(weights, {}, threads);
            QVERIFY(std::abs(several.gradient(inputs, targets, 7) - loss) < 1e-6);
            QVERIFY(largestDifference(several.gradient(), one.gradient()) <
                    2e-6 * std::max(1.0, one.gradientNorm()));
            again.gradient(inputs, targets, 7);
            QVERIFY(std::equal(again.gradient().begin(), again.gradient().end(),
                               several.gradient().begin()));  // to the bit
        }
    }

    /// The mean is over what is counted: a batch of which half is masked has the gradient of the other half.
    void maskedTargetsDoNotCount() {
        const Shape shape{.vocabulary = 5, .context = 8, .width = 16, .heads = 1, .layers = 1};
        Trainer whole(largeWeights(shape, 8), {}), half(largeWeights(shape, 8), {});
        const auto inputs = tokens(16, 5, 1);
        auto targets = tokens(16, 5, 2);
        const double expected = half.gradient(std::span(inputs).first(8), std::span(targets).first(8), 1);
        std::fill(targets.begin() + 8, targets.end(), -1);
        QVERIFY(std::abs(whole.gradient(inputs, targets, 2) - expected) < 1e-7);
        QVERIFY(largestDifference(whole.gradient(), half.gradient()) < 1e-7);
        std::fill(targets.begin(), targets.end(), -1);
        QCOMPARE(whole.gradient(inputs, targets, 2), 0.0);
        QCOMPARE(whole.gradientNorm(), 0.0);
    }
};

QTEST_MAIN(TestTransformerGradient)
#include "test_transformer_gradient.moc"
