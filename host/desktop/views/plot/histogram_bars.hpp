// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One series of a histogram: filled lightly, with an outline that is dashed for the second series, so that several lie over
// each other and are still told apart.
//
// Borrows edges and heights from the figure. UI thread; owned by its plot.
//
//     auto* bars = new HistogramBars(plot->xAxis, plot->yAxis, scales);
//     bars->setBars(histogram.edges, series.heights, style);

#include "desktop/views/plot/decimated_path.hpp"

namespace latent::desktop {

class HistogramBars final : public ScaledPlottable {
  public:
    using ScaledPlottable::ScaledPlottable;
    /// `alone`: the only series, drawn as separate bars.
    void setBars(const std::vector<double>& edges, const std::vector<double>& heights,
                 const SeriesStyle& style, bool alone);

  protected:
    void draw(QCPPainter* painter) override;

  private:
    const std::vector<double>* m_edges = nullptr;
    const std::vector<double>* m_heights = nullptr;
    SeriesStyle m_style;
    bool m_alone = true;
};

}  // namespace latent::desktop
