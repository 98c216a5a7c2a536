// SPDX-License-Identifier: Apache-2.0
#include "batches.hpp"

#include <algorithm>
#include <stdexcept>

namespace concept_space::mlp {

Batches::Batches(std::span<const float> x, int dim, int batchSize) : m_dim(dim), m_batchSize(batchSize) {
    if (dim < 1 || batchSize < 1 || x.size() < static_cast<std::size_t>(dim))
        throw std::invalid_argument(
            "Training needs at least one sample, one dimension and a batch of at least 1.");
    m_count = x.size() / static_cast<std::size_t>(dim);
    m_batchSize = static_cast<int>(std::min<std::uint64_t>(m_count, static_cast<std::uint64_t>(batchSize)));
    const std::uint64_t size = static_cast<std::uint64_t>(m_batchSize);
    m_perEpoch = (m_count + size - 1) / size;
    m_data = AlignedFloats(m_count * static_cast<std::uint64_t>(roundUpToPanel(dim)));
    float* to = m_data.data();
    for (std::uint64_t first = 0; first < m_count; first += size) {
        const int rows = static_cast<int>(std::min(size, m_count - first));
        packPanels(x.data() + first * static_cast<std::uint64_t>(dim), rows, dim, rows, to);
        to += panelFloats(rows, dim);
    }
}

}  // namespace concept_space::mlp
