// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/series_style.hpp"

#include <array>

namespace latent::desktop {
namespace {

using engine::figures::LineStyle;
using engine::figures::Look;
using engine::figures::Marker;
using engine::figures::Role;

/// Above this many, different dashes are noise and tell nothing any more.
constexpr int kMostDashed = 12;
constexpr double kQuietWidth = 0.8, kQuietInk = 0.6;  ///< of quiet members, in relation to muted lines

const QVector<qreal>& dashesOf(int place) {
    static const std::array<QVector<qreal>, 4> dashes{QVector<qreal>{}, {4, 2.2}, {1, 1.8}, {6, 2, 1, 2}};
    return dashes[static_cast<std::size_t>(place) % dashes.size()];
}

Marker markerOf(int place) {
    static constexpr std::array<Marker, 6> markers{Marker::Circle,  Marker::Square, Marker::Triangle,
                                                   Marker::Diamond, Marker::Cross,  Marker::Star};
    return markers[static_cast<std::size_t>(place) % markers.size()];
}

void styleLine(SeriesStyle& style, const Look& look, const SeriesPlace& place) {
    style.marker = look.marker;
    if (look.style == LineStyle::Dashed) style.dashes = dashesOf(1);
    if (look.style == LineStyle::Dotted) style.dashes = dashesOf(2);
    if (look.dash >= 0 && look.style != LineStyle::None) {
        style.dashes = dashesOf(look.dash);
        return;
    }
    if (look.style == LineStyle::None) {
        style.hasLine = false;
        if (style.marker == Marker::None) style.marker = markerOf(place.place);
    }
    const bool isFree = look.style == LineStyle::Solid && look.marker == Marker::None && !look.colourValue &&
                        look.role != Role::Reference && !isQuietMember(look);
    if (!isFree || place.count < 2 || place.count > kMostDashed) return;
    style.dashes = dashesOf(place.place);
    if (place.place >= 4) style.marker = markerOf(place.place / 4 - 1);
}

}  // namespace

QPen SeriesStyle::pen() const {
    QPen pen(colour, width, Qt::SolidLine, dashes.isEmpty() ? Qt::RoundCap : Qt::FlatCap, Qt::RoundJoin);
    if (!dashes.isEmpty()) pen.setDashPattern(dashes);
    return pen;
}

bool isQuietMember(const Look& look) {
    return look.role == Role::Muted && look.familyIndex >= 0 && !look.colourValue;
}

SeriesStyle seriesStyle(const Look& look, const SeriesPlace& place, const ColourMap* map,
                        const Theme& theme) {
    SeriesStyle style;
    style.colour =
        look.colourValue && map ? QColor(map->at(*look.colourValue)) : theme.seriesColour(look, place.place);
    style.width = theme.lineWidth;
    switch (place.kind) {
        case SeriesPlace::Kind::Line:
            styleLine(style, look, place);
            break;
        case SeriesPlace::Kind::Cloud:
            // Circle is what a view gets that asks for nothing.
            style.marker = look.marker == Marker::None || look.marker == Marker::Circle
                               ? markerOf(place.count > 1 ? place.place : 0)
                               : look.marker;
            style.hasLine = false;
            break;
        case SeriesPlace::Kind::Bars:
            style.dashes = place.count > 1 ? dashesOf(place.place) : QVector<qreal>();
            break;
    }
    if (look.role == Role::Muted || look.role == Role::Reference) style.width *= 0.75;
    if (place.kind == SeriesPlace::Kind::Line && isQuietMember(look)) {
        style.width *= kQuietWidth;
        const auto paler = [&](int ink, int ground) {
            return static_cast<int>(ground + (ink - ground) * kQuietInk);
        };
        style.colour = QColor(paler(style.colour.red(), theme.panel.red()),
                              paler(style.colour.green(), theme.panel.green()),
                              paler(style.colour.blue(), theme.panel.blue()));
    }
    return style;
}

QColor readableOn(const QColor& background, const QColor& colour, const Theme& theme) {
    QColor readable = colour;
    for (int step = 0; step < 20 && contrast(readable, background) < 4.5; ++step) {
        const auto towards = [](int from, int to) { return from + (to - from) * 15 / 100; };
        readable =
            QColor(towards(readable.red(), theme.text.red()), towards(readable.green(), theme.text.green()),
                   towards(readable.blue(), theme.text.blue()));
    }
    return contrast(readable, background) < 4.5 ? theme.text : readable;
}

}  // namespace latent::desktop
