// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/grid_canvas.hpp"

#include <QPainter>
#include <QPointer>
#include <QThreadPool>
#include <cmath>

#include "desktop/views/field/grid_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kMostZoom = 64;

}  // namespace

void GridCanvas::figureChanged(bool isAnother) {
    if (isAnother) {
        m_zoom = {};
        m_pointed.reset();
        m_content.reset();
        m_isPressed = m_isPanning = false;
    }
    m_moved.reset();
    const std::uint64_t wish = ++m_wish;
    const auto* grid = body<ImageGrid>();
    if (!grid || sizeOfGrid(*grid) <= kOverviewCells) return adopt(makeGridContent(figure(), theme()));
    // The last picture stays until the new one is ready.
    QThreadPool::globalInstance()->start(
        [canvas = QPointer<GridCanvas>(this), drawn = figure(), look = theme(), wish] {
            GridContentPtr content = makeGridContent(drawn, look);
            QMetaObject::invokeMethod(qApp, [canvas, content = std::move(content), wish] {
                if (canvas && canvas->m_wish == wish) canvas->adopt(content);
            });
        });
}

void GridCanvas::adopt(GridContentPtr content) {
    m_content = std::move(content);
    const auto fits = [&](const GridPixel& p) {
        return p.tile < m_content->tiles.size() && p.row < m_content->grid().rows &&
               p.column < m_content->grid().columns;
    };
    if (m_pointed && (!m_content || !fits(*m_pointed))) m_pointed.reset();
    update();
}

QString GridCanvas::sentence() const {
    return m_content ? gridSentence(*m_content, titleWords()) : nothingYet();
}

GridLayout GridCanvas::layout() const {
    return m_content ? layOut(*m_content, m_zoom, QRectF(rect()), theme()) : GridLayout();
}

std::optional<std::size_t> GridCanvas::marked() const {
    if (!m_content) return std::nullopt;
    for (CursorPlace cursor : m_content->figure->cursors) {
        if (m_moved && m_moved->first == QString::fromStdString(cursor.name)) cursor.index = m_moved->second;
        if (const auto tile = m_content->tileOf(cursor)) return tile;
    }
    return std::nullopt;
}

void GridCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    GridContentPtr content = m_content;
    if (!content || content->figure != figure() || content->theme != theme.kind)
        content = makeGridContent(figure(), theme);
    if (!content) return drawSentence(painter, area, nothingYet(), theme);
    if (area.width() < 40 || area.height() < 24) return;
    const GridLayout layout = layOut(*content, m_zoom, area, theme);
    drawGrid(painter, {content, layout, theme, nullptr, marked()});
}

void GridCanvas::paintWindow(QPainter& painter) {
    if (!m_content)
        return drawSentence(painter, rect(),
                            body<ImageGrid>() && sizeOfGrid(*body<ImageGrid>()) > 0
                                ? tr("Preparing the pictures…")
                                : nothingYet(),
                            theme());
    const GridLayout layout = this->layout();
    drawGrid(painter, {m_content, layout, theme(), &m_images, marked()});
    drawPointer(painter, layout);
}

void GridCanvas::drawPointer(QPainter& painter, const GridLayout& layout) const {
    if (!m_pointed || m_isPanning) return;
    const Theme& look = theme();
    painter.save();
    painter.setClipRect(layout.window);
    QRectF cell = layout.rectOf(*m_pointed);
    if (cell.width() < 6 || cell.height() < 6)
        cell = cell.united(QRectF(cell.center() - QPointF(3, 3), QSizeF(6, 6)));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.panel, 3));
    painter.drawRect(cell);
    painter.setPen(QPen(m_byKeyboard ? look.accent : look.text, 1.5));
    painter.drawRect(cell);
    painter.restore();
}

QVariantMap GridCanvas::viewState() const {
    if (m_zoom.isHome()) return {};
    return {{QStringLiteral("zoom"), m_zoom.factor},
            {QStringLiteral("x"), m_zoom.middle.x()},
            {QStringLiteral("y"), m_zoom.middle.y()}};
}

void GridCanvas::setViewState(const QVariantMap& state) {
    m_zoom = {};
    const double factor = state[QStringLiteral("zoom")].toDouble(), x = state[QStringLiteral("x")].toDouble(),
                 y = state[QStringLiteral("y")].toDouble();
    if (factor > 1 && factor <= kMostZoom && x >= 0 && x <= 1 && y >= 0 && y <= 1) m_zoom = {factor, {x, y}};
    update();
}

void GridCanvas::home() {
    if (m_zoom.isHome()) return;
    m_zoom = {};
    edited();
}

void GridCanvas::setZoom(GridZoom zoom) {
    zoom.factor = std::clamp(zoom.factor, 1.0, kMostZoom);
    zoom.middle = zoom.isHome()
                      ? QPointF(0.5, 0.5)
                      : QPointF(std::clamp(zoom.middle.x(), 0.0, 1.0), std::clamp(zoom.middle.y(), 0.0, 1.0));
    if (zoom == m_zoom) return;
    m_zoom = zoom;
    edited();
}

/// What is under the position stays there.
void GridCanvas::zoomAt(const QPointF& position, double factor) {
    const GridLayout before = layout();
    if (before.count == 0 || before.grid.isEmpty()) return;
    const QPointF part((position.x() - before.grid.left()) / before.grid.width(),
                       (position.y() - before.grid.top()) / before.grid.height());
    GridZoom zoom{std::clamp(m_zoom.factor * factor, 1.0, kMostZoom), m_zoom.middle};
    const GridLayout after = layOut(*m_content, zoom, QRectF(rect()), theme());
    const QPointF offset = position - after.window.center();
    zoom.middle =
        QPointF(part.x() - offset.x() / after.grid.width(), part.y() - offset.y() / after.grid.height());
    setZoom(zoom);
}

}  // namespace latent::desktop
