// SPDX-License-Identifier: Apache-2.0
// Continuous-time diffusion: the algebra of VDM (arXiv 2107.00630) and, with the exact score of Gaussian data, every sampler's statistics.
#include <QTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/diffusion/losses.hpp>
#include <latent/learn/diffusion/sampler.hpp>
#include <numbers>

using namespace latent::learn;
using namespace latent::learn::diffusion;

namespace {

constexpr ScheduleKind kKinds[] = {ScheduleKind::Linear, ScheduleKind::LearnedLinear, ScheduleKind::Cosine};

/// Data N(mean, deviation²): E[ε | z_t] = σ·(z − α·mean)/(α²·deviation² + σ²).
struct Gaussian {
    double mean, deviation;
    Schedule schedule;

    double slope(const Noise& n) const {
        return n.sigma / (n.alpha * n.alpha * deviation * deviation + n.sigma * n.sigma);
    }
    Noise noiseOf(double input) const {  // the inverse of Noise::input, by bisection: the schedules rise
        double low = 0, high = 1;
        for (int i = 0; i < 60; ++i)
            (schedule.at((low + high) / 2).input < input ? low : high) = (low + high) / 2;
        return schedule.at((low + high) / 2);
    }
    Denoiser denoiser() const {
        return [*this](std::span<const float> z, double input, std::span<float> eps) {
            const Noise n = noiseOf(input);
            for (std::size_t i = 0; i < z.size(); ++i)
                eps[i] = static_cast<float>(slope(n) * (static_cast<double>(z[i]) - n.alpha * mean));
        };
    }
};

struct Moments {
    double mean = 0, variance = 0;
    explicit Moments(std::span<const float> values) {
        for (const float v : values) mean += static_cast<double>(v) / static_cast<double>(values.size());
        for (const float v : values)
            variance += std::pow(static_cast<double>(v) - mean, 2) / static_cast<double>(values.size());
    }
};

}  // namespace

