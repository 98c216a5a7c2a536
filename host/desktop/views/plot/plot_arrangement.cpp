// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of a plot: how much room labels, key and colour bar take, and which ranges the axes then show.
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/plot_scene.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kWidestZoom = 10;  ///< of the range of all data
constexpr double kTick_px = 4, kTickGap_px = 4, kTitleGap_px = 6, kEdge_px = 12, kBarGap_px = 12;
/// Margins are whole steps of this, so that a digit more or less changes nothing.
constexpr double kStep_px = 4;
/// A margin that could be so much smaller does become smaller.
constexpr double kTooWide_px = 28;
constexpr double kLeastAxes_px = 24;
constexpr double kRotation_deg = -35;

double inSteps(double pixels) { return std::ceil(pixels / kStep_px) * kStep_px; }

void settle(double& margin, double needed) {
    needed = inSteps(needed);
    if (needed > margin || margin - needed > kTooWide_px) margin = needed;
}

double widestWord(const std::vector<std::string>& words, const QFontMetricsF& metrics) {
    double widest = 0;
    for (const std::string& word : words)
        widest = std::max(widest, metrics.horizontalAdvance(QString::fromStdString(word)));
    return widest;
}

}  // namespace

void PlotScene::setTicker(bool alongX, double length_px, double widest_px, bool rotated) {
    const Theme& theme = m_model->theme();
    const Axis& axis = alongX ? m_model->figure().x : m_model->figure().y;
    const QFontMetricsF metrics(theme.small);
    TickRoom room{.length_px = length_px};
    if (alongX && !rotated) {
        room.leastGap_px = axis.categories.empty() ? 52 : 8;
        room.clear_px = axis.categories.empty() ? 20 : 10;
        room.extent_px = [metrics, widest_px](const QString& words) {
            return std::min(widest_px, metrics.horizontalAdvance(words));
        };
    } else {
        room.leastGap_px = axis.categories.empty() ? 34 : 8;
        room.clear_px = axis.categories.empty() ? 14 : 4;
        room.extent_px = [height = metrics.height()](const QString&) { return height; };
        const auto* histogram = std::get_if<Histogram>(&m_model->figure().body);
        if (histogram && !histogram->density && !alongX) room.leastStep = 1;  // there are no half counts
    }
    (alongX ? m_tickerX : m_tickerY)
        ->set(alongX ? m_model->scales().x : m_model->scales().y, axis.categories, room, theme.small,
              widest_px);
}

double PlotScene::leftMargin(double height) {
    const QFontMetricsF metrics(m_model->theme().small);
    setTicker(false, height, m_size.width() * 0.35, false);
    double widest = 0;
    for (const QString& label : m_tickerY->ticks(m_plot.yAxis->range()).labels)
        widest = std::max(widest, metrics.horizontalAdvance(label));
    const double title = m_model->figure().y.text().empty() ? 0 : metrics.height() + kTitleGap_px;
    return title + std::ceil(widest) + kTick_px + kTickGap_px + 2;
}

double PlotScene::bottomMargin(double width, double height) {
    const QFontMetricsF metrics(m_model->theme().small);
    const Axis& axis = m_model->figure().x;
    const double title = axis.text().empty() ? 0 : metrics.height() + kTitleGap_px;
    double labels = metrics.height();
    bool rotated = false;
    double widest_px = width;
    if (!axis.categories.empty()) {
        const double room = width / std::max(1.0, m_plot.xAxis->range().size());
        const double widest = widestWord(axis.categories, metrics);
        // Words that do not fit beside each other are turned; only numbers are left out.
        rotated = widest + 10 > room && room > metrics.height();
        widest_px = rotated ? std::max(40.0, height * 0.35) : width;
        if (rotated)
            labels = std::sin(-kRotation_deg * M_PI / 180) * std::min(widest, widest_px) + metrics.height();
    }
    setTicker(true, width, widest_px, rotated);
    m_plot.xAxis->setTickLabelRotation(rotated ? kRotation_deg : 0);
    return std::ceil(kTick_px + kTickGap_px + labels + title + 2);
}

double PlotScene::rightMargin(const QSizeF& size, double height) {
    double margin = kEdge_px;
    if (m_bar)
        margin = kBarGap_px + m_bar->width(height) + 2;
    else if (m_key.form() == SeriesKey::Form::AtLines)
        margin = m_key.width() + 6;
    // Half of the last label on the x axis may stand out.
    const QFontMetricsF metrics(m_model->theme().small);
    const double width = size.width() - m_left - margin;
    if (!m_model->figure().x.categories.empty() || width < kLeastAxes_px) return margin;
    setTicker(true, width, width, false);
    const AxisTicks ticks = m_tickerX->ticks(m_plot.xAxis->range());
    if (ticks.places.empty() || m_plot.xAxis->rangeReversed()) return margin;
    const QCPRange range = m_plot.xAxis->range();
    const double beyond = metrics.horizontalAdvance(ticks.labels.back()) / 2 -
                          (range.upper - ticks.places.back()) / range.size() * width;
    return std::max(margin, beyond + 2);
}

