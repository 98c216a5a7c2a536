// SPDX-License-Identifier: GPL-3.0-or-later
// After a crash: which ends of a process count as one, whose code is named, and what each answer of the question does.
// Processes that really die are made with fork().
#include <sys/wait.h>
#include <unistd.h>

#include <QAbstractButton>
#include <QLabel>
#include <QtTest/QtTest>
#include <csignal>

#include "desktop/around/safe_mode.hpp"
#include "desktop/around/safe_mode_dialog.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/plugin_home.hpp"
#include "engine/plugins/quarantine.hpp"

using namespace latent::desktop;
using latent::test::PluginHome;
namespace fs = std::filesystem;
namespace engine = latent::engine;

namespace {

/// Runs this in a process of its own, which then ends without a word.
template <class Work>
void dieAfter(Work&& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QVERIFY(WIFSIGNALED(status));
}

std::vector<DeadStart> deathsSeen(const fs::path& state) { return StartRecord::begin(state).deaths(); }

int filesIn(const fs::path& folder) {
    int count = 0;
    for ([[maybe_unused]] const auto& file : fs::directory_iterator(folder)) ++count;
    return count;
}

DeadStart dead(bool starting, const QStringList& plugins) {
    DeadStart death;
    death.started = QDateTime::currentDateTimeUtc();
    death.wasStarting = starting;
    death.plugins = plugins;
    return death;
}

/// Presses this button of the dialog as soon as it is there.
void answer(const char* name, QString* words = nullptr) {
    QTimer::singleShot(0, qApp, [name, words] {
        auto* dialog = qobject_cast<SafeModeDialog*>(QApplication::activeModalWidget());
        QVERIFY(dialog);
        if (words) *words = dialog->findChild<QLabel*>(QStringLiteral("words"))->text();
        if (!name) return dialog->reject();
        auto* button = dialog->findChild<QAbstractButton*>(QLatin1String(name));
        QVERIFY2(button, name);
        QTest::mouseClick(button, Qt::LeftButton);
    });
}

}  // namespace

