// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The gesture "connect" on the edges of a graph: an edge comes where there was none, and goes where there was one.
//
// What is changed is drawn at once, and is what the next edge is changed in: answers come later, and one that refuses the
// graph (a node was left alone, and is about to get another edge) does not undo what the hand has done. Plain values; UI
// thread where the canvas keeps them.
//
//     EdgeEdits edits;
//     FigurePtr drawn = edits.toggle(figure, 3, 7);                 // with or without the edge 3 – 7
//     Q_EMIT gestured(index, connectResults(std::get<Graph>(drawn->body), 3, 7));
//     drawn = edits.settle(answer);                                 // null: the answer is what stands

#include <nlohmann/json.hpp>
#include <vector>

#include "desktop/views/canvas.hpp"

namespace latent::desktop {

/// Undirected graphs have an edge either way round.
bool hasEdge(const engine::figures::Graph& graph, std::size_t from, std::size_t to);
/// The figure of a graph with the edge taken away, or added as heavy as the heaviest.
FigurePtr withEdgeToggled(const engine::figures::Figure& figure, std::size_t from, std::size_t to);
/// from, to, and edges: all that the graph has now, one row [from, to] each.
nlohmann::json connectResults(const engine::figures::Graph& changed, std::size_t from, std::size_t to);

/// Changes that no figure has answered yet.
class EdgeEdits {
  public:
    /// `shown`: what is drawn now, the last change or the figure.
    FigurePtr toggle(const FigurePtr& shown, std::size_t from, std::size_t to);
    /// A new figure came that is no answer to an older question. It answers the last change that looks so and those before
    /// it; one that answers none ends them all, as it is of other values. The change that is still to be answered, or null.
    FigurePtr settle(const FigurePtr& figure);
    /// The last change, or null.
    FigurePtr shown() const { return m_changes.empty() ? nullptr : m_changes.back(); }
    void forget() { m_changes.clear(); }

  private:
    std::vector<FigurePtr> m_changes;
};

}  // namespace latent::desktop
