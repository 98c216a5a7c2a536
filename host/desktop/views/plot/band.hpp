// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The band around a line (interval, quantiles), filled at 20 % opacity; gaps where either end is no number.
//
// Borrows its numbers from the figure and reduces them column by column where x never falls. UI thread; owned by its plot.
//
//     auto* band = new Band(plot->xAxis, plot->yAxis, scales);
//     band->setNumbers(line.x.data(), line.low.data(), line.high.data(), line.x.size(), BandShape{.isFunction = true});
//     band->setColour(style.colour);

#include "desktop/views/plot/decimated_path.hpp"

namespace latent::desktop {

struct BandShape {
    bool isFunction = true;  ///< x never falls
    bool steps = false;      ///< constant up to the next x
};

class Band final : public ScaledPlottable {
  public:
    using ScaledPlottable::ScaledPlottable;
    void setNumbers(const double* x, const double* low, const double* high, std::size_t size,
                    const BandShape& shape);
    void setColour(const QColor& colour) { m_colour = colour; }

  protected:
    void draw(QCPPainter* painter) override;

  private:
    const double* m_x = nullptr;
    const double* m_low = nullptr;
    const double* m_high = nullptr;
    std::size_t m_size = 0;
    BandShape m_shape;
    QColor m_colour;
};

}  // namespace latent::desktop
