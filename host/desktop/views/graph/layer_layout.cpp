// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/layer_layout.hpp"

#include <algorithm>

namespace latent::desktop {

using engine::figures::Graph;

namespace {

constexpr int kSweeps = 8;

/// Nodes so that every edge but those that close circles goes to a later one: depth first, finished last comes first.
std::vector<std::size_t> ordered(const std::vector<std::vector<std::size_t>>& next) {
    enum class State : char { New, Open, Done };
    std::vector<State> states(next.size(), State::New);
    std::vector<std::size_t> order;
    for (std::size_t root = 0; root < next.size(); ++root) {
        if (states[root] != State::New) continue;
        std::vector<std::pair<std::size_t, std::size_t>> stack{{root, 0}};
        states[root] = State::Open;
        while (!stack.empty()) {
            auto& [node, at] = stack.back();
            if (at == next[node].size()) {
                states[node] = State::Done;
                order.push_back(node);
                stack.pop_back();
                continue;
            }
            const std::size_t to = next[node][at++];
            if (states[to] != State::New) continue;
            states[to] = State::Open;
            stack.emplace_back(to, 0);
        }
    }
    std::reverse(order.begin(), order.end());
    return order;
}

std::vector<std::size_t> layersAlongEdges(const Graph& graph) {
    std::vector<std::vector<std::size_t>> next(graph.nodes);
    for (const auto& edge : graph.edges)
        if (edge.from != edge.to) next[edge.from].push_back(edge.to);
    const std::vector<std::size_t> order = ordered(next);
    std::vector<std::size_t> rank(graph.nodes), layer(graph.nodes, 0);
    for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
    for (const std::size_t node : order)
        for (const std::size_t to : next[node])
            if (rank[to] > rank[node]) layer[to] = std::max(layer[to], layer[node] + 1);
    return layer;
}

std::vector<std::size_t> layersByDistance(const Neighbours& neighbours) {
    constexpr std::size_t kNone = ~std::size_t{0};
    std::vector<std::size_t> layer(neighbours.size(), kNone), reached;
    for (std::size_t root = 0; root < layer.size(); ++root) {
        if (layer[root] != kNone) continue;
        layer[root] = 0;
        reached.assign(1, root);
        for (std::size_t i = 0; i < reached.size(); ++i)
            for (const std::size_t* to = neighbours.begin(reached[i]); to != neighbours.end(reached[i]);
                 ++to) {
                if (layer[*to] != kNone) continue;
                layer[*to] = layer[reached[i]] + 1;
                reached.push_back(*to);
            }
    }
    return layer;
}

}  // namespace

std::vector<QPointF> inLayers(const Graph& graph) {
    const Neighbours neighbours(graph);
    const std::vector<std::size_t> layerOf =
        graph.directed ? layersAlongEdges(graph) : layersByDistance(neighbours);
    std::vector<std::vector<std::size_t>> layers;
    for (std::size_t node = 0; node < graph.nodes; ++node) {
        if (layerOf[node] >= layers.size()) layers.resize(layerOf[node] + 1);
        layers[layerOf[node]].push_back(node);
    }
    std::vector<double> height(graph.nodes);
    const auto stand = [&](const std::vector<std::size_t>& layer) {
        for (std::size_t i = 0; i < layer.size(); ++i)
            height[layer[i]] = static_cast<double>(layer.size() - 1) / 2 - static_cast<double>(i);
    };
    for (const auto& layer : layers) stand(layer);
    std::vector<double> wanted(graph.nodes);
    for (int sweep = 0; sweep < kSweeps; ++sweep)
        for (std::size_t l = 0; l < layers.size(); ++l) {
            auto& layer = layers[sweep % 2 == 0 ? l : layers.size() - 1 - l];
            for (const std::size_t node : layer) {
                double sum = 0;
                std::size_t count = 0;
                for (const std::size_t* to = neighbours.begin(node); to != neighbours.end(node); ++to)
                    if (layerOf[*to] != layerOf[node]) sum += height[*to], ++count;
                wanted[node] = count > 0 ? sum / static_cast<double>(count) : height[node];
            }
            std::stable_sort(layer.begin(), layer.end(),
                             [&](std::size_t a, std::size_t b) { return wanted[a] > wanted[b]; });
            stand(layer);
        }
    std::vector<QPointF> places(graph.nodes);
    for (std::size_t node = 0; node < graph.nodes; ++node)
        places[node] = {kLayerGap * static_cast<double>(layerOf[node]), height[node]};
    return places;
}

}  // namespace latent::desktop
