// SPDX-License-Identifier: Apache-2.0
#include "engine/store/segment_writer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/files/operations.hpp"
#include "engine/store/digest.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/merge_policy.hpp"
#include "engine/store/sealed_output.hpp"
#include "engine/store/segment_set.hpp"

namespace latent::engine {

SegmentWriter::SegmentWriter(std::filesystem::path run, SealKey key, std::uint64_t imageBytes,
                             std::vector<SegmentInfo> live, std::uint64_t nextNumber)
    : m_run(std::move(run)),
      m_files(std::move(key), {}),
      m_imageBytes(imageBytes),
      m_live(std::move(live)),
      m_nextNumber(nextNumber) {
    for (const SegmentInfo& segment : m_live) {
        for (const auto& [name, range] : segment.rows) m_rowTotals[name] = range.start + range.count;
        for (const auto& [name, range] : segment.metrics) m_valueTotals[name] = range.start + range.count;
    }
    // After a resume: files that only older checkpoints still name. They go when those do.
    if (const auto entries = listFolder(layout::segments(m_run))) {
        for (const std::string& entry : *entries) {
            if (layout::numberOf(entry, ".h5")) m_unnamed.insert(entry.substr(0, entry.size() - 3));
        }
    }
    for (const SegmentInfo& segment : m_live) m_unnamed.erase(segment.name);
}

SegmentWriter::Rows& SegmentWriter::room(const ArraySpec& spec, std::uint64_t rows) {
    Rows& buffer = m_rows[spec.name];
    std::uint64_t& total = m_rowTotals[spec.name];
    if (spec.grows()) {
        if (buffer.count == 0) buffer.start = total;
        buffer.count += rows;
        total += rows;
    } else {
        m_bufferedBytes -= buffer.bytes.bytes();
        buffer.bytes.clear();
        buffer.count = total = 1;
    }
    return buffer;
}

void SegmentWriter::append(const ArraySpec& spec, const ArrayView& view) {
    room(spec, view.shape.empty() ? 1 : view.shape[0]).bytes.append(view.raw());
    m_bufferedBytes += view.bytes();
}

void SegmentWriter::append(const ArraySpec& spec, const Shape& shape, std::string&& bytes) {
    m_bufferedBytes += bytes.size();
    room(spec, shape.empty() ? 1 : shape[0]).bytes.append(std::move(bytes));
}

void SegmentWriter::addMetric(const std::string& name, std::int64_t step, double value) {
    Values& buffer = m_values[name];
    if (buffer.steps.empty()) buffer.start = m_valueTotals[name];
    buffer.steps.push_back(step);
    buffer.values.push_back(value);
    ++m_valueTotals[name];
    m_bufferedBytes += sizeof step + sizeof value;
}

std::uint64_t SegmentWriter::rows(const std::string& name) const {
    const auto found = m_rowTotals.find(name);
    return found == m_rowTotals.end() ? 0 : found->second;
}

Status SegmentWriter::commit(const Specs& specs, const Emit& emit) {
    if (!m_rows.empty() || !m_values.empty()) {
        SegmentInfo segment;
        segment.name = layout::sixDigits(m_nextNumber);
        LATENT_TRY(SealedOutput output,
                   SealedOutput::make(layout::segment(m_run, segment.name), m_bufferedBytes, m_imageBytes));
        for (const auto& [name, buffer] : m_rows) {
            const ArraySpec& spec = specs.at(name);
            LATENT_CHECK(output.writer().lend(segmentArray(name), spec.dtype, spec.shape(buffer.count), {}, {},
                                              buffer.bytes.pieces()));
            LATENT_CHECK(output.writer().attribute(segmentArray(name), "start",
                                                   static_cast<std::int64_t>(buffer.start)));
            segment.rows[name] = {buffer.start, buffer.count};
        }
        for (const auto& [name, buffer] : m_values) {
            const Shape shape{buffer.steps.size()};
            const std::string step = segmentMetric(name, "step");
            LATENT_CHECK(output.writer().dataset(step, {DType::I64, shape, buffer.steps.data()}, {}, {}));
            LATENT_CHECK(output.writer().attribute(step, "start", static_cast<std::int64_t>(buffer.start)));
            LATENT_CHECK(output.writer().dataset(segmentMetric(name, "value"),
                                                 {DType::F64, shape, buffer.values.data()}, {}, {}));
            segment.metrics[name] = {buffer.start, buffer.steps.size()};
        }
        ++m_nextNumber;  // a number is used once, even if what follows fails
        LATENT_TRY(segment.sha256, output.putInPlace(m_files.key()));
        segment.bytes = output.bytes();
        nlohmann::json event = segment.toJson();
        event["type"] = "commit";
        LATENT_CHECK(emit(std::move(event)));
        m_live.push_back(std::move(segment));
        m_bytesWritten += output.bytes();
        m_rows.clear();
        m_values.clear();
        m_bufferedBytes = 0;
    }
    return mergeDue(specs, emit);
}

Status SegmentWriter::mergeDue(const Specs& specs, const Emit& emit) {
    while (true) {
        std::vector<int> levels;
        for (const SegmentInfo& segment : m_live) levels.push_back(segment.level);
        const auto due = dueMerge(levels);
        if (!due) return ok();
        LATENT_CHECK(merge(specs, due->first, due->count, due->level, emit));
    }
}

Status SegmentWriter::merge(const Specs& specs, std::size_t first, std::size_t count, int level,
                            const Emit& emit) {
    const std::span<const SegmentInfo> inputs(m_live.data() + first, count);
    const SegmentSet set(m_run, inputs, m_files);
    SegmentInfo merged;
    merged.name = layout::sixDigits(m_nextNumber);
    merged.level = level;
    std::uint64_t bytes = 0;
    for (const SegmentInfo& input : inputs) bytes += input.bytes;
    LATENT_TRY(SealedOutput output,
               SealedOutput::make(layout::segment(m_run, merged.name), bytes, m_imageBytes));
    h5::Writer& writer = output.writer();
    for (const std::string& name : set.arrays()) {
        const ArraySpec& spec = specs.at(name);
        const std::string path = segmentArray(name);
        LATENT_TRY(RowRange range, set.arrayRows(name));
        if (!spec.grows()) range = {0, 1};
        LATENT_CHECK(writer.create(path, spec.dtype, spec.shape(range.count), {}, {}));
        LATENT_CHECK(writer.attribute(path, "start", static_cast<std::int64_t>(range.start)));
        if (!spec.grows()) {
            const Shape shape = spec.shape();
            LATENT_TRY(const Array whole,
                       set.readBox(spec, Shape(shape.size(), 0), shape, Shape(shape.size(), 1)));
            LATENT_CHECK(writer.writeAll(path, whole.view()));
        } else {
            const std::uint64_t piece = rowsPerPiece(spec.rowBytes());
            for (std::uint64_t row = 0; row < range.count; row += piece) {
                LATENT_TRY(const Array rows,
                           set.readRows(spec, range.start + row, std::min(piece, range.count - row)));
                LATENT_CHECK(writer.writeRows(path, row, rows.view()));
            }
        }
        merged.rows[name] = range;
    }
    for (const std::string& name : set.metrics()) {
        LATENT_TRY(const RowRange range, set.metricRows(name));
        for (const char* column : {"step", "value"}) {
            LATENT_TRY(const Array values, set.readMetric(name, column, range.start, range.count));
            LATENT_CHECK(writer.dataset(segmentMetric(name, column), values.view(), {}, {}));
        }
        LATENT_CHECK(
            writer.attribute(segmentMetric(name, "step"), "start", static_cast<std::int64_t>(range.start)));
        merged.metrics[name] = range;
    }
    ++m_nextNumber;
    LATENT_TRY(merged.sha256, output.putInPlace(m_files.key()));
    merged.bytes = output.bytes();
    nlohmann::json event = merged.toJson();
    event["type"] = "merge";
    event["from"] = nlohmann::json::array();
    for (const SegmentInfo& input : inputs) event["from"].push_back(input.name);
    LATENT_CHECK(emit(std::move(event)));
    for (const SegmentInfo& input : inputs) {
        m_files.forget(layout::segment(m_run, input.name));
        m_unnamed.insert(input.name);
    }
    m_live[first] = std::move(merged);
    m_live.erase(m_live.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                 m_live.begin() + static_cast<std::ptrdiff_t>(first + count));
    ++m_merges;
    m_bytesWritten += output.bytes();
    return ok();
}

Status SegmentWriter::removeUnnamed(const std::set<std::string>& named) {
    for (auto name = m_unnamed.begin(); name != m_unnamed.end();) {
        if (named.contains(*name)) {
            ++name;
            continue;
        }
        LATENT_CHECK(removeFile(layout::segment(m_run, *name)));
        name = m_unnamed.erase(name);
    }
    return ok();
}

Status SegmentWriter::removeAll() {
    for (const SegmentInfo& segment : m_live) m_files.forget(layout::segment(m_run, segment.name));
    LATENT_TRY(const auto entries, listFolder(layout::segments(m_run)));
    for (const std::string& entry : entries) {
        if (layout::numberOf(entry, ".h5")) LATENT_CHECK(removeFile(layout::segments(m_run) / entry));
    }
    return ok();
}

}  // namespace latent::engine
