// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Lines and polygons cut to a rectangle: SVG files of Qt know no clipping, and far coordinates are slow to stroke.
//
// Pure functions; any thread.
//
//     ClippedLine line(strokes, area);
//     for (…) line.to(point, index);
//     line.gap();

#include <QPolygonF>
#include <QRectF>

#include "desktop/views/plot/path_decimation.hpp"

namespace latent::desktop {

/// Collects vertices into unbroken parts inside of a rectangle.
class ClippedLine {
  public:
    ClippedLine(Strokes& strokes, const QRectF& area, bool keepsIndices)
        : m_strokes(strokes), m_area(area), m_keepsIndices(keepsIndices) {}
    ~ClippedLine() { gap(); }
    ClippedLine(const ClippedLine&) = delete;
    ClippedLine& operator=(const ClippedLine&) = delete;

    void to(const QPointF& point, std::size_t index = 0);
    /// What comes next is not connected to what was.
    void gap();
    bool isOpen() const { return m_hasLast; }
    QPointF last() const { return m_last; }

  private:
    void endPart();
    void put(const QPointF& point, std::size_t index);
    Strokes& m_strokes;
    QRectF m_area;
    bool m_keepsIndices;
    QPolygonF m_part;
    std::vector<std::size_t> m_indices;
    QPointF m_last;
    std::size_t m_run = 0;  ///< points since the last gap
    bool m_hasLast = false;
};

/// The part of a segment inside of the rectangle; false when there is none.
bool clipSegment(QPointF& a, QPointF& b, const QRectF& area);
/// The part of a polygon inside of the rectangle (Sutherland and Hodgman).
QPolygonF clipPolygon(const QPolygonF& polygon, const QRectF& area);

}  // namespace latent::desktop
