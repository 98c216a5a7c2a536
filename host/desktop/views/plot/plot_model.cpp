// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_model.hpp"

#include <algorithm>

#include "desktop/views/plot/axis_range.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

bool isUnderOthers(const Look& look) {
    return isQuietMember(look) || (look.role == Role::Reference && look.style == LineStyle::Solid);
}

}  // namespace

PlotModel::PlotModel(FigurePtr figure, const Theme& theme) : m_figure(std::move(figure)), m_theme(theme) {
    if (const auto* lines = std::get_if<Lines>(&m_figure->body))
        addLines(*lines);
    else if (const auto* points = std::get_if<Points>(&m_figure->body))
        addPoints(*points);
    else if (const auto* trajectory = std::get_if<Trajectory>(&m_figure->body))
        addPaths(*trajectory);
    else if (const auto* histogram = std::get_if<Histogram>(&m_figure->body))
        addBars(*histogram);
    nameGroups();
    chooseScales();
    measure();
    chooseNamed();
}

void PlotModel::nameGroups() {
    for (std::size_t first = 0, end = 0; first < m_series.size(); first = end) {
        end = first + 1;
        if (m_families[first] < 0) continue;
        while (end < m_series.size() && m_families[end] > m_families[end - 1]) ++end;
        if (end - first < 2) continue;
        // "trained, seed 1" and "trained, seed 2" are "trained"; "seed 1" and "seed 2" are "seed".
        QString common = m_series[first].name;
        for (std::size_t i = first; i < end; ++i)
            while (!m_series[i].name.startsWith(common)) common.chop(1);
        const qsizetype comma = common.lastIndexOf(QLatin1String(", "));
        common.truncate(comma > 0 ? comma : std::max<qsizetype>(0, common.lastIndexOf(QLatin1Char(' '))));
        if (common.isEmpty()) continue;
        for (std::size_t i = first; i < end; ++i) m_series[i].label = common;
    }
}

void PlotModel::chooseNamed() {
    // What lies under the rest stands last in the key, one entry for all of one name.
    QSet<QString> under;
    std::vector<int> last;
    std::size_t unnamed = 0;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const PlotSeries& series = m_series[i];
        if (!series.isNamed)
            ++unnamed;
        else if (!series.isUnder)
            m_named.push_back(static_cast<int>(i));
        else if (!under.contains(series.label))
            last.push_back(static_cast<int>(i));
        if (series.isUnder) under.insert(series.label);
    }
    m_named.insert(m_named.end(), last.begin(), last.end());
    if (m_named.size() + std::min<std::size_t>(unnamed, 1) < 2) m_named.clear();
}

void PlotModel::add(const Look& look, SeriesPlace::Kind kind, int place, int count, PlotSeries series) {
    series.label = series.name = QString::fromStdString(look.label);
    series.style = seriesStyle(look, {place, count, kind}, colourMap(), m_theme);
    // A solid one would hide what coincides with it; a dashed one is seen over it.
    series.isUnder = kind == SeriesPlace::Kind::Line && isUnderOthers(look);
    m_families.push_back(series.isUnder && isQuietMember(look) ? look.familyIndex : -1);
    series.isNamed = !(look.colourValue && hasColourBar());
    series.member = m_series.size();
    m_series.push_back(std::move(series));
}

void PlotModel::addLines(const Lines& lines) {
    m_kind = Kind::Lines;
    if (lines.colours) {
        m_colours = &*lines.colours;
        m_map.emplace(*m_colours, m_theme);
    }
    const auto isPlain = [](const Line& line) { return !line.look.colourValue && !isUnderOthers(line.look); };
    const auto count = static_cast<int>(std::count_if(lines.lines.begin(), lines.lines.end(), isPlain));
    int place = 0;
    for (const Line& line : lines.lines) {
        const std::size_t size = std::min(line.x.size(), line.y.size());
        PlotSeries series{.x = line.x.data(), .y = line.y.data(), .size = size};
        series.isFunction = isFunctionOfX(series.x, size);
        add(line.look, SeriesPlace::Kind::Line, place, count, std::move(series));
        if (isPlain(line)) ++place;
    }
}

void PlotModel::addPoints(const Points& points) {
    m_kind = Kind::Points;
    if (points.colours) {
        m_colours = &*points.colours;
        m_map.emplace(*m_colours, m_theme);
    }
    for (const Cloud& cloud : points.clouds) {
        const std::size_t size = std::min(cloud.x.size(), cloud.y.size());
        PlotSeries series{.x = cloud.x.data(), .y = cloud.y.data(), .size = size};
        if (m_map && cloud.colour.size() == size) series.colour = cloud.colour.data();
        add(cloud.look, SeriesPlace::Kind::Cloud, static_cast<int>(m_series.size()),
            static_cast<int>(points.clouds.size()), std::move(series));
    }
}

