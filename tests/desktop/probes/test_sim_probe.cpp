// SPDX-License-Identifier: GPL-3.0-or-later
// SIM solved again while one drags mu and sigma with the mouse: the real plugin, panel, sliders and figures.
#include <QSlider>
#include <QSplitter>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/theme/theme.hpp"
#include "probe_home.hpp"

using namespace latent;
using namespace latent::desktop;
using nlohmann::json;

namespace {

constexpr double kMostEvent_ms = 50;  ///< of its own CPU time that an event may take from the UI thread

struct Page {
    explicit Page(const ProbeHome& home)
        : panel(new ProbePanel(home.catalog(), &splitter)),
          board(new FigureBoard(panel->figures(), &splitter)) {
        panel->setProbes({"sim/solve"});
        QObject::connect(board, &FigureBoard::probeAsked, panel, &ProbePanel::ask);
        splitter.resize(1100, 900);
        splitter.show();
    }
    bool answered() {
        return ProbeHome::until(
            [&] { return panel->answers() > 0 && panel->state() == ProbeFoot::State::Answered; });
    }
    json values() const { return panel->form()->resolution().values; }
    std::vector<QSlider*> sliders(const char* parameter) const {
        QWidget* row =
            panel->form()->findChild<QWidget*>(QStringLiteral("parameter.") + QLatin1String(parameter));
        std::vector<QSlider*> all;
        if (row)
            for (QSlider* slider : row->findChildren<QSlider*>())
                if (slider->isVisibleTo(row)) all.push_back(slider);
        return all;
    }
    /// From where the handle is to a part of the groove, in many small moves.
    void drag(QSlider* slider, double to, int moves) {
        panel->form()->ensureWidgetVisible(slider);
        const auto at = [&](double part) {
            return QPoint(7 + static_cast<int>(part * (slider->width() - 14)), slider->height() / 2);
        };
        const double from = static_cast<double>(slider->value()) / slider->maximum();
        QTest::mousePress(slider, Qt::LeftButton, {}, at(from));
        for (int i = 1; i <= moves; ++i) {
            QTest::mouseMove(slider, at(from + (to - from) * i / moves));
            QTest::qWait(4);
        }
        QTest::mouseRelease(slider, Qt::LeftButton, {}, at(to));
    }
    QSplitter splitter;
    ProbePanel* panel;
    FigureBoard* board;
};

/// What a fresh server says to the same question.
engine::ProbeReply oracle(const ProbeHome& home, const json& values) {
    engine::ProbeClient client(home.options({"sim/solve"}));
    return client.askAndWait("sim/solve", values, {}, std::chrono::seconds(60));
}

}  // namespace

