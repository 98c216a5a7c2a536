// SPDX-License-Identifier: Apache-2.0
// Tables of images: CelebA's as it is, attributes however they are spelt, and what is refused.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>
#include <fstream>
#include <latent/error.hpp>

#include "data/attribute_names.hpp"
#include "data/image_table.hpp"
#include "data/own_images.hpp"
#include "data/picture.hpp"
#include "data/png_image.hpp"

using namespace concept_space;

namespace {

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

class ImageTableTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    /// A fresh folder with this table.
    std::filesystem::path folder(const char* name, const char* table, const std::string& text) const {
        const std::filesystem::path path = m_dir.filePath(name).toStdString();
        std::filesystem::create_directories(path);
        std::ofstream(path / table, std::ios::binary) << text;
        return path;
    }

  private Q_SLOTS:
    /// The first lines of list_attr_celeba.txt have blanks at the end, and two before a positive number.
    void celebaIsReadAsItIs() {
        const auto path =
            folder("celeba", "list_attr_celeba.txt",
                   "3\r\n5_o_Clock_Shadow Male Smiling Wearing_Hat \r\n"
                   "000001.jpg -1  1  1 -1\r\n000002.jpg  1 -1 -1  1\r\n000003.jpg -1 -1  1 -1\r\n");
        ImageTable table(path);
        QCOMPARE(table.attributes(),
                 (std::vector<std::string>{"5_o_Clock_Shadow", "Male", "Smiling", "Wearing_Hat"}));
        const std::size_t male = table.attribute("Male"), hat = table.attribute("wearing hat");
        QVERIFY(table.next());
        QVERIFY(table.file() == path / "000001.jpg" && table.isYes(male) && !table.isYes(hat));
        QVERIFY(table.next());
        QVERIFY(table.file() == path / "000002.jpg" && !table.isYes(male) && table.isYes(hat));
        QVERIFY(table.next() && !table.isYes(male) && !table.isYes(hat));
        QVERIFY(!table.next());
        std::filesystem::create_directories(path / "img_align_celeba");
        ImageTable unpacked(path);
        QVERIFY(unpacked.next());
        QCOMPARE(unpacked.file(), path / "img_align_celeba" / "000001.jpg");
    }

    void celebaBecomesClasses() {
        if (!hasPng()) QSKIP("Built without libpng.");
        std::string text = "32\nHat Smile\n";
        for (int i = 0; i < 32; ++i)
            text +=
                std::to_string(i) + ".png " + (i % 4 & 2 ? " 1" : "-1") + (i % 4 & 1 ? "  1" : " -1") + "\n";
        const auto path = folder("classes", "list_attr_celeba.txt", text);
        std::filesystem::create_directories(path / "img_align_celeba");
        for (int i = 0; i < 32; ++i)
            writePng(path / "img_align_celeba" / (std::to_string(i) + ".png"),
                     {8, 8, std::vector<std::uint8_t>(192, static_cast<std::uint8_t>(i))});
        const OwnImages own = readOwnImages({.folder = path, .first = "HAT", .second = "smile", .side = 8});
        QCOMPARE(own.attributes[0], std::string("Hat"));
        QVERIFY(own.classes[2].size() == 8 && std::abs(own.classes[2][1][0] - 6.0F / 255) < 1e-6F);
    }

    void numbersOfRowsThatLieAreRefused() {
        const auto read = [&](const char* count) {
            return refusal([&] {
                ImageTable table(folder("lies", "list_attr_celeba.txt",
                                        std::string(count) + "\nA B\nx.png 1 1\ny.png 1 -1\n"));
                while (table.next()) {
                }
            });
        };
        QCOMPARE(read("2"), QString());
        QVERIFY(read("3").contains("3 images by its first line and ends after 2"));
        QVERIFY(read("1").contains("Line 4") && read("1").contains("one more than the 1"));
        QVERIFY(read("9999999999999999999").contains("Line 1"));  // no count, and no header
        const auto why = [&](const std::string& text) {
            return refusal([&] {
                ImageTable table(folder("lies", "list_attr_celeba.txt", text));
                while (table.next()) {
                }
            });
        };
        QVERIFY(why("").contains("must name the attributes"));
        QVERIFY(why("5\n").contains("must name the attributes"));
        QVERIFY(why("1\nA\nx.png 1\n").contains("two attributes"));
        QVERIFY(why("1\nA B\nx.png 1\n").contains("has 2 columns and the names of attributes take 3"));
    }

