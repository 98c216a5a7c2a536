// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays in memory with what figures need of their declaration: names of dimensions, units, words for categories.
//
// An ArraySet is a value that shares its arrays: a copy costs a few pointers, so that a live view takes one, resolves its
// figures on another thread, and is not disturbed by the next rows. Metrics are arrays named "metrics/NAME" over the
// dimension `step`, whose coordinate is "metrics/NAME" with `steps`. Immutable entries; any thread may read a copy.
//
//     ArraySet arrays;
//     arrays.put(std::make_shared<const LoadedArray>(LoadedArray{.name = "ood_loss", .dims = {"time"}, .values = loss}));
//     const LoadedArray* time = arrays.coordinateOf("time");

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/h5/array.hpp"

namespace latent::engine::figures {

/// The part of a dimension that is in memory: indices `first` to before `first` + the extent of `values`.
struct IndexWindow {
    std::uint64_t first = 0;
    std::uint64_t extent = 0;  ///< of the whole array
};

struct LoadedArray {
    std::string name{};
    std::string units{}, label{}, description{};
    std::vector<std::string> dims{};        ///< one name for each extent of `values.shape`
    std::vector<std::string> categories{};  ///< words for the values 0, 1, 2, …
    std::optional<double> rest{};  ///< of a coordinate: where cursors along it stand until they are moved
    Array values{};
    std::vector<IndexWindow>
        window{};  ///< one for each dimension, when only a box of the array is here; else empty
    std::vector<std::int64_t> steps{};  ///< of a metric: the step of each value; else empty

    /// Entries of a dimension of the whole array.
    std::uint64_t extent(std::size_t axis) const {
        return window.empty() ? values.shape[axis] : window[axis].extent;
    }
};

class ArraySet {
  public:
    void put(std::shared_ptr<const LoadedArray> array);
    void remove(std::string_view name);
    /// Null when there is none.
    const LoadedArray* find(std::string_view name) const;
    /// The one-dimensional array with the dimension's own name; null when it has no coordinate.
    const LoadedArray* coordinateOf(std::string_view dimension) const;
    /// Extent of a dimension: the largest over all arrays that have it; 0 when none does.
    std::uint64_t extentOf(std::string_view dimension) const;
    const std::map<std::string, std::shared_ptr<const LoadedArray>, std::less<>>& all() const {
        return m_arrays;
    }

  private:
    std::map<std::string, std::shared_ptr<const LoadedArray>, std::less<>> m_arrays;
};

}  // namespace latent::engine::figures
