// SPDX-License-Identifier: Apache-2.0
// The random streams: published answers, reproducibility, independence of names, distribution, exact restore.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <map>
#include <set>

using latent::learn::philox4x32;
using latent::learn::PhiloxCounter;
using latent::learn::RandomStream;

class RandomTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    // kat_vectors of Random123: philox4x32, ten rounds.
    void publishedAnswers() {
        QVERIFY((philox4x32({0, 0, 0, 0}, {0, 0}) ==
                 PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
        constexpr std::uint32_t f = 0xffffffff;
        QVERIFY((philox4x32({f, f, f, f}, {f, f}) ==
                 PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
        QVERIFY((philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
                 PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    }

    void sameIdentitySameNumbers() {
        RandomStream a(7, "x"), b(7, "x"), otherName(7, "y"), otherSeed(8, "x"), otherSub(7, "x", 1);
        std::set<std::uint64_t> firsts{otherName.word64(), otherSeed.word64(), otherSub.word64()};
        const std::uint64_t first = a.word64();
        firsts.insert(first);
        QCOMPARE(b.word64(), first);
        QCOMPARE(firsts.size(), std::size_t{4});
    }

    void restoreContinuesExactly() {
        RandomStream a(3, "chain");
        for (int used = 0; used < 9; ++used) {
            const auto kept = a.state();
            const double z = a.normal();
            const std::uint32_t w = a.word();
            RandomStream b(3, "chain");
            b.restore(kept);
            QCOMPARE(b.normal(), z);
            QCOMPARE(b.word(), w);
        }
    }

    void moments() {
        RandomStream random(11, "moments");
        const int n = 400000;
        double sum = 0, square = 0, fourth = 0, uniform = 0;
        int tail = 0;
        for (int i = 0; i < n; ++i) {
            const double z = random.normal();
            sum += z, square += z * z, fourth += z * z * z * z, tail += std::abs(z) > 1.959963984540054;
            uniform += random.uniform();
            const float f = random.uniformFloat();
            QVERIFY(f >= 0 && f < 1);
        }
        // Five standard errors each.
        QVERIFY(std::abs(sum / n) < 5 / std::sqrt(n));
        QVERIFY(std::abs(square / n - 1) < 5 * std::sqrt(2.0 / n));
        QVERIFY(std::abs(fourth / n - 3) < 5 * std::sqrt(96.0 / n));
        QVERIFY(std::abs(tail / double(n) - 0.05) < 5 * std::sqrt(0.05 * 0.95 / n));
        QVERIFY(std::abs(uniform / n - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
    }

    void permutationIsUniform() {
        std::map<std::vector<std::uint32_t>, int> seen;
        const int n = 24000;
        for (int i = 0; i < n; ++i)
            ++seen[RandomStream(1, "order", static_cast<std::uint64_t>(i)).permutation(4)];
        QCOMPARE(seen.size(), std::size_t{24});
        double chi = 0;
        for (const auto& [order, count] : seen) chi += (count - n / 24.0) * (count - n / 24.0) / (n / 24.0);
        QVERIFY2(chi < 58, "chi-squared with 23 degrees of freedom beyond its 1e-4 quantile");
    }

    void belowIsInRange() {
        RandomStream random(5, "below");
        for (const std::uint64_t n : {1ULL, 2ULL, 3ULL, 1000ULL, (1ULL << 63) + 1})
            for (int i = 0; i < 1000; ++i) QVERIFY(random.below(n) < n);
    }
};

QTEST_APPLESS_MAIN(RandomTest)
#include "random_test.moc"
