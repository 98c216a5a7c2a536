// SPDX-License-Identifier: Apache-2.0
// Sequences: their statistics by chi-squared with fixed seeds, random access, kernels, curriculum, encodings.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <set>

#include "model/chains/sampler.hpp"

using namespace markov_mixtures;

namespace {

Mixture smallMixture(int states, std::int64_t chains) {
    MixtureSpec spec;
    spec.generator.states = states;
    spec.chains = chains;
    return makeMixture(spec);
}

double chiSquared(const std::vector<double>& observed, std::span<const double> probability) {
    double total = 0, chi = 0;
    for (const double o : observed) total += o;
    for (std::size_t i = 0; i < observed.size(); ++i)
        chi += std::pow(observed[i] - total * probability[i], 2) / (total * probability[i]);
    return chi;
}

/// Beyond this with probability about 1e-5 (Wilson and Hilferty).
double quantile(double freedom) {
    const double z = 4.265, a = 2 / (9 * freedom);
    return freedom * std::pow(1 - a + z * std::sqrt(a), 3);
}

}  // namespace

class SamplerTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void sequencesHaveTheStatisticsOfTheMixture() {
        const Mixture mixture = smallMixture(5, 3);
        const SequenceSampler sampler(mixture);
        const std::size_t count = 6000, length = 60;
        std::vector<Token> tokens(count * length);
        std::vector<std::int32_t> chain(count);
        sampler.fill({.seed = 11, .step = 3, .first = 0, .count = count, .length = length}, tokens, chain);
        std::vector<double> chains(3, 0.0);
        std::vector<std::vector<double>> first(3, std::vector<double>(5, 0.0)),
            pairs(15, std::vector<double>(5, 0.0));
        for (std::size_t s = 0; s < count; ++s) {
            const auto n = static_cast<std::size_t>(chain[s]);
            ++chains[n];
            ++first[n][tokens[s * length]];
            for (std::size_t t = 1; t < length; ++t)
                ++pairs[n * 5 + tokens[s * length + t - 1]][tokens[s * length + t]];
        }
        QVERIFY(chiSquared(chains, mixture.prior) < quantile(2));
        for (std::size_t n = 0; n < 3; ++n) {
            QVERIFY(chiSquared(first[n], mixture.stationaryOf(n)) < quantile(4));
            for (std::size_t i = 0; i < 5; ++i)
                QVERIFY(chiSquared(pairs[n * 5 + i], mixture.transitionOf(n).subspan(i * 5, 5)) <
                        quantile(4));
        }
    }

    void impossibleTransitionsNeverCome() {
        const Chain cycle = makeChain(3, {0, 1, 0, 0, 0, 1, .5, 0, .5});
        const SequenceSampler sampler(mixtureOf({cycle}, {1}));
        std::vector<Token> tokens(200 * 500);
        sampler.fill({.seed = 1, .step = 0, .first = 0, .count = 200, .length = 500}, tokens);
        for (std::size_t s = 0; s < 200; ++s)
            for (std::size_t t = 1; t < 500; ++t)
                QVERIFY(cycle.transition[tokens[s * 500 + t - 1] * 3U + tokens[s * 500 + t]] > 0);
    }

    void anySequenceCanBeMadeAgain() {
        const SequenceSampler sampler(smallMixture(10, 50));
        const std::size_t length = 101;  // not a multiple of the words of a block
        std::vector<Token> batch(37 * length), one(length);
        std::vector<std::int32_t> chains(37), chain(1);
        sampler.fill({.seed = 5, .step = 9, .first = 100, .count = 37, .length = length}, batch, chains);
        for (std::size_t s = 0; s < 37; ++s) {
            sampler.fill({.seed = 5,
                          .step = 9,
                          .first = 100 + static_cast<std::int64_t>(s),
                          .count = 1,
                          .length = length},
                         one, chain);
            QVERIFY(
                std::equal(one.begin(), one.end(), batch.begin() + static_cast<std::ptrdiff_t>(s * length)));
            QCOMPARE(chain[0], chains[s]);
        }
        // A longer draw begins as the shorter one; another step, index or seed is another sequence.
        std::vector<Token> longer(300), other(length);
        sampler.fill({.seed = 5, .step = 9, .first = 100, .count = 1, .length = 300}, longer);
        QVERIFY(
            std::equal(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(length), longer.begin()));
        for (const Draw& draw : {Draw{5, 10, 100, 1, 101}, Draw{5, 9, 99, 1, 101}, Draw{6, 9, 100, 1, 101}}) {
            sampler.fill(draw, other);
            QVERIFY(!std::equal(other.begin(), other.end(), batch.begin()));
        }
    }

    void tokensAreThoseOfTheDocumentedStream() {
        const Mixture mixture = smallMixture(7, 1);
        std::vector<Token> tokens(20);
        SequenceSampler(mixture).fill({.seed = 77, .step = 2, .first = 6, .count = 1, .length = 20}, tokens);
        latent::learn::RandomStream stream(77, "markov/sequence", (std::uint64_t{2} << 32) + 6);
        std::vector<std::uint32_t> words(4 + 20);
        for (auto& w : words) w = stream.word();
        const SequenceSampler sampler(mixture);
        std::uint32_t state = pickAlias(sampler.firstTable().data(), 7, words[2]);
        for (std::size_t t = 0; t < 20; ++t) {
            QCOMPARE(std::uint32_t{tokens[t]}, state);
            std::vector<AliasEntry> row(7);
            fillAlias(mixture.transitionOf(0).subspan(state * 7, 7), row);
            const std::uint32_t next = pickAlias(row.data(), 7, words[4 + t]);
            QCOMPARE(pickAlias(sampler.transitionTable().data() + state * 7, 7, words[4 + t]), next);
            state = next;
        }
        QCOMPARE(sampler.priorTable(0).first, std::size_t{0});
        QCOMPARE(sampler.priorTable(0).second.size(), std::size_t{1});
    }

    void everyKernelGivesTheSameTokens() {
        if (!walkFor(WalkSet::Avx2)) QSKIP("This processor or build has no AVX2.");
        const SequenceSampler sampler(smallMixture(10, 20));
        std::vector<Token> a(45 * 130), b(45 * 130);
        const Draw draw{.seed = 0xABCDEF0123, .step = 70000, .first = 3, .count = 45, .length = 130};
        sampler.fill(draw, a, {}, walkFor(WalkSet::Portable));
        sampler.fill(draw, b, {}, walkFor(WalkSet::Avx2));
        QVERIFY(a == b);
    }

    void aliasTablesHoldTheirProbabilities() {
        for (const std::vector<double>& p :
             {std::vector<double>{.1, .2, .7}, {0, 1, 0, 0}, {.25, .25, .25, .25}, {1e-9, 1 - 1e-9}}) {
            std::vector<AliasEntry> table(p.size());
            fillAlias(p, table);
            std::vector<double> made(p.size(), 0.0);
            for (std::size_t i = 0; i < p.size(); ++i) {
                made[i] += table[i].threshold * 0x1p-32 / static_cast<double>(p.size());
                made[table[i].alias] += (1 - table[i].threshold * 0x1p-32) / static_cast<double>(p.size());
            }
            for (std::size_t i = 0; i < p.size(); ++i)
                QVERIFY(std::abs(made[i] - p[i]) < 4e-9 && (p[i] > 0 || made[i] == 0));
        }
    }

    void roundingNeverMakesTheImpossiblePossible() {
        latent::learn::RandomStream random(6, "rows");
        int zeros = 0;
        for (int trial = 0; trial < 20000; ++trial) {
            std::vector<double> p(3 + random.below(9));
            double sum = 0;
            for (double& x : p) sum += x = random.uniform() < .4 ? 0 : random.uniform();
            if (sum == 0) continue;
            for (double& x : p) x /= sum;
            std::vector<AliasEntry> table(p.size());
            fillAlias(p, table);
            for (std::size_t i = 0; i < p.size(); ++i) {
                zeros += p[i] == 0;
                QVERIFY(p[i] > 0 || table[i].threshold == 0);
                QVERIFY(p[table[i].alias] > 0);
            }
        }
        QVERIFY(zeros > 10000);
    }

    void aFractionAtItsThresholdGoesToTheAlias() {
        // The first word of lane 0 is known; a threshold of just its fraction must not take it, one above must.
        const auto word = latent::learn::philox4x32({1, 0, 5, 6}, {7, 8})[0];
        const std::uint64_t product = std::uint64_t{word} * 3;
        for (const std::uint32_t above : {0U, 1U})
            for (const WalkSet set : {WalkSet::Portable, WalkSet::Avx2}) {
                if (!walkFor(set)) continue;
                std::vector<AliasEntry> table(9, {static_cast<std::uint32_t>(product) + above, 0});
                const auto index = static_cast<std::uint32_t>(product >> 32);
                for (AliasEntry& entry : table) entry.alias = (index + 1) % 3;
                std::vector<std::vector<Token>> out(kLanes, std::vector<Token>(2));
                WalkJob job{};
                job.key[0] = 7, job.key[1] = 8, job.firstBlock = 1, job.states = 3, job.length = 2;
                for (std::size_t lane = 0; lane < kLanes; ++lane)
                    job.streamLow[lane] = 5, job.streamHigh[lane] = 6, job.table[lane] = table.data(),
                    job.out[lane] = out[lane].data();
                walkFor(set)(job);
                QCOMPARE(std::uint32_t{out[0][1]}, above ? index : (index + 1) % 3);
            }
    }

    void curriculumSwitchesGroups() {
        const SequenceSampler sampler(smallMixture(3, 10), {.curriculum = {.groups = 5, .steps = 100}});
        for (std::int64_t step = 0; step < 120; step += 7) {
            std::vector<Token> tokens(64 * 4);
            std::vector<std::int32_t> chains(64);
            sampler.fill({.seed = 1, .step = step, .first = 0, .count = 64, .length = 4}, tokens, chains);
            const auto group = static_cast<int>(std::min<std::int64_t>(step / 20, 4));
            for (const std::int32_t n : chains) QCOMPARE(n / 2, group);
        }
        QVERIFY_THROWS_EXCEPTION(
            std::invalid_argument,
            SequenceSampler(smallMixture(3, 2), {.curriculum = {.groups = 3, .steps = 9}}));
    }

    void onlinePermutationRelabels() {
        const Mixture mixture = smallMixture(6, 4);
        const SequenceSampler plain(mixture), permuted(mixture, {.curriculum = {}, .permuteOnline = true});
        const Draw draw{.seed = 8, .step = 1, .first = 0, .count = 20, .length = 40};
        std::vector<Token> a(800), b(800);
        plain.fill(draw, a);
        permuted.fill(draw, b);
        std::set<std::vector<std::uint32_t>> names;
        for (std::size_t s = 0; s < 20; ++s) {
            const auto name = permuted.relabelling(8, 1, static_cast<std::int64_t>(s));
            names.insert(name);
            for (std::size_t t = 0; t < 40; ++t) QCOMPARE(std::uint32_t{b[s * 40 + t]}, name[a[s * 40 + t]]);
        }
        QVERIFY(names.size() > 15);
    }

    void twoTokenInputCarriesThePair() {
        const std::vector<Token> tokens{2, 0, 1, /**/ 1, 1, 2};
        QCOMPARE(twoTokenInput(tokens, 3, 3), (std::vector<std::int32_t>{2, 5, 6, 1, 7, 10}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, twoTokenInput(tokens, 4, 3));
    }

    void wrongBuffersAreRefused() {
        const SequenceSampler sampler(smallMixture(3, 2));
        std::vector<Token> tokens(10);
        QVERIFY_THROWS_EXCEPTION(
            std::invalid_argument,
            sampler.fill({.seed = 0, .step = 0, .first = 0, .count = 2, .length = 4}, tokens));
        QVERIFY_THROWS_EXCEPTION(
            std::invalid_argument,
            sampler.fill({.seed = 0, .step = 0, .first = 0, .count = 2, .length = 0}, tokens));
    }
};

QTEST_APPLESS_MAIN(SamplerTest)
#include "sampler_test.moc"
