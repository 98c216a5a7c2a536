// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_scene.hpp"

#include <algorithm>
#include <numeric>

#include "desktop/views/plot/band.hpp"
#include "desktop/views/plot/histogram_bars.hpp"
#include "desktop/views/plot/point_cloud.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

/// What was measured, under its smoothed line.
constexpr double kRawOpacity = 0.3, kRawWidth = 0.6;
/// Members of a large family are thinner, so that they can be told apart.
constexpr std::size_t kThinFrom = 8;

}  // namespace

/// A free drawing on one of the plot's layers.
struct PlotScene::Decoration final : QCPLayerable {
    Decoration(QCustomPlot& plot, const char* layerName, std::function<void(QCPPainter&)> paint)
        : QCPLayerable(&plot, QLatin1String(layerName)), m_paint(std::move(paint)) {}
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
    void draw(QCPPainter* painter) override { m_paint(*painter); }
    std::function<void(QCPPainter&)> m_paint;
};

PlotScene::PlotScene(QCustomPlot& plot)
    : m_plot(plot), m_tickerX(new ScaleTicker), m_tickerY(new ScaleTicker) {
    QObject::connect(&m_plot, &QCustomPlot::afterReplot, &m_plot, [this] { m_isDrawn = true; });
    m_plot.setInteractions(QCP::Interactions());
    m_plot.setNoAntialiasingOnDrag(false);
    m_plot.setAutoAddPlottableToLegend(false);
    m_plot.plotLayout()->setMargins(QMargins());
    m_plot.axisRect()->setAutoMargins(QCP::msNone);
    m_plot.axisRect()->setMinimumSize(10, 10);
    m_plot.xAxis->setTicker(m_tickerX);
    m_plot.yAxis->setTicker(m_tickerY);
    decorate("axes", [this](QCPPainter& p) { drawAxisTitles(p, *m_model, map().area, m_size); });
    decorate("axes", [this](QCPPainter& p) { drawReferences(p, *m_model, map()); });
    decorate("axes", [this](QCPPainter& p) { drawPathEnds(p, *m_model, map(), m_hidden); });
    decorate("axes", [this](QCPPainter& p) { m_key.draw(p, *m_model, m_hidden); });
    decorate("axes", [this](QCPPainter& p) {
        if (!m_bar) return;
        const QRectF axes = map().area;
        m_bar->draw(p, QRectF(axes.right() + 12, axes.top(), m_bar->width(axes.height()), axes.height()));
    });
    decorate("overlay", [this](QCPPainter& p) { drawCursors(p, *m_model, map(), cursors()); });
    decorate("overlay", [this](QCPPainter& p) { drawPointer(p, *m_model, map(), m_pointer, m_size); });
}

PlotScene::~PlotScene() {
    m_plot.clearPlottables();
    for (Decoration* decoration : m_decorations) delete decoration;
}

void PlotScene::decorate(const char* layer, std::function<void(QCPPainter&)> draw) {
    m_decorations.push_back(
        new Decoration(m_plot, layer, [this, draw = std::move(draw)](QCPPainter& painter) {
            if (m_model) draw(painter);
        }));
}

PlotMap PlotScene::map() const {
    return PlotMap::of(*m_plot.xAxis, *m_plot.yAxis, m_model->scales().x, m_model->scales().y);
}

void PlotScene::show(std::unique_ptr<PlotModel> model) {
    m_plot.clearPlottables();
    m_drawn.clear();
    m_bar.reset();
    m_pointer.nearest.reset();
    m_model = std::move(model);
    if (!m_model) return;
    m_model->scales().vectorRatio = m_vectorRatio;
    if (m_model->hasColourBar() && m_model->colourMap())
        m_bar.emplace(*m_model->colours(), *m_model->colourMap(), m_model->theme());
    styleAxes();
    addSeries();
    applyVisibility();
}

void PlotScene::setHidden(const QSet<QString>& hidden) {
    m_hidden = hidden;
    if (m_model) applyVisibility();
}

void PlotScene::applyVisibility() {
    for (std::size_t i = 0; i < m_drawn.size(); ++i)
        for (QCPLayerable* part : m_drawn[i])
            part->setVisible(!m_hidden.contains(m_model->series()[i].label));
}

