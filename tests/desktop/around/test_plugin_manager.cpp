// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin manager with plugins that have one fault each: it says why, and what it changes is changed on disk.
#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QToolButton>
#include <QtTest/QtTest>

#include "desktop/around/plugin_look.hpp"
#include "desktop/around/plugin_manager.hpp"
#include "desktop/around/plugin_page.hpp"
#include "desktop/around/trust_dialog.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/plugins/plugin_home.hpp"

using namespace latent::desktop;
using latent::test::PluginHome;
using latent::test::stateOf;
namespace engine = latent::engine;
namespace fs = std::filesystem;

namespace {

/// A manager that has looked.
struct Open {
    explicit Open(const engine::CatalogSettings& settings) : manager(settings) {
        manager.show();
        wait();
    }
    void wait() {
        QVERIFY(QTest::qWaitFor([&] { return !manager.isBusy(); }, 120'000));
    }
    QListWidget* list() const { return manager.findChild<QListWidget*>(); }
    QPushButton* button(const char* name) const {
        auto* page = manager.findChild<PluginPage*>();
        return page->widget() ? page->widget()->findChild<QPushButton*>(QLatin1String(name)) : nullptr;
    }
    QString told() const {
        QStringList all;
        for (const QLabel* label : manager.findChild<PluginPage*>()->widget()->findChildren<QLabel*>())
            all << label->text().remove(QChar(0x200B));
        return all.join(QLatin1Char('\n'));
    }
    QStringList listed() const {
        QStringList all;
        for (int i = 0; i < list()->count(); ++i)
            all << list()->item(i)->data(Qt::AccessibleTextRole).toString();
        return all;
    }
    /// Presses a button of the page and waits until all of it is done.
    void press(const char* name) {
        QSignalSpy scanned(&manager, &PluginManager::scanned);
        QTRY_VERIFY2(button(name) && button(name)->isVisible(), name);
        QTest::mouseClick(button(name), Qt::LeftButton);
        if (auto* question = manager.findChild<TrustDialog*>()) QMetaObject::invokeMethod(question, "accept");
        QVERIFY(QTest::qWaitFor([&] { return !scanned.isEmpty(); }, 120'000));
    }
    PluginManager manager;
};

}  // namespace

class TestPluginManager : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void eachFaultIsOneSentence() {
        const PluginHome home;
        for (const char* id : {"raw_healthy", "segfault_on_load", "wrong_abi", "missing_symbol", "lying_id"})
            home.add(id);
        home.copy("wrong_torch", home.user());
        Open open(home.settings());
        const engine::PluginCatalog catalog = home.scan();
        QCOMPARE(open.list()->count(), static_cast<int>(catalog.plugins().size()));
        for (const engine::PluginEntry& entry : catalog.plugins()) {
            open.manager.select(QString::fromStdString(entry.id));
            QVERIFY2(open.told().contains(QString::fromStdString(entry.sentence)), entry.id.c_str());
            QVERIFY2(entry.state == engine::PluginState::Usable || !entry.sentence.empty(), entry.id.c_str());
            QVERIFY(open.told().contains(QString::fromStdString(entry.id)));
        }
        QVERIFY(open.listed().contains(QStringLiteral("Fixture raw_healthy, Ready")));
        QVERIFY(open.listed().contains(QStringLiteral("Fixture wrong_torch, Not trusted")));
        QVERIFY(open.listed().contains(QStringLiteral("Fixture segfault_on_load, Quarantined")));
        QVERIFY(open.listed().contains(QStringLiteral("Fixture wrong_abi, Refused")));
    }

    void trustAsksWithPathAndHash() {
        const PluginHome home;
        home.copy("raw_healthy", home.user());
        Open open(home.settings());
        const std::string hash = latent::engine::sha256Hex(latent::test::textOf(home.library("raw_healthy")));
        open.button("trust")->click();
        auto* question = open.manager.findChild<TrustDialog*>();
        QVERIFY(question);
        QString words;
        for (const QLabel* label : question->findChildren<QLabel*>())
            words += label->text().remove(QChar(0x200B)) + QLatin1Char('\n');
        QVERIFY(words.contains(QString::fromStdString(home.library("raw_healthy").string())));
        QVERIFY(words.contains(QString::fromStdString(hash)));
        auto* leave = question->findChild<QDialogButtonBox*>()->buttons().value(0);
        for (QAbstractButton* one : question->findChild<QDialogButtonBox*>()->buttons())
            if (auto* push = qobject_cast<QPushButton*>(one); push && push->isDefault()) leave = push;
        QCOMPARE(leave->text(), QStringLiteral("Leave it"));  // Enter trusts nothing
        for (QToolButton* copy : question->findChildren<QToolButton*>()) copy->click();
        QCOMPARE(QApplication::clipboard()->text(),
                 QString::fromStdString(hash));  // without the marks that let it wrap
        question->reject();
        QCOMPARE(home.scan().plugins()[0].state, engine::PluginState::Untrusted);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QSignalSpy changed(&open.manager, &PluginManager::changed);
        open.press("trust");
        QCOMPARE(changed.size(), 1);
        QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));
        QVERIFY(!open.button("trust"));
    }

