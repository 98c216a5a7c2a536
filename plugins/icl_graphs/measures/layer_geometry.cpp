// SPDX-License-Identifier: Apache-2.0
#include "measures/layer_geometry.hpp"

#include <cmath>

#include "graphs/no_number.hpp"
#include "graphs/nth_seed.hpp"

namespace icl_graphs {

PooledLayer::PooledLayer(std::vector<std::int64_t> contexts, int window, int nodes, int dim)
    : m_contexts(std::move(contexts)), m_window(window), m_nodes(nodes), m_dim(dim) {
    const std::size_t n = static_cast<std::size_t>(nodes), c = m_contexts.size(),
                      block = n * static_cast<std::size_t>(dim);
    m_after.assign(c, {std::vector<float>(block, 0), std::vector<double>(n, 0), 0});
    m_alone.assign(c, {{}, std::vector<double>(n, 0), 0});
    m_sumBefore.assign(c * block, 0);
    m_together.assign(c * n * n, 0);
}

std::uint64_t PooledLayer::memoryFor(std::size_t contexts, int nodes, int dim, std::size_t withAlone) {
    const auto n = static_cast<std::uint64_t>(nodes);
    return (2 * contexts + withAlone) * n * static_cast<std::uint64_t>(dim) * sizeof(float) +
           contexts * (n * n + 2 * n) * sizeof(double);
}

void PooledLayer::add(std::int64_t position, int node, int before, std::span<const float> state) {
    if (node < 0) return;
    const auto n = static_cast<std::size_t>(m_nodes), dim = static_cast<std::size_t>(m_dim),
               now = static_cast<std::size_t>(node);
    if (m_first.empty()) m_first.assign(state.begin(), state.end());
    double squares = -1;
    const auto sum = [&](std::vector<float>& to, std::size_t row) {
        float* at = to.data() + row * dim;
        for (std::size_t d = 0; d < dim; ++d) at[d] += state[d] - m_first[d];
    };
    for (std::size_t c = 0; c < m_contexts.size(); ++c) {
        if (position >= m_contexts[c] || position < m_contexts[c] - m_window) continue;
        if (squares < 0)
            squares = (Eigen::Map<const Eigen::VectorXf>(state.data(), m_dim) -
                       Eigen::Map<const Eigen::VectorXf>(m_first.data(), m_dim))
                          .cast<double>()
                          .squaredNorm();
        Sums& to = before < 0 ? m_alone[c] : m_after[c];
        if (to.sum.empty()) to.sum.assign(n * dim, 0);
        to.count[now] += 1;
        to.squares += squares;
        sum(to.sum, now);
        if (before < 0) continue;
        m_together[(c * n + now) * n + static_cast<std::size_t>(before)] += 1;
        sum(m_sumBefore, c * n + static_cast<std::size_t>(before));
    }
}

void PooledLayer::addPooled(std::size_t context, std::span<const float> sums, std::span<const float> counts) {
    m_elsewhere = true;
    Sums& to = m_after[context];
    for (std::size_t i = 0; i < to.count.size(); ++i) to.count[i] += counts[i];
    for (std::size_t i = 0; i < sums.size(); ++i) to.sum[i] += sums[i];
}

ClassMeans PooledLayer::means(std::size_t context) const {
    const std::size_t n = static_cast<std::size_t>(m_nodes), dim = static_cast<std::size_t>(m_dim);
    ClassSums sums(m_nodes, m_dim);
    for (const Sums* of : {&m_after[context], &m_alone[context]})
        for (std::size_t i = 0; i < n; ++i)
            if (of->count[i] > 0)
                sums.addPooled(static_cast<int>(i), std::span(of->sum).subspan(i * dim, dim), of->count[i]);
    ClassMeans means = sums.means();
    if (!m_first.empty())
        means.of.rowwise() += Eigen::Map<const Eigen::RowVectorXf>(m_first.data(), m_dim).cast<double>();
    return means;
}

MixingSums PooledLayer::mixing(std::size_t context) const {
    MixingSums sums(m_nodes, m_dim);
    if (m_elsewhere) return sums;
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const std::size_t n = static_cast<std::size_t>(m_nodes);
    const Sums& after = m_after[context];
    sums.byNode = Eigen::Map<const Rows>(after.sum.data(), m_nodes, m_dim).cast<double>();
    sums.byBefore = Eigen::Map<const Rows>(m_sumBefore.data() + context * n * static_cast<std::size_t>(m_dim),
                                           m_nodes, m_dim)
                        .cast<double>();
    sums.count = Eigen::Map<const Eigen::VectorXd>(after.count.data(), m_nodes);
    sums.together = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
        m_together.data() + context * n * n, m_nodes, m_nodes);
    sums.squares = after.squares;
    return sums;
}

