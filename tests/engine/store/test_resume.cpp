// SPDX-License-Identifier: Apache-2.0
// A resumed run ends as the uninterrupted one, whatever came after its checkpoint and whatever was damaged.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QTest>
#include <cerrno>
#include <cstdarg>
#include <fstream>
#include <map>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// A part of the paths that open() fails for, and how.
std::string g_unreadable;
int g_reason = EIO;

void checkpointAt(RunWriter& writer, int i) {
    const std::vector<double> model{double(i), 0.5};
    must(writer.checkpoint({{"step", i}}, {{"model/weight", {DType::F64, {2}, model.data()}}}));
}

/// Steps [from, to), a checkpoint after each fourth.
void compute(RunWriter& writer, int from, int to) {
    for (int i = from; i < to; ++i) {
        TestRun::step(writer, i);
        if (i % 2 == 0) must(writer.commit());
        if (i % 4 == 3) checkpointAt(writer, i);
    }
}

int resumeStep(const RunWriter& writer) {
    return writer.resumedFrom() ? (*writer.resumedFrom()->state)["step"].get<int>() + 1 : 0;
}

std::string uninterrupted() {
    TestRun run;
    auto writer = run.write();
    compute(*writer, 0, 40);
    return must(writer->finish({}));
}

void damage(const fs::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
    file.write("DAMAGE", 6);
}

}  // namespace

/// The disk of the tests: what the engine opens passes here.
extern "C" int open(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (!g_unreadable.empty() && std::string_view(path).find(g_unreadable) != std::string_view::npos) {
        errno = g_reason;
        return -1;
    }
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

namespace {

/// Every file of the run with its length.
std::map<std::string, std::uintmax_t> filesOf(const fs::path& run) {
    std::map<std::string, std::uintmax_t> all;
    for (const auto& entry : fs::recursive_directory_iterator(run))
        if (entry.is_regular_file()) all[fs::relative(entry.path(), run).string()] = entry.file_size();
    return all;
}

bool anyOf(const fs::path& folder, const std::string& part) {
    const auto names = must(listFolder(folder));
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.find(part) != std::string::npos; });
}

}  // namespace

class Resume : public QObject {
    Q_OBJECT
    std::string m_digest = uninterrupted();

