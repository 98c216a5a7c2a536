// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/path_decimation.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {
namespace {

/// Lines are cut a little outside of the axes, so that the cut ends of a stroke are not seen.
constexpr double kOutside_px = 4;
/// Up to this many points of a column are kept as they are.
constexpr std::size_t kFewInPath = 4;
/// Fewer noisy columns in a row than this are drawn as lines.
constexpr std::size_t kLeastEnvelope = 3;

struct Column {
    ColumnSpan span;
    double low = 0, high = 0;  ///< data units
};

class FunctionDecimation {
  public:
    FunctionDecimation(const Curve& curve, const PlotMap& map, double column_px, double thick_px)
        : m_curve(curve),
          m_map(map),
          m_column_px(column_px),
          m_thick_px(thick_px),
          m_area(map.area.adjusted(-kOutside_px, -kOutside_px, kOutside_px, kOutside_px)),
          m_line(m_strokes, m_area, false) {}

    Strokes run() {
        for (const ColumnSpan& span : columnsOf(m_curve.x, m_curve.size, m_map, m_column_px)) {
            if (span.end - span.begin <= kFewInPath)
                for (std::size_t i = span.begin; i < span.end; ++i) point(i);
            else
                dense({span});
        }
        flushNoise();
        m_line.gap();
        return std::move(m_strokes);
    }

  private:
    bool shows(std::size_t i) const { return m_map.y.scale.shows(m_curve.y[i]); }

    void point(std::size_t i) {
        flushNoise();
        if (!shows(i) || !m_map.x.scale.shows(m_curve.x[i])) return m_line.gap();
        vertex(m_map.pixel(m_curve.x[i], m_curve.y[i]));
    }

    void vertex(const QPointF& at) {
        if (m_curve.steps && m_line.isOpen() && m_line.last().y() != at.y())
            m_line.to({at.x(), m_line.last().y()});
        m_line.to(at);
    }

    void dense(Column column) {
        if (!extremes(m_curve.y, column.span.begin, column.span.end, m_map.y.scale, column.low,
                      column.high)) {
            flushNoise();
            return m_line.gap();
        }
        if (std::abs(m_map.y.pixel(column.high) - m_map.y.pixel(column.low)) > m_thick_px) {
            m_noise.push_back(column);
            return;
        }
        flushNoise();
        stroke(column);
    }

    /// First, lowest, highest, last: the two in the middle in the order that makes the shorter way.
    void stroke(const Column& column) {
        const bool startsOpen = shows(column.span.begin), endsOpen = shows(column.span.end - 1);
        const double first = startsOpen ? m_curve.y[column.span.begin] : column.low;
        const double last = endsOpen ? m_curve.y[column.span.end - 1] : column.high;
        if (!startsOpen) m_line.gap();
        const bool lowFirst = std::abs(first - column.low) < std::abs(first - column.high);
        const double y1 = lowFirst ? column.low : column.high, y2 = lowFirst ? column.high : column.low;
        const double x = column.span.x;
        vertex({x, m_map.y.pixel(first)});
        if (y1 != first) m_line.to({x, m_map.y.pixel(y1)});
        if (y2 != y1 && y2 != last) m_line.to({x, m_map.y.pixel(y2)});
        m_line.to({x, m_map.y.pixel(last)});
        if (!endsOpen) m_line.gap();
    }

    /// Where the line enters or leaves an envelope.
    void meet(const Column& column, std::size_t i) {
        if (shows(i)) m_line.to({column.span.x, m_map.y.pixel(m_curve.y[i])});
    }

    void flushNoise() {
        if (m_noise.empty()) return;
        const std::vector<Column> noise = std::move(m_noise);
        m_noise.clear();
        if (noise.size() < kLeastEnvelope) {
            for (const Column& column : noise) stroke(column);
            return;
        }
        if (m_line.isOpen()) meet(noise.front(), noise.front().span.begin);
        m_line.gap();
        Envelope envelope;
        for (const Column& column : noise) {
            double top = m_map.y.pixel(column.high), bottom = m_map.y.pixel(column.low);
            if (top > bottom) std::swap(top, bottom);
            if (!envelope.x.empty()) {  // neighbours touch, because the line goes from one to the other
                if (top > envelope.bottom.back()) top = envelope.bottom.back();
                if (bottom < envelope.top.back()) bottom = envelope.top.back();
            }
            envelope.x.push_back(column.span.x);
            envelope.top.push_back(std::clamp(top, m_area.top(), m_area.bottom()));
            envelope.bottom.push_back(std::clamp(bottom, m_area.top(), m_area.bottom()));
        }
        m_strokes.envelopes.push_back(std::move(envelope));
        meet(noise.back(), noise.back().span.end - 1);
    }

