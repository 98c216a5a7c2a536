// SPDX-License-Identifier: Apache-2.0
// How often values occur: all series over the same bins.
#include <algorithm>
#include <cmath>

#include "engine/figures/bins.hpp"
#include "engine/figures/resolver.hpp"

namespace latent::engine::figures {

namespace {

void count(HistogramSeries& series, const std::vector<double>& edges, bool density) {
    series.heights = binCounts(series.values, edges);
    series.left_out = static_cast<std::size_t>(std::count_if(
        series.values.begin(), series.values.end(), [](double value) { return !std::isfinite(value); }));
    double all = 0;
    for (const double height : series.heights) all += height;
    if (!density || all == 0) return;
    for (std::size_t i = 0; i < series.heights.size(); ++i)
        series.heights[i] /= all * (edges[i + 1] - edges[i]);
}

}  // namespace

Status Resolver::histogram() {
    Histogram histogram;
    histogram.density = m_view.value("density", false);
    bool whole = true;
    for (std::size_t i = 0; i < m_view.at("series").size(); ++i) {
        const json& series = m_view["series"][i];
        const std::string what = seriesWords(m_view, i), family = textIn(series, "family");
        LATENT_TRY(Picked values, m_picker.pick(series.at("values")));
        if (!values) {
            if (family.empty())
                histogram.series.emplace_back().look =
                    lookOf(series, wordsOfName(series["values"]["array"].get<std::string>()));
            continue;
        }
        m_picker.fixSwept(values);
        m_x.push_back(values.array);
        const DType dtype = values.array->values.dtype;
        whole = whole && dtype != DType::F32 && dtype != DType::F64;
        const KeptDimension* members = family.empty() ? nullptr : values.find(family);
        if (!family.empty() && !members)
            return refused(what + " does not vary along " + family + ", its family.");
        const KeptDimension along = members ? *members : KeptDimension();
        const Coordinate coordinate = members ? m_picker.coordinate(values.array, along) : Coordinate();
        const std::uint64_t drawn = members ? this->members(along.size, family) : 1;
        for (std::uint64_t member = 0; member < drawn; ++member) {
            Picked own = values;
            HistogramSeries one;
            one.look = lookOf(series, titleOf(*values.array));
            if (members) {
                own.fix(family, member);
                const double value = member < coordinate.values.size() ? coordinate.values[member]
                                                                       : static_cast<double>(member);
                one.look.label = memberLabel(series, family, coordinate.array, value);
                one.look.familyIndex = static_cast<int>(along.indexOf(member));
            }
            LATENT_TRY(one.values, m_picker.numbers(own, own.dims));
            histogram.series.push_back(std::move(one));
        }
    }
    m_figure.x = axisOf(m_view, "x_axis", m_x);
    m_figure.y = axisOf(m_view, "y_axis", nullptr, histogram.density ? "density" : "count");
    std::vector<std::span<const double>> all;
    std::size_t leftOut = 0, total = 0, notPositive = 0;
    const bool logarithmic = m_figure.x.scale == Scale::Log;
    for (const HistogramSeries& series : histogram.series) {
        all.emplace_back(series.values);
        total += series.values.size();
        if (logarithmic)
            notPositive += static_cast<std::size_t>(
                std::count_if(series.values.begin(), series.values.end(), [](double v) { return v <= 0; }));
    }
    const std::optional<std::size_t> bins =
        m_view.contains("bins") ? std::optional(m_view["bins"].get<std::size_t>()) : std::nullopt;
    if (bins) LATENT_CHECK(m_picker.take(*bins * std::max<std::size_t>(histogram.series.size(), 1)));
    histogram.edges = binEdges(all, bins, {.logarithmic = logarithmic, .whole = whole});
    for (HistogramSeries& series : histogram.series) {
        count(series, histogram.edges, histogram.density);
        leftOut += series.left_out;
    }
    m_figure.isEmpty = total == 0;
    if (leftOut > 0)
        m_picker.note(std::to_string(leftOut) + " of " + std::to_string(total) +
                      " values are no finite numbers and are not counted.");
    if (notPositive > 0)
        m_picker.note(std::to_string(notPositive) +
                      " values that are not positive have no place on a logarithmic axis.");
    m_figure.body = std::move(histogram);
    return ok();
}

}  // namespace latent::engine::figures
