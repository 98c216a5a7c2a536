// SPDX-License-Identifier: GPL-3.0-or-later
// Graphs: where nodes stand, what is drawn, and what mouse and keyboard do.
#include <set>

#include "desktop/views/graph/edge_edit.hpp"
#include "desktop/views/graph/graph_canvas.hpp"
#include "desktop/views/graph/graph_drawing.hpp"
#include "desktop/views/graph/graph_words.hpp"
#include "desktop/views/graph/label_room.hpp"
#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

Graph graphOf(const Figure& figure) { return std::get<Graph>(figure.body); }

double length(const QPointF& by) { return std::hypot(by.x(), by.y()); }

Figure lattice(std::size_t side, const std::string& layout) {
    Figure figure = graphFigure(side * side, layout);
    auto& graph = std::get<Graph>(figure.body);
    graph.edges.clear();
    graph.weighted = false;
    for (std::size_t i = 0; i < side * side; ++i) {
        if (i % side + 1 < side) graph.edges.push_back({i, i + 1, 1});
        if (i + side < side * side) graph.edges.push_back({i, i + side, 1});
    }
    return figure;
}

/// A lattice whose positions are given.
Figure given() {
    Figure figure = lattice(5, "");
    auto& graph = std::get<Graph>(figure.body);
    for (std::size_t i = 0; i < 25; ++i) {
        graph.x.push_back(static_cast<double>(i % 5));
        graph.y.push_back(static_cast<double>(i / 5));
        graph.colour.push_back(static_cast<double>(i));
    }
    graph.colours.dataHigh = 24;
    graph.colours.title = "energy";
    return figure;
}

}  // namespace

