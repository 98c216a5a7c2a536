// SPDX-License-Identifier: GPL-3.0-or-later
// The first day of a user in the real window, with keys and clicks: the tour, a parameter, a run, pause and resume, the frames,
// a comparison, an export, and everything where it was on the next morning.
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QImage>
#include <QLineEdit>
#include <QSlider>
#include <QTableView>
#include <QTimer>

#include "desktop/around/actions.hpp"
#include "desktop/around/command_palette.hpp"
#include "desktop/board/figure_board.hpp"
#include "desktop/board/scrubber.hpp"
#include "desktop/runs/compare.hpp"
#include "desktop/runs/compare_grid.hpp"
#include "desktop/runs/overlay_card.hpp"
#include "desktop/runs/runs_panel.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/split_tabs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/request.hpp"
#include "window_home.hpp"

using namespace latent;
using namespace latent::desktop;

namespace {

/// Long enough to be paused in the middle on any machine; the test stops it afterwards.
constexpr auto kLongEpochs = "100000";

std::string stateOf(const std::filesystem::path& run) {
    const auto status = engine::runStatus(run);
    return status ? status->state : status.error().message;
}

nlohmann::json parametersOf(const std::filesystem::path& run) {
    const auto request = engine::readRequest(run);
    return request ? request->parameters() : nlohmann::json();
}

}  // namespace

