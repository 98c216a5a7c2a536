// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/load.hpp"

#include <algorithm>
#include <map>

#include "engine/figures/boxes.hpp"
#include "engine/figures/load_state.hpp"
#include "engine/figures/run_views.hpp"
#include "engine/json/schema.hpp"
#include "engine/probe/client.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;
constexpr std::string_view kMetrics = "metrics/";

LoadedArray metricArray(const std::string& name, const MetricWords& words, std::vector<std::int64_t> steps,
                        const std::vector<double>& values) {
    LoadedArray array;
    array.name = std::string(kMetrics) + name;
    array.units = words.units;
    array.label = words.label;
    array.description = words.description;
    array.dims = {"step"};
    array.values = {
        DType::F64,
        {values.size()},
        std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double))};
    array.steps = std::move(steps);
    return array;
}

}  // namespace

Status RunArrays::State::update() {
    const RunState& now = reader.state();
    if (now.attempt != attempt) {  // what a resume voided may come again with other numbers
        attempt = now.attempt;
        known.clear();
        arrays = {};
        account.clear();
    }
    LATENT_CHECK(updateViews());
    if (std::string committed = accountNow(); isStale || committed != account) {
        LATENT_TRY(const std::vector<PublishedArray> all, reader.arrays());
        leftOut.clear();
        for (const PublishedArray& published : all) {
            if (!isWanted(published.spec.name, all)) {
                arrays.remove(published.spec.name);
                known.erase(published.spec.name);
            } else if (published.present) {
                LATENT_CHECK(updateArray(published));
            }
        }
        account = std::move(committed);
    }
    return updateMetrics();
}

std::string RunArrays::State::accountNow() const {
    const RunState& now = reader.state();
    std::string text = std::to_string(now.arrays.size()) + " " + std::to_string(now.segments.size()) + " " +
                       now.compactedSha256;
    if (!now.segments.empty()) text += " " + now.segments.front().name + " " + now.segments.back().name;
    for (const auto& [name, written] : now.slabs) text += " " + std::to_string(written.count());
    return text;
}

Status RunArrays::State::updateViews() {
    const RunState& now = reader.state();
    if (figures == now.figures && !isStale) return ok();
    LATENT_TRY(const json list, reader.figures());
    views.assign(list.begin(), list.end());
    figures = now.figures;
    return ok();
}

bool RunArrays::State::isWanted(const std::string& name, const std::vector<PublishedArray>& all) const {
    if (wanted.empty() || wanted.contains(name)) return true;
    // A coordinate of something wanted, under its own name or, in a sweep, the one that differs between cells.
    return std::any_of(all.begin(), all.end(), [&](const PublishedArray& other) {
        if (!wanted.contains(other.spec.name)) return false;
        const auto dims = other.spec.dimNames();
        return std::any_of(dims.begin(), dims.end(),
                           [&](const std::string& d) { return d == name || d + "_values" == name; });
    });
}

Status RunArrays::State::updateMetrics() {
    const RunState& now = reader.state();
    LATENT_TRY(const auto words, reader.metricWords());
    const auto wordsOf = [&](const std::string& name) {
        const auto found = words.find(name);
        return found == words.end() ? MetricWords() : found->second;
    };
    const auto isLive = [&](const std::string& name) {
        return wanted.empty() || wanted.contains(std::string(kMetrics) + name);
    };
    const bool goesOn = now.state == "running" || now.state == "queued";
    std::set<std::string> whole;
    if (!goesOn) {
        LATENT_TRY(const std::vector<std::string> names, reader.metrics());
        for (const std::string& name : names) {
            if (!isLive(name)) continue;
            whole.insert(name);
            Known& one = known[std::string(kMetrics) + name];
            const std::string version =
                "whole " +
                (now.compactedSha256.empty() ? std::to_string(now.segments.size()) : now.compactedSha256);
            if (one.version == version) continue;
            LATENT_TRY(MetricSeries series, reader.metric(name));
            put(metricArray(name, wordsOf(name), std::move(series.steps), series.values));
            one.version = version;
        }
    }
    for (const auto& [name, preview] : now.metrics) {
        if (!isLive(name) || whole.contains(name)) continue;
        Known& one = known[std::string(kMetrics) + name];
        const std::string version = std::to_string(preview.seen);
        if (one.version == version) continue;
        std::vector<std::int64_t> steps;
        std::vector<double> values;
        for (const auto& [step, value] : preview.points) {
            steps.push_back(step);
            values.push_back(value);
        }
        put(metricArray(name, wordsOf(name), std::move(steps), values));
        one.version = version;
    }
    return ok();
}

