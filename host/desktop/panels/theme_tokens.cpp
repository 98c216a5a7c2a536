// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/theme_tokens.hpp"

#include <nlohmann/json.hpp>

#include "desktop/theme/colour_map.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Colours;
using engine::figures::MapFamily;
using nlohmann::json;
constexpr int kMapColours = 256;

std::string hex(const QColor& colour) { return colour.name().toStdString(); }

json mapColours(MapFamily family, const Theme& theme) {
    Colours colours;
    colours.map = family;
    const ColourMap map(colours, theme);
    json all = json::array();
    for (int i = 0; i < kMapColours; ++i) all.push_back(hex(QColor(map.atPosition(i / (kMapColours - 1.0)))));
    return all;
}

json font(const QFont& font) {
    return {{"family", font.family().toStdString()},
            {"size_px", font.pixelSize()},
            {"weight", static_cast<int>(font.weight())}};
}

}  // namespace

json themeTokens(const Theme& t) {
    json categories = json::array();
    for (const QColor& colour : t.categories) categories.push_back(hex(colour));
    return {{"dark", t.isDark()},
            {"colours",
             {{"window", hex(t.window)},
              {"panel", hex(t.panel)},
              {"line", hex(t.line)},
              {"text", hex(t.text)},
              {"muted", hex(t.muted)},
              {"accent", hex(t.accent)},
              {"on_accent", hex(t.onAccent)},
              {"selection", hex(t.selection)},
              {"hover", hex(t.hover)},
              {"pressed", hex(t.pressed)},
              {"ok", hex(t.ok)},
              {"warning", hex(t.warning)},
              {"bad", hex(t.bad)},
              {"axis", hex(t.axis)},
              {"grid", hex(t.grid)},
              {"hatch", hex(t.hatch)}}},
            {"categories", std::move(categories)},
            {"maps",
             {{"sequential", mapColours(MapFamily::Sequential, t)},
              {"diverging", mapColours(MapFamily::Diverging, t)},
              {"cyclic", mapColours(MapFamily::Cyclic, t)}}},
            {"line_width_px", t.lineWidth},
            {"axis_width_px", t.axisWidth},
            {"fonts", {{"body", font(t.body)}, {"small", font(t.small)}, {"heading", font(t.heading)}}}};
}

}  // namespace latent::desktop