class TestSafeMode : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path state() const { return m_folder->path().toStdString(); }

  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aProperEndLeavesNothing() {
        {
            StartRecord record = StartRecord::begin(state());
            QCOMPARE(record.message(), QString());
            record.setRunningPlugins({QStringLiteral("own")});
            record.setOpen();
            QCOMPARE(filesIn(state() / "windows"), 1);
        }
        QCOMPARE(filesIn(state() / "windows"), 0);
        QVERIFY(deathsSeen(state()).empty());
    }

    void aDeathIsSeenOnceForgotten() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            record.setOpen();
            record.setRunningPlugins({QStringLiteral("first"), QStringLiteral("second")});
            ::raise(SIGKILL);
        });
        {
            const auto seen = deathsSeen(state());  // not forgotten: told again
            QCOMPARE(seen.size(), std::size_t(1));
            QCOMPARE(seen[0].plugins, (QStringList{"first", "second"}));
            QVERIFY(!seen[0].wasStarting);
            QVERIFY(seen[0].started.secsTo(QDateTime::currentDateTimeUtc()) < 60);
        }
        {
            StartRecord record = StartRecord::begin(state());
            QCOMPARE(record.deaths().size(), std::size_t(1));
            record.forgetDeaths();
            QVERIFY(record.deaths().empty());
        }
        QVERIFY(deathsSeen(state()).empty());
        QCOMPARE(filesIn(state() / "windows"), 0);
    }

    void aStartThatNeverCameToAWindow() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            ::raise(SIGKILL);
        });
        const auto seen = deathsSeen(state());
        QCOMPARE(seen.size(), std::size_t(1));
        QVERIFY(seen[0].wasStarting);
        QVERIFY(isWorthAsking(seen));
    }

    void panelsThatWereClosedAreNotBlamed() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            record.setOpen();
            record.setRunningPlugins({QStringLiteral("own")});
            record.setRunningPlugins({});
            ::raise(SIGKILL);
        });
        const auto seen = deathsSeen(state());
        QCOMPARE(seen.size(), std::size_t(1));
        QCOMPARE(seen[0].plugins, QStringList());
        QVERIFY2(!isWorthAsking(seen), "nothing to decide: a sentence in the window is enough");
        QVERIFY(sentenceAbout(seen).contains(QStringLiteral("did not end properly")));
    }

    void theEndOfTheSessionIsNoCrash() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            record.setOpen();
            record.setRunningPlugins({QStringLiteral("own")});
            record.setEnding();
            ::raise(SIGKILL);
        });
        QVERIFY(deathsSeen(state()).empty());
    }

    void aWindowThatLivesIsNoDeath() {
        StartRecord one = StartRecord::begin(state());
        one.setOpen();
        one.setRunningPlugins({QStringLiteral("own")});
        QVERIFY(deathsSeen(state()).empty());
        StartRecord other = StartRecord::begin(state());
        QVERIFY(other.deaths().empty());
        QCOMPARE(filesIn(state() / "windows"), 2);
    }

    void twoThatStartTogetherDoNotBothAsk() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            ::raise(SIGKILL);
        });
        const StartRecord one = StartRecord::begin(state()), other = StartRecord::begin(state());
        QCOMPARE(one.deaths().size() + other.deaths().size(), std::size_t(1));
    }

    void aMachineThatWentDownIsNoCrash() {
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            ::raise(SIGKILL);
        });
        for (const auto& file : fs::directory_iterator(state() / "windows")) {
            std::string text = latent::test::textOf(file.path());
            const auto at = text.find("\"boot\":\"");
            QVERIFY(at != std::string::npos);
            QVERIFY(text.find('"', at + 8) > at + 30);  // a whole boot id
            text[at + 9] = text[at + 9] == '0' ? '1' : '0';
            latent::test::put(file.path(), text);
        }
        QVERIFY(deathsSeen(state()).empty());
        QCOMPARE(filesIn(state() / "windows"), 0);
    }

    void rubbishIsSweptAway() {
        fs::create_directories(state() / "windows");
        latent::test::put(state() / "windows" / "12-34-ab.start.json", "not json at all");
        latent::test::put(state() / "windows" / "notes.txt", "of somebody");
        QVERIFY(deathsSeen(state()).empty());
        QCOMPARE(filesIn(state() / "windows"), 1);  // what is not ours stays
    }

    void moreNamesThanFitKeepTheNewest() {
        QStringList many;
        for (int i = 0; i < 400; ++i) many << QStringLiteral("plugin_number_%1").arg(i);
        dieAfter([&] {
            auto record = StartRecord::begin(state());
            record.setOpen();
            record.setRunningPlugins(many);
            ::raise(SIGKILL);
        });
        const auto seen = deathsSeen(state());
        QCOMPARE(seen.size(), std::size_t(1));
        QCOMPARE(seen[0].plugins.last(), many.last());
    }

    void whereNothingCanBeWrittenItSaysSo() {
        latent::test::put(state() / "file", "x");
        const StartRecord record = StartRecord::begin(state() / "file");
        QVERIFY2(record.message().contains(QStringLiteral("could not be explained")),
                 qPrintable(record.message()));
    }

    void theSentenceNamesTheCulprit() {
        QCOMPARE(sentenceAbout({}), QString());
        const auto words = sentenceAbout({dead(false, {QStringLiteral("own")}), dead(false, {})});
        QVERIFY2(words.contains(QStringLiteral("“own”")), "also when a later death names nobody");
        QVERIFY(sentenceAbout({dead(true, {})}).contains(QStringLiteral("did not come to a window")));
    }

    void itAsksOnlyWhenThereIsSomethingToDecide() {
        const PluginHome home;
        QCOMPARE(askHowToStart({}, home.settings()), StartChoice::Normal);
        QCOMPARE(askHowToStart({dead(false, {})}, home.settings()), StartChoice::Normal);
        answer("safe");
        QCOMPARE(askHowToStart({dead(true, {})}, home.settings()), StartChoice::Safe);
        answer("normal");
        QCOMPARE(askHowToStart({dead(true, {})}, home.settings()), StartChoice::Normal);
        answer(nullptr);  // closed without an answer: as always
        QCOMPARE(askHowToStart({dead(true, {})}, home.settings()), StartChoice::Normal);
    }

    /// Esc is no answer that may let the window fall again.
    void closingTheQuestionLeavesTheCulpritOut() {
        const PluginHome home;
        home.copy("moody", home.user());
        const auto isQuarantined = [&] {
            const auto file = engine::LibraryFile::open(home.library("moody_panel"));
            std::vector<std::string> messages;
            const engine::Quarantine quarantine(home.state(), messages);
            return quarantine.reason(*file->sha256()).has_value();
        };
        const std::vector<DeadStart> deaths{dead(false, {QStringLiteral("moody")})};
        answer("normal");
        QCOMPARE(askHowToStart(deaths, home.settings()), StartChoice::Normal);
        QVERIFY(!isQuarantined());
        answer(nullptr);  // the program ends: nobody has answered
        QCOMPARE(askHowToStart(deaths, home.settings(), nullptr, [] { return true; }), StartChoice::Normal);
        QVERIFY(!isQuarantined());
        answer(nullptr);
        QCOMPARE(askHowToStart(deaths, home.settings(), nullptr, [] { return false; }),
                 StartChoice::LeaveOut);
        QVERIFY(isQuarantined());
    }

    void leavingOutIsAQuarantineOfThatPanelLibrary() {
        const PluginHome home;
        home.copy("moody", home.user());
        QString words, message;
        answer("leaveOut", &words);
        QCOMPARE(askHowToStart({dead(false, {QStringLiteral("moody")})}, home.settings(), &message),
                 StartChoice::LeaveOut);
        QVERIFY2(words.contains(QStringLiteral("“moody”")), qPrintable(words));
        QCOMPARE(message, QString());
        const auto file = engine::LibraryFile::open(home.library("moody_panel"));
        QVERIFY(file);
        std::vector<std::string> messages;
        engine::Quarantine quarantine(home.state(), messages);
        const auto reason = quarantine.reason(*file->sha256());
        QVERIFY(reason);
        QVERIFY(reason->find("moody") != std::string::npos && reason->find("release") != std::string::npos);
        QVERIFY(*quarantine.release("moody"));
    }

    void aPluginThatIsGoneIsSaidNotHidden() {
        const PluginHome home;
        QString message;
        answer("leaveOut");
        QCOMPARE(askHowToStart({dead(false, {QStringLiteral("vanished")})}, home.settings(), &message),
                 StartChoice::LeaveOut);
        QVERIFY2(message.contains(QStringLiteral("vanished")), qPrintable(message));
    }
};

QTEST_MAIN(TestSafeMode)
#include "test_safe_mode.moc"
