// SPDX-License-Identifier: GPL-3.0-or-later
// The session file: what was saved comes back; what cannot be read is set aside and told about, never lost.
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QtTest/QtTest>

#include "desktop/window/session.hpp"

using latent::desktop::SessionFile;

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
};

QTEST_MAIN(TestSession)
#include "test_session.moc"
