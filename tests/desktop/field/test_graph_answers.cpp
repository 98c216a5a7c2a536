// SPDX-License-Identifier: GPL-3.0-or-later
// Figures that come while the hand is at work on a graph: with fewer nodes, and as answers to older questions.
#include "desktop/views/graph/graph_canvas.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

/// Nodes on a circle, joined to the next one, with the edges that are wanted besides.
Figure ring(std::size_t nodes, std::vector<Edge> more = {}) {
    Figure figure = graphFigure(nodes, "circle");
    auto& graph = std::get<Graph>(figure.body);
    graph.edges = std::move(more);
    graph.weighted = false;
    for (std::size_t i = 0; i < nodes; ++i) graph.edges.push_back({i, (i + 1) % nodes, 1});
    figure.gestures = {gestureOf(Gesture::Kind::Connect)};
    return figure;
}

bool says(const Shown<GraphCanvas>& shown, const char* words) {
    return shown.canvas->accessibleDescription().contains(QString::fromUtf8(words));
}

}  // namespace

class TestGraphAnswers : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theNodeThatIsConnectedGoes() {
        Shown<GraphCanvas> shown(ring(12));
        shown.canvas->setActiveGesture(0);
        const auto at = shown.canvas->arrangement().at;
        for (const bool isDragged : {false, true}) {
            shown.button(QEvent::MouseButtonPress, at[11], Qt::LeftButton);
            if (isDragged) shown.move((at[11] + at[10]) / 2, Qt::LeftButton);
            shown.canvas->setFigure(shared(ring(4)));
            shown.move(shown.canvas->arrangement().at[1], Qt::LeftButton);
            (void)shown.picture();
            shown.button(QEvent::MouseButtonRelease, shown.canvas->arrangement().at[1], Qt::LeftButton);
            (void)shown.picture();
            QVERIFY(shown.gestures.empty());
            QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
            shown.canvas->setFigure(shared(ring(12)));
        }
        // The next edge is made as ever.
        shown.drag({at[0], at[6]});
        QCOMPARE(shown.gestures.size(), 1u);
    }

    void theNodeThatIsMovedGoes() {
        Shown<GraphCanvas> shown(ring(12));
        const auto at = shown.canvas->arrangement().at;
        shown.button(QEvent::MouseButtonPress, at[11], Qt::LeftButton);
        shown.move(at[11] + QPointF(20, 20), Qt::LeftButton);
        shown.canvas->setFigure(shared(ring(4)));
        const QVariantMap before = shown.canvas->viewState();
        const auto fewer = shown.canvas->arrangement().at;
        shown.move(at[11] + QPointF(40, 40), Qt::LeftButton);
        (void)shown.picture();
        shown.button(QEvent::MouseButtonRelease, at[11] + QPointF(40, 40), Qt::LeftButton);
        QCOMPARE(shown.canvas->viewState(), before);
        QVERIFY(shown.canvas->arrangement().at == fewer);
        // And where nothing is drawn any more.
        shown.button(QEvent::MouseButtonPress, fewer[2], Qt::LeftButton);
        shown.move(fewer[2] + QPointF(10, 10), Qt::LeftButton);
        shown.canvas->setFigure(shared(ring(0)));
        shown.move(fewer[2] + QPointF(30, 30), Qt::LeftButton);
        shown.button(QEvent::MouseButtonRelease, fewer[2], Qt::LeftButton);
        shown.canvas->setFigure(shared(ring(4)));
        const QVariantMap after = shown.canvas->viewState();
        shown.move(fewer[1] + QPointF(30, 30));
        QCOMPARE(shown.canvas->viewState(), after);
    }

    /// Answers to older questions and parts come before the answer to what the hand made.
    void anOlderAnswerLosesNoEdge() {
        Shown<GraphCanvas> shown(ring(12));
        shown.canvas->setActiveGesture(0);
        const auto at = shown.canvas->arrangement().at;
        shown.drag({at[0], at[6]});
        shown.canvas->awaitAnswer();
        shown.canvas->setFigure(shared(ring(12, {{1, 4, 1}})));  // of a value that the form had before
        QVERIFY(says(shown, "edges: 13"));
        shown.drag({at[3], at[9]});
        shown.canvas->awaitAnswer();
        QCOMPARE(shown.gestures.back().second["edges"].size(), 14u);
        shown.canvas->setFigure(shared(ring(12, {{0, 6, 1}})));
        QVERIFY(says(shown, "edges: 14"));
        shown.canvas->setFigure(shared(ring(12)));
        QVERIFY(says(shown, "edges: 14"));
        shown.canvas->setFigure(shared(ring(12, {{0, 6, 1}, {3, 9, 1}})));
        shown.canvas->answered();
        QVERIFY(says(shown, "edges: 14"));
        // From now on what comes counts.
        shown.canvas->setFigure(shared(ring(12)));
        QVERIFY(says(shown, "edges: 12"));
    }

    /// The answer to the newest question is what stands, also where it is of other edges.
    void aNewerAnswerCounts() {
        Shown<GraphCanvas> shown(ring(12));
        shown.canvas->setActiveGesture(0);
        const auto at = shown.canvas->arrangement().at;
        shown.drag({at[0], at[6]});
        shown.canvas->awaitAnswer();
        shown.canvas->setFigure(shared(ring(12, {{1, 4, 1}, {2, 5, 1}})));
        shown.canvas->answered();
        QVERIFY(says(shown, "edges: 14"));
        // A large figure is drawn later than its answer is told.
        shown.drag({at[0], at[6]});
        shown.canvas->awaitAnswer();
        shown.canvas->answered();
        QVERIFY(says(shown, "edges: 15"));
        shown.canvas->setFigure(shared(ring(12)));
        QVERIFY(says(shown, "edges: 12"));
    }

    /// An edge that came, went and came again: the answer is to the last time.
    void theLastOfEqualChangesIsAnswered() {
        Shown<GraphCanvas> shown(ring(12));
        shown.canvas->setActiveGesture(0);
        const auto at = shown.canvas->arrangement().at;
        for (int i = 0; i < 3; ++i) shown.drag({at[0], at[6]});
        QVERIFY(says(shown, "edges: 13"));
        shown.canvas->setFigure(shared(ring(12, {{0, 6, 1}})));
        shown.canvas->setFigure(shared(ring(12)));
        QVERIFY(says(shown, "edges: 12"));
    }
};

QTEST_MAIN(TestGraphAnswers)
#include "test_graph_answers.moc"
