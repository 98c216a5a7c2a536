// SPDX-License-Identifier: Apache-2.0
#include "oracle/mixing.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <numbers>

namespace icl_graphs {

MixingModel::MixingModel(const MixingSpec& spec, std::uint64_t seed) : m_spec(spec), m_embedding(spec.nodes, spec.dim), m_calendar(Eigen::MatrixXd::Zero(spec.nodes, 2)) {
    latent::learn::RandomStream random(seed, "icl/embedding");
    for (Eigen::Index i = 0; i < m_embedding.rows(); ++i)
        for (Eigen::Index d = 0; d < m_embedding.cols(); ++d) m_embedding(i, d) = random.normal() / std::sqrt(spec.dim);
    if (spec.calendar <= 0) return;
    Eigen::MatrixXd plane(spec.dim, 2);
    for (Eigen::Index d = 0; d < plane.rows(); ++d) plane.row(d) << random.normal(), random.normal();
    plane.col(0).normalize();
    plane.col(1) = (plane.col(1) - plane.col(0) * plane.col(0).dot(plane.col(1))).normalized();
    for (int i = 0; i < spec.nodes; ++i) {
        const double angle = 2 * std::numbers::pi * (spec.calendarPlace.empty() ? i : spec.calendarPlace[static_cast<std::size_t>(i)]) / spec.nodes;
        m_calendar.row(i) << spec.calendar * std::cos(angle), spec.calendar * std::sin(angle);
    }
    m_embedding += m_calendar * plane.transpose();
}

ClassMeans MixingModel::representations(std::span<const int> nodes, int end, int window) const {
    const auto n = static_cast<std::size_t>(m_spec.nodes);
    Eigen::MatrixXd before = Eigen::MatrixXd::Zero(m_spec.nodes, m_spec.nodes);
    std::vector<double> count(n, 0);
    for (int t = std::max(0, end - window); t < end; ++t) {
        const int now = nodes[static_cast<std::size_t>(t)];
        if (now < 0) continue;
        count[static_cast<std::size_t>(now)] += 1;
        if (t > 0 && nodes[static_cast<std::size_t>(t) - 1] >= 0) before(now, nodes[static_cast<std::size_t>(t) - 1]) += 1;
    }
    ClassMeans means;
    for (int i = 0; i < m_spec.nodes; ++i)
        if (count[static_cast<std::size_t>(i)] > 0) {
            means.seen.push_back(i);
            means.count.push_back(count[static_cast<std::size_t>(i)]);
        }
    means.of.resize(static_cast<Eigen::Index>(means.seen.size()), m_spec.dim);
    for (std::size_t r = 0; r < means.seen.size(); ++r)
        means.of.row(static_cast<Eigen::Index>(r)) = m_spec.own * m_embedding.row(means.seen[r]) + m_spec.mixing / means.count[r] * (before.row(means.seen[r]) * m_embedding);
    return means;
}

Eigen::MatrixXd MixingModel::limit(const std::vector<std::vector<int>>& neighbours) const {
    Eigen::MatrixXd x = m_spec.own * m_embedding;
    for (std::size_t i = 0; i < neighbours.size(); ++i)
        for (const int j : neighbours[i]) x.row(static_cast<Eigen::Index>(i)) += m_spec.mixing / static_cast<double>(neighbours[i].size()) * m_embedding.row(j);
    return x;
}

}  // namespace icl_graphs
