// SPDX-License-Identifier: Apache-2.0
#pragma once
// The mean of curves over the positions of a sequence, of what is a number at each. One thread at a time.
//
//     MeanCurve accuracy(length);
//     for (const Sequence& s : prompts) accuracy.add(neighbourMass(graphs, s, probability));
//     accuracy.mean();                                                   // [length]; NaN where no curve had a number

#include <cmath>
#include <span>
#include <vector>

#include "graphs/no_number.hpp"

namespace icl_graphs {

class MeanCurve {
  public:
    explicit MeanCurve(int length)
        : m_sum(static_cast<std::size_t>(length), 0), m_count(static_cast<std::size_t>(length), 0) {}
    /// One curve, or several of this length behind each other.
    void add(std::span<const double> values) {
        for (std::size_t t = 0; t < values.size(); ++t)
            if (std::isfinite(values[t]))
                m_sum[t % m_sum.size()] += values[t], m_count[t % m_sum.size()] += 1;
    }
    std::vector<double> mean() const {
        std::vector<double> all;
        for (std::size_t t = 0; t < m_sum.size(); ++t)
            all.push_back(m_count[t] > 0 ? m_sum[t] / m_count[t] : kNan);
        return all;
    }

  private:
    std::vector<double> m_sum, m_count;
};

}  // namespace icl_graphs
