// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/slider_range.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

constexpr double kNarrow =
    20;  ///< a range wider than so many defaults says nothing about where one would look
constexpr double kAround = 4;  ///< then so many defaults
constexpr int kTicks = 500, kLogTicks = 400, kFewWhole = 8;
constexpr double kDecades = 3;  ///< below and above the default, where a logarithmic range has no end

/// The largest of 1, 2, 5 times a power of ten that is not above.
double niceDown(double value) {
    const double decade = std::pow(10.0, std::floor(std::log10(value) + 1e-9)), digit = value / decade;
    return (digit >= 5 - 1e-9 ? 5 : digit >= 2 - 1e-9 ? 2 : 1) * decade;
}

double niceUp(double value) {
    const double below = niceDown(value);
    return below >= value * (1 - 1e-9) ? below : niceDown(value * 2.5);
}

/// The largest size of the defaults; 1 where there is none.
double usualOf(const engine::ParameterModel& p) {
    double most = 0;
    if (p.defaultValue.is_number()) most = std::abs(p.defaultValue.get<double>());
    if (p.defaultValue.is_array())
        for (const auto& entry : p.defaultValue)
            if (entry.is_number()) most = std::max(most, std::abs(entry.get<double>()));
    return most > 0 ? most : 1;
}

SliderRange logarithmicRange(const engine::ParameterModel& p, const std::vector<double>& now) {
    SliderRange range{.logarithmic = true, .whole = engine::isWhole(p.type)};
    const double usual = usualOf(p), span = std::pow(10.0, kDecades);
    range.low = p.min && *p.min > 0 ? *p.min : usual / span;
    range.high = p.max && *p.max > range.low ? *p.max : usual * span;
    for (const double value : now) {
        if (!(value > 0)) continue;
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    }
    range.ticks = kLogTicks;
    range.step = 0;
    return range;
}

}  // namespace

double SliderRange::valueAt(int tick) const {
    const double part = static_cast<double>(std::clamp(tick, 0, ticks)) / ticks;
    if (logarithmic) {
        const double value = low * std::pow(high / low, part);
        if (whole) return std::clamp(std::round(value), low, high);
        const double digit = std::pow(10.0, std::floor(std::log10(value)) - 2);
        return std::clamp(std::round(value / digit) * digit, low, high);
    }
    return std::clamp((std::round(low / step) + tick) * step, low, high);
}

int SliderRange::tickOf(double value) const {
    const double within = std::clamp(value, low, high);
    const double tick = logarithmic ? ticks * std::log(within / low) / std::log(high / low)
                                    : within / step - std::round(low / step);
    return std::clamp(static_cast<int>(std::lround(tick)), 0, ticks);
}

SliderRange sliderRange(const engine::ParameterModel& p, const std::vector<double>& now) {
    if (p.logarithmic) return logarithmicRange(p, now);
    SliderRange range{.whole = engine::isWhole(p.type)};
    const double usual = usualOf(p);
    const bool narrow = p.min && p.max && *p.max - *p.min <= kNarrow * usual;
    range.low = narrow || (p.min && *p.min > -kNarrow * usual) ? *p.min : -kAround * usual;
    range.high = narrow ? *p.max : std::max(kAround * usual, range.whole ? range.low + kFewWhole : range.low);
    for (const double value : now) {
        if (!std::isfinite(value)) continue;
        if (value < range.low) range.low = value < 0 ? -niceUp(-2 * value) : value;
        if (value > range.high) range.high = value > 0 ? niceUp(2 * value) : value;
    }
    if (p.min) range.low = std::max(range.low, *p.min);
    if (p.max) range.high = std::min(range.high, *p.max);
    for (const double value : now) {  // one that is wrong has a place all the same
        if (!std::isfinite(value)) continue;
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    }
    if (!(range.high > range.low)) range.high = range.low + 1;
    range.step = niceDown((range.high - range.low) / kTicks);
    if (p.step && *p.step > 0 && *p.step <= (range.high - range.low) / 4)
        range.step = std::max(range.step, *p.step);
    if (range.whole) range.step = std::max(1.0, range.step);
    range.ticks = std::max(
        1, static_cast<int>(std::lround(range.high / range.step) - std::lround(range.low / range.step)));
    return range;
}

}  // namespace latent::desktop
