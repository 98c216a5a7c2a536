// SPDX-License-Identifier: Apache-2.0
// A user's own images: what a folder gives, what is learned from it, and what is refused.
#include <QtTest>
#include <cmath>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <set>

#include "data/own_images.hpp"
#include "data/png_image.hpp"
#include "model/diffusion/concept_set.hpp"

using namespace concept_space;

namespace {

/// `n` pictures of each combination, 20 × 16 pixels: red says the first attribute, green the second, blue the
/// number.
void fillFolder(const std::filesystem::path& folder, int n, const std::string& header = "file,Hat,Age,Smile",
                char comma = ',') {
    std::ofstream table(folder / "labels.csv");
    table << header << "\n";
    for (int c = 0; c < 4; ++c)
        for (int i = 0; i < n; ++i) {
            const std::string name = "p" + std::to_string(c) + "_" + std::to_string(i) + ".png";
            Picture picture{20, 16, {}};
            for (int p = 0; p < 20 * 16; ++p)
                picture.rgb.insert(picture.rgb.end(), {static_cast<std::uint8_t>(c & 2 ? 255 : 0),
                                                       static_cast<std::uint8_t>(c & 1 ? 255 : 0),
                                                       static_cast<std::uint8_t>(i)});
            writePng(folder / name, picture);
            table << name << comma << (c & 2 ? 1 : -1) << comma << 0 << comma << (c & 1 ? 1 : 0) << "\n";
        }
}

template <class Call>
QString refusal(Call call) {
    try {
        call();
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class OwnImagesTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    std::filesystem::path folder(const char* name) const {
        const std::filesystem::path path = m_dir.filePath(name).toStdString();
        std::filesystem::create_directories(path);
        return path;
    }

  private Q_SLOTS:
    void initTestCase() {
        if (!hasPng()) QSKIP("Built without libpng.");
    }

    /// Names alone: no image has to be there.
    void attributesAreNamedAsTheTableSpellsThem() {
        const std::filesystem::path path = folder("names");
        std::ofstream(path / "labels.csv") << "file,Wearing_Hat,Age,Smile\n";
        const auto names = [&](const std::string& first, const std::string& second) {
            return ownAttributes({.folder = path, .first = first, .second = second, .side = 8});
        };
        QVERIFY((names("smile", "wearing hat") == std::array<std::string, 2>{"Smile", "Wearing_Hat"}));
        QVERIFY((names("", "") == std::array<std::string, 2>{"Wearing_Hat", "Age"}));
        QVERIFY((names("", "wearing-hat") == std::array<std::string, 2>{"Age", "Wearing_Hat"}));
        QVERIFY(refusal([&] { names("Beard", ""); }).contains("names no attribute 'Beard'"));
        QVERIFY(refusal([&] { names("age", "Age"); }).contains("name two"));
    }

    void picturesAreAveragedOverTheirMiddle() {
        Picture picture{6, 4, std::vector<std::uint8_t>(72, 0)};
        for (int y = 0; y < 4; ++y)
            for (int x = 0; x < 6; ++x)
                picture.rgb[static_cast<std::size_t>(y * 6 + x) * 3] = static_cast<std::uint8_t>(x * 40);
        const std::vector<float> two = squareOf(picture, 2);  // columns 1 … 4 in pairs
        QVERIFY(std::abs(two[0] - 60.0F / 255) < 1e-6F && std::abs(two[3] - 140.0F / 255) < 1e-6F);
        const std::vector<float> three = squareOf(picture, 3);  // columns of 4/3 pixels
        QVERIFY(std::abs(three[0] - (40.0F + 80.0F / 3) / (4.0F / 3) / 255) < 1e-5F);
        QVERIFY_EXCEPTION_THROWN(squareOf(picture, 5), latent::RunError);
    }

    void sheetsComeBack() {
        std::vector<float> tiles(2 * 3 * 4 * 4 * 3);
        for (std::size_t i = 0; i < tiles.size(); ++i) tiles[i] = static_cast<float>(i % 256) / 255;
        const Picture sheet = sheetOf(tiles, 2, 3, 4);
        QVERIFY(sheet.width == 14 && sheet.height == 9);
        const std::filesystem::path path = folder("sheet") / "a.png";
        writePng(path, sheet);
        const Picture back = readPng(path);
        QVERIFY(back.width == 14 && back.rgb == sheet.rgb);
        QCOMPARE(int(back.rgb[(5 * 14 + 5) * 3]), (4 * 48) % 256);  // second row, second tile
        QCOMPARE(int(back.rgb[4 * 3]), 255);                        // between tiles
    }

    void aFolderBecomesClasses() {
        const auto path = folder("good");
        fillFolder(path, 10);
        const OwnImages own =
            readOwnImages({.folder = path, .first = "Hat", .second = "Smile", .side = 8, .mostPerClass = 9});
        QCOMPARE(own.attributes[1], std::string("Smile"));
        for (std::size_t c = 0; c < 4; ++c) {
            QCOMPARE(own.classes[c].size(), std::size_t{9});
            QCOMPARE(own.classes[c][3][0], c & 2 ? 1.0F : 0.0F);
            QCOMPARE(own.classes[c][3][1], c & 1 ? 1.0F : 0.0F);
            QVERIFY(std::abs(own.classes[c][3][2] - 3.0F / 255) < 1e-6F);
        }
        const OwnImages otherWay =
            readOwnImages({.folder = path, .first = "Smile", .second = "Hat", .side = 8});
        QVERIFY(otherWay.classes[1] != own.classes[1]);
        const auto blanks = folder("blanks");
        fillFolder(blanks, 8, "file Hat Age Smile", ' ');
        QCOMPARE(
            readOwnImages({.folder = blanks, .first = "Hat", .second = "Smile", .side = 8}).classes[2].size(),
            std::size_t{8});
    }

    /// Of a long table no more is read than is asked for.
    void tablesAreReadUntilAllClassesAreFull() {
        const auto path = folder("long");
        fillFolder(path, 9);
        std::ofstream(path / "labels.csv", std::ios::app) << "none.png,1,1,maybe\n";
        const auto read = [&](int most) {
            return refusal([&] {
                readOwnImages(
                    {.folder = path, .first = "Hat", .second = "Smile", .side = 8, .mostPerClass = most});
            });
        };
        QCOMPARE(read(9), QString());
        QVERIFY(read(10).contains("Line 38"));
    }

    /// Images and training set together: 7 numbers for each of one class.
    void whatFitsInMemoryIsAsked() {
        const auto why = [](int side, int most) {
            return refusal([&] {
                OwnSpec{.folder = {}, .first = "", .second = "", .side = side, .mostPerClass = most}
                    .validate();
            });
        };
        QCOMPARE(why(64, 24'000), QString());
        QVERIFY(why(64, 26'000).contains("'samples_per_class'"));
        QVERIFY(why(8, 7).contains("8 or more"));
    }

    void setsHoldNothingHeldOut() {
        const auto path = folder("set");
        fillFolder(path, 20);
        const OwnSpec spec{.folder = path, .first = "Hat", .second = "Smile", .side = 8};
        const ConceptSet set = ConceptSet::own(readOwnImages(spec), 0, 1);
        QCOMPARE(set.size(), std::size_t{60});
        for (std::size_t i = 0; i < set.size(); ++i) {
            QVERIFY(set.label(i) != 3 && !(set.x(i)[0] == 1 && set.x(i)[1] == 1));
            QCOMPARE(set.condition(i)[1], set.x(i)[0]);
            QCOMPARE(set.condition(i)[0] + set.condition(i)[1], 1.0F);
            const std::vector<double> read = set.read(set.x(i).data());
            QVERIFY(std::abs(read[0] - static_cast<double>(set.x(i)[0])) < .01);
        }
        QCOMPARE(set.meanCondition(3), (std::vector<float>{0, 1, 0, 1}));
        QCOMPARE(set.classNames()[1], std::string("not Hat, Smile"));
        QVERIFY(std::abs(set.signal()[0] - 1. / 3) < 1e-6);
        // A learned probe is tested on images that it was not trained on.
        std::set<float> known, fresh;
        for (std::uint64_t i = 0; i < 200; ++i) {
            known.insert(set.sample(3, kProbeNumbers + i)[2]);
            fresh.insert(set.sample(3, kFreshNumbers + i)[2]);
        }
        QCOMPARE(known.size(), std::size_t{17});
        QCOMPARE(fresh.size(), std::size_t{3});
        for (const float v : fresh) QVERIFY(!known.count(v));
        const ConceptSet masked = ConceptSet::own(readOwnImages(spec), 1, 1);
        for (std::size_t i = 0; i < masked.size(); ++i)
            QCOMPARE(masked.condition(i)[0] + masked.condition(i)[1], masked.label(i) == 1 ? 0.0F : 1.0F);
    }

    void whatDoesNotFitIsRefused() {
        const auto why = [&](const std::filesystem::path& path, const char* first = "Hat",
                             const char* second = "Smile", int side = 8) {
            return refusal(
                [&] { readOwnImages({.folder = path, .first = first, .second = second, .side = side}); });
        };
        const auto path = folder("bad");
        QVERIFY(why(path).contains("labels.csv"));
        fillFolder(path, 8);
        QCOMPARE(why(path), QString());
        QVERIFY(why(path, "Beard").contains("Hat, Age, Smile"));
        QVERIFY(why(path, "Hat", "Hat").contains("the same"));
        QVERIFY(why(path, "Hat", "Smile", 20).contains("16 pixels"));
        QVERIFY(why(path, "Hat", "Smile", 100).contains("'side'"));
        QVERIFY(why(path, "Hat", "Age").contains("'not Hat, Age'"));  // one class is empty
        const std::filesystem::path table = path / "labels.csv", kept = path / "kept.csv";
        std::filesystem::copy_file(table, kept);
        const auto withLine = [&](const std::string& line) {
            std::filesystem::copy_file(kept, table, std::filesystem::copy_options::overwrite_existing);
            std::ofstream(table, std::ios::app) << line << "\n";
            return why(path);
        };
        QVERIFY(withLine("../secret.png,1,1,1").contains("inside of the folder"));
        QVERIFY(withLine("p0_1.png,1,1,maybe").contains("Line 34"));
        QVERIFY(withLine("p0_1.png,1").contains("has 2 columns and the first line 4"));
        QVERIFY(withLine("p0_1.png,1,1,1,1").contains("has 5 columns and the first line 4"));
        QVERIFY(withLine("none.png,1,1,1").contains("none.png"));
        QVERIFY(withLine(std::string(1 << 17, 'x')).contains("too long"));
        QCOMPARE(withLine(""), QString());  // an empty line at the end is nothing
        // The rows of CelebA have a name more than its first line, which would shift every attribute.
        const auto shifted = folder("shifted");
        fillFolder(shifted, 8, "Hat Age Smile", ' ');
        QVERIFY(why(shifted, "Hat", "Smile").contains("names no attribute 'Hat'; there are: Age, Smile"));
        QVERIFY(why(shifted, "Age", "Smile").contains("Line 2") &&
                why(shifted, "Age", "Smile").contains("has 4 columns and the first line 3"));
        Picture noise{64, 64, {}};
        latent::learn::RandomStream stream(1, "test/noise");
        for (int i = 0; i < 64 * 64 * 3; ++i)
            noise.rgb.push_back(static_cast<std::uint8_t>(stream.below(256)));
        writePng(path / "p1_2.png", noise);
        std::filesystem::resize_file(path / "p1_2.png", 2000);
        QVERIFY(why(path).contains("p1_2.png"));
        std::ofstream(path / "p0_0.png") << "no image";
        QVERIFY(why(path).contains("p0_0.png"));
    }
};

QTEST_APPLESS_MAIN(OwnImagesTest)
#include "own_images_test.moc"
