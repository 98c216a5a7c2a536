// SPDX-License-Identifier: Apache-2.0
#include "experiments/steering.hpp"

#include <algorithm>
#include <array>
#include <latent/learn/random.hpp>
#include <limits>

#include "graphs/spectrum.hpp"

namespace icl_graphs {

Steering Steering::of(const ClassMeans& means, const Pca& components, int first, int second, int nodes,
                      std::uint64_t seed) {
    Steering s;
    const Eigen::Index dim = components.directions.cols();
    s.m_along.resize(2, dim);
    s.m_along << components.directions.row(first), components.directions.row(second);
    s.m_mean = components.mean;
    s.m_place = Eigen::MatrixXd::Constant(nodes, 2, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t r = 0; r < means.seen.size(); ++r)
        s.m_place.row(means.seen[r]) =
            (means.of.row(static_cast<Eigen::Index>(r)) - s.m_mean) * s.m_along.transpose();
    latent::learn::RandomStream random(seed, "icl/random_subspace");
    s.m_random.resize(2, dim);
    for (Eigen::Index k = 0; k < 2; ++k) {
        for (Eigen::Index d = 0; d < dim; ++d) s.m_random(k, d) = random.normal();
        for (Eigen::Index c = 0; c < 2; ++c)
            s.m_random.row(k) -= s.m_random.row(k).dot(s.m_along.row(c)) * s.m_along.row(c);
        if (k == 1) s.m_random.row(1) -= s.m_random.row(1).dot(s.m_random.row(0)) * s.m_random.row(0);
        s.m_random.row(k).normalize();
    }
    return s;
}

bool Steering::moves(int from, int to) const {
    return from >= 0 && to >= 0 && m_place.row(from).allFinite() && m_place.row(to).allFinite();
}

bool Steering::push(std::span<float> state, int from, int to, Push push, Kind kind, double strength) const {
    if (push == Push::None || !moves(from, to)) return false;
    std::array<double, 2> by{};
    for (Eigen::Index k = 0; k < 2; ++k) {
        double here = m_place(from, k);
        if (kind == Kind::Patch) {
            here = 0;
            for (std::size_t d = 0; d < state.size(); ++d)
                here += (static_cast<double>(state[d]) - m_mean(static_cast<Eigen::Index>(d))) *
                        m_along(k, static_cast<Eigen::Index>(d));
        }
        by[static_cast<std::size_t>(k)] = strength * (m_place(to, k) - here);
    }
    const Eigen::MatrixXd& directions = push == Push::Along ? m_along : m_random;
    for (std::size_t d = 0; d < state.size(); ++d)
        state[d] += static_cast<float>(by[0] * directions(0, static_cast<Eigen::Index>(d)) +
                                       by[1] * directions(1, static_cast<Eigen::Index>(d)));
    return true;
}

std::vector<int> farTargets(const Graph& graph) {
    const auto near = graph.neighbours();
    std::vector<int> target(static_cast<std::size_t>(graph.nodes), -1);
    if (graph.nodes < 3) return target;
    const Eigen::MatrixXd plane = lowestModes(graph);
    for (int i = 0; i < graph.nodes; ++i) {
        double most = -1;
        const auto& mine = near[static_cast<std::size_t>(i)];
        for (int j = 0; j < graph.nodes; ++j) {
            const auto& theirs = near[static_cast<std::size_t>(j)];
            const bool shares = std::any_of(theirs.begin(), theirs.end(), [&](int v) {
                return std::binary_search(mine.begin(), mine.end(), v);
            });
            const double far = (plane.row(i) - plane.row(j)).squaredNorm();
            if (i != j && !shares && far > most) most = far, target[static_cast<std::size_t>(i)] = j;
        }
    }
    return target;
}

}  // namespace icl_graphs
