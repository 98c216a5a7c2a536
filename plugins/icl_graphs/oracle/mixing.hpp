// SPDX-License-Identifier: Apache-2.0
#pragma once
// A language model without a model: the representation of a node is its own embedding and the mean of what stood before it.
//
//     x_i(t) = own · e_i + mixing · mean over occurrences of i in the window of e(token before),  e ~ N(0, 1/dim) + calendar
//
// The calendar is a ring in a plane of its own: word i of the cycle gets `calendar`·(cos, sin)(2πi/n) there. Representations of random
// walks organise by this alone, so it is the null that a model's geometry has to beat, and an instant demonstration. Pure; any thread.
//
//     const MixingModel model({.nodes = 16, .dim = 512}, seed);
//     model.representations(sequence.nodes, end, 50);           // class means after `end` tokens [seen, dim]

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "measures/class_means.hpp"

namespace icl_graphs {

struct MixingSpec {
    int nodes = 16;
    int dim = 512;
    double own = 1;
    double mixing = 1;
    double calendar = 0;              ///< radius of the ring, in units of an embedding's length; 0: none
    std::vector<int> calendarPlace = {};  ///< where each node's word stands in the cycle [nodes]; empty: in the order of the nodes
};

class MixingModel {
  public:
    MixingModel(const MixingSpec& spec, std::uint64_t seed);
    const Eigen::MatrixXd& embeddings() const { return m_embedding; }  ///< [nodes, dim]
    /// The class means of the tokens before position `end`, over the last `window` of them.
    ClassMeans representations(std::span<const int> nodes, int end, int window) const;
    /// With infinite context on a graph: own·e_i + mixing·mean of neighbours.
    Eigen::MatrixXd limit(const std::vector<std::vector<int>>& neighbours) const;
    /// Coordinates in the calendar's plane [nodes, 2]; zero rows without one.
    const Eigen::MatrixXd& calendarPlane() const { return m_calendar; }

  private:
    MixingSpec m_spec;
    Eigen::MatrixXd m_embedding, m_calendar;
};

}  // namespace icl_graphs
