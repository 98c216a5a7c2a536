// SPDX-License-Identifier: Apache-2.0
// The chain of trust: finite differences in double → the plain reference in double → every kernel variant,
// over layer counts, ReLU, bias, odd sizes, odd batches, momentum and weight decay.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "model/mlp/trainer.hpp"
#include "reference_mlp.hpp"

using namespace concept_space::mlp;
using concept_space::mlp::test::ReferenceMlp;
using latent::learn::RandomStream;

namespace {

std::vector<float> randomRows(int rows, int dim, std::uint64_t seed) {
    std::vector<float> x(static_cast<std::size_t>(rows * dim));
    RandomStream(seed, "test/rows").fillNormal<float>(x);
    return x;
}

Network makeNetwork(const NetworkSpec& spec, std::uint64_t seed) {
    Network net(spec);
    net.initialise({}, seed);
    return net;
}

/// Reference SGD in double over the trainer's own batches.
void referenceStep(ReferenceMlp<double>& net, std::vector<double>& velocity, std::span<const double> batch,
                   const SgdOptions& options, double& loss) {
    std::vector<double> gradient;
    loss = net.loss(batch, &gradient);
    std::vector<double> w = net.flat();
    for (std::size_t i = 0; i < w.size(); ++i) {
        gradient[i] += options.weightDecay * w[i];
        velocity[i] = options.momentum * velocity[i] + gradient[i];
        w[i] -= options.learningRate * velocity[i];
    }
    net.setFlat(w);
}

}  // namespace

class GradientTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void referenceMatchesFiniteDifferences() {
        for (int layers = 1; layers <= 4; ++layers)
            for (const bool relu : {false, true})
                for (const bool bias : {false, true}) {
                    const NetworkSpec spec{3, 5, layers, relu, bias};
                    ReferenceMlp<double> net(makeNetwork(spec, 40 + static_cast<std::uint64_t>(layers)));
                    const auto rows = randomRows(7, 3, 1);
                    const std::vector<double> x(rows.begin(), rows.end());
                    std::vector<double> gradient;
                    net.loss(x, &gradient);
                    const std::vector<double> at = net.flat();
                    for (std::size_t i = 0; i < at.size(); ++i) {
                        const double h = 1e-6;
                        std::vector<double> w = at;
                        w[i] = at[i] + h;
                        net.setFlat(w);
                        const double up = net.loss(x);
                        w[i] = at[i] - h;
                        net.setFlat(w);
                        const double slope = (up - net.loss(x)) / (2 * h);
                        QVERIFY2(std::abs(slope - gradient[i]) < 1e-8,
                                 qPrintable(QString("layers %1 relu %2 bias %3 parameter %4: %5 against %6")
                                                .arg(layers)
                                                .arg(relu)
                                                .arg(bias)
                                                .arg(i)
                                                .arg(slope)
                                                .arg(gradient[i])));
                    }
                    net.setFlat(at);
                }
    }

    void kernelsFollowTheReference_data() {
        QTest::addColumn<int>("instructions");
        QTest::newRow("portable") << static_cast<int>(Instructions::Portable);
        QTest::newRow("avx2") << static_cast<int>(Instructions::Avx2);
        QTest::newRow("avx512") << static_cast<int>(Instructions::Avx512);
    }
    void kernelsFollowTheReference() {
        QFETCH(int, instructions);
        const Kernels* kernels = kernelsFor(static_cast<Instructions>(instructions));
        if (!kernels) QSKIP("This processor or build does not have these instructions.");
        struct Size {
            int dim, hidden, rows, batch;
        };
        for (const Size size :
             {Size{1, 1, 3, 2}, Size{2, 4, 50, 16}, Size{3, 3, 29, 29}, Size{15, 17, 40, 13},
              Size{16, 16, 24, 12}, Size{33, 20, 61, 25}, Size{64, 64, 152, 128}, Size{50, 100, 77, 7}})
            for (int layers = 1; layers <= (size.dim < 50 ? 4 : 2); ++layers)
                for (int bits = 0; bits < 8; ++bits) {
                    const bool relu = bits & 1, bias = bits & 2, momentum = bits & 4;
                    const SgdOptions options{0.05, momentum ? 0.9 : 0.0, momentum ? 0.01 : 0.0};
                    const NetworkSpec spec{size.dim, size.hidden, layers, relu, bias};
                    const auto rows = randomRows(size.rows, size.dim, 2);
                    const auto batches = std::make_shared<const Batches>(rows, size.dim, size.batch);
                    Trainer trainer(makeNetwork(spec, 3), options, batches, *kernels);
                    ReferenceMlp<double> reference(trainer.network());
                    std::vector<double> velocity(trainer.network().flatSize(), 0.0);
                    const std::size_t d = static_cast<std::size_t>(size.dim);
                    const std::vector<double> x(rows.begin(), rows.end());
                    for (int step = 0; step < 3; ++step) {
                        const std::size_t first = static_cast<std::size_t>(step) % batches->stepsPerEpoch() *
                                                  static_cast<std::size_t>(size.batch) * d;
                        const std::size_t length =
                            std::min(x.size() - first, static_cast<std::size_t>(size.batch) * d);
                        double expected = 0;
                        referenceStep(reference, velocity, std::span(x).subspan(first, length), options,
                                      expected);
                        const double loss = trainer.step();
                        QVERIFY2(std::abs(loss - expected) < 2e-5 * (1 + expected),
                                 qPrintable(QString("loss %1 against %2").arg(loss).arg(expected)));
                    }
                    const auto w = trainer.network().flat();
                    const auto e = reference.flat();
                    for (std::size_t i = 0; i < w.size(); ++i)
                        QVERIFY2(std::abs(static_cast<double>(w[i]) - e[i]) < 3e-6,
                                 qPrintable(
                                     QString("dim %1 hidden %2 layers %3 bits %4 parameter %5: %6 against %7")
                                         .arg(size.dim)
                                         .arg(size.hidden)
                                         .arg(layers)
                                         .arg(bits)
                                         .arg(i)
                                         .arg(static_cast<double>(w[i]))
                                         .arg(e[i])));
                }
    }

    void jacobianMatchesFiniteDifferences() {
        for (const bool relu : {false, true}) {
            const Network net = makeNetwork({4, 9, 3, relu, true}, 8);
            const ReferenceMlp<double> reference(net);
            const std::vector<float> point{0.3F, -1.0F, 0.7F, 2.0F};
            const auto jacobian = net.jacobian(point);
            for (std::size_t k = 0; k < 4; ++k) {
                std::vector<double> up(point.begin(), point.end()), down = up;
                up[k] += 1e-6;
                down[k] -= 1e-6;
                const auto a = reference.forward(up).back(), b = reference.forward(down).back();
                for (std::size_t o = 0; o < 4; ++o)
                    QVERIFY(std::abs((a[o] - b[o]) / 2e-6 - jacobian[o * 4 + k]) < 1e-8);
            }
        }
    }

    void divergenceIsVisible() {
        const auto rows = randomRows(64, 8, 5);
        const auto batches = std::make_shared<const Batches>(rows, 8, 32);
        for (const Instructions instructions :
             {Instructions::Portable, Instructions::Avx2, Instructions::Avx512}) {
            const Kernels* kernels = kernelsFor(instructions);
            if (!kernels) continue;
            Trainer trainer(makeNetwork({8, 8, 2, true, true}, 1), {1000.0, 0.0, 0.0}, batches, *kernels);
            double loss = 0;
            for (int i = 0; i < 200; ++i) loss = trainer.step();
            QVERIFY2(!std::isfinite(loss) || loss > 1e3, "a diverged network must not look trained");
        }
    }

    void impossibleShapesAreNamed() {
        Network net({2, 2, 1, false, false});
        QVERIFY_EXCEPTION_THROWN(net.setLayer(0, std::vector<float>(3), {}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(net.setLayer(0, std::vector<float>(4), std::vector<float>(2)),
                                 std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(Network({0, 2, 1, false, false}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(
            Trainer(net, {}, std::make_shared<const Batches>(std::vector<float>(9), 3, 2)),
            std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(GradientTest)
#include "gradient_test.moc"