RunArrays::RunArrays(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RunArrays::RunArrays(RunArrays&&) noexcept = default;
RunArrays& RunArrays::operator=(RunArrays&&) noexcept = default;
RunArrays::~RunArrays() = default;

Result<RunArrays> RunArrays::open(const std::filesystem::path& run, RunFiles& files, std::uint64_t most) {
    LATENT_TRY(RunReader reader, RunReader::open(run, files));
    return RunArrays(std::make_unique<State>(std::move(reader), most));
}

void RunArrays::want(std::set<std::string> names) {
    if (names == m_state->wanted) return;
    m_state->wanted = std::move(names);
    m_state->isStale = true;
    for (auto metric = m_state->known.lower_bound(std::string(kMetrics));
         metric != m_state->known.end() && metric->first.starts_with(kMetrics);) {
        const bool stays = m_state->wanted.empty() || m_state->wanted.contains(metric->first);
        if (!stays) m_state->arrays.remove(metric->first);
        metric = stays ? std::next(metric) : m_state->known.erase(metric);
    }
}

Result<bool> RunArrays::refresh() {
    LATENT_TRY(const bool changed, m_state->reader.refresh());
    if (!changed && !m_state->isStale) return false;
    m_state->isStale = true;  // until all of it was read
    LATENT_CHECK(m_state->update());
    m_state->isStale = false;
    return true;
}

const ArraySet& RunArrays::arrays() const { return m_state->arrays; }
const std::vector<json>& RunArrays::views() const { return m_state->views; }
std::vector<json> RunArrays::allViews() {
    const auto request = m_state->reader.request();
    return figures::allViews(m_state->views, m_state->arrays, request ? request->document() : json());
}
const RunState& RunArrays::state() const { return m_state->reader.state(); }
RunReader& RunArrays::reader() { return m_state->reader; }
const std::vector<PublishedArray>& RunArrays::leftOut() const { return m_state->leftOut; }
std::string RunArrays::versionOf(const std::string& array) const { return m_state->versionOf(array); }

Result<ArraySet> RunArrays::readFor(const json& view, const Cursors& cursors, const ResolveOptions& options) {
    LATENT_CHECK(builtInSchema("view-1").check(view, "The figure"));
    ArraySet set = m_state->arrays;
    const std::vector<std::string> names = arraysOf(view);
    for (const PublishedArray& published : m_state->leftOut) {
        const std::string& name = published.spec.name;
        if (std::find(names.begin(), names.end(), name) == names.end()) continue;
        LoadedArray array = described(published.spec);
        array.values = {published.spec.dtype, published.shape, {}};
        const Box box = boxOf(view, array, m_state->arrays, cursors, options);
        if (const auto bytes = byteCount(published.spec.dtype, box.count); !bytes || *bytes > m_state->most)
            return refused("The figure " + view.value("name", std::string("?")) +
                           " shows a part of the array " + name + " (" + shapeText(box.count) +
                           ") that is too large to be read at once; open it in a notebook.");
        LATENT_TRY(array.values, m_state->reader.read(name, box.start, box.count));
        for (std::size_t axis = 0; axis < box.start.size(); ++axis)
            array.window.push_back({box.start[axis], published.shape[axis]});
        set.put(std::make_shared<const LoadedArray>(std::move(array)));
    }
    return set;
}

ArraySet arraysOf(const ProbeReply& reply) {
    ArraySet set;
    std::map<std::string, ArraySpec> specs;
    if (reply.outputs.is_object() && reply.outputs.contains("arrays") && reply.outputs["arrays"].is_array())
        for (const json& entry : reply.outputs["arrays"])
            if (auto spec = parseArraySpec(entry, "The probe's outputs"))
                specs.emplace(spec->name, *std::move(spec));
    for (const ProbeArray& given : reply.arrays) {
        const auto spec = specs.find(given.name);
        LoadedArray array = spec == specs.end() ? LoadedArray() : described(spec->second);
        array.name = given.name;
        array.values = given.data;
        if (array.dims.size() != given.data.shape.size()) {
            array.dims.clear();
            for (std::size_t i = 0; i < given.data.shape.size(); ++i)
                array.dims.push_back(given.name + "_" + std::to_string(i));
        }
        set.put(std::make_shared<const LoadedArray>(std::move(array)));
    }
    return set;
}

}  // namespace latent::engine::figures
