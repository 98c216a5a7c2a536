// SPDX-License-Identifier: Apache-2.0
// NumPy's files, read box by box and in double precision; damaged and dangerous ones are refused with a
// sentence. (icl_recordings_test reads those that numpy itself has written.)
#include <zlib.h>
#include <QtTest>

#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/array_file.hpp>
#include <latent/learn/arrays/npy_header.hpp>
#include <latent/learn/arrays/numpy_writer.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/whole_file.hpp>

using namespace latent::learn;
namespace fs = std::filesystem;

namespace {

std::string npy(const std::string& type, const std::string& shape, const std::string& data,
                bool fortran = false, char version = 1) {
    std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                         ", 'shape': " + shape + ", }";
    header.resize(127, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY", 6);
    bytes += version;
    bytes += '\0';
    bytes += static_cast<char>(header.size());
    bytes.append(version == 1 ? 1 : 3, '\0');
    return bytes + header + data;
}

template <class T>
std::string bytesOf(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string little(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
    return bytes;
}

/// Members of an archive of stored members whose check sum, name or size is not what their local header says.
int wrongSums(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(all.at(at + i));
        return value;
    };
    int wrong = 0;
    std::size_t at = 0;
    while (number(at, 4) == 0x04034b50) {
        const std::uint64_t size = number(at + 18, 4), begin = at + 30 + number(at + 26, 2);
        const std::string data = all.substr(begin, size);
        wrong += data.size() != size || number(at + 22, 4) != size || number(at + 4, 2) != 20 ||
                 number(at + 14, 4) !=
                     crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size()));
        at = begin + size;
    }
    return number(at, 4) == 0x02014b50 ? wrong : wrong + 1;
}

