// SPDX-License-Identifier: Apache-2.0
// Slabs of a cube: each line once and in order, calls where they belong, and an end that is heard.
#include <QtTest>
#include <atomic>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "memory_cube.hpp"
#include "pipeline/overlap.hpp"
#include "pipeline/piece_grid.hpp"

using namespace hyperspectral_shadows;

namespace {

/// Sums each pixel, and notes who called.
struct Summing final : SlabTask {
    std::size_t channels;
    std::int64_t stopAfter = -1;
    std::thread::id caller = std::this_thread::get_id();
    std::vector<float> sums[2], all;
    std::vector<std::int64_t> firsts, counts;
    bool elsewhere = false;

    explicit Summing(std::size_t c) : channels(c) {}
    void begin(const SlabView& slab, int turn) override {
        elsewhere = elsewhere || std::this_thread::get_id() != caller;
        sums[turn].assign(slab.pixels, 0);
    }
    void piece(const SlabView& slab, int turn, std::size_t first, std::size_t count) override {
        for (std::size_t i = first; i < first + count; ++i)
            for (std::size_t c = 0; c < channels; ++c) sums[turn][i] += slab.x[i * channels + c];
    }
    bool end(const SlabView& slab, int turn) override {
        elsewhere = elsewhere || std::this_thread::get_id() != caller;
        firsts.push_back(slab.first), counts.push_back(slab.count);
        all.insert(all.end(), sums[turn].begin(), sums[turn].end());
        return static_cast<std::int64_t>(firsts.size()) != stopAfter;
    }
};

/// Counts what is read of it.
struct CountedCube final : CubeReader {
    std::vector<std::pair<std::int64_t, std::int64_t>> reads;
    std::function<void(std::int64_t)> atRead;
    CountedCube(std::int64_t lines, std::int64_t together, std::int64_t kept = 0) {
        m_header.keptLines = kept;
        m_header.lines = lines, m_header.samples = 2, m_header.bands = 3, m_header.linesTogether = together;
        m_header.piece = {together, 0, 0};
    }
    void read(std::int64_t first, std::int64_t count, float* out) override {
        reads.emplace_back(first, count);
        if (atRead) atRead(first);
        for (std::int64_t i = 0; i < count * 6; ++i) out[i] = static_cast<float>(first * 6 + i);
    }
};

}  // namespace

class StreamTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void linesThatAreStoredTogetherAreReadOnce() {
        using Reads = std::vector<std::pair<std::int64_t, std::int64_t>>;
        const auto readsOf = [](std::int64_t together, const std::vector<std::int64_t>& lines,
                                bool right = true) {
            CountedCube cube(50, together);
            std::size_t next = 0;
            forEachLine(cube, lines, [&](std::size_t i, const float* values) {
                right = right && i == next++ && values[0] == static_cast<float>(lines[i] * 6) &&
                        values[5] == values[0] + 5;
                return true;
            });
            return right && next == lines.size() ? cube.reads : Reads();
        };
        std::vector<std::int64_t> all(50);
        std::iota(all.begin(), all.end(), 0);
        QCOMPARE(readsOf(16, all), (Reads{{0, 16}, {16, 16}, {32, 16}, {48, 2}}));
        QCOMPARE(readsOf(16, {3, 15, 16, 40}), (Reads{{3, 13}, {16, 1}, {40, 1}}));
        QCOMPARE(readsOf(1, {3, 4, 40}), (Reads{{3, 1}, {4, 1}, {40, 1}}));
        QCOMPARE(readsOf(0, {7}), (Reads{{7, 1}}));
        QCOMPARE(readsOf(1000, {0, 49}), (Reads{{0, 50}}));
        CountedCube cube(50, 16);
        QVERIFY(!forEachLine(cube, all, [](std::size_t i, const float*) { return i < 20; }));
        QCOMPARE(cube.reads.size(), std::size_t{2});  // and no more after the end
    }

    void bandsAreChosenFromFewPieces() {
        CountedCube single(500, 1);
        chooseBands(single);
        QCOMPARE(single.reads.size(), std::size_t{16});
        QVERIFY(single.reads.front().first < 32 && single.reads.back().first >= 468);
        CountedCube tens(50, 10);
        chooseBands(tens);
        QCOMPARE(tens.reads, (std::vector<std::pair<std::int64_t, std::int64_t>>{
                                 {0, 10}, {10, 10}, {20, 10}, {30, 10}, {40, 10}}));
        // Chunks across bands: a pixel counts once, whichever of them has its numbers.
        SceneCube scene(small());
        MemoryCube cube(scene);
        for (std::size_t i = 0; i < cube.values.size(); ++i)
            if (i % 24 == 5 || (i % 24 == 20 && i / 24 % 4 != 0) || i / 24 % 40 == 7) cube.values[i] = NAN;
        const std::vector<std::size_t> whole = chooseBands(cube).kept;
        QCOMPARE(whole.size(), std::size_t{22});
        cube.head().piece = {48, 10, 7};
        QCOMPARE(chooseBands(cube).kept, whole);
    }

    void aGridOfPiecesHoldsEachValueOnce() {
        CubeHeader header;
        header.lines = 100, header.samples = 70, header.bands = 50, header.piece = {33, 20, 0};
        const PieceGrid grid(header);
        QCOMPARE(grid.bytes(), std::size_t{33 * 20 * 50 * 4});
        std::vector<int> seen(100 * 70 * 50, 0);
        const PieceChoice all = grid.all();
        for (const std::int64_t row : all.rows)
            for (const std::int64_t column : all.columns)
                for (const std::int64_t layer : all.layers) {
                    const CubeBox box = grid.box(row, column, layer);
                    for (std::int64_t i = 0; i < static_cast<std::int64_t>(box.values()); ++i)
                        ++seen[static_cast<std::size_t>(((box.line + i / box.bands / box.samples) * 70 +
                                                         box.sample + i / box.bands % box.samples) *
                                                            50 +
                                                        box.band + i % box.bands)];
                }
        QVERIFY(std::all_of(seen.begin(), seen.end(), [](int n) { return n == 1; }));
        QCOMPARE(evenly(10, 3), (std::vector<std::int64_t>{1, 5, 8}));
        QCOMPARE(evenly(3, 9), (std::vector<std::int64_t>{0, 1, 2}));
        QCOMPARE(grid.spread(100).size(), std::size_t{16});
        for (const std::int64_t m : {1, 3, 7, 15}) {
            const auto places = grid.spread(m);
            QVERIFY(!places.empty() && static_cast<std::int64_t>(places.size()) <= m);
            for (const auto& [row, column] : places)
                QVERIFY(row >= 0 && row < grid.rows() && column >= 0 && column < grid.columns());
        }
        header.piece = {0, 0, 0};  // one chunk of all
        header.lines = 1'000'000;
        const PieceGrid one(header);
        QVERIFY(one.bytes() <= kMostSlabBytes);
        QCOMPARE(one.picture(1).rows.size(), std::size_t{1});
    }

    void everyLineComesOnceAndInOrder() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        Bands some;
        some.kept = {2, 3, 5, 23}, some.all = false;
        const std::size_t line = cube.header().valuesPerLine() * sizeof(float);
        for (const int threads : {1, 2, 5})
            for (const std::size_t lines : {1U, 5U, 48U, 1000U}) {
                Summing task(4);
                QVERIFY(forEachSlab(cube, some, threads, lines * line, task));
                QVERIFY(!task.elsewhere);
                QCOMPARE(task.all.size(), cube.header().pixels());
                QCOMPARE(std::accumulate(task.counts.begin(), task.counts.end(), std::int64_t{0}),
                         std::int64_t{48});
                for (std::size_t i = 0; i < task.all.size(); ++i) {
                    const float* x = cube.values.data() + i * 24;
                    QCOMPARE(task.all[i], x[2] + x[3] + x[5] + x[23]);
                }
            }
    }

    void linesThatAreStoredTogetherAreReadTogether() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        Bands bands = chooseBands(cube);
        const std::size_t line = cube.header().valuesPerLine() * sizeof(float);
        cube.head().linesTogether = 7;
        for (const std::size_t lines :
             {1U, 16U}) {  // a slab of one line becomes one of seven; sixteen, fourteen
            Summing task(24);
            QVERIFY(forEachSlab(cube, bands, 2, lines * line, task));
            for (const std::int64_t first : task.firsts) QCOMPARE(first % 7, std::int64_t{0});
            QCOMPARE(task.counts.front(), std::int64_t{lines == 1 ? 7 : 14});
        }
        cube.head().linesTogether = 1'000'000;  // a chunk of the whole cube
        Summing task(24);
        QVERIFY(forEachSlab(cube, bands, 2, line, task));
        QCOMPARE(task.counts, (std::vector<std::int64_t>{48}));
    }

    void aKeptRowEndsBeforeTheNextIsRead() {
        Bands bands;
        bands.kept = {0, 1, 2};
        for (const int threads : {1, 3})
            for (const std::size_t lines : {1U, 5U, 16U, 30U}) {
                CountedCube cube(50, 1, 16);
                Summing task(3);
                bool ended = true;
                cube.atRead = [&](std::int64_t first) {
                    const auto done =
                        std::accumulate(task.counts.begin(), task.counts.end(), std::int64_t{0});
                    ended = ended && (first % 16 != 0 || done == first);
                };
                QVERIFY(forEachSlab(cube, bands, threads, lines * 6 * sizeof(float), task));
                QVERIFY(ended);
                std::int64_t next = 0;
                for (std::size_t i = 0; i < task.firsts.size(); next += task.counts[i++]) {
                    QCOMPARE(task.firsts[i], next);
                    QCOMPARE((next + task.counts[i] - 1) / 16, next / 16);
                }
                QCOMPARE(next, std::int64_t{50});
            }
    }

    void aStopEndsIt() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        const Bands bands = chooseBands(cube);
        for (const std::int64_t after : {1, 3, 48}) {
            Summing task(24);
            task.stopAfter = after;
            QVERIFY(!forEachSlab(cube, bands, 2, 1, task));
            QCOMPARE(task.firsts.size(), static_cast<std::size_t>(after));
        }
    }

    void whatFailsAnywhereIsThrownHere() {
        for (const int threads : {1, 4}) {
            std::atomic<int> begun{0};
            bool meanwhile = false;
            try {
                overlap(
                    1000, threads,
                    [&](std::size_t) {
                        ++begun;
                        throw std::runtime_error("piece");
                    },
                    [&] { meanwhile = true; });
                QFAIL("Nothing was thrown.");
            } catch (const std::runtime_error& error) {
                QCOMPARE(QString(error.what()), QString("piece"));
            }
            QVERIFY(meanwhile && begun >= 1 && begun <= threads);
            begun = 0;
            try {
                overlap(
                    1000, threads, [&](std::size_t) { ++begun; },
                    [] { throw std::runtime_error("meanwhile"); });
                QFAIL("Nothing was thrown.");
            } catch (const std::runtime_error& error) {
                QCOMPARE(QString(error.what()), QString("meanwhile"));
            }
        }
        std::vector<std::atomic<int>> counts(100);
        overlap(
            100, 3, [&](std::size_t i) { ++counts[i]; }, [] {});
        QVERIFY(std::all_of(counts.begin(), counts.end(), [](const auto& n) { return n == 1; }));
    }

    void whatLiesBesideHasTheKeptBands() {
        SceneCube scene(small());
        Bands some;
        some.kept = {1, 20}, some.all = false;
        std::vector<float> all(2 * scene.header().valuesPerLine()), kept;
        QVERIFY(scene.readUnshadowed(5, 2, all.data()));
        QVERIFY(readBeside(scene, &CubeReader::readUnshadowed, some, 5, 2, kept));
        QCOMPARE(kept.size(), std::size_t{2 * 40 * 2});
        for (std::size_t i = 0; i < 80; ++i)
            QVERIFY(kept[2 * i] == all[24 * i + 1] && kept[2 * i + 1] == all[24 * i + 20]);
        MemoryCube cube(scene);
        QVERIFY(!readBeside(cube, &CubeReader::readUncertainty, some, 0, 1, kept));
    }
};

QTEST_APPLESS_MAIN(StreamTest)
#include "stream_test.moc"
