// SPDX-License-Identifier: Apache-2.0
// Training and drawing: resumed to the bit with every schedule, interventions of strength 0 and patches with
// oneself change no bit, scores are chosen on one half, and the learned probe reads true images of all
// classes.
#include <QtTest>
#include <chrono>
#include <cmath>
#include <fstream>

#include "learn/fake_job.hpp"
#include "model/diffusion/assessment.hpp"
#include "model/diffusion/concept_probe.hpp"
#include "model/diffusion/snapshots.hpp"
#include "model/diffusion/training.hpp"

using namespace concept_space;
namespace unet = latent::learn::unet;
namespace diffusion = latent::learn::diffusion;

namespace {

std::shared_ptr<const ConceptSet> vectors() {
    return std::make_shared<const ConceptSet>(ConceptSet::vectors({.perClass = 300}));
}

TrainingSpec specFor(const ConceptSet& set, diffusion::ScheduleKind kind = diffusion::ScheduleKind::Linear) {
    TrainingSpec spec;
    spec.shape = {.height = set.height(),
                  .width = set.width(),
                  .channels = set.channels(),
                  .widths = {16},
                  .conditions = set.conditions(),
                  .sinusoids = 16,
                  .timeWidth = 32};
    spec.schedule.kind = kind;
    spec.batch = 16;
    spec.dataDeviation = .05;
    spec.seed = 4;
    return spec;
}

Reader analytic(const ConceptSet& set) {
    return [&set](std::span<const float> x, int n) {
        std::vector<double> all;
        for (int i = 0; i < n; ++i) {
            const auto one = set.read(x.data() + static_cast<std::size_t>(i) * set.each());
            all.insert(all.end(), one.begin(), one.end());
        }
        return all;
    };
}

}  // namespace

class DiffusionTrainingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void resumesToTheBit_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("linear") << 0;
        QTest::newRow("learned") << 1;
        QTest::newRow("cosine") << 2;
    }
    void resumesToTheBit() {
        QFETCH(int, kind);
        const auto set = vectors();
        const TrainingSpec spec = specFor(*set, static_cast<diffusion::ScheduleKind>(kind));
        DiffusionTraining straight(set, spec, 1), first(set, spec, 2);
        for (int i = 0; i < 6; ++i) straight.step();
        for (int i = 0; i < 3; ++i) first.step();
        FakeJob host;
        latent::Job job(&host);
        latent::State state;
        first.save(state, "seed0");
        job.checkpoint(3, state);
        host.resumes = true;
        DiffusionTraining second(set, spec, 1);
        second.restore(*job.resumed(), "seed0");
        for (int i = 0; i < 3; ++i) second.step();
        const unet::Weights a = straight.weights(), b = second.weights();
        QVERIFY(std::equal(a.flat().begin(), a.flat().end(), b.flat().begin(), b.flat().end()));
        QCOMPARE(straight.schedule().intercept(), second.schedule().intercept());
        QCOMPARE(straight.schedule().slope(), second.schedule().slope());
        if (kind == 1)
            QVERIFY(straight.schedule().intercept() < -5 &&
                    straight.schedule().slope() != 15);  // the reconstruction pushes b down
    }

    /// With a learned schedule too the caller is told by the loss, not by a refusal of the schedule's line.
    void divergenceIsALoss() {
        const auto set = vectors();
        for (const auto kind : {diffusion::ScheduleKind::Linear, diffusion::ScheduleKind::LearnedLinear}) {
            TrainingSpec spec = specFor(*set, kind);
            spec.optimiser = {.learningRate = 1e4, .weightDecay = 10, .clip = 0};
            DiffusionTraining training(set, spec, 1);
            StepLoss loss;
            for (int i = 0; i < 200 && std::isfinite(loss.diffusion + loss.gradientNorm); ++i)
                loss = training.step();
            QVERIFY(!std::isfinite(loss.diffusion + loss.gradientNorm));
            const std::int64_t done = training.stepsDone();
            training.step();
            QCOMPARE(training.stepsDone(), done);  // nothing is updated with it
        }
    }

    /// A patched network draws as its embedder's conditions say, on its own schedule.
    void patchesTakeTheEmbedder() {
        const auto set = vectors();
        TrainingSpec spec = specFor(*set, diffusion::ScheduleKind::LearnedLinear);
        spec.optimiser.clip = 1;
        DiffusionTraining training(set, spec, 1);
        Snapshots kept(spec.shape, spec.schedule);
        for (int i = 0; i < 40; ++i) {
            if (i == 20) kept.add(training.weights(), training.schedule());
            training.step();
        }
        kept.add(training.weights(), training.schedule());
        QVERIFY(kept.schedule(0).intercept() != kept.schedule(1).intercept());
        QCOMPARE(kept.schedule(1).slope(), training.schedule().slope());
        const unet::Model early(kept.weights(0)), late(kept.weights(1));
        const std::vector<float> condition = set->meanCondition(3);
        const Drawer patched(*set, early, kept.schedule(0), {.sampler = {.steps = 4}}, &late),
            plain(*set, early, kept.schedule(0), {.sampler = {.steps = 4}});
        QVERIFY(patched.embed(condition) == late.embed(condition, 1));
        QVERIFY(patched.embed(condition) != plain.embed(condition));
        QVERIFY(patched.draw(late.embed(condition, 1), 4) == plain.draw(late.embed(condition, 1), 4));
    }

    /// The loss of the untrained net, which predicts ε̂ = z, has a closed form in expectation; the step's must
    /// be near it.
    void lossIsInBitsPerDimension() {
        const auto set = vectors();
        TrainingSpec spec = specFor(*set);
        spec.batch = 2048;
        DiffusionTraining training(set, spec, 2);
        const StepLoss loss = training.step();
        double second = 0;
        for (std::size_t i = 0; i < set->trainSize(); ++i)
            for (const float v : set->x(i))
                second += static_cast<double>(v) * static_cast<double>(v) /
                          static_cast<double>(set->trainSize()) / 2;
        double expected = 0;
        for (int i = 0; i < 2000; ++i) {  // E(α·x + (σ − 1)·ε)²
            const diffusion::Noise n = diffusion::Schedule().at((i + .5) / 2000);
            expected +=
                .5 * 15 / std::log(2.) * (n.alpha * n.alpha * second + (n.sigma - 1) * (n.sigma - 1)) / 2000;
        }
        QVERIFY2(std::abs(loss.diffusion / expected - 1) < .1,
                 std::to_string(loss.diffusion / expected).c_str());
        QVERIFY(loss.clip < 1 && std::abs(loss.clip * loss.gradientNorm - .01) < 1e-4);
    }

    void interventionsOfNothingChangeNothing() {
        const auto set = vectors();
        for (const auto conditioning : {unet::Conditioning::SeparateMlps, unet::Conditioning::CommonLinear}) {
            TrainingSpec spec = specFor(*set);
            spec.shape.conditioning = conditioning;
            DiffusionTraining training(set, spec, 1);
            for (int i = 0; i < 20; ++i) training.step();
            const unet::Model model(training.weights()), again(training.weights());
            const Drawer drawer(*set, model, training.schedule(), {.sampler = {.steps = 4}});
            const std::vector<float> h = drawer.embed(set->meanCondition(3)), plain = drawer.draw(h, 6);
            QVERIFY(drawer.draw(intervened(h, drawer.direction(0), 0), 6) == plain);
            QVERIFY(drawer.draw(intervened(h, drawer.direction(0), 2), 6) != plain);
            QVERIFY(drawer.draw(again.embed(set->meanCondition(3), 1), 6) == plain);  // a patch with oneself
            const std::vector<float> later = drawer.draw(h, 3, 3);
            QVERIFY(std::equal(later.begin(), later.end(), plain.begin() + 6));  // the same noise by number
            double a = 0, b = 0;
            for (const float v : drawer.direction(0)) a += static_cast<double>(v) * static_cast<double>(v);
            for (const float v : drawer.randomDirection(0, 1))
                b += static_cast<double>(v) * static_cast<double>(v);
            QVERIFY(std::abs(a / b - 1) < 1e-4);
            QVERIFY(drawer.draw(h, 6, 0, [] { return false; }).empty());
        }
    }

    void scoresAreProductsOfAccuracies() {
        const auto set = vectors();
        const std::vector<double> coordinates{.9, .1, .9, .9,
                                              .2, .9, .8, .7};  // four samples, concepts first and second
        QVERIFY(std::abs(scoreOf(*set, coordinates, 3) - .75 * .75) < 1e-12);
        QVERIFY(std::abs(scoreOf(*set, coordinates, 3, 1, 2) - 1) < 1e-12);  // the odd ones
        QVERIFY(std::abs(scoreOf(*set, coordinates, 2) - .75 * .25) < 1e-12);
    }

    /// An easy task learned in two thousand steps: trained classes end in their corners.
    void trainedClassesReachTheirCorners() {
        const auto set = std::make_shared<const ConceptSet>(
            ConceptSet::vectors({.first = .8, .second = .8, .perClass = 300}));
        TrainingSpec spec = specFor(*set);
        spec.shape.widths = {32};
        spec.batch = 32;
        DiffusionTraining training(set, spec, 1);
        for (int i = 0; i < 1200; ++i) training.step();
        const unet::Model model(training.weights());
        const Drawer drawer(*set, model, training.schedule(), {.sampler = {.steps = 20}});
        const AssessmentPlan plan{16, 32, 8, {1}};
        const auto found = assess(*set, drawer, plan, analytic(*set), 1, 2);
        QVERIFY(found);
        for (const std::size_t c : {0U, 1U, 2U})
            QVERIFY2(found->accuracy[c] > .8, std::to_string(found->accuracy[c]).c_str());
        QVERIFY(std::isnan(found->capability[kPatch]) && found->capability[kTrained] > .5);
        QVERIFY(!assess(*set, drawer, plan, analytic(*set), 1, 2, [] { return false; }));
    }

    /// The probe is right on every true image that it was not trained on, of held-out classes too, at a separation that it shares
    /// with others, after as many steps as runs give it.
    void learnedProbeReadsTrueImages() {
        const ImageSpec spec{.side = 16, .colour = .4, .size = .4};
        ConceptProbe probe(ProbeImages::drawn(spec), 400, 2);
        const std::vector<float> image = render(meanScene(spec, 0), spec, 0);
        QVERIFY_EXCEPTION_THROWN(probe.read(image, 1), latent::RunError);
        while (probe.train()) {
        }
        for (const double share : probe.accuracy(50)) QCOMPARE(share, 1.0);
    }

    /// A later run on the same data takes the same probe to the bit; any other data, recipe or file does not.
    void trainedProbesAreKeptForTheSameData() {
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        const ProbeCache cache(folder / "probes");
        const ImageSpec spec{.side = 8, .colour = .4, .size = .4};
        const auto probeOf = [](const ImageSpec& one, int steps) {
            return ConceptProbe(ProbeImages::drawn(one), steps, 1);
        };
        ConceptProbe first = probeOf(spec, 120), second = probeOf(spec, 120);
        QVERIFY(!first.take(cache));
        while (first.train()) {
        }
        first.keep(cache);
        QVERIFY(second.take(cache) && second.isTrained() && !second.train());
        std::vector<float> images;
        for (int c = 0; c < 4; ++c) {
            const std::vector<float> one = render(meanScene(spec, c), spec, 0);
            images.insert(images.end(), one.begin(), one.end());
        }
        QVERIFY(second.read(images, 4) == first.read(images, 4));
        ImageSpec other = spec;
        other.colour = .2;
        QVERIFY(!probeOf(other, 120).take(cache));
        other = spec;
        other.seed = 1;
        QVERIFY(!probeOf(other, 120).take(cache));
        QVERIFY(!probeOf(spec, 121).take(cache));
        ConceptProbe begun = probeOf(spec, 120);
        begun.train();
        QVERIFY(!begun.take(cache));
        const std::filesystem::path kept = std::filesystem::directory_iterator(folder / "probes")->path();
        {  // the lowest bit of one weight
            std::fstream file(kept, std::ios::binary | std::ios::in | std::ios::out);
            file.seekg(-400, std::ios::end);
            const int byte = file.peek();
            file.seekp(-400, std::ios::end);
            file.put(static_cast<char>(byte ^ 1));
        }
        QVERIFY(!probeOf(spec, 120).take(cache));
        first.keep(cache);
        QVERIFY(probeOf(spec, 120).take(cache));
        std::filesystem::resize_file(kept, 100);
        QVERIFY(!probeOf(spec, 120).take(cache));
        // Another process is writing the same one, and one that was killed long ago has left its part.
        std::filesystem::create_directory(kept.string() + ".partial");
        const std::filesystem::path left = kept.string() + ".1-2.partial";
        std::ofstream(left) << "part";
        std::filesystem::last_write_time(
            left, std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
        first.keep(cache);
        QVERIFY(probeOf(spec, 120).take(cache));
        QVERIFY(!std::filesystem::exists(left));
        const auto entries = std::filesystem::directory_iterator(folder / "probes");
        QCOMPARE(std::distance(begin(entries), end(entries)), std::ptrdiff_t{2});
        first.keep(ProbeCache(folder / "probes" / "none" / std::string(300, 'x')));  // nobody can write there
        QVERIFY(!probeOf(spec, 120).take(ProbeCache({})));
    }
};

QTEST_APPLESS_MAIN(DiffusionTrainingTest)
#include "diffusion_training_test.moc"
