// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the slider of a number goes, and on which grid.
//
// Over the schema's range where that is narrow, else over values around the default; always so far that what stands there
// now has a place. Logarithmic parameters get equal steps of their logarithm. Pure; any thread.
//
//     SliderRange range = sliderRange(mu, {1, 2});       // 0 … 8 by 0.01
//     slider->setRange(0, range.ticks);
//     slider->setValue(range.tickOf(1.5));  range.valueAt(150);      // 1.5

#include <vector>

#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

struct SliderRange {
    double low = 0, high = 1;
    double step = 0.002;
    int ticks = 500;
    bool logarithmic = false, whole = false;

    /// Within the range, on the grid.
    double valueAt(int tick) const;
    /// The nearest; values beyond stand at the ends.
    int tickOf(double value) const;
    bool holds(double value) const { return value >= low && value <= high; }
};

/// `now`: what the slider, or each of several, has to show.
SliderRange sliderRange(const engine::ParameterModel& parameter, const std::vector<double>& now);

}  // namespace latent::desktop
