// SPDX-License-Identifier: Apache-2.0
// The sampler of devices gives the tokens of the sampler of the CPU, all of them.
#include <latent/learn/torch/torch.hpp>

#include <QtTest>
#include <latent/error.hpp>

#include "model/device/device_sampler.hpp"

using namespace markov_mixtures;

namespace {

Mixture mixtureWith(int states, std::int64_t chains) {
    MixtureSpec spec;
    spec.generator.states = states, spec.chains = chains, spec.seed = 11;
    return makeMixture(spec);
}

/// How many tokens differ.
std::size_t differences(const SequenceSampler& sampler, const Draw& draw, torch::Device device) {
    std::vector<Token> expected(static_cast<std::size_t>(draw.count * draw.length));
    sampler.fill(draw, expected);
    const torch::Tensor tokens = DeviceSampler(sampler, device).draw(draw).cpu().contiguous();
    if (tokens.size(0) != draw.count || tokens.size(1) != draw.length) return expected.size();
    std::size_t count = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        count += tokens.data_ptr<std::int64_t>()[i] != expected[i];
    return count;
}

}  // namespace

class DeviceSamplerTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tokensAreThoseOfTheCpu_data() {
        QTest::addColumn<int>("states");
        QTest::addColumn<int>("chains");
        QTest::addColumn<qlonglong>("step");
        QTest::addColumn<int>("length");
        QTest::newRow("three states") << 3 << 16 << qlonglong{0} << 48;
        QTest::newRow("ten states, many chains") << 10 << 500 << qlonglong{107'978} << 64;
        QTest::newRow("a late step") << 64 << 3 << (qlonglong{1} << 31) << 33;
        QTest::newRow("one token") << 2 << 1 << qlonglong{5} << 1;
        QTest::newRow("five tokens") << 5 << 7 << qlonglong{5} << 5;
        QTest::newRow("six tokens") << 5 << 7 << qlonglong{5} << 6;
    }
    void tokensAreThoseOfTheCpu() {
        QFETCH(int, states);
        QFETCH(int, chains);
        QFETCH(qlonglong, step);
        QFETCH(int, length);
        const SequenceSampler sampler(mixtureWith(states, chains));
        for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{0xFEDCBA9876543210U}}) {
            const Draw draw{.seed = seed, .step = step, .first = 9, .count = 21, .length = length};
            QCOMPARE(differences(sampler, draw, torch::kCPU), std::size_t{0});
            if (torch::cuda::is_available())
                QCOMPARE(differences(sampler, draw, torch::kCUDA), std::size_t{0});
        }
    }

    void curriculaSwitchWithTheStep() {
        const SequenceSampler sampler(mixtureWith(4, 12), {.curriculum = {3, 30}});
        for (const std::int64_t step : {0, 9, 10, 29})
            QCOMPARE(differences(sampler, {.seed = 2, .step = step, .count = 16, .length = 20}, torch::kCPU),
                     std::size_t{0});
    }

    void severalStepsAtOnceAreThoseOfEach() {
        const SequenceSampler sampler(mixtureWith(4, 12), {.curriculum = {3, 30}});
        Draw draw{.seed = 2, .step = 7, .first = 3, .count = 5, .length = 9};
        const torch::Tensor all =
            DeviceSampler(sampler).draw(draw, 15);  // over a change of the curriculum, and another
        QCOMPARE(all.size(0), std::int64_t{15 * 5});
        std::vector<Token> expected(5 * 9);
        for (std::int64_t step = 0; step < 15; ++step, ++draw.step) {
            sampler.fill(draw, expected);
            const torch::Tensor tokens = all.slice(0, step * 5, step * 5 + 5).contiguous();
            for (std::size_t i = 0; i < expected.size(); ++i)
                QCOMPARE(tokens.data_ptr<std::int64_t>()[i], std::int64_t{expected[i]});
        }
    }

    void relabelledStatesAreRefused() {
        const SequenceSampler sampler(mixtureWith(3, 2), {.curriculum = {}, .permuteOnline = true});
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, DeviceSampler(sampler, torch::kCPU));
    }
};

QTEST_APPLESS_MAIN(DeviceSamplerTest)
#include "device_sampler_test.moc"
