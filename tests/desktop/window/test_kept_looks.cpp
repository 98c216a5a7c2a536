// SPDX-License-Identifier: GPL-3.0-or-later
// How the window looks when it comes back: questions, zooms, panes, and pages that are taken back.
#include <QTabWidget>

#include "desktop/panels/panel_offer.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/runs/overlay_card.hpp"
#include "kept_home.hpp"

using namespace latent;
using namespace latent::desktop;
namespace fs = std::filesystem;
using nlohmann::json;

class TestKeptLooks : public QObject, protected KeptHome {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setApplicationName(
            QStringLiteral("latent-workbench"));  // as the program: one session
        QCoreApplication::setOrganizationName(QStringLiteral("latent"));
    }
    void init() { begin(); }
    void cleanup() { m_home.reset(); }

    void questionsAndCellsComeBack() {
        const fs::path made = run();
        QVERIFY(!made.empty());
        m_home->open();
        window().openRun(QString::fromStdString(made.string()));
        const auto isRead = [this] {
            return m_home->until(
                [this] { return study()->snapshot() && study()->snapshot()->status.state == "done"; });
        };
        QVERIFY(isRead());
        study()->questions()->form()->setValue(QStringLiteral("mu"), {1.5, 2.5});
        ProbePanel* preview = nullptr;
        for (ProbePanel* one : study()->findChildren<ProbePanel*>())
            if (one != study()->questions() && !asked(one).is_null()) preview = one;
        const json inForm = typed("mu");
        if (preview) preview->form()->setValue(QStringLiteral("mu"), {3, 4});
        study()->figures().fix({{"time", 3}});
        const auto fixed = study()->figures().fixed();
        restart();
        QVERIFY(study() && isRead());
        QCOMPARE(asked(study()->questions()), json({1.5, 2.5}));
        QCOMPARE(study()->figures().fixed(), fixed);
        QCOMPARE(typed("mu"), inForm);
        if (preview) {
            for (ProbePanel* one : study()->findChildren<ProbePanel*>())
                if (one != study()->questions()) preview = one;
            QCOMPARE(asked(preview), json({3, 4}));
        }
        // Values that start from another run are not those that were typed over this one.
        const fs::path other = run({QStringLiteral("--set"), QStringLiteral("mu=1,3")});
        study()->setRun(other);
        QVERIFY(isRead());
        QCOMPARE(asked(study()->questions()), json({1, 3}));
    }

    void zoomsOfAComparisonComeBack() {
        const fs::path one = run(), two = run({QStringLiteral("--set"), QStringLiteral("mu=1,3")});
        QVERIFY(!one.empty() && !two.empty());
        m_home->open();
        window().compareRuns({QString::fromStdString(one.string()), QString::fromStdString(two.string())});
        std::string name;
        QVariantMap zoomed;
        QVERIFY(m_home->until([&] {
            for (OverlayCard* card : window().tabs().current()->findChildren<OverlayCard*>()) {
                auto* canvas = card->findChild<FigureCanvas*>();
                if (!canvas || !zoomed.isEmpty()) continue;
                QTest::keyClick(canvas, Qt::Key_Plus);
                name = card->figure()->name;
                zoomed = card->viewState();
            }
            return !zoomed.isEmpty();
        }));
        restart();
        QVERIFY(m_home->until([&] {
            auto* view = qobject_cast<CompareView*>(window().tabs().current());
            for (OverlayCard* candidate : view ? view->findChildren<OverlayCard*>() : QList<OverlayCard*>())
                if (candidate->figure() && candidate->figure()->name == name)
                    return candidate->viewState() == zoomed;
            return false;
        }));
    }

    /// Also of a window that is closed before its runs have been read.
    void zoomsComeBackHoweverOftenItIsClosed() {
        const fs::path made = run();
        QVERIFY(!made.empty());
        m_home->open();
        window().openRun(QString::fromStdString(made.string()));
        QVERIFY(isDrawn(study()));
        QString name;
        QVariantMap zoomed;
        for (const QString& shown : study()->board()->shown()) {
            FigureCanvas* canvas = study()->board()->card(shown)->canvas();
            if (!canvas || !name.isEmpty()) continue;
            QTest::keyClick(canvas, Qt::Key_Plus);
            zoomed = canvas->viewState();
            if (!zoomed.isEmpty()) name = shown;
        }
        QVERIFY(!name.isEmpty());
        for (int day = 0; day < 3; ++day) restart();
        QVERIFY(m_home->until([&] {
            const FigureCard* card = study() && study()->board() ? study()->board()->card(name) : nullptr;
            return card && card->canvas() && card->canvas()->viewState() == zoomed;
        }));
    }

    void pagesAreTakenBackByTheKeyboard() {
        m_home->open();
        window().openExperiment(QStringLiteral("sim/theory"));
        study()->showPanel(StudyPage::Panel::Claims);
        QTest::qWait(20);
        m_home->key(Qt::Key_Backslash, Qt::ControlModifier);
        QTest::qWait(20);
        QCOMPARE(window().tabs().count(), 2);
        m_home->key(Qt::Key_W, Qt::ControlModifier);
        QTest::qWait(20);
        QVERIFY(!kinds().contains(QStringLiteral("sim/theory")));
        m_home->key(Qt::Key_Z, Qt::ControlModifier);
        QTest::qWait(20);
        QVERIFY(study());
        QCOMPARE(study()->panel(), StudyPage::Panel::Claims);
        QCOMPARE(window().tabs().count(), 2);
        m_home->key(Qt::Key_Z, Qt::ControlModifier);
        QTest::qWait(20);
        QCOMPARE(window().tabs().count(), 1);
        QCOMPARE(kinds().count(QStringLiteral("sim/theory")), 1);
    }

    void panesAndWhatIsInFrontOfThemComeBack() {
        m_home->open();
        window().openExperiment(QStringLiteral("sim/theory"));
        window().openExperiment(QStringLiteral("sim/train"));
        window().openManual(QStringLiteral("index"));
        window().tabs().splitCurrent();
        window().tabs().show(window().tabs().pages()[1]);  // sim/theory, before sim/train
        window().tabs().setSizes({300, 700});
        QTest::qWait(20);
        const QList<int> sizes = window().tabs().sizes();
        const QStringList before = kinds();
        QVERIFY(window().tabs().isInFront(window().tabs().pages()[1]));
        restart();
        QTest::qWait(20);
        QCOMPARE(kinds(), before);
        QVERIFY(window().tabs().isInFront(window().tabs().pages()[1]));
        QVERIFY(window().tabs().isInFront(window().tabs().pages()[3]));
        const QList<int> now = window().tabs().sizes();
        QCOMPARE(now.size(), sizes.size());
        QVERIFY2(std::abs(now[0] - sizes[0]) <= 4, qPrintable(QString::number(now[0])));
    }

    /// After a crash in a panel's code, "start as always" is not to fall at once again.
    void aPanelIsNotPutInFrontWhereItIsUnderSuspicion() {
        m_home->open();
        const auto offers = panelsFor(window().bench().catalog(), "sim/theory");
        if (offers.empty()) QSKIP("The panel of concept_space was not built.");
        m_home->close();
        for (const QString& inner : {QString::fromStdString(offers[0].id), QStringLiteral("questions")}) {
            const QVariantMap page{{QStringLiteral("kind"), QStringLiteral("study")},
                                   {QStringLiteral("experiment"), QStringLiteral("sim/theory")},
                                   {QStringLiteral("panel"), 2},
                                   {QStringLiteral("inner"), inner}};
            QCOMPARE(SessionFile(m_home->workspace()).save({{QStringLiteral("pages"), QVariantList{page}}}),
                     QString());
            Settings settings;
            MainWindow careful({m_home->workspace(), false, {}, false}, settings);
            careful.restore();
            const QTabWidget* tabs = nullptr;
            for (const QTabWidget* one : careful.tabs().current()->findChildren<QTabWidget*>())
                if (one->accessibleName() == QLatin1String("Figures, questions and panels")) tabs = one;
            QVERIFY(tabs);
            QCOMPARE(tabs->currentWidget()->objectName(),
                     inner == QLatin1String("questions") ? inner : QStringLiteral("figures"));
        }
    }
};

QTEST_MAIN(TestKeptLooks)
#include "test_kept_looks.moc"
