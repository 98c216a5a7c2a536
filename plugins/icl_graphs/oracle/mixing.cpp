// SPDX-License-Identifier: Apache-2.0
#include "oracle/mixing.hpp"

#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <numbers>

namespace icl_graphs {

MixingModel::MixingModel(const MixingSpec& spec, std::uint64_t seed)
    : m_spec(spec), m_embedding(spec.nodes, spec.dim), m_calendar(Eigen::MatrixXd::Zero(spec.nodes, 2)) {
    latent::learn::RandomStream random(seed, "icl/embedding");
    for (Eigen::Index i = 0; i < m_embedding.rows(); ++i)
        for (Eigen::Index d = 0; d < m_embedding.cols(); ++d)
            m_embedding(i, d) = random.normal() / std::sqrt(spec.dim);
    if (spec.calendar <= 0) return;
    Eigen::MatrixXd plane(spec.dim, 2);
    for (Eigen::Index d = 0; d < plane.rows(); ++d) plane.row(d) << random.normal(), random.normal();
    plane.col(0).normalize();
    plane.col(1) = (plane.col(1) - plane.col(0) * plane.col(0).dot(plane.col(1))).normalized();
    for (int i = 0; i < spec.nodes; ++i) {
        const double angle =
            2 * std::numbers::pi *
            (spec.calendarPlace.empty() ? i : spec.calendarPlace[static_cast<std::size_t>(i)]) / spec.nodes;
        m_calendar.row(i) << spec.calendar * std::cos(angle), spec.calendar * std::sin(angle);
    }
    m_embedding += m_calendar * plane.transpose();
}

double plantedBeyond(std::span<const int> nodes, const Graph& graph, const MixingSizes& sizes,
                     std::uint64_t seed) {
    constexpr int kDim = 256;
    if (!std::isfinite(sizes.own) || !std::isfinite(sizes.copied) || !std::isfinite(sizes.noise))
        return std::numeric_limits<double>::quiet_NaN();
    const MixingModel model({.nodes = graph.nodes, .dim = kDim, .own = sizes.own, .mixing = sizes.copied},
                            seed);
    latent::learn::RandomStream random(seed, "icl/planted_noise");
    MixingSums sums(graph.nodes, kDim);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i] < 0) continue;
        const int before = i > 0 ? nodes[i - 1] : -1;
        std::vector<float> state = model.state(nodes[i], before);
        for (float& x : state) x += static_cast<float>(sizes.noise / std::sqrt(kDim) * random.normal());
        sums.add(nodes[i], before, state);
    }
    return rayleighBeyond(fitMixing(sums), graph);
}

std::vector<float> MixingModel::state(int node, int before) const {
    Eigen::RowVectorXd x = m_spec.own * m_embedding.row(node);
    if (before >= 0) x += m_spec.mixing * m_embedding.row(before);
    const Eigen::RowVectorXf single = x.cast<float>();
    return {single.data(), single.data() + single.size()};
}

Eigen::MatrixXd MixingModel::limit(const std::vector<std::vector<int>>& neighbours) const {
    Eigen::MatrixXd x = m_spec.own * m_embedding;
    for (std::size_t i = 0; i < neighbours.size(); ++i)
        for (const int j : neighbours[i])
            x.row(static_cast<Eigen::Index>(i)) +=
                m_spec.mixing / static_cast<double>(neighbours[i].size()) * m_embedding.row(j);
    return x;
}

}  // namespace icl_graphs
