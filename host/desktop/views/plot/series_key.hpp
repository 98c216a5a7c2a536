// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The names of the series: at the right ends of up to four lines where they fit, else in a row above the axes.
//
// Lays the entries out and draws them, for the window and for paper alike; clicks are the canvas's business, which puts
// buttons over the rectangles. Which of the two forms it is depends on sizes and on where lines end, not on their values,
// so that live data does not make it jump. UI thread.
//
//     const SeriesKey key = SeriesKey::measure(model, size);
//     …                                                     // the layout leaves key.height() above or key.width() beside
//     key.place(map, hidden);
//     key.draw(painter, hidden);

#include <QRectF>
#include <QSet>
#include <vector>

#include "desktop/views/plot/axis_map.hpp"
#include "desktop/views/plot/plot_model.hpp"

class QPainter;

namespace latent::desktop {

class SeriesKey {
  public:
    enum class Form { None, AtLines, Row };
    struct Entry {
        int series = 0;
        QString words = {};  ///< elided where it must be
        double width = 0;
        QRectF area = {};       ///< of swatch and words, or of the words beside a line
        QPointF end = {};       ///< where the line ends; AtLines only
        bool isReached = true;  ///< the line's end is within the axes
    };

    /// Decides on form and extents for a canvas of this size.
    static SeriesKey measure(const PlotModel& model, const QSizeF& size);
    Form form() const { return m_form; }
    double height() const { return m_height; }  ///< above the axes
    double width() const { return m_width; }    ///< beside them
    /// Rows start at the left edge of the axes, labels stand beside the right one.
    void place(const PlotModel& model, const PlotMap& map, double left, double right, double top);
    void draw(QPainter& painter, const PlotModel& model, const QSet<QString>& hidden) const;
    const std::vector<Entry>& entries() const { return m_entries; }

  private:
    void placeRow(const PlotModel& model, double left, double right, double top);
    void placeAtLines(const PlotModel& model, const PlotMap& map);
    void drawSwatch(QPainter& painter, const PlotModel& model, const PlotSeries& series,
                    const QRectF& area) const;
    Form m_form = Form::None;
    double m_height = 0, m_width = 0;
    int m_rows = 1;
    std::vector<Entry> m_entries;
    int m_left_out = 0;  ///< series without room for their names
    QRectF m_moreArea;
};

}  // namespace latent::desktop
