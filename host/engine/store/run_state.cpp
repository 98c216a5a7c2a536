// SPDX-License-Identifier: Apache-2.0
#include "engine/store/run_state.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/files/sha256.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr std::size_t kPreviewPoints = 2000;

// Fields of events may be missing or of any type; these give a value or a default, never an exception.
std::string textOf(const json& event, const char* key) {
    const auto found = event.find(key);
    return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> countOf(const json& value) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0) return value.get<std::uint64_t>();
    return std::nullopt;
}

std::uint64_t countOf(const json& event, const char* key) {
    const auto found = event.find(key);
    return found != event.end() ? countOf(*found).value_or(0) : 0;
}

double numberOf(const json& event, const char* key) {
    const auto found = event.find(key);
    return found != event.end() && found->is_number() ? found->get<double>() : 0;
}

/// {name: [start, count], …}
std::optional<std::map<std::string, RowRange>> rangesOf(const json& event, const char* key, bool nested) {
    std::map<std::string, RowRange> ranges;
    const auto found = event.find(key);
    if (found == event.end()) return ranges;
    if (!found->is_object() || found->size() > kMaxArrays) return std::nullopt;
    for (const auto& [name, range] : found->items()) {
        if (!layout::isName(name, nested) || !range.is_array() || range.size() != 2) return std::nullopt;
        const auto start = countOf(range[0]), count = countOf(range[1]);
        if (!start || !count || *start > (1ull << 62) || *count > (1ull << 62)) return std::nullopt;
        ranges[name] = {*start, *count};
    }
    return ranges;
}

json rangesToJson(const std::map<std::string, RowRange>& ranges) {
    json object = json::object();
    for (const auto& [name, range] : ranges) object[name] = {range.start, range.count};
    return object;
}

std::optional<Shape> shapeOf(const json& event, const char* key) {
    const auto found = event.find(key);
    if (found == event.end() || !found->is_array() || found->size() > 16) return std::nullopt;
    Shape shape;
    for (const json& value : *found) {
        const auto extent = countOf(value);
        if (!extent) return std::nullopt;
        shape.push_back(*extent);
    }
    return shape;
}

void addPoint(MetricPreview& preview, std::int64_t step, double value) {
    if (preview.points.size() >= kPreviewPoints) {
        // Every other point goes; the curve keeps its shape and its ends.
        std::size_t kept = 0;
        for (std::size_t i = 0; i < preview.points.size(); i += 2) preview.points[kept++] = preview.points[i];
        preview.points.resize(kept);
    }
    preview.points.emplace_back(step, value);
    preview.lastStep = step;
    preview.lastValue = value;
    ++preview.seen;
}

}  // namespace

json SegmentInfo::toJson() const {
    return {{"segment", name},
            {"level", level},
            {"sha256", sha256},
            {"bytes", bytes},
            {"rows", rangesToJson(rows)},
            {"metrics", rangesToJson(metrics)}};
}

std::optional<SegmentInfo> SegmentInfo::fromJson(const json& event) {
    if (!event.is_object()) return std::nullopt;
    SegmentInfo segment;
    segment.name = textOf(event, "segment");
    segment.sha256 = textOf(event, "sha256");
    segment.bytes = countOf(event, "bytes");
    segment.level = static_cast<int>(std::min<std::uint64_t>(countOf(event, "level"), 64));
    auto rows = rangesOf(event, "rows", false);
    auto metrics = rangesOf(event, "metrics", true);
    if (!layout::numberOf(segment.name, "") || !isSha256Hex(segment.sha256) || !rows || !metrics)
        return std::nullopt;
    segment.rows = std::move(*rows);
    segment.metrics = std::move(*metrics);
    return segment;
}

const ArraySpec* RunState::array(const std::string& name) const {
    const auto found =
        std::find_if(arrays.begin(), arrays.end(), [&](const ArraySpec& spec) { return spec.name == name; });
    return found == arrays.end() ? nullptr : &*found;
}

