// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/overlay.hpp"

#include <algorithm>
#include <type_traits>

namespace latent::desktop {
namespace {

using namespace engine::figures;

/// Without the circle, which a view asks for that does not care. Five shapes and seven colours come together
/// again only after 35 runs.
constexpr Marker kMarkers[] = {Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Cross,
                               Marker::Star};

/// Colour and marker tell the run; what a line is within its run is told by its dashes. Clouds have no dashes:
/// the clouds of a run go on from its marker.
Look lookOf(const Look& look, const QString& run, int place, std::size_t within, bool isAlone,
            bool isCloud = false) {
    Look its = look;
    its.label = isAlone ? run.toStdString() : run.toStdString() + " · " + look.label;
    its.role = Role::None;
    its.category = place;
    its.colourValue.reset();
    its.familyIndex = -1;
    its.dash = static_cast<int>(within);
    const bool hasDashes = !isCloud && look.style != LineStyle::None;
    its.marker = runMarker(place + (hasDashes ? 0 : static_cast<int>(within)));
    return its;
}

/// Members of one kind of body that an overlay joins.
std::vector<Line>* membersOf(Lines& body) { return &body.lines; }
std::vector<Cloud>* membersOf(Points& body) { return &body.clouds; }
std::vector<Path>* membersOf(Trajectory& body) { return &body.paths; }

void losesColours(Line&) {}
void losesColours(Cloud& cloud) { cloud.colour.clear(); }
void losesColours(Path& path) { path.colour.clear(); }

template <class Body>
void join(Body& all, const Body& one, const QString& run, int place) {
    Body copy = one;
    auto& members = *membersOf(copy);
    for (std::size_t i = 0; i < members.size(); ++i) {
        members[i].look =
            lookOf(members[i].look, run, place, i, members.size() == 1, std::is_same_v<Body, Points>);
        losesColours(members[i]);
        membersOf(all)->push_back(std::move(members[i]));
    }
    all.colours.reset();
}

/// Histograms share their bins only when they were binned alike; values are kept, so others are counted anew into the
/// bins of the first.
std::vector<double> recounted(const HistogramSeries& series, const std::vector<double>& edges, bool density) {
    std::vector<double> heights(edges.empty() ? 0 : edges.size() - 1, 0.0);
    double counted = 0;
    for (const double value : series.values) {
        if (heights.empty() || !(value >= edges.front() && value <= edges.back())) continue;
        const auto above = std::upper_bound(edges.begin(), edges.end(), value);
        const std::size_t bin =
            std::min<std::size_t>(static_cast<std::size_t>(above - edges.begin()) - 1, heights.size() - 1);
        ++heights[bin];
        ++counted;
    }
    if (density && counted > 0)
        for (std::size_t i = 0; i < heights.size(); ++i) heights[i] /= counted * (edges[i + 1] - edges[i]);
    return heights;
}

/// Edges that hold all values: those of the first, continued with the same width.
std::vector<double> commonEdges(const std::vector<const Histogram*>& all) {
    std::vector<double> edges = all.front()->edges;
    if (edges.size() < 2) return edges;
    const double width = edges[1] - edges[0];
    double low = edges.front(), high = edges.back();
    for (const Histogram* one : all) {
        if (one->edges.size() < 2) continue;
        low = std::min(low, one->edges.front());
        high = std::max(high, one->edges.back());
    }
    constexpr std::size_t kMostBins = 1000;
    while (width > 0 && edges.front() > low && edges.size() < kMostBins)
        edges.insert(edges.begin(), edges.front() - width);
    while (width > 0 && edges.back() < high && edges.size() < kMostBins)
        edges.push_back(edges.back() + width);
    return edges;
}

Histogram joinedHistograms(const std::vector<std::pair<QString, const Histogram*>>& all) {
    std::vector<const Histogram*> bodies;
    for (const auto& [run, body] : all) bodies.push_back(body);
    Histogram joint{commonEdges(bodies), {}, true};  // runs have different counts: densities can be compared
    for (std::size_t place = 0; place < all.size(); ++place) {
        const auto& series = all[place].second->series;
        for (std::size_t i = 0; i < series.size(); ++i) {
            HistogramSeries its = series[i];
            its.look = lookOf(its.look, all[place].first, static_cast<int>(place), i, series.size() == 1);
            its.heights = recounted(its, joint.edges, true);
            joint.series.push_back(std::move(its));
        }
    }
    return joint;
}

/// Limits that one run's view asks for would hide another run.
void widen(Axis& axis, const Axis& other) {
    if (axis.low && other.low)
        axis.low = std::min(*axis.low, *other.low);
    else
        axis.low.reset();
    if (axis.high && other.high)
        axis.high = std::max(*axis.high, *other.high);
    else
        axis.high.reset();
}

}  // namespace

Marker runMarker(int place) { return kMarkers[static_cast<std::size_t>(place) % std::size(kMarkers)]; }

bool canOverlay(const std::string& kind) {
    return kind == "lines" || kind == "points" || kind == "trajectory" || kind == "histogram";
}

FigurePtr overlay(const std::vector<std::pair<QString, FigurePtr>>& figures) {
    std::vector<std::pair<QString, FigurePtr>> there;
    for (const auto& one : figures)
        if (one.second && (there.empty() || one.second->body.index() == there.front().second->body.index()))
            there.push_back(one);
    if (there.empty()) return nullptr;
    Figure joint = *there.front().second;
    joint.gestures.clear();  // a gesture would have to ask one run or the other
    joint.cursors.clear();
    joint.isEmpty =
        std::all_of(there.begin(), there.end(), [](const auto& one) { return one.second->isEmpty; });
    for (std::size_t i = 1; i < there.size(); ++i) {
        widen(joint.x, there[i].second->x);
        widen(joint.y, there[i].second->y);
        widen(joint.z, there[i].second->z);
        for (const std::string& note : there[i].second->notes)
            if (std::find(joint.notes.begin(), joint.notes.end(), note) == joint.notes.end())
                joint.notes.push_back(note);
    }
    const auto joinAll = [&]<class Body>(Body empty) {
        for (std::size_t i = 0; i < there.size(); ++i)
            join(empty, std::get<Body>(there[i].second->body), there[i].first, static_cast<int>(i));
        joint.body = std::move(empty);
    };
    if (std::holds_alternative<Lines>(joint.body)) {
        joinAll(Lines{});
    } else if (std::holds_alternative<Points>(joint.body)) {
        joinAll(Points{});
    } else if (std::holds_alternative<Trajectory>(joint.body)) {
        joinAll(Trajectory{});
    } else if (std::holds_alternative<Histogram>(joint.body)) {
        std::vector<std::pair<QString, const Histogram*>> all;
        for (const auto& [run, figure] : there) all.emplace_back(run, &std::get<Histogram>(figure->body));
        joint.body = joinedHistograms(all);
    } else {
        return nullptr;
    }
    return std::make_shared<const Figure>(std::move(joint));
}

}  // namespace latent::desktop
