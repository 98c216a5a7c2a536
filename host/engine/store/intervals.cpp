// SPDX-License-Identifier: Apache-2.0
#include "engine/store/intervals.hpp"

#include <algorithm>
#include <iterator>

namespace latent::engine {

void IntervalSet::add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    auto next = m_intervals.upper_bound(begin);
    if (next != m_intervals.begin()) {
        const auto before = std::prev(next);
        if (before->second >= begin) {
            begin = before->first;
            end = std::max(end, before->second);
            next = m_intervals.erase(before);
        }
    }
    while (next != m_intervals.end() && next->first <= end) {
        end = std::max(end, next->second);
        next = m_intervals.erase(next);
    }
    m_intervals.emplace_hint(next, begin, end);
}

bool IntervalSet::addBox(const Shape& shape, const Shape& start, const Shape& count) {
    if (!elementCount(shape) || start.size() != shape.size() || count.size() != shape.size()) return false;
    // The trailing axes that are covered whole, and the one before them, make one run each.
    std::size_t outer = shape.size();
    while (outer > 0 && count[outer - 1] == shape[outer - 1]) --outer;
    std::uint64_t runs = 1;
    for (std::size_t axis = 0; axis + 1 < outer; ++axis) {
        if (count[axis] > 10'000'000 / runs) return false;
        runs *= std::max<std::uint64_t>(count[axis], 1);
    }
    return forEachRun(shape, start, count,
                      [this](std::uint64_t offset, std::uint64_t length) { add(offset, offset + length); });
}

std::uint64_t IntervalSet::count() const {
    std::uint64_t total = 0;
    for (const auto& [begin, end] : m_intervals) total += end - begin;
    return total;
}

bool IntervalSet::contains(std::uint64_t begin, std::uint64_t end) const {
    if (begin >= end) return true;
    const auto next = m_intervals.upper_bound(begin);
    return next != m_intervals.begin() && std::prev(next)->second >= end;
}

std::vector<std::uint64_t> IntervalSet::flat() const {
    std::vector<std::uint64_t> values;
    for (const auto& [begin, end] : m_intervals) {
        values.push_back(begin);
        values.push_back(end);
    }
    return values;
}

IntervalSet IntervalSet::fromFlat(const std::vector<std::uint64_t>& flat) {
    IntervalSet set;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) set.add(flat[i], flat[i + 1]);
    return set;
}

}  // namespace latent::engine