    const Curve& m_curve;
    const PlotMap& m_map;
    double m_column_px, m_thick_px;
    QRectF m_area;
    Strokes m_strokes;
    ClippedLine m_line;
    std::vector<Column> m_noise;
};

}  // namespace

std::size_t Strokes::vertices() const {
    std::size_t count = lonely.size();
    for (const QPolygonF& part : parts) count += static_cast<std::size_t>(part.size());
    for (const Envelope& envelope : envelopes) count += 2 * envelope.x.size();
    return count;
}

bool isFunctionOfX(const double* x, std::size_t size) {
    for (std::size_t i = 1; i < size; ++i)
        if (!(x[i] >= x[i - 1])) return false;
    return size != 1 || x[0] == x[0];
}

bool extremes(const double* y, std::size_t begin, std::size_t end, const AxisScale& scale, double& low,
              double& high) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double floor = scale.floor();
    double lowest = infinity, highest = -infinity;
    // No branch on order: comparisons with NaN are false, so that it falls out by itself.
    for (std::size_t i = begin; i < end; ++i) {
        const double value = y[i];
        if (value > floor && value < infinity) {
            lowest = value < lowest ? value : lowest;
            highest = value > highest ? value : highest;
        }
    }
    low = lowest;
    high = highest;
    return lowest <= highest;
}

std::vector<ColumnSpan> columnsOf(const double* x, std::size_t size, const PlotMap& map, double column_px) {
    const auto [from, to] = visibleRange(x, size, map);
    // Pixels rise with x, or fall on a reversed axis; columns are walked in the order of the data.
    const bool rises = map.x.perPlace > 0;
    const double near = rises ? map.area.left() : map.area.right(),
                 far = rises ? map.area.right() : map.area.left();
    const double step = rises ? column_px : -column_px;
    const auto isBeyond = [&](double pixel, double edge) { return (pixel - edge) * step > 0; };
    std::vector<ColumnSpan> columns;
    std::size_t next = from;
    if (next < to && isBeyond(near, map.x.pixel(x[next]))) {
        columns.push_back({map.x.pixel(x[next]), next, next + 1});
        ++next;
    }
    for (std::size_t c = 0; next < to; ++c) {
        const double start = near + step * static_cast<double>(c);
        const std::size_t begin = next;
        // A point on the border of two columns belongs to the second one, as its pixel does.
        next = isBeyond(start, far) ? to
                                    : static_cast<std::size_t>(
                                          std::lower_bound(x + begin, x + to, map.x.value(start + step)) - x);
        if (next > begin) columns.push_back({start + step / 2, begin, next});
    }
    return columns;
}

std::pair<std::size_t, std::size_t> visibleRange(const double* x, std::size_t size, const PlotMap& map) {
    double low = map.x.value(map.area.left()), high = map.x.value(map.area.right());
    if (low > high) std::swap(low, high);
    auto from = static_cast<std::size_t>(std::lower_bound(x, x + size, low) - x);
    auto to = static_cast<std::size_t>(std::upper_bound(x, x + size, high) - x);
    // One more on each side, to draw the way there.
    if (from > 0) --from;
    if (to < size) ++to;
    return {from, std::max(from, to)};
}

Strokes decimateFunction(const Curve& curve, const PlotMap& map, double column_px, double thick_px) {
    return FunctionDecimation(curve, map, column_px, thick_px).run();
}

Strokes decimatePath(const Curve& curve, const PlotMap& map, double cell_px) {
    Strokes strokes;
    {
        ClippedLine line(strokes, map.area.adjusted(-kOutside_px, -kOutside_px, kOutside_px, kOutside_px),
                         true);
        QPointF skipped;
        std::size_t skippedIndex = 0;
        bool hasSkipped = false;
        for (std::size_t i = 0; i < curve.size; ++i) {
            const QPointF at = map.pixel(curve.x[i], curve.y[i]);
            if (!std::isfinite(at.x()) || !std::isfinite(at.y())) {
                if (hasSkipped) line.to(skipped, skippedIndex);
                hasSkipped = false;
                line.gap();
                continue;
            }
            if (line.isOpen() && std::abs(at.x() - line.last().x()) < cell_px &&
                std::abs(at.y() - line.last().y()) < cell_px) {
                skipped = at;
                skippedIndex = i;
                hasSkipped = true;
                continue;
            }
            hasSkipped = false;
            if (curve.steps && line.isOpen()) line.to({at.x(), line.last().y()}, i);
            line.to(at, i);
        }
        if (hasSkipped) line.to(skipped, skippedIndex);
    }
    return strokes;
}

}  // namespace latent::desktop
