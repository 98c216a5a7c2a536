// SPDX-License-Identifier: Apache-2.0
// LibTorch's autograd as the oracle of what concept_space computes by hand: the symmetric flow and the training steps.

#include <latent/learn/torch/torch.hpp>

#include <QtTest/QtTest>
#include "model/mlp/trainer.hpp"
#include "theory/symmetric.hpp"

using namespace concept_space;

namespace {

torch::Tensor toTorch(const Eigen::MatrixXd& m) {
    torch::Tensor t = torch::empty({m.rows(), m.cols()}, torch::kFloat64);
    for (Eigen::Index i = 0; i < m.rows(); ++i)
        for (Eigen::Index j = 0; j < m.cols(); ++j) t[i][j] = m(i, j);
    return t;
}

Eigen::MatrixXd toEigen(const torch::Tensor& t) {
    Eigen::MatrixXd m(t.size(0), t.size(1));
    for (Eigen::Index i = 0; i < m.rows(); ++i)
        for (Eigen::Index j = 0; j < m.cols(); ++j) m(i, j) = t[i][j].item<double>();
    return m;
}

}  // namespace

class TestAutogradOracle : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theFlowIsHalfTheNegativeGradient() {
        for (const int d : {2, 3, 7}) {
            std::srand(static_cast<unsigned>(d));
            const Eigen::MatrixXd u = Eigen::MatrixXd::Random(d, d + 2);
            const Eigen::VectorXd a =
                Eigen::VectorXd::Random(d).cwiseAbs() + Eigen::VectorXd::Constant(d, 0.1);
            const torch::Tensor x = toTorch(u).requires_grad_(true);
            const torch::Tensor w = torch::mm(x, x.t()) - torch::eye(d, torch::kFloat64);
            // L = ½ tr[(W − I) A (W − I)ᵀ], sim note A3 (1)
            (0.5 * (w.square() * toTorch(a).t()).sum()).backward();
            const double difference =
                (theory::velocityU(u, a) + 0.5 * toEigen(x.grad())).cwiseAbs().maxCoeff();
            QVERIFY2(difference < 1e-12, qPrintable(QString::number(difference)));
            const Eigen::MatrixXd v = theory::velocityU(u, a) * u.transpose();
            QVERIFY((theory::velocity(u * u.transpose(), a) - v - v.transpose()).cwiseAbs().maxCoeff() <
                    1e-11);
        }
    }

    void trainingStepsAreThoseOfAutograd_data() {
        QTest::addColumn<int>("layers");
        QTest::addColumn<bool>("relu");
        QTest::addColumn<bool>("bias");
        for (const int layers : {1, 2, 3, 4})
            for (const bool relu : {false, true})
                for (const bool bias : {false, true})
                    QTest::addRow("%d layers, %s, %s", layers, relu ? "ReLU" : "linear",
                                  bias ? "bias" : "no bias")
                        << layers << relu << bias;
    }
    void trainingStepsAreThoseOfAutograd() {
        QFETCH(int, layers);
        QFETCH(bool, relu);
        QFETCH(bool, bias);
        const mlp::NetworkSpec spec{.dim = 24, .hidden = 40, .layers = layers, .relu = relu, .bias = bias};
        torch::manual_seed(3);
        const int samples = 96, batch = 32, steps = 12;
        const torch::Tensor x = torch::randn({samples, spec.dim});
        mlp::Network net(spec);
        net.initialise({}, 5);
        std::vector<torch::Tensor> parameters;
        for (int l = 0; l < layers; ++l) {
            const std::vector<float> w = net.weights(l), b = net.bias(l);
            parameters.push_back(torch::tensor(w)
                                     .reshape({spec.fanOut(l), spec.fanIn(l)})
                                     .to(torch::kFloat64)
                                     .requires_grad_(true));
            if (bias) parameters.push_back(torch::tensor(b).to(torch::kFloat64).requires_grad_(true));
        }
        const std::span<const float> data(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()));
        mlp::Trainer trainer(net, {.learningRate = 0.5},
                             std::make_shared<const mlp::Batches>(data, spec.dim, batch));
        for (int step = 0; step < steps; ++step) {
            const torch::Tensor in =
                x.slice(0, step % 3 * batch, step % 3 * batch + batch).to(torch::kFloat64);
            torch::Tensor h = in;
            for (int l = 0; l < layers; ++l) {
                const size_t at = static_cast<size_t>(l) * (bias ? 2 : 1);
                h = torch::mm(h, parameters[at].t());
                if (bias) h = h + parameters[at + 1];
                if (relu && l + 1 < layers) h = torch::relu(h);
            }
            const torch::Tensor loss = torch::mse_loss(h, in);
            loss.backward();
            const double ours = trainer.step();
            QVERIFY(std::abs(ours - loss.item<double>()) < 1e-5 * (1 + loss.item<double>()));
            torch::NoGradGuard guard;
            for (torch::Tensor& p : parameters) {
                p -= 0.5 * p.grad();
                p.grad().zero_();
            }
        }
        for (int l = 0; l < layers; ++l) {
            const std::vector<float> w = trainer.network().weights(l);
            const torch::Tensor& expected = parameters[static_cast<size_t>(l) * (bias ? 2 : 1)];
            const double difference =
                (torch::tensor(w).reshape(expected.sizes()).to(torch::kFloat64) - expected)
                    .abs()
                    .max()
                    .item<double>();
            QVERIFY2(difference < 2e-5, qPrintable(QString::number(difference)));
        }
    }
};

QTEST_APPLESS_MAIN(TestAutogradOracle)
#include "test_autograd_oracle.moc"
