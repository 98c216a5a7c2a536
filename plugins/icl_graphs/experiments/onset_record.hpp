// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where accuracy turns over the context and how much steeper it is after than before, as arrays and a table of a run.
// The claims judge the kink and the change of slope (claims.hpp); the ratio of the paper's "sudden" stands here, with
// its interval. Pure but for sending; any thread.
//
//     declareOnset(o, {grows("replicate")});  addOnsetFigure(o);
//     sendOnset(onsetOf(contexts, accuracy), {1}, send);

#include <cstdint>
#include <latent/latent.hpp>
#include <optional>
#include <span>
#include <vector>

#include "experiments/graph_parameters.hpp"
#include "measures/context_curves.hpp"

namespace icl_graphs {

/// The critical context is the knee of the line that has the slopes. Nothing where no broken line can be fitted.
using Onset = std::optional<SlopeRatio>;
Onset onsetOf(std::span<const std::int64_t> contexts, std::span<const double> accuracy);

/// critical_context, slope_before, slope_after, slope_ratio [lead…], slope_ratio_interval [lead…, side].
void declareOnset(latent::Outputs& o, const std::vector<latent::Dimension>& lead);
/// No numbers where there is no line. `lead`: sizes of the leading dimensions, none or {1}.
void sendOnset(const Onset& onset, const std::vector<std::int64_t>& lead, const Send& send);
/// The table `turn`: a row for each index of the leading dimension.
void addOnsetFigure(latent::Outputs& o);

}  // namespace icl_graphs
