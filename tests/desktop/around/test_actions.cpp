// SPDX-License-Identifier: GPL-3.0-or-later
// Actions and their keys: one list for menus, palette and overview; keys that a person changed are kept; two actions never
// share keys unasked. And the lines of messages, which tell of what happened.
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSysInfo>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeWidget>
#include <QtTest/QtTest>

#include "desktop/around/about.hpp"
#include "desktop/around/actions.hpp"
#include "desktop/around/message_bar.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/around/shortcuts_dialog.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;
using Level = MessageBar::Level;

namespace {

struct Window {
    explicit Window(const QString& file) : store(file, QSettings::IniFormat), actions(store, &window) {
        actions.add({.id = QStringLiteral("run.start"),
                     .title = QStringLiteral("Run"),
                     .group = QStringLiteral("Run"),
                     .shortcut = QKeySequence(QStringLiteral("F5")),
                     .run = [this] { ++runs; }});
        actions.add({.id = QStringLiteral("run.stop"),
                     .title = QStringLiteral("Stop"),
                     .group = QStringLiteral("Run"),
                     .detail = QStringLiteral("Ends it."),
                     .run = [this] { ++stops; }});
        actions.add({.id = QStringLiteral("view.full"),
                     .title = QStringLiteral("Full screen"),
                     .group = QStringLiteral("View"),
                     .inPalette = false});
        window.show();
        if (!QTest::qWaitForWindowActive(&window)) qWarning("the window did not become active");
    }
    /// "Run", or "Stop (why it is off)".
    QStringList inPalette() {
        QStringList all;
        actions.find({}, [&](const std::vector<PaletteEntry>& entries) {
            for (const PaletteEntry& entry : entries)
                all << (entry.isOff ? QStringLiteral("%1 (%2)").arg(entry.title, entry.detail) : entry.title);
        });
        return all;
    }
    QSettings store;
    QMainWindow window;
    ActionRegistry actions;
    int runs = 0, stops = 0;
};

QPushButton* button(QWidget& dialog, const char* text) {
    for (QPushButton* one : dialog.findChildren<QPushButton*>())
        if (one->text() == QLatin1String(text)) return one;
    return nullptr;
}

void select(QWidget& dialog, const char* title) {
    auto* tree = dialog.findChild<QTreeWidget*>();
    tree->setCurrentItem(
        tree->findItems(QLatin1String(title), Qt::MatchExactly | Qt::MatchRecursive).value(0));
}

}  // namespace

