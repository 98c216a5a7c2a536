// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a plot draws, before there is a plot: the series of a figure of any of the four kinds with their coordinates, styles
// and bounds, the scales of both axes, and the ranges that show all data.
//
// Borrows all numbers from the figure, which it keeps alive; made anew for each figure (one pass over the coordinates: about
// 1 ms for 10⁶ points). UI thread.
//
//     PlotModel model(figure, theme());
//     for (const PlotSeries& series : model.series()) …
//     const Span all = model.fullX(hidden);        // values, with the margin that the kind wants

#include <QSet>
#include <QString>
#include <optional>

#include "desktop/views/canvas.hpp"
#include "desktop/views/plot/axis_range.hpp"
#include "desktop/views/plot/decimated_path.hpp"
#include "desktop/views/plot/series_style.hpp"

namespace latent::desktop {

struct PlotSeries {
    QString label = {};  ///< in the key, and by which it is hidden; one for all quiet members of a family
    QString name = {};   ///< its own, for the readout
    SeriesStyle style = {};
    bool isUnder = false;       ///< a reference or a quiet member of a family: the others are drawn over it
    bool isNamed = true;        ///< has an entry of its own in the key; else the colour bar names it
    const double* x = nullptr;  ///< data units; of a histogram the lower edges of the bins
    const double* y = nullptr;
    std::size_t size = 0;
    bool isFunction = false;                         ///< x never falls
    const double* colour = nullptr;                  ///< a value for each point, or null
    std::size_t member = 0;                          ///< its place in the body of the figure
    std::optional<Span> boundsX = {}, boundsY = {};  ///< of what the axes can show; none: nothing
};

class PlotModel {
  public:
    enum class Kind { Lines, Points, Trajectory, Histogram };

    PlotModel(FigurePtr figure, const Theme& theme);
    PlotModel(const PlotModel&) = delete;
    PlotModel& operator=(const PlotModel&) = delete;

    Kind kind() const { return m_kind; }
    const engine::figures::Figure& figure() const { return *m_figure; }
    const FigurePtr& figurePtr() const { return m_figure; }
    const Theme& theme() const { return m_theme; }
    const std::vector<PlotSeries>& series() const { return m_series; }
    PlotScales& scales() { return m_scales; }
    const PlotScales& scales() const { return m_scales; }
    /// Null where nothing is coloured by value.
    const ColourMap* colourMap() const { return m_map ? &*m_map : nullptr; }
    const engine::figures::Colours* colours() const { return m_colours; }
    bool hasColourBar() const { return m_colours && m_colours->bar; }
    /// Series that the key lists; empty when there is nothing to tell apart.
    const std::vector<int>& named() const { return m_named; }
    /// All values, or those of the series that are not hidden, with margins; the limits that the view asks for win.
    Span fullX(const QSet<QString>& hidden) const;
    Span fullY(const QSet<QString>& hidden) const;

  private:
    void add(const engine::figures::Look& look, SeriesPlace::Kind kind, int place, int count,
             PlotSeries series);
    void addLines(const engine::figures::Lines& lines);
    void addPoints(const engine::figures::Points& points);
    void addPaths(const engine::figures::Trajectory& trajectory);
    void addBars(const engine::figures::Histogram& histogram);
    void chooseScales();
    void measure();
    std::optional<Span> boundsY(const PlotSeries& series) const;
    void nameGroups();
    void chooseNamed();
    Span full(bool alongX, const QSet<QString>& hidden) const;

    FigurePtr m_figure;
    const Theme& m_theme;
    Kind m_kind = Kind::Lines;
    std::vector<PlotSeries> m_series;
    std::vector<int> m_families;  ///< index in its family of each series that is a quiet member, else -1
    std::vector<int> m_named;
    PlotScales m_scales;
    const engine::figures::Colours* m_colours = nullptr;
    std::optional<ColourMap> m_map;
};

/// Whether this figure is one that a plot draws.
bool isPlot(const engine::figures::Figure& figure);

}  // namespace latent::desktop
