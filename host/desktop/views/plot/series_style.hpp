// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How a series looks in a theme: colour, dashes, markers. Nothing is told by colour alone: the second series of a figure is
// dashed, the third dotted, and so on, and clouds differ in their markers, unless the view says otherwise.
//
// Plain values; any thread.
//
//     const SeriesStyle style = seriesStyle(line.look, {.place = 1, .count = 3}, map, theme);
//     painter.setPen(style.pen());

#include <QColor>
#include <QPen>
#include <QVector>

#include "desktop/theme/colour_map.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

struct SeriesStyle {
    QColor colour;
    double width = 2;
    QVector<qreal> dashes;  ///< in widths, as QPen takes them; empty: solid
    engine::figures::Marker marker = engine::figures::Marker::None;
    bool hasLine = true;
    QPen pen() const;
};

struct SeriesPlace {
    int place = 0;  ///< among the series of the figure
    int count = 1;  ///< of series that are told apart by name
    enum class Kind { Line, Cloud, Bars } kind = Kind::Line;
};

/// One of many alike, such as the seeds of a run, beside which something else is stressed: told apart by nothing.
bool isQuietMember(const engine::figures::Look& look);

/// `map` colours the members of a family; null: no member has a colour value.
SeriesStyle seriesStyle(const engine::figures::Look& look, const SeriesPlace& place, const ColourMap* map,
                        const Theme& theme);

/// The colour itself, or as much darker (on dark: lighter) as words on `background` need, 4.5 : 1.
QColor readableOn(const QColor& background, const QColor& colour, const Theme& theme);

}  // namespace latent::desktop
