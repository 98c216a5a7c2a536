// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_canvas.hpp"

#include <QPicture>

namespace latent::desktop {

/// The plot behind the canvas: draws itself before it is shown, and leaves all events to the canvas.
class PlotCanvas::Plot final : public QCustomPlot {
  public:
    explicit Plot(QWidget* parent) : QCustomPlot(parent) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::NoFocus);
    }
    bool isStale = true;

  protected:
    void paintEvent(QPaintEvent* event) override {
        // Canvases that nobody sees are not drawn; this is the first time that somebody looks.
        if (isStale) replot(rpQueuedRefresh);
        QCustomPlot::paintEvent(event);
    }
};

namespace {

QVariantList listOf(const Span& span) { return {span.low, span.high}; }

std::optional<Span> spanOf(const QVariant& value) {
    const QVariantList list = value.toList();
    if (list.size() != 2) return std::nullopt;
    const Span span{list[0].toDouble(), list[1].toDouble()};
    if (!std::isfinite(span.low) || !std::isfinite(span.high) || !(span.high > span.low)) return std::nullopt;
    return span;
}

}  // namespace

PlotCanvas::PlotCanvas(QWidget* parent) : FigureCanvas(parent), m_plot(new Plot(this)), m_scene(*m_plot) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_plot, &QCustomPlot::beforeReplot, this, [this] {
        m_plot->isStale = false;
        m_scene.arrange(size());
    });
    connect(m_plot, &QCustomPlot::afterReplot, this, &PlotCanvas::arrangeKey);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &PlotCanvas::rebuild);
}

PlotCanvas::~PlotCanvas() = default;

void PlotCanvas::setFigure(FigurePtr figure) {
    const bool isAnother = !m_given || !figure || m_given->name != figure->name;
    m_given = std::move(figure);
    if (isAnother) {
        m_adjustment = {};
        m_scene.setZoom({});
        m_scene.setHidden({});
        m_scene.dragged().reset();
    }
    m_figure = adjusted(m_given, m_adjustment);
    rebuild();
}

void PlotCanvas::rebuild() {
    m_scene.show(m_figure && isPlot(*m_figure) ? std::make_unique<PlotModel>(m_figure, theme()) : nullptr);
    m_plot->setVisible(!m_scene.isEmpty());
    render();
}

void PlotCanvas::render() {
    m_plot->isStale = true;
    if (isVisible() && !m_scene.isEmpty())
        m_plot->replot(QCustomPlot::rpQueuedRefresh);
    else
        update();
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    FigureCanvas::resizeEvent(event);
    m_plot->setGeometry(rect());
}

void PlotCanvas::arrangeKey() {
    const auto& entries = m_scene.key().entries();
    const std::size_t wanted = m_scene.isEmpty() ? 0 : entries.size();
    while (m_keyButtons.size() > wanted) {
        m_keyButtons.back()->deleteLater();
        m_keyButtons.pop_back();
    }
    while (m_keyButtons.size() < wanted) {
        auto* button = new KeyButton(this);
        connect(button, &KeyButton::toggleAsked, this, &PlotCanvas::toggleSeries);
        connect(button, &KeyButton::aloneAsked, this, &PlotCanvas::showAlone);
        button->show();
        m_keyButtons.push_back(button);
    }
    for (std::size_t i = 0; i < wanted; ++i) {
        const QString& label = m_scene.model().series()[static_cast<std::size_t>(entries[i].series)].label;
        m_keyButtons[i]->showEntry(label,
                                   entries[i].area.adjusted(-4, -1, 4, 1).toAlignedRect().intersected(rect()),
                                   !m_scene.hidden().contains(label));
    }
}

void PlotCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    if (!m_figure || m_scene.isEmpty() || area.width() < 20 || area.height() < 20) return;
    // A plot of its own, so that neither size nor theme of the window matter; only zoom and hidden series are taken over.
    QCustomPlot plot;
    PlotScene scene(plot);
    scene.setHidden(m_scene.hidden());
    scene.setZoom(m_scene.zoom());
    scene.leaveOutIdleCursors();
    scene.setVectorRatio(std::clamp(painter.deviceTransform().m11(), 4.0, 8.0));
    scene.show(std::make_unique<PlotModel>(m_figure, theme));
    const QSize size = area.size().toSize();
    scene.arrange(size);
    // QCustomPlot draws with a painter of its own type only; a picture carries its vectors over.
    QPicture picture;
    QCPPainter recorder(&picture);
    recorder.setMode(QCPPainter::pmVectorized);
    recorder.setMode(QCPPainter::pmNoCaching);
    plot.toPainter(&recorder, size.width(), size.height());
    recorder.end();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(area.topLeft());
    // Pictures scale themselves to the resolution of the device, which the caller has done already.
    painter.scale(static_cast<double>(picture.logicalDpiX()) / painter.device()->logicalDpiX(),
                  static_cast<double>(picture.logicalDpiY()) / painter.device()->logicalDpiY());
    painter.drawPicture(0, 0, picture);
    painter.restore();
}

QVariantMap PlotCanvas::viewState() const {
    QVariantMap state;
    if (m_scene.zoom().x) state[QStringLiteral("x")] = listOf(*m_scene.zoom().x);
    if (m_scene.zoom().y) state[QStringLiteral("y")] = listOf(*m_scene.zoom().y);
    QStringList hidden(m_scene.hidden().begin(), m_scene.hidden().end());
    hidden.sort();
    if (!hidden.isEmpty()) state[QStringLiteral("hidden")] = hidden;
    write(state, m_adjustment);
    return state;
}

void PlotCanvas::setViewState(const QVariantMap& state) {
    if (const Adjustment adjustment = adjustmentOf(state); !(adjustment == m_adjustment)) {
        m_adjustment = adjustment;
        m_figure = adjusted(m_given, m_adjustment);
        rebuild();
    }
    const auto zoomOf = [this](const QVariant& value, engine::figures::Axis engine::figures::Figure::*axis) {
        std::optional<Span> span = spanOf(value);
        if (span && m_figure && ((*m_figure).*axis).scale == engine::figures::Scale::Log && !(span->low > 0))
            span.reset();
        return span;
    };
    m_scene.setZoom({zoomOf(state[QStringLiteral("x")], &engine::figures::Figure::x),
                     zoomOf(state[QStringLiteral("y")], &engine::figures::Figure::y)});
    const QStringList hidden = state[QStringLiteral("hidden")].toStringList();
    m_scene.setHidden(QSet<QString>(hidden.begin(), hidden.end()));
    render();
}

void PlotCanvas::home() {
    if (m_scene.zoom() == Zoom()) return;
    m_scene.setZoom({});
    edited();
}

void PlotCanvas::edited() {
    render();
    Q_EMIT viewEdited();
}

void PlotCanvas::toggleSeries(const QString& label) {
    QSet<QString> hidden = m_scene.hidden();
    if (!hidden.remove(label)) hidden.insert(label);
    m_scene.setHidden(hidden);
    edited();
}

void PlotCanvas::showAlone(const QString& label) {
    QSet<QString> others;
    for (const int named : m_scene.model().named())
        if (const QString& other = m_scene.model().series()[static_cast<std::size_t>(named)].label;
            other != label)
            others.insert(other);
    m_scene.setHidden(m_scene.hidden() == others ? QSet<QString>() : others);
    edited();
}

FigureCanvas* makePlotCanvas(const engine::figures::Figure&, QWidget* parent) {
    return new PlotCanvas(parent);
}

}  // namespace latent::desktop
