// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/metric_views.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/figures/resolve.hpp"

namespace latent::engine::figures {
namespace {

/// A view's name has lower-case letters, digits and underscores; a metric's may have more.
std::string metricViewName(const std::string& metric) {
    std::string name = "metric_" + metric.substr(0, 56);
    for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c))
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '_';
    return name;
}

}  // namespace

bool isMonitoring(const nlohmann::json& view) {
    const std::string group = view.value("group", "");
    return group == kMetricsGroup || group == kHealthGroup;
}

std::vector<nlohmann::json> withMetricViews(const std::vector<nlohmann::json>& declared,
                                            const ArraySet& arrays) {
    std::set<std::string> drawn;
    for (const nlohmann::json& view : declared)
        for (const std::string& name : arraysOf(view)) drawn.insert(name);
    std::vector<nlohmann::json> all;
    for (const auto& [name, array] : arrays.all()) {
        if (name.rfind("metrics/", 0) != 0 || drawn.count(name)) continue;
        const std::string metric = name.substr(8);
        const std::string title = array->label.empty() ? metric : array->label;
        all.push_back({{"kind", "lines"},
                       {"name", metricViewName(metric)},
                       {"title", title},
                       {"group", kMetricsGroup},
                       {"x_axis", {{"title", "step"}}},
                       {"y_axis", {{"title", title}}},
                       {"series", {{{"y", {{"array", name}}}, {"label", title}}}}});
    }
    all.insert(all.end(), declared.begin(), declared.end());
    return all;
}

}  // namespace latent::engine::figures
