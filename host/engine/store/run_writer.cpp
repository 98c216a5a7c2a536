// SPDX-License-Identifier: Apache-2.0
#include "engine/store/run_writer.hpp"

#include <algorithm>
#include <chrono>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_writer_state.hpp"
#include "latent/detail/names.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

double steadySeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

RunWriter::State::State(std::filesystem::path folder, Attempt start, SealKey sealKey,
                        RunWriterOptions choices, EventLog events)
    : run(std::move(folder)),
      attempt(std::move(start)),
      key(std::move(sealKey)),
      options(std::move(choices)),
      log(std::move(events)),
      segments(run, key, options.imageBytes,
               attempt.checkpoint ? attempt.checkpoint->segments : std::vector<SegmentInfo>(),
               attempt.nextSegment),
      larges(run, key, attempt.checkpoint ? attempt.checkpoint->slabs : std::map<std::string, IntervalSet>()),
      eventsEnd(attempt.eventsBytes),
      nextCheckpoint(attempt.nextCheckpoint) {
    if (!options.seconds) options.seconds = steadySeconds;
    committedAt = options.seconds();
    if (attempt.checkpoint) {
        for (const ArraySpec& spec : attempt.checkpoint->specs) {
            order.push_back(spec.name);
            specs.emplace(spec.name, spec);
        }
        figures = attempt.checkpoint->figures;
    }
}

Result<std::unique_ptr<RunWriter>> RunWriter::open(const std::filesystem::path& run, Attempt attempt,
                                                   SealKey key, RunWriterOptions options) {
    LATENT_TRY(EventLog log, EventLog::open(run));
    for (const auto& folder : {layout::segments(run), layout::checkpoints(run)}) {
        LATENT_TRY([[maybe_unused]] const bool made, makeFolder(folder));
    }
    auto state =
        std::make_unique<State>(run, std::move(attempt), std::move(key), std::move(options), std::move(log));
    LATENT_TRY(const auto names, listCheckpoints(run));
    for (const std::string& name : names) {
        LATENT_TRY(const Checkpoint checkpoint, readCheckpoint(run, name, state->segments.files(), false));
        State::Retained retained{name, checkpoint.keep, {}};
        for (const SegmentInfo& segment : checkpoint.segments) retained.segments.insert(segment.name);
        state->retained.push_back(std::move(retained));
    }
    return std::unique_ptr<RunWriter>(new RunWriter(std::move(state)));
}

RunWriter::RunWriter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RunWriter::~RunWriter() = default;

const Checkpoint* RunWriter::resumedFrom() const {
    return m_state->attempt.checkpoint ? &*m_state->attempt.checkpoint : nullptr;
}

EventLog& RunWriter::events() { return m_state->log; }

Status RunWriter::State::emit(json event) {
    LATENT_TRY(eventsEnd, log.append(std::move(event)));
    return ok();
}

Result<const ArraySpec*> RunWriter::State::specOf(const std::string& name) const {
    const auto found = specs.find(name);
    if (found == specs.end()) return badRequest("The array " + name + " was not declared among the outputs.");
    return &found->second;
}

Status RunWriter::State::declareArray(ArraySpec spec) {
    const auto known = specs.find(spec.name);
    if (known != specs.end()) {
        if (known->second == spec) return ok();
        if (known->second.isCompletedBy(spec)) {  // resumed from a run of before these words were kept
            LATENT_CHECK(emit({{"type", "array"}, {"spec", spec.toJson()}}));
            known->second = std::move(spec);
            return ok();
        }
        return badRequest("The array " + spec.name +
                          " was declared before with another type, shape or description.");
    }
    LATENT_CHECK(emit({{"type", "array"}, {"spec", spec.toJson()}}));
    order.push_back(spec.name);
    specs.emplace(spec.name, std::move(spec));
    return ok();
}

Status RunWriter::declare(const json& outputs) {
    const std::lock_guard guard(m_state->mutex);
    LATENT_TRY(std::vector<ArraySpec> specs, parseArraySpecs(outputs, "The outputs"));
    for (ArraySpec& spec : specs) LATENT_CHECK(m_state->declareArray(std::move(spec)));
    for (auto& [name, words] : parseMetricWords(outputs)) {
        json event = words.toJson(name);
        event["type"] = "metric_words";
        LATENT_CHECK(m_state->emit(std::move(event)));
        m_state->metricWords[name] = std::move(words);
    }
    if (!outputs.is_object() || !outputs.contains("figures")) return ok();
    for (const json& view : outputs["figures"]) {
        if (!view.is_object() || !view.value("name", json()).is_string())
            return badRequest("A figure of the outputs has no name.");
        const std::string name = view["name"].get<std::string>();
        auto& declared = m_state->figureOrder;
        if (std::find(declared.begin(), declared.end(), name) == declared.end()) declared.push_back(name);
        const auto known = m_state->figures.find(name);
        if (known != m_state->figures.end() && *known->second == view) continue;
        LATENT_CHECK(m_state->emit({{"type", "figure"}, {"name", name}, {"figure", view}}));
        m_state->figures[name] = std::make_shared<const json>(view);
    }
    return ok();
}

Status RunWriter::figure(const json& view) { return declare({{"figures", json::array({view})}}); }