void PlotModel::addPaths(const Trajectory& trajectory) {
    m_kind = Kind::Trajectory;
    if (trajectory.colours) {
        m_colours = &*trajectory.colours;
        m_map.emplace(*m_colours, m_theme);
    }
    const auto isPlain = [](const Path& path) { return !isUnderOthers(path.look); };
    const auto count =
        static_cast<int>(std::count_if(trajectory.paths.begin(), trajectory.paths.end(), isPlain));
    int place = 0;
    for (const Path& path : trajectory.paths) {
        const std::size_t size = std::min(path.x.size(), path.y.size());
        PlotSeries series{.x = path.x.data(), .y = path.y.data(), .size = size};
        if (m_map && path.colour.size() == size) series.colour = path.colour.data();
        add(path.look, SeriesPlace::Kind::Line, place, count, std::move(series));
        if (isPlain(path)) ++place;
        // Colour along the path is the information; dashes would only cut it up.
        if (m_series.back().colour) m_series.back().style.dashes.clear();
    }
}

void PlotModel::addBars(const Histogram& histogram) {
    m_kind = Kind::Histogram;
    for (const HistogramSeries& bars : histogram.series) {
        const std::size_t size =
            std::min(bars.heights.size(), histogram.edges.empty() ? 0 : histogram.edges.size() - 1);
        PlotSeries series{
            .x = histogram.edges.data(), .y = bars.heights.data(), .size = size, .isFunction = true};
        add(bars.look, SeriesPlace::Kind::Bars, static_cast<int>(m_series.size()),
            static_cast<int>(histogram.series.size()), std::move(series));
    }
}

void PlotModel::chooseScales() {
    const auto chosen = [&](const Axis& axis, const double* PlotSeries::*values) {
        if (axis.scale != Scale::SymLog || axis.linearBelow > 0)
            return AxisScale(axis.scale, axis.linearBelow);
        Magnitudes sizes;
        for (const PlotSeries& series : m_series) sizes.add(series.*values, series.size);
        return AxisScale(Scale::SymLog, linearStretch(sizes));
    };
    m_scales.x = chosen(m_figure->x, &PlotSeries::x);
    m_scales.y = chosen(m_figure->y, &PlotSeries::y);
}

void PlotModel::measure() {
    const auto* histogram = std::get_if<Histogram>(&m_figure->body);
    for (PlotSeries& series : m_series) {
        series.boundsX = histogram && series.size > 0
                             ? Span{histogram->edges.front(), histogram->edges[series.size]}
                             : boundsOf(series.x, series.size, m_scales.x, series.isFunction);
        series.boundsY = boundsY(series);
    }
}

std::optional<Span> PlotModel::boundsY(const PlotSeries& series) const {
    std::optional<Span> bounds = boundsOf(series.y, series.size, m_scales.y, false);
    if (const auto* lines = std::get_if<Lines>(&m_figure->body)) {
        const Line& line = lines->lines[series.member];
        bounds = unite(bounds, boundsOf(line.low.data(), line.low.size(), m_scales.y, false));
        bounds = unite(bounds, boundsOf(line.high.data(), line.high.size(), m_scales.y, false));
    }
    return bounds;
}

Span PlotModel::full(bool alongX, const QSet<QString>& hidden) const {
    const Axis& axis = alongX ? m_figure->x : m_figure->y;
    const AxisScale& scale = alongX ? m_scales.x : m_scales.y;
    std::optional<Span> visible, all;
    for (const PlotSeries& series : m_series) {
        const std::optional<Span>& bounds = alongX ? series.boundsX : series.boundsY;
        all = unite(all, bounds);
        if (!hidden.contains(series.label)) visible = unite(visible, bounds);
    }
    if (!visible) visible = all;
    for (const Reference& reference : m_figure->references)
        if (reference.kind == (alongX ? Reference::Kind::X : Reference::Kind::Y) &&
            scale.shows(reference.value))
            visible = unite(visible, Span{reference.value, reference.value});
    Margins margins{.low = 0.05, .high = 0.05};
    const bool hasMarks = std::any_of(m_series.begin(), m_series.end(),
                                      [](const PlotSeries& s) { return s.style.marker != Marker::None; });
    if (m_kind == Kind::Lines && alongX) margins.low = margins.high = hasMarks ? 0.025 : 0;
    if (m_kind == Kind::Histogram) {
        margins.low = 0;
        if (alongX)
            margins.high = 0;
        else if (scale.kind() != Scale::Log)
            visible = unite(visible, Span{0, 0});
        else
            margins.low = 0.08;
    }
    return rangeOf(axis, scale, visible, margins);
}

Span PlotModel::fullX(const QSet<QString>& hidden) const { return full(true, hidden); }
Span PlotModel::fullY(const QSet<QString>& hidden) const { return full(false, hidden); }

bool isPlot(const Figure& figure) {
    if (std::holds_alternative<Lines>(figure.body) || std::holds_alternative<Histogram>(figure.body))
        return true;
    if (const auto* points = std::get_if<Points>(&figure.body))
        return std::all_of(points->clouds.begin(), points->clouds.end(),
                           [](const Cloud& cloud) { return cloud.z.empty(); });
    if (const auto* trajectory = std::get_if<Trajectory>(&figure.body))
        return std::all_of(trajectory->paths.begin(), trajectory->paths.end(),
                           [](const Path& path) { return path.z.empty(); });
    return false;
}

}  // namespace latent::desktop
