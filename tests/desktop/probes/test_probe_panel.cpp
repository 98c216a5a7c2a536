// SPDX-License-Identifier: GPL-3.0-or-later
// The panel of questions with the real probe server and the fixture `probing`: what it shows while it waits, what it says
// when something falls, gestures, the run's values, and the answer that is kept.
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/theme/theme.hpp"
#include "probe_home.hpp"

using namespace latent;
using namespace latent::desktop;
using nlohmann::json;
using State = ProbeFoot::State;

namespace {

/// A panel beside its board, as a page shows them.
struct Page {
    Page(const ProbeHome& home, const std::vector<std::string>& probes)
        : panel(new ProbePanel(home.catalog(), &splitter)),
          board(new FigureBoard(panel->figures(), &splitter)) {
        panel->setProbes(probes);
        QObject::connect(board, &FigureBoard::probeAsked, panel, &ProbePanel::ask);
        splitter.resize(1000, 700);
    }
    bool answered(std::uint64_t answers = 1) {
        return ProbeHome::until(
            [&] { return panel->answers() >= answers && panel->state() == State::Answered; });
    }
    /// Entries of the fixture's array.
    std::size_t rows() const {
        const auto* row = panel->figures().arrays().find("row");
        return row ? static_cast<std::size_t>(row->values.shape.at(0)) : 0;
    }
    QPushButton* button(const char* words) const {
        for (QPushButton* one : panel->findChildren<QPushButton*>())
            if (one->text() == QLatin1String(words)) return one;
        return nullptr;
    }
    json value(const char* name) const { return panel->form()->resolution().values.value(name, json()); }
    QSplitter splitter;
    ProbePanel* panel;
    FigureBoard* board;
};

}  // namespace

