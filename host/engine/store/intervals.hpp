// SPDX-License-Identifier: Apache-2.0
#pragma once
// A set of whole numbers as few half-open intervals: which elements of a large array have been written.
//
// A plain value; one thread at a time.
//
//     IntervalSet written;
//     written.addBox({512, 512}, {0, 0}, {64, 512});     // the first 64 rows: one interval
//     written.count() == 64 * 512;

#include <cstdint>
#include <map>
#include <vector>

#include "engine/h5/array.hpp"

namespace latent::engine {

class IntervalSet {
  public:
    void add(std::uint64_t begin, std::uint64_t end);
    /// The row-major positions of a box inside an array of that shape. False when the box does not fit
    /// inside, or is made of more than ten million runs.
    bool addBox(const Shape& shape, const Shape& start, const Shape& count);
    std::uint64_t count() const;
    bool contains(std::uint64_t begin, std::uint64_t end) const;
    /// [begin, end, begin, end, …] and back.
    std::vector<std::uint64_t> flat() const;
    static IntervalSet fromFlat(const std::vector<std::uint64_t>& flat);
    const std::map<std::uint64_t, std::uint64_t>& intervals() const { return m_intervals; }
    bool operator==(const IntervalSet& other) const { return m_intervals == other.m_intervals; }

  private:
    std::map<std::uint64_t, std::uint64_t> m_intervals;  ///< begin → end, disjoint and not touching
};

/// Calls `run(elementOffset, elementCount)` for each contiguous run of a box inside an array of that shape,
/// in order. False when the box does not fit.
template <class Function>
bool forEachRun(const Shape& shape, const Shape& start, const Shape& count, Function&& run) {
    const std::size_t rank = shape.size();
    if (start.size() != rank || count.size() != rank) return false;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        if (start[axis] > shape[axis] || count[axis] > shape[axis] - start[axis]) return false;
    }
    for (std::uint64_t extent : count) {
        if (extent == 0) return true;
    }
    // Axes from `inner` on are covered whole, so that they and the one before them make one run.
    std::size_t inner = rank;
    while (inner > 0 && count[inner - 1] == shape[inner - 1]) --inner;
    const std::size_t outer = inner > 0 ? inner - 1 : 0;
    std::vector<std::uint64_t> step(rank, 1);
    for (std::size_t axis = rank; axis-- > 1;) step[axis - 1] = step[axis] * shape[axis];
    std::uint64_t length = 1;
    for (std::size_t axis = outer; axis < rank; ++axis) length *= count[axis];
    Shape index(outer, 0);
    while (true) {
        std::uint64_t offset = rank > outer ? start[outer] * step[outer] : 0;
        for (std::size_t axis = 0; axis < outer; ++axis) offset += (start[axis] + index[axis]) * step[axis];
        run(offset, length);
        std::size_t axis = outer;
        while (axis > 0 && ++index[axis - 1] == count[axis - 1]) index[--axis] = 0;
        if (axis == 0) return true;
    }
}

}  // namespace latent::engine
