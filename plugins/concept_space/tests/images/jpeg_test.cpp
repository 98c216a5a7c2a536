// SPDX-License-Identifier: Apache-2.0
// JPEG files: what is read of them, and what is refused.
#include <turbojpeg.h>

#include <QtTest>
#include <fstream>
#include <latent/error.hpp>

#include "data/jpeg_image.hpp"

using namespace concept_space;

namespace {

constexpr int kWidth = 40, kHeight = 24;

/// Left red, right blue; as JPEG of one of TurboJPEG's samplings.
std::string jpeg(int sampling, int flags = 0) {
    std::vector<unsigned char> rgb;
    for (int p = 0; p < kWidth * kHeight; ++p) {
        const bool left = p % kWidth < kWidth / 2;
        rgb.insert(rgb.end(), {static_cast<unsigned char>(left ? 200 : 20), 40,
                               static_cast<unsigned char>(left ? 20 : 200)});
    }
    const tjhandle encoder = tjInitCompress();
    unsigned char* out = nullptr;
    unsigned long bytes = 0;
    tjCompress2(encoder, rgb.data(), kWidth, 0, kHeight, TJPF_RGB, &out, &bytes, sampling, 95, flags);
    std::string text(reinterpret_cast<char*>(out), bytes);
    tjFree(out);
    tjDestroy(encoder);
    return text;
}

std::string cmykJpeg() {
    const std::vector<unsigned char> inks(4 * kWidth * kHeight, 90);
    const tjhandle encoder = tjInitCompress();
    unsigned char* out = nullptr;
    unsigned long bytes = 0;
    tjCompress2(encoder, inks.data(), kWidth, 0, kHeight, TJPF_CMYK, &out, &bytes, TJSAMP_444, 95, 0);
    std::string text(reinterpret_cast<char*>(out), bytes);
    tjFree(out);
    tjDestroy(encoder);
    return text;
}

/// With another size in the frame's header, which is after the tables.
std::string claiming(std::string file, int width, int height) {
    const std::size_t frame = file.find("\xFF\xC0");
    for (const auto& [at, value] : {std::pair{5, height}, {7, width}}) {
        file[frame + static_cast<std::size_t>(at)] = static_cast<char>(value >> 8);
        file[frame + static_cast<std::size_t>(at) + 1] = static_cast<char>(value & 255);
    }
    return file;
}

}  // namespace

class JpegTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    std::filesystem::path write(const std::string& bytes) const {
        const std::filesystem::path path = m_dir.filePath("a.jpg").toStdString();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    QString refusal(const std::string& bytes) const {
        try {
            readPicture(write(bytes));
            return {};
        } catch (const latent::RunError& e) {
            return QString::fromUtf8(e.what());
        }
    }

  private Q_SLOTS:
    void colourComesBack() {
        for (const int sampling : {TJSAMP_444, TJSAMP_420}) {
            const Picture picture = readPicture(write(jpeg(sampling)));
            QVERIFY(picture.width == kWidth && picture.height == kHeight);
            QCOMPARE(picture.rgb.size(), std::size_t{3 * kWidth * kHeight});
            const std::uint8_t *left = picture.rgb.data() + 3 * (5 * kWidth + 2),
                               *right = left + 3 * (kWidth - 5);
            QVERIFY(std::abs(left[0] - 200) < 6 && std::abs(left[1] - 40) < 6 && std::abs(left[2] - 20) < 6);
            QVERIFY(std::abs(right[0] - 20) < 6 && std::abs(right[2] - 200) < 6);
        }
        // Progressive files, as the web has them, hold the same picture.
        const Picture progressive = readPicture(write(jpeg(TJSAMP_444, TJFLAG_PROGRESSIVE)));
        QVERIFY(progressive.rgb == readPicture(write(jpeg(TJSAMP_444))).rgb);
    }

    void greyBecomesRgb() {
        const Picture picture = readPicture(write(jpeg(TJSAMP_GRAY)));
        QCOMPARE(picture.rgb.size(), std::size_t{3 * kWidth * kHeight});
        for (std::size_t p = 0; p < picture.rgb.size(); p += 3)
            QVERIFY(picture.rgb[p] == picture.rgb[p + 1] && picture.rgb[p] == picture.rgb[p + 2]);
        QVERIFY(std::abs(picture.rgb[6] - 86) < 4);  // .299 · 200 + .587 · 40 + .114 · 20
    }

    void hostileFilesAreRefused() {
        const std::string good = jpeg(TJSAMP_444);
        QCOMPARE(refusal(good), QString());
        QVERIFY(refusal(cmykJpeg()).contains("CMYK"));
        for (const std::size_t left :
             {good.size() - 40, good.size() / 2, std::size_t{200}, std::size_t{20}, std::size_t{4}}) {
            const QString why = refusal(good.substr(0, left));
            QVERIFY2(why.contains("a.jpg") && (why.contains("damaged") || why.contains("cannot be read")),
                     qPrintable(why));
        }
        QVERIFY(refusal(claiming(good, 65'000, 65'000)).contains("65000 × 65000 pixels"));
        QVERIFY(refusal(claiming(good, 16'000, 16'000)).contains("more than is read"));
        QVERIFY(refusal(claiming(good, kWidth, 400)).contains("damaged"));  // fewer rows than it says
        QVERIFY(!refusal(claiming(good, 0, 0)).isEmpty());
        for (const char* other : {"GIF89a", "", "BM", "<svg/>", "RIFF"})
            QVERIFY(refusal(other).contains("neither a PNG nor a JPEG"));
        QVERIFY(!refusal("\xFF\xD8\xFF" + std::string(5000, 'x')).isEmpty());
        try {
            readPicture(m_dir.filePath("none.jpg").toStdString());
            QFAIL("a file that is not there");
        } catch (const latent::RunError& e) {
            QVERIFY(QString::fromUtf8(e.what()).contains("none.jpg"));
        }
    }
};

QTEST_APPLESS_MAIN(JpegTest)
#include "jpeg_test.moc"
