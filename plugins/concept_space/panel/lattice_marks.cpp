// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/lattice_marks.hpp"

#include <QLineF>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

namespace concept_space {
namespace {

constexpr double kStrong = 2.5;  // px: lines that mean something
constexpr double kHead = 5;      // px: half the length of an arrow's head
constexpr double kMark = 7;      // px: radius of the mark on a broken edge
constexpr double kMarkAt =
    0.36;  // of the way up: marks clear the loss under the upper disc, and crossings in the middle

class Saved {
  public:
    explicit Saved(QPainter& painter) : m_painter(painter) { painter.save(); }
    ~Saved() { m_painter.restore(); }
    Saved(const Saved&) = delete;
    Saved& operator=(const Saved&) = delete;

  private:
    QPainter& m_painter;
};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

}  // namespace

void drawEdge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from, const QPointF& to) {
    const Saved saved(painter);
    painter.setPen(QPen(theme.hatch, theme.axisWidth));
    painter.drawLine(from, to);
}

void drawArrow(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from, const QPointF& to) {
    const Saved saved(painter);
    painter.setPen(QPen(theme.accent, kStrong, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(from, to);
    const QLineF line(from, to);
    if (line.length() < 4 * kHead) return;
    const QPointF along = (to - from) / line.length(), across(-along.y(), along.x()),
                  at = line.pointAt(kMarkAt);
    QPainterPath head(at + along * kHead);
    head.lineTo(at - along * kHead + across * kHead);
    head.lineTo(at - along * kHead - across * kHead);
    head.closeSubpath();
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    painter.drawPath(head);
}

void drawBrokenEdge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from,
                    const QPointF& to) {
    const Saved saved(painter);
    QPen pen(theme.bad, kStrong, Qt::CustomDashLine, Qt::FlatCap);
    pen.setDashPattern({3, 2});
    painter.setPen(pen);
    painter.drawLine(from, to);
}

QPointF markPlace(const QPointF& from, const QPointF& to) { return from + (to - from) * kMarkAt; }

void drawBrokenMark(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre) {
    const Saved saved(painter);
    painter.setPen(QPen(theme.panel, 2));
    painter.setBrush(theme.bad);
    painter.drawEllipse(centre, kMark, kMark);
    painter.setPen(QPen(theme.panel, 1.75, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(centre + QPointF(0, -3.4), centre + QPointF(0, 0.6));
    painter.drawPoint(centre + QPointF(0, 3.4));
}

void drawHoldsMark(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre) {
    const Saved saved(painter);
    painter.setPen(QPen(theme.ok, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(
        QPolygonF{centre + QPointF(-4.5, 0.5), centre + QPointF(-1.5, 3.5), centre + QPointF(4.5, -3.5)});
}

void drawBadge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre, double radius,
               const QString& text) {
    const Saved saved(painter);
    painter.setPen(QPen(theme.panel, 2));
    painter.setBrush(theme.accent);
    painter.drawEllipse(centre, radius, radius);
    QFont font = theme.small;
    font.setPixelSize(text.size() > 2 ? 8 : text.size() > 1 ? 9 : 10);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme.onAccent);
    painter.drawText(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius),
                     Qt::AlignCenter, text);
}

QColor inkOn(const QColor& background) {
    const double luminance = 0.2126 * linear(background.redF()) + 0.7152 * linear(background.greenF()) +
                             0.0722 * linear(background.blueF());
    return luminance > 0.18 ? QColor(Qt::black) : QColor(Qt::white);
}

}  // namespace concept_space
