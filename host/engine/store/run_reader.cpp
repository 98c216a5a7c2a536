// SPDX-License-Identifier: Apache-2.0
#include "engine/store/run_reader.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/digest.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/segment_set.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr int kTries = 8;  ///< a writer that merges faster than this reader reads is not met in practice
constexpr std::size_t kMaxTextBytes = 16u << 20;

}  // namespace

struct RunReader::State {
    std::filesystem::path folder;
    std::filesystem::path lone;  ///< a run.h5 without its directory, when that is what was opened
    RunFiles* files = nullptr;
    RunFollower follower;
    RunState loneState;  ///< what run.h5 says, where there are no events

    State(std::filesystem::path run, RunFiles& runFiles)
        : folder(run), files(&runFiles), follower(std::move(run)) {}

    /// The run's own file once it is gathered; null before.
    Result<h5::Source*> gathered() {
        if (!lone.empty()) return files->open(lone);
        const std::string& sha256 = follower.state().compactedSha256;
        if (sha256.empty()) return nullptr;
        return files->open(layout::compacted(folder), sha256);
    }

    SegmentSet segments() const { return SegmentSet(folder, follower.state().segments, *files); }

    /// Runs `action`; when a file is not there any more, reads the events again and tries anew.
    template <class Action>
    auto retrying(Action&& action) -> decltype(action()) {
        for (int attempt = 1;; ++attempt) {
            auto result = action();
            if (result || attempt == kTries || !lone.empty()) return result;
            // Vanished by merging, or replaced by a new attempt: then the events have something new to say.
            const auto changed = follower.poll();
            if (!changed || !*changed) {
                if (!isGone(result.error())) return result;
            }
        }
    }

    Result<std::vector<ArraySpec>> specs() {
        if (lone.empty()) return follower.state().arrays;
        LATENT_TRY(const json outputs, text("latent_outputs", json::object()));
        return parseArraySpecs(outputs, "The outputs in " + lone.string());
    }

    Result<ArraySpec> spec(const std::string& name) {
        LATENT_TRY(const std::vector<ArraySpec> all, specs());
        for (const ArraySpec& entry : all) {
            if (entry.name == name) return entry;
        }
        return badRequest("The run " + folder.string() + " has no array " + name + ".");
    }

    /// A JSON text of the gathered file.
    Result<json> text(const char* attribute, const json& otherwise) {
        LATENT_TRY(h5::Source * source, gathered());
        if (!source) return otherwise;
        const auto found = source->texts().find(attribute);
        if (found == source->texts().end()) return otherwise;
        return parseJson(found->second, std::string(attribute) + " of " + folder.string(),
                         {.bytes = kMaxTextBytes});
    }

    Result<PublishedArray> published(const ArraySpec& entry) {
        PublishedArray array{entry, entry.shape(0), true};
        if (entry.large) {
            array.present = lone.empty() && fileExists(layout::large(folder, entry.name));
            return array;
        }
        LATENT_TRY(h5::Source * source, gathered());
        if (source) {
            const h5::DatasetInfo* info = source->find(entry.name);
            array.present = info != nullptr;
            if (info) array.shape = info->shape;
            if (info && (info->shape.size() != entry.dims.size() || info->dtype != entry.dtype)) {
                return refused("The array " + entry.name + " of " + folder.string() +
                               " is not as it was declared.");
            }
            return array;
        }
        LATENT_TRY(const RowRange range, segments().arrayRows(entry.name));
        array.present = range.count > 0;
        if (entry.grows()) array.shape = entry.shape(range.count);
        return array;
    }

    Result<Array> read(const ArraySpec& entry, const Shape& start, const Shape& count, const Shape& stride) {
        const std::size_t rank = entry.dims.size();
        const Shape steps = stride.empty() ? Shape(rank, 1) : stride;
        if (start.size() != rank || count.size() != rank || steps.size() != rank) {
            return badRequest("The array " + entry.name + " has " + std::to_string(rank) +
                              " axes; the box asked for has " + std::to_string(start.size()) + ".");
        }
        if (entry.large) {
            if (!lone.empty()) {
                return badRequest("The large array " + entry.name + " is not in " + lone.string() +
                                  "; it has a file of its own in the run's folder.");
            }
            LATENT_TRY(h5::Source * source, files->open(layout::large(folder, entry.name)));
            return source->read(entry.name, start, count, steps);
        }
        LATENT_TRY(h5::Source * source, gathered());
        if (source) return source->read(entry.name, start, count, steps);
        return segments().readBox(entry, start, count, steps);
    }

