// SPDX-License-Identifier: Apache-2.0
// Reports of pure noise, with truths exactly at the margin (the hardest place) or beyond it: how often is
// anything false said? And reports with planted effects: is the truth found?
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/claims/examples.hpp"
#include "engine/claims/judge.hpp"

using namespace latent;
using namespace latent::engine::claims;
using namespace claims_test;

namespace {

constexpr int kReports = 10'000;
constexpr int kFewerReports = 4'000;
constexpr std::array kIntervals{Interval::Mean,         Interval::Median,       Interval::Proportion,
                                Interval::PairedMean,   Interval::PairedMedian, Interval::PairedRatio,
                                Interval::MeanBootstrap};
/// The bootstrap costs a hundred times the others, so the exam asks for it half as often.
constexpr std::size_t kTickets = 2 * kIntervals.size() - 1;

/// What the truth of a claim is, in the simulated world.
struct Planted {
    Claim claim;
    double truth = 0;
};

/// A claim with random interval, direction, reference, margin, and its evidence, whose truth lies `offset`
/// from the reference: an offset of the margin is the edge of the claim.
class World {
  public:
    explicit World(unsigned seed) : m_random(seed) {}

    std::size_t below(std::size_t n) { return m_random() % n; }
    std::mt19937_64& random() { return m_random; }

    Planted add(Evidence& out, const std::string& id, Interval interval, Direction direction, Noise noise,
                std::size_t n, double margin, double offset) {
        const bool proportion = interval == Interval::Proportion;
        const double reference = proportion ? 0.5 : interval == Interval::PairedRatio ? 2 : 3;
        const double truth = reference + offset;
        Claim claim = example(id).by(interval);
        if (direction == Direction::Greater) claim.greaterThan(reference, margin);
        if (direction == Direction::Less) claim.lessThan(reference, margin);
        if (direction == Direction::Equivalent) claim.equals(reference, margin);
        const bool median = interval == Interval::Median;
        const bool pairedMedian = interval == Interval::PairedMedian || interval == Interval::PairedMean;
        if (proportion) {
            std::vector<bool> outcomes(n);
            for (auto&& outcome : outcomes)
                outcome = std::bernoulli_distribution(std::clamp(truth, 0.0, 1.0))(m_random);
            out.claim(id).outcomes(outcomes);
        } else if (interval == Interval::PairedRatio) {
            std::vector<double> a(n), b(n);
            for (std::size_t i = 0; i < n; ++i) {
                a[i] = truth * std::exp(0.3 * std::clamp(draw(noise, false, m_random), -50.0, 50.0));
                b[i] = std::exp(0.3 * std::clamp(draw(noise, false, m_random), -50.0, 50.0));
            }
            out.claim(id).paired(a, b);
        } else if (pairedMedian) {
            std::vector<double> a = draws(noise, false, n, m_random);
            for (double& x : a) x += truth;
            out.claim(id).paired(a, draws(noise, false, n, m_random));
        } else {
            std::vector<double> values = draws(noise, median, n, m_random);
            for (double& x : values) x += truth;
            out.claim(id).values(values);
        }
        goodControl(out, id);
        return {claim, truth};
    }

  private:
    std::mt19937_64 m_random;
};

/// Whether a verdict says something that is not so. On the edge itself neither side is right.
bool isFalse(Verdict verdict, const Planted& planted) {
    const Criterion& asked = planted.claim.criterion();
    const double low = asked.reference - asked.margin, high = asked.reference + asked.margin;
    const bool inside = low < planted.truth && planted.truth < high;
    const bool greater = planted.truth > high, less = planted.truth < low;
    const bool holds = asked.direction == Direction::Greater ? greater
                       : asked.direction == Direction::Less  ? less
                                                             : inside;
    const bool refuted = asked.direction == Direction::Greater ? planted.truth < high
                         : asked.direction == Direction::Less  ? planted.truth > low
                                                               : greater || less;
    if (verdict == Verdict::Holds) return !holds;
    if (verdict == Verdict::Tie) return !inside;
    return verdict == Verdict::Contradicted && !refuted;
}

struct Count {
    int falseHolds = 0;
    int falseAnything = 0;
    int decided = 0;
};

void tally(Count& count, const std::vector<Planted>& planted, const std::vector<Judgement>& report) {
    bool holds = false, anything = false;
    for (std::size_t i = 0; i < report.size(); ++i) {
        const bool wrong = isFalse(report[i].verdict, planted[i]);
        anything = anything || wrong;
        holds = holds || (wrong && report[i].verdict == Verdict::Holds);
        count.decided += report[i].verdict != Verdict::Inconclusive;
    }
    count.falseHolds += holds;
    count.falseAnything += anything;
}

std::vector<Claim> claimsOf(const std::vector<Planted>& planted) {
    std::vector<Claim> claims;
    for (const Planted& each : planted) claims.push_back(each.claim);
    return claims;
}

/// Four standard errors above a chance of `p` in `trials`.
int most(double p, int trials) {
    return static_cast<int>(std::ceil(trials * p + 4 * std::sqrt(trials * p * (1 - p))));
}

}  // namespace

