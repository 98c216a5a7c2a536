// SPDX-License-Identifier: Apache-2.0
// Each set of kernels against plain loops in double, at sizes that leave remainders.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>
#include <vector>

#include "model/kernels/kernels.hpp"

using namespace hyperspectral_shadows;

namespace {

std::vector<float> noise(std::size_t count, const char* name) {
    std::vector<float> values(count);
    latent::learn::RandomStream random(1, name);
    random.fillNormal<float>(values);
    return values;
}

bool close(double a, double b, double scale) { return std::abs(a - b) <= 2e-5 * scale; }

}  // namespace

class KernelsTest : public QObject {
    Q_OBJECT

    static std::vector<const Kernels*> all() {
        std::vector<const Kernels*> sets;
        for (const auto i : {latent::learn::Instructions::Portable, latent::learn::Instructions::Avx2,
                             latent::learn::Instructions::Avx512})
            if (const Kernels* k = kernelsFor(i)) sets.push_back(k);
        return sets;
    }

  private Q_SLOTS:
    void products() {
        for (const Kernels* k : all())
            for (const std::size_t channels : {1U, 15U, 16U, 37U, 64U})
                for (const std::size_t rows : {1U, 5U, 9U}) {
                    const auto z = noise(rows * channels, "z"), w = noise(channels, "w"),
                               r = noise(rows, "r");
                    std::vector<float> margin(rows), gradient(channels, .5F);
                    k->margins(z.data(), rows, channels, w.data(), margin.data());
                    k->pull(z.data(), rows, channels, r.data(), gradient.data());
                    for (std::size_t i = 0; i < rows; ++i) {
                        double sum = 0;
                        for (std::size_t c = 0; c < channels; ++c)
                            sum += static_cast<double>(z[i * channels + c]) * w[c];
                        QVERIFY2(close(margin[i], sum, 10), k->name);
                    }
                    for (std::size_t c = 0; c < channels; ++c) {
                        double sum = .5;
                        for (std::size_t i = 0; i < rows; ++i)
                            sum += static_cast<double>(r[i]) * z[i * channels + c];
                        QVERIFY2(close(gradient[c], sum, 10), k->name);
                    }
                }
    }

    void gram() {
        for (const Kernels* k : all())
            for (const std::size_t channels : {3U, 16U, 33U, 50U}) {
                const std::size_t rows = 21, padded = (channels + 15) / 16 * 16;
                const auto z = noise(rows * channels, "z");
                auto weight = noise(rows, "weight");
                std::vector<float> gram(padded * padded, 0.0F), scratch(2 * rows * padded);
                for (int twice = 0; twice < 2; ++twice)
                    k->gram(z.data(), rows, channels, weight.data(), gram.data(), scratch.data());
                for (std::size_t i = 0; i < channels; ++i)
                    for (std::size_t j = 0; j <= i; ++j) {
                        double sum = 0;
                        for (std::size_t r = 0; r < rows; ++r)
                            sum += 2.0 * weight[r] * z[r * channels + i] * z[r * channels + j];
                        QVERIFY2(close(gram[i * padded + j], sum, 40), k->name);
                    }
            }
    }

    void projections() {
        for (const Kernels* k : all())
            for (const std::size_t channels : {7U, 32U, 45U})
                for (const std::size_t count : {0U, 1U, 4U, 6U}) {
                    const std::size_t rows = 3;
                    auto x = noise(rows * channels, "x");
                    for (float& v : x) v = 1e13F * (1 + .01F * v);  // radiance: much larger than its spread
                    const auto basis = noise(count * channels, "basis");
                    std::vector<float> out(rows * (2 + count));
                    k->project(x.data(), rows, channels, basis.data(), count, out.data());
                    for (std::size_t r = 0; r < rows; ++r) {
                        double mean = 0, square = 0;
                        for (std::size_t c = 0; c < channels; ++c)
                            mean += x[r * channels + c] / static_cast<double>(channels);
                        for (std::size_t c = 0; c < channels; ++c)
                            square += std::pow(x[r * channels + c] - mean, 2) / static_cast<double>(channels);
                        QVERIFY(std::abs(out[r * (2 + count)] / mean - 1) < 1e-6);
                        float alone = 0;  // the same to the bit, whatever comes with it
                        k->means(x.data() + r * channels, 1, channels, &alone);
                        QVERIFY(alone == out[r * (2 + count)]);
                        QVERIFY(std::abs(out[r * (2 + count) + 1] / std::sqrt(square) - 1) < 1e-4);
                        for (std::size_t d = 0; d < count; ++d) {
                            double dot = 0;
                            for (std::size_t c = 0; c < channels; ++c)
                                dot += (x[r * channels + c] - mean) * basis[d * channels + c];
                            QVERIFY2(std::abs(out[r * (2 + count) + 2 + d] - dot) <
                                         2e-4 * 1e11 * std::sqrt(static_cast<double>(channels)),
                                     k->name);
                        }
                    }
                }
    }

    void gainDividesAndZeroCopies() {
        for (const Kernels* k : all()) {
            const std::size_t rows = 2, channels = 19;
            auto x = noise(rows * channels, "x"), gain = noise(channels, "gain");
            for (float& g : gain) g = .1F + .01F * std::abs(g);
            x[3] = std::numeric_limits<float>::quiet_NaN();
            const std::vector<float> a = {0.0F, .25F};
            std::vector<float> out(rows * channels);
            k->divideByGain(x.data(), rows, channels, a.data(), gain.data(), out.data());
            QVERIFY(std::memcmp(out.data(), x.data(), channels * sizeof(float)) == 0);
            for (std::size_t c = 0; c < channels; ++c)
                QVERIFY(close(out[channels + c], x[channels + c] / (.75 + .25 * gain[c]), 1));
        }
    }
};

QTEST_APPLESS_MAIN(KernelsTest)
#include "kernels_test.moc"
