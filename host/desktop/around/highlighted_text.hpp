// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One line of text, cut with an ellipsis where it does not fit, in which some letters stand out (accent and semibold).
// For delegates; UI thread only.
//
//     drawHighlighted(painter, rect, title, match.places, theme().body, theme().text);

#include <QColor>
#include <QFont>
#include <QRectF>
#include <QString>
#include <vector>

class QPainter;

namespace latent::desktop {

/// Returns the width that was used.
double drawHighlighted(QPainter& painter, const QRectF& rect, const QString& text,
                       const std::vector<int>& places, const QFont& font, const QColor& colour);
/// Keys of a shortcut as small caps, right-aligned in the rectangle; returns the width that was used.
double drawKeys(QPainter& painter, const QRectF& rect, const QString& shortcut);

}  // namespace latent::desktop
