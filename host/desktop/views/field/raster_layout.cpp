// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_layout.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/colour_bar.hpp"

namespace latent::desktop {

using engine::figures::Raster;

namespace {

constexpr double kEdge_px = 12, kBarGap_px = 12, kLeast_px = 24;

Direction directionAcross(const RasterContent& content) {
    return content.across.isReversed() ? Direction::Backward : Direction::Forward;
}
Direction directionDown(const RasterContent& content) {
    return content.raster().upwards != content.down.isReversed() ? Direction::Backward : Direction::Forward;
}

/// Places that are as long as one place of the other side; 0 when the sides are independent of each other.
double unitOf(const RasterContent& content, const CellSide& side) {
    if (content.raster().square) return side.all().size() / static_cast<double>(side.cells());
    const auto isLinear = [](const CellSide& one) {
        return one.scale().kind() == Scale::Linear && !one.hasEqualCells();
    };
    const bool areLinear = isLinear(content.across) && isLinear(content.down);
    return content.figure->equalAspect && areLinear ? 1 : 0;
}

struct Shown {
    PlaceSpan across, down;
    QSizeF size;
};

/// With units of one length, the side that has room left shows more, up to all of it.
Shown showIn(const RasterContent& content, const RasterZoom& zoom, const QSizeF& room) {
    Shown shown{zoom.across ? content.across.clamped(*zoom.across) : content.across.home(),
                zoom.down ? content.down.clamped(*zoom.down) : content.down.home(), room};
    const double unitAcross = unitOf(content, content.across), unitDown = unitOf(content, content.down);
    if (unitAcross == 0 || unitDown == 0) return shown;
    const double perUnit = std::min(room.width() / (shown.across.size() / unitAcross),
                                    room.height() / (shown.down.size() / unitDown));
    const auto widen = [perUnit](const CellSide& side, PlaceSpan& span, double unit, double most_px) {
        const double pixels = std::clamp(side.all().size() / unit * perUnit, 1.0, most_px);
        const double half = pixels / perUnit * unit / 2, middle = (span.low + span.high) / 2;
        span = side.clamped({middle - half, middle + half});
        return std::max(1.0, std::round(pixels));
    };
    shown.size = {widen(content.across, shown.across, unitAcross, room.width()),
                  widen(content.down, shown.down, unitDown, room.height())};
    return shown;
}

}  // namespace

std::optional<Cell> RasterLayout::cellAt(const QPointF& position) const {
    const auto row = down.cellAt(position.y()), column = across.cellAt(position.x());
    if (!row || !column) return std::nullopt;
    return Cell{*row, *column};
}

QRectF RasterLayout::rectOf(const Cell& cell) const {
    const auto [left, right] = across.cellPixels(cell.column);
    const auto [top, bottom] = down.cellPixels(cell.row);
    return QRectF(QPointF(left, top), QPointF(right, bottom));
}

RasterLayout layOut(const RasterContent& content, const RasterZoom& zoom, const QRectF& area,
                    const Theme& theme) {
    RasterLayout layout;
    const Raster& raster = content.raster();
    const QFontMetricsF metrics(theme.small);
    const double titleAcross = titleRoom(sideTitle(raster.across.axis, content.across), theme),
                 titleDown = titleRoom(sideTitle(raster.down.axis, content.down), theme);
    const double top = std::ceil(metrics.height() / 2);
    double left = titleDown + 32, bottom = titleAcross + metrics.height() + 8, right = kEdge_px, barWidth = 0;
    // Labels depend on lengths and lengths on labels: two rounds settle it.
    for (int round = 0; round < 3; ++round) {
        const QSizeF room(std::max(kLeast_px, std::floor(area.width() - left - right)),
                          std::max(kLeast_px, std::floor(area.height() - top - bottom)));
        const Shown shown = showIn(content, zoom, room);
        const QSizeF group(left + shown.size.width() + right, top + shown.size.height() + bottom);
        layout.group = QRectF(area.left() + std::max(0.0, std::floor((area.width() - group.width()) / 2)),
                              area.top() + std::max(0.0, std::floor((area.height() - group.height()) / 2)),
                              group.width(), group.height());
        layout.raster = QRectF(std::round(layout.group.left() + left), std::round(layout.group.top() + top),
                               shown.size.width(), shown.size.height());
        layout.across = SideView(content.across, shown.across, layout.raster.left(), layout.raster.right(),
                                 directionAcross(content));
        layout.down = SideView(content.down, shown.down, layout.raster.top(), layout.raster.bottom(),
                               directionDown(content));
        layout.acrossLabels = labelsAcross(layout.across, theme, std::max(40.0, area.height() * 0.3));
        layout.downLabels = labelsDown(layout.down, theme, std::max(40.0, area.width() * 0.3));
        if (content.hasBar()) {
            const ColourBar bar(raster.colours, content.map, theme);
            barWidth = bar.width(shown.size.height());
            layout.bar = QRectF(layout.raster.right() + kBarGap_px, layout.raster.top(), barWidth,
                                layout.raster.height());
        }
        left = titleDown + layout.downLabels.extent_px + 2;
        bottom = std::ceil(layout.acrossLabels.extent_px + titleAcross + 2);
        right = std::ceil(std::max(layout.acrossLabels.beyond_px + 2,
                                   content.hasBar() ? kBarGap_px + barWidth + 2 : kEdge_px));
    }
    return layout;
}

}  // namespace latent::desktop
