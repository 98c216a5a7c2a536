// SPDX-License-Identifier: GPL-3.0-or-later
// The settings: they come back, older ones are taken over, and what cannot be read is set aside with a sentence, never lost.
#include <QComboBox>
#include <QDir>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include "desktop/around/settings.hpp"
#include "desktop/around/settings_dialog.hpp"

using namespace latent::desktop;
using Choice = ThemeManager::Choice;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(bytes);
}

QStringList folders(const Settings& settings) {
    QStringList all;
    for (const RecentWorkspace& one : settings.recentWorkspaces()) all << one.folder;
    return all;
}

}  // namespace

class TestSettings : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;

  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("workbench.ini"));
    }

    void comeBack() {
        {
            Settings settings(m_file);
            QCOMPARE(settings.message(), QString());
            settings.setTheme(Choice::Dark);
            settings.setTextScale(1.2);
            settings.setCoreBudget(3);
            settings.rememberWorkspace(QStringLiteral("/a"));
            settings.rememberWorkspace(QStringLiteral("/b"));
            settings.store().setValue(QStringLiteral("of/another part"), 7);
        }
        Settings settings(m_file);
        QCOMPARE(settings.message(), QString());
        QCOMPARE(settings.theme(), Choice::Dark);
        QCOMPARE(settings.textScale(), 1.2);
        QCOMPARE(settings.coreBudget(), 3);
        QCOMPARE(folders(settings), (QStringList{"/b", "/a"}));
        QVERIFY(settings.recentWorkspaces().front().opened.secsTo(QDateTime::currentDateTimeUtc()) < 60);
        QCOMPARE(settings.store().value(QStringLiteral("of/another part")).toInt(), 7);
    }

    void whatCannotBeReadIsSetAside_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("why");
        QTest::newRow("noise") << QByteArray("\x00\x01\xff[x]\nversion=2", 16) << QStringLiteral("damaged");
        QTest::newRow("other text") << QByteArray("Dear diary,\n") << QStringLiteral("damaged");
        QTest::newRow("no version") << QByteArray("[look]\ntheme=dark\n") << QStringLiteral("damaged");
        QTest::newRow("version is a word")
            << QByteArray("[General]\nversion=two\n") << QStringLiteral("damaged");
        QTest::newRow("newer") << QByteArray("[General]\nversion=99\n[look]\ntheme=neon\n")
                               << QStringLiteral("newer version");
        QTest::newRow("huge") << QByteArray(2 << 20, 'x') << QStringLiteral("cannot be read");
    }
    void whatCannotBeReadIsSetAside() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, why);
        write(m_file, bytes);
        Settings settings(m_file);
        QVERIFY2(settings.message().contains(why), qPrintable(settings.message()));
        const QStringList aside = QDir(m_folder->path()).entryList({QStringLiteral("*.aside-*")});
        QCOMPARE(aside.size(), 1);
        QVERIFY2(settings.message().contains(aside.front()), "it says where they are");
        QCOMPARE(read(m_folder->filePath(aside.front())), bytes);  // not a byte is lost
        QCOMPARE(settings.theme(), Choice::System);
        settings.setTheme(Choice::Light);
        settings.store().sync();
        Settings again(m_file);
        QCOMPARE(again.message(), QString());  // told once
        QCOMPARE(again.theme(), Choice::Light);
    }

    void anEmptyFileIsANewOne() {
        write(m_file, {});
        Settings settings(m_file);
        QCOMPARE(settings.message(), QString());
    }

    void olderOnesAreTakenOver() {
        write(m_file, "[General]\nversion=1\ntheme=2\nrecent=/x, /y\nunknown=kept\n");
        Settings settings(m_file);
        QCOMPARE(settings.message(), QString());
        QCOMPARE(settings.theme(), Choice::Dark);
        QCOMPARE(folders(settings), (QStringList{"/x", "/y"}));
        QCOMPARE(settings.store().value(QStringLiteral("version")).toInt(), Settings::kVersion);
        QCOMPARE(settings.store().value(QStringLiteral("unknown")).toString(), QStringLiteral("kept"));
    }

    void nonsenseInAValueIsNoReasonToFail() {
        write(m_file,
              "[General]\nversion=2\n[look]\ntheme=purple\ntext_scale=wide\n[jobs]\ncore_budget=-4\n["
              "workspaces]\nsize=900000000\n1\\folder=/a\n");
        Settings settings(m_file);
        QCOMPARE(settings.theme(), Choice::System);
        QCOMPARE(settings.textScale(), 1.0);
        QCOMPARE(settings.coreBudget(), 0);
        QCOMPARE(folders(settings), QStringList{QStringLiteral("/a")});
    }

    void workspacesAreTheNewestFewOnce() {
        Settings settings(m_file);
        QSignalSpy changed(&settings, &Settings::recentWorkspacesChanged);
        for (int i = 0; i < 20; ++i) settings.rememberWorkspace(QStringLiteral("/w%1").arg(i));
        QCOMPARE(changed.size(), 20);
        QCOMPARE(static_cast<int>(folders(settings).size()), Settings::kMostWorkspaces);
        settings.rememberWorkspace(QStringLiteral("/w12"));
        QCOMPARE(folders(settings).front(), QStringLiteral("/w12"));
        QCOMPARE(folders(settings).count(QStringLiteral("/w12")), 1);
        settings.forgetWorkspace(QStringLiteral("/w12"));
        QVERIFY(!folders(settings).contains(QStringLiteral("/w12")));
    }

    void twoWindowsDoNotUndoEachOther() {
        Settings one(m_file), other(m_file);
        one.rememberWorkspace(QStringLiteral("/one"));
        one.store().sync();
        other.rememberWorkspace(QStringLiteral("/other"));
        other.store().sync();
        QCOMPARE(folders(Settings(m_file)), (QStringList{"/other", "/one"}));
    }

    void theDialogActsAtOnce() {
        Settings settings(m_file);
        settings.applyLook();
        SettingsDialog dialog(settings);
        auto* theme = dialog.findChild<QComboBox*>(QStringLiteral("theme"));
        theme->setCurrentIndex(theme->findText(QStringLiteral("Dark")));
        QCOMPARE(settings.theme(), Choice::Dark);
        QVERIFY(latent::desktop::theme().isDark());
        dialog.findChild<QSpinBox*>(QStringLiteral("textScale"))->setValue(130);
        QCOMPARE(ThemeManager::instance().textScale(), 1.3);
        QSignalSpy cores(&settings, &Settings::coreBudgetChanged);
        dialog.findChild<QSpinBox*>(QStringLiteral("coreBudget"))->setValue(1);
        QCOMPARE(cores.size(), 1);
        QCOMPARE(settings.coreBudget(), 1);
        settings.setTheme(Choice::Light);
        settings.setTextScale(1);
    }
};

QTEST_MAIN(TestSettings)
#include "test_settings.moc"
