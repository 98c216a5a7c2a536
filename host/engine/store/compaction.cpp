// SPDX-License-Identifier: Apache-2.0
// Gathers a run into run.h5: request, arrays with dimensions and units, metrics, figures, claims, provenance.
#include <algorithm>
#include <array>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/digest.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_writer_state.hpp"
#include "engine/store/sealed_output.hpp"
#include "engine/store/segment_set.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

h5::Texts attributesOf(const ArraySpec& spec) {
    return {{"units", spec.units},
            {"long_name", spec.label.empty() ? spec.description : spec.label},
            {"label", spec.label},
            {"description", spec.description},
            {"categories", spec.categoriesText()}};
}

Status gatherArrays(const SegmentSet& set, const Specs& specs, h5::Writer& writer, ContentDigest& digest) {
    for (const std::string& name : set.arrays()) {
        const ArraySpec& spec = specs.at(name);
        LATENT_TRY(const RowRange range, set.arrayRows(name));
        const Shape shape = spec.shape(range.count);
        digest.begin("array", name, spec.dtype, shape);
        LATENT_CHECK(writer.create(name, spec.dtype, shape, spec.dimNames(), attributesOf(spec)));
        if (!spec.grows()) {
            LATENT_TRY(const Array whole,
                       set.readBox(spec, Shape(shape.size(), 0), shape, Shape(shape.size(), 1)));
            digest.add(whole.bytes);
            LATENT_CHECK(writer.writeAll(name, whole.view()));
            continue;
        }
        const std::uint64_t piece = rowsPerPiece(spec.rowBytes());
        for (std::uint64_t row = 0; row < range.count; row += piece) {
            LATENT_TRY(const Array rows, set.readRows(spec, row, std::min(piece, range.count - row)));
            digest.add(rows.bytes);
            LATENT_CHECK(writer.writeRows(name, row, rows.view()));
        }
    }
    return ok();
}

Status digestLarges(const std::filesystem::path& run, const Specs& specs, RunFiles& files,
                    ContentDigest& digest) {
    for (const auto& [name, spec] : specs) {
        if (!spec.large || !fileExists(layout::large(run, name))) continue;
        const Shape shape = spec.shape();
        digest.begin("large", name, spec.dtype, shape);
        LATENT_TRY(h5::Source * source, files.open(layout::large(run, name)));
        const auto add = [&](const Shape& start, const Shape& count) -> Status {
            LATENT_TRY(const Array part, source->read(name, start, count));
            digest.add(part.bytes);
            return ok();
        };
        LATENT_CHECK(inPieces(shape, sizeOf(spec.dtype), add));
    }
    return ok();
}

using MetricTexts = std::map<std::string, MetricWords>;

h5::Texts columnTexts(const std::string& name, std::string_view column, const MetricTexts& words) {
    const auto own = words.find(name);
    if (own == words.end() || column != "value") return {};
    return {{"units", own->second.units},
            {"long_name", own->second.label},
            {"description", own->second.description}};
}

Status gatherMetrics(const SegmentSet& set, const MetricTexts& words, h5::Writer& writer,
                     ContentDigest& digest) {
    for (const std::string& name : set.metrics()) {
        LATENT_TRY(const RowRange range, set.metricRows(name));
        for (const char* column : {"step", "value"}) {
            LATENT_TRY(const Array values, set.readMetric(name, column, range.start, range.count));
            digest.begin("metric", name, values.dtype, values.shape);
            digest.add(values.bytes);
            LATENT_CHECK(writer.dataset(segmentMetric(name, column), values.view(), {"step"},
                                        columnTexts(name, column, words)));
        }
    }
    return ok();
}

// Of a run that never committed: what is gathered lies in the buffers, and is read there, without a copy.

void digestBufferedArrays(const SegmentWriter& segments, const Specs& specs, ContentDigest& digest) {
    for (const auto& [name, rows] : segments.bufferedRows()) {
        const ArraySpec& spec = specs.at(name);
        digest.begin("array", name, spec.dtype, spec.shape(rows.count));
        for (const std::string_view piece : rows.bytes.pieces()) digest.add(piece);
    }
}

struct Column {
    const char* name;
    ArrayView values;
};

std::array<Column, 2> columnsOf(const SegmentWriter::Values& metric) {
    const Shape shape{metric.steps.size()};
    return {Column{"step", {DType::I64, shape, metric.steps.data()}},
            Column{"value", {DType::F64, shape, metric.values.data()}}};
}

void digestBufferedMetrics(const SegmentWriter& segments, ContentDigest& digest) {
    for (const auto& [name, metric] : segments.bufferedValues()) {
        for (const Column& column : columnsOf(metric)) {
            digest.begin("metric", name, column.values.dtype, column.values.shape);
            digest.add(column.values.raw());
        }
    }
}

