// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A graph, its nodes and edges in words and as results of gestures.
//
// Pure functions; any thread.
//
//     Q_EMIT readout(nodeWords(*content, node));            // "node 7, energy 0.31, 4 neighbours"

#include <QPolygonF>
#include <nlohmann/json.hpp>

#include "desktop/views/graph/graph_arrangement.hpp"

namespace latent::desktop {

QString nodeWords(const GraphContent& content, std::size_t node);
QString edgeWords(const GraphContent& content, std::size_t edge);
/// "3 – 7: adds an edge", of two nodes that are about to be joined or parted.
QString connectWords(const GraphContent& content, std::size_t from, std::optional<std::size_t> to);
/// x, y, z where the figure gives positions, value, index.<dimension>.
nlohmann::json nodeResults(const GraphContent& content, std::size_t node);
/// The nodes inside of a shape on the screen; its corners are in the units of the positions.
nlohmann::json lassoResults(const GraphContent& content, const GraphArrangement& arranged, const QPolygonF& lasso);
/// "Context: graph of 25 nodes and 40 edges."
QString graphSentence(const GraphContent& content, const QString& title);

}  // namespace latent::desktop
