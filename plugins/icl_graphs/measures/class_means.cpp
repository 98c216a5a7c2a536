// SPDX-License-Identifier: Apache-2.0
#include "measures/class_means.hpp"

namespace icl_graphs {

void ClassSums::add(int node, std::span<const float> state) {
    if (node < 0) return;
    m_count[static_cast<std::size_t>(node)] += 1;
    m_sum.row(node) += Eigen::Map<const Eigen::RowVectorXf>(state.data(), m_sum.cols()).cast<double>();
}

void ClassSums::addPooled(int node, std::span<const float> sum, double count) {
    m_count[static_cast<std::size_t>(node)] += count;
    m_sum.row(node) += Eigen::Map<const Eigen::RowVectorXf>(sum.data(), m_sum.cols()).cast<double>();
}

ClassMeans ClassSums::means() const {
    ClassMeans means;
    for (int i = 0; i < nodes(); ++i)
        if (m_count[static_cast<std::size_t>(i)] > .5) {
            means.seen.push_back(i);
            means.count.push_back(m_count[static_cast<std::size_t>(i)]);
        }
    means.of.resize(static_cast<Eigen::Index>(means.seen.size()), m_sum.cols());
    for (std::size_t r = 0; r < means.seen.size(); ++r)
        means.of.row(static_cast<Eigen::Index>(r)) = m_sum.row(means.seen[r]) / means.count[r];
    return means;
}

}  // namespace icl_graphs