Status lendBuffered(const SegmentWriter& segments, const Specs& specs, const MetricTexts& words,
                    h5::Writer& writer) {
    for (const auto& [name, rows] : segments.bufferedRows()) {
        const ArraySpec& spec = specs.at(name);
        LATENT_CHECK(writer.lend(name, spec.dtype, spec.shape(rows.count), spec.dimNames(),
                                 attributesOf(spec), rows.bytes.pieces()));
    }
    for (const auto& [name, metric] : segments.bufferedValues()) {
        for (const Column& column : columnsOf(metric)) {
            LATENT_CHECK(writer.lend(segmentMetric(name, column.name), column.values.dtype,
                                     column.values.shape, {"step"}, columnTexts(name, column.name, words),
                                     {column.values.raw()}));
        }
    }
    return ok();
}

/// Enough for what libhdf5 writes of so many arrays and their texts.
std::uint64_t metadataBytesOf(const SegmentWriter& segments, const Specs& specs) {
    std::uint64_t bytes = 64u << 10;
    for (const auto& [name, spec] : specs) bytes += (8u << 10) + 2 * spec.toJson().dump().size();
    return bytes + segments.bufferedValues().size() * (16u << 10);
}

}  // namespace

Result<std::string> RunWriter::State::compact(const Ending& ending) {
    const bool buffered = segments.live().empty();  // nothing was committed: the buffers are all there is
    std::uint64_t bytes = segments.bufferedBytes();
    for (const SegmentInfo& segment : segments.live()) bytes += segment.bytes;
    constexpr std::uint64_t kLarge = 4u
                                     << 20;  // below that the memory under lent arrays is not worth a thought
    LATENT_TRY(SealedOutput output,
               SealedOutput::make(layout::compacted(run), bytes, options.imageBytes,
                                  buffered && bytes >= kLarge ? metadataBytesOf(segments, specs) : 0));
    h5::Writer& writer = output.writer();
    const SegmentSet set(run, segments.live(), segments.files());
    ContentDigest digest;
    if (buffered) {
        digestBufferedArrays(segments, specs, digest);
    } else {
        LATENT_CHECK(gatherArrays(set, specs, writer, digest));
    }
    LATENT_CHECK(digestLarges(run, specs, segments.files(), digest));
    if (buffered) {
        digestBufferedMetrics(segments, digest);
    } else {
        LATENT_CHECK(gatherMetrics(set, metricWords, writer, digest));
    }
    const std::string hex = digest.hex();

    json arrays = json::array(), views = json::array();
    for (const std::string& name : order) arrays.push_back(specs.at(name).toJson());
    for (const std::string& name : figureOrder) views.push_back(*figures.at(name));
    for (const auto& [name, figure] : figures)  // of an attempt before this one that were not declared again
        if (std::find(figureOrder.begin(), figureOrder.end(), name) == figureOrder.end())
            views.push_back(*figure);
    json outputs{{"arrays", arrays}};
    for (const auto& [name, words] : metricWords) outputs["metrics"].push_back(words.toJson(name));
    const auto put = [&](const char* name, const json& value) -> Status {
        LATENT_TRY(const std::string text, canonicalJson(value, "What " + std::string(name) + " says"));
        return writer.attribute("/", name, text);
    };
    LATENT_CHECK(writer.attribute("/", "latent_format", "latent-run/1"));
    LATENT_CHECK(put("latent_outputs", outputs));
    LATENT_CHECK(put("latent_figures", views));
    if (ending.claims) LATENT_CHECK(put("latent_claims", *ending.claims));
    LATENT_CHECK(put("latent_state", {{"state", ending.state}, {"reason", ending.reason}}));
    LATENT_CHECK(writer.attribute("/", "latent_content_digest", hex));
    if (fileExists(layout::request(run))) {
        LATENT_TRY(const Request request, readRequest(run));
        LATENT_CHECK(put("latent_request", request.document()));
    }
    LATENT_TRY(const json provenance, readProvenance(run));
    LATENT_CHECK(put("latent_provenance", provenance));
    if (buffered)
        LATENT_CHECK(
            lendBuffered(segments, specs, metricWords, writer));  // last: nothing is written behind them

    LATENT_TRY(const std::string sha256, output.putInPlace(key));
    LATENT_CHECK(emit({{"type", "compacted"},
                       {"sha256", sha256},
                       {"digest", hex},
                       {"state", ending.state},
                       {"reason", ending.reason}}));
    LATENT_CHECK(log.sync());
    return hex;
}

}  // namespace latent::engine
