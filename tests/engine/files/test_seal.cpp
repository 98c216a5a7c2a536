// SPDX-License-Identifier: Apache-2.0
// The seal tells ours, intact, broken and unsealed files apart, for whole files and for large arrays.
#include <sys/stat.h>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "engine/files/operations.hpp"
#include "engine/files/seal.hpp"
#include "engine/files/sha256.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

class Seal : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    SealKey m_key{"ours"};
    fs::path at(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }
    void flip(const fs::path& path, std::streamoff where) const {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(where);
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(where);
        file.put(byte);
    }

  private Q_SLOTS:
    void wholeFiles() {
        std::string payload(2'500'000, 'p');
        QVERIFY(bool(writeNew(at("f"), payload)));
        QVERIFY(checkSeal(at("f"), m_key)->state == Sealed::None);
        const auto sha = sealFile(at("f"), m_key);
        QCOMPARE(*sha, sha256Hex(payload));
        const auto report = checkSeal(at("f"), m_key);
        QVERIFY(report->state == Sealed::Ours);
        QCOMPARE(report->payloadBytes, std::uint64_t(payload.size()));
        QCOMPARE(report->sha256, *sha);
        QVERIFY(checkSealBytes(*readFile(at("f"), 1u << 22), m_key).state == Sealed::Ours);
        QVERIFY(checkSeal(at("f"), SealKey("another"))->state == Sealed::Intact);
        flip(at("f"), 1'234'567);
        QVERIFY(checkSeal(at("f"), m_key)->state == Sealed::Broken);
        flip(at("f"), 1'234'567);
        flip(at("f"), 2'500'000 + 100);  // in the HMAC
        QVERIFY(checkSeal(at("f"), m_key)->state == Sealed::Intact);
        fs::resize_file(at("f"), 1'000'000);
        QVERIFY(checkSeal(at("f"), m_key)->state == Sealed::None);
    }
    void trailerHasItsSize() { QCOMPARE(sealTrailer(m_key, sha256Hex("x")).size(), kSealTrailerBytes); }
    void largeArraysCoverTheirStructureOnly() {
        QVERIFY(bool(writeNew(at("l"), std::string(10'000, 's'))));
        QVERIFY(bool(sealSlabFile(at("l"), m_key, 4096, 5000)));
        QVERIFY(checkSeal(at("l"), m_key)->state == Sealed::Ours);
        flip(at("l"), 5000);
        QVERIFY(checkSeal(at("l"), m_key)->state == Sealed::Ours);  // data
        QCOMPARE(checkSeal(at("l"), m_key)->dataOffset, std::uint64_t(4096));
        flip(at("l"), 9500);
        QVERIFY(checkSeal(at("l"), m_key)->state == Sealed::Broken);  // structure after the data
        flip(at("l"), 9500);
        flip(at("l"), 10'000 + 20);  // the offset in the trailer
        QVERIFY(checkSeal(at("l"), m_key)->state != Sealed::Ours);
    }
    void keyIsPrivateAndStays() {
        const auto first = SealKey::load(at("state"));
        QVERIFY(bool(first));
        QCOMPARE(first->sign("x"), SealKey::load(at("state"))->sign("x"));
        struct stat info {};
        QCOMPARE(::stat(at("state/seal.key").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777u, 0600u);
        QVERIFY(bool(writeNew(at("state/seal.key"), "short")));
        QVERIFY(SealKey::load(at("state")).error().message.find("seal.key") != std::string::npos);
    }
};
QTEST_APPLESS_MAIN(Seal)
#include "test_seal.moc"
