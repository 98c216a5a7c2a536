// SPDX-License-Identifier: GPL-3.0-or-later
// Pages in panes: none is lost or doubled, and no empty pane stays behind, whatever is done.
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSet>
#include <QSlider>
#include <QTabBar>
#include <QTabWidget>
#include <QUndoStack>
#include <QVBoxLayout>
#include <QtTest/QtTest>

#include "desktop/window/folding_splitter.hpp"
#include "desktop/window/low_pane.hpp"
#include "desktop/window/page_drag.hpp"
#include "desktop/window/pages_undo.hpp"
#include "desktop/window/split_tabs.hpp"

using latent::desktop::FoldingSplitter;
using latent::desktop::PagesUndo;
using latent::desktop::SplitTabs;

namespace {

/// Three pages, a and b in one pane and c at its right, and undo of what is done to them.
struct Pages {
    Pages()
        : undo(
              tabs, stack,
              [](QWidget* page) {
                  return QVariantMap{{QStringLiteral("name"), static_cast<QLabel*>(page)->text()}};
              },
              [this](const QVariantMap& state) {
                  const QString name = state.value(QStringLiteral("name")).toString();
                  QWidget* there = opensOnce ? page(name) : nullptr;
                  return there ? there : add(name);
              }) {
        tabs.resize(900, 400);
        for (const char* name : {"a", "b", "c"}) add(QLatin1String(name));
        tabs.splitCurrent();
        tabs.QWidget::show();
        settle();
        undo.forget();
        stack.clear();
    }
    QWidget* add(const QString& name) {
        auto* page = new QLabel(name);
        tabs.addPage(page, {}, name);
        return page;
    }
    QWidget* page(const QString& name) const {
        for (QWidget* one : tabs.pages())
            if (static_cast<QLabel*>(one)->text() == name) return one;
        return nullptr;
    }
    /// "ab|c"
    QString words() const {
        QStringList panes;
        for (const QList<QWidget*>& pane : tabs.arrangement()) {
            QString names;
            for (QWidget* one : pane) names += static_cast<QLabel*>(one)->text();
            panes << names;
        }
        return panes.join(QLatin1Char('|'));
    }
    void drop(QWidget* dragged, const QPoint& where) {
        const auto data = latent::desktop::dragOf(dragged);
        QDragEnterEvent enter(where, Qt::MoveAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&tabs, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(where), Qt::MoveAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&tabs, &event);
        settle();
    }
    static void settle() {
        QTest::qWait(5);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    QUndoStack stack;
    SplitTabs tabs;
    PagesUndo undo;
    bool opensOnce = false;  ///< as the manual: one that is open is not opened again
};

}  // namespace

class TestSplitTabs : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void splitsAndJoins() {
        SplitTabs tabs;
        auto *a = new QLabel, *b = new QLabel;
        tabs.addPage(a, {}, QStringLiteral("a"));
        tabs.splitCurrent();
        QCOMPARE(tabs.count(), 1);  // the only page would leave an empty pane
        tabs.addPage(b, {}, QStringLiteral("b"));
        tabs.splitCurrent();
        QCOMPARE(tabs.count(), 2);
        QCOMPARE(tabs.paneOf(b), 1);
        QCOMPARE(tabs.current(), b);
        tabs.closePage(b);
        QCOMPARE(tabs.count(), 1);
        QCOMPARE(tabs.current(), a);
    }

    void movesToBothSides() {
        Pages p;
        QCOMPARE(p.words(), QStringLiteral("ab|c"));
        p.tabs.show(p.page(QStringLiteral("c")));
        QVERIFY(!p.tabs.canMove(1));  // c is alone in the last pane
        QVERIFY(p.tabs.canMove(-1));
        p.tabs.moveCurrent(-1);
        QCOMPARE(p.words(), QStringLiteral("abc"));
        QVERIFY(!p.tabs.canMove(-1));
        p.tabs.show(p.page(QStringLiteral("a")));
        p.tabs.splitCurrent();
        QCOMPARE(p.words(), QStringLiteral("bc|a"));
    }

