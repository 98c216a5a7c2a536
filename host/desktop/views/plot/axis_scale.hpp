// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// From values to places on an axis: linear, logarithmic, or logarithmic on both sides of a linear stretch.
//
// A place is a number that is linear in pixels: the value itself, its decimal logarithm, or, for symlog, value / linearBelow
// up to one and 1 + log10 beyond. QCustomPlot's axes only ever see places, so that zoom and pan are the same for all
// scales. Values that an axis cannot show (zero on a logarithmic one) have the place NaN. Plain value; any thread.
//
//     const AxisScale scale(Scale::Log);
//     scale.place(1000);                    // 3
//     scale.value(-2);                      // 0.01
//     scale.place(0);                       // NaN: a gap in the line

#include <cmath>
#include <limits>

#include "engine/figures/figure.hpp"

namespace latent::desktop {

using engine::figures::Scale;

class AxisScale {
  public:
    AxisScale() = default;
    explicit AxisScale(Scale kind, double linearBelow = 1)
        : m_kind(kind), m_linearBelow(linearBelow > 0 ? linearBelow : 1) {}

    Scale kind() const { return m_kind; }
    double linearBelow() const { return m_linearBelow; }
    bool operator==(const AxisScale&) const = default;

    double place(double value) const {
        switch (m_kind) {
            case Scale::Linear:
                return value;
            case Scale::Log:
                return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
            case Scale::SymLog:
                break;
        }
        const double size = std::abs(value) / m_linearBelow;
        return size <= 1 ? value / m_linearBelow : std::copysign(1 + std::log10(size), value);
    }

    double value(double place) const {
        switch (m_kind) {
            case Scale::Linear:
                return place;
            case Scale::Log:
                return std::pow(10.0, place);
            case Scale::SymLog:
                break;
        }
        const double size = std::abs(place);
        return size <= 1 ? place * m_linearBelow
                         : std::copysign(m_linearBelow * std::pow(10.0, size - 1), place);
    }

    /// Values at or below this cannot be shown.
    double floor() const { return m_kind == Scale::Log ? 0.0 : -std::numeric_limits<double>::infinity(); }
    bool shows(double value) const {
        return value > floor() && value < std::numeric_limits<double>::infinity();
    }

  private:
    Scale m_kind = Scale::Linear;
    double m_linearBelow = 1;
};

}  // namespace latent::desktop
