// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a map holds the cycle of days or months that its words are from (arXiv 2501.00070, figure 3): the plane of
// components 1 and 2 against the circle of the cycle, permuted labels, and tokens in random order.
//
//     const CalendarCurves c = calendarCurves(geometry, shuffled, study.cyclePlaces(r), options, seed);
//     declareCalendar(o, {grows("replicate")}, contexts);  addCalendarFigure(o, {{"replicate", …}});
//
// Pure but for publishing; any thread.

#include <latent/latent.hpp>

#include "measures/layer_geometry.hpp"

namespace icl_graphs {

/// Row i: the point of the circle where the word of node order[i] stands in its cycle; places and order [nodes].
Eigen::MatrixXd calendarCircle(const std::vector<int>& places, const std::vector<std::uint32_t>& order);

/// One layer over the contexts. NaN where a component or a word is missing.
struct CalendarCurves {
    std::vector<double> alignment;  ///< both cosines, larger first [context, 2]
    std::vector<double> null;      ///< the smaller one with permuted labels: mean, 2.5 %, 97.5 % [context, 3]
    std::vector<double> shuffled;  ///< the smaller one, tokens in random order [context]

    void append(const CalendarCurves& more);
};
/// places: of each node's word in the cycle; empty: there is no cycle, and all is NaN.
CalendarCurves calendarCurves(const LayerGeometry& layer, const LayerGeometry& shuffled,
                              const std::vector<int>& places, const LayerOptions& options,
                              std::uint64_t seed);

/// calendar_alignment, calendar_null_band and calendar_shuffled, with these dimensions before the context.
void declareCalendar(latent::Outputs& o, const std::vector<latent::Dimension>& lead, std::size_t contexts);
/// `at`: where the figure stands in these.
void addCalendarFigure(latent::Outputs& o, const latent::view::Where& at);
/// One row of the first dimension; `inner`: the lengths of those between it and the context.
void publishCalendar(latent::Job& job, const CalendarCurves& curves, const std::vector<std::int64_t>& inner,
                     std::int64_t contexts);

}  // namespace icl_graphs