  private Q_SLOTS:
    void afterLosingWhatCameLater() {
        TestRun run;
        compute(*run.write(), 0,
                23);  // the writer goes without a word, steps 20..22 after the checkpoint of 19
        RunReader reader = run.read();
        auto writer = run.write();
        QCOMPARE(resumeStep(*writer), 20);
        QCOMPARE(writer->resumedFrom()->array("model/weight")->as<double>()[0], 19.0);
        must(reader.refresh());
        QCOMPARE(reader.state().attempt, 2);
        QCOMPARE(must(reader.readAll("time")).shape[0], std::uint64_t(20));
        QCOMPARE(reader.state().slabs.at("cube").count(), std::uint64_t(128));
        compute(*writer, 20, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
        QCOMPARE(must(run.read().contentDigest()), m_digest);
    }
    void withoutACheckpointItStartsAgain() {
        TestRun run;
        compute(*run.write(), 0, 3);
        auto writer = run.write();
        QVERIFY(!writer->resumedFrom());
        QVERIFY(!run.read().state().metrics.contains("train/loss"));
        compute(*writer, 0, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
    }
    void aDamagedCheckpointIsPassedOver() {
        TestRun run;
        compute(*run.write(), 0, 23);
        damage(layout::checkpoint(run.folder, "000005"));
        const auto findings = must(checkRun(run.folder, run.files));
        QVERIFY(!findings.empty() && findings[0].find("000005") != std::string::npos);
        auto writer = run.write();
        QCOMPARE(resumeStep(*writer), 16);
        // It is out of the way, with what it may name, and nothing of it is lost.
        QVERIFY(!fileExists(layout::checkpoint(run.folder, "000005")));
        QVERIFY(fileExists(layout::checkpoint(run.folder, "000005").string() + ".passed-over-2"));
        QVERIFY(anyOf(layout::segments(run.folder), ".h5.passed-over-2"));
        compute(*writer, 16, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
    }
    void aDamagedSegmentIsPassedOverToo() {
        TestRun run;
        compute(*run.write(), 0, 23);
        const Checkpoint newest = must(readCheckpoint(run.folder, "000005", run.files));
        const Checkpoint older = must(readCheckpoint(run.folder, "000004", run.files));
        // A segment that only the newest checkpoint names.
        fs::resize_file(layout::segment(run.folder, newest.segments.back().name), 100);
        QVERIFY(newest.segments.back().name != older.segments.back().name);
        auto writer = run.write();
        QCOMPARE(resumeStep(*writer), 16);
        compute(*writer, 16, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
    }
    void whatIsPassedOverStaysThroughTheEnd() {
        TestRun run;
        compute(*run.write(), 0, 23);
        for (const char* name : {"000004", "000005"}) damage(layout::checkpoint(run.folder, name));
        const auto before = filesOf(run.folder);
        {
            auto writer = run.write();
            QVERIFY(!writer->resumedFrom());
            compute(*writer, 0, 6);
        }
        auto writer = run.write();
        QCOMPARE(resumeStep(*writer), 4);
        compute(*writer, 4, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
        const auto after = filesOf(run.folder);
        for (const auto& [name, size] : before) {
            if (!name.starts_with("segments/") && !name.starts_with("checkpoints/")) continue;
            const auto kept = after.find(name + ".passed-over-2");
            QVERIFY2(kept != after.end() && kept->second == size, name.c_str());
        }
    }
    void whatCannotBeReadNowIsNotPassedOver_data() {
        QTest::addColumn<QString>("unreadable");
        QTest::addColumn<int>("reason");
        QTest::newRow("segments") << "/segments/" << EIO;
        QTest::newRow("a checkpoint") << "/checkpoints/000005" << EIO;
        QTest::newRow("the older checkpoint") << "/checkpoints/000004" << EACCES;
        QTest::newRow("too many files") << "/checkpoints/" << EMFILE;
        QTest::newRow("a large array") << "/arrays/cube.h5" << ENOMEM;
        QTest::newRow("the events") << "/events.ndjson" << EIO;
    }
    void whatCannotBeReadNowIsNotPassedOver() {
        QFETCH(QString, unreadable);
        QFETCH(int, reason);
        TestRun run;
        compute(*run.write(), 0, 23);
        const auto before = filesOf(run.folder);
        g_reason = reason;
        g_unreadable = unreadable.toStdString();
        const auto attempt = beginAttempt(run.folder, 2, run.files);
        g_unreadable.clear();
        QVERIFY(!attempt);
        QVERIFY2(attempt.error().message.find(errorReason(reason)) != std::string::npos,
                 attempt.error().message.c_str());
        QVERIFY(filesOf(run.folder) == before);
        auto writer = run.write();
        QCOMPARE(resumeStep(*writer), 20);
        compute(*writer, 20, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
    }
    void whatOurSealCoversIsReadWhateverItsSize() {
        TestRun run;
        compute(*run.write(), 0, 23);
        ReaderChildOptions little;
        little.limits.readBytes = 8;  // less than any of the arrays
        RunFiles files(SealKey("test key"), little);
        const Attempt attempt = must(beginAttempt(run.folder, 2, files));
        QVERIFY(attempt.remarks.empty() && attempt.checkpoint);
        QCOMPARE(attempt.checkpoint->array("model/weight")->as<double>()[0], 19.0);
        RunReader reader = must(RunReader::open(run.folder, files));
        QCOMPARE(must(reader.readAll("time")).shape[0], std::uint64_t(20));
        // The room of a large array may be holes: there the limit holds.
        QVERIFY(!reader.readAll("cube"));
    }
    void withoutAReaderAForeignCheckpointIsNotPassedOver() {
        TestRun run;
        compute(*run.write(), 0, 8);
        const auto before = filesOf(run.folder);
        ReaderChildOptions child;
        child.command = {"/no/such/reader"};
        RunFiles stranger(SealKey("another key"), child);
        const auto attempt = beginAttempt(run.folder, 2, stranger);
        QVERIFY(!attempt && attempt.error().message.find("000002") != std::string::npos);
        QVERIFY(filesOf(run.folder) == before);
    }
    void manyTimes() {
        TestRun run;
        int next = 0;
        std::string digest;
        for (int kill = 0; kill < 12; ++kill) {
            auto writer = run.write();
            next = resumeStep(*writer);
            compute(*writer, next, std::min(40, next + 5));
        }
        auto writer = run.write();
        compute(*writer, resumeStep(*writer), 40);
        QCOMPARE(must(writer->finish({})), m_digest);
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
    }
    void aStoppedRunCanGoOn() {
        TestRun run;
        {
            auto writer = run.write();
            compute(*writer, 0, 12);
            Ending stopped;
            stopped.state = "stopped";
            must(writer->finish(stopped));
        }
        QCOMPARE(run.read().state().state, std::string("stopped"));
        QVERIFY(fileExists(layout::compacted(run.folder)));
        auto writer = run.write();
        QVERIFY(!fileExists(layout::compacted(run.folder)));
        QCOMPARE(resumeStep(*writer), 12);
        compute(*writer, 12, 40);
        QCOMPARE(must(writer->finish({})), m_digest);
    }
    void whatFollowsTheGatheredResultsTakesNoneOfThemBack() {
        TestRun run;
        {
            auto writer = run.write();
            compute(*writer, 0, 40);
            must(writer->finish({}));
            // The process crashes behind them, and a program of before called the run failed.
            must(writer->events().state("failed", "The plugin crashed.", 5));
        }
        QCOMPARE(run.read().state().state, std::string("done"));
        QVERIFY(must(recover(run.folder, run.files)).ended);
        QVERIFY(!beginAttempt(run.folder, 2, run.files));
        QVERIFY(fileExists(layout::compacted(run.folder)));
        QCOMPARE(must(run.read().contentDigest()), m_digest);
    }
    void orphansGo() {
        TestRun run;
        compute(*run.write(), 0, 23);
        must(writeNew(layout::segments(run.folder) / ".000099.h5.tmp-1-2-ab", "half a file"));
        must(writeNew(layout::segment(run.folder, "000777"), "an orphan"));
        auto writer = run.write();
        const auto names = must(listFolder(layout::segments(run.folder)));
        QVERIFY(std::find(names.begin(), names.end(), "000777.h5") == names.end());
        QVERIFY(std::find(names.begin(), names.end(), ".000099.h5.tmp-1-2-ab") == names.end());
        TestRun::step(*writer, 20);
        must(writer->commit());
        // Not even the number of the orphan is used again.
        QCOMPARE(run.read().state().segments.back().name > "000777", true);
    }
    void anotherUsersCheckpointIsRead() {
        TestRun run;
        compute(*run.write(), 0, 8);
        ReaderChildOptions child;
        child.command = {LATENT_BINARY_DIR "/tests/store_reader_child"};
        RunFiles stranger(SealKey("another key"), child);
        const Checkpoint checkpoint = must(readCheckpoint(run.folder, "000002", stranger));
        QCOMPARE((*checkpoint.state)["step"].get<int>(), 7);
        QCOMPARE(checkpoint.array("model/weight")->as<double>()[0], 7.0);
    }
};
QTEST_APPLESS_MAIN(Resume)
#include "test_resume.moc"