class TestDiffusion : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void schedulesAreVariancePreserving() {
        for (const ScheduleKind kind : kKinds) {
            const Schedule schedule({.kind = kind, .gammaMin = -5, .gammaMax = 10});
            QVERIFY(std::abs(schedule.at(0).gamma + 5) < 1e-9 && std::abs(schedule.at(1).gamma - 10) < 1e-9);
            QVERIFY(std::abs(schedule.at(0).input) < 1e-9 && std::abs(schedule.at(1).input - 1) < 1e-9);
            for (int i = 1; i < 20; ++i) {
                const double t = i / 20.0, h = 1e-6;
                const Noise n = schedule.at(t);
                QVERIFY(std::abs(n.alpha * n.alpha + n.sigma * n.sigma - 1) < 1e-14);
                QVERIFY(std::abs(std::log(n.sigma * n.sigma / (n.alpha * n.alpha)) - n.gamma) < 1e-9);
                QVERIFY(std::abs((schedule.at(t + h).gamma - schedule.at(t - h).gamma) / (2 * h) - n.slope) <
                        1e-5 * n.slope);
            }
        }
        // u of the cosine is affine in t: α is the cosine of an angle in equal steps.
        const Schedule cosine({.kind = ScheduleKind::Cosine});
        const auto angle = [&](double t) { return std::acos(cosine.at(t).alpha); };
        QVERIFY(std::abs(angle(0.75) - angle(0.5) - (angle(0.5) - angle(0.25))) < 1e-12);
    }

    /// q(z_t | x) is what one gets through z_s: α_t/α_s and σ_t² − (α_t/α_s)²·σ_s², which is σ_t²·c with c of the sampler.
    void stepsCompose() {
        for (const ScheduleKind kind : kKinds) {
            const Schedule schedule({.kind = kind});
            const Noise s = schedule.at(0.3), t = schedule.at(0.4);
            const double ratio = t.alpha / s.alpha,
                         variance = t.sigma * t.sigma - ratio * ratio * s.sigma * s.sigma;
            QVERIFY(std::abs(variance - t.sigma * t.sigma * -std::expm1(s.gamma - t.gamma)) < 1e-14);
        }
    }

    void lossesAreTheirIntegrals() {
        const Schedule schedule;
        // The diffusion loss of an error that does not depend on time is ½·(γ_1 − γ_0)·error, whatever the schedule between (section 5.1).
        for (const ScheduleKind kind : kKinds) {
            const Schedule any({.kind = kind});
            const std::vector<double> times = antitheticTimes(0.5 / 20'000, 20'000);
            double mean = 0;
            for (const double t : times) mean += weightOf(any.at(t)) * 0.7 / 20'000;
            QVERIFY(std::abs(mean - 0.5 * 15 * 0.7 / std::numbers::ln2) < 1e-3);
        }
        std::vector<float> x(3, 0.5F);
        // KL between Gaussians by its formula, in double.
        const Noise end = schedule.at(1);
        const double m = end.alpha * 0.5, v = end.sigma * end.sigma;
        QVERIFY(std::abs(latentLoss(schedule, x) - 0.5 * (m * m + v - 1 - std::log(v)) / std::numbers::ln2) <
                1e-12);
        // Reconstruction by Monte Carlo over ε.
        RandomStream stream(1, "test/reconstruction");
        const Noise start = schedule.at(0);
        double sum = 0;
        for (int i = 0; i < 40'000; ++i) {
            const double off = start.sigma / start.alpha * stream.normal() / 0.1;
            sum += 0.5 * off * off + std::log(0.1 * std::sqrt(2 * std::numbers::pi));
        }
        QVERIFY(std::abs(reconstructionLoss(schedule, 0.1) - sum / 40'000 / std::numbers::ln2) < 0.01);
    }

    void timesAreSpread() {
        std::vector<double> times = antitheticTimes(0.83, 5);
        std::sort(times.begin(), times.end());
        for (std::size_t i = 1; i < 5; ++i) QVERIFY(std::abs(times[i] - times[i - 1] - 0.2) < 1e-12);
        QVERIFY(times.front() >= 0 && times.back() < 1);
    }

    /// With ε̂ = a·z + c·input the derivatives of the whole bound by b and w, against differences.
    void lineGradientIsTheDerivative() {
        constexpr double kA = 0.3, kC = 0.2, kDeviation = 0.2;
        const std::vector<float> x{0.9F, -0.2F, 0.4F}, epsilon{0.3F, -1.1F, 0.8F};
        const std::vector<double> times{0.2, 0.7};
        const auto bound = [&](const Schedule& s, LineGradient* gradient) {
            double total = 0;
            for (const double t : times) {
                const Noise n = s.at(t);
                std::vector<float> z(3), dz(3);
                diffuse(n, x, epsilon, z);
                double error = 0, dinput = 0;
                for (std::size_t i = 0; i < 3; ++i) {
                    const double off = kA * static_cast<double>(z[i]) + kC * n.input -
                                       static_cast<double>(epsilon[i]),
                                 d = 2 * off * weightOf(n) / 3 / 2;
                    error += off * off / 3;
                    dz[i] = static_cast<float>(d * kA);
                    dinput += d * kC;
                }
                total += (weightOf(n) * error + latentLoss(s, x) + reconstructionLoss(s, kDeviation)) / 2;
                if (gradient)
                    gradient->add(s, t, x, epsilon, error, dz, dinput, 2),
                        gradient->addEnds(s, x, kDeviation, 2);
            }
            return total;
        };
        for (const double w : {3.0, -3.0}) {
            Schedule s({.kind = ScheduleKind::LearnedLinear, .gammaMin = -2, .gammaMax = 1});
            s.setLine(-2, w);
            LineGradient gradient;
            bound(s, &gradient);
            const auto difference = [&](double db, double dw) {
                Schedule up = s, down = s;
                up.setLine(-2 + db, w + dw);
                down.setLine(-2 - db, w - dw);
                return (bound(up, nullptr) - bound(down, nullptr)) / (2 * (db + dw));
            };
            QVERIFY(std::abs(gradient.intercept - difference(1e-3, 0)) < 1e-3 * std::abs(gradient.intercept));
            QVERIFY(std::abs(gradient.slope - difference(0, 1e-3)) < 1e-3 * std::abs(gradient.slope));
        }
    }

    void samplersHaveTheStatistics_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("schedule");
        QTest::addColumn<int>("steps");
        for (const auto& [name, kind, steps] : {std::tuple{"ancestral", SamplerKind::Ancestral, 400},
                                                {"ddim", SamplerKind::Ddim, 400},
                                                {"heun", SamplerKind::Heun, 100}})
            for (const auto& [line, schedule] :
                 {std::pair{"linear", ScheduleKind::Linear}, {"cosine", ScheduleKind::Cosine}})
                QTest::addRow("%s %s", name, line)
                    << static_cast<int>(kind) << static_cast<int>(schedule) << steps;
    }
    void samplersHaveTheStatistics() {
        QFETCH(int, kind);
        QFETCH(int, schedule);
        QFETCH(int, steps);
        const Gaussian data{0.7, 0.3, Schedule({.kind = static_cast<ScheduleKind>(schedule)})};
        Sampler sampler(data.schedule, {static_cast<SamplerKind>(kind), steps}, 4, 5'000, 11);
        const Denoiser denoiser = data.denoiser();
        while (sampler.step(denoiser)) {
        }
        const Noise start = data.schedule.at(0);
        const Moments found(sampler.z());
        const double variance = start.alpha * start.alpha * 0.09 + start.sigma * start.sigma;
        QVERIFY2(std::abs(found.mean - start.alpha * 0.7) < 0.01, std::to_string(found.mean).c_str());
        QVERIFY2(std::abs(found.variance / variance - 1) < 0.05,
                 std::to_string(found.variance / variance).c_str());
    }

    /// With few steps the error of each sampler is the one of its own recursion, which is affine here.
    void stepsAreTheFormula_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("ancestral") << static_cast<int>(SamplerKind::Ancestral);
        QTest::newRow("ddim") << static_cast<int>(SamplerKind::Ddim);
        QTest::newRow("heun") << static_cast<int>(SamplerKind::Heun);
    }
    void stepsAreTheFormula() {
        QFETCH(int, kind);
        constexpr int kSteps = 6;
        const Gaussian data{0.7, 0.3, Schedule()};
        Sampler sampler(data.schedule, {static_cast<SamplerKind>(kind), kSteps}, 8, 5'000, 12);
        const Denoiser denoiser = data.denoiser();
        double mean = 0, variance = 1;  // of z_1: the sampler starts at N(0, 1)
        for (int i = kSteps; i > 0; --i) {
            const Noise t = data.schedule.at(i / static_cast<double>(kSteps)),
                        s = data.schedule.at((i - 1) / static_cast<double>(kSteps));
            const double k = data.slope(t), ratio = s.alpha / t.alpha;
            // ε̂ = k·(z − α·m); the new z is a·z + b (+ noise)
            double a = 0, noise = 0;
            if (static_cast<SamplerKind>(kind) == SamplerKind::Ancestral) {
                const double c = 1 - std::exp(s.gamma - t.gamma);
                a = ratio * (1 - c * t.sigma * k);
                noise = s.sigma * s.sigma * c;
            } else {
                const double ddim = ratio + (s.sigma - ratio * t.sigma) * k;
                a = static_cast<SamplerKind>(kind) == SamplerKind::Ddim
                        ? ddim
                        : ratio + (s.sigma - ratio * t.sigma) * 0.5 * (k + data.slope(s) * ddim);
            }
            mean = s.alpha * 0.7 + a * (mean - t.alpha * 0.7);
            variance = a * a * variance + noise;
            sampler.step(denoiser);
        }
        const Moments found(sampler.z());
        QVERIFY(sampler.done() && !sampler.step(denoiser));
        QVERIFY2(std::abs(found.mean - mean) < 4 * std::sqrt(variance / 40'000),
                 std::to_string(found.mean - mean).c_str());
        QVERIFY2(std::abs(found.variance / variance - 1) < 0.03,
                 std::to_string(found.variance / variance).c_str());
    }

    void samplesDoNotDependOnTheBatch() {
        const Gaussian data{0.7, 0.3, Schedule()};
        const Denoiser denoiser = data.denoiser();
        Sampler all(data.schedule, {SamplerKind::Ancestral, 5}, 4, 10, 3),
            second(data.schedule, {SamplerKind::Ancestral, 5}, 2, 10, 3, 2);
        while (all.step(denoiser)) {
        }
        while (second.step(denoiser)) {
        }
        QVERIFY(std::equal(second.z().begin(), second.z().end(), all.z().begin() + 20));
    }

    void guidanceExtrapolates() {
        const auto constant = [](float value) {
            return [value](std::span<const float>, double, std::span<float> eps) {
                std::fill(eps.begin(), eps.end(), value);
            };
        };
        std::vector<float> z(3), eps(3);
        guided(constant(2), constant(0.5F), 2)(z, 0.5, eps);
        QCOMPARE(eps[1], 5.0F);  // 3·2 − 2·½
        guided(
            constant(2), [](auto...) { QFAIL("asked for what is not needed"); }, 0)(z, 0.5, eps);
        QCOMPARE(eps[1], 2.0F);
    }

    void refusals() {
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Schedule({.gammaMin = 1, .gammaMax = 1}));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, Sampler(Schedule(), {.steps = 0}, 1, 1, 0));
        Schedule cosine({.kind = ScheduleKind::Cosine});
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, cosine.setLine(0, 1));
    }
};

QTEST_MAIN(TestDiffusion)
#include "test_diffusion.moc"