class TestGraph : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void standsOnCircleAndGrid() {
        const auto circle = layOutNodes(graphOf(graphFigure(12, "circle")));
        for (const QPointF& place : circle) QVERIFY(std::abs(length(place) - length(circle[0])) < 1e-9);
        QVERIFY(std::abs(circle[0].x()) < 1e-9 && circle[0].y() > 0);
        QVERIFY(circle[3].x() > 0 && std::abs(circle[3].y()) < 1e-9);
        const auto grid = layOutNodes(graphOf(graphFigure(9, "grid")));
        QCOMPARE(grid[4], QPointF(1, -1));
    }

    /// Stress: what is n edges apart is about n apart on paper.
    void springsFollowTheEdges() {
        const auto places = layOutNodes(graphOf(lattice(6, "spring")));
        for (std::size_t i = 0; i + 1 < 36; ++i)
            if (i % 6 != 5)
                QVERIFY2(length(places[i] - places[i + 1]) > 0.5 && length(places[i] - places[i + 1]) < 1.6,
                         qPrintable(QString::number(length(places[i] - places[i + 1]))));
        // Opposite corners are the farthest apart.
        double longest = 0;
        for (const QPointF& a : places)
            for (const QPointF& b : places) longest = std::max(longest, length(a - b));
        QVERIFY(std::max(length(places[0] - places[35]), length(places[5] - places[30])) > 0.97 * longest);
        // The same every time.
        QVERIFY(places == layOutNodes(graphOf(lattice(6, "spring"))));
    }

    void keepsPartsApart() {
        Figure figure = graphFigure(12, "spring");
        auto& graph = std::get<Graph>(figure.body);
        graph.edges = {{0, 1, 1}, {1, 2, 1}, {3, 4, 1}, {5, 5, 1}};
        const auto places = layOutNodes(graph);
        for (std::size_t i = 0; i < 12; ++i)
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY2(length(places[i] - places[j]) > 0.4,
                         qPrintable(QStringLiteral("%1 and %2").arg(i).arg(j)));
    }

    void laysOutThousandsOfNodes() {
        Figure figure = graphFigure(3000, "spring");
        const auto places = layOutNodes(graphOf(figure));
        for (const QPointF& place : places) QVERIFY(std::isfinite(place.x() + place.y()));
        QVERIFY(length(places[0] - places[1]) < length(places[0] - places[1500]));
    }

    void layersFollowDirectedEdges() {
        Figure figure = graphFigure(6, "layers", true);
        auto& graph = std::get<Graph>(figure.body);
        graph.edges = {{0, 1, 1}, {0, 2, 1}, {1, 3, 1}, {2, 3, 1}, {3, 4, 1}, {4, 0, 1}, {5, 3, 1}};
        const auto places = layOutNodes(graph);
        QVERIFY(places[0].x() < places[1].x() && places[1].x() == places[2].x() &&
                places[2].x() < places[3].x() && places[3].x() < places[4].x());
        QVERIFY(places[1].y() != places[2].y());
    }

    void drawsNodesWhereTheyAre() {
        Shown<GraphCanvas> shown(given());
        const GraphArrangement now = shown.canvas->arrangement();
        const QImage picture = shown.picture();
        const GraphContentPtr content = makeGraphContent(shown.canvas->figure(), theme());
        for (const std::size_t node : {0, 12, 24}) {
            QVERIFY(hasInk(picture, now.at[node] + QPointF(-7, -5),
                           QColor(content->map.at(static_cast<double>(node))), 2, 30));
            QVERIFY(QRectF(shown.canvas->rect()).contains(now.at[node]));
        }
        // y goes up, one scale for both directions.
        QVERIFY(now.at[20].y() < now.at[0].y());
        QVERIFY(std::abs((now.at[4].x() - now.at[0].x()) - (now.at[0].y() - now.at[20].y())) < 0.5);
        // An edge between two neighbours, and none where there is none.
        const QPointF edge = (now.at[6] + now.at[7]) / 2, none = (now.at[6] + now.at[12]) / 2;
        QVERIFY(distance(picture.pixel(edge.toPoint()), theme().panel.rgb()) > 60 ||
                hasInk(picture, edge, theme().muted, 2, 200));
        QVERIFY(hasInk(picture, none, theme().panel, 0, 5));
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("nodes: 25, edges: 40")));
    }

    void showsWeightsAsWidths() {
        Figure figure = graphFigure(3, "");
        auto& graph = std::get<Graph>(figure.body);
        graph.edges = {{0, 1, 1}, {1, 2, 0.1}};
        graph.x = {0, 1, 2};
        graph.y = {0, 0, 0};
        Shown<GraphCanvas> shown(figure);
        const GraphArrangement now = shown.canvas->arrangement();
        const QImage picture = shown.picture();
        const auto thickness = [&](std::size_t a, std::size_t b) {
            const QPoint at = ((now.at[a] + now.at[b]) / 2).toPoint();
            int ink = 0;
            for (int y = at.y() - 12; y <= at.y() + 12; ++y)
                ink += distance(picture.pixel(at.x(), y), theme().panel.rgb());
            return ink;
        };
        QVERIFY2(thickness(0, 1) > 2.5 * thickness(1, 2),
                 qPrintable(QStringLiteral("%1 %2").arg(thickness(0, 1)).arg(thickness(1, 2))));
    }

    void fadesAllButTheNeighbours() {
        Shown<GraphCanvas> shown(given());
        const GraphArrangement now = shown.canvas->arrangement();
        const QImage before = shown.picture();
        shown.move(now.at[12]);
        QCOMPARE(shown.words, QStringLiteral("state 12, energy 12, edges: 4"));
        const QImage after = shown.picture();
        const QPointF beside(-7, -5);
        QVERIFY(distance(before.pixel((now.at[0] + beside).toPoint()),
                         after.pixel((now.at[0] + beside).toPoint())) > 60);
        QVERIFY(distance(before.pixel((now.at[13] + beside).toPoint()),
                         after.pixel((now.at[13] + beside).toPoint())) < 20);
        QVERIFY(hasInk(after, (now.at[12] + now.at[13]) / 2, theme().accent, 2, 60));
        shown.move((now.at[6] + now.at[7]) / 2);
        QCOMPARE(shown.words, QStringLiteral("6 – 7"));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(shown.canvas.get(), &leave);
        QCOMPARE(shown.words, QString());
        QCOMPARE(shown.picture(), before);
    }

    void picksAndDrawsALasso() {
        Figure figure = given();
        figure.gestures = {gestureOf(Gesture::Kind::Pick), gestureOf(Gesture::Kind::Lasso)};
        Shown<GraphCanvas> shown(figure);
        const GraphArrangement now = shown.canvas->arrangement();
        shown.canvas->setActiveGesture(0);
        shown.click(now.at[7]);
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second,
                 (nlohmann::json{{"x", 2.0}, {"y", 1.0}, {"value", 7.0}, {"index.state", 7}}));
        shown.canvas->setActiveGesture(1);
        const auto at = [&](double x, double y) { return now.pixel({x, y}); };
        shown.drag({at(0.5, 0.5), at(2.5, 0.5), at(2.5, 2.5), at(0.5, 2.5)});
        QCOMPARE(shown.gestures.size(), 2u);
        QCOMPARE(shown.gestures[1].first, 1);
        QCOMPARE(shown.gestures[1].second["indices"], (nlohmann::json{6, 7, 11, 12}));
        const nlohmann::json corner = shown.gestures[1].second["polygon"][0];
        QVERIFY(std::abs(corner[0].get<double>() - 0.5) < 0.02 &&
                std::abs(corner[1].get<double>() - 0.5) < 0.02);
        QVERIFY(shown.canvas->viewState().isEmpty());
        // By keyboard: the node and those beside it.
        shown.move(now.at[0]);
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures[2].second["indices"], (nlohmann::json{0, 1, 5}));
    }

    /// A click on one node and on another; the edge stands there before anybody has answered.
    void connectsByTwoClicks() {
        Figure figure = given();
        figure.gestures = {gestureOf(Gesture::Kind::Pick), gestureOf(Gesture::Kind::Connect)};
        Shown<GraphCanvas> shown(figure);
        const GraphArrangement now = shown.canvas->arrangement();
        QVERIFY(shown.canvas->makes(Gesture::Kind::Connect));
        shown.canvas->setActiveGesture(1);
        shown.click(now.at[6]);
        QVERIFY(shown.gestures.empty());
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>(6));
        shown.move(now.at[18]);
        QCOMPARE(shown.words, QStringLiteral("6 – 18: adds an edge"));
        // The line that would come is drawn to the node.
        const QPointF between = (now.at[6] + now.at[18]) / 2 + (now.at[18] - now.at[6]) * 0.1;
        QVERIFY(hasInk(shown.picture(), between, theme().accent, 2, 60));
        shown.click(now.at[18]);
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].first, 1);
        const nlohmann::json added = shown.gestures[0].second;
        QCOMPARE(added["from"], 6);
        QCOMPARE(added["to"], 18);
        QCOMPARE(added["edges"].size(), 41u);
        QCOMPARE(added["edges"][40], (nlohmann::json{6, 18}));
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("edges: 41")));
        // There already, and the other way round: it goes. The next change is of what stands there now.
        shown.click(now.at[18]);
        shown.move(now.at[6]);
        QCOMPARE(shown.words, QStringLiteral("18 – 6: takes the edge away"));
        QVERIFY(hasInk(shown.picture(), between, theme().bad, 2, 60));
        shown.click(now.at[6]);
        QCOMPARE(shown.gestures.back().second["edges"].size(), 40u);
        shown.click(now.at[0]);
        shown.click(now.at[1]);
        const nlohmann::json edges = shown.gestures.back().second["edges"];
        QCOMPARE(edges.size(), 39u);
        QVERIFY(std::find(edges.begin(), edges.end(), nlohmann::json{0, 1}) == edges.end());
        // Nodes stay where they are, and the view is nobody's edit.
        QVERIFY(shown.canvas->arrangement().at == now.at);
        QVERIFY(shown.canvas->viewState().isEmpty());
    }

    void connectsByDragging() {
        Figure figure = given();
        figure.gestures = {gestureOf(Gesture::Kind::Connect)};
        Shown<GraphCanvas> shown(figure);
        const GraphArrangement now = shown.canvas->arrangement();
        shown.canvas->setActiveGesture(0);
        shown.drag({now.at[6], (now.at[6] + now.at[12]) / 2, now.at[12]});
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second["edges"].back(), (nlohmann::json{6, 12}));
        // Back to where it began, to the ground, the same node twice, a click on the ground: none is made.
        const QPointF ground = (now.at[6] + now.at[12]) / 2 + QPointF(25, -5);
        shown.drag({now.at[6], now.at[7], now.at[6]});
        shown.drag({now.at[6], ground, ground});
        shown.click(now.at[3]);
        shown.click(now.at[3]);
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
        shown.click(now.at[3]);
        shown.click(ground);
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
        shown.click(now.at[3]);
        shown.canvas->setActiveGesture(-1);
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
        QCOMPARE(shown.gestures.size(), 1u);
        QVERIFY(shown.canvas->viewState().isEmpty());
    }

    void connectsByKeyboard() {
        Figure figure = given();
        figure.gestures = {gestureOf(Gesture::Kind::Connect)};
        Shown<GraphCanvas> shown(figure);
        shown.canvas->setActiveGesture(0);
        shown.key(Qt::Key_Right);  // the node in the middle
        shown.key(Qt::Key_Space);
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>(12));
        shown.key(Qt::Key_Right);
        shown.key(Qt::Key_Right);
        QCOMPARE(shown.words, QStringLiteral("12 – 14: adds an edge"));
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures.size(), 1u);
        QCOMPARE(shown.gestures[0].second["edges"].back(), (nlohmann::json{12, 14}));
        shown.key(Qt::Key_Space);
        QVERIFY(shown.canvas->connectedFrom());
        shown.key(Qt::Key_Escape);
        QCOMPARE(shown.canvas->connectedFrom(), std::optional<std::size_t>());
        QCOMPARE(shown.gestures.size(), 1u);
    }

    /// An answer to an earlier change does not undo the later one; one of other values does, and so does starting over.
    void answersSettleWhatWasConnected() {
        Figure figure = given();
        figure.gestures = {gestureOf(Gesture::Kind::Connect)};
        Shown<GraphCanvas> shown(figure);
        const GraphArrangement now = shown.canvas->arrangement();
        const auto says = [&](const char* words) {
            return shown.canvas->accessibleDescription().contains(QString::fromUtf8(words));
        };
        const auto answer = [&](const nlohmann::json& edges) {
            Figure answered = figure;
            std::get<Graph>(answered.body).edges.clear();
            for (const auto& edge : edges)
                std::get<Graph>(answered.body).edges.push_back({edge[1], edge[0], 1});  // in any order
            shown.canvas->setFigure(shared(std::move(answered)));
        };
        shown.canvas->setActiveGesture(0);
        shown.drag({now.at[6], now.at[12]});
        shown.drag({now.at[12], now.at[18]});
        QVERIFY(says("edges: 42"));
        answer(shown.gestures[0].second["edges"]);
        QVERIFY(says("edges: 42"));
        ThemeManager::instance().choose(ThemeManager::Choice::Dark);
        ThemeManager::instance().choose(ThemeManager::Choice::Light);
        QVERIFY(says("edges: 42"));
        answer(shown.gestures[1].second["edges"]);
        QVERIFY(says("edges: 42"));
        shown.canvas->forgetPainted();
        QVERIFY(says("edges: 42"));  // it was answered: this is what stands
        shown.drag({now.at[0], now.at[6]});
        QVERIFY(says("edges: 43"));
        shown.canvas->setFigure(shared(figure));
        QVERIFY(says("edges: 40"));
        shown.drag({now.at[0], now.at[6]});
        shown.canvas->forgetPainted();
        QVERIFY(says("edges: 40"));
        shown.drag({now.at[0], now.at[7]});
        QCOMPARE(shown.gestures.back().second["edges"].size(), 41u);
    }

    /// A directed graph has an edge each way, and a heavy one is as heavy as any.
    void connectsFromHereToThere() {
        Figure figure = graphFigure(4, "circle", true);
        auto& graph = std::get<Graph>(figure.body);
        graph.edges = {{0, 1, 1}, {1, 2, -3}, {2, 1, 1}};
        const FigurePtr there = withEdgeToggled(figure, 1, 0), gone = withEdgeToggled(figure, 2, 1);
        const auto& added = std::get<Graph>(there->body).edges;
        QCOMPARE(added.size(), 4u);
        QVERIFY(added.back().from == 1 && added.back().to == 0 && added.back().weight == 3);
        QCOMPARE(connectResults(std::get<Graph>(gone->body), 2, 1),
                 (nlohmann::json{{"from", 2}, {"to", 1}, {"edges", {{0, 1}, {1, 2}}}}));
        QVERIFY(hasEdge(graph, 0, 1) && !hasEdge(graph, 1, 0));
        // Nodes that were laid out stay, too, until the answer lays the graph out anew.
        Figure laidOut = lattice(5, "spring");
        laidOut.gestures = {gestureOf(Gesture::Kind::Connect)};
        Shown<GraphCanvas> shown(laidOut);
        const auto before = shown.canvas->arrangement().at;
        shown.canvas->setActiveGesture(0);
        shown.drag({before[0], before[24]});
        QCOMPARE(shown.gestures.size(), 1u);
        QVERIFY(shown.canvas->arrangement().at == before);
    }

    void movesNodes() {
        Shown<GraphCanvas> shown(given());
        const GraphArrangement now = shown.canvas->arrangement();
        const QPointF to = now.pixel({2.5, 2.5});
        shown.drag({now.at[12], (now.at[12] + to) / 2, to});
        QVERIFY(length(shown.canvas->arrangement().at[12] - to) < 1);
        QVERIFY(length(shown.canvas->arrangement().at[13] - now.at[13]) < 1e-9);
        QVERIFY(shown.gestures.empty());
        const QVariantMap state = shown.canvas->viewState();
        QVERIFY(state.contains(QStringLiteral("moved")));
        shown.canvas->home();
        QVERIFY(shown.canvas->viewState().isEmpty());
        QVERIFY(length(shown.canvas->arrangement().at[12] - now.at[12]) < 1e-9);
        shown.canvas->setViewState(state);
        QCOMPARE(shown.canvas->viewState(), state);
        // And what was measured stays what it is.
        shown.click(shown.canvas->arrangement().at[12]);
        QCOMPARE(shown.gestures.back().second["x"], 2.0);
    }

    void zoomsAndPans() {
        Shown<GraphCanvas> shown(given());
        const QPointF at = shown.canvas->arrangement().at[7];
        shown.wheel(at, 5);
        QVERIFY(length(shown.canvas->arrangement().at[7] - at) < 0.5);
        QVERIFY(length(shown.canvas->arrangement().at[8] - at) > 100);
        QVERIFY(shown.edits > 0);
        const QPointF ground = at + QPointF(40, 40);
        shown.drag({ground, ground + QPointF(20, 10), ground + QPointF(50, 30)});
        QVERIFY(length(shown.canvas->arrangement().at[7] - at - QPointF(50, 30)) < 0.5);
        const QVariantMap state = shown.canvas->viewState();
        shown.key(Qt::Key_Home);
        QVERIFY(length(shown.canvas->arrangement().at[7] - at) < 0.5);
        shown.canvas->setViewState(state);
        QCOMPARE(shown.canvas->viewState(), state);
    }

    void walksByKeyboard() {
        Shown<GraphCanvas> shown(given());
        shown.key(Qt::Key_Right);
        QCOMPARE(shown.canvas->pointed(), std::optional<std::size_t>(12));
        shown.key(Qt::Key_Right);
        shown.key(Qt::Key_Up);
        QCOMPARE(shown.canvas->pointed(), std::optional<std::size_t>(18));
        shown.key(Qt::Key_Return);
        QCOMPARE(shown.gestures.back().second["index.state"], 18);
        const QPointF before = shown.canvas->arrangement().at[18];
        shown.key(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(std::abs(shown.canvas->arrangement().at[18].x() - before.x() + 8) < 0.5);
    }

    void keepsNamesApart() {
        LabelRoom room(QRectF(0, 0, 400, 300));
        room.take(QRectF(100, 100, 60, 14));
        QVERIFY(!room.isFree(QRectF(150, 105, 60, 14)));
        QVERIFY(room.isFree(QRectF(161, 100, 60, 14)));
        QVERIFY(!room.isFree(QRectF(380, 100, 60, 14)));
    }

    void turnsInSpace() {
        Figure figure = given();
        auto& graph = std::get<Graph>(figure.body);
        for (std::size_t i = 0; i < 25; ++i) graph.z.push_back(static_cast<double>(i % 3));
        Shown<GraphCanvas> shown(figure);
        const auto before = shown.canvas->arrangement().at;
        const QPointF ground(20, 20);
        shown.drag({ground, ground + QPointF(30, 0), ground + QPointF(90, 10)});
        QVERIFY(length(shown.canvas->arrangement().at[0] - before[0]) > 10);
        QVERIFY(shown.canvas->viewState().contains(QStringLiteral("azimuth")));
        shown.click(shown.canvas->arrangement().at[24]);
        QCOMPARE(shown.gestures.back().second["z"], 0.0);
    }

    void tellsWhatHasNoPlace() {
        Figure figure = given();
        auto& graph = std::get<Graph>(figure.body);
        graph.x[3] = kNaN;
        graph.colour[5] = kNaN;
        Shown<GraphCanvas> shown(figure);
        QVERIFY(
            shown.canvas->accessibleDescription().contains(QStringLiteral("nodes without a position: 1")));
        const GraphArrangement now = shown.canvas->arrangement();
        QVERIFY(now.area.bottom() < 400 - 10);
        shown.move(now.at[5]);
        QVERIFY(shown.words.contains(QStringLiteral("energy no number")));
        // A hollow ring.
        QVERIFY(hasInk(shown.picture(), now.at[5] + QPointF(-now.radius_px[5], 0), theme().hatch, 2, 60));
    }

    void laysOutLargeGraphsElsewhere() {
        Shown<GraphCanvas> shown(graphFigure(700, "spring"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.canvas->isReady(), 30000);
        QVERIFY(inkIn(shown.picture(), theme().panel) > 3000);
        // The next values of the same graph are there at once.
        shown.canvas->setFigure(shared(graphFigure(700, "spring")));
        QVERIFY(shown.canvas->isReady());
    }

    void saysWhenThereIsNothing() {
        Figure figure = graphFigure(3, "circle");
        std::get<Graph>(figure.body) = Graph();
        figure.isEmpty = true;
        Shown<GraphCanvas> shown(figure);
        QVERIFY(shown.canvas->accessibleDescription().contains(QStringLiteral("nothing is drawn yet")));
        QVERIFY(inkIn(shown.picture(), theme().panel) > 100);
    }

    void exportsVectors() {
        const QString svg = QString::fromUtf8(*renderFigure(shared(given()), QStringLiteral("svg")));
        QVERIFY(svg.contains(QStringLiteral("<ellipse")) || svg.contains(QStringLiteral("<circle")) ||
                svg.contains(QStringLiteral("<path")));
        QVERIFY(!svg.contains(QStringLiteral("<image")));
        QVERIFY(svg.contains(QStringLiteral("energy")));
        const QByteArray csv = *renderFigure(shared(given()), QStringLiteral("csv"));
        QCOMPARE(csv.count('\n'), 1 + 25 + 40);
    }
};

QTEST_MAIN(TestGraph)
#include "test_graph.moc"