class TestJourney : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowHome> m_home;
    std::filesystem::path m_first, m_second;
    bool m_hasFailed = false;

    StudyPage* study() { return qobject_cast<StudyPage*>(m_home->window().tabs().current()); }

    void chooseWithPalette(const QString& words) {
        m_home->key(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(m_home->until([&] { return m_home->window().palette().isVisible(); }));
        auto* field = m_home->window().palette().findChild<QLineEdit*>();
        QTest::keyClicks(field, words);
        QTest::qWait(50);
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(m_home->until([&] { return !m_home->window().palette().isVisible(); }));
    }

    /// Presses Tab until the focus is on such a widget.
    bool tabTo(const std::function<bool(QWidget*)>& isIt) {
        constexpr int kMostTabs = 500;
        for (int i = 0; i < kMostTabs; ++i) {
            if (QWidget* held = m_home->window().focusWidget(); held && isIt(held)) return true;
            m_home->key(Qt::Key_Tab);
        }
        return false;
    }

    /// Types a value into the field of a parameter; one that is folded away is unfolded by its name.
    void enter(const QString& parameter, const QString& value) {
        const auto* row =
            m_home->window().form().form()->findChild<QWidget*>(QStringLiteral("parameter.") + parameter);
        QVERIFY2(row, qPrintable(parameter));
        if (!row->isVisible()) m_home->window().form().form()->focusParameter(parameter);
        QVERIFY2(
            tabTo([row](QWidget* held) { return row->isAncestorOf(held) && qobject_cast<QLineEdit*>(held); }),
            qPrintable(parameter));
        auto* field = qobject_cast<QLineEdit*>(m_home->window().focusWidget());
        QVERIFY2(field, qPrintable(parameter));
        QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(field, value);
        QTest::keyClick(field, Qt::Key_Tab);
    }

    std::filesystem::path startRun() {
        const std::filesystem::path before = study()->run();
        m_home->key(Qt::Key_F5);
        if (!m_home->until([&] { return study() && !study()->run().empty() && study()->run() != before; }))
            return {};
        return study()->run();
    }

  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The program or its plugins were not built.");
        m_home->open();
    }
    void cleanupTestCase() { m_home.reset(); }
    /// Each step stands on the one before.
    void init() {
        if (m_hasFailed) QSKIP("An earlier step failed.");
    }
    void cleanup() { m_hasFailed |= QTest::currentTestFailed(); }

    void takesTheTour() {
        QAbstractButton* tour = m_home->button(QStringLiteral("Take the tour"));
        QVERIFY2(tour, "The welcome page offers no tour.");
        m_home->click(tour);
        QCOMPARE(m_home->window().bench().workspace().filename(), std::filesystem::path("tour"));
        QVERIFY(m_home->until([&] { return m_home->window().bench().jobs().jobs().size() >= 4; }));
        QVERIFY(m_home->until([&] { return study() && study()->snapshot(); }));
        // Its figures draw while studies go on.
        QVERIFY(m_home->until([&] { return study()->board() && !study()->board()->shown().isEmpty(); }));
        const QString first = study()->board()->shown().front();
        QVERIFY(m_home->until(
            [&] { return study()->board()->card(first) && study()->board()->card(first)->canvas(); }));
        // The user has seen enough: each study is stopped or withdrawn where it stands.
        for (const Job& job : std::vector<Job>(m_home->window().bench().jobs().jobs()))
            job.state == "queued" ? m_home->window().bench().jobs().withdraw(job.run)
                                  : m_home->window().bench().jobs().stop(job.run);
        QVERIFY(m_home->until([&] {
            for (const Job& job : m_home->window().bench().jobs().jobs()) {
                if (job.state == "queued") m_home->window().bench().jobs().withdraw(job.run);
                if (job.state == "running" || job.state == "queued" || job.state == "preparing") return false;
            }
            return true;
        }));
    }

    void changesAParameterAndRuns() {
        chooseWithPalette(QStringLiteral("trained perceptrons"));
        QVERIFY(study());
        QCOMPARE(study()->info().id, std::string("sim/train"));
        QVERIFY(
            tabTo([](QWidget* held) { return held->accessibleName().startsWith(QLatin1String("Preset")); }));
        for (int i = 0; i < 4 && m_home->window().form().form()->preset() != QLatin1String("smoke"); ++i)
            m_home->key(qobject_cast<QComboBox*>(m_home->window().focusWidget()) ? Qt::Key_Up : Qt::Key_Left);
        QCOMPARE(m_home->window().form().form()->preset(), QStringLiteral("smoke"));
        enter(QStringLiteral("seeds"), QStringLiteral("16"));  // so that the long run outlasts its pause
        QVERIFY(m_home->until(
            [&] { return m_home->window().form().hindrance().isEmpty(); }));  // the tour's own run is made
        // With a wrong value nothing runs: F5 goes to the field, beside which it says why.
        enter(QStringLiteral("epochs"), QStringLiteral("-5"));
        QVERIFY(!m_home->window().form().hindrance().isEmpty());
        const auto jobs = m_home->window().bench().jobs().jobs().size();
        m_home->key(Qt::Key_F5);
        const auto* wrong =
            m_home->window().form().form()->findChild<QWidget*>(QStringLiteral("parameter.epochs"));
        QVERIFY(wrong && QApplication::focusWidget() && wrong->isAncestorOf(QApplication::focusWidget()));
        QCOMPARE(m_home->window().bench().jobs().jobs().size(), jobs);
        enter(QStringLiteral("epochs"), QLatin1String(kLongEpochs));
        QCOMPARE(m_home->window().form().hindrance(), QString());
        m_first = startRun();
        QVERIFY(!m_first.empty());
        QCOMPARE(parametersOf(m_first)["epochs"], nlohmann::json(std::stoi(kLongEpochs)));
    }

    void seesItLive() {
        QVERIFY(m_home->until(
            [&] { return study()->snapshot() && study()->snapshot()->status.state == "running"; }));
        m_home->key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(study()->panel(), StudyPage::Panel::Training);
        QVERIFY(m_home->until([&] { return !study()->board()->shown().isEmpty(); }));
        const QString curve = study()->board()->shown().front();
        QVERIFY(m_home->until([&] {
            return study()->board()->card(curve) && study()->board()->card(curve)->canvas() &&
                   study()->board()->card(curve)->canvas()->isVisible();
        }));
        FigureCanvas* canvas = study()->board()->card(curve)->canvas();
        const QImage before = canvas->grab().toImage();
        QVERIFY2(m_home->until([&] { return canvas->grab().toImage() != before; }),
                 "The curve does not grow.");
    }

    void pausesAndResumes() {
        m_home->key(Qt::Key_F6);
        QVERIFY2(m_home->until([&] { return stateOf(m_first) == "paused"; }, 60'000),
                 stateOf(m_first).c_str());
        QVERIFY(m_home->until(
            [&] { return m_home->window().actions()[QStringLiteral("run.resume")]->isEnabled(); }));
        m_home->key(Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(m_home->until([&] { return stateOf(m_first) == "running"; }));
        QVERIFY(m_home->until(
            [&] { return m_home->window().actions()[QStringLiteral("run.stop")]->isEnabled(); }));
        m_home->key(Qt::Key_F5, Qt::ShiftModifier);
        QVERIFY2(m_home->until([&] { return stateOf(m_first) == "stopped" || stateOf(m_first) == "done"; }),
                 stateOf(m_first).c_str());
    }

    void scrubsThroughTheFrames() {
        enter(QStringLiteral("epochs"), QStringLiteral("5"));
        m_first = startRun();
        QVERIFY(!m_first.empty());
        QVERIFY(m_home->until([&] { return stateOf(m_first) == "done"; }));
        m_home->key(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(study()->panel(), StudyPage::Panel::Visualisation);
        QSlider* slider = nullptr;
        QVERIFY(m_home->until([&] {
            for (Scrubber* one : study()->board()->findChildren<Scrubber*>())
                if (auto* its = one->findChild<QSlider*>();
                    its && its->isVisibleTo(study()) && its->maximum() > 1)
                    slider = its;
            return slider != nullptr;
        }));
        QVERIFY(tabTo([slider](QWidget* held) { return held == slider; }));
        QTest::keyClick(slider, Qt::Key_Home);
        QCOMPARE(slider->value(), 0);
        QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(slider->value(), 1);
        bool isLinked = false;
        for (const auto& [name, index] : study()->figures().cursors()) isLinked |= index == 1;
        QVERIFY(isLinked);
    }

    void comparesTwoRuns() {
        enter(QStringLiteral("mu"), QStringLiteral("1, 3"));
        m_second = startRun();
        QVERIFY(!m_second.empty());
        QVERIFY(m_home->until([&] { return stateOf(m_second) == "done"; }));
        m_home->key(Qt::Key_R, Qt::ControlModifier);
        m_home->type(QStringLiteral("epochs=5 state=done"));
        auto* table = m_home->window().runsPanel().findChild<QTableView*>();
        QVERIFY(table);
        QVERIFY(m_home->until([&] { return table->model()->rowCount() == 2; }));
        m_home->key(Qt::Key_Down);  // from the filter into the list
        QCOMPARE(m_home->window().focusWidget(), static_cast<QWidget*>(table));
        QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_home->window().runsPanel().selection().size(), 2);
        m_home->key(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        auto* compare = qobject_cast<CompareView*>(m_home->window().tabs().current());
        QVERIFY(compare);
        CompareGrid* parameters = nullptr;
        QVERIFY(m_home->until([&] {
            for (CompareGrid* grid : compare->findChildren<CompareGrid*>())
                if (grid->accessibleName() == QLatin1String("Parameters that differ") && grid->rowCount() > 0)
                    parameters = grid;
            return parameters != nullptr;
        }));
        QCOMPARE(parameters->rowCount(), 1);  // mu and nothing else
        QStringList cells;
        for (int column = 0; column < parameters->columnCount(); ++column)
            if (parameters->item(0, column)) cells << parameters->item(0, column)->text();
        QVERIFY2(cells.join(QLatin1Char('|')).contains(QLatin1String("3")),
                 qPrintable(cells.join(QLatin1Char('|'))));
        // Whichever is resolved first, they stand in the order of the run's views.
        std::vector<nlohmann::json> views;
        for (QWidget* page : m_home->window().tabs().pages())
            if (const auto* its = qobject_cast<StudyPage*>(page);
                its && its->run() == m_second && its->snapshot())
                views = its->snapshot()->views;
        QVERIFY(!views.empty());
        const auto places = [&] {
            QList<OverlayCard*> cards = compare->findChildren<OverlayCard*>();
            std::sort(cards.begin(), cards.end(), [](const OverlayCard* a, const OverlayCard* b) {
                return std::pair(a->y(), a->x()) < std::pair(b->y(), b->x());
            });
            std::vector<std::size_t> all;
            for (const OverlayCard* card : cards)
                for (std::size_t i = 0; i < views.size(); ++i)
                    if (views[i].value("name", "") == card->figure()->name) all.push_back(i);
            return all;
        };
        QVERIFY(m_home->until([&] { return places().size() >= 5; }));
        QTest::qWait(200);
        const std::vector<std::size_t> found = places();
        QVERIFY(std::is_sorted(found.begin(), found.end()));
        QCOMPARE(found.front(), std::size_t(0));
    }

    void exportsAllFigures() {
        m_home->window().openRun(QString::fromStdString(m_second.string()));
        QVERIFY(study());
        QVERIFY(m_home->until([&] { return study()->snapshot() && !study()->board()->shown().isEmpty(); }));
        const QStringList shown = study()->board()->shown();
        const QString folder = QString::fromStdString((m_home->folder() / "figures").string());
        bool answered = false;
        QTimer::singleShot(0, this, [&] {  // the dialog has an event loop of its own
            if (!m_home->until([] { return QApplication::activeModalWidget() != nullptr; })) return;
            QWidget* dialog = QApplication::activeModalWidget();
            auto* format = dialog->findChildren<QComboBox*>().front();
            for (QComboBox* box : dialog->findChildren<QComboBox*>())
                if (box->accessibleName() == QLatin1String("Format")) format = box;
            format->setCurrentIndex(format->findData(QStringLiteral("svg")));
            for (QLineEdit* line : dialog->findChildren<QLineEdit*>())
                if (line->accessibleName() == QLatin1String("Folder")) line->setText(folder);
            answered = true;
            m_home->click(m_home->button(QStringLiteral("Export"), dialog));
        });
        m_home->key(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(m_home->until([&] { return answered && !QApplication::activeModalWidget(); }));
        QStringList files = QDir(folder).entryList({QStringLiteral("*.svg")}, QDir::Files);
        for (const QString& figure : shown)
            QVERIFY2(files.contains(figure + QStringLiteral(".svg")),
                     qPrintable(figure + QStringLiteral(" is not among ") + files.join(QLatin1Char(' '))));
        for (const QString& file : files) {
            QFile written(folder + QLatin1Char('/') + file);
            QVERIFY(written.open(QIODevice::ReadOnly));
            const QByteArray bytes = written.readAll();
            QVERIFY2(bytes.contains("<svg") && bytes.size() > 1000, qPrintable(file));
        }
    }

    void findsEverythingAsItWas() {
        m_home->window().activateWindow();  // as a window manager does when a dialog has closed
        QVERIFY(QTest::qWaitForWindowActive(&m_home->window()));
        // A frame, a zoom, a dock, the theme, a pane and a panel are set up by the keys.
        m_home->key(Qt::Key_3, Qt::ControlModifier);
        QSlider* slider = nullptr;
        QVERIFY(m_home->until([&] {
            for (Scrubber* one : study()->board()->findChildren<Scrubber*>())
                if (auto* its = one->findChild<QSlider*>();
                    its && its->isVisibleTo(study()) && its->maximum() > 2)
                    slider = its;
            return slider != nullptr;
        }));
        QVERIFY(tabTo([slider](QWidget* held) { return held == slider; }));
        m_home->key(Qt::Key_Home);
        m_home->key(Qt::Key_Right);
        m_home->key(Qt::Key_Right);
        QVERIFY(tabTo([](QWidget* held) { return qobject_cast<FigureCanvas*>(held) != nullptr; }));
        m_home->key(Qt::Key_Plus);
        QString zoomed;
        for (const QString& figure : study()->board()->shown())
            if (study()->board()->card(figure)->canvas() == m_home->window().focusWidget()) zoomed = figure;
        QVERIFY(!zoomed.isEmpty());
        const QVariantMap zoom = study()->board()->card(zoomed)->canvas()->viewState();
        QVERIFY(!zoom.isEmpty());
        m_home->key(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_home->until([] { return theme().isDark(); }, 10'000));
        QVERIFY(tabTo([](QWidget* held) {
            return held->accessibleName() == QLatin1String("Hide Jobs") ||
                   held->accessibleName() == QLatin1String("Hide Experiments");
        }));
        m_home->key(Qt::Key_Space);
        m_home->key(Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(study()->panel(), StudyPage::Panel::Claims);
        m_home->key(Qt::Key_Backslash, Qt::ControlModifier);
        QCOMPARE(m_home->window().tabs().count(), 2);
        const QString experiment = QString::fromStdString(study()->info().id);
        const auto describe = [this] {
            QStringList words{QString::fromStdString(m_home->window().bench().workspace().string())};
            for (QWidget* page : m_home->window().tabs().pages()) {
                QString line = QString::number(m_home->window().tabs().paneOf(page));
                if (auto* shown = qobject_cast<StudyPage*>(page))
                    line += QStringLiteral(" study %1 %2 %3")
                                .arg(QString::fromStdString(shown->info().id),
                                     QString::fromStdString(shown->run().string()))
                                .arg(static_cast<int>(shown->panel()));
                else if (auto* compare = qobject_cast<CompareView*>(page))
                    line += QStringLiteral(" compare ") + compare->runs().join(QLatin1Char(' '));
                words << line;
            }
            const std::vector<QWidget*> pages = m_home->window().tabs().pages();
            words << QStringLiteral("current %1")
                         .arg(std::find(pages.begin(), pages.end(), m_home->window().tabs().current()) -
                              pages.begin());
            words << m_home->window().form().form()->commandLine();
            for (const QDockWidget* dock : m_home->window().findChildren<QDockWidget*>())
                words << dock->objectName() + (dock->isHidden() ? QStringLiteral(" hidden") : QString());
            words << (theme().isDark() ? QStringLiteral("dark") : QStringLiteral("light"));
            for (const auto& [name, index] : study()->figures().cursors())
                words << QStringLiteral("%1 at %2").arg(QString::fromStdString(name)).arg(index);
            return words;
        };
        const QStringList before = describe();
        QVERIFY2(before.join(u'\n').contains(QLatin1String(" at 2")), qPrintable(before.join(u'\n')));
        QCOMPARE(before.filter(QStringLiteral("hidden")).size(), 1);
        m_home->close();
        m_home->open();
        QCOMPARE(describe(), before);
        QCOMPARE(QString::fromStdString(study()->info().id), experiment);
        m_home->key(Qt::Key_3, Qt::ControlModifier);
        QVERIFY2(m_home->until([&] {
            const FigureCard* card = study()->board() ? study()->board()->card(zoomed) : nullptr;
            return card && card->canvas() && card->canvas()->viewState() == zoom;
        }),
                 "The zoom was not kept.");
        auto* table = m_home->window().runsPanel().findChild<QTableView*>();
        QVERIFY2(m_home->until([&] { return table->model()->rowCount() == 2; }),
                 "The filter of the runs was not kept.");
        QVERIFY(m_home->until(
            [&] { return study() && study()->snapshot() && study()->snapshot()->status.state == "done"; }));
    }

    /// A worker that is killed: the run says so, and Resume goes on from the last checkpoint.
    void resumesWhatWasInterrupted() {
        study()->showPanel(StudyPage::Panel::Training);
        enter(QStringLiteral("epochs"), QLatin1String(kLongEpochs));
        const std::filesystem::path run = startRun();
        QVERIFY(!run.empty());
        QVERIFY(m_home->until(
            [&] { return study()->snapshot() && study()->snapshot()->status.state == "running"; }));
        m_home->window().actions()[QStringLiteral("run.checkpoint")]->trigger();
        QVERIFY(m_home->until([&] {
            return std::filesystem::exists(run / "checkpoints") &&
                   !std::filesystem::is_empty(run / "checkpoints");
        }));
        WindowHome::kill(run);
        QAbstractButton* resume = nullptr;
        QVERIFY2(m_home->until(
                     [&] { return (resume = m_home->button(QStringLiteral("Resume"), study())) != nullptr; }),
                 "No Resume button on the page of a run that was killed.");
        QCOMPARE(study()->snapshot()->status.state, std::string("interrupted"));
        m_home->click(resume);
        QVERIFY(m_home->until([&] { return stateOf(run) == "running"; }));
        m_home->window().bench().jobs().stop(run);
        QVERIFY(m_home->until([&] { return stateOf(run) != "running"; }));
    }
};

QTEST_MAIN(TestJourney)
#include "test_journey.moc"
