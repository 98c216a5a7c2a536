// SPDX-License-Identifier: Apache-2.0
#pragma once
// A language model without a model: the representation of a node is its own embedding and the mean of what
// stood before it.
//
//     x_i(t) = own · e_i + mixing · mean over occurrences of i in the window of e(token before)
//     e ~ N(0, 1/dim) + calendar
//
// The calendar is a ring in a plane of its own: word i of the cycle gets `calendar`·(cos, sin)(2πi/n) there.
// Representations of random walks organise by this alone, so it is the null that a model's geometry has to
// beat, and an instant demonstration. Pure; any thread.
//
//     const MixingModel model({.nodes = 16, .dim = 512}, seed);
//     pooled.add(t, node[t], node[t - 1], model.state(node[t], node[t - 1]));      // class means of a walk

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "graphs/graph.hpp"
#include "measures/mixing_fit.hpp"

namespace icl_graphs {

/// What rayleighBeyond() gives of states that are nothing but mixing, on these very tokens (−1: another token, or a gap
/// between prompts), with own parts, copies and noise of the sizes that were fitted: 1 but for chance. NaN where no sizes
/// are known, and where the own parts do not stand out of the noise.
double plantedBeyond(std::span<const int> nodes, const Graph& graph, const MixingSizes& sizes,
                     std::uint64_t seed);

struct MixingSpec {
    int nodes = 16;
    int dim = 512;
    double own = 1;
    double mixing = 1;
    double calendar = 0;  ///< radius of the ring, in units of an embedding's length; 0: none
    std::vector<int> calendarPlace =
        {};  ///< where each node's word stands in the cycle [nodes]; empty: in the order of the nodes
};

class MixingModel {
  public:
    MixingModel(const MixingSpec& spec, std::uint64_t seed);
    const Eigen::MatrixXd& embeddings() const { return m_embedding; }  ///< [nodes, dim]
    /// The representation of one word after another (below 0: none) [dim]; class means of these are x_i
    /// above.
    std::vector<float> state(int node, int before) const;
    /// With infinite context on a graph: own·e_i + mixing·mean of neighbours.
    Eigen::MatrixXd limit(const std::vector<std::vector<int>>& neighbours) const;
    /// Coordinates in the calendar's plane [nodes, 2]; zero rows without one.
    const Eigen::MatrixXd& calendarPlane() const { return m_calendar; }

  private:
    MixingSpec m_spec;
    Eigen::MatrixXd m_embedding, m_calendar;
};

}  // namespace icl_graphs
