// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers to colours: viridis, a blue–white–red with a centre, a cyclic map, and categories. Colour-blind-safe each.
//
// A ColourMap is made for one Colours (limits, centre, scale resolved against its data) and one theme. Plain value; any
// thread.
//
//     ColourMap map(raster.colours, theme());
//     QRgb colour = map.at(0.3);            // NaN gives map.missing()

#include <QColor>
#include <QRgb>
#include <array>

#include "desktop/theme/theme.hpp"
#include "engine/figures/figure.hpp"

namespace latent::desktop {

class ColourMap {
  public:
    ColourMap(const engine::figures::Colours& colours, const Theme& theme);
    double low() const { return m_low; }
    double high() const { return m_high; }
    engine::figures::Scale scale() const { return m_scale; }
    /// Position of a value on the bar, 0…1, clamped; NaN stays NaN.
    double position(double value) const;
    QRgb at(double value) const;
    QRgb atPosition(double position) const;
    /// Of a value that is no number: transparent, or the theme's hatch colour (renderers hatch it).
    QRgb missing() const { return m_missing; }
    bool hatches() const { return m_hatches; }

  private:
    std::array<QRgb, 256> m_table{};
    double m_low, m_high, m_centre = 0;
    bool m_centred = false, m_hatches = true, m_categorical = false;
    engine::figures::Scale m_scale;
    QRgb m_missing;
};

}  // namespace latent::desktop
