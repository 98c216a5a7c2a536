// SPDX-License-Identifier: Apache-2.0
// What analyses ask of a model: causality, the rotary property, attention maps, hidden states, ablated heads, refusals.
#include <QTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/forward.hpp>

using namespace latent::learn;
using namespace latent::learn::transformer;

namespace {

Weights largeWeights(const Shape& shape) {
    Weights weights = initialise(shape, 1);
    RandomStream stream(1, "test/weights");
    for (float& w : weights.flat()) w += static_cast<float>(0.3 * stream.normal());
    return weights;
}

std::vector<std::int32_t> tokens(std::size_t count, int vocabulary) {
    std::vector<std::int32_t> all(count);
    RandomStream stream(2, "test/tokens");
    for (auto& token : all)
        token = static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(vocabulary)));
    return all;
}

std::size_t at(int layer, int head, int heads, int i, int j, int length) {
    return static_cast<std::size_t>(((layer * heads + head) * length + i) * length + j);
}

const Shape kShape{.vocabulary = 6, .context = 40, .width = 24, .heads = 3, .layers = 2};

}  // namespace

class TestTransformerModel : public QObject {
    Q_OBJECT
    void positions() {
        QTest::addColumn<int>("positions");
        QTest::newRow("rotary") << static_cast<int>(Positions::Rotary);
        QTest::newRow("learned") << static_cast<int>(Positions::Learned);
    }

  private Q_SLOTS:
    /// A later token changes nothing before it, to the bit, and the first t tokens alone give the same logits.
    void causality_data() { positions(); }
    void causality() {
        QFETCH(int, positions);
        Shape shape = kShape;
        shape.positions = static_cast<Positions>(positions);
        const Model model(largeWeights(shape));
        auto inputs = tokens(40, 6);
        const auto before = model.forward(inputs, 1).logits;
        for (const std::size_t changed : {1U, 16U, 33U, 39U}) {
            auto other = inputs;
            other[changed] = (other[changed] + 1) % 6;
            const auto after = model.forward(other, 1).logits;
            for (std::size_t i = 0; i < changed * 6; ++i) QCOMPARE(after[i], before[i]);
            QVERIFY(!std::equal(after.begin() + static_cast<std::ptrdiff_t>(changed * 6), after.end(),
                                before.begin() + static_cast<std::ptrdiff_t>(changed * 6)));
            const auto prefix = model.forward(std::span(inputs).first(changed), 1).logits;
            for (std::size_t i = 0; i < prefix.size(); ++i) QVERIFY(std::abs(prefix[i] - before[i]) < 1e-5F);
        }
    }

    /// With one token all over, the odds of attending to j or to j−1 depend on the distance only; with learned positions they do not.
    void rotaryAttentionIsRelative_data() { positions(); }
    void rotaryAttentionIsRelative() {
        QFETCH(int, positions);
        Shape shape = kShape;
        shape.positions = static_cast<Positions>(positions);
        const Model model(largeWeights(shape));
        const auto map =
            model.forward(std::vector<std::int32_t>(40, 2), 1, {.logits = false, .attention = true})
                .attention;
        double most = 0, spread = 0;
        for (int head = 0; head < 3; ++head)
            for (int i = 12; i < 40; ++i) {
                const auto odds = [&](int query) {
                    const double near = map[at(0, head, 3, query, query - 4, 40)],
                                 far = map[at(0, head, 3, query, query - 5, 40)];
                    return std::log(near / far);
                };
                most = std::max(most, std::abs(odds(i) - odds(12)));
                spread = std::max(spread, std::abs(odds(i)));
            }
        QVERIFY(spread > 0.05);  // else it would hold for a model that does not look at positions
        QCOMPARE(most < 1e-3, shape.positions == Positions::Rotary);
    }

    void attentionMaps() {
        const Model model(largeWeights(kShape));
        const auto inputs = tokens(2 * 37, 6);
        const auto both = model.forward(inputs, 2, {.attention = true, .threads = 2});
        const auto second = model.forward(std::span(inputs).subspan(37), 1, {.attention = true});
        QCOMPARE(both.attention.size(), static_cast<std::size_t>(2 * 2 * 3 * 37 * 37));
        QVERIFY(std::equal(second.attention.begin(), second.attention.end(),
                           both.attention.begin() + 2 * 3 * 37 * 37));
        QVERIFY(std::equal(second.logits.begin(), second.logits.end(), both.logits.begin() + 37 * 6));
        for (int layer = 0; layer < 2; ++layer)
            for (int head = 0; head < 3; ++head)
                for (int i = 0; i < 37; ++i) {
                    double sum = 0;
                    for (int j = 0; j < 37; ++j) {
                        const float a = both.attention[at(layer, head, 3, i, j, 37)];
                        QVERIFY(j <= i ? a >= 0 : a == 0);
                        sum += static_cast<double>(a);
                    }
                    QVERIFY(std::abs(sum - 1) < 1e-5);
                }
    }

