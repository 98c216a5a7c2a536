// SPDX-License-Identifier: Apache-2.0
#pragma once
// Figures for metrics that no figure of the plugin draws: a line each, so that every run has live curves.
// Pure function; any thread.
//
//     std::vector<nlohmann::json> all = withMetricViews(declared, arrays);

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"

namespace latent::engine::figures {

inline constexpr const char *kMetricsGroup = "Metrics", *kHealthGroup = "Health";
/// Metrics and health: what one watches while it computes, and no finding.
bool isMonitoring(const nlohmann::json& view);

/// The declared views, and before them one for each metric that none of them shows, in the group "Metrics".
std::vector<nlohmann::json> withMetricViews(const std::vector<nlohmann::json>& declared,
                                            const ArraySet& arrays);

}  // namespace latent::engine::figures
