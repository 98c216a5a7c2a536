// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures for metrics that no figure of the plugin draws: a line each, so that every run has live curves.
//
//     std::vector<nlohmann::json> all = withMetricViews(snapshot->views, snapshot->arrays);

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"

namespace latent::desktop {

inline constexpr const char* kMetricsGroup = "Metrics";

/// The declared views, and before them one for each metric that none of them shows, in the group "Metrics".
std::vector<nlohmann::json> withMetricViews(const std::vector<nlohmann::json>& declared,
                                            const engine::figures::ArraySet& arrays);

}  // namespace latent::desktop
