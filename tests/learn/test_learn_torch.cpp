// SPDX-License-Identifier: Apache-2.0
// sdk/learn with LibTorch: fused optimisers agree with the stock ones, and a paused and resumed training gives the same
// bits as one that was never interrupted.

#include <latent/learn/loop.hpp>
#include <latent/learn/torch/optimizer.hpp>
#include <latent/learn/torch/state.hpp>

#include <QtTest/QtTest>
#include "fake_job.hpp"

using namespace latent;

namespace {

torch::nn::Sequential network() {
    torch::nn::Sequential net(torch::nn::Linear(8, 16), torch::nn::Tanh(), torch::nn::Linear(16, 3));
    net->to(torch::kFloat64);
    return net;
}

std::vector<torch::Tensor> copyOf(const std::vector<torch::Tensor>& from) {
    std::vector<torch::Tensor> copies;
    for (const torch::Tensor& t : from) copies.push_back(t.detach().clone());
    return copies;
}

torch::Tensor lossOf(torch::nn::Sequential& net, const torch::Tensor& x) {
    return net->forward(x).square().mean();
}

/// Both nets start alike and see the same batches; returns the largest difference of a parameter after `steps`.
template <class Ours, class Stock>
double difference(Ours&& makeOurs, Stock&& makeStock, double clip) {
    torch::manual_seed(1);
    torch::nn::Sequential a = network(), b = network();
    {
        torch::NoGradGuard guard;
        for (size_t i = 0; i < a->parameters().size(); ++i) b->parameters()[i].copy_(a->parameters()[i]);
    }
    auto ours = makeOurs(a->parameters());
    auto stock = makeStock(b->parameters());
    for (int step = 0; step < 50; ++step) {
        const torch::Tensor x = torch::randn({32, 8}, torch::kFloat64);
        ours.zeroGradients();
        lossOf(a, x).backward();
        if (clip > 0) learn::clipGradientNorm(a->parameters(), clip);
        ours.step();
        stock.zero_grad();
        lossOf(b, x).backward();
        if (clip > 0) torch::nn::utils::clip_grad_norm_(b->parameters(), clip);
        stock.step();
    }
    double largest = 0;
    for (size_t i = 0; i < a->parameters().size(); ++i)
        largest = std::max(largest, (a->parameters()[i] - b->parameters()[i]).abs().max().item<double>());
    return largest;
}

/// 40 steps of a noisy training; the noise comes from the generator, which is part of the state.
std::vector<torch::Tensor> train(FakeJob& host) {
    Job job(&host);
    learn::prepare(job, 7);
    torch::nn::Sequential net = network();
    learn::AdamW optimizer(net->parameters(), {.learning_rate = 1e-2});
    learn::TensorState state;
    state.add("net", net->named_parameters());
    state.add("adamw", optimizer.state());
    state.addGenerator();
    learn::Loop loop;
    loop.steps = 40;
    loop.step = [&](int64_t i) {
        optimizer.zeroGradients();
        const torch::Tensor loss = lossOf(net, torch::randn({16, 8}, torch::kFloat64));
        loss.backward();
        optimizer.step();
        job.metric("loss", i, loss.item<double>());
    };
    loop.save = [&] { return state.save(); };
    loop.restore = [&](const Resumed& r) { state.restore(r); };
    learn::runLoop(job, loop);
    return copyOf(net->parameters());
}

}  // namespace

class TestLearnTorch : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void adamwAgreesWithTheStockOne() {
        const double d = difference(
            [](auto p) { return learn::AdamW(p, {.learning_rate = 1e-2, .weight_decay = 0.1}); },
            [](auto p) { return torch::optim::AdamW(p, torch::optim::AdamWOptions(1e-2).weight_decay(0.1)); },
            0);
        QVERIFY2(d < 1e-12, qPrintable(QString::number(d)));
    }
    void sgdAgreesWithTheStockOne() {
        const double d = difference(
            [](auto p) {
                return learn::Sgd(p, {.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-3});
            },
            [](auto p) {
                return torch::optim::SGD(p, torch::optim::SGDOptions(0.1).momentum(0.9).weight_decay(1e-3));
            },
            0);
        QVERIFY2(d < 1e-12, qPrintable(QString::number(d)));
    }
    void clippingAgreesWithTheStockOne() {
        const double d =
            difference([](auto p) { return learn::Sgd(p, {.learning_rate = 0.1}); },
                       [](auto p) { return torch::optim::SGD(p, torch::optim::SGDOptions(0.1)); }, 0.01);
        QVERIFY2(d < 1e-12, qPrintable(QString::number(d)));
    }
    void aResumedTrainingHasTheSameBits() {
        FakeJob whole;
        const std::vector<torch::Tensor> expected = train(whole);
        for (const int pause : {1, 13, 38}) {
            FakeJob host;
            host.pauseAfter = pause;
            train(host);
            QVERIFY(host.metrics["loss"].size() < 40);
            host.resumes = true;
            host.pauseAfter = std::numeric_limits<int>::max();
            const std::vector<torch::Tensor> resumed = train(host);
            for (size_t i = 0; i < expected.size(); ++i) QVERIFY(torch::equal(resumed[i], expected[i]));
            QCOMPARE(host.metrics["loss"], whole.metrics["loss"]);
        }
    }
    void aCheckpointOfAnotherModelIsRefused() {
        FakeJob host;
        host.pauseAfter = 3;
        train(host);
        host.resumes = true;
        Job job(&host);
        torch::nn::Linear other(8, 17);
        other->to(torch::kFloat64);
        learn::TensorState state;
        state.add("net", std::vector<std::pair<std::string, torch::Tensor>>{{"0.weight", other->weight}});
        QVERIFY_THROWS_EXCEPTION(RunError, state.restore(*job.resumed()));
    }
};

QTEST_APPLESS_MAIN(TestLearnTorch)
#include "test_learn_torch.moc"
