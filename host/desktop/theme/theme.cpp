// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/theme/theme.hpp"

#include <QFontDatabase>
#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

/// Inter where it is installed, else what the system reads menus in.
QFont bodyFont(double pixels, QFont::Weight weight = QFont::Normal) {
    static const QString family = QFontDatabase::families().contains(QStringLiteral("Inter"))
                                      ? QStringLiteral("Inter")
                                      : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    QFont font(family);
    font.setPixelSize(static_cast<int>(std::lround(pixels)));
    font.setWeight(weight);
    return font;
}

/// The order of the list in the look: blue, vermillion, green, purple, orange, sky, and the text's own colour.
std::array<QColor, 7> okabeIto(bool dark) {
    if (dark)
        return {QColor(0x56A9E6), QColor(0xF08A4B), QColor(0x2CC295), QColor(0xDD93BE),
                QColor(0xF0B840), QColor(0x8CCBF2), QColor(0xE6EAF0)};
    return {QColor(0x0072B2), QColor(0xD55E00), QColor(0x009E73), QColor(0xCC79A7),
            QColor(0xE69F00), QColor(0x56B4E9), QColor(Qt::black)};
}

Theme light() {
    Theme t{};
    t.kind = Theme::Kind::Light;
    t.window = QColor(0xF7F8FA);
    t.panel = QColor(0xFFFFFF);
    t.line = QColor(0xE2E5EA);
    t.text = QColor(0x1B2430);
    t.muted = QColor(0x5D6A7E);
    t.accent = QColor(0x2F6FDE);
    t.onAccent = QColor(0xFFFFFF);
    t.accentText = QColor(0x2A64C8);
    t.selection = QColor(0xE8F0FE);
    t.hover = QColor(0xEFF1F5);
    t.pressed = QColor(0xE2E5EA);
    t.ok = QColor(0x177A4C);
    t.warning = QColor(0x8A5A0C);
    t.bad = QColor(0xC0392B);
    t.axis = QColor(0x9AA5B5);
    t.grid = QColor(0xE9ECF1);
    t.hatch = QColor(0xB4BCC8);
    t.categories = okabeIto(false);
    t.lineWidth = 2;
    t.axisWidth = 1;
    return t;
}

Theme dark() {
    Theme t{};
    t.kind = Theme::Kind::Dark;
    t.window = QColor(0x14181F);
    t.panel = QColor(0x1B2129);
    t.line = QColor(0x2C3440);
    t.text = QColor(0xE6EAF0);
    t.muted = QColor(0x98A4B6);
    t.accent = QColor(0x6EA1FF);
    t.onAccent = QColor(0x0E1420);
    t.accentText = t.accent;
    t.selection = QColor(0x22324F);
    t.hover = QColor(0x242C37);
    t.pressed = QColor(0x2C3440);
    t.ok = QColor(0x4CC38A);
    t.warning = QColor(0xE0A83C);
    t.bad = QColor(0xF0706A);
    t.axis = QColor(0x5A6676);
    t.grid = QColor(0x262E39);
    t.hatch = QColor(0x5A6676);
    t.categories = okabeIto(true);
    t.lineWidth = 2;
    t.axisWidth = 1;
    return t;
}

/// White, black axes, 8 pt: 8/72 inch are 10.7 pixels of 1/96 inch.
Theme paper() {
    Theme t = light();
    t.kind = Theme::Kind::Paper;
    t.window = t.panel = QColor(Qt::white);
    t.text = t.axis = QColor(Qt::black);
    t.muted = QColor(0x333333);
    t.grid = QColor(0xE8E8E8);
    t.lineWidth = 1.4;
    t.axisWidth = 0.8;
    return t;
}

void setFonts(Theme& t, double scale) {
    const double body = t.kind == Theme::Kind::Paper ? 11 : 13 * scale,
                 step = t.kind == Theme::Kind::Paper ? 0 : scale;
    t.body = bodyFont(body);
    t.small = bodyFont(body - step);
    t.heading = bodyFont(body + step, QFont::DemiBold);
    t.tabular = t.body;
    t.tabular.setStyleHint(QFont::SansSerif);
    t.mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    t.mono.setPixelSize(static_cast<int>(std::lround(body - step)));
}

double channel(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}
double luminance(const QColor& c) {
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}

}  // namespace

const Theme& Theme::of(Kind kind) {
    static const std::array<Theme, 3> themes = [] {
        std::array<Theme, 3> all{light(), dark(), paper()};
        for (Theme& theme : all) setFonts(theme, 1);
        return all;
    }();
    return themes[static_cast<std::size_t>(kind)];
}

Theme Theme::withTextScale(double scale) const {
    Theme scaled = *this;
    setFonts(scaled, scale);
    return scaled;
}

QColor Theme::seriesColour(const engine::figures::Look& look, int place) const {
    using engine::figures::Role;
    switch (look.role) {
        case Role::Primary:
            return categories[0];
        case Role::Secondary:
            return categories[1];
        case Role::Accent:
            return categories[4];
        case Role::Muted:
            return muted;
        case Role::Reference:
            return kind == Kind::Paper ? QColor(0x555555) : muted;
        case Role::Positive:
            return categories[2];
        case Role::Negative:
            return categories[1];
        case Role::None:
            break;
    }
    const int index = look.category >= 0 ? look.category : place;
    return categories[static_cast<std::size_t>(index) % categories.size()];
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace latent::desktop
