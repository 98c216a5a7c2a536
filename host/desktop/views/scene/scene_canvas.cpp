// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_canvas.hpp"

#include <QPainter>
#include <cmath>

#include "desktop/views/plot/key_button.hpp"
#include "desktop/views/plot/markers.hpp"
#include "desktop/views/scene/scene_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kLeastZoom = 0.25, kMostZoom = 200;

}  // namespace

void SceneCanvas::figureChanged(bool isAnother) {
    if (isAnother) {
        m_view = {};
        m_drag = Drag::None;
    }
    if (m_drag != Drag::Cursor) m_moved.reset();
    m_hit.reset();
    m_model = makeSceneModel(figure(), theme());
    if (!m_model) m_drag = Drag::None;
    redraw();
}

void SceneCanvas::redraw() {
    m_arranged.reset();
    m_base = QPixmap();
    arrangeKey();
    update();
}

QString SceneCanvas::sentence() const {
    return m_model ? sceneSentence(*m_model, titleWords()) : nothingYet();
}

const SceneArrangement& SceneCanvas::arrangement() {
    if (!m_arranged) m_arranged = m_model ? arrange(*m_model, m_view, QRectF(rect())) : SceneArrangement();
    return *m_arranged;
}

void SceneCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    SceneModelPtr model = m_model;
    if (!model || model->theme.kind != theme.kind) model = makeSceneModel(figure(), theme);
    if (!model) return drawSentence(painter, area, nothingYet(), theme);
    if (area.width() < 60 || area.height() < 60) return;
    drawScene(painter, *model, arrange(*model, m_view, area), m_view.hidden,
              marksOf(*model, m_view.hidden, m_moved));
}

void SceneCanvas::paintWindow(QPainter& painter) {
    if (!m_model) return drawSentence(painter, rect(), nothingYet(), theme());
    const SceneArrangement& now = arrangement();
    if (m_base.isNull()) {
        m_base = QPixmap((QSizeF(size()) * devicePixelRatioF()).toSize());
        m_base.setDevicePixelRatio(devicePixelRatioF());
        m_base.fill(Qt::transparent);
        QPainter base(&m_base);
        drawScene(base, *m_model, now, m_view.hidden, marksOf(*m_model, m_view.hidden, m_moved));
    }
    painter.drawPixmap(0, 0, m_base);
    const Theme& look = theme();
    if (m_hit && m_drag == Drag::None) {
        const SceneSeries& series = m_model->series[m_hit->series];
        const QColor colour = series.colour && std::isfinite(series.colour[m_hit->point])
                                  ? QColor(m_model->map->at(series.colour[m_hit->point]))
                                  : series.style.colour;
        drawMarker(painter, Marker::Circle, pixelOf(*m_model, now, m_hit->series, m_hit->point), 9,
                   {.fill = m_byKeyboard ? look.accent : colour,
                    .outline = look.panel,
                    .outlineWidth = 2,
                    .hollow = true});
    }
    if (m_drag != Drag::Lasso || m_lasso.size() < 2) return;
    QColor fill = look.accent;
    fill.setAlphaF(0.18f);
    painter.setBrush(fill);
    painter.setPen(QPen(look.accent, 1.5));
    painter.drawPolygon(m_lasso);
}

void SceneCanvas::arrangeKey() {
    const std::vector<SceneKeyEntry> entries = m_model ? arrangement().key : std::vector<SceneKeyEntry>();
    while (m_keyButtons.size() > entries.size()) {
        m_keyButtons.back()->deleteLater();
        m_keyButtons.pop_back();
    }
    while (m_keyButtons.size() < entries.size()) {
        auto* button = new KeyButton(this);
        connect(button, &KeyButton::toggleAsked, this, &SceneCanvas::toggleSeries);
        connect(button, &KeyButton::aloneAsked, this, &SceneCanvas::showAlone);
        button->show();
        m_keyButtons.push_back(button);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const QString& label = m_model->series[entries[i].series].label;
        m_keyButtons[i]->showEntry(label,
                                   entries[i].area.adjusted(-4, -1, 4, 1).toAlignedRect().intersected(rect()),
                                   !m_view.hidden.contains(label));
    }
}