    void pagesAreDraggedByTheirTabs() {
        Pages p;
        QWidget *b = p.page(QStringLiteral("b")), *c = p.page(QStringLiteral("c"));
        const QRect left = p.tabs.widget(0)->geometry();
        p.drop(c, left.center());
        QCOMPARE(p.words(), QStringLiteral("abc"));
        QCOMPARE(p.tabs.current(), c);
        p.drop(b, QPoint(p.tabs.width() - 5, 200));  // at the side: a pane of its own
        QCOMPARE(p.words(), QStringLiteral("ac|b"));
        p.drop(b, QPoint(5, 200));
        QCOMPARE(p.words(), QStringLiteral("b|ac"));
        auto* pane = qobject_cast<QTabWidget*>(p.tabs.widget(1));
        p.drop(b, pane->tabBar()->mapTo(&p.tabs, pane->tabBar()->tabRect(1).center()));
        QCOMPARE(p.words(), QStringLiteral("abc"));  // before the tab that it was dropped on

        QMimeData other;
        other.setText(QStringLiteral("no page"));
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &other, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QApplication::sendEvent(&p.tabs, &enter);
        QVERIFY(!enter.isAccepted());
    }

    void aTabLeavesItsBarWhenItIsPulledOut() {
        latent::desktop::PageTabs pane;
        for (const char* name : {"a", "b"}) pane.addTab(new QLabel, QLatin1String(name));
        pane.resize(400, 300);
        pane.show();
        QSignalSpy pulled(&pane, &latent::desktop::PageTabs::pulledOut);
        QTabBar* bar = pane.tabBar();
        const QPoint at = bar->tabRect(1).center();
        QTest::mousePress(bar, Qt::LeftButton, {}, at);
        const auto move = [&](const QPoint& to) {
            QMouseEvent event(QEvent::MouseMove, to, bar->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(bar, &event);
        };
        move(at + QPoint(0, 15));
        QCOMPARE(pulled.count(), 0);
        move(at + QPoint(0, 80));
        QCOMPARE(pulled.count(), 1);
        QCOMPARE(pulled[0][0].value<QWidget*>(), pane.widget(1));
        move(at + QPoint(0, 120));
        QCOMPARE(pulled.count(), 1);
    }

    /// Tabs and labels take no focus, and yet the pane that one clicks into is the one that is meant.
    void aClickMakesItsPaneTheActiveOne() {
        Pages p;
        QWidget* c = p.page(QStringLiteral("c"));
        p.tabs.show(c);
        QSignalSpy changed(&p.tabs, &SplitTabs::currentChanged);
        QTabBar* left = qobject_cast<QTabWidget*>(p.tabs.widget(0))->tabBar();
        QTest::mouseClick(left, Qt::LeftButton, {}, left->tabRect(left->currentIndex()).center());
        p.settle();
        QCOMPARE(p.tabs.paneOf(p.tabs.current()), 0);
        QCOMPARE(changed.count(), 1);
        QTest::mouseClick(c, Qt::LeftButton);
        p.settle();
        QCOMPARE(p.tabs.current(), c);
        QCOMPARE(changed.count(), 2);
        QTest::mouseClick(c, Qt::LeftButton);
        p.settle();
        QCOMPARE(changed.count(), 2);
    }

    /// Sliders stand beside the figures, and below them in a narrow pane.
    void slidersFoldBelowTheFigures() {
        FoldingSplitter splitter({.least = 500, .side = 300}, nullptr);
        auto *figures = new QLabel, *sliders = new QLabel;
        splitter.addWidget(figures);
        splitter.addWidget(sliders);
        splitter.setStretchFactor(0, 1);
        splitter.resize(900, 600);
        splitter.show();
        Pages::settle();
        QCOMPARE(splitter.orientation(), Qt::Horizontal);
        splitter.resize(400, 600);
        Pages::settle();
        QVERIFY(sliders->y() >= figures->height() && figures->width() == 400 && figures->height() > 200);
        splitter.resize(400, 300);  // too low for both
        Pages::settle();
        QCOMPARE(splitter.orientation(), Qt::Horizontal);
        splitter.resize(900, 600);
        Pages::settle();
        QVERIFY(sliders->x() >= figures->width() && figures->height() == 600);
        QVERIFY(qAbs(sliders->width() - 300) < 10);
    }

    /// However low it is: figures of a few pixels beside sliders help nobody, and sliders do not keep the window wide.
    void slidersThatLeaveNoRoomForFiguresStandBelow() {
        FoldingSplitter splitter({.least = 500, .first = 200, .side = 300}, nullptr);
        auto *figures = new QLabel, *sliders = new QLabel;
        sliders->setMinimumWidth(240);
        splitter.addWidget(figures);
        splitter.addWidget(sliders);
        splitter.resize(900, 300);
        splitter.show();
        Pages::settle();
        QCOMPARE(splitter.orientation(), Qt::Horizontal);
        QCOMPARE(splitter.minimumSizeHint().width(), 240);
        splitter.resize(460, 300);
        Pages::settle();
        QCOMPARE(splitter.orientation(), Qt::Horizontal);
        splitter.resize(420, 300);
        Pages::settle();
        QVERIFY(sliders->y() >= figures->height() && figures->width() == 420);
        QVERIFY(sliders->height() > figures->height());  // they have a head and a foot
        splitter.resize(900, 300);
        Pages::settle();
        QVERIFY(sliders->x() >= figures->width() && figures->height() == 300);
    }

    void whatIsDoneToPagesIsTakenBack() {
        Pages p;
        p.tabs.closePage(p.page(QStringLiteral("c")));
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab"));
        QCOMPARE(p.stack.undoText(), QStringLiteral("closing of c"));
        p.stack.undo();
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab|c"));
        QCOMPARE(p.tabs.current(), p.page(QStringLiteral("c")));
        p.stack.redo();
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab"));
        p.stack.undo();
        p.tabs.moveToPane(p.page(QStringLiteral("a")), 1);
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("b|ca"));
        p.stack.undo();
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab|c"));
        p.tabs.unsplit();
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("abc"));
        const int steps = p.stack.index();
        p.stack.undo();  // many moves, one step
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab|c"));
        QCOMPARE(p.stack.index(), steps - 1);
        qobject_cast<QTabWidget*>(p.tabs.widget(0))->tabBar()->moveTab(0, 1);
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ba|c"));
        p.stack.undo();
        p.settle();
        QCOMPARE(p.words(), QStringLiteral("ab|c"));
    }

    void aPageThatIsOpenedIsNoEditAndStays() {
        Pages p;
        p.tabs.closePage(p.page(QStringLiteral("b")));
        p.settle();
        p.add(QStringLiteral("d"));
        p.settle();
        QCOMPARE(p.stack.count(), 1);
        p.stack.undo();
        p.settle();
        QVERIFY(p.page(QStringLiteral("d")));
        QCOMPARE(p.words().remove(QLatin1Char('d')), QStringLiteral("ab|c"));
        p.stack.redo();
        p.settle();
        QVERIFY(p.page(QStringLiteral("d")) && !p.page(QStringLiteral("b")));
    }

    /// Undo finds that the page is open again, and being read: the closing, done again, leaves that one alone.
    void whatWasOpenedMeanwhileIsNotClosed() {
        Pages p;
        p.opensOnce = true;
        p.tabs.closePage(p.page(QStringLiteral("c")));
        p.settle();
        QWidget* read = p.add(QStringLiteral("c"));
        p.settle();
        p.stack.undo();
        p.settle();
        QCOMPARE(p.page(QStringLiteral("c")), read);
        QCOMPARE(p.tabs.current(), read);
        p.stack.redo();
        p.settle();
        QVERIFY(p.page(QStringLiteral("c")) == read);
        p.tabs.closePage(read);  // closing it is an edit of its own
        p.settle();
        QVERIFY(!p.page(QStringLiteral("c")));
        p.stack.undo();
        p.settle();
        QVERIFY(p.page(QStringLiteral("c")));
        p.stack.redo();
        p.settle();
        QVERIFY(!p.page(QStringLiteral("c")));
    }

    void survivesAnything() {
        QRandomGenerator random(7);
        QUndoStack stack;
        SplitTabs tabs;
        const PagesUndo undo(
            tabs, stack, [](QWidget*) { return QVariantMap(); },
            [&](const QVariantMap&) {
                auto* page = new QLabel;
                tabs.addPage(page, {}, QStringLiteral("again"));
                return page;
            });
        QSet<QWidget*> there;
        for (int step = 0; step < 600; ++step) {
            const std::vector<QWidget*> pages = tabs.pages();
            QWidget* some =
                pages.empty() ? nullptr : pages[random.bounded(static_cast<quint32>(pages.size()))];
            switch (random.bounded(7)) {
                case 0:
                case 1: {
                    auto* page = new QLabel;
                    tabs.addPage(page, {}, QString::number(step));
                    there.insert(page);
                    break;
                }
                case 2:
                    tabs.splitCurrent();
                    break;
                case 3:
                    if (some) tabs.moveToPane(some, random.bounded(3));
                    break;
                case 4:
                    if (some) {
                        there.remove(some);
                        tabs.closePage(some);
                    }
                    break;
                case 6: {
                    QTest::qWait(0);
                    random.bounded(3) == 0 ? stack.redo() : stack.undo();
                    const std::vector<QWidget*> left = tabs.pages();  // closed pages come back as others
                    there = QSet<QWidget*>(left.begin(), left.end());
                    break;
                }
                case 5:
                    random.bounded(10) == 0 ? tabs.unsplit() : tabs.nextPage(1);
                    break;
            }
            const std::vector<QWidget*> now = tabs.pages();
            QCOMPARE(static_cast<qsizetype>(now.size()), there.size());
            QCOMPARE(QSet<QWidget*>(now.begin(), now.end()), there);
            for (int pane = 0; pane < tabs.count() && tabs.count() > 1; ++pane)
                QVERIFY(qobject_cast<QTabWidget*>(tabs.widget(pane))->count() > 0);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
    }

    /// Neither is squeezed to nothing: figures keep a height, words all their lines, and what has no room is scrolled to.
    void inALowPaneFiguresAndSlidersScrollTogether() {
        auto* splitter = new FoldingSplitter({.least = 500, .first = 200, .side = 300, .high = 180}, nullptr);
        auto* figures = new QLabel;
        auto* sliders = new QWidget;
        auto* words = new QLabel(QStringLiteral("Many words that take several lines here. ").repeated(8));
        words->setWordWrap(true);
        auto* column = new QVBoxLayout(sliders);
        column->addWidget(words);
        column->addWidget(new QSlider(Qt::Horizontal));
        sliders->setMinimumWidth(200);
        splitter->addWidget(figures);
        splitter->addWidget(sliders);
        latent::desktop::LowPane pane(splitter, nullptr);
        pane.resize(260, 350);
        pane.show();
        Pages::settle();
        QCOMPARE(splitter->orientation(), Qt::Vertical);
        QVERIFY(figures->height() >= 180 && words->height() >= words->heightForWidth(words->width()));
        QVERIFY(pane.verticalScrollBar()->maximum() > 0);
        QCOMPARE(splitter->width(), pane.viewport()->width());
        QVERIFY(pane.minimumSizeHint().height() < 100 && pane.minimumSizeHint().width() >= 200);
        // More words have room as well.
        words->setText(words->text().repeated(2));
        Pages::settle();
        QVERIFY(words->height() >= words->heightForWidth(words->width()));
        // Large panes are as before: nothing scrolls, whichever way they stand.
        pane.resize(300, 900);
        Pages::settle();
        QCOMPARE(pane.verticalScrollBar()->maximum(), 0);
        QCOMPARE(splitter->height(), 900);
        pane.resize(900, 400);
        Pages::settle();
        QCOMPARE(splitter->orientation(), Qt::Horizontal);
        QCOMPARE(splitter->size(), QSize(900, 400));
        // From folded to low: the pane decides, not the height that its content keeps.
        pane.resize(450, 900);
        Pages::settle();
        QCOMPARE(splitter->orientation(), Qt::Vertical);
        pane.resize(450, 260);
        Pages::settle();
        QCOMPARE(splitter->orientation(), Qt::Horizontal);
        QCOMPARE(splitter->height(), 260);
    }
};

QTEST_MAIN(TestSplitTabs)
#include "test_split_tabs.moc"
