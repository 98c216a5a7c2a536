// SPDX-License-Identifier: Apache-2.0
// A training starts at the loss of a guess, learns, goes on bit for bit, and refuses what cannot be.
#include <QtTest>
#include <cmath>

#include "model/training/training.hpp"

using namespace markov_mixtures;

namespace {

Mixture mixtureOf3() {
    MixtureSpec spec;
    spec.chains = 4;
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

QString refusal(const TrainingSpec& spec) {
    try {
        requireValid(spec, 3);
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

std::vector<double> advance(MixtureTraining& training, int steps) {
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(training.step());
    return losses;
}

}  // namespace

class TrainingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theFirstLossIsThatOfAGuess() {
        for (const int vocabulary : {3, 40}) {
            TrainingSpec spec = small();
            spec.shape.vocabulary = vocabulary;
            MixtureTraining training(mixtureOf3(), spec, 1);
            const double loss =
                training.step();  // the tied head prefers the token that was read, by about .02 · width
            QVERIFY2(std::abs(loss - std::log(vocabulary)) < .25, std::to_string(loss).c_str());
        }
    }

    void itLearns() {
        TrainingSpec spec = small();
        MixtureTraining training(mixtureOf3(), spec, 2);
        const std::vector<double> losses = advance(training, 150);
        QVERIFY(losses.back() < losses.front() - .05);
    }

    void aResumedTrainingIsTheSameToTheBit() {
        MixtureTraining whole(mixtureOf3(), small(), 2), first(mixtureOf3(), small(), 2),
            second(mixtureOf3(), small(), 2);
        const std::vector<double> losses = advance(whole, 40);
        std::vector<double> parts = advance(first, 20);
        second.trainer().restore(first.trainer().state());
        const std::vector<double> rest = advance(second, 20);
        parts.insert(parts.end(), rest.begin(), rest.end());
        QCOMPARE(parts, losses);
        QVERIFY(second.trainer().state() == whole.trainer().state());
    }

    void threadCountsAgreeToRounding() {
        MixtureTraining one(mixtureOf3(), small(), 1), two(mixtureOf3(), small(), 2);
        const std::vector<double> a = advance(one, 20), b = advance(two, 20);
        for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(std::abs(a[i] - b[i]) < 1e-4);
    }

    void twoTokenInputReadsBigrams() {
        TrainingSpec spec = small();
        spec.twoTokenInput = true;
        spec.shape.inputVocabulary = 12;
        MixtureTraining training(mixtureOf3(), spec, 1);
        QVERIFY(std::abs(training.step() - std::log(3)) < .05);
        std::vector<double> rows(3);
        training.predictor().predict(std::vector<Token>{0, 2, 1}, 1, Positions::Last, rows);
        QVERIFY(std::abs(rows[0] + rows[1] + rows[2] - 1) < 1e-12);
    }

    void everyPrefixIsPredictedAsAlone() {
        MixtureTraining training(mixtureOf3(), small(), 1);
        advance(training, 5);
        const TransformerPredictor model = training.predictor();
        const std::vector<Token> tokens{0, 2, 1, 1, 0, 2};
        std::vector<double> every(tokens.size() * 3), last(3);
        model.predict(tokens, 1, Positions::Every, every);
        for (std::size_t n = 1; n <= tokens.size(); ++n) {
            model.predict(std::span(tokens).first(n), 1, Positions::Last, last);
            for (std::size_t i = 0; i < 3; ++i) QVERIFY(std::abs(last[i] - every[(n - 1) * 3 + i]) < 1e-5);
        }
    }

    void ablatedHeadsChangePredictionsAndComeBack() {
        MixtureTraining training(mixtureOf3(), small(), 1);
        advance(training, 40);
        TransformerPredictor model = training.predictor();
        const std::vector<Token> tokens{0, 2, 1, 1, 0, 2, 2, 0};
        std::vector<double> whole(3), without(3), again(3);
        model.predict(tokens, 1, Positions::Last, whole);
        model.ablate({{.layer = 0, .head = 1}});
        model.predict(tokens, 1, Positions::Last, without);
        model.ablate({});
        model.predict(tokens, 1, Positions::Last, again);
        QVERIFY(without != whole);
        QCOMPARE(again, whole);
    }

    void impossibleTrainingsAreRefused() {
        QCOMPARE(refusal(small()), QString());
        TrainingSpec spec = small();
        spec.shape.heads = 3;
        QVERIFY(refusal(spec).contains("3"));
        spec = small();
        spec.length = 26;
        QVERIFY(refusal(spec).contains("longer than the model's context"));
        spec = small();
        spec.shape.vocabulary = 2;
        QVERIFY(refusal(spec).contains("'vocabulary'"));
        spec = small();
        spec.length = 2;
        QVERIFY(refusal(spec).contains("'length'"));
    }

    void aLossThatIsNoNumberEndsIt() {
        TrainingSpec spec = small();
        spec.optimiser.learningRate = 1e6;
        spec.optimiser.clip = 0;
        MixtureTraining training(mixtureOf3(), spec, 1);
        try {
            advance(training, 20);
            QFAIL("It went on.");
        } catch (const std::exception& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("Lower 'learning_rate'"), e.what());
        }
    }
};

QTEST_APPLESS_MAIN(TrainingTest)
#include "training_test.moc"
