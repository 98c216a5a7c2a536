// SPDX-License-Identifier: Apache-2.0
// What a shape costs and what it refuses; how weights start.
#include <QTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/trainer.hpp>

using namespace latent::learn::transformer;

class TestTransformerShape : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// Of arXiv 2412.01003: 676 two-letter tokens and rotary positions; and with a vocabulary of ten.
    void parameterCount() {
        QCOMPARE((Shape{.vocabulary = 676}.parameterCount()), 143'360);
        QCOMPARE(Shape{}.parameterCount(), 100'736);
        QCOMPARE((Shape{.context = 1024, .positions = Positions::Learned}.parameterCount()),
                 100'736 + 1024 * 64);
        QCOMPARE((Shape{.tiedHead = false}.parameterCount()), 100'736 + 640);
        QCOMPARE((Shape{.inputVocabulary = 110}.parameterCount()), 100'736 + 100 * 64);
        // Without biases: 3d + d + 4d + d of the maps and 2d of the norms of a layer, d of the last norm.
        QCOMPARE((Shape{.bias = false}.parameterCount()), 100'736 - 2 * 11 * 64 - 64);
        QCOMPARE((Shape{.layers = 1, .mlpRatio = 0}.parameterCount()),
                 10 * 64 + (4 * 64 * 64 + 4 * 64) + 128 + 128);
    }

    void flops() {
        const Shape paper{.vocabulary = 676};
        QVERIFY(std::abs(paper.flopsPerStep(128, 512) / 9.261e10 - 1) < 1e-3);
        QCOMPARE(std::floor(1e16 / paper.flopsPerStep(128, 512)), 107'979.0);  // the paper's number of steps
    }

    void everyMistakeHasItsSentence_data() {
        QTest::addColumn<QString>("part");
        QTest::addColumn<int>("which");
        const char* parts[] = {
            "vocabulary is 1",  "context is 0",          "width is 0",       "heads is 0",
            "layers is -1",     "input vocabulary is 5", "MLP ratio is -1",  "MLP ratio is nan",
            "rotary base is 1", "65, is not a multiple", "a head is 3 wide", "would be 4.8 wide",
            "at most 2^31",     "at most 65536"};
        for (int i = 0; i < 14; ++i) QTest::newRow(parts[i]) << QString(parts[i]) << i;
    }
    void everyMistakeHasItsSentence() {
        QFETCH(QString, part);
        QFETCH(int, which);
        const Shape wrong[] = {{.vocabulary = 1},
                               {.context = 0},
                               {.width = 0},
                               {.heads = 0},
                               {.layers = -1},
                               {.inputVocabulary = 5},
                               {.mlpRatio = -1},
                               {.mlpRatio = std::nan("")},
                               {.rotaryBase = 1},
                               {.width = 65},
                               {.width = 12},
                               {.width = 48, .mlpRatio = 0.1},
                               {.vocabulary = 2'000'000'000, .width = 2'000'000'000},
                               {.context = 65'537}};
        const auto sentences = wrong[which].validate();
        QVERIFY(!sentences.empty());
        QVERIFY2(QString::fromStdString(sentences.front()).contains(part), sentences.front().c_str());
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, tensorsOf(wrong[which]));
    }
    void whatIsPossibleIsNotRefused() {
        QVERIFY(Shape{}.validate().empty());
        QVERIFY((Shape{.width = 15, .heads = 5, .mlpRatio = 0.2, .positions = Positions::Learned}
                     .validate()
                     .empty()));
        QVERIFY((Shape{.inputVocabulary = 3, .tiedHead = false}.validate().empty()));
    }

    void tensorsFillTheBuffer() {
        std::size_t end = 0;
        for (const Tensor& tensor : tensorsOf({.positions = Positions::Learned, .tiedHead = false})) {
            QCOMPARE(tensor.offset, end);
            end += tensor.size;
        }
        QCOMPARE(Weights({.positions = Positions::Learned, .tiedHead = false}).flat().size(), end);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Weights({}).view("transformer.wpe.weight"));
    }

    void initialValues() {
        const Weights weights = initialise({.vocabulary = 100, .width = 128}, 1);
        const auto deviation = [&](const char* name) {
            double squares = 0;
            for (const float w : weights.view(name))
                squares += static_cast<double>(w) * static_cast<double>(w);
            return std::sqrt(squares / static_cast<double>(weights.view(name).size()));
        };
        for (const char* name : {"transformer.wte.weight", "transformer.h.0.attn.c_attn.weight",
                                 "transformer.h.1.mlp.c_fc.weight"})
            QVERIFY2(std::abs(deviation(name) / 0.02 - 1) < 0.03, name);
        for (const char* name : {"transformer.h.0.attn.c_proj.weight", "transformer.h.1.mlp.c_proj.weight"})
            QVERIFY2(std::abs(deviation(name) / 0.01 - 1) < 0.03, name);  // 0.02/√(2·2)
        for (const float w : weights.view("transformer.ln_f.weight")) QCOMPARE(w, 1.0F);
        for (const float w : weights.view("transformer.h.0.attn.c_attn.bias")) QCOMPARE(w, 0.0F);
        QVERIFY(std::ranges::equal(weights.flat(), initialise({.vocabulary = 100, .width = 128}, 1).flat()));
        QVERIFY(!std::ranges::equal(weights.flat(), initialise({.vocabulary = 100, .width = 128}, 2).flat()));
    }

    /// A head of its own guesses; a tied one favours the token that it has just read, by 0.02·width at most.
    void initialLossIsThatOfGuessing() {
        for (const bool tied : {false, true})
            for (const int vocabulary : {3, 10, 676}) {
                Trainer trainer(initialise({.vocabulary = vocabulary, .context = 64, .tiedHead = tied}, 1),
                                {});
                std::vector<std::int32_t> tokens(8 * 65);
                latent::learn::RandomStream stream(1, "test/tokens");
                for (auto& token : tokens)
                    token = static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(vocabulary)));
                QVERIFY(std::abs(trainer.step(tokens, 8) - std::log(vocabulary)) < (tied ? 0.25 : 0.03));
            }
    }
};

QTEST_MAIN(TestTransformerShape)
#include "test_transformer_shape.moc"
