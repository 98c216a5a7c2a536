// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_words.hpp"

#include <QCoreApplication>
#include <cmath>

#include "desktop/views/field/raster_words.hpp"
#include "desktop/views/graph/edge_edit.hpp"
#include "desktop/views/plot/number_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

/// With a context that lupdate knows.
class GraphWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::GraphCanvas)
};

QString valueIn(const Colours& colours, double value) {
    if (std::isnan(value)) return GraphWords::tr("no number");
    if (value >= 0 && value < static_cast<double>(colours.categories.size()))
        return QString::fromStdString(colours.categories[static_cast<std::size_t>(value)]);
    return quantityWords(value, colours.unit);
}

}  // namespace

QString nodeWords(const GraphContent& content, std::size_t node) {
    const Graph& graph = content.graph();
    QStringList words{QString::fromStdString(graph.dimension.empty() ? "node" : graph.dimension) +
                      QLatin1Char(' ') + content.name(node)};
    if (content.hasColours()) {
        const QString name = graph.colours.title.empty() ? GraphWords::tr("value")
                                                         : QString::fromStdString(graph.colours.title);
        words << name + QLatin1Char(' ') + valueIn(graph.colours, graph.colour[node]);
    }
    if (node < graph.size.size())
        words << GraphWords::tr("relative size %1").arg(valueWords(graph.size[node], 3));
    if (!graph.directed)
        return (words << GraphWords::tr("edges: %1").arg(content.neighbours.degree(node)))
            .join(QStringLiteral(", "));
    std::size_t out = 0;
    for (std::size_t i = 0; i < content.neighbours.degree(node); ++i)
        out += graph.edges[content.neighbours.edge(node, i)].from == node ? 1 : 0;
    words << GraphWords::tr("edges in: %1, out: %2").arg(content.neighbours.degree(node) - out).arg(out);
    return words.join(QStringLiteral(", "));
}

QString edgeWords(const GraphContent& content, std::size_t edge) {
    const Edge& own = content.graph().edges[edge];
    const QString words = content.name(own.from) +
                          (content.graph().directed ? QStringLiteral(" → ") : QStringLiteral(" – ")) +
                          content.name(own.to);
    return content.graph().weighted ? words + GraphWords::tr(", weight %1").arg(valueWords(own.weight))
                                    : words;
}

QString connectWords(const GraphContent& content, std::size_t from, std::optional<std::size_t> to) {
    if (!to || *to == from)
        return GraphWords::tr("%1: choose the node at the other end; Esc gives it up")
            .arg(content.name(from));
    const QString pair = content.name(from) +
                         (content.graph().directed ? QStringLiteral(" → ") : QStringLiteral(" – ")) +
                         content.name(*to);
    return (hasEdge(content.graph(), from, *to) ? GraphWords::tr("%1: takes the edge away")
                                                : GraphWords::tr("%1: adds an edge"))
        .arg(pair);
}

nlohmann::json nodeResults(const GraphContent& content, std::size_t node) {
    const Graph& graph = content.graph();
    nlohmann::json results = nlohmann::json::object();
    const QPointF place = (*content.places)[node];
    results["x"] = numberOrNull(place.x());
    results["y"] = numberOrNull(place.y());
    if (node < graph.z.size()) results["z"] = numberOrNull(graph.z[node]);
    if (content.hasColours()) results["value"] = numberOrNull(graph.colour[node]);
    if (!graph.dimension.empty()) results["index." + graph.dimension] = node;
    return results;
}

nlohmann::json lassoResults(const GraphContent& content, const GraphArrangement& arranged,
                            const QPolygonF& lasso) {
    nlohmann::json polygon = nlohmann::json::array(), indices = nlohmann::json::array();
    for (const QPointF& corner : lasso) {
        const QPointF place = arranged.place(corner);
        polygon.push_back({place.x(), place.y()});
    }
    for (std::size_t i = 0; i < arranged.at.size(); ++i)
        if (std::isfinite(arranged.at[i].x()) && lasso.containsPoint(arranged.at[i], Qt::OddEvenFill))
            indices.push_back(i);
    nlohmann::json results = {{"indices", std::move(indices)}};
    // Turned in space, a shape on the screen has no corners in the units of the data.
    if (!content.isInSpace()) results["polygon"] = std::move(polygon);
    return results;
}

QString graphSentence(const GraphContent& content, const QString& title) {
    const Graph& graph = content.graph();
    QString words =
        GraphWords::tr("%1: graph, nodes: %2, edges: %3").arg(title).arg(graph.nodes).arg(graph.edges.size());
    if (graph.directed) words += GraphWords::tr(", directed");
    if (content.hasColours())
        words += GraphWords::tr(", coloured from %1 to %2")
                     .arg(valueWords(graph.colours.dataLow), valueWords(graph.colours.dataHigh));
    if (content.withoutPlace > 0)
        words += GraphWords::tr(", nodes without a position: %1").arg(content.withoutPlace);
    return words + QLatin1Char('.');
}

}  // namespace latent::desktop
