// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The last picture of a path, kept while a plot is dragged: what was drawn is moved, and only what comes into view is drawn.
//
// A plot is dragged by whole dots, so that what is moved looks as if it had been drawn anew. Kept from the second step of a
// movement on, so that plots at rest keep nothing, and dropped with the next other change of the axes. UI thread.
//
//     const std::optional<QPoint> by = kept.movement(map, ratio);
//     if (by && kept.hasPicture()) fresh = image.startFrom(kept.picture(), *by);
//     by ? kept.move(*by, image.picture()) : kept.startAt(map, ratio);

#include <QImage>
#include <QPoint>
#include <optional>

#include "desktop/views/plot/axis_map.hpp"

namespace latent::desktop {

class MovedPicture {
  public:
    MovedPicture() = default;
    ~MovedPicture() { drop(); }
    MovedPicture(const MovedPicture&) = delete;
    MovedPicture& operator=(const MovedPicture&) = delete;

    /// By how many dots the plot has moved since the last step; none when it is another plot, at another scale, or between
    /// dots.
    std::optional<QPoint> movement(const PlotMap& now, double ratio) const;
    /// Drawn anew: movements are counted from here.
    void startAt(const PlotMap& map, double ratio);
    /// After a movement, with what is seen now; null or more than all pictures together may have: only the place is noted.
    void move(const QPoint& by, const QImage& picture);
    void forget();

    bool hasPicture() const { return !m_picture.isNull(); }
    const QImage& picture() const { return m_picture; }

  private:
    void drop();
    std::optional<PlotMap> m_start;
    double m_ratio = 1;
    QPoint m_moved;  ///< since the start, so that rounding does not add up
    QImage m_picture;
};

}  // namespace latent::desktop
