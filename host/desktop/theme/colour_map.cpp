// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/theme/colour_map.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace latent::desktop {
namespace {

using engine::figures::Colours;
using engine::figures::MapFamily;
using engine::figures::Scale;

// matplotlib's viridis (CC0) at 16 places; ColorBrewer's RdBu (Apache-2.0) turned around; a cyclic map after twilight (CC0).
constexpr QRgb kSequential[] = {0xff440154, 0xff481a6c, 0xff472f7d, 0xff414487, 0xff39568c, 0xff31688e,
                                0xff2a788e, 0xff23888e, 0xff1f988b, 0xff22a884, 0xff35b779, 0xff54c568,
                                0xff7ad151, 0xffa5db36, 0xffd2e21b, 0xfffde725};
constexpr QRgb kDiverging[] = {0xff053061, 0xff2166ac, 0xff4393c3, 0xff92c5de, 0xffd1e5f0, 0xfff7f7f7,
                               0xfffddbc7, 0xfff4a582, 0xffd6604d, 0xffb2182b, 0xff67001f};
constexpr QRgb kCyclic[] = {0xffe2d9e2, 0xffb5c6d0, 0xff7ba1c2, 0xff6276ba, 0xff5e43a5,
                            0xff4c1a70, 0xff2f1436, 0xff5a1a4a, 0xff8e2c50, 0xffb3555c,
                            0xffc78b73, 0xffd4bfb4, 0xffe2d9e2};

QRgb between(QRgb a, QRgb b, double part) {
    const auto mix = [part](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * part)); };
    return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

QRgb along(std::span<const QRgb> stops, double position) {
    const double place = std::clamp(position, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto left = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    return between(stops[left], stops[left + 1], place - static_cast<double>(left));
}

}  // namespace

ColourMap::ColourMap(const Colours& colours, const Theme& theme)
    : m_low(colours.low.value_or(colours.dataLow)),
      m_high(colours.high.value_or(colours.dataHigh)),
      m_hatches(!colours.transparentNan),
      m_categorical(colours.map == MapFamily::Categorical),
      m_scale(colours.scale),
      m_missing(colours.transparentNan ? qRgba(0, 0, 0, 0) : theme.hatch.rgb()) {
    if (colours.map == MapFamily::Diverging) {
        m_centred = true;
        m_centre = colours.centre.value_or(0.0);
        // Both arms equally long, so that equal distances from the centre look equally strong.
        const double reach = std::max({std::abs(m_high - m_centre), std::abs(m_low - m_centre), 1e-300});
        if (!colours.low) m_low = m_centre - reach;
        if (!colours.high) m_high = m_centre + reach;
    }
    if (m_scale == Scale::Log && m_low <= 0) m_low = m_high > 0 ? m_high * 1e-6 : 1e-6;
    if (!(m_high > m_low)) {  // one value only
        const double half = m_low == 0 ? 0.5 : std::abs(m_low) * 0.5;
        m_low -= half;
        m_high += half;
        if (m_scale == Scale::Log) m_low = std::max(m_low, m_high * 1e-3);
    }
    for (std::size_t i = 0; i < m_table.size(); ++i) {
        const double position = static_cast<double>(i) / 255.0;
        switch (colours.map) {
            case MapFamily::Sequential:
                m_table[i] = along(kSequential, position);
                break;
            case MapFamily::Diverging:
                m_table[i] = along(kDiverging, position);
                break;
            case MapFamily::Cyclic:
                m_table[i] = along(kCyclic, position);
                break;
            case MapFamily::Categorical:
                m_table[i] = theme.categories[i % theme.categories.size()].rgb();
                break;
        }
    }
}

double ColourMap::position(double value) const {
    if (std::isnan(value)) return value;
    if (m_scale == Scale::Log) {
        if (value <= 0) return 0;
        return std::clamp(std::log(value / m_low) / std::log(m_high / m_low), 0.0, 1.0);
    }
    if (m_centred && value < m_centre)
        return std::clamp(0.5 * (value - m_low) / (m_centre - m_low), 0.0, 0.5);
    if (m_centred) return std::clamp(0.5 + 0.5 * (value - m_centre) / (m_high - m_centre), 0.5, 1.0);
    return std::clamp((value - m_low) / (m_high - m_low), 0.0, 1.0);
}

QRgb ColourMap::atPosition(double position) const {
    if (std::isnan(position)) return m_missing;
    return m_table[static_cast<std::size_t>(std::lround(std::clamp(position, 0.0, 1.0) * 255.0))];
}

QRgb ColourMap::at(double value) const {
    if (std::isnan(value)) return m_missing;
    if (m_categorical) return m_table[static_cast<std::size_t>(std::llround(std::max(0.0, value)) % 256)];
    return atPosition(position(value));
}

}  // namespace latent::desktop
