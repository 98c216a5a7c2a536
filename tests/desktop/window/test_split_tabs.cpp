// SPDX-License-Identifier: GPL-3.0-or-later
// Pages in panes: none is lost or doubled, and no empty pane stays behind, whatever is done.
#include <QLabel>
#include <QRandomGenerator>
#include <QSet>
#include <QtTest/QtTest>

#include "desktop/live/metric_views.hpp"
#include "desktop/window/split_tabs.hpp"

using latent::desktop::SplitTabs;

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

    void survivesAnything() {
        QRandomGenerator random(7);
        SplitTabs tabs;
        QSet<QWidget*> there;
        for (int step = 0; step < 2000; ++step) {
            const std::vector<QWidget*> pages = tabs.pages();
            QWidget* some =
                pages.empty() ? nullptr : pages[random.bounded(static_cast<quint32>(pages.size()))];
            switch (random.bounded(6)) {
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

    void metricsThatNoFigureDrawsGetOne() {
        using namespace latent::engine::figures;
        ArraySet arrays;
        for (const char* name : {"metrics/train.loss", "metrics/ood"}) {
            auto array = std::make_shared<LoadedArray>();
            array->name = name;
            arrays.put(array);
        }
        const nlohmann::json declared{
            {"kind", "lines"}, {"name", "drawn"}, {"series", {{{"y", {{"array", "metrics/ood"}}}}}}};
        const std::vector<nlohmann::json> views = latent::desktop::withMetricViews({declared}, arrays);
        QCOMPARE(views.size(), std::size_t(2));
        QCOMPARE(views[0].at("name").get<std::string>(), std::string("metric_train_loss"));
        QCOMPARE(views[0].at("group").get<std::string>(), std::string(latent::desktop::kMetricsGroup));
        QCOMPARE(views[1], declared);
    }
};

QTEST_MAIN(TestSplitTabs)
#include "test_split_tabs.moc"