namespace {

void applySegment(RunState& state, const json& event, bool isMerge) {
    auto segment = SegmentInfo::fromJson(event);
    if (!segment) return;
    if (!isMerge) {
        if (state.segments.size() < 2 * kMaxLiveSegments) state.segments.push_back(std::move(*segment));
        return;
    }
    std::set<std::string> inputs;
    if (const auto from = event.find("from"); from != event.end() && from->is_array()) {
        for (const json& name : *from) {
            if (name.is_string()) inputs.insert(name.get<std::string>());
        }
    }
    // The result takes the place of its inputs, which lie side by side.
    const auto first = std::find_if(state.segments.begin(), state.segments.end(),
                                    [&](const SegmentInfo& s) { return inputs.contains(s.name); });
    if (first == state.segments.end()) return;
    *first = std::move(*segment);
    std::erase_if(state.segments, [&](const SegmentInfo& s) { return inputs.contains(s.name); });
}

void applyArray(RunState& state, const json& event) {
    const auto found = event.find("spec");
    if (found == event.end() || state.arrays.size() >= kMaxArrays) return;
    auto spec = parseArraySpec(*found, "The events");
    if (!spec) return;
    const auto known = std::find_if(state.arrays.begin(), state.arrays.end(),
                                    [&](const ArraySpec& one) { return one.name == spec->name; });
    if (known == state.arrays.end())
        state.arrays.push_back(*std::move(spec));
    else if (known->isCompletedBy(*spec))
        *known = *std::move(spec);
}

void applySlab(RunState& state, const json& event) {
    const ArraySpec* spec = state.array(textOf(event, "name"));
    const auto start = shapeOf(event, "start"), count = shapeOf(event, "count");
    if (spec && spec->large && start && count) state.slabs[spec->name].addBox(spec->shape(), *start, *count);
}

}  // namespace

void RunState::apply(const json& event) {
    const std::string type = textOf(event, "type");
    lastTime = std::max(lastTime, numberOf(event, "t"));
    if (type == "state") {
        if (compactedState == "done")
            return;  // what ended the process behind its results takes none of them back
        state = textOf(event, "state");
        reason = textOf(event, "reason");
        exit = static_cast<int>(std::clamp(numberOf(event, "exit"), -1e6, 1e6));
    } else if (type == "attempt") {
        attempt = static_cast<int>(std::min<std::uint64_t>(countOf(event, "number"), 1'000'000'000));
        resumedFrom = textOf(event, "resumes");
        compactedState.clear();
        state = "running";
        reason.clear();
        exit = 0;
    } else if (type == "progress") {
        fraction = std::clamp(numberOf(event, "fraction"), 0.0, 1.0);
        progressText = textOf(event, "text");
    } else if (type == "heartbeat") {
        heartbeat = countOf(event, "counter");
    } else if (type == "metric") {
        const std::string name = textOf(event, "name");
        const auto step = event.find("step"), value = event.find("value");
        if (!layout::isName(name, true) || step == event.end() || !step->is_number_integer()) return;
        if (!metrics.contains(name) && metrics.size() >= kMaxMetrics) return;
        // JSON has no word for values that are not finite; they are written as null.
        const double number =
            value != event.end() && value->is_number() ? value->get<double>() : std::nan("");
        addPoint(metrics[name], step->get<std::int64_t>(), number);
    } else if (type == "metric_words") {
        if (metricWords.size() >= kMaxMetrics) return;
        for (auto& [name, words] : parseMetricWords({{"metrics", json::array({event})}}))
            metricWords[name] = words;
    } else if (type == "array") {
        applyArray(*this, event);
    } else if (type == "slab") {
        applySlab(*this, event);
    } else if (type == "commit" || type == "merge") {
        applySegment(*this, event, type == "merge");
    } else if (type == "checkpoint") {
        const auto keep = event.find("keep");
        checkpoint = CheckpointInfo{textOf(event, "name"), textOf(event, "sha256"),
                                    keep != event.end() && keep->is_boolean() && keep->get<bool>(),
                                    numberOf(event, "t")};
    } else if (type == "figure") {
        const auto figure = event.find("figure");
        const std::string name = textOf(event, "name");
        if (figure != event.end() && figure->is_object() &&
            (figures.contains(name) || figures.size() < kMaxArrays)) {
            if (!figures.contains(name)) figureOrder.push_back(name);
            figures[name] = std::make_shared<const json>(*figure);
        }
    } else if (type == "control") {
        if (controls.size() < 100'000) {
            controls[countOf(event, "number")] = {textOf(event, "action"), textOf(event, "outcome"),
                                                  textOf(event, "text")};
        }
    } else if (type == "compacted") {
        compactedSha256 = textOf(event, "sha256");
        contentDigest = textOf(event, "digest");
        state = compactedState = textOf(event, "state");
        reason = textOf(event, "reason");
        if (state == "done") fraction = 1;
    }
}

}  // namespace latent::engine
