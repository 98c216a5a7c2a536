// SPDX-License-Identifier: Apache-2.0
// The data: moments per cluster, the embedding, rotation, truncation, shuffling, reproducibility.
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>

#include "data/clusters.hpp"

using namespace concept_space;

namespace {

/// Coordinate p of sample i in the concept basis.
double coordinate(const ClusterData& data, std::size_t i, std::size_t p) {
    const std::size_t d = static_cast<std::size_t>(data.dim);
    double sum = 0;
    for (std::size_t k = 0; k < d; ++k)
        sum += static_cast<double>(data.x[i * d + k]) * data.rotation[p * d + k];
    return sum;
}

}  // namespace

class ClustersTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void rotationIsOrthogonal() {
        for (const int d : {1, 2, 3, 64}) {
            const auto u = makeRotation(d, 2333);
            for (int a = 0; a < d; ++a)
                for (int b = 0; b <= a; ++b) {
                    double dot = 0;
                    for (int k = 0; k < d; ++k)
                        dot +=
                            u[static_cast<std::size_t>(a * d + k)] * u[static_cast<std::size_t>(b * d + k)];
                    QVERIFY(std::abs(dot - (a == b)) < 1e-13);
                }
        }
        QVERIFY(makeRotation(3, 1) != makeRotation(3, 2));
    }

    void momentsOfEveryCluster() {
        ClusterSpec spec;
        spec.dim = 8, spec.mu = {1, 2, 3}, spec.variance = {0.05, 0.5, 2}, spec.noise = 0.3;
        spec.samplesPerCluster = 20000;
        const ClusterData data = makeClusters(spec);
        const std::size_t n = data.cluster.size();
        QCOMPARE(n, std::size_t{80000});
        QCOMPARE(data.x.size(), n * 8);
        std::vector<double> pooled(3, 0.0);
        for (std::size_t c = 0; c < 4; ++c)
            for (std::size_t p = 0; p < 8; ++p) {
                double sum = 0, square = 0, count = 0;
                for (std::size_t i = 0; i < n; ++i)
                    if (data.cluster[i] == c) {
                        const double v = coordinate(data, i, p);
                        sum += v, square += v * v, count += 1;
                    }
                const double mean = sum / count, variance = square / count - mean * mean;
                const double trueMean = p == c && p < 3 ? spec.mu[p] : 0.0;  // cluster 3 is the origin
                const double trueVariance = p < 3 ? spec.variance[p] : 0.09;
                QCOMPARE(count, 20000.0);
                QVERIFY(std::abs(mean - trueMean) < 5 * std::sqrt(trueVariance / count));
                QVERIFY(std::abs(variance / trueVariance - 1) < 5 * std::sqrt(2 / count));
                if (p < 3) pooled[p] += square / static_cast<double>(n);
            }
        for (std::size_t p = 0; p < 3; ++p) QVERIFY(std::abs(pooled[p] / secondMoments(spec)[p] - 1) < 0.03);
    }

    void withoutNoiseOnlyTheConceptsVary() {
        ClusterSpec spec;
        spec.samplesPerCluster = 50;
        const ClusterData data = makeClusters(spec);
        for (std::size_t i = 0; i < data.cluster.size(); ++i)
            for (std::size_t p = 2; p < 64; ++p) QVERIFY(std::abs(coordinate(data, i, p)) < 1e-5);
    }

    void truncationKeepsTheTestPointClear() {
        ClusterSpec spec;
        spec.dim = 2, spec.variance = {0.5, 0.5}, spec.samplesPerCluster = 2000;
        const auto nearest = [&] {
            const ClusterData data = makeClusters(spec);
            double best = 1e9;
            for (std::size_t i = 0; i < data.cluster.size(); ++i)
                best = std::min(best, std::hypot(coordinate(data, i, 0) - 1, coordinate(data, i, 1) - 2));
            return best;
        };
        QVERIFY(nearest() < 0.3);
        spec.truncate = true;
        QVERIFY(nearest() > 0.5 - 1e-5);
        QVERIFY(nearest() < 0.6);
    }

    void shuffledOnceAndReproducible() {
        ClusterSpec spec;
        spec.dim = 4, spec.samplesPerCluster = 1000;
        const ClusterData a = makeClusters(spec), b = makeClusters(spec);
        QVERIFY(a.x == b.x && a.cluster == b.cluster);
        std::array<int, 3> firstThird{};
        for (std::size_t i = 0; i < 1000; ++i) ++firstThird[a.cluster[i]];
        for (const int count : firstThird) QVERIFY(std::abs(count - 333) < 75);
        // Another variance scales the very same noise; another seed does not share a number.
        spec.variance = {0.2, 0.05};
        const ClusterData wide = makeClusters(spec);
        for (std::size_t i = 0; i < 3000; ++i) {
            const double centre = a.cluster[i] == 0 ? 1.0 : 0.0;
            QVERIFY(std::abs(2 * (coordinate(a, i, 0) - centre) - (coordinate(wide, i, 0) - centre)) < 1e-5);
        }
        // Another seed shares no number, not even in the concept basis.
        spec.seed = 1;
        const ClusterData other = makeClusters(spec);
        QVERIFY(other.rotation != wide.rotation && other.cluster != wide.cluster);
        spec.rotate = false;
        const ClusterData plain = makeClusters(spec);
        spec.seed = 2;
        const ClusterData plainOther = makeClusters(spec);
        std::vector<float> a0, b0;  // as sets, whatever the shuffle
        for (std::size_t i = 0; i < 3000; ++i) {
            a0.push_back(plain.x[i * 4]);
            b0.push_back(plainOther.x[i * 4]);
        }
        std::sort(a0.begin(), a0.end());
        std::sort(b0.begin(), b0.end());
        QVERIFY(a0 != b0);
    }

    void nodesEndAtTheTestPoint() {
        ClusterSpec spec;
        spec.dim = 5, spec.mu = {1, 2, 3}, spec.variance = {0, 0, 0}, spec.rotate = false;
        const auto identity = makeClusters(spec).rotation;
        const auto nodes = nodePoints(spec, identity);
        QCOMPARE(nodes.size(), std::size_t{8 * 5});
        QCOMPARE(std::vector<float>(nodes.begin(), nodes.begin() + 5), (std::vector<float>{0, 0, 0, 0, 0}));
        QCOMPARE(std::vector<float>(nodes.begin() + 25, nodes.begin() + 30),
                 (std::vector<float>{1, 0, 3, 0, 0}));
        QCOMPARE(std::vector<float>(nodes.end() - 5, nodes.end()), (std::vector<float>{1, 2, 3, 0, 0}));
    }

    void impossibleSpecsAreRefused() {
        const auto with = [](auto change) {
            ClusterSpec spec;
            change(spec);
            return spec;
        };
        for (const ClusterSpec& spec :
             {with([](ClusterSpec& s) { s.dim = 1; }), with([](ClusterSpec& s) { s.mu = {}; }),
              with([](ClusterSpec& s) { s.variance = {0.1}; }),
              with([](ClusterSpec& s) { s.variance[0] = -1; }),
              with([](ClusterSpec& s) { s.mu[0] = std::nan(""); }),
              with([](ClusterSpec& s) { s.samplesPerCluster = 0; }),
              // The mean of a lone concept's cluster is the test point: this would draw for ever.
              with([](ClusterSpec& s) { s.mu = {1}, s.variance = {0}, s.truncate = true; })})
            QVERIFY_EXCEPTION_THROWN(makeClusters(spec), std::invalid_argument);
        // With two concepts even data without spread lie outside.
        ClusterSpec tight = with([](ClusterSpec& s) { s.variance = {0, 0}, s.truncate = true; });
        tight.samplesPerCluster = 3;
        QCOMPARE(makeClusters(tight).cluster.size(), std::size_t{9});
    }
};

QTEST_APPLESS_MAIN(ClustersTest)
#include "clusters_test.moc"
