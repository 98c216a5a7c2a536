// SPDX-License-Identifier: Apache-2.0
#include "experiments/calendar.hpp"

#include <cmath>
#include <latent/learn/random.hpp>
#include <numbers>
#include <numeric>

#include "graphs/no_number.hpp"
#include "graphs/nth_seed.hpp"

namespace icl_graphs {
namespace {

/// Scores of one context on components 1 and 2 [nodes, 2].
Eigen::MatrixXd firstPlane(const LayerGeometry& layer, std::size_t context, std::size_t nodes,
                           std::size_t components) {
    Eigen::MatrixXd plane(static_cast<Eigen::Index>(nodes), 2);
    for (std::size_t i = 0; i < nodes; ++i)
        for (std::size_t k = 0; k < 2; ++k)
            plane(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) =
                layer.pca[(context * nodes + i) * components + k];
    return plane;
}

std::array<double, 2> cosinesOf(const Eigen::MatrixXd& plane, const Eigen::MatrixXd& circle) {
    return plane.allFinite() ? subspaceCosines(plane, circle) : std::array<double, 2>{kNan, kNan};
}

}  // namespace

Eigen::MatrixXd calendarCircle(const std::vector<int>& places, const std::vector<std::uint32_t>& order) {
    const auto n = static_cast<double>(places.size());
    Eigen::MatrixXd circle(static_cast<Eigen::Index>(places.size()), 2);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double angle = 2 * std::numbers::pi * places[order[i]] / n;
        circle.row(static_cast<Eigen::Index>(i)) << std::cos(angle), std::sin(angle);
    }
    return circle;
}

void CalendarCurves::append(const CalendarCurves& more) {
    alignment.insert(alignment.end(), more.alignment.begin(), more.alignment.end());
    null.insert(null.end(), more.null.begin(), more.null.end());
    shuffled.insert(shuffled.end(), more.shuffled.begin(), more.shuffled.end());
}

CalendarCurves calendarCurves(const LayerGeometry& layer, const LayerGeometry& shuffled,
                              const std::vector<int>& places, const LayerOptions& options,
                              std::uint64_t seed) {
    CalendarCurves curves;
    const std::size_t nodes = places.size(), components = static_cast<std::size_t>(options.components);
    std::vector<std::uint32_t> listed(nodes);
    std::iota(listed.begin(), listed.end(), 0U);
    for (std::size_t c = 0; c < layer.seen.size(); ++c) {
        if (nodes == 0) {
            curves.alignment.insert(curves.alignment.end(), 2, kNan);
            curves.null.insert(curves.null.end(), 3, kNan);
            curves.shuffled.push_back(kNan);
            continue;
        }
        const Eigen::MatrixXd plane = firstPlane(layer, c, nodes, components),
                              circle = calendarCircle(places, listed);
        const auto cosines = cosinesOf(plane, circle);
        curves.alignment.insert(curves.alignment.end(), cosines.begin(), cosines.end());
        curves.shuffled.push_back(cosinesOf(firstPlane(shuffled, c, nodes, components), circle)[1]);
        std::vector<double> draws;
        for (int d = 0; d < options.draws; ++d) {
            latent::learn::RandomStream random(nthSeed(seed, c), "icl/calendar_band",
                                               static_cast<std::uint64_t>(d));
            draws.push_back(cosinesOf(
                plane, calendarCircle(places, random.permutation(static_cast<std::uint32_t>(nodes))))[1]);
        }
        const Band band = bandOf(draws);
        curves.null.insert(curves.null.end(), {band.mean, band.low, band.high});
    }
    return curves;
}

void declareCalendar(latent::Outputs& o, const std::vector<latent::Dimension>& lead, std::size_t contexts) {
    using namespace latent;
    const auto dims = [&](std::vector<Dimension> more) {
        std::vector<Dimension> all = lead;
        all.push_back(fixed("context", contexts));
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    o.array("calendar_alignment", F64, dims({fixed("angle", 2)}))
        .units("1")
        .label("cosine to the calendar")
        .description("Between components 1 and 2 and the plane of the calendar; no number without one.");
    o.array("calendar_null_band", F64, dims({fixed("band", 3)}))
        .units("1")
        .label("smaller cosine to the calendar, permuted labels");
    o.array("calendar_shuffled", F64, dims({}))
        .units("1")
        .label("smaller cosine to the calendar, tokens in random order");
}

void addCalendarFigure(latent::Outputs& o, const latent::view::Where& at) {
    using namespace latent;
    const auto with = [&](view::Where more) {
        more.insert(more.begin(), at.begin(), at.end());
        return more;
    };
    view::Lines figure = view::lines("calendar")
                             .title("The calendar in components 1 and 2")
                             .group("Over the context")
                             .x("context", {.title = "context length", .unit = "words", .scale = view::Log})
                             .y({.title = "cosine", .limits = {0.0, 1.0}})
                             .series(view::series("calendar_alignment", with({{"angle", 0}})).label("larger"))
                             .series(view::series("calendar_alignment", with({{"angle", 1}}))
                                         .label("smaller")
                                         .role(view::Role::Accent))
                             .series(view::series("calendar_null_band", with({{"band", 0}}))
                                         .band({"calendar_null_band", with({{"band", 1}})},
                                               {"calendar_null_band", with({{"band", 2}})})
                                         .label("smaller, permuted labels")
                                         .role(view::Role::Muted)
                                         .style(view::Style::Dashed))
                             .series(view::series("calendar_shuffled", with({}))
                                         .label("smaller, tokens in random order")
                                         .role(view::Role::Muted)
                                         .style(view::Style::Dotted));
    for (const auto& [dimension, selector] : at) figure.cursor(dimension, dimension);
    o.figure(figure);
}

void publishCalendar(latent::Job& job, const CalendarCurves& curves, const std::vector<std::int64_t>& inner,
                     std::int64_t contexts) {
    const auto shape = [&](std::vector<std::int64_t> tail) {
        std::vector<std::int64_t> all{1};
        all.insert(all.end(), inner.begin(), inner.end());
        all.push_back(contexts);
        all.insert(all.end(), tail.begin(), tail.end());
        return all;
    };
    job.publish("calendar_alignment", {curves.alignment, shape({2})});
    job.publish("calendar_null_band", {curves.null, shape({3})});
    job.publish("calendar_shuffled", {curves.shuffled, shape({})});
}

}  // namespace icl_graphs
