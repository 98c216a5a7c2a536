// SPDX-License-Identifier: Apache-2.0
#include "measures/layer_geometry.hpp"

#include <cmath>
#include <limits>

namespace icl_graphs {

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
}

PooledLayer::PooledLayer(std::vector<std::int64_t> contexts, int window, int nodes, int dim)
    : m_contexts(std::move(contexts)), m_window(window), m_nodes(nodes), m_dim(dim), m_sum(m_contexts.size() * static_cast<std::size_t>(nodes) * static_cast<std::size_t>(dim), 0), m_count(m_contexts.size() * static_cast<std::size_t>(nodes), 0) {}

void PooledLayer::add(std::int64_t position, int node, std::span<const float> state) {
    if (node < 0) return;
    for (std::size_t c = 0; c < m_contexts.size(); ++c) {
        if (position >= m_contexts[c] || position < m_contexts[c] - m_window) continue;
        const std::size_t at = c * static_cast<std::size_t>(m_nodes) + static_cast<std::size_t>(node);
        m_count[at] += 1;
        float* sum = m_sum.data() + at * static_cast<std::size_t>(m_dim);
        for (std::size_t d = 0; d < static_cast<std::size_t>(m_dim); ++d) sum[d] += state[d];
    }
}

void PooledLayer::addPooled(std::size_t context, std::span<const float> sums, std::span<const float> counts) {
    const std::size_t n = static_cast<std::size_t>(m_nodes), first = context * n;
    for (std::size_t i = 0; i < n; ++i) m_count[first + i] += counts[i];
    for (std::size_t i = 0; i < sums.size(); ++i) m_sum[first * static_cast<std::size_t>(m_dim) + i] += sums[i];
}

std::vector<ClassMeans> PooledLayer::means() const {
    std::vector<ClassMeans> all;
    for (std::size_t c = 0; c < m_contexts.size(); ++c) {
        ClassSums sums(m_nodes, m_dim);
        for (int i = 0; i < m_nodes; ++i) {
            const std::size_t at = c * static_cast<std::size_t>(m_nodes) + static_cast<std::size_t>(i);
            if (m_count[at] > 0) sums.addPooled(i, std::span(m_sum).subspan(at * static_cast<std::size_t>(m_dim), static_cast<std::size_t>(m_dim)), m_count[at]);
        }
        all.push_back(sums.means());
    }
    return all;
}

std::vector<std::int64_t> contextsUpTo(std::int64_t first, std::int64_t last, int count) {
    std::vector<std::int64_t> all;
    first = std::min(first, last);
    for (int i = 0; i < count; ++i) {
        const double share = count > 1 ? static_cast<double>(i) / (count - 1) : 1;
        const auto value = static_cast<std::int64_t>(std::llround(std::exp(std::log(static_cast<double>(first)) + share * std::log(static_cast<double>(last) / static_cast<double>(first)))));
        if (all.empty() || value > all.back()) all.push_back(value);
    }
    return all;
}

LayerGeometry measureLayer(const std::vector<ClassMeans>& means, const Graph& graph, const LayerOptions& options, std::uint64_t seed) {
    const std::size_t n = static_cast<std::size_t>(graph.nodes), k = static_cast<std::size_t>(options.components), contexts = means.size();
    LayerGeometry g;
    g.pca.assign(contexts * n * k, kNan);
    std::vector<Pca> pcas;
    for (std::size_t c = 0; c < contexts; ++c) {
        const ClassMeans& at = means[c];
        const bool enough = at.seen.size() >= 3;
        const Graph part = graph.induced(at.seen);
        const Geometry m = enough ? geometryOf(at.of, part, {options.components, options.first, options.second}) : Geometry{};
        const auto orNan = [&](double v) { return enough ? v : kNan; };
        g.energy.push_back(orNan(m.energy.raw));
        g.energyPerEdge.push_back(orNan(m.energy.perEdge));
        g.energyStandardised.push_back(orNan(m.energy.standardised));
        g.rayleigh.push_back(orNan(m.energy.rayleigh));
        g.rayleighPlane.push_back(orNan(m.rayleighPlane));
        for (const double a : m.alignment) g.alignment.push_back(orNan(a));
        g.gridR2.push_back(orNan(m.gridR2));
        g.seen.push_back(static_cast<double>(at.seen.size()));
        for (std::size_t i = 0; i < k; ++i) g.explainedVariance.push_back(enough ? m.pca.explained(static_cast<Eigen::Index>(i)) : kNan);
        pcas.push_back(m.pca);
        const PermutedNull null = enough && options.draws > 0 ? permutedLabels(at.of, part, {options.draws, {options.components, options.first, options.second}, false}, seed + c) : PermutedNull{};
        for (const auto& [band, to] : {std::pair{&null.rayleigh, &g.rayleighNull}, {&null.alignment, &g.alignmentNull}, {&null.gridR2, &g.gridR2Null}})
            for (const double v : {band->mean, band->low, band->high}) to->push_back(enough && options.draws > 0 ? v : kNan);
    }
    // The longest context keeps its signs; earlier ones follow.
    for (std::size_t c = contexts; c-- > 0;) {
        if (pcas[c].projection.size() == 0) continue;
        for (std::size_t i = 0; i < k; ++i) {
            const auto column = static_cast<Eigen::Index>(i);
            if (c + 1 < contexts && pcas[c + 1].directions.size() > 0 && pcas[c].directions.row(column).dot(pcas[c + 1].directions.row(column)) < 0) {
                pcas[c].directions.row(column) *= -1;
                pcas[c].projection.col(column) *= -1;
            }
            for (std::size_t r = 0; r < means[c].seen.size(); ++r) g.pca[(c * n + static_cast<std::size_t>(means[c].seen[r])) * k + i] = pcas[c].projection(static_cast<Eigen::Index>(r), column);
        }
    }
    return g;
}

}  // namespace icl_graphs