/// As zlib's method 8 in a zip has it.
std::string deflated(const std::string& data) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, static_cast<uLong>(data.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// A zip of one deflated member, which claims to give `size` bytes.
std::string deflatedNpz(const std::string& name, const std::string& compressed, std::size_t size) {
    const std::string facts = little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + little(0, 4) +
                              little(compressed.size(), 4) + little(size, 4) + little(name.size(), 2) +
                              little(0, 2),
                      local = little(0x04034b50, 4) + facts + name + compressed,
                      entry = little(0x02014b50, 4) + little(20, 2) + facts + little(0, 2) + little(0, 2) +
                              little(0, 2) + little(0, 4) + little(0, 4) + name;
    return local + entry + little(0x06054b50, 4) + little(0, 4) + little(1, 2) + little(1, 2) +
           little(entry.size(), 4) + little(local.size(), 4) + little(0, 2);
}

/// A zip of stored members. Its check sums are zero: nothing here reads them.
std::string npz(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string all, directory;
    for (const auto& [name, data] : members) {
        const std::string sizes = little(data.size(), 4) + little(data.size(), 4) + little(name.size(), 2);
        const std::size_t at = all.size();
        all += little(0x04034b50, 4) + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
               little(0, 4) + sizes + little(0, 2) + name + data;
        directory += little(0x02014b50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + little(0, 2) +
                     little(0, 4) + little(0, 4) + sizes + little(0, 2) + little(0, 2) + little(0, 2) +
                     little(0, 2) + little(0, 4) + little(at, 4) + name;
    }
    return all + directory + little(0x06054b50, 4) + little(0, 4) + little(members.size(), 2) +
           little(members.size(), 2) + little(directory.size(), 4) + little(all.size(), 4) + little(0, 2);
}

}  // namespace

class ArraysTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path write(const char* name, const std::string& bytes) const {
        const fs::path path = fs::path(m_folder.path().toStdString()) / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    QString refusal(const char* name, const std::string& bytes) const {
        const fs::path path = write(name, bytes);
        try {
            const auto file = openNumpyFile(path);
            for (const auto& [array, info] : file->arrays()) file->doubles(array);
        } catch (const latent::RunError& e) {
            return QString::fromUtf8(e.what());
        }
        return "not refused";
    }

  private Q_SLOTS:
    void doublesKeepTheirDigits() {
        const std::vector<double> values{.1, 1. / 3, 2e-300, -7, 5, 6};
        for (const char version : {'\1', '\2', '\3'}) {
            const auto file =
                openNumpyFile(write("a.npy", npy("<f8", "(2, 3)", bytesOf(values), false, version)));
            QVERIFY(file->doubles("array") == values);
            QCOMPARE(file->floats("array")[1], static_cast<float>(1. / 3));
            std::vector<double> box(2);
            file->read("array", {0, 1}, {2, 1}, std::span(box));
            QVERIFY((box == std::vector<double>{1. / 3, 5}));
        }
        // Fortran order: the first index runs fastest in the file.
        const auto turned = openNumpyFile(write("f.npy", npy("<f8", "(2, 3)", bytesOf(values), true)));
        QVERIFY((turned->doubles("array") == std::vector<double>{.1, 2e-300, 5, 1. / 3, -7, 6}));
    }
    void archivesHoldArraysByName() {
        const auto file = openNumpyFile(write(
            "a.npz", npz({{"x.npy", npy("<f4", "(2,)", bytesOf(std::vector<float>{.5F, 2}))},
                          {"n.npy", npy("<i8", "(3,)", bytesOf(std::vector<std::int64_t>{1, -2, 1LL << 53}))},
                          {"p.npy", npy("|O", "(1,)", "cos\nsystem\n")}})));
        QVERIFY((file->doubles("x") == std::vector<double>{.5, 2}));
        QVERIFY((file->integers("n") == std::vector<std::int64_t>{1, -2, 1LL << 53}));
        QVERIFY_EXCEPTION_THROWN(file->integers("x"), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(file->doubles("p"), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(file->doubles("y"), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(file->doubles("n", 2), latent::RunError);
    }
    void whatIsWrongIsSaid() {
        const std::string four = bytesOf(std::vector<float>{1, 2, 3, 4});
        QVERIFY(refusal("pickle.npy", npy("|O", "(1,)", "c")).contains("pickled"));
        QVERIFY(refusal("big.npy", npy(">f4", "(4,)", four)).contains("big-endian"));
        QVERIFY(refusal("short.npy", npy("<f4", "(5,)", four)).contains("bytes that its shape needs"));
        QVERIFY(refusal("huge.npy", npy("<f8", "(4611686018427387904, 8)", four))
                    .contains("larger than any memory"));
        QVERIFY(refusal("text.npy", npy("<U8", "(1,)", std::string(32, 'a'))).contains("'<U8'"));
        std::string long_ = npy("<f4", "(4,)", four);
        long_[9] = '\x7f';  // a header of 32 kB in a file of 154 bytes
        QVERIFY(refusal("long.npy", long_).contains("no npy header"));
        std::string four_ = npy("<f4", "(4,)", four);
        four_[6] = '\4';
        QVERIFY(refusal("version.npy", four_).contains("no npy header"));
        QVERIFY(refusal("torch.npz", "\x80\x02}q").contains("pickle"));
        QVERIFY(refusal("words.npz", "hello").contains("neither"));
        QVERIFY(refusal("empty.npz", "").contains("neither"));
        const std::string whole = npz({{"x.npy", npy("<f4", "(4,)", four)}});
        QVERIFY(refusal("cut.npz", whole.substr(0, whole.size() - 5)).contains("cut off"));
        QVERIFY(refusal("twice.npz",
                        npz({{"x.npy", npy("<f4", "(4,)", four)}, {"x.npy", npy("<f4", "(4,)", four)}}))
                    .contains("twice"));
    }
    /// What is found out only when an array is read names the file and the array.
    void refusalsNameTheArray() {
        const auto numbers = [](std::size_t count) {
            std::string bytes;
            latent::learn::RandomStream random(2, "numbers");
            while (bytes.size() < 4 * count) bytes += static_cast<char>(random.below(64));
            return npy("<f4", "(" + std::to_string(count) + ",)", bytes);
        };
        const std::string whole = numbers(20'000), less = deflated(whole.substr(0, whole.size() - 4)),
                          good = deflated(whole);
        QCOMPARE(refusal("good.npz", deflatedNpz("x.npy", good, whole.size())), QString("not refused"));
        std::string damaged = good;
        for (std::size_t i = good.size() / 2; i < good.size() / 2 + 200; ++i) damaged[i] = '\xff';
        for (const auto& [compressed, why] :
             {std::pair{good.substr(0, good.size() / 2), "is cut off in its compressed data"},
              {less, "is shorter, once decompressed, than its header says"},
              {damaged, "has damaged compressed data"}}) {
            const QString said = refusal("bad.npz", deflatedNpz("x.npy", compressed, whole.size()));
            QVERIFY2(said.contains(QString("bad.npz' cannot be read: the array 'x' %1.").arg(why)),
                     qPrintable(said));
        }
        const auto whyNotWhole = [&](const std::string& bytes) {
            try {
                openNumpyFile(write("whole.npz", bytes))->integers("n");
            } catch (const latent::RunError& e) {
                return QString::fromUtf8(e.what());
            }
            return QString("not refused");
        };
        const std::vector<std::uint64_t> large{1, (std::uint64_t{1} << 63) - 1},
            larger{1, std::uint64_t{1} << 63};
        QCOMPARE(whyNotWhole(npz({{"n.npy", npy("<u8", "(2,)", bytesOf(large))}})), QString("not refused"));
        const QString said = whyNotWhole(npz({{"n.npy", npy("<u8", "(2,)", bytesOf(larger))}}));
        QVERIFY2(said.contains("whole.npz' cannot be read: the array 'n' holds 9223372036854775808"),
                 qPrintable(said));
        QVERIFY(
            whyNotWhole(npz({{"n.npy", npy("<u8", "(2, 1)", bytesOf(large), true)}}))
                .contains("whole.npz' cannot be read: the array 'n' holds whole numbers in Fortran order"));
        std::vector<double> two(2);
        QVERIFY_EXCEPTION_THROWN(openNumpyFile(write("two.npy", npy("<f8", "(2,)", std::string(16, '\0'))))
                                     ->read("array", {0}, {1}, std::span(two)),
                                 latent::UsageError);
    }
    /// Every type and rank. (The end-to-end tests have Python's zip reader look at them.)
    void writtenArchivesComeBack() {
        const fs::path path = fs::path(m_folder.path().toStdString()) / "written.npz";
        const auto comesBack = [&]<class T>(T low, T high) {
            const std::vector<T> values{low, 0, 1, high, 2, 3};
            const latent::ArrayView scalar(&values[3], {}), line(values.data(), {6}),
                table(values.data(), {3, 2}), box(values.data(), {1, 2, 3}), none(std::vector<T>{}, {0, 4});
            const std::vector<std::pair<std::string, latent::ArrayView>> arrays{
                {"scalar", scalar}, {"line", line}, {"table", table}, {"box", box}, {"none", none}};
            writeNpz(path, arrays);
            QCOMPARE(fs::file_size(path), npzBytes(arrays));
            const auto file = openNumpyFile(path);
            QCOMPARE(file->arrays().size(), arrays.size());
            for (const auto& [name, array] : arrays) {
                const ArrayInfo& info = file->info(name);
                QVERIFY(info.shape == array.shape());
                QCOMPARE(sizeOf(info.type), sizeof(T));
                QCOMPARE(isFloating(info.type), std::is_floating_point_v<T>);
                const T* from = static_cast<const T*>(array.data());
                std::vector<T> read;
                if constexpr (std::is_floating_point_v<T>) {
                    const std::vector<double> all = file->doubles(name);
                    read.assign(all.begin(), all.end());
                } else if (std::in_range<std::int64_t>(high)) {
                    const std::vector<std::int64_t> all = file->integers(name);
                    read.assign(all.begin(), all.end());
                } else {
                    QVERIFY(file->doubles(name) == std::vector<double>(from, from + array.count()));
                    continue;
                }
                QVERIFY2(read == std::vector<T>(from, from + array.count()), name.c_str());
            }
            QCOMPARE(wrongSums(path), 0);
        };
        comesBack(-.1F, 1e30F);
        comesBack(-1. / 3, 1e300);
        const auto ofLimits = [&]<class T>(T) {
            comesBack(std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
        };
        ofLimits(std::int8_t{}), ofLimits(std::int16_t{}), ofLimits(std::int32_t{}), ofLimits(std::int64_t{});
        ofLimits(std::uint8_t{}), ofLimits(std::uint16_t{}), ofLimits(std::uint32_t{}),
            ofLimits(std::uint64_t{});
    }
    void whatCannotBeWrittenLeavesNothing() {
        const fs::path path = fs::path(m_folder.path().toStdString()) / "kept.npz";
        const std::vector<double> values{1, 2};
        writeNpz(path, {{"x", values}});
        const auto bytes = fs::file_size(path);
        // 8 GiB, of which nothing is looked at.
        const latent::ArrayView huge(values.data(), {std::int64_t{1} << 30});
        QVERIFY(npzBytes({{"x", huge}}) > kMostNpzBytes);
        QVERIFY_EXCEPTION_THROWN(writeNpz(path, {{"x", huge}}), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(writeNpz(path, {{"x", values}, {"x", values}}), latent::UsageError);
        QVERIFY_EXCEPTION_THROWN(writeNpz(path, {{"a/b", values}}), latent::UsageError);
        QVERIFY_EXCEPTION_THROWN(writeNpz(path / "under", {{"x", values}}), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(writeWhole(path,
                                            [](std::ostream& out) {
                                                out << "half";
                                                throw latent::RunError("stopped");
                                            }),
                                 latent::RunError);
        QCOMPARE(fs::file_size(path), bytes);
        QVERIFY(openNumpyFile(path)->doubles("x") == values);
        QVERIFY(!fs::exists(path.string() + ".partial"));
    }
    /// Whatever a stranger's file holds, it is read or refused with a sentence. (The fuzzer goes on where this ends.)
    void mutantsAreReadOrRefused() {
        const std::string four = bytesOf(std::vector<float>{1, 2, 3, 4});
        const std::vector<std::string> whole{
            npy("<f4", "(2, 2)", four, true),
            npz({{"x.npy", npy("<f4", "(4,)", four)}, {"n.npy", npy("<i8", "(2,)", std::string(16, '\1'))}})};
        latent::learn::RandomStream random(1, "mutants");
        int read = 0;
        for (int i = 0; i < 800; ++i) {
            std::string bytes = whole[random.below(whole.size())];
            for (std::uint64_t changes = random.below(4); changes-- > 0;)
                bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
            if (random.below(4) == 0) bytes.resize(random.below(bytes.size() + 1));
            read += refusal("mutant.npz", bytes) == "not refused";
        }
        QVERIFY2(read > 80 && read < 720, qPrintable(QString::number(read)));
    }
    /// Every cut of a header is refused, none is read beyond its end.
    void cutHeadersAreNone() {
        const std::string whole = npy("<f4", "(4,)", "");
        QCOMPARE(npyDataOffset(whole.substr(0, 12)).value(), std::uint64_t{138});
        QVERIFY(readNpyHeader(whole)->info.shape == std::vector<std::int64_t>{4});
        for (std::size_t n = 0; n < whole.size(); ++n) QVERIFY(!readNpyHeader(whole.substr(0, n)));
        QVERIFY(readNpyHeader(npy(">i2", "(4,)", ""))->bigEndian &&
                !readNpyHeader(npy("|u1", "(4,)", ""))->bigEndian);
    }
};

QTEST_APPLESS_MAIN(ArraysTest)
#include "test_arrays.moc"
