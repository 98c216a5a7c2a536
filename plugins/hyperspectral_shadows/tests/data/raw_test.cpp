// SPDX-License-Identifier: Apache-2.0
// ENVI and NumPy: every type, byte order and order of axes gives the same numbers; what is wrong is said.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "cube_files.hpp"
#include "data/cube.hpp"
#include "data/raw_cube.hpp"

using namespace hyperspectral_shadows;

namespace {

constexpr int kLines = 3, kSamples = 4, kBands = 5;

std::string enviHeader(int type, const std::string& interleave, int byteOrder, const std::string& more = {}) {
    return "ENVI\ndescription = {\n  two lines,\n  of words}\nsamples = 4\nlines   = 3\nbands = 5\nheader "
           "offset = 0\ndata type = " +
           std::to_string(type) + "\ninterleave = " + interleave +
           "\nbyte order = " + std::to_string(byteOrder) + "\n" + more;
}

bool isTheCube(const std::vector<float>& all) {
    std::size_t i = 0;
    for (int y = 0; y < kLines; ++y)
        for (int x = 0; x < kSamples; ++x)
            for (int c = 0; c < kBands; ++c)
                if (all[i++] != valueAt(y, x, c)) return false;
    return i == all.size();
}

std::string numpy(const std::string& descr, bool fortran, const std::string& shape, const std::string& data) {
    std::string words = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                        ", 'shape': " + shape + ", }";
    while ((words.size() + 11) % 64 != 0) words += ' ';
    words += '\n';
    std::string head = "\x93NUMPY";
    head += '\1';
    head += '\0';
    head += static_cast<char>(words.size() & 255);
    head += static_cast<char>(words.size() >> 8);
    return head + words + data;
}

}  // namespace

class RawTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::string at(const char* name) const { return m_folder.filePath(name).toStdString(); }

    template <class T>
    void everyOrder(int code) {
        for (const std::string interleave : {"bsq", "bil", "bip"})
            for (const int order : {0, 1}) {
                writeFile(at("cube.hdr"), enviHeader(code, interleave, order));
                writeFile(at("cube.img"), cubeBytes<T>(interleave, kLines, kSamples, kBands, order == 1));
                for (const char* name : {"cube.hdr", "cube.img"}) {
                    const auto cube = openCube(at(name));
                    QVERIFY2(isTheCube(whole(*cube)), (interleave + " type " + std::to_string(code) +
                                                       " order " + std::to_string(order))
                                                          .c_str());
                    std::vector<float> line(kSamples * kBands);
                    cube->read(2, 1, line.data());
                    QCOMPARE(line[0], valueAt(2, 0, 0));
                }
            }
    }

    std::string refused(const char* name) const {
        return refusal([&] { openCube(at(name)); });
    }
    std::string refusedHeader(const std::string& header) {
        writeFile(at("bad.hdr"), header);
        writeFile(at("bad.img"), std::string(240, 'x'));
        return refused("bad.hdr");
    }

  private Q_SLOTS:
    void everyTypeAndOrderOfEnvi() {
        everyOrder<std::int16_t>(2);
        everyOrder<std::int32_t>(3);
        everyOrder<float>(4);
        everyOrder<double>(5);
        everyOrder<std::uint16_t>(12);
        everyOrder<std::uint32_t>(13);
        everyOrder<std::int64_t>(14);
        everyOrder<std::uint64_t>(15);
        writeFile(at("byte.hdr"), enviHeader(1, "bip", 0));
        writeFile(at("byte.img"), cubeBytes<std::uint8_t>("bip", kLines, kSamples, kBands, false));
        QCOMPARE(whole(*openCube(at("byte.hdr")))[41],
                 static_cast<float>(static_cast<std::uint8_t>(valueAt(2, 0, 1))));
    }

    void headersInCapitalsAreFound() {
        const std::string bytes = cubeBytes<float>("bil", kLines, kSamples, kBands, false);
        writeFile(at("LOUD.HDR"), enviHeader(4, "bil", 0)), writeFile(at("LOUD.IMG"), bytes);
        writeFile(at("both.DAT.HDR"), enviHeader(4, "bil", 0)), writeFile(at("both.DAT"), bytes);
        for (const char* name : {"LOUD.HDR", "LOUD.IMG", "both.DAT.HDR", "both.DAT"})
            QVERIFY2(isTheCube(whole(*openCube(at(name)))), name);
    }

    void enviKeysCount() {
        writeFile(
            at("keys.hdr"),
            enviHeader(4, "bil", 0,
                       "wavelength units = Micrometers\nwavelength = {1.60, 1.61,\n 1.62, 1.63, 1.64}\nbbl = "
                       "{1, 1, 0, 1, 1}\ndata ignore value = 123\nreflectance scale factor = 2\n"));
        writeFile(at("keys.img"), cubeBytes<float>("bil", kLines, kSamples, kBands, false));
        const auto cube = openCube(at("keys.hdr"));
        QCOMPARE(cube->header().wavelengthNm.front(), 1600.0);
        QCOMPARE(cube->header().goodBand, (std::vector<bool>{true, true, false, true, true}));
        const std::vector<float> all = whole(*cube);
        QCOMPARE(all[0], .5F);
        QVERIFY(std::isnan(all[((1 * kSamples + 2) * kBands) + 2]));  // 100 + 20 + 3 is the value to ignore
    }

    void theValueForNoneHasMoreDigitsThanTheFile() {
        writeFile(at("none.hdr"), enviHeader(4, "bip", 0, "data ignore value = -999.9\n"));
        auto bytes = cubeBytes<float>("bip", kLines, kSamples, kBands, false);
        const float none = -999.9F;
        std::memcpy(bytes.data() + 7 * sizeof none, &none, sizeof none);
        writeFile(at("none.img"), bytes);
        const std::vector<float> all = whole(*openCube(at("none.hdr")));
        QVERIFY(std::isnan(all[7]));
        QCOMPARE(std::count_if(all.begin(), all.end(), [](float v) { return std::isnan(v); }), 1);
    }

    void valuesForNoneAtTheEndOfTheRangeCount() {
        constexpr float kMost = std::numeric_limits<float>::max(),
                        kInfinity = std::numeric_limits<float>::infinity();
        for (const auto& [words, none] : {std::pair{"-3.4028235e+38", -kMost},
                                          {"-3.40282347e+38", -kMost},
                                          {"3.4028234663852886e+38", kMost},
                                          {"-1.7976931348623157e+308", -kMost},
                                          {"inf", kInfinity},
                                          {"-inf", -kInfinity}}) {
            writeFile(at("most.hdr"),
                      enviHeader(4, "bip", 0, std::string("data ignore value = ") + words + "\n"));
            auto bytes = cubeBytes<float>("bip", kLines, kSamples, kBands, false);
            const float other = -none;
            std::memcpy(bytes.data() + 7 * sizeof none, &none, sizeof none);
            std::memcpy(bytes.data() + 9 * sizeof other, &other, sizeof other);
            writeFile(at("most.img"), bytes);
            const std::vector<float> all = whole(*openCube(at("most.hdr")));
            QVERIFY2(std::isnan(all[7]), words);
            QCOMPARE(all[9], other);
            QCOMPARE(std::count_if(all.begin(), all.end(), [](float v) { return std::isnan(v); }), 1);
        }
    }

    void planesAreReadInPieces() {
        // Of a plane of 4 samples a line is 16 bytes: a piece worth a seek is longer than the cube.
        for (const char* interleave : {"bsq", "bil", "bip"}) {
            writeFile(at("plane.hdr"), enviHeader(4, interleave, 0));
            writeFile(at("plane.img"), cubeBytes<float>(interleave, kLines, kSamples, kBands, false));
            QCOMPARE(openCube(at("plane.hdr"))->header().linesTogether,
                     std::int64_t{std::string(interleave) == "bsq" ? kLines : 1});
        }
    }

    void aPassHoldsNoMoreOfAFileThanItReads() {
        const auto heldMegabytes = [] {
            std::ifstream status("/proc/self/status");
            for (std::string word; status >> word;)
                if (word == "RssFile:") return status >> word, std::stol(word) / 1024;
            return -1L;
        };
        // 256 MB of zeros, which take no place on the disk.
        for (const char* interleave : {"bip", "bil"}) {
            writeFile(at("long.hdr"),
                      "ENVI\nsamples = 256\nlines = 1024\nbands = 256\ndata type = 4\n"
                      "byte order = 0\ninterleave = " +
                          std::string(interleave) + "\n");
            std::ofstream(at("long.img")).close();
            QVERIFY(QFile::resize(QString::fromStdString(at("long.img")), qint64{256} << 20));
            const auto cube = openCube(at("long.hdr"));
            const long before = heldMegabytes();
            QVERIFY(before >= 0);
            const std::int64_t step = 32;
            std::vector<float> lines(static_cast<std::size_t>(step) * cube->header().valuesPerLine());
            long most = 0;
            for (std::int64_t y = 0; y < cube->header().lines; y += step) {
                cube->read(y, step, lines.data());
                most = std::max(most, heldMegabytes() - before);
            }
            QVERIFY2(most < 96, qPrintable(QString::number(most)));
        }
        QFile::remove(QString::fromStdString(at("long.img")));
    }

    void offsetsBeyondTwoGigabytes() {
        constexpr std::int64_t kOffset = (std::int64_t{1} << 31) + 4096;
        writeFile(at("far.hdr"),
                  enviHeader(4, "bsq", 0) + "header offset = " + std::to_string(kOffset) + "\n");
        std::ofstream file(at("far.img"), std::ios::binary);  // a hole, and the cube behind it
        file.seekp(kOffset);
        file << cubeBytes<float>("bsq", kLines, kSamples, kBands, false);
        file.close();
        QVERIFY(isTheCube(whole(*openCube(at("far.hdr")))));
        QFile::remove(QString::fromStdString(at("far.img")));
    }

    void numpyInEveryOrder() {
        const std::string cube = cubeBytes<float>("bip", kLines, kSamples, kBands, false);
        writeFile(at("a.npy"), numpy("<f4", false, "(3, 4, 5)", cube));
        QVERIFY(isTheCube(whole(*openCube(at("a.npy")))));
        writeFile(at("b.npy"), numpy(">i2", false, "(3, 4, 5)",
                                     cubeBytes<std::int16_t>("bip", kLines, kSamples, kBands, true)));
        QVERIFY(isTheCube(whole(*openCube(at("b.npy")))));
        // (band, y, x) in C order is bsq; the same array in Fortran order is (x, y, band) in C order.
        writeFile(at("c.npy"), numpy("<f8", false, "(5, 3, 4)",
                                     cubeBytes<double>("bsq", kLines, kSamples, kBands, false)));
        QVERIFY(isTheCube(whole(*openCube(at("c.npy"), {"", "band,y,x"}))));
        writeFile(at("d.npy"),
                  numpy("<f8", true, "(4, 3, 5)", cubeBytes<double>("bsq", kLines, kSamples, kBands, false)));
        QVERIFY(isTheCube(whole(*openCube(at("d.npy"), {"", "x,y,band"}))));
    }

    void brokenFilesAreSaid() {
        using S = QString;
        const auto says = [](const std::string& sentence, const char* words) {
            return S::fromStdString(sentence).contains(words);
        };
        writeFile(at("empty.npy"), "");
        QVERIFY(says(refused("empty.npy"), "0 bytes"));
        QVERIFY(says(refused("none.nc"), "There is no file"));
        QVERIFY(says(refused("."), "is a folder"));
        writeFile(at("noise.dat"), "nothing that is known");
        QVERIFY(says(refused("noise.dat"), "noise.hdr"));
        writeFile(at("three.nc"), "CDF\1 and so on");
        QVERIFY(says(refused("three.nc"), "nccopy"));
        writeFile(at("short.npy"), numpy("<f4", false, "(3, 4, 5)", "too short"));
        QVERIFY(says(refused("short.npy"), "need 240"));
        writeFile(at("objects.npy"), numpy("|O", false, "(3, 4, 5)", ""));
        QVERIFY(says(refused("objects.npy"), "objects") || says(refused("objects.npy"), "element type"));
        writeFile(at("half.npy"), numpy("<f2", false, "(3, 4, 5)", std::string(120, '\0')));
        QVERIFY(says(refused("half.npy"), "element type"));
        writeFile(at("flat.npy"), numpy("<f4", false, "(3, 4)", std::string(48, '\0')));
        QVERIFY(says(refused("flat.npy"), "has 2 dimensions"));
        writeFile(at("good.npy"),
                  numpy("<f4", false, "(3, 4, 5)", cubeBytes<float>("bip", kLines, kSamples, kBands, false)));
        QVERIFY(says(refusal([&] { openCube(at("good.npy"), {"", "y,x,x"}); }), "'axes'"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0) + "lines = 400\n"), "The copy is incomplete"));
        QVERIFY(says(refusedHeader(enviHeader(6, "bil", 0)), "data type 6"));
        QVERIFY(says(refusedHeader(enviHeader(4, "xyz", 0)), "bsq, bil or bip"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 7)), "byte order 7"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0, "wavelength = {1, 2, 3}\n")),
                     "3 values of 'wavelength' for 5 bands"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0, "wavelength = {1600, 1601, 1601, 1602, 1603}\n")),
                     "repeat at band 2"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0, "wavelength = {1600, 1601, 1599, 1602, 1603}\n")),
                     "decrease at band 2"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0, "wavelength = {1600, 1601\n")), "never closed"));
        QVERIFY(says(refusedHeader(enviHeader(4, "bil", 0) + "samples = 9000000000000000\n"),
                     "no cube that can be worked with"));
        QVERIFY(says(refusedHeader("ENVI\nlines = 3\nbands = 5\n"), "no 'samples'"));
    }
};

QTEST_APPLESS_MAIN(RawTest)
#include "raw_test.moc"