/// Whether such values can be published, and what array they belong to; `shape` comes to have the array's rank.
Result<const ArraySpec*> RunWriter::State::accept(const std::string& name, DType dtype, Shape& shape) {
    LATENT_TRY(const ArraySpec* spec, specOf(name));
    if (spec->large) return badRequest("The array " + name + " is large: write it by slab.");
    if (dtype != spec->dtype) {
        return badRequest("The array " + name + " was declared as " + std::string(nameOf(spec->dtype)) +
                          "; what is published is " + std::string(nameOf(dtype)) + ".");
    }
    const Shape given = shape;
    if (spec->grows() && shape.size() + 1 == spec->dims.size()) shape.insert(shape.begin(), 1);
    if (shape != spec->shape(shape.empty() ? 0 : shape[0])) {
        return badRequest("The array " + name + " was declared as " + shapeText(spec->shape(0)) +
                          (spec->grows() ? " (the first axis grows)" : "") + "; what is published is " +
                          shapeText(given) + ".");
    }
    return spec;
}

Status RunWriter::publish(const std::string& name, const ArrayView& view) {
    const std::lock_guard guard(m_state->mutex);
    ArrayView rows = view;
    LATENT_TRY(const ArraySpec* spec, m_state->accept(name, rows.dtype, rows.shape));
    if (spec->grows() && rows.shape[0] == 0) return ok();
    // A commit comes before the values are taken: if it fails, the call can be repeated as it was.
    LATENT_CHECK(m_state->commitIfDue());
    m_state->segments.append(*spec, rows);
    return ok();
}

Status RunWriter::publish(const std::string& name, Array&& array) {
    const std::lock_guard guard(m_state->mutex);
    Shape shape = array.shape;
    LATENT_TRY(const ArraySpec* spec, m_state->accept(name, array.dtype, shape));
    if (array.bytes.size() != byteCount(array.dtype, shape))
        return badRequest("What is published as the array " + name +
                          " has not as many bytes as its shape says.");
    if (spec->grows() && shape[0] == 0) return ok();
    LATENT_CHECK(m_state->commitIfDue());
    m_state->segments.append(*spec, shape, std::move(array.bytes));
    return ok();
}

Result<std::uint64_t> RunWriter::rows(const std::string& name) const {
    const std::lock_guard guard(m_state->mutex);
    LATENT_TRY([[maybe_unused]] const ArraySpec* spec, m_state->specOf(name));
    return m_state->segments.rows(name);
}

Status RunWriter::metric(const std::string& name, std::int64_t step, double value) {
    if (!latent::detail::isMetricName(name)) {
        return badRequest("\"" + name +
                          "\" is no name for a metric; use letters, digits, '_', '-', '.' and '/'.");
    }
    const std::lock_guard guard(m_state->mutex);
    LATENT_CHECK(m_state->commitIfDue());
    m_state->curves[name].untold = {step, value};
    LATENT_CHECK(m_state->tellMetrics(false));
    m_state->segments.addMetric(name, step, value);
    return ok();
}

Status RunWriter::State::tellMetrics(bool all) {
    const double now = options.seconds();
    for (auto& [name, curve] : curves) {
        if (!curve.untold || (!all && now - curve.toldAt < 1 / options.metricsPerSecond)) continue;
        curve.toldAt = now;
        const auto [step, value] = *curve.untold;
        LATENT_CHECK(emit({{"type", "metric"}, {"name", name}, {"step", step}, {"value", value}}));
        curve.untold.reset();
    }
    return ok();
}

Status RunWriter::progress(double fraction, const std::string& text) {
    const std::lock_guard guard(m_state->mutex);
    const double now = m_state->options.seconds();
    if (now - m_state->progressAt < 1 / m_state->options.progressPerSecond && fraction < 1) return ok();
    m_state->progressAt = now;
    LATENT_TRY(m_state->eventsEnd, m_state->log.progress(fraction, text));
    return ok();
}

Status RunWriter::log(const std::string& level, const std::string& text) {
    const std::lock_guard guard(m_state->mutex);
    LATENT_TRY(m_state->eventsEnd, m_state->log.log(level, text));
    return ok();
}

Status RunWriter::createLarge(const std::string& name) {
    const std::lock_guard guard(m_state->mutex);
    LATENT_TRY(const ArraySpec* spec, m_state->specOf(name));
    if (!spec->large) return badRequest("The array " + name + " was not declared as large.");
    return m_state->larges.create(*spec, m_state->emitter());
}

Status RunWriter::declareLarge(const json& entry) {
    json large = entry;
    if (large.is_object()) large["large"] = true;
    LATENT_TRY(ArraySpec spec, parseArraySpec(large, "The large array"));
    const std::lock_guard guard(m_state->mutex);
    LATENT_CHECK(m_state->declareArray(spec));
    return m_state->larges.create(spec, m_state->emitter());
}

Status RunWriter::writeSlab(const std::string& name, const Shape& start, const ArrayView& view) {
    const std::lock_guard guard(m_state->mutex);
    LATENT_TRY(const ArraySpec* spec, m_state->specOf(name));
    LATENT_CHECK(m_state->larges.write(*spec, start, view, m_state->options.seconds(), m_state->emitter()));
    return m_state->commitIfDue();
}

Status RunWriter::poll() {
    const std::lock_guard guard(m_state->mutex);
    LATENT_CHECK(m_state->tellMetrics(false));
    LATENT_CHECK(m_state->larges.tell(m_state->options.seconds(), m_state->emitter()));
    return m_state->commitIfDue();
}

Status RunWriter::commit() {
    const std::lock_guard guard(m_state->mutex);
    return m_state->commit();
}

CommitCost RunWriter::cost() const {
    const std::lock_guard guard(m_state->mutex);
    CommitCost cost = m_state->cost;
    cost.merges = m_state->segments.merges();
    cost.bytes = m_state->segments.bytesWritten();
    return cost;
}

}  // namespace latent::engine
