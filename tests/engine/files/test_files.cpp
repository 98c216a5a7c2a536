// SPDX-License-Identifier: Apache-2.0
// Files appear wholly or not at all, and every failure names the path.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

namespace {
int g_linkFails = 0, g_renameFails = 0;  ///< what the file system says to these calls; 0: it has them
}

// The file system of the tests.
extern "C" int link(const char* from, const char* to) {
    if (g_linkFails == 0) return static_cast<int>(syscall(SYS_link, from, to));
    errno = g_linkFails;
    return -1;
}
extern "C" int renameat2(int fromFolder, const char* from, int toFolder, const char* to, unsigned flags) {
    if (g_renameFails == 0)
        return static_cast<int>(syscall(SYS_renameat2, fromFolder, from, toFolder, to, flags));
    errno = g_renameFails;
    return -1;
}

class Files : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path at(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

  private Q_SLOTS:
    void writeNewReplacesWholeFiles() {
        QVERIFY(bool(writeNew(at("a"), "first")));
        QVERIFY(bool(writeNew(at("a"), std::string(3'000'000, 'x'))));
        QCOMPARE(readFile(at("a"), 4'000'000)->size(), std::size_t(3'000'000));
        for (const auto& entry : fs::directory_iterator(at("."))) {
            QVERIFY2(!isTemporaryName(entry.path().filename().string()), entry.path().c_str());
        }
    }
    void failuresNameThePath() {
        const auto missing = writeNew(at("no/such/folder/file"), "x");
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("no/such/folder") != std::string::npos);
        QVERIFY(missing.error().message.find("does not exist") != std::string::npos);
        QVERIFY(fileError("write", "r/run.h5", ENOSPC).message ==
                "Cannot write r/run.h5: no space is left on the disk.");
        QVERIFY(!readFile(at("nothing"), 10));
    }
    void readingIsLimited() {
        QVERIFY(bool(writeNew(at("big"), std::string(100, 'x'))));
        QVERIFY(bool(readFile(at("big"), 100)));
        const auto refusedRead = readFile(at("big"), 99);
        QVERIFY(!refusedRead);
        QCOMPARE(refusedRead.error().exit, Exit::RefusedInput);
        QVERIFY(!readFile(at("."), 100));
        QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
        QVERIFY(!readFile(at("pipe"), 100));  // and does not hang
    }
    void withoutHardLinks_data() {
        QTest::addColumn<int>("reason");
        QTest::newRow("FAT") << EPERM;
        QTest::newRow("FUSE") << ENOSYS;
        QTest::newRow("others") << EOPNOTSUPP;
    }
    void withoutHardLinks() {
        QFETCH(int, reason);
        g_linkFails = reason;
        const fs::path path = at(("linkless" + std::to_string(reason)).c_str());
        const auto first = createExclusive(path, "first"), second = createExclusive(path, "second");
        g_renameFails = EINVAL;
        const auto neither = createExclusive(at("neither"), "x");
        g_renameFails = ENOSPC;
        const auto full = createExclusive(at("full"), "x");
        g_linkFails = g_renameFails = 0;
        QVERIFY(first && *first);
        QVERIFY(second && !*second);
        QCOMPARE(*readFile(path, 10), std::string("first"));
        QVERIFY(!neither);
        QCOMPARE(neither.error().exit, Exit::RefusedInput);
        QVERIFY2(neither.error().message.find("has no hard links") != std::string::npos,
                 neither.error().message.c_str());
        QVERIFY(!full && full.error().message.find("no space") != std::string::npos);
        for (const auto& entry : fs::directory_iterator(at(".")))
            QVERIFY2(!isTemporaryName(entry.path().filename().string()), entry.path().c_str());
    }
    void createExclusiveHasOneWinner() {
        std::atomic<int> winners{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                const auto made = createExclusive(at("only"), "winner " + std::to_string(i));
                if (made && *made) ++winners;
            });
        }
        for (auto& thread : threads) thread.join();
        QCOMPARE(winners.load(), 1);
        QVERIFY(readFile(at("only"), 100)->starts_with("winner "));
    }
    void appendedLinesDoNotMix() {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                for (int k = 0; k < 200; ++k) {
                    if (!appendLine(at("log"), std::string(100, static_cast<char>('a' + i)))) return;
                }
            });
        }
        for (auto& thread : threads) thread.join();
        const std::string text = *readFile(at("log"), 1u << 20);
        QCOMPARE(text.size(), std::size_t(4 * 200 * 101));
        for (std::size_t i = 0; i < text.size(); i += 101) {
            QVERIFY(text.substr(i, 100) == std::string(100, text[i]) && text[i + 100] == '\n');
        }
    }
    void writeAtLeavesThePosition() {
        auto file = File::open(at("slab"), File::Mode::CreateExclusive);
        QVERIFY(bool(file));
        QVERIFY(bool(file->allocate(1000)));
        QVERIFY(bool(file->writeAt(500, "middle")));
        QCOMPARE(*file->size(), std::uint64_t(1000));
        QCOMPARE(*file->readAt(498, 10), std::string("\0\0middle\0\0", 10));
        QCOMPARE(file->readAt(990, 1ull << 60)->size(), std::size_t(10));  // a huge count takes no memory
        QCOMPARE(*file->position(), std::uint64_t(0));
    }
    void foldersFollowXdg() {
        qputenv("XDG_STATE_HOME", "/x/state");
        QCOMPARE(stateFolder(), fs::path("/x/state/latent"));
        qputenv("XDG_STATE_HOME", "relative");
        qputenv("HOME", "/h");
        QCOMPARE(stateFolder(), fs::path("/h/.local/state/latent"));
        qunsetenv("XDG_CONFIG_HOME");
        QCOMPARE(configFolder(), fs::path("/h/.config/latent"));
    }
    void hashesAreTheStandardOnes() {
        QCOMPARE(sha256Hex("abc"),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(hmacSha256Hex("key", "The quick brown fox jumps over the lazy dog"),
                 std::string("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"));
        const std::string million(1'000'000, 'a');
        QVERIFY(bool(writeNew(at("million"), million)));
        QCOMPARE(*sha256File(at("million")),
                 std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
};
QTEST_APPLESS_MAIN(Files)
#include "test_files.moc"
