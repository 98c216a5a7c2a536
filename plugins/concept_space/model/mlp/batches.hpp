// SPDX-License-Identifier: Apache-2.0
#pragma once
// A training set cut into minibatches once, in its own order, each batch packed into panels. The last batch
// holds what is left. Immutable after construction: any number of trainers on any threads may share one.
//
//     auto batches = std::make_shared<const Batches>(data.x, data.dim, 128);     // x [count, dim] row-major
//     Batch b = batches->at(step);                                               // wraps round at the
//     epoch's end

#include <cstdint>
#include <span>

#include "panels.hpp"

namespace concept_space::mlp {

/// x [size, dim] in panels of stride `size`.
struct Batch {
    const float* x;
    int size;
};

class Batches {
  public:
    /// Throws std::invalid_argument when there is no sample or `batchSize` is below 1.
    Batches(std::span<const float> x, int dim, int batchSize);

    int dim() const { return m_dim; }
    std::uint64_t count() const { return m_count; }
    int batchSize() const { return m_batchSize; }
    std::uint64_t stepsPerEpoch() const { return m_perEpoch; }

    /// The batch of training step `step`, counted from 0 and going round.
    Batch at(std::uint64_t step) const {
        const std::uint64_t first = step % m_perEpoch * static_cast<std::uint64_t>(m_batchSize);
        const std::uint64_t left = m_count - first;
        return {m_data.data() + first * static_cast<std::uint64_t>(roundUpToPanel(m_dim)),
                left < static_cast<std::uint64_t>(m_batchSize) ? static_cast<int>(left) : m_batchSize};
    }

  private:
    int m_dim;
    int m_batchSize;
    std::uint64_t m_count;
    std::uint64_t m_perEpoch;
    AlignedFloats m_data;
};

}  // namespace concept_space::mlp