void PlotScene::styleAxes() {
    const Theme& theme = m_model->theme();
    const bool isPlane =
        m_model->kind() == PlotModel::Kind::Points || m_model->kind() == PlotModel::Kind::Trajectory;
    m_plot.setBackground(QBrush(theme.panel));
    for (QCPAxis* axis : {m_plot.xAxis, m_plot.yAxis}) {
        const bool isX = axis == m_plot.xAxis;
        const Axis& words = isX ? m_model->figure().x : m_model->figure().y;
        const QPen pen(theme.axis, theme.axisWidth);
        axis->setBasePen(pen);
        axis->setTickPen(pen);
        axis->setSubTickPen(pen);
        axis->setTickLength(0, 4);
        axis->setSubTickLength(0, 2);
        axis->setSubTicks(words.scale != Scale::Linear);
        axis->setTickLabelFont(theme.small);
        axis->setTickLabelColor(theme.muted);
        axis->setTickLabelPadding(4);
        axis->setLabel(QString());
        // Words of categories could look like powers of ten to QCustomPlot, which it would then typeset.
        axis->setNumberFormat(QStringLiteral("g"));
        axis->setRangeReversed(words.reversed);
        axis->grid()->setPen(QPen(theme.grid, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setSubGridVisible(false);
        // Lines are read along x against horizontal rules; a plane needs both.
        axis->grid()->setVisible(!isX || isPlane);
    }
}

void PlotScene::addSeries() {
    const Figure& figure = m_model->figure();
    QCPAxis *x = m_plot.xAxis, *y = m_plot.yAxis;
    const PlotScales& scales = m_model->scales();
    // Plottables are drawn in the order in which they are made.
    std::vector<std::size_t> order(m_model->series().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_partition(order.begin(), order.end(),
                          [this](std::size_t i) { return m_model->series()[i].isUnder; });
    m_drawn.resize(order.size());
    for (const std::size_t place : order) {
        const PlotSeries& series = m_model->series()[place];
        auto& drawn = m_drawn[place];
        if (const auto* lines = std::get_if<Lines>(&figure.body)) {
            addLine(series, lines->lines[series.member], drawn);
        } else if (const auto* points = std::get_if<Points>(&figure.body)) {
            auto* cloud = new PointCloud(x, y, scales);
            cloud->setCloud(points->clouds[series.member], series.style,
                            series.colour ? m_model->colourMap() : nullptr, m_model->theme());
            drawn.push_back(cloud);
        } else if (const auto* histogram = std::get_if<Histogram>(&figure.body)) {
            auto* bars = new HistogramBars(x, y, scales);
            bars->setBars(histogram->edges, histogram->series[series.member].heights, series.style,
                          histogram->series.size() == 1);
            drawn.push_back(bars);
        } else {
            auto* path = new DecimatedPath(x, y, scales);
            path->setCurve({series.x, series.y, series.size}, false);
            path->setColours(series.colour, m_model->colourMap());
            path->setStyle(series.style);
            drawn.push_back(path);
        }
    }
}

void PlotScene::addLine(const PlotSeries& series, const Line& line, std::vector<QCPLayerable*>& drawn) {
    QCPAxis *x = m_plot.xAxis, *y = m_plot.yAxis;
    const PlotScales& scales = m_model->scales();
    if (!line.low.empty() && !line.high.empty()) {
        auto* band = new Band(x, y, scales);
        band->setNumbers(series.x, line.low.data(), line.high.data(),
                         std::min({series.size, line.low.size(), line.high.size()}),
                         {series.isFunction, line.steps});
        band->setColour(series.style.colour);
        drawn.push_back(band);
    }
    SeriesStyle style = series.style;
    const auto stressed = std::count_if(m_model->series().begin(), m_model->series().end(),
                                        [](const PlotSeries& s) { return !s.isUnder; });
    if (static_cast<std::size_t>(stressed) >= kThinFrom) style.width *= 0.7;
    const auto add = [&](const double* values, std::size_t size, const SeriesStyle& look, double opacity) {
        auto* path = new DecimatedPath(x, y, scales);
        path->setCurve({series.x, values, std::min(series.size, size), line.steps}, series.isFunction);
        path->setStyle(look, opacity);
        drawn.push_back(path);
    };
    if (line.smoothed.empty()) return add(series.y, series.size, style, 1);
    SeriesStyle raw = style;
    raw.width *= kRawWidth;
    raw.dashes.clear();
    raw.marker = Marker::None;
    add(series.y, series.size, raw, kRawOpacity);
    add(line.smoothed.data(), line.smoothed.size(), style, 1);
}

std::vector<CursorMark> PlotScene::cursors() const {
    std::vector<CursorMark> marks = placeCursors(*m_model, map(), m_dragged, m_hidden);
    if (!m_leavesOutIdle) return marks;
    for (const CursorPlace& cursor : m_model->figure().cursors)
        if (cursor.index == cursor.size - 1)
            std::erase_if(marks, [name = QString::fromStdString(cursor.name)](const CursorMark& mark) {
                return mark.name == name;
            });
    return marks;
}

void PlotScene::refreshPointer() {
    if (!m_isDrawn) return;  // the first drawing brings it along; before that QCustomPlot has nothing to draw on
    if (QCPLayer* overlay = m_plot.layer(QStringLiteral("overlay"))) overlay->replot();
}

}  // namespace latent::desktop
