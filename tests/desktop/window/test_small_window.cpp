// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a small screen, or beside another one: it becomes as narrow as one wants it, with two pages side by side.
#include "desktop/probes/probe_panel.hpp"
#include "desktop/window/split_tabs.hpp"
#include "window_home.hpp"

using namespace latent::desktop;

class TestSmallWindow : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowHome> m_home;

    /// Of every page, all its panels are looked at once: what has been laid out asks for its room.
    void openSideBySide() {
        MainWindow& window = m_home->window();
        for (const char* experiment : {"sim/train", "sim/clusters"}) {
            window.openExperiment(QLatin1String(experiment));
            auto* page = qobject_cast<StudyPage*>(window.tabs().current());
            QVERIFY(page);
            for (const auto panel : {StudyPage::Panel::Visualisation, StudyPage::Panel::Claims,
                                     StudyPage::Panel::Training, StudyPage::Panel::Data}) {
                page->showPanel(panel);
                QTest::qWait(20);
            }
        }
        window.tabs().splitCurrent();
        QCOMPARE(window.tabs().count(), 2);
    }

  private Q_SLOTS:
    void init() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The program or its plugins were not built.");
        m_home->open();
    }
    void cleanup() { m_home.reset(); }

    void twoPanesFitASmallScreen() {
        m_home->window().resize(1600, 900);
        openSideBySide();
        m_home->window().resize(1024, 700);
        QTest::qWait(100);
        QCOMPARE(m_home->window().size(), QSize(1024, 700));
        const SplitTabs& tabs = m_home->window().tabs();
        for (int pane = 0; pane < tabs.count(); ++pane)
            QVERIFY2(tabs.sizes()[pane] >= 240,
                     qPrintable(QStringLiteral("pane %1: %2").arg(pane).arg(tabs.sizes()[pane])));
        // And back: nothing stays folded.
        m_home->window().resize(1600, 900);
        QTest::qWait(100);
        QCOMPARE(m_home->window().size(), QSize(1600, 900));
    }
};

QTEST_MAIN(TestSmallWindow)
#include "test_small_window.moc"