    /// The last hidden state through the last norm and the head is the logits; the first is the embedding.
    void hiddenStates() {
        const Weights weights = largeWeights(kShape);
        const auto inputs = tokens(11, 6);
        const auto result = Model(weights).forward(inputs, 1, {.hidden = true});
        QCOMPARE(result.hidden.size(), static_cast<std::size_t>(3 * 11 * 24));
        const auto wte = weights.view("transformer.wte.weight"),
                   scale = weights.view("transformer.ln_f.weight"),
                   shift = weights.view("transformer.ln_f.bias");
        for (std::size_t t = 0; t < 11; ++t) {
            for (std::size_t c = 0; c < 24; ++c)
                QCOMPARE(result.hidden[t * 24 + c], wte[static_cast<std::size_t>(inputs[t]) * 24 + c]);
            const float* x = result.hidden.data() + (2 * 11 + t) * 24;
            double mean = 0, variance = 0;
            for (int c = 0; c < 24; ++c) mean += static_cast<double>(x[c]) / 24;
            for (int c = 0; c < 24; ++c)
                variance += (static_cast<double>(x[c]) - mean) * (static_cast<double>(x[c]) - mean) / 24;
            for (std::size_t v = 0; v < 6; ++v) {
                double logit = 0;
                for (std::size_t c = 0; c < 24; ++c)
                    logit += ((static_cast<double>(x[c]) - mean) / std::sqrt(variance + 1e-5) *
                                  static_cast<double>(scale[c]) +
                              static_cast<double>(shift[c])) *
                             static_cast<double>(wte[v * 24 + c]);
                QVERIFY(std::abs(logit - static_cast<double>(result.logits[t * 6 + v])) < 1e-4);
            }
        }
    }

    /// A head that gives 0 is one whose columns of c_proj are 0; a mean is the same at every position.
    void ablatedHeads() {
        Weights weights = largeWeights(kShape);
        const auto inputs = tokens(3 * 20, 6);
        const Model model(weights);
        const auto whole = model.forward(inputs, 3).logits;
        const auto zero = model.forward(inputs, 3, {.ablate = {{.layer = 0, .head = 1}}}).logits;
        const auto mean =
            model.forward(inputs, 3, {.ablate = {{.layer = 0, .head = 1, .by = Ablation::By::Mean}}}).logits;
        const auto onTwo =
            model
                .forward(inputs, 3,
                         {.ablate = {{.layer = 0, .head = 1, .by = Ablation::By::Mean}}, .threads = 2})
                .logits;
        auto projection = weights.view("transformer.h.0.attn.c_proj.weight");
        for (std::size_t n = 0; n < 24; ++n)
            for (std::size_t c = 8; c < 16; ++c) projection[n * 24 + c] = 0;
        const auto cut = Model(weights).forward(inputs, 3).logits;
        double fromCut = 0, fromWhole = 0, fromZero = 0, fromTwo = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            fromCut = std::max(fromCut, static_cast<double>(std::abs(zero[i] - cut[i])));
            fromWhole = std::max(fromWhole, static_cast<double>(std::abs(mean[i] - whole[i])));
            fromZero = std::max(fromZero, static_cast<double>(std::abs(mean[i] - zero[i])));
            fromTwo = std::max(fromTwo, static_cast<double>(std::abs(mean[i] - onTwo[i])));
        }
        QVERIFY(fromCut < 1e-5);
        QVERIFY(fromWhole > 1e-2 && fromZero > 1e-2);
        QVERIFY(fromTwo < 1e-5);
        // One position: its mean is itself.
        const auto one = std::span(inputs).first(1);
        QCOMPARE(
            model.forward(one, 1, {.ablate = {{.layer = 1, .head = 2, .by = Ablation::By::Mean}}}).logits,
            model.forward(one, 1).logits);
    }

    void lossesAreOfTheLogits() {
        const Model model(largeWeights(kShape));
        const auto inputs = tokens(2 * 9, 6);
        auto targets = tokens(2 * 9, 6);
        targets[4] = -1;
        const auto logits = model.forward(inputs, 2).logits;
        const auto nats = model.losses(inputs, targets, 2);
        for (std::size_t i = 0; i < nats.size(); ++i) {
            double sum = 0;
            for (std::size_t v = 0; v < 6; ++v) sum += std::exp(static_cast<double>(logits[i * 6 + v]));
            const double expected =
                targets[i] < 0
                    ? 0
                    : std::log(sum) -
                          static_cast<double>(logits[i * 6 + static_cast<std::size_t>(targets[i])]);
            QVERIFY(std::abs(static_cast<double>(nats[i]) - expected) < 1e-5);
        }
    }

    void refusals() {
        const Model model(initialise(kShape, 1));
        const std::vector<std::int32_t> good(41, 1), outside = {0, 6}, below = {0, -1};
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(good, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(good, 2));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward({}, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(good, 0));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(outside, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(below, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.losses(std::span(good).first(2), outside, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.losses(std::span(good).first(3), below, 1));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, model.forward(std::span(good).first(2), 1,
                                                                   {.ablate = {{.layer = 2, .head = 0}}}));
    }
};

QTEST_MAIN(TestTransformerModel)
#include "test_transformer_model.moc"
