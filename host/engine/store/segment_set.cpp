// SPDX-License-Identifier: Apache-2.0
#include "engine/store/segment_set.hpp"

#include <algorithm>

#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using Ranges = std::map<std::string, RowRange> SegmentInfo::*;

Result<RowRange> joined(const std::filesystem::path& run, std::span<const SegmentInfo> segments,
                        Ranges ranges, const std::string& name) {
    RowRange all;
    bool isFirst = true;
    for (const SegmentInfo& segment : segments) {
        const auto found = (segment.*ranges).find(name);
        if (found == (segment.*ranges).end()) continue;
        if (isFirst) {
            all = found->second;
        } else if (found->second.start == 0 && found->second.count == 1 && all.start == 0 && all.count == 1) {
            continue;  // an array that does not grow, set again: it stays one row
        } else if (found->second.start != all.start + all.count) {
            return refused("The account of the run " + run.string() + " is damaged: rows of " + name +
                           " are missing before segment " + segment.name + ".");
        } else {
            all.count += found->second.count;
        }
        isFirst = false;
    }
    return all;
}

std::set<std::string> names(std::span<const SegmentInfo> segments, Ranges ranges) {
    std::set<std::string> all;
    for (const SegmentInfo& segment : segments) {
        for (const auto& [name, range] : segment.*ranges) all.insert(name);
    }
    return all;
}

}  // namespace

std::string segmentArray(const std::string& name) { return "arrays/" + name; }
std::string segmentMetric(const std::string& name, const char* column) {
    return "metrics/" + name + "/" + column;
}

SegmentSet::SegmentSet(std::filesystem::path run, std::span<const SegmentInfo> segments, RunFiles& files)
    : m_run(std::move(run)), m_segments(segments), m_files(files) {}

std::set<std::string> SegmentSet::arrays() const { return names(m_segments, &SegmentInfo::rows); }
std::set<std::string> SegmentSet::metrics() const { return names(m_segments, &SegmentInfo::metrics); }

Result<RowRange> SegmentSet::arrayRows(const std::string& name) const {
    return joined(m_run, m_segments, &SegmentInfo::rows, name);
}
Result<RowRange> SegmentSet::metricRows(const std::string& name) const {
    return joined(m_run, m_segments, &SegmentInfo::metrics, name);
}

Result<h5::Source*> SegmentSet::open(const SegmentInfo& segment) const {
    return m_files.open(layout::segment(m_run, segment.name), segment.sha256);
}

Result<Array> SegmentSet::readRows(const ArraySpec& spec, std::uint64_t begin, std::uint64_t count) const {
    Shape start(spec.dims.size(), 0), extent = spec.shape(count);
    start[0] = begin;
    return readBox(spec, start, extent, Shape(spec.dims.size(), 1));
}

Result<Array> SegmentSet::readBox(const ArraySpec& spec, const Shape& start, const Shape& count,
                                  const Shape& stride) const {
    const std::string path = segmentArray(spec.name);
    if (!spec.grows()) {
        // Set whole each time: the newest segment that holds it counts.
        for (auto segment = m_segments.rbegin(); segment != m_segments.rend(); ++segment) {
            if (!segment->rows.contains(spec.name)) continue;
            LATENT_TRY(h5::Source * source, open(*segment));
            return source->read(path, start, count, stride);
        }
        return badRequest("The array " + spec.name + " holds no values yet.");
    }
    LATENT_TRY(const RowRange all, arrayRows(spec.name));
    const std::uint64_t step = stride[0];
    const bool inside =
        step > 0 && (count[0] == 0 || (start[0] < all.start + all.count && start[0] >= all.start &&
                                       count[0] - 1 <= (all.start + all.count - 1 - start[0]) / step));
    if (!inside) {
        return badRequest("The rows asked for lie outside the array " + spec.name + ", which has " +
                          std::to_string(all.count) + " rows.");
    }
    Array array{spec.dtype, count, {}};
    if (count[0] == 0) return array;
    std::uint64_t done = 0;
    for (const SegmentInfo& segment : m_segments) {
        const auto found = segment.rows.find(spec.name);
        if (found == segment.rows.end()) continue;
        const std::uint64_t next = start[0] + done * step, end = found->second.start + found->second.count;
        if (done == count[0] || next >= end) continue;
        const std::uint64_t here = std::min(count[0] - done, (end - 1 - next) / step + 1);
        Shape innerStart = start, innerCount = count;
        innerStart[0] = next - found->second.start;
        innerCount[0] = here;
        LATENT_TRY(h5::Source * source, open(segment));
        LATENT_TRY(const Array part, source->read(path, innerStart, innerCount, stride));
        if (part.dtype != spec.dtype)
            return refused("The segment " + layout::segment(m_run, segment.name).string() + " holds " +
                           spec.name + " as another type than was declared.");
        array.bytes += part.bytes;
        done += here;
    }
    return array;
}

Result<Array> SegmentSet::readMetric(const std::string& name, const char* column, std::uint64_t begin,
                                     std::uint64_t count) const {
    const DType dtype = std::string_view(column) == "step" ? DType::I64 : DType::F64;
    Array array{dtype, {count}, {}};
    std::uint64_t done = 0;
    for (const SegmentInfo& segment : m_segments) {
        const auto found = segment.metrics.find(name);
        if (found == segment.metrics.end()) continue;
        const std::uint64_t next = begin + done, end = found->second.start + found->second.count;
        if (done == count || next >= end || next < found->second.start) continue;
        const std::uint64_t here = std::min(count - done, end - next);
        LATENT_TRY(h5::Source * source, open(segment));
        LATENT_TRY(const Array part,
                   source->read(segmentMetric(name, column), {next - found->second.start}, {here}));
        if (part.dtype != dtype)
            return refused("The segment " + layout::segment(m_run, segment.name).string() +
                           " holds the metric " + name + " as another type than metrics have.");
        array.bytes += part.bytes;
        done += here;
    }
    if (done != count) return badRequest("The values asked for lie outside the metric " + name + ".");
    return array;
}

}  // namespace latent::engine
