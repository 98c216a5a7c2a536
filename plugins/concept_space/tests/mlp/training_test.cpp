// SPDX-License-Identifier: Apache-2.0
// Whole runs: the closed form of the infinite-data limit, resume and thread count to the bit, what is
// recorded.
#include <Eigen/Dense>
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "data/clusters.hpp"
#include "model/mlp/ensemble.hpp"
#include "model/mlp/frames.hpp"

using namespace concept_space;
using namespace concept_space::mlp;
using latent::learn::RandomStream;

namespace {

/// `rows` samples whose mean is exactly `mean` and whose covariance is exactly diag(variance): an exact
/// population.
std::vector<float> exactPopulation(int rows, const Eigen::VectorXd& mean, const Eigen::VectorXd& variance) {
    const Eigen::Index d = mean.size();
    Eigen::MatrixXd x(rows, d);
    RandomStream random(17, "test/population");
    for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = random.normal();
    x.rowwise() -= x.colwise().mean();
    const Eigen::MatrixXd covariance = x.transpose() * x / rows;
    const Eigen::MatrixXd half = covariance.llt().matrixL();
    x = x * half.transpose().inverse() * variance.cwiseSqrt().asDiagonal();
    x.rowwise() += mean.transpose();
    std::vector<float> out;
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index k = 0; k < d; ++k) out.push_back(static_cast<float>(x(i, k)));
    return out;
}

std::unique_ptr<SeedRun> makeRun(int seed, const Kernels& kernels = bestKernels(), double momentum = 0.0) {
    ClusterSpec spec;
    spec.dim = 20;
    spec.samplesPerCluster = 100;
    spec.seed = static_cast<std::uint64_t>(seed);
    const ClusterData data = makeClusters(spec);
    Network net({20, 12, 3, true, true});
    net.initialise({}, spec.seed);
    RecordPlan plan;
    plan.frames = linearFrames(60, 7);
    plan.oodEvery = 3;
    plan.nodes = nodePoints(spec, data.rotation);
    plan.basis.assign(data.rotation.begin(), data.rotation.begin() + 2 * 20);
    return std::make_unique<SeedRun>(
        Trainer(net, {0.1, momentum, 0.0}, std::make_shared<const Batches>(data.x, 20, 32), kernels), plan);
}

void append(Records& to, const Records& more) {
    const auto join = [](auto& a, const auto& b) { a.insert(a.end(), b.begin(), b.end()); };
    join(to.trainLoss, more.trainLoss), join(to.oodStep, more.oodStep), join(to.oodLoss, more.oodLoss);
    join(to.frame, more.frame), join(to.nodeLoss, more.nodeLoss), join(to.output, more.output);
    join(to.matrix, more.matrix);
}

bool same(const Records& a, const Records& b) {
    return a.trainLoss == b.trainLoss && a.oodStep == b.oodStep && a.oodLoss == b.oodLoss &&
           a.frame == b.frame && a.nodeLoss == b.nodeLoss && a.output == b.output && a.matrix == b.matrix;
}

}  // namespace

class TrainingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    // One linear layer without bias on an exact population: w(n) = δ + (w(0) − δ)(1 − 2η a/d)^n (note A3.2).
    void infiniteDataLimitWithoutBias() {
        const int d = 6, rows = 96;
        Eigen::VectorXd a(d);
        a << 2.0, 1.0, 0.5, 0.25, 0.1, 0.02;
        const auto x = exactPopulation(rows, Eigen::VectorXd::Zero(d), a);
        Network net({d, d, 1, false, false});
        net.initialise({}, 5);
        const auto start = net.weights(0);
        Trainer trainer(net, {0.3, 0, 0}, std::make_shared<const Batches>(x, d, rows));
        for (int n = 1; n <= 200; ++n) {
            trainer.step();
            if (n % 20 != 0) continue;
            const auto w = trainer.network().weights(0);
            for (int k = 0; k < d; ++k)
                for (int p = 0; p < d; ++p) {
                    const double delta = k == p ? 1.0 : 0.0;
                    const double expected =
                        delta + (static_cast<double>(start[static_cast<std::size_t>(k * d + p)]) - delta) *
                                    std::pow(1 - 0.3 * 2 / d * a(p), n);
                    QVERIFY(std::abs(static_cast<double>(w[static_cast<std::size_t>(k * d + p)]) - expected) <
                            5e-6);
                }
        }
    }

    // With a bias, (W, b) follows the augmented moment M = [[A, m], [mᵀ, 1]].
    void infiniteDataLimitWithBias() {
        const int d = 3, rows = 60;
        Eigen::VectorXd mean(d), variance(d);
        mean << 1.0, 0.5, -0.3;
        variance << 0.4, 0.1, 0.7;
        const auto x = exactPopulation(rows, mean, variance);
        Eigen::MatrixXd m = Eigen::MatrixXd::Zero(d + 1, d + 1);
        m.topLeftCorner(d, d) = mean * mean.transpose();
        m.topLeftCorner(d, d).diagonal() += variance;
        m.topRightCorner(d, 1) = mean;
        m.bottomLeftCorner(1, d) = mean.transpose();
        m(d, d) = 1;
        Network net({d, d, 1, false, true});
        net.initialise({}, 6);
        Eigen::MatrixXd theta(d, d + 1), target = Eigen::MatrixXd::Identity(d, d + 1);
        for (int k = 0; k < d; ++k) {
            for (int p = 0; p < d; ++p)
                theta(k, p) = static_cast<double>(net.weights(0)[static_cast<std::size_t>(k * d + p)]);
            theta(k, d) = static_cast<double>(net.bias(0)[static_cast<std::size_t>(k)]);
        }
        Trainer trainer(net, {0.2, 0, 0}, std::make_shared<const Batches>(x, d, rows));
        const Eigen::MatrixXd factor = Eigen::MatrixXd::Identity(d + 1, d + 1) - 0.2 * 2 / d * m;
        for (int n = 0; n < 300; ++n) {
            trainer.step();
            theta = target + (theta - target) * factor;
        }
        for (int k = 0; k < d; ++k) {
            for (int p = 0; p < d; ++p)
                QVERIFY(std::abs(static_cast<double>(
                                     trainer.network().weights(0)[static_cast<std::size_t>(k * d + p)]) -
                                 theta(k, p)) < 5e-6);
            QVERIFY(std::abs(static_cast<double>(trainer.network().bias(0)[static_cast<std::size_t>(k)]) -
                             theta(k, d)) < 5e-6);
        }
    }

    void splitRunsAreBitIdentical() {
        for (const double momentum : {0.0, 0.9}) {
            const auto whole = makeRun(1, bestKernels(), momentum);
            QVERIFY(whole->advanceTo(60));
            const Records expected = whole->take();
            for (const std::uint64_t cut : {0ULL, 1ULL, 10ULL, 13ULL, 59ULL, 60ULL}) {
                const auto first = makeRun(1, bestKernels(), momentum);
                first->advanceTo(cut);
                Records joined = first->take();
                const TrainerState kept = first->trainer().state();
                const auto again = makeRun(1, bestKernels(), momentum);
                again->advanceTo(7);  // what it did before must not matter after a restore
                again->restore(kept);
                again->advanceTo(60);
                append(joined, again->take());
                QVERIFY(same(joined, expected));
                QVERIFY(again->trainer().state() == whole->trainer().state());
            }
        }
    }

    void threadsDoNotChangeABit() {
        const auto run = [](int threads) {
            auto runs = buildRuns(9, threads, [](int seed) { return makeRun(seed); });
            advanceAll(runs, 25, threads);
            advanceAll(runs, 60, threads);
            return runs;
        };
        const auto one = run(1), two = run(2), five = run(5);
        for (std::size_t i = 0; i < one.size(); ++i) {
            QVERIFY(one[i]->trainer().state() == two[i]->trainer().state());
            QVERIFY(one[i]->trainer().state() == five[i]->trainer().state());
            const Records expected = one[i]->take();
            QVERIFY(same(expected, two[i]->take()));
        }
        QVERIFY(!(one[0]->trainer().state() == one[1]->trainer().state()));
    }

    void stopIsSeenBetweenSteps() {
        const std::atomic<bool> stop{true};
        const auto run = makeRun(1), other = makeRun(1);
        QVERIFY(!run->advanceTo(60, &stop));
        QCOMPARE(run->trainer().stepsDone(), std::uint64_t{0});
        // A stop before the first update records nothing twice.
        run->advanceTo(60);
        other->advanceTo(60);
        QVERIFY(same(run->take(), other->take()));
    }

    void failuresInThreadsAreRethrown() {
        QVERIFY_EXCEPTION_THROWN(
            buildRuns(4, 2,
                      [](int) -> std::unique_ptr<SeedRun> { throw std::invalid_argument("no such data"); }),
            std::invalid_argument);
    }

    void recordsAreWhatTheySay() {
        const auto run = makeRun(4);
        run->advanceTo(60);
        const Records r = run->take();
        QCOMPARE(r.trainLoss.size(), std::size_t{60});
        QCOMPARE(r.oodStep.size(), std::size_t{21});
        QCOMPARE(r.oodStep.back(), std::uint64_t{60});
        QCOMPARE(r.frame, (std::vector<std::uint64_t>{0, 10, 20, 30, 40, 50, 60}));
        QCOMPARE(r.nodeLoss.size(), std::size_t{7 * 4});
        QCOMPARE(r.output.size(), std::size_t{7 * 2});
        QCOMPARE(r.matrix.size(), std::size_t{7 * 4});
        // The last node is the OOD point: both losses agree; the loss is ½‖·‖² in any rotated basis at most.
        QVERIFY(std::abs(static_cast<double>(r.nodeLoss[6 * 4 + 3]) - r.oodLoss.back()) < 1e-6);
        const double dx = static_cast<double>(r.output[12]) - 1.0,
                     dy = static_cast<double>(r.output[13]) - 2.0;
        QVERIFY(0.5 * (dx * dx + dy * dy) <= r.oodLoss.back() + 1e-6);
        // The Jacobian of a trained ReLU network in the concept basis, against the network itself.
        ClusterSpec spec;
        spec.dim = 20, spec.samplesPerCluster = 100, spec.seed = 4;
        const auto u = makeRotation(20, 4);
        const auto nodes = nodePoints(spec, u);
        const auto j = run->trainer().network().jacobian(std::span(nodes).last(20));
        double j01 = 0;
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t k = 0; k < 20; ++k) j01 += u[i] * j[i * 20 + k] * u[20 + k];
        QVERIFY(std::abs(j01 - static_cast<double>(r.matrix[6 * 4 + 1])) < 1e-6);
    }

    void framesAreSortedAndComplete() {
        for (const std::uint64_t total : {1ULL, 5ULL, 250ULL, 4720ULL})
            for (const std::uint64_t count : {2ULL, 6ULL, 200ULL, 251ULL}) {
                if (count > total + 1) {  // never fewer than asked for without a word
                    QVERIFY_EXCEPTION_THROWN(linearFrames(total, count), std::invalid_argument);
                    QVERIFY_EXCEPTION_THROWN(logFrames(total, count), std::invalid_argument);
                    continue;
                }
                for (const auto& frames : {linearFrames(total, count), logFrames(total, count)}) {
                    QCOMPARE(frames.size(), static_cast<std::size_t>(count));
                    QCOMPARE(frames.front(), std::uint64_t{0});
                    QCOMPARE(frames.back(), total);
                    QVERIFY(std::adjacent_find(frames.begin(), frames.end(), std::greater_equal<>()) ==
                            frames.end());
                }
            }
        QCOMPARE(epochFrames(250, 118), (std::vector<std::uint64_t>{0, 118, 236, 250}));
        // Dense at the start: half of them before the square root of the end.
        QVERIFY(logFrames(100'000, 51)[25] < 400);
    }
};

QTEST_APPLESS_MAIN(TrainingTest)
#include "training_test.moc"