    void aFileThatChangesMeanwhileIsNotTrusted() {
        const PluginHome home;
        home.copy("raw_healthy", home.user());
        const PluginScan scan = scanPlugins(home.settings());
        fs::copy_file(latent::test::kFixtures / "wrong_abi" / "wrong_abi.so", home.library("raw_healthy"),
                      fs::copy_options::overwrite_existing);
        fs::permissions(home.library("raw_healthy"), latent::test::kReadable);
        QVERIFY(trustExactly(scan.rows[0], home.settings()));
        QCOMPARE(home.scan().plugins()[0].state, engine::PluginState::Untrusted);
    }

    void disableAndEnable() {
        const PluginHome home;
        home.add("raw_healthy");
        Open open(home.settings());
        open.press("disable");
        QCOMPARE(home.scan().plugins()[0].state, engine::PluginState::Disabled);
        QVERIFY(open.listed()[0].contains(QStringLiteral("Disabled")));
        open.press("enable");
        QCOMPARE(stateOf(home.scan(), "raw_healthy"), std::string("usable"));
    }

    void quarantineIsReleased() {
        const PluginHome home;
        home.add("segfault_on_load");
        Open open(home.settings());
        QVERIFY(open.told().contains(QStringLiteral("crashed")));
        // Released, tried again, and crashed again: back where it was, and nothing else has happened.
        open.press("release");
        QVERIFY(open.listed()[0].contains(QStringLiteral("Quarantined")));
    }

    void panelsAreTrustedWithTheirPlugin() {
        const PluginHome home;
        home.copy("moody", home.user());
        fs::copy_file(latent::test::kFixtures / "raw_healthy" / "raw_healthy.so", home.library("moody"));
        fs::permissions(home.library("moody"), latent::test::kReadable);
        Open open(home.settings());
        QVERIFY(open.told().contains(QStringLiteral("moody_panel.so")));
        open.press("trust");
        const PluginScan scan = scanPlugins(home.settings());
        QVERIFY(!scan.rows[0].panel.isUntrusted);
    }

    void theLibraryForGpusIsTrustedWithItsPlugin() {
        const PluginHome home;
        home.copy("parted", home.user());
        Open open(home.settings());
        QVERIFY(open.told().contains(QStringLiteral("parted_torch.so")));
        open.press("trust");
        QVERIFY(!scanPlugins(home.settings()).rows[0].needsTrust());
        QVERIFY(open.listed()[0].contains(QStringLiteral("Ready")));
        // Another file in its place is asked about again; the plugin itself goes on.
        const fs::path part = home.user() / "parted_torch.so";
        fs::copy_file(latent::test::kFixtures / "wrong_abi" / "wrong_abi.so", part,
                      fs::copy_options::overwrite_existing);
        fs::permissions(part, latent::test::kReadable);
        const PluginRow row = scanPlugins(home.settings()).rows[0];
        QVERIFY(row.torch.isUntrusted && row.needsTrust());
        QCOMPARE(row.entry.state, engine::PluginState::Usable);
        QCOMPARE(lookOf(row).word, QStringLiteral("Ready, on the CPU alone"));
    }

    void codeThatIsLoadedStaysUntilTheNextStart() {
        const PluginHome home;
        home.add("raw_healthy");
        Open open(home.settings());
        open.manager.setLoadedPanels({QStringLiteral("raw_healthy")});
        QCOMPARE(open.manager.restartSentence(), QString());
        open.press("disable");
        QVERIFY2(open.manager.restartSentence().contains(QStringLiteral("until you start the program again")),
                 qPrintable(open.manager.restartSentence()));
        open.press("enable");
        QCOMPARE(open.manager.restartSentence(), QString());
    }

    void safeModeIsNotUndoneByAButton() {
        const PluginHome home;
        home.add("raw_healthy");
        engine::CatalogSettings settings = home.settings();
        settings.safeMode = true;
        Open open(settings);
        QVERIFY(open.told().contains(QStringLiteral("safe mode")));
        QVERIFY(!open.button("enable"));
    }

    void withoutPluginsItSaysWhereTheyBelong() {
        const PluginHome home;
        Open open(home.settings());
        QVERIFY2(open.told().contains(QString::fromStdString(home.user().string())), qPrintable(open.told()));
    }
};

QTEST_MAIN(TestPluginManager)
#include "test_plugin_manager.moc"
