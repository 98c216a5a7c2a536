// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which numbers of which array a selection means: indices, cursors, nearest values and slices on named dimensions.
//
// A Picker turns the JSON of a selection into a Picked: a strided box whose dimensions are those that are left. Nothing
// is copied until numbers() is called; that converts in typed loops. An array that is not there yet, or an index beyond
// its rows, is no error: the Picked then has no array. Made for one figure on one thread; borrows its inputs. JSON must
// fit view-1.
//
//     Picker picker(arrays, cursors, options, namedDimensions(view));
//     LATENT_TRY(Picked z, picker.pick(view["z"]));
//     LATENT_CHECK(picker.leave(z, 2, "z"));                        // leading axes of a sweep go first
//     LATENT_TRY(std::vector<double> values, picker.numbers(z, z.dims));

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/figures/resolve.hpp"

namespace latent::engine::figures {

/// A dimension that is left: its entry i is index `first + i * step` of the dimension.
struct KeptDimension {
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t first = 0, step = 1;
    std::uint64_t stride = 0;  ///< elements of the array between two entries

    std::uint64_t indexOf(std::uint64_t entry) const { return first + entry * step; }
    /// The entry that has this index; nothing when a slice leaves it out.
    std::optional<std::uint64_t> entryOf(std::uint64_t index) const;
};

struct Picked {
    const LoadedArray* array = nullptr;  ///< null: nothing of it is there yet
    std::uint64_t offset = 0;            ///< of the first number, in elements
    std::vector<KeptDimension> dims;     ///< in the order of the array

    explicit operator bool() const { return array != nullptr; }
    const KeptDimension* find(std::string_view dimension) const;
    /// Fixes a dimension that is left at one of its entries.
    void fix(std::string_view dimension, std::uint64_t entry);
};

/// A dimension's values for an axis: those of its coordinate array, or its indices.
struct Coordinate {
    const LoadedArray* array = nullptr;  ///< null: indices
    std::vector<double>
        values;  ///< at most one for each entry; fewer while the coordinate's rows are not there yet
};

class Picker {
  public:
    Picker(const ArraySet& arrays, const Cursors& cursors, const ResolveOptions& options,
           std::set<std::string> named)
        : m_arrays(arrays), m_cursors(cursors), m_options(options), m_named(std::move(named)) {}

    Result<Picked> pick(const nlohmann::json& selection);
    /// Fixes leading dimensions that the view does not name until at most `most` are left; refused when that cannot be
    /// done, or when fewer than `least` are left. `what` begins the sentence: "y of series 2".
    Status leave(Picked& picked, std::size_t least, std::size_t most, std::string_view what);
    Status leave(Picked& picked, std::size_t count, std::string_view what) {
        return leave(picked, count, count, what);
    }
    /// Fixes what `ResolveOptions::fixed` names and the view does not: for kinds that take any number of dimensions.
    void fixSwept(Picked& picked);
    /// Makes `part` vary only over dimensions of `whole`, which shrinks to the rows that both have.
    Status within(Picked& part, std::vector<KeptDimension>& whole, std::string_view what);

    /// The numbers over these dimensions, row-major; those that `picked` does not have repeat its numbers.
    Result<std::vector<double>> numbers(const Picked& picked, std::span<const KeptDimension> over);
    /// The one number that is left; nothing while it is not there.
    Result<std::optional<double>> single(const nlohmann::json& selection, std::string_view what);
    /// Counts numbers against the limit of the figure.
    Status take(std::uint64_t count);

    Coordinate coordinate(const LoadedArray* of, const KeptDimension& dimension);
    /// Array of this name; a coordinate that differs between the cells of a sweep is found under its other name.
    const LoadedArray* find(std::string_view name) const;
    /// Where a cursor stands in a dimension of this size (> 0).
    std::uint64_t cursorIndex(std::string_view name, std::string_view dimension, std::uint64_t size) const;
    /// The index that {"cursor": …}, {"value": …} or a number means; nothing when it is not there.
    std::optional<std::uint64_t> indexOf(const nlohmann::json& how, const LoadedArray& array,
                                         std::size_t axis);

    const ArraySet& arrays() const { return m_arrays; }
    const Cursors& cursors() const { return m_cursors; }
    /// Sentences for the figure's notes, each once.
    const std::vector<std::string>& notes() const { return m_notes; }
    void note(std::string sentence);
    /// Names of arrays that were asked for and are not there.
    const std::set<std::string>& missing() const { return m_missing; }

  private:
    std::uint64_t fixedEntry(const KeptDimension& dimension) const;

    const ArraySet& m_arrays;
    const Cursors& m_cursors;
    const ResolveOptions& m_options;
    std::set<std::string> m_named;    ///< dimensions that the view names
    std::set<std::string> m_dropped;  ///< dimensions that were fixed because the view does not name them
    std::set<std::string> m_missing;
    std::vector<std::string> m_notes;
    std::uint64_t m_taken = 0;
};

/// Whether its bytes are as many as its shape says, with a name of its own for each extent.
bool isSound(const LoadedArray& array);
/// Index of the number nearest to `wanted`, the first of several; the count of numbers when none is a number.
std::size_t nearest(std::span<const double> values, double wanted);
/// Dimensions that a view names anywhere.
std::set<std::string> namedDimensions(const nlohmann::json& view);

}  // namespace latent::engine::figures
