// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where an axis has its ticks and what is written there, for the length it has.
//
// Steps are 1, 2 or 5 times a power of ten, or whole decades; as many as fit without the labels touching. All labels of an
// axis are of one form: plain digits, or powers of ten with one exponent. Pure functions; any thread.
//
//     const TickRoom room{.length_px = 400, .leastGap_px = 40, .extent_px = [&](const QString& text) { return metrics.height(); }};
//     const AxisTicks ticks = axisTicks(AxisScale(Scale::Log), {}, -5, 0, room);   // places −5 … 0, "10⁻⁵" … "10⁰"

#include <QString>
#include <functional>
#include <string>
#include <vector>

#include "desktop/views/plot/axis_scale.hpp"

namespace latent::desktop {

struct AxisTicks {
    std::vector<double> places;   ///< in axis places, rising
    std::vector<QString> labels;  ///< one each
    std::vector<double> minor;    ///< unlabelled ticks between them
};

struct TickRoom {
    double length_px = 100;                                ///< of the axis
    double leastGap_px = 40;                               ///< between two ticks
    double clear_px = 12;                                  ///< between two labels
    double leastStep = 0;                                  ///< in values, of linear axes; 1 for counts
    std::function<double(const QString&)> extent_px = {};  ///< of a label along the axis
};

/// `low` and `high` are places. With `categories`, whole numbers are called by these words.
AxisTicks axisTicks(const AxisScale& scale, const std::vector<std::string>& categories, double low,
                    double high, const TickRoom& room);

}  // namespace latent::desktop
