// SPDX-License-Identifier: Apache-2.0
#pragma once
// Moves of a word's state along the two components that carry the graph, and by as much in a random subspace: whether a model uses what the map shows.
//
//     const Steering steering = Steering::of(means, pca, 0, 1, 16, seed);
//     steering.push(state, from, to, Push::Along, Kind::Steer, 1);       // towards the place of node `to`, in place
//
// The random subspace is orthonormal and orthogonal to the two components; pushes in it have the same two lengths. A plain value; any thread.

#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "measures/class_means.hpp"
#include "measures/geometry.hpp"

namespace icl_graphs {

enum class Push { None, Along, Random };
enum class Kind {
    Steer,  ///< adds the difference of the class means of the two nodes
    Patch   ///< puts the state itself where the target's class mean is
};

class Steering {
  public:
    /// means and the components of these; first, second: 0-based. Nodes without a mean are never moved, nor moved to.
    static Steering of(const ClassMeans& means, const Pca& components, int first, int second, int nodes,
                       std::uint64_t seed);
    /// Whether both nodes have a mean, so that push() does something.
    bool moves(int from, int to) const;
    /// False, and nothing done, where one of the nodes has no mean. strength 1: all of the way.
    bool push(std::span<float> state, int from, int to, Push push, Kind kind, double strength) const;
    const Eigen::MatrixXd& along() const { return m_along; }    ///< unit rows [2, dim]
    const Eigen::MatrixXd& random() const { return m_random; }  ///< unit rows [2, dim]

  private:
    Eigen::MatrixXd m_along, m_random,
        m_place;  // m_place: of the class means on the two components [nodes, 2]; NaN where not seen
    Eigen::RowVectorXd m_mean;
};

/// For each node the one farthest away on the graph that shares no neighbour with it, so that what follows one is no answer for the other;
/// −1 where there is none.
std::vector<int> farTargets(const Graph& graph);

}  // namespace icl_graphs
