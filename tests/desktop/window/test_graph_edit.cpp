// SPDX-License-Identifier: GPL-3.0-or-later
// A graph is edited in its picture, with clicks in the real window: in the preview of its data source, and in the questions of
// an experiment, from where it goes into the form.
#include <QLabel>
#include <QScrollBar>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/views/graph/graph_canvas.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/split_tabs.hpp"
#include "window_home.hpp"

using namespace latent::desktop;
using nlohmann::json;

class TestGraphEdit : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowHome> m_home;

    StudyPage* study() { return qobject_cast<StudyPage*>(m_home->window().tabs().current()); }
    FigureCard* card() { return study() && study()->board() ? study()->board()->card("graph") : nullptr; }
    /// Of the page that is looked at; null before the first answer.
    GraphCanvas* canvas() { return card() ? qobject_cast<GraphCanvas*>(card()->canvas()) : nullptr; }
    /// As it was answered, not as the hand has it.
    std::size_t edges() {
        const auto figure = canvas() ? canvas()->figure() : nullptr;
        return figure ? std::get<latent::engine::figures::Graph>(figure->body).edges.size() : 0;
    }
    bool answered(std::size_t count) {
        return m_home->until([&] { return edges() == count && canvas()->isVisible(); });
    }
    /// The tools of a figure are there while the keyboard or the mouse is in it.
    void chooseGesture() {
        QAbstractButton* button = nullptr;
        canvas()->setFocus();
        QVERIFY(m_home->until(
            [&] { return (button = m_home->button(QStringLiteral("Add edges"), card())) != nullptr; }));
        m_home->click(button);
    }
    void clickNode(std::size_t node) {
        QTest::mouseClick(canvas(), Qt::LeftButton, {}, canvas()->arrangement().at[node].toPoint());
    }
    /// The question or preview beside the figures.
    ProbePanel* panel() {
        for (ProbePanel* one : study()->findChildren<ProbePanel*>())
            if (one->isVisible()) return one;
        return nullptr;
    }
    json edited() { return panel()->form()->resolution().values.value("edited_edges", json()); }

  private Q_SLOTS:
    void init() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady() || m_home->latent({QStringLiteral("plugins"), QStringLiteral("trust"),
                                                  QStringLiteral("icl_graphs")}) != 0)
            QSKIP("The program or its plugins were not built.");
        m_home->open();
    }
    void cleanup() { m_home.reset(); }

    void inThePreviewOfTheData() {
        m_home->window().openExperiment(QStringLiteral("icl/graphs"));
        QVERIFY(study());
        study()->showPanel(StudyPage::Panel::Data);
        QVERIFY(answered(24));
        chooseGesture();
        // Across the first cell of the grid, and then from there.
        clickNode(0);
        clickNode(5);
        QVERIFY(answered(25));
        QCOMPARE(edited().size(), 25u);
        QVERIFY(edited().back() == (json{0.0, 5.0}));
        // The parameter is folded away, and the form does not go looking for it.
        QCOMPARE(panel()->form()->verticalScrollBar()->value(), 0);
        clickNode(5);
        clickNode(0);
        QVERIFY(answered(24));
        // A corner loses both of its neighbours: no walk leaves it, which is said; the hand goes on, and it gets another.
        for (const std::size_t other : {1, 4}) {
            clickNode(0);
            clickNode(other);
        }
        QVERIFY(m_home->until([&] { return panel()->words().contains(QStringLiteral("Node 0 has no")); }));
        clickNode(0);
        clickNode(15);
        QVERIFY(answered(23));
        QCOMPARE(edited().size(), 23u);
        // By keyboard: the node in the middle of the row below, and the one beside it.
        canvas()->setFocus();
        clickNode(15);
        QTest::keyClick(canvas(), Qt::Key_Left);
        QTest::keyClick(canvas(), Qt::Key_Space);
        QVERIFY(answered(22));
        // What was edited is what the form of the page runs.
        m_home->click(m_home->button(QStringLiteral("Use these values"), panel()));
        QCOMPARE(m_home->window().form().form()->resolution().values.at("edited_edges").size(), 22u);
        QCOMPARE(m_home->window().form().form()->resolution().values.at("family"), "grid");
    }

    /// The preview becomes that of the run's graph with the edit, whatever the form holds; the run stays as it is.
    void inAFigureOfARun() {
        const QString workspace = QString::fromStdString(m_home->workspace().string());
        QCOMPARE(
            m_home->latent({QStringLiteral("-w"), workspace, QStringLiteral("run"),
                            QStringLiteral("icl/graphs"), QStringLiteral("-s"), QStringLiteral("family=ring"),
                            QStringLiteral("-s"), QStringLiteral("nodes=6")}),
            0);
        m_home->window().resize(1280, 860);
        m_home->window().openRun(QString::fromStdString(
            std::filesystem::directory_iterator(m_home->workspace() / "runs")->path().string()));
        QVERIFY(m_home->until([&] { return study() && study()->snapshot(); }));
        study()->showPanel(StudyPage::Panel::Visualisation);
        QVERIFY(answered(6));
        chooseGesture();
        clickNode(1);
        clickNode(4);
        QCOMPARE(study()->panel(), StudyPage::Panel::Data);
        QVERIFY(answered(7));
        QVERIFY(edited().back() == (json{1.0, 4.0}));
        // It stands below another figure there, and is brought into sight.
        const QWidget* room = study()->board()->viewport();
        QVERIFY(m_home->until(
            [&] { return room->rect().contains(QRect(card()->mapTo(room, QPoint(0, 0)), card()->size())); },
            5000));
        QCOMPARE(panel()->form()->resolution().values.at("family"), "ring");
        QCOMPARE(panel()->form()->resolution().values.at("nodes"), 6);
        const auto starts = [&](const char* words) {
            for (const QLabel* label : panel()->findChildren<QLabel*>())
                if (label->isVisible() && label->text() == QLatin1String(words)) return true;
            return false;
        };
        QVERIFY(starts("From the run that was edited.") && !starts("From the form."));
        const auto says = [&](const char* words) {
            return canvas()->accessibleDescription().contains(QString::fromUtf8(words));
        };
        // The next edge is made there. Values by hand count, as soon as they are answered, and so does what it began with.
        chooseGesture();
        clickNode(0);
        clickNode(3);
        QVERIFY(answered(8));
        QVERIFY(says("edges: 8"));
        panel()->form()->setValues({{"family", "ring"}, {"nodes", 9}});
        QVERIFY(m_home->until([&] { return says("edges: 9"); }));
        const QVariantMap kept = panel()->viewState();
        m_home->click(m_home->button(QStringLiteral("Back to the form"), panel()));
        QVERIFY(m_home->until([&] { return says("edges: 24"); }));
        QVERIFY(starts("From the form.") && !starts("From the run that was edited."));
        // A session that was kept says it again.
        panel()->setViewState(kept);
        QVERIFY(m_home->until([&] { return says("edges: 9"); }));
        QVERIFY(starts("From the run that was edited."));
        study()->showPanel(StudyPage::Panel::Visualisation);
        QCOMPARE(edges(), 6u);
        QVERIFY(m_home->until([&] { return says("edges: 6"); }));
    }

    void inAQuestion() {
        m_home->window().openExperiment(QStringLiteral("icl/oracle"));
        QVERIFY(study());
        study()->showPanel(StudyPage::Panel::Visualisation);
        for (QTabWidget* tabs : study()->findChildren<QTabWidget*>())
            for (int i = 0; i < tabs->count(); ++i)
                if (tabs->widget(i)->objectName() == QStringLiteral("questions")) tabs->setCurrentIndex(i);
        QVERIFY(m_home->until([&] { return panel() != nullptr; }));
        panel()->ask(QStringLiteral("icl/edit"), {{"family", "ring"}, {"nodes", 6}});
        QVERIFY(answered(6));
        chooseGesture();
        const QPoint from = canvas()->arrangement().at[1].toPoint(),
                     to = canvas()->arrangement().at[4].toPoint();
        QTest::mousePress(canvas(), Qt::LeftButton, {}, from);
        QTest::mouseMove(canvas(), (from + to) / 2);
        QTest::mouseMove(canvas(), to);
        QTest::mouseRelease(canvas(), Qt::LeftButton, {}, to);
        QVERIFY(answered(7));
        QVERIFY(edited().back() == (json{1.0, 4.0}));
        QCOMPARE(panel()->probe(), QStringLiteral("icl/edit"));
        m_home->click(m_home->button(QStringLiteral("Use these values"), panel()));
        QCOMPARE(m_home->window().form().form()->resolution().values.at("edited_edges").size(), 7u);
    }
};

QTEST_MAIN(TestGraphEdit)
#include "test_graph_edit.moc"
