// SPDX-License-Identifier: GPL-3.0-or-later
// The session file: what was saved comes back; what cannot be read is set aside and told about, never lost.
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QtTest/QtTest>
#include <utility>

#include "desktop/window/session.hpp"
#include "desktop/window/session_keeper.hpp"

using latent::desktop::SessionFile;
using latent::desktop::SessionKeeper;

namespace {

int lockError = 0;  ///< not 0: what every lock fails with, as on a file system that has none

}  // namespace

/// In place of the one of the C library.
extern "C" int flock(int descriptor, int operation) noexcept {
    if (lockError == 0) return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
    errno = lockError;
    return -1;
}

class TestSession : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }
    void init() { QDir(QFileInfo(SessionFile("/a/b").path()).absolutePath()).removeRecursively(); }

    void comesBack() {
        const QVariantMap state{{QStringLiteral("pages"),
                                 QVariantList{QVariantMap{{QStringLiteral("kind"), QStringLiteral("study")},
                                                          {QStringLiteral("panel"), 2}}}}};
        QCOMPARE(SessionFile("/a/b").save(state), QString());
        const auto loaded = SessionFile("/a/b").load();
        QCOMPARE(loaded.message, QString());
        QCOMPARE(loaded.state.value(QStringLiteral("pages"))
                     .toList()
                     .front()
                     .toMap()
                     .value(QStringLiteral("panel"))
                     .toInt(),
                 2);
    }

    void eachWorkspaceHasItsOwn() {
        QVERIFY(SessionFile("/a/b").path() != SessionFile("/a/c").path());
        QCOMPARE(SessionFile("/a/./b").path(), SessionFile("/a/b").path());
        QVERIFY(SessionFile("/a/c").load().state.isEmpty());
    }

    void damagedIsSetAside_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("why");
        QTest::newRow("torn") << QByteArray("{\"kind\": \"latent-workb") << QStringLiteral("damaged");
        QTest::newRow("other kind") << QByteArray("{\"kind\": \"music\", \"version\": 1}")
                                    << QStringLiteral("damaged");
        QTest::newRow("newer")
            << QByteArray("{\"kind\": \"latent-workbench-session\", \"version\": 99, \"state\": {}}")
            << QStringLiteral("newer");
        const auto state = [](const char* parts) {
            return QByteArray("{\"kind\": \"latent-workbench-session\", \"version\": 1, \"state\": ") +
                   parts + "}";
        };
        QTest::newRow("state is no object") << state("[1, 2]") << QStringLiteral("damaged");
        QTest::newRow("pages are no list") << state("{\"pages\": \"all\"}") << QStringLiteral("damaged");
        QTest::newRow("a page is a number") << state("{\"pages\": [7]}") << QStringLiteral("damaged");
        QTest::newRow("a page without kind")
            << state("{\"pages\": [{\"run\": \"x\"}]}") << QStringLiteral("damaged");
        QTest::newRow("docks are a number") << state("{\"docks\": 12}") << QStringLiteral("damaged");
        QTest::newRow("the form is a list") << state("{\"form\": []}") << QStringLiteral("damaged");
        QTest::newRow("current is a text") << state("{\"current\": \"first\"}") << QStringLiteral("damaged");
        QTest::newRow("no version") << QByteArray("{\"kind\": \"latent-workbench-session\"}")
                                    << QStringLiteral("damaged");
    }
    void damagedIsSetAside() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, why);
        const SessionFile file("/a/b");
        QDir().mkpath(QFileInfo(file.path()).absolutePath());
        QFile out(file.path());
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(bytes);
        out.close();
        const auto loaded = file.load();
        QVERIFY(loaded.state.isEmpty());
        QVERIFY2(loaded.message.contains(why), qPrintable(loaded.message));
        QVERIFY(!QFile::exists(file.path()));
        const QStringList aside =
            QDir(QFileInfo(file.path()).absolutePath()).entryList({QStringLiteral("*.aside-*")});
        QCOMPARE(aside.size(), 1);
        QFile kept(QDir(QFileInfo(file.path()).absolutePath()).filePath(aside.front()));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), bytes);
        QCOMPARE(file.load().message, QString());  // told once
    }

    void whatIsSetAsideTwiceInOneSecondIsKeptTwice() {
        const SessionFile file("/a/b");
        for (const char* bytes : {"one", "two"}) {
            QCOMPARE(file.write(bytes), QString());
            QVERIFY(!file.load().message.isEmpty());
        }
        const QDir folder(QFileInfo(file.path()).absolutePath());
        QCOMPARE(folder.entryList({QStringLiteral("*.aside-*")}).size(), 2);
    }

    void aCopyIsKeptOfWhatCouldNotBeUsed() {
        const SessionFile file("/a/b");
        QCOMPARE(file.save({{QStringLiteral("current"), 0}}), QString());
        const QString words = file.copyAside(QStringLiteral("The docks could not be read."));
        QVERIFY2(words.contains(QStringLiteral("The docks could not be read.")), qPrintable(words));
        const QDir folder(QFileInfo(file.path()).absolutePath());
        const QStringList aside = folder.entryList({QStringLiteral("*.aside-*")});
        QCOMPARE(aside.size(), 1);
        QVERIFY(words.contains(aside.front()));
        QVERIFY(QFile::exists(file.path()));
    }

    void itIsWrittenSoonAfterAChange() {
        int value = 1;
        SessionKeeper keeper([&] { return QVariantMap{{QStringLiteral("current"), value}}; });
        const auto kept = [] {
            return SessionFile("/a/b").load().state.value(QStringLiteral("current")).toInt();
        };
        keeper.setPace(20, 100'000);
        QVERIFY(keeper.open("/a/b"));
        keeper.changed();
        QVERIFY(QTest::qWaitFor([&] { return kept() == 1; }));
        value = 2;
        QTest::qWait(100);
        QCOMPARE(kept(), 1);  // nobody has said that it changed
        keeper.changed();
        QVERIFY(QTest::qWaitFor([&] { return kept() == 2; }));
        value = 3;
        keeper.setPace(20, 30);  // and now and then unasked
        QVERIFY(QTest::qWaitFor([&] { return kept() == 3; }));
        QCOMPARE(keeper.close({{QStringLiteral("current"), 4}}), QString());
        QCOMPARE(kept(), 4);
        value = 5;
        keeper.changed();
        QTest::qWait(100);
        QCOMPARE(kept(), 4);  // it has ended
    }

    void ofTwoWindowsOneKeepsIt() {
        const auto kept = [] {
            return SessionFile("/a/b").load().state.value(QStringLiteral("current")).toInt();
        };
        SessionKeeper first([] {
            return QVariantMap{{QStringLiteral("current"), 1}};
        }),
            second([] {
                return QVariantMap{{QStringLiteral("current"), 2}};
            });
        QVERIFY(first.open("/a/b"));
        QVERIFY(!second.open("/a/b"));
        second.setPace(20, 30);
        QSignalSpy alone(&second, &SessionKeeper::alone);
        QTest::qWait(150);
        QVERIFY(!QFile::exists(SessionFile("/a/b").path()));  // the other one holds it
        QCOMPARE(first.close({{QStringLiteral("current"), 10}}), QString());
        QVERIFY(QTest::qWaitFor([&] { return kept() == 2; }));  // it is the last one now
        QTest::qWait(100);
        QCOMPARE(alone.count(), 1);  // said once
        SessionKeeper elsewhere([] { return QVariantMap(); });
        QVERIFY(elsewhere.open("/a/c"));  // another workspace is another session
        elsewhere.setPace(20, 30);
        QSignalSpy never(&elsewhere, &SessionKeeper::alone);
        QTest::qWait(100);
        QCOMPARE(never.count(), 0);                           // there was no other one
        QVERIFY(!QFile::exists(SessionFile("/a/c").path()));  // of an empty state nothing is written
    }

    void whatTheOtherWindowHoldsIsNotSetAside() {
        const SessionFile file("/a/b");
        QCOMPARE(file.write("damaged"), QString());
        QVERIFY(file.load(false).message.contains(QStringLiteral("damaged")));
        QVERIFY(QFile::exists(file.path()));
        QVERIFY(file.load(true).message.contains(QStringLiteral("set aside")));
        QVERIFY(!QFile::exists(file.path()));
    }

    /// The other window died before it could write its own: what is damaged there is kept when this one takes over.
    void whatADeadWindowLeftDamagedIsSetAside_data() {
        QTest::addColumn<bool>("closes");
        QTest::newRow("while it is open") << false;
        QTest::newRow("when it closes") << true;
    }
    void whatADeadWindowLeftDamagedIsSetAside() {
        QFETCH(bool, closes);
        const SessionFile file("/a/b");
        const auto state = [] { return QVariantMap{{QStringLiteral("current"), 2}}; };
        auto first = std::make_unique<SessionKeeper>([] { return QVariantMap(); });
        SessionKeeper second(state);
        second.setPace(20, closes ? 100'000 : 30);
        QSignalSpy problem(&second, &SessionKeeper::problem);
        QVERIFY(first->open("/a/b"));
        QVERIFY(!second.open("/a/b"));
        QCOMPARE(file.write("damaged"), QString());
        first.reset();                                           // without a word, as in a crash
        if (closes) QCOMPARE(second.close(state()), QString());  // it was written: that is no failure
        QVERIFY(QTest::qWaitFor([&] { return problem.count() > 0; }));
        const QString said = problem[0][0].toString();
        QVERIFY(QTest::qWaitFor(
            [&] { return file.load(false).state.value(QStringLiteral("current")).toInt() == 2; }));
        QVERIFY2(said.contains(QStringLiteral("set aside")), qPrintable(said));
        const QDir folder(QFileInfo(file.path()).absolutePath());
        const QStringList aside = folder.entryList({QStringLiteral("*.aside-*")});
        QCOMPARE(aside.size(), 1);
        QVERIFY(said.contains(aside.front()));
        QFile kept(folder.filePath(aside.front()));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("damaged"));
        QTest::qWait(80);
        QCOMPARE(problem.count(), 1);
        // What the other one left whole is written over, and nothing is said.
        auto third = std::make_unique<SessionKeeper>([] { return QVariantMap(); });
        SessionKeeper last([] { return QVariantMap{{QStringLiteral("current"), 4}}; });
        second.close({});
        QCOMPARE(file.save({{QStringLiteral("current"), 3}}), QString());
        QVERIFY(third->open("/a/b") && !last.open("/a/b"));
        third.reset();
        QCOMPARE(last.close({{QStringLiteral("current"), 4}}), QString());
        QCOMPARE(file.load().state.value(QStringLiteral("current")).toInt(), 4);
        QCOMPARE(folder.entryList({QStringLiteral("*.aside-*")}).size(), 1);
    }

    void itMovesWithItsFolder() {
        const QTemporaryDir home;
        const QString before = home.filePath(QStringLiteral("before")),
                      now = home.filePath(QStringLiteral("now")),
                      copy = home.filePath(QStringLiteral("copy"));
        QVERIFY(QDir().mkpath(before) && QDir().mkpath(copy));
        const auto run = [](const QString& workspace) { return workspace + QStringLiteral("/runs/2026-x"); };
        const auto page = [](const QString& shown) {
            return QVariantMap{{QStringLiteral("kind"), QStringLiteral("study")},
                               {QStringLiteral("run"), shown}};
        };
        const SessionFile old(before.toStdString());
        QCOMPARE(old.save({{QStringLiteral("pages"),
                            QVariantList{page(run(before)), page(before + QStringLiteral("-other/run"))}}}),
                 QString());
        QVERIFY(SessionFile(copy.toStdString()).load().state.isEmpty());  // another folder
        QVERIFY(QDir().rename(before, now));
        const QVariantList pages =
            SessionFile(now.toStdString()).load().state.value(QStringLiteral("pages")).toList();
        QCOMPARE(pages.size(), 2);
        QCOMPARE(pages[0].toMap().value(QStringLiteral("run")).toString(), run(now));
        QCOMPARE(pages[1].toMap().value(QStringLiteral("run")).toString(),
                 before + QStringLiteral("-other/run"));
        QVERIFY(!QFile::exists(old.path()));
    }

    /// File systems give the number of a folder that is gone to the next one.
    void aNewFolderHasNoneOfOneThatIsGone() {
        const QTemporaryDir home;
        const QString gone = home.filePath(QStringLiteral("gone")),
                      fresh = home.filePath(QStringLiteral("fresh"));
        for (int i = 0; i < 5; ++i) {
            QVERIFY(QDir().mkpath(gone));
            QCOMPARE(SessionFile(gone.toStdString()).save({{QStringLiteral("current"), 1}}), QString());
            QVERIFY(QDir().rmdir(gone));
            QTest::qWait(20);  // above the grain of a file system's clock
            QVERIFY(QDir().mkpath(fresh));
            QVERIFY(SessionFile(fresh.toStdString()).load().state.isEmpty());
            QVERIFY(QDir().rmdir(fresh));
        }
    }

    /// On file systems of clusters.
    void itIsKeptWhereThereAreNoLocks() {
        const auto restore = qScopeGuard([] { lockError = 0; });
        for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS}) {
            lockError = error;
            SessionKeeper keeper([] { return QVariantMap(); });
            QVERIFY(keeper.open("/a/b"));
            QCOMPARE(keeper.close({{QStringLiteral("current"), error}}), QString());
            QCOMPARE(SessionFile("/a/b").load().state.value(QStringLiteral("current")).toInt(), error);
        }
    }
};

QTEST_MAIN(TestSession)
#include "test_session.moc"
