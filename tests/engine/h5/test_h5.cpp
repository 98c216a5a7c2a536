// SPDX-License-Identifier: Apache-2.0
// What is written is read back; equal contents give equal bytes; large arrays are written by slab beside
// HDF5.
#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <numeric>

#include "engine/files/operations.hpp"
#include "engine/h5/source.hpp"
#include "engine/h5/writer.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

namespace {
std::vector<double> ramp(std::size_t count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 0.5);
    return values;
}

std::string sample() {
    auto writer = h5::Writer::inMemory("sample");
    const auto time = ramp(5);
    const auto weights = ramp(5 * 3 * 2);
    const std::int32_t answer = 42;
    if (!writer->dataset("time", {DType::F64, {5}, time.data()}, {"time"}, {{"units", "s"}})) return {};
    if (!writer->create("weights", DType::F64, {5, 3, 2}, {"time", "row", "col"},
                        {{"long_name", "Gewichte ä"}}))
        return {};
    if (!writer->writeRows("weights", 0, {DType::F64, {2, 3, 2}, weights.data()})) return {};
    if (!writer->writeRows("weights", 2, {DType::F64, {3, 3, 2}, weights.data() + 12})) return {};
    if (!writer->dataset("deep/er/answer", {DType::I32, {}, &answer}, {}, {})) return {};
    if (!writer->attribute("/", "latent_request", std::string(100'000, 'r'))) return {};
    if (!writer->attribute("weights", "start", 7)) return {};
    return writer->finish()->text();
}
}  // namespace

class H5 : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void readsBackWhatWasWritten() {
        const auto source = h5::openReader(sample(), "sample");
        QVERIFY2(bool(source), source ? "" : source.error().message.c_str());
        QCOMPARE((*source)->datasets().size(), std::size_t(3));  // the scales of row and col hold no values
        QCOMPARE((*source)->texts().at("latent_request").size(), std::size_t(100'000));
        const h5::DatasetInfo* weights = (*source)->find("weights");
        QVERIFY(weights);
        QCOMPARE(weights->dims, (std::vector<std::string>{"time", "row", "col"}));
        QCOMPARE(weights->texts.at("long_name"), std::string("Gewichte ä"));
        QCOMPARE(weights->numbers.at("start"), std::int64_t(7));
        const auto box = (*source)->read("weights", {1, 0, 1}, {2, 2, 1}, {2, 2, 1});
        QVERIFY2(bool(box), box ? "" : box.error().message.c_str());
        QCOMPARE(box->as<double>()[0], 7.5);
        QCOMPARE(box->as<double>()[1], 11.5);
        QCOMPARE(box->as<double>()[2], 19.5);
        QCOMPARE((*source)->readAll("deep/er/answer")->as<std::int32_t>()[0], 42);
        const auto missing = (*source)->readAll("metrics/loss/step");
        QVERIFY(!missing);
        QCOMPARE(missing.error().message, std::string("sample has no array metrics/loss/step."));
    }
    void boxesOutsideAreRefused() {
        const auto source = h5::openReader(sample(), "sample");
        QVERIFY(!(*source)->read("weights", {5, 0, 0}, {1, 1, 1}));
        QVERIFY(!(*source)->read("weights", {0, 0}, {1, 1}));
        QVERIFY(!(*source)->read("weights", {1, 0, 0}, {~0ull, 1, 1}));
        QVERIFY(!(*source)->read("weights", {1, 0, 0}, {2, 1, 1}, {~0ull, 1, 1}));
        QVERIFY(!(*source)->read("weights", {0, 0, 0}, {1, 1, 1}, {0, 1, 1}));
        QVERIFY(!(*source)->read("nothing", {}, {}));
        QCOMPARE((*source)->read("weights", {5, 0, 0}, {0, 3, 2})->bytes.size(), std::size_t(0));
    }
    void equalContentsGiveEqualBytes() {
        const std::string first = sample();
        QTest::qSleep(1100);  // a stored time would differ now
        QVERIFY(!first.empty());
        QVERIFY(sample() == first);
    }
    void slabsAreWrittenBesideHdf5() {
        QTemporaryDir dir;
        const fs::path path = fs::path(dir.path().toStdString()) / "cube.h5";
        const auto place =
            h5::writeSlabFile(path, "cube", DType::F32, {64, 64, 64}, {"z", "y", "x"}, {{"units", "K"}});
        QVERIFY2(bool(place), place ? "" : place.error().message.c_str());
        QCOMPARE(place->bytes, std::uint64_t(64 * 64 * 64 * 4));
        QCOMPARE(place->offset % 4096, std::uint64_t(0));
        std::vector<float> slab(64 * 64, 2.5F);
        auto file = File::open(path, File::Mode::ReadWrite);
        QVERIFY(bool(file->writeAt(place->offset + 3 * 64 * 64 * 4,
                                   {reinterpret_cast<const char*>(slab.data()), slab.size() * 4})));
        const auto source = h5::openReader(path);
        QCOMPARE((*source)->read("cube", {3, 63, 63}, {1, 1, 1})->as<float>()[0], 2.5F);
        QCOMPARE((*source)->read("cube", {4, 0, 0}, {1, 1, 1})->as<float>()[0], 0.0F);
    }
    void lentArraysAreReadWhereTheyLie() {
        const std::vector<double> values = ramp(1000 * 300);  // 2.4 MB: several pieces of the file
        const auto raw = [&](std::size_t begin, std::size_t end) {
            return std::string_view(reinterpret_cast<const char*>(values.data() + begin),
                                    (end - begin) * sizeof(double));
        };
        for (const std::uint64_t metadataBytes : {0u, 256u << 10}) {
            auto writer = h5::Writer::inMemory("lent", metadataBytes);
            QVERIFY(bool(writer->attribute("/", "latent_request", std::string(100'000, 'r'))));
            QVERIFY(bool(writer->lend("weights", DType::F64, {1000, 300}, {"time", "col"}, {{"units", "1"}},
                                      {raw(0, 300), raw(300, 90'000), raw(90'000, 300'000)})));
            const double number = 4.5;
            QVERIFY(bool(writer->dataset("number", {DType::F64, {}, &number}, {}, {})));
            QVERIFY(bool(writer->lend("last", DType::F64, {2, 5}, {"two", "five"}, {}, {raw(7, 17)})));
            QVERIFY(bool(writer->lend("nothing", DType::F64, {0, 5}, {"none", "five"}, {}, {})));
            const Status wrong = writer->lend("short", DType::F64, {3}, {}, {}, {raw(0, 2)});
            QVERIFY(!wrong && wrong.error().message.find("not as long") != std::string::npos);
            const auto image = writer->finish();
            QVERIFY2(bool(image), image ? "" : image.error().message.c_str());
            const std::string bytes = image->text();
            QCOMPARE(std::uint64_t(bytes.size()), image->bytes());
            const auto source = h5::openReader(bytes, "lent");
            QVERIFY2(bool(source), source ? "" : source.error().message.c_str());
            QVERIFY((*source)->readAll("weights")->bytes == raw(0, 300'000));
            QCOMPARE((*source)->readAll("number")->as<double>()[0], 4.5);
            QVERIFY((*source)->readAll("last")->bytes == raw(7, 17));
            QCOMPARE((*source)->texts().at("latent_request").size(), std::size_t(100'000));
        }
    }
    void lendingToAFileOnDisk() {
        QTemporaryDir dir;
        const fs::path path = fs::path(dir.path().toStdString()) / "lent.h5";
        const auto values = ramp(60);
        const std::string_view all(reinterpret_cast<const char*>(values.data()), 60 * sizeof(double));
        {
            auto writer = h5::Writer::toFile(path);
            QVERIFY(bool(writer->lend("rows", DType::F64, {20, 3}, {"time", "col"}, {},
                                      {all.substr(0, 24), all.substr(24, 240), all.substr(264)})));
            QVERIFY(bool(writer->finishFile()));
        }
        QVERIFY((*h5::openReader(path))->readAll("rows")->bytes == all);
    }
    void lengthsOfOneNameGetTwoScales() {
        auto writer = h5::Writer::inMemory("two lengths");
        const auto values = ramp(7);
        QVERIFY(bool(writer->dataset("a", {DType::F64, {5}, values.data()}, {"time"}, {})));
        QVERIFY(bool(writer->dataset("b", {DType::F64, {7}, values.data()}, {"time"}, {})));
        QVERIFY(bool(writer->dataset("row", {DType::F64, {2, 3}, values.data()}, {"row", "time"}, {})));
        QVERIFY(bool(writer->dataset("nothing", {DType::F64, {0}, nullptr}, {"frame"}, {})));
        const auto image = writer->finish();
        QVERIFY2(bool(image), image ? "" : image.error().message.c_str());
        const auto source = h5::openReader(image->text(), "two lengths");
        QCOMPARE((*source)->datasets().size(), std::size_t(4));
        QCOMPARE((*source)->find("b")->dims, std::vector<std::string>{"time"});
    }
    void dtypesSurvive() {
        for (const char* name : {"f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"}) {
            const DType dtype = *latent::dtypeNamed(name);
            const std::string bytes("\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10", 16);
            auto writer = h5::Writer::inMemory("types");
            QVERIFY(bool(writer->dataset("x", {dtype, {2}, bytes.data()}, {"n"}, {})));
            const auto source = h5::openReader(writer->finish()->text(), "types");
            const auto back = (*source)->readAll("x");
            QCOMPARE(back->bytes, bytes.substr(0, 2 * sizeOf(dtype)));
            QVERIFY(back->dtype == dtype);
        }
        QVERIFY(!latent::dtypeNamed("c64"));
        QVERIFY(!elementCount({1ull << 40, 1ull << 40}));
        QCOMPARE(*elementCount({1ull << 40, 0}), std::uint64_t(0));
    }
};
QTEST_APPLESS_MAIN(H5)
#include "test_h5.moc"