std::vector<std::int64_t> contextsUpTo(std::int64_t first, std::int64_t last, int count) {
    std::vector<std::int64_t> all;
    first = std::min(first, last);
    for (int i = 0; i < count; ++i) {
        const double share = count > 1 ? static_cast<double>(i) / (count - 1) : 1;
        const auto value = static_cast<std::int64_t>(
            std::llround(std::exp(std::log(static_cast<double>(first)) +
                                  share * std::log(static_cast<double>(last) / static_cast<double>(first)))));
        if (all.empty() || value > all.back()) all.push_back(value);
    }
    return all;
}

void LayerGeometry::Bands::add(const NullBands& bands) {
    for (const auto& [band, to] : {std::pair{&bands.energy, &energy},
                                   {&bands.energyStandardised, &energyStandardised},
                                   {&bands.rayleigh, &rayleigh},
                                   {&bands.alignment, &alignment},
                                   {&bands.gridR2, &gridR2},
                                   {&bands.explained, &explained}})
        for (const double v : {band->mean, band->low, band->high}) to->push_back(v);
}

std::vector<double> comparableRayleigh(const LayerGeometry& layer, const Graph& graph) {
    std::vector<double> values = layer.rayleigh;
    for (std::size_t c = 0; c < values.size(); ++c)
        values[c] *= isotropicRayleigh(graph) / layer.isotropic[c];
    return values;
}

LayerGeometry measureLayer(const PooledLayer& layer, const Graph& graph, const LayerOptions& options,
                           std::uint64_t seed) {
    const std::size_t n = static_cast<std::size_t>(graph.nodes),
                      k = static_cast<std::size_t>(options.components), contexts = layer.contexts();
    const GeometryOptions geometry{options.components, options.first, options.second};
    LayerGeometry g;
    g.pca.assign(contexts * n * k, kNan);
    std::vector<Pca> pcas;
    std::vector<std::vector<int>> seen;
    for (std::size_t c = 0; c < contexts; ++c) {
        const ClassMeans at = layer.means(c);
        const bool enough = at.seen.size() >= 3;
        const Graph part = graph.induced(at.seen);
        const Geometry m = enough ? geometryOf(at.of, part, geometry) : Geometry{};
        const auto orNan = [&](double v) { return enough ? v : kNan; };
        g.energy.push_back(orNan(m.energy.raw));
        g.energyPerEdge.push_back(orNan(m.energy.perEdge));
        g.energyStandardised.push_back(orNan(m.energy.standardised));
        g.rayleigh.push_back(orNan(m.energy.rayleigh));
        g.rayleighPlane.push_back(orNan(m.rayleighPlane));
        for (const double a : m.alignment) g.alignment.push_back(orNan(a));
        g.gridR2.push_back(orNan(m.gridR2));
        g.seen.push_back(static_cast<double>(at.seen.size()));
        g.isotropic.push_back(orNan(isotropicRayleigh(part)));
        for (std::size_t i = 0; i < k; ++i)
            g.explainedVariance.push_back(enough ? m.pca.explained(static_cast<Eigen::Index>(i)) : kNan);
        g.permuted.add(
            permutedLabels(at.of, enough ? part : Graph{}, {options.draws, geometry, false}, nthSeed(seed, c))
                .bands);
        MixingFit fit{{}, {}, {}, kNan};
        if (options.mixing) fit = fitMixing(layer.mixing(c));
        g.rayleighBeyond.push_back(rayleighBeyond(fit, graph) * isotropicRayleigh(graph));
        g.mixingExplained.push_back(fit.explained);
        g.mixingSizes = fit.sizes;
        g.mixing.add(mixingNull(fit, graph, {options.mixingDraws, geometry, false}, nthSeed(seed, c)));
        pcas.push_back(m.pca);
        seen.push_back(at.seen);
    }
    // The longest context keeps its signs; earlier ones follow.
    for (std::size_t c = contexts; c-- > 0;) {
        if (pcas[c].projection.size() == 0) continue;
        for (std::size_t i = 0; i < k; ++i) {
            const auto column = static_cast<Eigen::Index>(i);
            if (c + 1 < contexts && pcas[c + 1].directions.size() > 0 &&
                pcas[c].directions.row(column).dot(pcas[c + 1].directions.row(column)) < 0) {
                pcas[c].directions.row(column) *= -1;
                pcas[c].projection.col(column) *= -1;
            }
            if (!(pcas[c].explained(column) > 0)) continue;  // there is no such component
            for (std::size_t r = 0; r < seen[c].size(); ++r)
                g.pca[(c * n + static_cast<std::size_t>(seen[c][r])) * k + i] =
                    pcas[c].projection(static_cast<Eigen::Index>(r), column);
        }
    }
    return g;
}

}  // namespace icl_graphs
