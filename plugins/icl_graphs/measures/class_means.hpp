// SPDX-License-Identifier: Apache-2.0
#pragma once
// Mean hidden state of each node over its occurrences (arXiv 2501.00070, section 3.1). A node that was not seen has no mean: it is
// masked, never set to zero, because zeros alone move the principal components.
//
//     ClassSums sums(16, 4096);
//     for (int t = 0; t < tokens; ++t) sums.add(node[t], hidden.row(t));   // nodes below 0 are other tokens
//     const ClassMeans means = sums.means();
//     means.seen;                                                          // nodes that have a mean, ascending
//     means.of;                                                            // [seen, dim]
//
// Sums are kept in double. A plain value; one thread at a time.

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace icl_graphs {

struct ClassMeans {
    std::vector<int> seen;      ///< nodes with at least one occurrence
    Eigen::MatrixXd of;         ///< [seen, dim]
    std::vector<double> count;  ///< occurrences [seen]
};

class ClassSums {
  public:
    ClassSums(int nodes, int dim)
        : m_sum(Eigen::MatrixXd::Zero(nodes, dim)), m_count(static_cast<std::size_t>(nodes), 0) {}
    void add(int node, std::span<const float> state);
    /// Sums and counts that were pooled elsewhere.
    void addPooled(int node, std::span<const float> sum, double count);
    ClassMeans means() const;
    int nodes() const { return static_cast<int>(m_sum.rows()); }
    int dim() const { return static_cast<int>(m_sum.cols()); }

  private:
    Eigen::MatrixXd m_sum;
    std::vector<double> m_count;
};

}  // namespace icl_graphs
