// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/axis_range.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/path_decimation.hpp"

namespace latent::desktop {

void Magnitudes::add(const double* values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        const double magnitude = std::abs(values[i]);
        if (!(magnitude > 0) || !std::isfinite(magnitude)) continue;
        largest = std::max(largest, magnitude);
        smallest = smallest == 0 ? magnitude : std::min(smallest, magnitude);
    }
}

double linearStretch(const Magnitudes& sizes) {
    if (!(sizes.largest > 0)) return 1;
    const double top = std::floor(std::log10(sizes.largest)), bottom = std::floor(std::log10(sizes.smallest));
    return std::pow(10.0, std::clamp(bottom, top - 4, top - 1));
}

std::optional<Span> boundsOf(const double* values, std::size_t size, const AxisScale& scale, bool sorted) {
    if (size == 0) return std::nullopt;
    if (sorted && scale.shows(values[0]) && scale.shows(values[size - 1]))
        return Span{values[0], values[size - 1]};
    Span span;
    if (!extremes(values, 0, size, scale, span.low, span.high)) return std::nullopt;
    return span;
}

std::optional<Span> unite(const std::optional<Span>& a, const std::optional<Span>& b) {
    if (!a || !b) return a ? a : b;
    return Span{std::min(a->low, b->low), std::max(a->high, b->high)};
}

Span rangeOf(const engine::figures::Axis& axis, const AxisScale& scale, const std::optional<Span>& bounds,
             const Margins& margins) {
    const bool asksLow = axis.low && scale.shows(*axis.low), asksHigh = axis.high && scale.shows(*axis.high);
    if (!axis.categories.empty() && scale.kind() == Scale::Linear)
        return {asksLow ? *axis.low : -0.5,
                asksHigh ? *axis.high : static_cast<double>(axis.categories.size()) - 0.5};
    Span data = bounds.value_or(scale.kind() == Scale::Log ? Span{0.1, 10} : Span{0, 1});
    if (asksLow) data.low = *axis.low;
    if (asksHigh) data.high = *axis.high;
    double low = scale.place(data.low), high = scale.place(data.high);
    if (!(high > low)) {  // one value only, or limits beyond the data
        const double half = scale.kind() == Scale::Linear && low != 0 ? std::abs(low) * 0.1 : 0.5;
        if (asksLow && !asksHigh)
            high = low + 2 * half;
        else if (asksHigh && !asksLow)
            low = high - 2 * half;
        else
            low -= half, high += half;
        return {scale.value(low), scale.value(high)};
    }
    const double length = high - low;
    // Losses and counts are not below zero, so their axis does not go there either.
    const double padded = low - margins.low * length;
    const bool crossesZero = scale.kind() != Scale::Log && data.low >= 0 && padded < 0;
    return {asksLow       ? data.low
            : crossesZero ? 0.0
                          : scale.value(padded),
            asksHigh ? data.high : scale.value(high + margins.high * length)};
}

}  // namespace latent::desktop
