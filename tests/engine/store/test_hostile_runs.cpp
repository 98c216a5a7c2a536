// SPDX-License-Identifier: Apache-2.0
// Runs of others: read in a child, which may crash, hang, lie or starve while the parent names the file and
// goes on.
#include <QTest>
#include <fstream>
#include <random>

#include "engine/files/operations.hpp"
#include "engine/sanitized.hpp"
#include "engine/store/layout.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

namespace {

const std::string kChild = LATENT_BINARY_DIR "/tests/store_reader_child";

ReaderChildOptions childOptions(const char* word = nullptr) {
    ReaderChildOptions options;
    options.command = {kChild};
    if (word) options.command.push_back(word);
    options.answerSeconds = 20;
    return options;
}

void finishRun(TestRun& run) {
    auto writer = run.write();
    for (int i = 0; i < 10; ++i) TestRun::step(*writer, i);
    must(writer->finish({}));
}

}  // namespace

class HostileRuns : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aForeignRunIsReadInAChild() {
        TestRun run;
        finishRun(run);
        RunFiles stranger(SealKey("another key"), childOptions());
        RunReader reader = must(RunReader::open(run.folder, stranger));
        QCOMPARE(must(reader.readAll("weights")).bytes, must(run.read().readAll("weights")).bytes);
        QVERIFY(stranger.lastWasForeign());
        QCOMPARE(must(reader.contentDigest()), reader.state().contentDigest);
        const auto outside = reader.read("weights", {100, 0, 0}, {1, 1, 1});
        QVERIFY(!outside && outside.error().exit == Exit::BadRequest);
    }
    void aFolderWhoseNameIsNotUtf8() {
        TestRun run;
        finishRun(run);
        const fs::path odd = run.folder.parent_path() / "w\xe9";
        fs::rename(run.folder, odd);
        auto source = openInChild(layout::compacted(odd), childOptions());
        QVERIFY2(source, source ? "" : source.error().message.c_str());
        QVERIFY(!(*source)->datasets().empty());
        // What the child says of it names it once.
        fs::resize_file(layout::compacted(odd), 20);
        source = openInChild(layout::compacted(odd), childOptions());
        QVERIFY(!source);
        const std::string& said = source.error().message;
        QVERIFY2(said.find("run.h5") != std::string::npos && said.find("run.h5") == said.rfind("run.h5"),
                 said.c_str());
        fs::rename(odd, run.folder);
    }
    void aMisbehavingChildIsNamed_data() {
        QTest::addColumn<QByteArray>("word");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("crash") << QByteArray("crash") << QByteArray("crashed (signal 11)");
        QTest::newRow("hang") << QByteArray("hang") << QByteArray("did not answer");
        QTest::newRow("garbage") << QByteArray("garbage") << QByteArray("The reader of");
    }
    void aMisbehavingChildIsNamed() {
        QFETCH(QByteArray, word);
        QFETCH(QByteArray, part);
        TestRun run;
        finishRun(run);
        ReaderChildOptions options = childOptions(word.constData());
        options.answerSeconds = 2;
        const auto source = openInChild(layout::compacted(run.folder), options);
        QVERIFY(!source);
        QCOMPARE(source.error().exit, Exit::RefusedInput);
        QVERIFY2(source.error().message.find(part.toStdString()) != std::string::npos,
                 source.error().message.c_str());
        QVERIFY(source.error().message.find("run.h5") != std::string::npos);
    }
    void memoryIsLimited() {
        if (kSanitized) QSKIP("The address sanitizer does not work under a memory limit.");
        TestRun run;
        finishRun(run);
        ReaderChildOptions options = childOptions();
        options.memoryBytes = 1 << 20;
        const auto source = openInChild(layout::compacted(run.folder), options);
        QVERIFY(!source);
        QVERIFY2(source.error().message.find("run.h5") != std::string::npos, source.error().message.c_str());
    }
    void aMissingReaderIsNamed() {
        TestRun run;
        finishRun(run);
        ReaderChildOptions options;
        options.command = {"/no/such/program"};
        const auto source = openInChild(layout::compacted(run.folder), options);
        QVERIFY(!source && source.error().message.find("/no/such/program") != std::string::npos);
    }
    void truncatedAndForeignFilesAreRefused() {
        TestRun run;
        finishRun(run);
        RunFiles files(SealKey("test key"), childOptions());
        const auto path = layout::compacted(run.folder);
        fs::resize_file(path, fs::file_size(path) / 2);
        RunReader reader = must(RunReader::open(run.folder, files));
        const auto truncated = reader.readAll("weights");
        QVERIFY(!truncated);
        QCOMPARE(truncated.error().exit, Exit::RefusedInput);
        QVERIFY2(truncated.error().message.find("run.h5 is damaged") != std::string::npos,
                 truncated.error().message.c_str());
        const auto lone = RunReader::open(path, files);
        QVERIFY(!lone && lone.error().exit == Exit::RefusedInput);
        must(writeNew(path, "not HDF5 at all"));
        const auto foreign = RunReader::open(path, files);
        QVERIFY(!foreign && foreign.error().message.find("run.h5") != std::string::npos);
        QVERIFY(!must(checkRun(run.folder, files)).empty());
        QVERIFY(!RunReader::open(run.folder.parent_path(), files));  // not a run
    }
    void mutantsNeverReachTheParent() {
        TestRun run;
        finishRun(run);
        RunFiles files(SealKey("test key"), childOptions());
        const std::string good = must(readFile(layout::compacted(run.folder), 1 << 24));
        std::mt19937 random(3);
        const fs::path path = run.folder.parent_path() / "mutant.h5";
        for (int i = 0; i < 60; ++i) {
            std::string bytes = good;
            for (int k = 0; k < 4; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
            if (i % 3 == 0)
                bytes.resize(bytes.size() - kSealTrailerBytes);  // without a seal it goes to the child
            if (i % 5 == 0) bytes.resize(random() % bytes.size());
            must(writeNew(path, bytes));
            auto reader = RunReader::open(path, files);
            if (!reader) {
                QVERIFY2(reader.error().message.find("mutant.h5") != std::string::npos,
                         reader.error().message.c_str());
                continue;
            }
            QVERIFY(files.lastWasForeign());
            const auto arrays = reader->arrays();
            if (!arrays) continue;
            for (const auto& array : *arrays) static_cast<void>(reader->readAll(array.spec.name));
        }
    }
};
QTEST_APPLESS_MAIN(HostileRuns)
#include "test_hostile_runs.moc"
