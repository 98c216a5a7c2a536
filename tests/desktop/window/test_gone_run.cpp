// SPDX-License-Identifier: GPL-3.0-or-later
// A run of which nothing can be read: it went to the trash, or its disk went away, between the click and the first look.
#include "desktop/window/split_tabs.hpp"
#include "window_home.hpp"

using namespace latent::desktop;

class TestGoneRun : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowHome> m_home;

  private Q_SLOTS:
    void init() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The program or its plugins were not built.");
        m_home->open();
    }
    void cleanup() { m_home.reset(); }

    void thePageSaysSo() {
        MainWindow& window = m_home->window();
        window.openExperiment(QStringLiteral("sim/train"));
        auto* page = qobject_cast<StudyPage*>(window.tabs().current());
        QVERIFY(page);
        page->setRun(m_home->workspace() / "runs" / "2026-01-01T000000-sim-train-0123456789");
        QVERIFY(m_home->until([&] { return page->snapshot() != nullptr; }));
        QVERIFY(page->snapshot()->request.is_null());
        QVERIFY(!page->snapshot()->problem.empty());
        QVERIFY(!page->snapshot()->isSweep() && page->snapshot()->parameters().empty());
        for (const auto panel : {StudyPage::Panel::Data, StudyPage::Panel::Visualisation}) {
            page->showPanel(panel);
            QTest::qWait(100);
        }
    }
};

QTEST_MAIN(TestGoneRun)
#include "test_gone_run.moc"
