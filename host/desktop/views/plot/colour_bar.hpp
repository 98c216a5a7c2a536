// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The bar beside a figure that says which colour is which value: gradient or words, ticks, title with unit.
//
// For any figure with Colours. Measures itself, so that layouts can leave room; draws with vectors. UI thread.
//
//     const ColourBar bar(colours, map, theme);
//     const double room = bar.width(300);                        // for a bar 300 pixels high
//     bar.draw(painter, QRectF(right, top, bar.width(300), 300));

#include <QRectF>
#include <vector>

#include "desktop/theme/colour_map.hpp"

class QPainter;

namespace latent::desktop {

class ColourBar {
  public:
    ColourBar(const engine::figures::Colours& colours, const ColourMap& map, const Theme& theme);
    /// Of bar, labels and title.
    double width(double height) const;
    void draw(QPainter& painter, const QRectF& area) const;

  private:
    struct Tick {
        double position;   ///< 0 at the bottom, 1 at the top
        QString words;
    };
    std::vector<Tick> ticks(double height) const;
    bool isWords() const { return !m_colours.categories.empty(); }
    QString title() const;
    QStringList titleLines(double height) const;
    void drawWords(QPainter& painter, const QRectF& area) const;
    const engine::figures::Colours& m_colours;
    const ColourMap& m_map;
    const Theme& m_theme;
};

}  // namespace latent::desktop
