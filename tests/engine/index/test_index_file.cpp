// SPDX-License-Identifier: Apache-2.0
// The file of the index: damaged, of another format, spoilt while it is open; it is a cache, and made anew.
#include "index_workspace.hpp"

using namespace index_test;

namespace {

/// The last byte of user_version in SQLite's header.
int formatOf(const fs::path& file) {
    std::ifstream open(file, std::ios::binary);
    open.seekg(63);
    return open.get();
}

}  // namespace

class TestIndexFile : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void damagedIndexIsSetAsideAndMadeAnew_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("garbage") << 0;
        QTest::newRow("pages overwritten") << 1;
        QTest::newRow("truncated") << 2;
        QTest::newRow("other columns") << 3;
    }
    void damagedIndexIsSetAsideAndMadeAnew() {
        QFETCH(int, kind);
        Workspace w;
        for (int i = 1; i <= 200; ++i) w.run(id(i), {{"mu", i}}, {kDone});
        fs::path file;
        {
            RunIndex index = w.index();
            must(index.refresh());
            file = index.file();
        }
        const auto size = fs::file_size(file);
        QVERIFY(size > 8192);
        if (kind == 0) std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(5000, 'x');
        if (kind == 1) {
            std::fstream open(file, std::ios::binary | std::ios::in | std::ios::out);
            for (std::uintmax_t at = 4096; at < size; at += 4096) {
                open.seekp(static_cast<std::streamoff>(at));
                open << std::string(2000, '\xAB');
            }
        }
        if (kind == 2) fs::resize_file(file, size / 2);
        if (kind == 3) {
            const int format = formatOf(file);
            fs::remove(file);
            QCOMPARE(std::system(("sqlite3 '" + file.string() +
                                  "' 'CREATE TABLE runs (id TEXT); PRAGMA user_version = " +
                                  std::to_string(format) + ";' 2>/dev/null")
                                     .c_str()) &
                         0,
                     0);
            if (!fs::exists(file)) QSKIP("The program sqlite3 is not there.");
        }
        RunIndex index = w.index();
        must(index.refresh());
        QCOMPARE(must(index.count()), std::size_t(200));
        QVERIFY(fs::exists(file.string() + ".damaged"));
        QVERIFY(!index.messages().empty());
    }
    void anIndexOfAnotherFormatIsNoDamage() {
        Workspace w;
        for (int i = 1; i <= 20; ++i) w.run(id(i), {{"mu", i}}, {kDone});
        fs::path file;
        {
            RunIndex index = w.index();
            must(index.refresh());
            file = index.file();
        }
        {
            std::fstream open(file, std::ios::binary | std::ios::in | std::ios::out);
            open.seekp(63);
            open.put(static_cast<char>(formatOf(file) - 1));
        }
        RunIndex index = w.index();
        QVERIFY2(index.messages().empty(), index.messages().empty() ? "" : index.messages().front().c_str());
        must(index.refresh());
        QCOMPARE(must(index.count()), std::size_t(20));
        QVERIFY(!fs::exists(file.string() + ".damaged"));
    }
    void damageWhileItIsOpenIsSurvived() {
        Workspace w;
        for (int i = 1; i <= 300; ++i) w.run(id(i), {{"mu", i}, {"text", std::string(500, 'x')}}, {kDone});
        RunIndex index = w.index();
        must(index.refresh());
        { RunIndex flush = w.index(); }
        for (const char* companion : {"-wal", "-shm"}) fs::remove(index.file().string() + companion);
        std::ofstream(index.file(), std::ios::binary | std::ios::trunc) << std::string(100000, 'x');
        const auto found = index.listRuns("mu>1");
        if (found) QVERIFY(found->size() == 299);  // what SQLite still held, or the index made anew
        RunIndex again = w.index();
        must(again.refresh());
        QCOMPARE(must(again.count()), std::size_t(300));
    }
};

QTEST_GUILESS_MAIN(TestIndexFile)
#include "test_index_file.moc"
