// SPDX-License-Identifier: Apache-2.0
// The inner loops: the exponential against the C library's, sums against long double, and equal bits of all variants.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <vector>

#include "model/algorithms/posterior.hpp"

using namespace markov_mixtures;

namespace {

struct alignas(64) Buffer {
    double values[4096];
};

}  // namespace

class PosteriorTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void weightsAreThoseOfTheLibrary() {
        for (const PosteriorSet set : {PosteriorSet::Baseline, PosteriorSet::Avx2}) {
            const PosteriorKernels* kernels = posteriorFor(set);
            if (!kernels) continue;
            auto x = std::make_unique<Buffer>();
            latent::learn::RandomStream random(1, "weights");
            std::vector<double> before(4096);
            for (double spread : {1e-3, 1.0, 50.0, 2000.0}) {
                long double sum = 0;
                for (std::size_t i = 0; i < 4096; ++i) {
                    before[i] = -5000 - spread * random.uniform();
                    x->values[i] = before[i];
                    sum += std::exp(static_cast<long double>(before[i]) + 5000);
                }
                const double evidence = kernels->normalise(x->values, 4096);
                QVERIFY(std::abs(evidence - static_cast<double>(std::log(sum) - 5000)) < 1e-11);
                double total = 0;
                for (std::size_t i = 0; i < 4096; ++i) {
                    const auto expected =
                        static_cast<double>(std::exp(static_cast<long double>(before[i]) + 5000) / sum);
                    QVERIFY(std::abs(x->values[i] - expected) <= 1e-12 * expected + 1e-300);
                    total += x->values[i];
                }
                QVERIFY(std::abs(total - 1) < 1e-13);
            }
        }
    }

    void oneWeightThatIsAllStaysOne() {
        auto x = std::make_unique<Buffer>();
        for (double& v : x->values) v = -1e300;
        x->values[77] = -12;
        QCOMPARE(bestPosterior().normalise(x->values, 4096), -12.0);
        QCOMPARE(x->values[77], 1.0);
        QCOMPARE(x->values[78], 0.0);
    }

    void everyVariantGivesTheSameBits() {
        const PosteriorKernels *a = posteriorFor(PosteriorSet::Baseline),
                               *b = posteriorFor(PosteriorSet::Avx2);
        if (!b) QSKIP("This processor or build has no AVX2.");
        auto rows = std::make_unique<Buffer>(), x = std::make_unique<Buffer>(),
             y = std::make_unique<Buffer>(), base = std::make_unique<Buffer>();
        latent::learn::RandomStream random(2, "bits");
        for (double& v : rows->values) v = std::log(random.uniform() + 1e-9);
        for (double& v : base->values) v = -random.uniform();
        const long stride = 512;
        const std::vector<int> index{0, 3, 7, 2, 5, 1, 6};
        const std::vector<double> count{1, 2, 9, 4, 1, 30, 3};
        a->accumulate(base->values, rows->values, stride, index.data(), count.data(), 7, x->values, stride);
        b->accumulate(base->values, rows->values, stride, index.data(), count.data(), 7, y->values, stride);
        for (std::size_t m = 0; m < 512; ++m) {
            QCOMPARE(x->values[m], y->values[m]);
            double expected = base->values[m];
            for (std::size_t f = 0; f < 7; ++f)
                expected += count[f] * rows->values[static_cast<std::size_t>(index[f] * stride) + m];
            QVERIFY(std::abs(x->values[m] - expected) < 1e-11);
        }
        QCOMPARE(a->normalise(x->values, stride), b->normalise(y->values, stride));
        std::vector<double> p(8), q(8);
        a->mix(x->values, rows->values, stride, 8, p.data());
        b->mix(y->values, rows->values, stride, 8, q.data());
        QVERIFY(p == q);
        double expected = 0;
        for (std::size_t m = 0; m < 512; ++m) expected += x->values[m] * rows->values[512 * 3 + m];
        QVERIFY(std::abs(p[3] - expected) < 1e-12);
    }
};

QTEST_APPLESS_MAIN(PosteriorTest)
#include "posterior_test.moc"
