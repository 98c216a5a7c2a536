// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// QCustomPlot's question "which ticks?" answered by axisTicks().
//
// Owned by its axis through QSharedPointer. UI thread.
//
//     auto ticker = QSharedPointer<ScaleTicker>::create();
//     axis->setTicker(ticker);
//     ticker->set(scale, figure.x.categories, room);

#include "desktop/views/plot/axis_ticks.hpp"
#include "desktop/views/plot/qcustomplot.hpp"

namespace latent::desktop {

class ScaleTicker final : public QCPAxisTicker {
  public:
    /// Labels longer than `widest_px` are elided.
    void set(const AxisScale& scale, const std::vector<std::string>& categories, const TickRoom& room,
             const QFont& font, double widest_px);
    AxisTicks ticks(const QCPRange& range) const;
    void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                  QVector<double>* subTicks, QVector<QString>* labels) override;

  private:
    AxisScale m_scale;
    std::vector<std::string> m_categories;
    TickRoom m_room;
    QFont m_font;
    double m_widest_px = 1e9;
};

}  // namespace latent::desktop
