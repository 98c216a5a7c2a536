// SPDX-License-Identifier: GPL-3.0-or-later
// Undo of the layout: what a person does to docks is one step each, and nothing else is.
#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QUndoStack>
#include <QtTest/QtTest>

#include "desktop/around/layout_undo.hpp"

using latent::desktop::LayoutUndo;

namespace {

struct Window {
    Window() {
        for (const char* name : {"a", "b", "c"}) {
            auto* dock = new QDockWidget(QLatin1String(name), &window);
            dock->setObjectName(QLatin1String(name));
            dock->setWidget(new QLabel(QLatin1String(name)));
            window.addDockWidget(Qt::LeftDockWidgetArea, dock);
        }
        window.setCentralWidget(new QLabel(QStringLiteral("centre")));
        window.resize(800, 600);
        window.show();
        layouts = new LayoutUndo(&window, stack, 1);
    }
    QDockWidget* dock(const char* name) { return window.findChild<QDockWidget*>(QLatin1String(name)); }
    void settle() { QTest::qWait(400); }
    QMainWindow window;
    QUndoStack stack;
    LayoutUndo* layouts = nullptr;
};

}  // namespace

class TestLayoutUndo : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void hidingAndMovingAreStepsThatGoBack() {
        Window w;
        w.settle();
        QCOMPARE(w.stack.count(), 0);
        w.dock("a")->close();
        w.settle();
        QCOMPARE(w.stack.count(), 1);
        w.window.addDockWidget(Qt::RightDockWidgetArea, w.dock("b"));
        w.settle();
        QCOMPARE(w.stack.count(), 2);
        w.stack.undo();
        QCOMPARE(w.window.dockWidgetArea(w.dock("b")), Qt::LeftDockWidgetArea);
        QVERIFY(w.dock("a")->isHidden());
        w.stack.undo();
        QVERIFY(!w.dock("a")->isHidden());
        w.stack.redo();
        w.stack.redo();
        QVERIFY(w.dock("a")->isHidden());
        QCOMPARE(w.window.dockWidgetArea(w.dock("b")), Qt::RightDockWidgetArea);
        w.settle();
        QCOMPARE(w.stack.count(), 2);  // undo is no edit of its own
    }

    void severalChangesAtOnceAreOneStep() {
        Window w;
        const QByteArray standard = w.window.saveState(1);
        w.dock("a")->close();
        w.window.tabifyDockWidget(w.dock("b"), w.dock("c"));
        w.settle();
        QCOMPARE(w.stack.count(), 1);
        w.stack.undo();
        QVERIFY(!w.dock("a")->isHidden());
        QVERIFY(w.window.tabifiedDockWidgets(w.dock("b")).isEmpty());
    }

    void resizingAndChangingTabsAreNone() {
        Window w;
        w.window.tabifyDockWidget(w.dock("b"), w.dock("c"));
        w.settle();
        QCOMPARE(w.stack.count(), 1);
        w.window.resize(1000, 500);
        w.dock("b")->raise();
        w.settle();
        w.dock("c")->raise();
        w.settle();
        w.window.hide();
        w.settle();
        w.window.show();
        w.settle();
        QCOMPARE(w.stack.count(), 1);
    }

    void whatTheProgramRestoresIsNone() {
        Window w;
        const QByteArray before = w.window.saveState(1);
        w.dock("a")->close();
        w.settle();
        w.stack.clear();
        w.window.restoreState(before, 1);
        w.layouts->forget();
        w.settle();
        QCOMPARE(w.stack.count(), 0);
        w.dock("c")->close();
        w.settle();
        QCOMPARE(w.stack.count(), 1);
    }
};

QTEST_MAIN(TestLayoutUndo)
#include "test_layout_undo.moc"