void PlotScene::setRanges(double width, double height) {
    const auto set = [](QCPAxis& axis, const AxisScale& scale, const Span& span) {
        double low = scale.place(span.low), high = scale.place(span.high);
        if (!std::isfinite(low) || !std::isfinite(high) || !(high > low)) {
            if (!std::isfinite(low)) low = 0;
            high = low + 1;
        }
        axis.setRange(low, high);
    };
    set(*m_plot.xAxis, m_model->scales().x, m_zoom.x.value_or(m_model->fullX(m_hidden)));
    set(*m_plot.yAxis, m_model->scales().y, m_zoom.y.value_or(m_model->fullY(m_hidden)));
    squareUp(width, height);
}

void PlotScene::squareUp(double width, double height) {
    const bool areLinear =
        m_model->scales().x.kind() == Scale::Linear && m_model->scales().y.kind() == Scale::Linear;
    if (!m_model->figure().equalAspect || !areLinear || width < 1 || height < 1) return;
    const QCPRange x = m_plot.xAxis->range(), y = m_plot.yAxis->range();
    const double perPixel = std::max(x.size() / width, y.size() / height);
    m_plot.xAxis->setRange(x.center() - perPixel * width / 2, x.center() + perPixel * width / 2);
    m_plot.yAxis->setRange(y.center() - perPixel * height / 2, y.center() + perPixel * height / 2);
}

void PlotScene::setPlaces(bool alongX, double low, double high) {
    const AxisScale& scale = alongX ? m_model->scales().x : m_model->scales().y;
    // Where doubles cannot tell the ends apart any more, ticks and zoom stop working.
    if (!(high - low > 1e-12 * std::max({std::abs(low), std::abs(high), 1e-280})) ||
        !std::isfinite(high - low))
        return;
    const Span full = alongX ? m_model->fullX(m_hidden) : m_model->fullY(m_hidden);
    const double whole = scale.place(full.high) - scale.place(full.low),
                 now = alongX ? m_plot.xAxis->range().size() : m_plot.yAxis->range().size();
    if (std::isfinite(whole) && whole > 0 && high - low > std::max(kWidestZoom * whole, now * (1 + 1e-9)))
        return;  // who is lost out there finds nothing
    const Span span{scale.value(low), scale.value(high)};
    if (!std::isfinite(span.low) || !std::isfinite(span.high) || !(span.high > span.low)) return;
    (alongX ? m_zoom.x : m_zoom.y) = span;
}

void PlotScene::arrange(const QSizeF& size) {
    m_size = size;
    if (!m_model || size.isEmpty()) return;
    if (m_marginSize != size) {
        m_left = m_right = 0;
        m_marginSize = size;
    }
    const QFontMetricsF metrics(m_model->theme().small);
    m_key = SeriesKey::measure(*m_model, size);
    const double top = std::ceil(std::max(m_key.height() + 4, metrics.height() / 2 + 2));
    // Ranges depend on the axes' lengths only with equal aspect; lengths depend on labels, and so on ranges: two rounds settle it.
    double bottom = 40;
    double width = size.width() - 80, height = size.height() - top - bottom;
    for (int round = 0; round < 2; ++round) {
        setRanges(width, height);
        bottom = bottomMargin(width, size.height());
        height = std::max(kLeastAxes_px, size.height() - top - bottom);
        settle(m_left, leftMargin(height));
        settle(m_right, rightMargin(size, height));
        width = std::max(kLeastAxes_px, size.width() - m_left - m_right);
    }
    setRanges(width, height);
    bottomMargin(width, size.height());
    setTicker(false, height, size.width() * 0.35, false);
    const QRect axes(static_cast<int>(m_left), static_cast<int>(top), static_cast<int>(width),
                     static_cast<int>(height));
    m_plot.axisRect()->setMargins(QMargins(
        axes.left(), axes.top(), std::max(0, static_cast<int>(size.width()) - axes.left() - axes.width()),
        std::max(0, static_cast<int>(size.height()) - axes.top() - axes.height())));
    // The key and the overlay ask for pixels before QCustomPlot lays itself out.
    m_plot.setViewport(QRect(0, 0, static_cast<int>(size.width()), static_cast<int>(size.height())));
    m_plot.axisRect()->setOuterRect(m_plot.viewport());
    m_key.place(*m_model, map(), m_left, size.width() - 4, 0);
}

}  // namespace latent::desktop
