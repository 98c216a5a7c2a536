// SPDX-License-Identifier: Apache-2.0
// NumPy's files, read box by box and in double precision; damaged and dangerous ones are refused with a
// sentence. (icl_recordings_test reads those that numpy itself has written.)
#include <QtTest>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/array_file.hpp>
#include <latent/learn/arrays/npy_header.hpp>
#include <latent/learn/random.hpp>

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