class TestSimProbe : public QObject {
    Q_OBJECT
    std::unique_ptr<ProbeHome> m_home;

  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<ProbeHome>();
        QVERIFY2(m_home->isReady(), "The program or a plugin is not there.");
        ThemeManager::instance().install(*qApp);
    }

    /// No run is needed.
    void itIsSolvedWithoutARun() {
        Page page(*m_home);
        QVERIFY(page.answered());
        const QStringList shown = page.board->shown();
        for (const char* view : {"trajectory", "weight_entries", "losses", "node_losses", "weight_matrix"})
            QVERIFY2(shown.contains(QLatin1String(view)), view);
        QCOMPARE(page.sliders("mu").size(), 2U);
        QCOMPARE(page.sliders("sigma").size(), 1U);
    }

    /// A sweep over the variance has none to start from, nor a sigma; those of a run that gives one are taken.
    void itStartsFromWhatARunGives() {
        Page page(*m_home);
        page.panel->setRun(
            {}, {{"dim", 8}, {"mu", {1, 3}}, {"sigma", nullptr}, {"variance", nullptr}, {"seeds", 10}});
        QVERIFY(page.answered());
        QCOMPARE(page.values().at("mu"), json({1.0, 3.0}));
        QVERIFY(page.values().at("sigma").is_array());
        page.panel->setRun({}, {{"dim", 8}, {"mu", {1, 3}}, {"sigma", nullptr}, {"variance", {0.5, 0.5}}});
        QVERIFY(page.answered());
        QCOMPARE(page.values().at("variance"), json({0.5, 0.5}));
    }

    /// The answer on the board after a drag is that of the values in the form, to the last bit; it is far from a question
    /// for each move of the mouse; and no event takes the UI thread for long.
    void draggingMuSolvesAgain() {
        Page page(*m_home);
        QVERIFY(page.answered());
        QTest::qWait(100);
        auto* application = static_cast<CostApplication*>(qApp);
        application->forget();
        const std::uint64_t before = page.panel->answers();
        page.drag(page.sliders("mu").at(0), 0.6, 120);
        page.drag(page.sliders("sigma").at(0), 0.9, 60);
        QTest::qWait(50);
        QVERIFY(page.answered());
        const json values = page.values();
        QVERIFY2(values.at("mu").at(0).get<double>() > 2, values.dump().c_str());
        QCOMPARE(values.at("mu").at(1), json(2.0));
        QVERIFY(values.at("sigma").at(0).get<double>() > 0.1);
        const engine::ProbeReply reply = oracle(*m_home, values);
        QCOMPARE(reply.kind, engine::ProbeReply::Kind::Answer);
        QVERIFY(ProbeHome::until([&] {
            return std::all_of(reply.arrays.begin(), reply.arrays.end(),
                               [&](const engine::ProbeArray& array) {
                                   const auto* shown = page.panel->figures().arrays().find(array.name);
                                   return shown && shown->values.shape == array.data.shape &&
                                          shown->values.bytes == array.data.bytes;
                               });
        }));
        const std::uint64_t answers = page.panel->answers() - before;
        QVERIFY2(answers >= 3 && answers <= 180, qPrintable(QString::number(answers)));
        const auto& trajectory = std::get<engine::figures::Trajectory>(
            page.panel->figures().figure(QStringLiteral("trajectory"))->body);
        QCOMPARE(trajectory.paths.front().x.size(), std::size_t{400});
        qInfo("%llu answers; the costliest event took %.1f ms (%s)", static_cast<unsigned long long>(answers),
              application->most_ms(), application->what().constData());
        QVERIFY2(application->most_ms() < kMostEvent_ms, application->what().constData());
    }

    /// An entry more, and there is a slider for it.
    void sixteenDimensionsAreDraggedAsWell() {
        Page page(*m_home);
        QVERIFY(page.answered());
        page.panel->form()->setValue(QStringLiteral("w0"), "uniform:0.2");
        page.panel->form()->setValue(QStringLiteral("dim"), 16);
        page.panel->form()->setValue(QStringLiteral("mu"), {1, 1.5, 2});
        QVERIFY(ProbeHome::until([&] {
            return page.panel->figures().arrays().find("weights") &&
                   page.panel->figures().arrays().find("weights")->values.shape.back() == 16;
        }));
        QCOMPARE(page.sliders("mu").size(), 3U);
        auto* application = static_cast<CostApplication*>(qApp);
        application->forget();
        page.drag(page.sliders("mu").at(2), 0.2, 60);
        QTest::qWait(50);
        QVERIFY(page.answered());
        qInfo("the costliest event took %.1f ms (%s)", application->most_ms(),
              application->what().constData());
        QVERIFY2(application->most_ms() < kMostEvent_ms, application->what().constData());
    }

    /// What cannot be solved is said with the parameter's name, and the picture stays.
    void whatCannotBeSolvedIsSaid() {
        Page page(*m_home);
        QVERIFY(page.answered());
        const auto picture = page.panel->figures().figure(QStringLiteral("losses"));
        page.panel->form()->setValue(QStringLiteral("w0"), "[[1,0],[0,1]]");
        page.panel->form()->setValue(QStringLiteral("dim"), 3);
        QVERIFY(ProbeHome::until([&] { return page.panel->state() == ProbeFoot::State::Failed; }));
        QVERIFY2(page.panel->words().contains(QLatin1String("w0")), qPrintable(page.panel->words()));
        QCOMPARE(page.panel->figures().figure(QStringLiteral("losses")), picture);
    }

    /// A range on the time axis ends the solution there.
    void aRangeOfTimeEndsTheSolution() {
        Page page(*m_home);
        QVERIFY(page.answered());
        QVERIFY(ProbeHome::until([&] { return page.board->card(QStringLiteral("losses"))->canvas(); }));
        Q_EMIT page.board->card(QStringLiteral("losses"))
            ->canvas()
            ->gestured(0, {{"low", 0.0}, {"high", 4.5}});
        QVERIFY(ProbeHome::until([&] {
            const auto* time = page.panel->figures().arrays().find("time");
            return std::abs(engine::elementAsDouble(time->values.view(), time->values.shape[0] - 1) - 4.5) <
                   1e-9;
        }));
        QCOMPARE(page.values().at("t_end"), json(4.5));
    }
};

int main(int argc, char** argv) {
    CostApplication application(argc, argv);
    TestSimProbe test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sim_probe.moc"