class TestActions : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    QString file() const { return m_folder->filePath(QStringLiteral("s.ini")); }

  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void keysRunActions() {
        Window w(file());
        QTest::keyClick(&w.window, Qt::Key_F5);
        QCOMPARE(w.runs, 1);
        w.actions[QStringLiteral("run.start")]->setEnabled(false);
        QTest::keyClick(&w.window, Qt::Key_F5);
        QCOMPARE(w.runs, 1);
        QCOMPARE(w.inPalette(), (QStringList{QStringLiteral("Run (Not possible now.)"),
                                             QStringLiteral("Stop")}));  // those that are meant for it
        w.actions.allow(QStringLiteral("run.start"), false, QStringLiteral("Choose first."));
        QCOMPARE(w.inPalette().front(), QStringLiteral("Run (Choose first.)"));
        w.actions.allow(QStringLiteral("run.start"), true, QStringLiteral("Choose first."));
        QCOMPARE(w.inPalette().front(), QStringLiteral("Run"));
        QVERIFY(!w.actions.action(QStringLiteral("run.nothing")));
        QCOMPARE(w.actions[QStringLiteral("run.start")]->toolTip(), QStringLiteral("Run (F5)"));
        QVERIFY(w.actions[QStringLiteral("run.stop")]->toolTip().contains(QStringLiteral("Ends it.")));
    }

    /// Keys that a line edit claims for itself, such as those from word to word, are an action's here; undoing stays the field's.
    void fieldsLeaveTheWindowItsKeys() {
        Window w(file());
        auto* field = new QLineEdit(QStringLiteral("words"), &w.window);
        w.window.setCentralWidget(field);
        field->setFocus();
        int undone = 0;
        w.actions.add({.id = QStringLiteral("file.undo"),
                       .title = QStringLiteral("Undo"),
                       .group = QStringLiteral("Edit"),
                       .shortcut = QKeySequence(QStringLiteral("Ctrl+Z")),
                       .run = [&] { ++undone; }});
        w.actions.setShortcut(QStringLiteral("run.start"), QKeySequence(QStringLiteral("Ctrl+Right")));
        field->setCursorPosition(0);
        QTest::keyClick(field, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(w.runs, 1);
        QCOMPARE(field->cursorPosition(), 0);
        QTest::keyClicks(field, QStringLiteral("more "));
        QTest::keyClick(field, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(field->text(), QStringLiteral("words"));
        QCOMPARE(undone, 0);
        w.actions[QStringLiteral("run.start")]->setEnabled(false);  // then the field has it again
        field->setCursorPosition(0);
        QTest::keyClick(field, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(field->cursorPosition(), 5);
        QCOMPARE(w.runs, 1);
    }

    void keysAreKept() {
        {
            Window w(file());
            w.actions.setShortcut(QStringLiteral("run.start"), QKeySequence(QStringLiteral("Ctrl+G")));
            w.actions.setShortcut(QStringLiteral("run.stop"), QKeySequence());
            w.store.setValue(QStringLiteral("shortcuts/of.absent"), QStringLiteral("F9"));
        }
        Window w(file());
        QTest::keyClick(&w.window, Qt::Key_G, Qt::ControlModifier);
        QTest::keyClick(&w.window, Qt::Key_F5);
        QCOMPARE(w.runs, 1);
        QCOMPARE(w.store.value(QStringLiteral("shortcuts/of.absent")).toString(),
                 QStringLiteral("F9"));  // of an action that is not here this time
        w.actions.resetShortcuts();
        QTest::keyClick(&w.window, Qt::Key_F5);
        QCOMPARE(w.runs, 2);
        QVERIFY(!w.store.contains(
            QStringLiteral("shortcuts/run.start")));  // a default of a later version reaches this person
    }

    void theOverviewTellsOfConflictsBeforeTakingKeys() {
        Window w(file());
        ShortcutsDialog dialog(w.actions);
        dialog.show();
        select(dialog, "Stop");
        auto* keys = dialog.findChild<QKeySequenceEdit*>();
        QTest::keyClick(keys, Qt::Key_F5);
        QTRY_VERIFY(button(dialog, "Take these keys"));  // the field waits a moment for more keys
        QPushButton* take = button(dialog, "Take these keys");
        QVERIFY(take->isEnabled());
        bool told = false;
        for (const QLabel* label : dialog.findChildren<QLabel*>())
            told = told || label->text().contains(QStringLiteral("“Run” has these keys"));
        QVERIFY(told);
        QCOMPARE(w.actions[QStringLiteral("run.start")]->shortcut(),
                 QKeySequence(QStringLiteral("F5")));  // not yet
        take->click();
        QCOMPARE(w.actions[QStringLiteral("run.stop")]->shortcut(), QKeySequence(QStringLiteral("F5")));
        QVERIFY(w.actions[QStringLiteral("run.start")]->shortcut().isEmpty());
        dialog.hide();
        w.window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&w.window));
        QTest::keyClick(&w.window, Qt::Key_F5);
        QCOMPARE(w.stops, 1);
        select(dialog, "Run");
        button(dialog, "Default")->click();
        QCOMPARE(w.actions[QStringLiteral("run.start")]->shortcut(), QKeySequence(QStringLiteral("F5")));
        button(dialog, "Reset all")->click();
        QVERIFY(w.actions[QStringLiteral("run.stop")]->shortcut().isEmpty());
    }

    void theOverviewFindsByTitleAndByKeys() {
        Window w(file());
        ShortcutsDialog dialog(w.actions);
        auto* tree = dialog.findChild<QTreeWidget*>();
        const auto shown = [&] {
            QStringList all;
            for (QTreeWidgetItemIterator it(tree, QTreeWidgetItemIterator::NotHidden); *it; ++it)
                if ((*it)->childCount() == 0) all << (*it)->text(0);
            return all;
        };
        QCOMPARE(shown(), (QStringList{"Run", "Stop", "Full screen"}));
        auto* search = dialog.findChild<QLineEdit*>();
        search->setText(QStringLiteral("f5"));
        QCOMPARE(shown(), QStringList{QStringLiteral("Run")});
        search->setText(QStringLiteral("full"));
        QCOMPARE(shown(), QStringList{QStringLiteral("Full screen")});
    }

    void messagesAreCountedCopiedAndLeave() {
        MessageBar bar;
        bar.setInfoDuration_ms(30);
        QVERIFY(bar.isHidden());
        bar.say(Level::Error, QStringLiteral("It broke: “x”. Press Resume."));
        bar.say(Level::Error, QStringLiteral("It broke: “x”. Press Resume."));
        QCOMPARE(bar.sentences().size(), 1);
        bar.say(Level::Error, {});
        QCOMPARE(bar.sentences().size(), 1);
        bar.show();
        bar.say(Level::Warning, QStringLiteral("It was interrupted."));
        bar.withdraw(QStringLiteral("It was interrupted."));
        bar.withdraw(QStringLiteral("Nobody said this."));
        bar.say(Level::Info, QStringLiteral("Saved."));
        QCOMPARE(bar.sentences().size(), 2);
        QTRY_COMPARE(bar.sentences().size(), 1);  // information goes by itself, errors stay
        for (QToolButton* one : bar.findChildren<QToolButton*>())
            if (one->accessibleName().contains(QStringLiteral("Copy"))) one->click();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("It broke: “x”. Press Resume."));
        for (int i = 0; i < 9; ++i) bar.say(Level::Warning, QString::number(i));
        QCOMPARE(static_cast<int>(bar.sentences().size()), MessageBar::kMost);
        QCOMPARE(bar.sentences().last(), QStringLiteral("8"));
        bar.clear();
        QVERIFY(bar.isHidden());
    }

    void aMessageMayOfferAnAction() {
        MessageBar bar;
        int shown = 0;
        bar.say(Level::Warning, QStringLiteral("<b>markup</b> of others is text"), QStringLiteral("Show"),
                [&] { ++shown; });
        bar.show();
        button(bar, "Show")->click();
        QCOMPARE(shown, 1);
        QVERIFY(bar.sentences().isEmpty());
    }

    void aboutNamesVersionsAndLicences() {
        setShareFolder(QStringLiteral(LATENT_BINARY_DIR "/share/latent"));
        for (const UsedLibrary& library : usedLibraries()) {
            QVERIFY2(!library.name.isEmpty() && !library.licence.isEmpty() && !library.purpose.isEmpty(),
                     qPrintable(library.name));
            QVERIFY2(library.version.contains(QRegularExpression(QStringLiteral("^\\d+\\.\\d+"))),
                     qPrintable(library.name + QLatin1Char(' ') + library.version));
        }
        const QString system = systemDescription();
        QVERIFY(system.contains(QStringLiteral("Qt: ")) && system.contains(QStringLiteral("QCustomPlot: ")));
        for (const QString& secret : {QDir::homePath(), QSysInfo::machineHostName(),
                                      qEnvironmentVariable("USER", QStringLiteral("root@"))})
            QVERIFY2(secret.size() < 4 || !system.contains(secret), qPrintable(secret));
        AboutDialog about;
        bool gpl = false;
        for (const QPlainTextEdit* text : about.findChildren<QPlainTextEdit*>()) {
            gpl = gpl || text->toPlainText().contains(QStringLiteral("GNU GENERAL PUBLIC LICENSE"));
            QVERIFY2(!text->toPlainText().contains(QStringLiteral("should lie in")),
                     qPrintable(text->toPlainText().left(200)));
        }
        QVERIFY(gpl);
    }
};

QTEST_MAIN(TestActions)
#include "test_actions.moc"
