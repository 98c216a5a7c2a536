// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The look of the window, so that a panel looks like the rest of it, light or dark: paint with these tokens and never with
// a colour of your own.
//
// The desktop's palette and style sheet already reach ordinary widgets of a panel (labels, buttons, combo boxes); this is
// for what one paints oneself. A plain value; UI thread.
//
//     void themeChanged(const latent::panel::Theme& theme) override { m_view->setTheme(theme); }
//     …
//     painter.setPen(QPen(theme.axis, theme.axisWidth));
//     painter.setBrush(theme.sequential((loss - low) / (high - low)));

#include <QColor>
#include <QFont>
#include <QString>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace latent::panel {

/// A colour map as evenly spaced colours.
struct ColourMap {
    std::vector<QColor> colours;
    /// `position` from 0 to 1, clamped; an invalid colour for NaN.
    QColor operator()(double position) const {
        if (colours.empty() || std::isnan(position)) return {};
        const double last = static_cast<double>(colours.size() - 1);
        return colours[static_cast<std::size_t>(std::lround(std::clamp(position, 0.0, 1.0) * last))];
    }
};

struct Theme {
    bool dark = false;
    QColor window, panel, line;          ///< surfaces and the hairlines between them
    QColor text, muted;                  ///< at least 4.5:1 on window and on panel
    QColor accent, onAccent, selection;  ///< the one accent, text on it, selected rows
    QColor hover, pressed;
    QColor ok, warning, bad;
    QColor axis, grid, hatch;        ///< of figures; `hatch` for what holds no number
    std::vector<QColor> categories;  ///< for kinds of things; safe for colour-blind readers, seven of them
    ColourMap sequential, diverging, cyclic;  ///< viridis, blue–white–red, and one that ends where it begins
    double lineWidth = 2, axisWidth = 1;      ///< device-independent pixels
    QFont body, small, heading;

    static Theme fromJson(const nlohmann::json& tokens) {
        Theme t;
        t.dark = tokens.at("dark");
        const nlohmann::json& colours = tokens.at("colours");
        const std::pair<const char*, QColor*> named[] = {{"window", &t.window},
                                                         {"panel", &t.panel},
                                                         {"line", &t.line},
                                                         {"text", &t.text},
                                                         {"muted", &t.muted},
                                                         {"accent", &t.accent},
                                                         {"on_accent", &t.onAccent},
                                                         {"selection", &t.selection},
                                                         {"hover", &t.hover},
                                                         {"pressed", &t.pressed},
                                                         {"ok", &t.ok},
                                                         {"warning", &t.warning},
                                                         {"bad", &t.bad},
                                                         {"axis", &t.axis},
                                                         {"grid", &t.grid},
                                                         {"hatch", &t.hatch}};
        for (const auto& [name, colour] : named) *colour = colourOf(colours.at(name));
        t.categories = coloursOf(tokens.at("categories"));
        t.sequential.colours = coloursOf(tokens.at("maps").at("sequential"));
        t.diverging.colours = coloursOf(tokens.at("maps").at("diverging"));
        t.cyclic.colours = coloursOf(tokens.at("maps").at("cyclic"));
        t.lineWidth = tokens.at("line_width_px");
        t.axisWidth = tokens.at("axis_width_px");
        t.body = fontOf(tokens.at("fonts").at("body"));
        t.small = fontOf(tokens.at("fonts").at("small"));
        t.heading = fontOf(tokens.at("fonts").at("heading"));
        return t;
    }

  private:
    static QColor colourOf(const nlohmann::json& name) {
        return QColor(QString::fromStdString(name.get<std::string>()));
    }
    static std::vector<QColor> coloursOf(const nlohmann::json& names) {
        std::vector<QColor> colours;
        for (const nlohmann::json& name : names) colours.push_back(colourOf(name));
        return colours;
    }
    static QFont fontOf(const nlohmann::json& font) {
        QFont it(QString::fromStdString(font.at("family").get<std::string>()));
        it.setPixelSize(font.at("size_px").get<int>());
        it.setWeight(static_cast<QFont::Weight>(font.at("weight").get<int>()));
        return it;
    }
};

}  // namespace latent::panel