    /// The state of a run of which only run.h5 is left.
    Status readLoneState() {
        LATENT_TRY(const json said, text("latent_state", json::object()));
        for (const auto& [key, to] :
             {std::pair("state", &loneState.state), std::pair("reason", &loneState.reason)})
            if (said.is_object() && said.contains(key) && said[key].is_string())
                *to = said[key].get<std::string>();
        loneState.fraction = loneState.state == "done" ? 1 : 0;
        LATENT_TRY(loneState.arrays, specs());
        LATENT_TRY(const json views, text("latent_figures", json::array()));
        for (const json& view : views)
            loneState.apply({{"type", "figure"},
                             {"name", view.is_object() ? view.value("name", json()) : json()},
                             {"figure", view}});
        return ok();
    }

    Result<std::vector<std::string>> metrics() {
        LATENT_TRY(h5::Source * source, gathered());
        std::vector<std::string> names;
        if (!source) {
            const auto set = segments().metrics();
            names.assign(set.begin(), set.end());
            return names;
        }
        for (const h5::DatasetInfo& info : source->datasets()) {
            if (info.name.starts_with("metrics/") && info.name.ends_with("/value")) {
                names.push_back(info.name.substr(8, info.name.size() - 8 - 6));
            }
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<Array> column(const std::string& name, const char* which) {
        LATENT_TRY(h5::Source * source, gathered());
        if (source) return source->readAll(segmentMetric(name, which));
        const SegmentSet set = segments();
        LATENT_TRY(const RowRange range, set.metricRows(name));
        if (range.count == 0)
            return badRequest("The run " + folder.string() + " has no metric " + name + ".");
        return set.readMetric(name, which, range.start, range.count);
    }

    Result<std::string> digest();
    Status digestArray(const PublishedArray& array, ContentDigest& hash);
};

RunReader::RunReader(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;
RunReader::~RunReader() = default;

Result<RunReader> RunReader::open(const std::filesystem::path& run, RunFiles& files) {
    std::error_code code;
    auto state = std::make_unique<State>(run, files);
    if (std::filesystem::is_regular_file(run, code)) {
        state->lone = run;
    } else if (!fileExists(layout::request(run)) && !fileExists(layout::events(run))) {
        if (!fileExists(layout::compacted(run))) {
            return refused(run.string() + " is not a run: it has neither request.json nor run.h5.");
        }
        state->lone = layout::compacted(run);
    }
    if (!state->lone.empty()) {
        LATENT_TRY(h5::Source * source, files.open(state->lone));
        const auto format = source->texts().find("latent_format");
        if (format == source->texts().end() || format->second != "latent-run/1") {
            return refused(state->lone.string() +
                           " is not a run of this workbench: it does not say latent-run/1.");
        }
        LATENT_CHECK(state->readLoneState());
    }
    RunReader reader(std::move(state));
    LATENT_CHECK(reader.refresh());
    return reader;
}

const std::filesystem::path& RunReader::folder() const { return m_state->folder; }
Result<bool> RunReader::refresh() {
    return m_state->lone.empty() ? m_state->follower.poll() : Result<bool>(false);
}
const RunState& RunReader::state() const {
    return m_state->lone.empty() ? m_state->follower.state() : m_state->loneState;
}

Result<Request> RunReader::request() {
    if (m_state->lone.empty()) return readRequest(m_state->folder);
    LATENT_TRY(const json document, m_state->text("latent_request", json()));
    return Request::parse(document.dump(), "The request in " + m_state->lone.string());
}

Result<json> RunReader::provenance() {
    if (m_state->lone.empty()) return readProvenance(m_state->folder);
    return m_state->text("latent_provenance", json::object());
}

Result<json> RunReader::figures() {
    if (!m_state->lone.empty()) return m_state->text("latent_figures", json::array());
    json views = json::array();
    const RunState& now = state();
    for (const std::string& name : now.figureOrder) views.push_back(*now.figures.at(name));
    return views;
}

Result<json> RunReader::claims() {
    return m_state->retrying([&] { return m_state->text("latent_claims", json::array()); });
}

Result<std::vector<PublishedArray>> RunReader::arrays() {
    return m_state->retrying([&]() -> Result<std::vector<PublishedArray>> {
        std::vector<PublishedArray> list;
        LATENT_TRY(const std::vector<ArraySpec> specs, m_state->specs());
        for (const ArraySpec& spec : specs) {
            LATENT_TRY(PublishedArray array, m_state->published(spec));
            list.push_back(std::move(array));
        }
        return list;
    });
}

Result<Array> RunReader::read(const std::string& name, const Shape& start, const Shape& count,
                              const Shape& stride) {
    return m_state->retrying([&]() -> Result<Array> {
        LATENT_TRY(const ArraySpec spec, m_state->spec(name));
        return m_state->read(spec, start, count, stride);
    });
}

Result<Array> RunReader::readAll(const std::string& name) {
    return m_state->retrying([&]() -> Result<Array> {
        LATENT_TRY(const ArraySpec spec, m_state->spec(name));
        LATENT_TRY(const PublishedArray array, m_state->published(spec));
        return m_state->read(spec, Shape(array.shape.size(), 0), array.shape, {});
    });
}

Result<std::vector<std::string>> RunReader::metrics() {
    return m_state->retrying([&] { return m_state->metrics(); });
}

Result<std::map<std::string, MetricWords>> RunReader::metricWords() {
    if (m_state->lone.empty()) return state().metricWords;
    LATENT_TRY(const json outputs, m_state->text("latent_outputs", json::object()));
    return parseMetricWords(outputs);
}

Result<MetricSeries> RunReader::metric(const std::string& name) {
    return m_state->retrying([&]() -> Result<MetricSeries> {
        LATENT_TRY(const Array steps, m_state->column(name, "step"));
        LATENT_TRY(const Array values, m_state->column(name, "value"));
        if (steps.dtype != DType::I64 || values.dtype != DType::F64 || steps.shape != values.shape) {
            return refused("The metric " + name + " of " + m_state->folder.string() +
                           " is not steps and values.");
        }
        MetricSeries series;
        series.steps.resize(steps.bytes.size() / sizeof(std::int64_t));
        series.values.resize(values.bytes.size() / sizeof(double));
        std::memcpy(series.steps.data(), steps.bytes.data(), steps.bytes.size());
        std::memcpy(series.values.data(), values.bytes.data(), values.bytes.size());
        return series;
    });
}

Status RunReader::State::digestArray(const PublishedArray& array, ContentDigest& hash) {
    const Shape& shape = array.shape;
    hash.begin(array.spec.large ? "large" : "array", array.spec.name, array.spec.dtype, shape);
    return inPieces(shape, sizeOf(array.spec.dtype), [&](const Shape& start, const Shape& count) -> Status {
        LATENT_TRY(const Array part, read(array.spec, start, count, {}));
        hash.add(part.bytes);
        return ok();
    });
}

Result<std::string> RunReader::State::digest() {
    // The order of compaction.cpp: arrays, large arrays, metrics, each by name.
    LATENT_TRY(std::vector<ArraySpec> all, specs());
    std::sort(all.begin(), all.end(), [](const ArraySpec& a, const ArraySpec& b) { return a.name < b.name; });
    ContentDigest hash;
    for (const bool large : {false, true}) {
        for (const ArraySpec& entry : all) {
            if (entry.large != large) continue;
            LATENT_TRY(const PublishedArray array, published(entry));
            if (array.present) LATENT_CHECK(digestArray(array, hash));
        }
    }
    LATENT_TRY(const auto names, metrics());
    for (const std::string& name : names) {
        for (const char* which : {"step", "value"}) {
            LATENT_TRY(const Array values, column(name, which));
            hash.begin("metric", name, values.dtype, values.shape);
            hash.add(values.bytes);
        }
    }
    return hash.hex();
}

Result<std::string> RunReader::contentDigest() {
    return m_state->retrying([&] { return m_state->digest(); });
}

}  // namespace latent::engine