QVariantMap SceneCanvas::viewState() const {
    QVariantMap state;
    if (m_view.camera != Camera())
        state = {{QStringLiteral("azimuth"), m_view.camera.azimuth_deg},
                 {QStringLiteral("elevation"), m_view.camera.elevation_deg}};
    if (m_view.zoom != 1 || !m_view.shift.isNull()) {
        state[QStringLiteral("zoom")] = m_view.zoom;
        state[QStringLiteral("x")] = m_view.shift.x();
        state[QStringLiteral("y")] = m_view.shift.y();
    }
    QStringList hidden(m_view.hidden.begin(), m_view.hidden.end());
    hidden.sort();
    if (!hidden.isEmpty()) state[QStringLiteral("hidden")] = hidden;
    return state;
}

void SceneCanvas::setViewState(const QVariantMap& state) {
    SceneView view;
    const auto number = [&](const char* key) { return state[QLatin1String(key)].toDouble(); };
    if (state.contains(QStringLiteral("azimuth")) && std::isfinite(number("azimuth") + number("elevation"))) {
        view.camera = {0, 0};
        view.camera.turn(number("azimuth"), number("elevation"));
    }
    if (number("zoom") >= kLeastZoom && number("zoom") <= kMostZoom &&
        std::isfinite(number("x") + number("y"))) {
        view.zoom = number("zoom");
        view.shift = {number("x"), number("y")};
    }
    const QStringList hidden = state[QStringLiteral("hidden")].toStringList();
    view.hidden = QSet<QString>(hidden.begin(), hidden.end());
    m_view = std::move(view);
    redraw();
}

void SceneCanvas::home() {
    SceneView view;
    view.hidden = m_view.hidden;
    setView(std::move(view));
}

void SceneCanvas::setActiveGesture(int index) {
    FieldCanvas::setActiveGesture(index);
    m_lasso.clear();
    if (m_drag == Drag::Lasso) m_drag = Drag::None;
    const Gesture* gesture = activeGesture();
    if (gesture && gesture->kind != Gesture::Kind::Pick && gesture->kind != Gesture::Kind::Lasso)
        setReadout(tr(
            "In three dimensions a point can be picked and a lasso drawn, but no range and no rectangle."));
}

void SceneCanvas::setView(SceneView view) {
    view.zoom = std::clamp(view.zoom, kLeastZoom, kMostZoom);
    if (view == m_view) return;
    m_view = std::move(view);
    redraw();
    edited();
}

void SceneCanvas::toggleSeries(const QString& label) {
    SceneView view = m_view;
    if (!view.hidden.remove(label)) view.hidden.insert(label);
    setView(std::move(view));
}

void SceneCanvas::showAlone(const QString& label) {
    SceneView view = m_view;
    QSet<QString> others;
    for (const std::size_t named : m_model->named)
        if (m_model->series[named].label != label) others.insert(m_model->series[named].label);
    view.hidden = view.hidden == others ? QSet<QString>() : others;
    setView(std::move(view));
}

void SceneCanvas::zoomAt(const QPointF& position, double factor) {
    const SceneArrangement& now = arrangement();
    SceneView view = m_view;
    view.zoom = std::clamp(view.zoom * factor, kLeastZoom, kMostZoom);
    const double ratio = view.zoom / m_view.zoom;
    // What is under the position stays there.
    const QPointF by = (now.middle - position) * (ratio - 1) / (now.perUnit * now.reach);
    view.shift = (view.shift + QPointF(by.x(), -by.y())) / ratio;
    if (view.zoom == 1 && std::hypot(view.shift.x(), view.shift.y()) < 1e-6) view.shift = {};
    setView(std::move(view));
}

void SceneCanvas::turn(double azimuth_deg, double elevation_deg) {
    SceneView view = m_view;
    view.camera.turn(azimuth_deg, elevation_deg);
    setView(std::move(view));
}

void SceneCanvas::panBy(const QPointF& pixels) {
    SceneView view = m_view;
    view.shift += QPointF(pixels.x(), -pixels.y()) / (arrangement().perUnit * arrangement().reach);
    setView(std::move(view));
}

void SceneCanvas::resizeEvent(QResizeEvent* event) {
    FieldCanvas::resizeEvent(event);
    redraw();
}

}  // namespace latent::desktop
