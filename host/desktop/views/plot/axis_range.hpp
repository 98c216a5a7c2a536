// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// From data to the range of an axis: bounds of what the scale can show, margins, and the limits that a view asks for.
//
// Pure functions; any thread.
//
//     std::optional<Span> bounds = boundsOf(y.data(), y.size(), scale, false);
//     Span range = rangeOf(figure.y, scale, bounds, {.low = 0.05, .high = 0.05});

#include <cstddef>
#include <optional>

#include "desktop/views/plot/axis_scale.hpp"

namespace latent::desktop {

/// Two values of an axis, low < high.
struct Span {
    double low = 0, high = 1;
    bool operator==(const Span&) const = default;
};

/// Smallest and largest distance from zero, for the linear stretch of a symlog axis.
struct Magnitudes {
    double smallest = 0, largest = 0;  ///< 0: none yet
    void add(const double* values, std::size_t size);
};
/// A power of ten: at most four decades below the largest value, and no smaller than the data.
double linearStretch(const Magnitudes& sizes);

/// `sorted`: values never fall, so that the ends are enough.
std::optional<Span> boundsOf(const double* values, std::size_t size, const AxisScale& scale, bool sorted);
std::optional<Span> unite(const std::optional<Span>& a, const std::optional<Span>& b);

/// In parts of the range, on the axis as it is drawn.
struct Margins {
    double low = 0, high = 0;
};
Span rangeOf(const engine::figures::Axis& axis, const AxisScale& scale, const std::optional<Span>& bounds,
             const Margins& margins);

}  // namespace latent::desktop
