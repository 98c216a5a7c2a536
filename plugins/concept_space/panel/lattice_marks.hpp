// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The marks that the picture and its legend share, so that they look the same in both. Painters' state is kept.
//
//     drawArrow(painter, theme, from, to);

#include <QPointF>
#include <latent/panel/theme.hpp>

class QPainter;

namespace concept_space {

/// An edge of the cube.
void drawEdge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from, const QPointF& to);
/// `to` was learned after `from`: a thick line with a head.
void drawArrow(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from, const QPointF& to);
/// The part has a higher loss than the whole: dashed. The mark on it is drawn apart, above everything else.
void drawBrokenEdge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& from,
                    const QPointF& to);
QPointF markPlace(const QPointF& from, const QPointF& to);
/// The mark of what is broken: an exclamation mark in a disc; of what holds: a tick.
void drawBrokenMark(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre);
void drawHoldsMark(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre);
/// The place in the order of learning, in a small disc.
void drawBadge(QPainter& painter, const latent::panel::Theme& theme, const QPointF& centre, double radius,
               const QString& text);
/// Black or white, whichever can be read on it.
QColor inkOn(const QColor& background);

}  // namespace concept_space