class TestProbePanel : public QObject {
    Q_OBJECT
    std::unique_ptr<ProbeHome> m_home;

  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<ProbeHome>();
        QVERIFY2(m_home->isReady(), "The program or the fixture probing is not there.");
        ThemeManager::instance().install(*qApp);
    }
    /// Every server leaves with its panel.
    void cleanup() {
        QVERIFY(ProbeHome::until([] { return ProbeHome::servers().empty(); }));
    }

    void nothingIsAskedBeforeSomebodyLooks() {
        Page page(*m_home, {"probing/slow"});
        QTest::qWait(100);
        QCOMPARE(page.panel->asked(), 0U);
        QVERIFY(ProbeHome::servers().empty());
        page.splitter.show();
        QVERIFY(page.answered());
        QCOMPARE(page.rows(), 3U);
    }

    void aSlowAnswerSaysSoAndKeepsThePicture() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("sleep_ms"), 1000);
        page.panel->form()->setValue(QStringLiteral("steps"), 1);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Solving; }));
        QCOMPARE(page.panel->words(), QStringLiteral("Solving…"));
        QCOMPARE(page.rows(), 3U);
        QVERIFY(page.panel->figures().figure(QStringLiteral("row_figure")) != nullptr);
        QVERIFY(page.answered(2));
        QCOMPARE(page.rows(), 1U);
        QVERIFY2(page.panel->words().startsWith(QLatin1String("Solved in 1.")),
                 qPrintable(page.panel->words()));
    }

    void partsAreShownAsTheyCome() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("steps"), 60);
        page.panel->form()->setValue(QStringLiteral("sleep_ms"), 20);
        QVERIFY(ProbeHome::until([&] { return page.rows() > 5 && page.rows() < 55; }));
        QCOMPARE(page.panel->state(), State::Solving);
        QVERIFY2(page.panel->words().contains(QLatin1String("part")), qPrintable(page.panel->words()));
        QVERIFY(page.answered(2));
        QCOMPARE(page.rows(), 60U);
    }

    void aHundredChangesGiveTheLastAnswer() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        const std::uint64_t before = page.panel->answers();
        for (int i = 1; i <= 100; ++i) {
            page.panel->form()->setValue(QStringLiteral("steps"), i);
            QTest::qWait(2);
        }
        QVERIFY(
            ProbeHome::until([&] { return page.rows() == 100 && page.panel->state() == State::Answered; }));
        QVERIFY2(page.panel->answers() - before < 60,
                 qPrintable(QString::number(page.panel->answers() - before)));
        QTest::qWait(100);
        QCOMPARE(page.rows(), 100U);
    }

    void aFailureIsASentence() {
        Page page(*m_home, {"probing/break"});
        page.splitter.show();
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Failed; }));
        QCOMPARE(page.panel->words(), QStringLiteral("The probe threw this."));
        QVERIFY(!page.button("Start again")->isVisible());
    }

    void aWrongValueKeepsTheLastAnswer() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("steps"), 0);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Failed; }));
        QVERIFY2(page.panel->words().contains(QLatin1String("wrong")), qPrintable(page.panel->words()));
        QCOMPARE(page.rows(), 3U);
        page.panel->form()->setValue(QStringLiteral("steps"), 4);
        QVERIFY(page.answered(2));
        QCOMPARE(page.rows(), 4U);
    }

    void aKilledServerIsSaidAndStartedAgainByHand() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("sleep_ms"), 50);
        page.panel->form()->setValue(QStringLiteral("steps"), 1000);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Solving; }));
        ::kill(ProbeHome::servers().at(0), SIGKILL);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Ended; }));
        QVERIFY2(page.panel->words().contains(QLatin1String("crashed (Killed)")),
                 qPrintable(page.panel->words()));
        QVERIFY(page.button("Start again")->isVisible());
        // The sentence stays to be read, whatever the hand does with the sliders.
        page.panel->form()->setValue(QStringLiteral("steps"), 2);
        QTest::qWait(200);
        QCOMPARE(page.panel->state(), State::Ended);
        QVERIFY(ProbeHome::servers().empty());
        page.button("Start again")->click();
        QVERIFY(page.answered(2));
        QCOMPARE(page.rows(), 2U);
        QVERIFY(!page.button("Start again")->isVisible());
    }

    void whatNobodySeesIsTakenBackAndAskedAgain() {
        Page page(*m_home, {"probing/slow"});
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("sleep_ms"), 1);
        page.panel->form()->setValue(QStringLiteral("steps"), 2000);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == State::Solving; }));
        page.splitter.hide();
        const std::size_t rows = page.rows();
        QTest::qWait(200);
        QCOMPARE(page.rows(), rows);
        QCOMPARE(page.panel->state(), State::Idle);
        page.panel->form()->setValue(QStringLiteral("steps"), 5);
        page.splitter.show();
        QVERIFY(page.answered(2));
        QCOMPARE(page.rows(), 5U);
    }

    void theServerLeavesWithThePage() {
        auto page = std::make_unique<Page>(*m_home, std::vector<std::string>{"probing/slow"});
        page->splitter.show();
        QVERIFY(page->answered());
        QCOMPARE(ProbeHome::servers().size(), 1U);
        page.reset();
        QVERIFY(ProbeHome::until([] { return ProbeHome::servers().empty(); }));
    }

    /// One that needs a run would refuse the whole server.
    void probesWithoutARunAreAskedBesideOnesThatNeedIt() {
        Page page(*m_home, {"probing/run", "probing/slow"});
        page.splitter.show();
        QTest::qWait(50);
        QVERIFY2(page.panel->words().contains(QLatin1String("run")), qPrintable(page.panel->words()));
        QVERIFY(ProbeHome::servers().empty());
        page.panel->ask(QStringLiteral("probing/slow"), {{"steps", 2}});
        QVERIFY(ProbeHome::until([&] { return page.rows() == 2; }));
    }

    void aRunGivesTheValuesToStartFrom() {
        Page page(*m_home, {"probing/place"});
        page.panel->setRun({}, {{"x", 7}, {"y", "no number"}, {"somebody_elses", 3}});
        page.splitter.show();
        QVERIFY(page.answered());
        QCOMPARE(page.value("x"), json(7.0));
        QCOMPARE(page.value("y"), json(0.0));
        QVERIFY(page.panel->form()->resolution().valid());
        page.panel->form()->setValue(QStringLiteral("x"), 9);
        page.button("Back to the run's values")->click();
        QCOMPARE(page.value("x"), json(7.0));
        // Another run, other values.
        page.panel->setRun({}, {{"x", 8}});
        QCOMPARE(page.value("x"), json(8.0));
    }

    /// A question of a session is there before its run has been read; a hand that moves a slider meanwhile counts more.
    void aKeptQuestionWaitsForItsRun_data() {
        QTest::addColumn<bool>("isTouched");
        QTest::newRow("left alone") << false;
        QTest::newRow("touched") << true;
    }
    void aKeptQuestionWaitsForItsRun() {
        QFETCH(bool, isTouched);
        const json start{{"x", 7}};
        QVariantMap kept;
        {
            Page before(*m_home, {"probing/place"});
            before.panel->setRun({}, start);
            before.panel->form()->setValue(QStringLiteral("y"), 5);
            kept = before.panel->viewState();
        }
        Page page(*m_home, {"probing/place"});
        QSignalSpy told(page.panel->form(), &ParameterForm::valuesChanged);
        page.panel->setViewState(kept);
        QVERIFY(ProbeHome::until([&] { return told.count() > 0; }));
        if (isTouched) {
            page.panel->form()->setValue(QStringLiteral("y"), 2);
            QVERIFY(ProbeHome::until([&] { return told.count() > 1; }));
        }
        page.panel->setRun({}, start);
        QCOMPARE(page.value("x"), json(7.0));
        QCOMPARE(page.value("y"), json(isTouched ? 0.0 : 5.0));
    }

    void valuesAreChosenForTheExperiment() {
        Page page(*m_home, {"probing/place"});
        QVERIFY(!page.button("Use these values")->isVisibleTo(page.panel));
        page.panel->setUsable(true);
        page.splitter.show();
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("x"), 4);
        QSignalSpy chosen(page.panel, &ProbePanel::valuesChosen);
        page.button("Use these values")->click();
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.front().front().value<json>().at("x"), json(4.0));
        page.panel->form()->setValue(QStringLiteral("x"), 4000);  // beyond its range
        QVERIFY(ProbeHome::until([&] { return !page.button("Use these values")->isEnabled(); }));
    }

    void whatIsKeptLiesUnderWhatFollows() {
        using namespace engine::figures;
        Page page(*m_home, {"probing/place"});
        page.splitter.show();
        QVERIFY(page.answered());
        const QString name = QStringLiteral("curve_figure");
        QVERIFY(ProbeHome::until([&] { return page.panel->figures().figure(name) != nullptr; }));
        page.button("Keep as reference")->click();
        page.panel->form()->setValue(QStringLiteral("y"), 5);
        QVERIFY(page.answered(2));
        const auto lines = [&] { return std::get<Lines>(page.panel->figures().figure(name)->body).lines; };
        QVERIFY(ProbeHome::until([&] { return lines().size() == 2; }));
        QCOMPARE(lines().at(1).look.role, Role::Reference);
        for (std::size_t i = 0; i < lines().at(0).y.size(); ++i)
            QCOMPARE(lines().at(0).y[i] - lines().at(1).y[i], 5.0);
        const auto says = [&](const QString& words) {
            const auto labels = page.panel->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
                return label->isVisible() && label->text() == words;
            });
        };
        QVERIFY(says(QStringLiteral("Since kept: y 0 → 5")));
        page.button("Forget")->click();
        QVERIFY(ProbeHome::until([&] { return lines().size() == 1; }));
        QVERIFY(!says(QStringLiteral("Since kept: y 0 → 5")));
    }

    void gesturesFillParametersAndAsk_data() {
        QTest::addColumn<QString>("view");
        QTest::addColumn<int>("gesture");
        QTest::addColumn<QString>("results");
        QTest::addColumn<QString>("bound");
        QTest::newRow("pick") << "curve_figure" << 0 << R"({"x": 1.5, "y": 2.25, "index.time": 15})"
                              << R"({"x": 1.5, "y": 2.25, "index": 15})";
        QTest::newRow("range") << "curve_figure" << 1 << R"({"low": 1.25, "high": 3.5})"
                               << R"({"low": 1.25, "high": 3.5})";
        QTest::newRow("rectangle") << "points_figure" << 0
                                   << R"({"x_low": 1, "x_high": 2, "y_low": 0, "y_high": 9})"
                                   << R"({"low": 1.0, "high": 2.0})";
        QTest::newRow("lasso") << "points_figure" << 1
                               << R"({"polygon": [[0,0],[1,0],[1,1]], "indices": [3, 4]})"
                               << R"({"polygon": [[0.0,0.0],[1.0,0.0],[1.0,1.0]], "inside": [3, 4]})";
        QTest::newRow("brush") << "field_figure" << 0 << R"({"mask": [[0,1],[1,0]]})"
                               << R"({"mask": [[0.0,1.0],[1.0,0.0]]})";
    }
    void gesturesFillParametersAndAsk() {
        QFETCH(QString, view);
        QFETCH(int, gesture);
        QFETCH(QString, results);
        QFETCH(QString, bound);
        Page page(*m_home, {"probing/place"});
        page.splitter.show();
        QVERIFY(page.answered());
        QVERIFY(ProbeHome::until([&] { return page.board->card(view) && page.board->card(view)->canvas(); }));
        Q_EMIT page.board->card(view)->canvas()->gestured(gesture, json::parse(results.toStdString()));
        QVERIFY(page.answered(2));
        const json expected = json::parse(bound.toStdString());
        for (const auto& [name, value] : expected.items()) {
            QCOMPARE(page.value(name.c_str()), value);
            // The field shows it.
            QWidget* row = page.panel->form()->findChild<QWidget*>(QStringLiteral("parameter.") +
                                                                   QString::fromStdString(name));
            QVERIFY(row && row->isVisibleTo(page.panel));
            const auto fields = row->findChildren<QLineEdit*>();
            QVERIFY(!fields.isEmpty() && !fields.front()->text().isEmpty());
            if (value.is_number()) QCOMPARE(fields.front()->text().toDouble(), value.get<double>());
        }
    }

    /// With the mouse on the figure itself.
    void aRangeIsDrawnWithTheMouse() {
        Page page(*m_home, {"probing/place"});
        page.splitter.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page.splitter));
        QVERIFY(page.answered());
        QVERIFY(ProbeHome::until([&] { return page.board->card(QStringLiteral("curve_figure"))->canvas(); }));
        FigureCanvas* canvas = page.board->card(QStringLiteral("curve_figure"))->canvas();
        QVERIFY(ProbeHome::until([&] { return canvas->isVisible() && canvas->width() > 200; }));
        canvas->setActiveGesture(1);
        const QPoint from(canvas->width() / 3, canvas->height() / 2),
            to(2 * canvas->width() / 3, canvas->height() / 2);
        QTest::mousePress(canvas, Qt::LeftButton, {}, from);
        QTest::mouseMove(canvas, (from + to) / 2);
        QTest::mouseMove(canvas, to);
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, to);
        QVERIFY(page.answered(2));
        const double low = page.value("low").get<double>(), high = page.value("high").get<double>();
        QVERIFY2(low > 0.5 && high > low && high < 5,
                 qPrintable(QStringLiteral("%1 to %2").arg(low).arg(high)));
    }
};

QTEST_MAIN(TestProbePanel)
#include "test_probe_panel.moc"
