// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every colour, size and font of the desktop: nobody else writes a hex number or a pixel count.
//
// A Theme is an immutable table of tokens; there are three: light, dark, and paper (white, for export). ThemeManager applies
// light or dark to the application and says when it changed; widgets ask `theme()` when they paint and repaint on
// `changed`. Figures take their theme as an argument, because an export is drawn on paper whatever the window shows.
// UI thread only.
//
//     painter.setPen(theme().line);
//     connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));

#include <QColor>
#include <QFont>
#include <QObject>
#include <QString>
#include <array>

#include "engine/figures/figure.hpp"

class QApplication;

namespace latent::desktop {

struct Theme {
    enum class Kind { Light, Dark, Paper };
    static const Theme& of(Kind kind);

    Kind kind;
    QColor window, panel, line;  ///< surfaces and the hairlines between them
    QColor text, muted;          ///< at least 4.5:1 on window and on panel
    QColor accent, onAccent,
        selection;      ///< the one accent (surfaces, lines, marks), text on it, selected rows
    QColor accentText;  ///< the accent as letters: on light surfaces the accent itself is too pale for them
    QColor hover, pressed;  ///< of flat buttons and rows
    QColor ok, warning, bad;
    QColor axis, grid, hatch;          ///< of figures; `hatch` for cells that hold no number
    std::array<QColor, 7> categories;  ///< Okabe–Ito, lifted on dark for contrast
    double lineWidth;                  ///< of a series, device-independent pixels
    double axisWidth;
    QFont body, small, heading, tabular;  ///< tabular: digits of one width
    QFont mono;                           ///< paths, hashes, commands

    /// The same tokens with fonts of this size.
    Theme withTextScale(double scale) const;
    bool isDark() const { return kind == Kind::Dark; }
    /// Colour of a series by its role, else its category, else its place among the others.
    QColor seriesColour(const engine::figures::Look& look, int place) const;
};

/// Spacing on a 4 px grid.
namespace space {
inline constexpr int tight = 4, inside = 8, between = 12, groups = 16, radius = 6, target = 26;
}

/// The theme of the window as it is now.
const Theme& theme();

class ThemeManager : public QObject {
    Q_OBJECT
  public:
    enum class Choice { System, Light, Dark };
    Q_ENUM(Choice)
    static ThemeManager& instance();
    /// Style, palette, fonts and style sheet of the whole application; call once, before the first widget.
    void install(QApplication& application);
    Choice choice() const { return m_choice; }
    void choose(Choice choice);
    /// Size of all text, 1 as the look has it; figures for export keep theirs.
    double textScale() const { return m_textScale; }
    void setTextScale(double scale);

  Q_SIGNALS:
    void changed();

  private:
    ThemeManager() = default;
    void apply();
    Choice m_choice = Choice::System;
    double m_textScale = 1;
};

/// WCAG contrast ratio of two opaque colours, 1 to 21.
double contrast(const QColor& a, const QColor& b);

}  // namespace latent::desktop