class TestNoise : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// The exam: any noise, any interval, any direction, one to eight claims in a report, five to fifty
    /// units, truth on the edge of each claim.
    void pureNoiseSaysNothingFalse() {
        World world(20240101);
        Count count;
        for (int r = 0; r < kReports; ++r) {
            Evidence out;
            std::vector<Planted> planted;
            const std::size_t claims = 1 + world.below(8);
            for (std::size_t i = 0; i < claims; ++i) {
                const Interval interval = kIntervals[world.below(kTickets) / 2];
                // The mean of Cauchy noise does not exist; pairs and medians are asked of it all the same.
                auto noise = static_cast<Noise>(world.below(kNoises));
                if (noise == Noise::Cauchy && interval == Interval::MeanBootstrap) noise = Noise::StudentT3;
                const auto direction = static_cast<Direction>(world.below(3));
                const double margin = direction == Direction::Equivalent || world.below(2) == 0 ? 0.2 : 0;
                const double offset =
                    direction == Direction::Less || (direction == Direction::Equivalent && world.below(2))
                        ? -margin
                        : margin;
                planted.push_back(world.add(out, std::to_string(i), interval, direction, noise,
                                            5 + world.below(46), margin, offset));
            }
            tally(count, planted, judge(claimsOf(planted), out));
        }
        qInfo("false holds %d, false anything %d, of %d reports", count.falseHolds, count.falseAnything,
              kReports);
        QVERIFY(count.falseHolds <= kReports * 5 / 100);
        QVERIFY(count.falseAnything <=
                kReports * 5 / 100 + 87);  // four standard errors: the mean of skewed units (bounds.hpp)
        QVERIFY(count.falseHolds >=
                kReports / 500);  // noise on the edge is decided now and then: the test can fail
    }

    /// Where each interval is exact, the family keeps its own 2.5 %: this is where a Holm left out shows.
    void exactIntervalsKeepTheFamilyLevel() {
        World world(77);
        Count count;
        for (int r = 0; r < kFewerReports; ++r) {
            Evidence out;
            std::vector<Planted> planted;
            for (int i = 0; i < 6; ++i) {
                const Interval interval = i % 2 == 0 ? Interval::Mean : Interval::PairedMean;
                const auto direction = i < 3 ? Direction::Greater : Direction::Less;
                planted.push_back(world.add(out, std::to_string(i), interval, direction, Noise::Normal,
                                            10 + world.below(20), 0, 0));
            }
            tally(count, planted, judge(claimsOf(planted), out));
        }
        qInfo("false holds %d, false anything %d, of %d reports", count.falseHolds, count.falseAnything,
              kFewerReports);
        QVERIFY(count.falseHolds <= most(0.025, kFewerReports));
        QVERIFY(count.falseAnything <= most(0.05, kFewerReports));
        QVERIFY(count.falseHolds >= kFewerReports / 100);  // and uses most of it
    }

    /// Some claims are plainly true and lend their level; the others must still not be believed, nor taken
    /// for ties.
    void trueClaimsDoNotPayForFalseOnes() {
        World world(78);
        Count count;
        for (int r = 0; r < kFewerReports; ++r) {
            Evidence out;
            std::vector<Planted> planted;
            for (int i = 0; i < 6; ++i) {
                // Truths: far beyond, on the upper edge, on the lower edge (where "tie" is the error).
                const double offset = i < 3 ? 5.0 : i == 3 ? 0.6 : -0.6;
                planted.push_back(world.add(out, std::to_string(i), Interval::Mean, Direction::Greater,
                                            Noise::Normal, 25, 0.6, offset));
            }
            tally(count, planted, judge(claimsOf(planted), out));
        }
        qInfo("false holds %d, false anything %d, of %d reports", count.falseHolds, count.falseAnything,
              kFewerReports);
        QVERIFY(count.falseHolds <= most(0.025, kFewerReports));
        QVERIFY(count.falseAnything <= most(0.05, kFewerReports));
        QVERIFY(count.decided >= 3 * kFewerReports);
    }

    void plantedEffectsAreFound() {
        World world(79);
        const int reports = 100;
        for (const Interval interval : kIntervals) {
            int holds = 0, ties = 0, contradicted = 0, equivalent = 0;
            const bool proportion = interval == Interval::Proportion;
            const double margin = proportion ? 0.2 : 1.0;
            const double strong = proportion ? 0.45 : 2.5;
            const std::size_t n = proportion ? 200 : 100;
            for (int r = 0; r < reports; ++r) {
                Evidence out;
                const std::vector<Planted> planted{
                    world.add(out, "a", interval, Direction::Greater, Noise::Normal, n, margin, strong),
                    world.add(out, "b", interval, Direction::Greater, Noise::Normal, n, margin, 0),
                    world.add(out, "c", interval, Direction::Less, Noise::Normal, n, margin, strong),
                    world.add(out, "d", interval, Direction::Equivalent, Noise::Normal, n, margin, 0)};
                const auto report = judge(claimsOf(planted), out);
                holds += report[0].verdict == Verdict::Holds;
                ties += report[1].verdict == Verdict::Tie;
                contradicted += report[2].verdict == Verdict::Contradicted;
                equivalent += report[3].verdict == Verdict::Holds;
            }
            for (const int found : {holds, ties, contradicted, equivalent}) {
                QVERIFY2(found >= reports * 95 / 100,
                         qPrintable(QString("%1: %2").arg(word(interval).c_str()).arg(found)));
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestNoise)
#include "test_noise.moc"
