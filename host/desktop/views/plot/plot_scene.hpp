// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A QCustomPlot that shows a PlotModel: axes, series, key, colour bar, marks, in one theme and at one size.
//
// The same scene is behind the widget in the window and behind every export, which is why they look alike. It holds what
// the person changed (zoom, hidden series) and what is under the pointer; it knows nothing of events. UI thread; borrows
// the plot, which must outlive it.
//
//     QCustomPlot plot;
//     PlotScene scene(plot);
//     scene.show(std::make_unique<PlotModel>(figure, theme));
//     scene.arrange({600, 400});
//     plot.replot();

#include <memory>

#include "desktop/views/plot/colour_bar.hpp"
#include "desktop/views/plot/plot_marks.hpp"
#include "desktop/views/plot/plot_model.hpp"
#include "desktop/views/plot/scale_ticker.hpp"
#include "desktop/views/plot/series_key.hpp"

namespace latent::desktop {

/// Ranges that were chosen by hand, in values; an axis without one shows all data and follows it.
struct Zoom {
    std::optional<Span> x, y;
    bool operator==(const Zoom&) const = default;
};

class PlotScene {
  public:
    explicit PlotScene(QCustomPlot& plot);
    ~PlotScene();
    PlotScene(const PlotScene&) = delete;
    PlotScene& operator=(const PlotScene&) = delete;

    /// Takes the model; zoom and hidden series stay.
    void show(std::unique_ptr<PlotModel> model);
    bool isEmpty() const { return !m_model; }
    const PlotModel& model() const { return *m_model; }
    /// Margins, ranges and the key for this size; before every replot.
    void arrange(const QSizeF& size);
    PlotMap map() const;
    /// Dots of the screen for one pixel.
    double devicePixelRatio() const { return m_plot.devicePixelRatioF(); }

    const Zoom& zoom() const { return m_zoom; }
    void setZoom(const Zoom& zoom) { m_zoom = zoom; }
    /// Ranges in axis places as they are drawn, for gestures of zooming.
    void setPlaces(bool alongX, double low, double high);
    const QSet<QString>& hidden() const { return m_hidden; }
    void setHidden(const QSet<QString>& hidden);

    const SeriesKey& key() const { return m_key; }
    PointerMarks& pointer() { return m_pointer; }
    const PointerMarks& pointer() const { return m_pointer; }
    std::optional<DraggedCursor>& dragged() { return m_dragged; }
    std::vector<CursorMark> cursors() const;
    /// On paper a cursor that stands at the end, where nobody moved it, says nothing.
    void leaveOutIdleCursors() { m_leavesOutIdle = true; }
    /// Draws pointer and cursors alone anew.
    void refreshPointer();
    /// How finely vector devices resolve a pixel.
    void setVectorRatio(double ratio) { m_vectorRatio = ratio; }

  private:
    struct Decoration;
    void decorate(const char* layer, std::function<void(QCPPainter&)> draw);
    void styleAxes();
    void addSeries();
    void addLine(const PlotSeries& series, const engine::figures::Line& line,
                 std::vector<QCPLayerable*>& drawn);
    void applyVisibility();
    void setRanges(double width, double height);
    void squareUp(double width, double height);
    double leftMargin(double height);
    double bottomMargin(double width, double height);
    double rightMargin(const QSizeF& size, double height);
    void setTicker(bool alongX, double length_px, double widest_px, bool rotated);

    QCustomPlot& m_plot;
    std::unique_ptr<PlotModel> m_model;
    QSharedPointer<ScaleTicker> m_tickerX, m_tickerY;
    std::vector<Decoration*> m_decorations;
    std::vector<std::vector<QCPLayerable*>> m_drawn;  ///< plottables of each series
    Zoom m_zoom;
    QSet<QString> m_hidden;
    SeriesKey m_key;
    std::optional<ColourBar> m_bar;
    QSizeF m_size;
    PointerMarks m_pointer;
    std::optional<DraggedCursor> m_dragged;
    double m_vectorRatio = 4;
    bool m_isDrawn = false;
    bool m_leavesOutIdle = false;
    // Margins only grow while a figure is live, unless the size changes: axes that jump cannot be read.
    QSizeF m_marginSize;
    double m_left = 0, m_right = 0;
};

}  // namespace latent::desktop
