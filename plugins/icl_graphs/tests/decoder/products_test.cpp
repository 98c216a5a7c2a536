// SPDX-License-Identifier: Apache-2.0
// Products of activations with weights, by every kernel that this machine has, against sums in double; and the threads that share them.
#include <QtTest>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>

#include "decoder/products.hpp"

using namespace icl_graphs;
using latent::learn::Instructions;

namespace {

struct Problem {
    int rows, depth, outputs;
    Operand in;
    LinearMap map;
    std::vector<double> exact, size;  ///< the sum, and the root of its squared products [rows, outputs]

    Problem(int r, int d, int o, const TileKernels* tiles)
        : rows(r), depth(d), outputs(o), in(r, d, tiles != nullptr, true) {
        std::mt19937 random(static_cast<unsigned>(r * d + o));
        std::normal_distribution<float> normal;
        for (int i = 0; i < rows; ++i)
            for (int k = 0; k < depth; ++k) in.floats.row(i)[k] = normal(random);
        map.weight = {
            outputs, depth, Storage::F32, static_cast<std::size_t>(depth) * 4,
            std::shared_ptr<std::byte[]>(new std::byte[static_cast<std::size_t>(outputs * depth) * 4])};
        std::vector<float> weights(static_cast<std::size_t>(outputs * depth));
        for (float& w : weights) w = normal(random);
        std::memcpy(map.weight.bytes.get(), weights.data(), weights.size() * 4);
        for (int j = 0; j < outputs; ++j) map.bias.push_back(normal(random));
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < outputs; ++j) {
                double sum = map.bias[static_cast<std::size_t>(j)], squares = 0;
                for (int k = 0; k < depth; ++k) {
                    const double term = static_cast<double>(in.floats.row(i)[k]) *
                                        weights[static_cast<std::size_t>(j * depth + k)];
                    sum += term, squares += term * term;
                }
                exact.push_back(sum), size.push_back(std::sqrt(squares));
            }
        if (tiles)
            for (int i = 0; i < rows; i += kTileRows)
                tiles->splitLeft(in.floats.row(i), in.floats.stride, std::min(kTileRows, rows - i), depth,
                                 in.tiles.at(i / kTileRows));
    }
};

/// Root of the mean squared error, in the size of a sum. NaN where an output was not formed, or twice.
double errorOf(const DecoderKernels& kernels, const TileKernels* tiles, int rows, int depth, int outputs,
               int threads) {
    const Problem p(rows, depth, outputs, tiles);
    Team team(threads);
    Products products(kernels, tiles, team, depth);
    std::vector<Products::Columns> pieces;
    products.cut({&p.map}, nullptr, kMostPanels / 2, pieces);
    std::vector<float> out(p.exact.size(), std::nanf(""));
    std::atomic<int> formed{0};
    products.run(
        p.in, rows, pieces,
        [&](const Products::Columns& of, int, int first, int count, const float* sums, int stride, int) {
            for (int r = 0; r < count; ++r)
                for (int j = of.firstPanel * kPanel;
                     j < std::min((of.firstPanel + of.panels) * kPanel, outputs); ++j, ++formed)
                    out[static_cast<std::size_t>((first + r) * outputs + j)] =
                        sums[r * stride + j - of.firstPanel * kPanel];
        });
    if (formed != rows * outputs) return std::nan("");
    double squares = 0;
    for (std::size_t i = 0; i < out.size(); ++i) squares += std::pow((out[i] - p.exact[i]) / p.size[i], 2);
    return std::sqrt(squares / static_cast<double>(out.size()));
}

}  // namespace

class ProductsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyKernelSums_data() {
        QTest::addColumn<int>("instructions");
        QTest::addColumn<bool>("tiled");
        for (const auto i : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
            QTest::newRow(latent::learn::nameOf(i)) << static_cast<int>(i) << false;
        QTest::newRow("tiles") << static_cast<int>(latent::learn::bestInstructions()) << true;
    }
    void everyKernelSums() {
        QFETCH(int, instructions);
        QFETCH(bool, tiled);
        const auto wanted = static_cast<Instructions>(instructions);
        if (!latent::learn::hasInstructions(wanted))
            QSKIP("This processor does not have these instructions.");
        if (tiled && !tileKernels()) QSKIP("This processor has no matrix unit for bfloat16.");
        const DecoderKernels& kernels = decoderKernels(wanted);
        const TileKernels* tiles = tiled ? tileKernels() : nullptr;
        // Sizes on and beside the borders of tiles, panels, stretches of the depth and blocks of rows.
        for (const auto& [rows, depth, outputs] : {std::array{1, 1, 1},
                                                   {16, 32, 32},
                                                   {17, 33, 31},
                                                   {45, 64, 272},
                                                   {128, 192, 48},
                                                   {130, 600, 150}}) {
            const double error = errorOf(kernels, tiles, rows, depth, outputs, 3);
            QVERIFY2(error < 3 * 0x1p-24,  // chains of 64 that are rounded at each

                     qPrintable(QString("%1 x %2 x %3: %4").arg(rows).arg(depth).arg(outputs).arg(error)));
        }
    }

    void tilesErrLessThanFloats() {
        if (!tileKernels()) QSKIP("This processor has no matrix unit for bfloat16.");
        const DecoderKernels& kernels = decoderKernels();
        const double tiles = errorOf(kernels, tileKernels(), 128, 576, 64, 1),
                     floats = errorOf(kernels, nullptr, 128, 576, 64, 1);
        qInfo("rms error in the size of a sum: tiles %.2e, floats %.2e", tiles, floats);
        QVERIFY(tiles < .7 * floats);
    }

    void aFloatIsTheSumOfItsParts() {
        const TileKernels* tiles = tileKernels();
        if (!tiles) QSKIP("This processor has no matrix unit for bfloat16.");
        AlignedFloats row(32), parts(static_cast<std::size_t>(tileRowSize(32)));
        const float values[] = {1, -1, 3.14159274F, 1e-20F, -2.5e30F, 0x1.fffffep0F, 0x1.000002p0F, 0};
        for (std::size_t i = 0; i < 32; ++i) row[i] = values[i % 8] * (i < 8 ? 1.0F : 0.7F);
        tiles->splitLeft(row.data(), 32, 1, 32, parts.data());
        for (std::size_t i = 0; i < 32; ++i) {
            double sum = 0;
            for (std::size_t part = 0; part < 3; ++part) {
                std::uint16_t half;
                std::memcpy(&half, reinterpret_cast<const char*>(parts.data() + part * kTile) + 2 * i, 2);
                sum += std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
            }
            QCOMPARE(sum, static_cast<double>(row[i]));
        }
        for (std::size_t i = 16; i < kTile; ++i) QCOMPARE(parts[i], 0.0F);  // rows that there are not
    }

    void theTeamDoesEachOnceAndHandsOnAnException() {
        Team team(4);
        QCOMPARE(team.size(), 4);
        for (std::size_t count : {0UL, 1UL, 2UL, 1000UL}) {
            std::vector<std::atomic<int>> done(count);
            std::atomic<bool> strange{false};
            team.each(count, [&](std::size_t i, int thread) {
                ++done[i];
                if (thread < 0 || thread > 3) strange = true;
            });
            for (const auto& d : done) QCOMPARE(d.load(), 1);
            QVERIFY(!strange);
        }
        QVERIFY_EXCEPTION_THROWN(team.each(100,
                                           [](std::size_t i, int) {
                                               if (i == 57) throw std::runtime_error("57");
                                           }),
                                 std::runtime_error);
        std::atomic<int> after{0};
        team.each(100, [&](std::size_t, int) { ++after; });
        QCOMPARE(after.load(), 100);
    }
};

QTEST_APPLESS_MAIN(ProductsTest)
#include "products_test.moc"