    /// A pipe would block for ever. (These hold something, so that a program that does open them comes back.)
    void pipesAreNotOpened() {
        const auto pipe = [](const std::filesystem::path& path, std::string_view text) {
            ::mkfifo(path.c_str(), 0600);
            const int both = ::open(path.c_str(), O_RDWR | O_NONBLOCK);
            return both >= 0 && ::write(both, text.data(), text.size()) > 0;
        };
        const std::filesystem::path path = m_dir.filePath("pipes").toStdString();
        std::filesystem::create_directories(path);
        QVERIFY(pipe(path / "labels.csv", "file,Hat,Smile\na.png,1,0\n"));
        QVERIFY(refusal([&] { ImageTable none(path); }).contains("has no table 'labels.csv'"));
        QVERIFY(pipe(path / "a.png", "no image"));
        QVERIFY(refusal([&] { readPicture(path / "a.png"); }).contains("a.png' is no ordinary file"));
        std::filesystem::create_symlink(path / "a.png", path / "b.png");
        QVERIFY(refusal([&] { readPicture(path / "b.png"); }).contains("b.png' is no ordinary file"));
        QVERIFY(refusal([&] { readPicture(path / "none.png"); }).contains("cannot be opened"));
    }

    void namesAreFoundHoweverTheyAreSpelt() {
        const std::vector<std::string> names{"Male", "Wearing_Hat", "wearing hat", "Black_Hair"};
        QCOMPARE(findAttribute(names, "Male"), std::optional<std::size_t>(0));
        QCOMPARE(findAttribute(names, "black-hair"), std::optional<std::size_t>(3));
        QCOMPARE(findAttribute(names, "wearing hat"), std::optional<std::size_t>(2));
        QCOMPARE(findAttribute(names, "Wearing_Hat"), std::optional<std::size_t>(1));
        QVERIFY(!findAttribute(names, "WEARING HAT"));  // may be either
        QVERIFY(!findAttribute(names, "Hair"));
    }

    void valuesAreReadHoweverTheyAreSpelt() {
        for (const char* yes : {"1", "1.0", "TRUE", "True", "yes", "Y", "t"})
            QCOMPARE(yesOrNo(std::string(yes)), std::optional(true));
        for (const char* no : {"0", "-1", "0.0", "-1.0", "False", "NO", "n", "f"})
            QCOMPARE(yesOrNo(std::string(no)), std::optional(false));
        for (const char* other : {"", "2", "maybe", ".5", "11", "nan"}) QVERIFY(!yesOrNo(std::string(other)));
        QVERIFY(yesOrNo(1.0) == true && yesOrNo(0.0) == false && yesOrNo(-1.0) == false && !yesOrNo(.5) &&
                !yesOrNo(std::nan("")));
        ImageTable table(folder("words", "labels.csv", "name;Hat;Smile\na.png;Yes;no\n"));
        QVERIFY(table.next() && table.isYes(0) && !table.isYes(1));
    }

    /// Kaggle's copy of CelebA is an ordinary table under another name.
    void otherNamesOfTheTable() {
        ImageTable table(
            folder("kaggle", "list_attr_celeba.csv", "image_id,Male,Smiling\n000001.jpg,-1,1\n"));
        QVERIFY(table.next() && !table.isYes(0) && table.isYes(1));
        QVERIFY(
            refusal([&] { ImageTable none(m_dir.path().toStdString()); }).contains("'list_attr_celeba.txt'"));
    }
};

QTEST_APPLESS_MAIN(ImageTableTest)
#include "image_table_test.moc"
