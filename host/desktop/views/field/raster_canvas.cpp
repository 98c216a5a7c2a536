// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_canvas.hpp"

#include <QPainter>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <array>
#include <cmath>

#include "desktop/views/field/brush_bar.hpp"
#include "desktop/views/field/cell_sampler.hpp"
#include "desktop/views/field/raster_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr std::array<std::size_t, 4> kMaskCategories{
    1, 3, 0, 6};  ///< seen on colour maps and told apart; the words are at the buttons
constexpr double kOtherMasks = 0.7;
constexpr double kHit_px = 8;   ///< the side of a cell that one can hit
constexpr int kSmallCells = 3;  ///< that a brush takes at once where one cannot

QVariantList listOf(const CellSide& side, const PlaceSpan& span) {
    const auto [low, high] = std::minmax({side.valueAt(span.low), side.valueAt(span.high)});
    return {low, high};
}

std::optional<PlaceSpan> spanOf(const CellSide& side, const QVariant& value) {
    const QVariantList list = value.toList();
    if (list.size() != 2) return std::nullopt;
    const double a = side.placeOf(list[0].toDouble()), b = side.placeOf(list[1].toDouble());
    const PlaceSpan span{std::min(a, b), std::max(a, b)};
    if (!std::isfinite(span.low) || !std::isfinite(span.high) || !(span.high > span.low)) return std::nullopt;
    return side.clamped(span);
}

}  // namespace

RasterCanvas::RasterCanvas(QWidget* parent) : FieldCanvas(parent), m_brushBar(new BrushBar(this)) {
    connect(m_brushBar, &BrushBar::sizeAsked, this, &RasterCanvas::setBrushSize);
    connect(m_brushBar, &BrushBar::eraserAsked, this, &RasterCanvas::setErasing);
    connect(m_brushBar, &BrushBar::clearAsked, this, &RasterCanvas::clearMask);
}

void RasterCanvas::figureChanged(bool isAnother) {
    if (isAnother) {
        m_zoom = {};
        m_swipe = 0.5;
        m_pointed.reset();
        m_masks.clear();
        m_gesture.reset();
        m_brushBar->hide();
        m_drag = Drag::None;
        endBox();
        m_content.reset();
    }
    if (m_drag != Drag::Cursor) m_dragged.reset();
    const std::uint64_t wish = ++m_wish;
    const auto* raster = body<Raster>();
    if (!raster || raster->z.size() <= kOverviewCells) return adopt(makeRasterContent(figure(), theme()));
    // The last picture stays until the new one is ready.
    QThreadPool::globalInstance()->start(
        [canvas = QPointer<RasterCanvas>(this), drawn = figure(), look = theme(), wish] {
            RasterContentPtr content = makeRasterContent(drawn, look);
            QMetaObject::invokeMethod(qApp, [canvas, content = std::move(content), wish] {
                if (canvas && canvas->m_wish == wish) canvas->adopt(content);
            });
        });
}

void RasterCanvas::adopt(RasterContentPtr content) {
    if (m_content && content) {
        const auto carry = [&](RasterZoom& zoom) {
            if (zoom.across) zoom.across = content->across.spanFrom(m_content->across, *zoom.across);
            if (zoom.down) zoom.down = content->down.spanFrom(m_content->down, *zoom.down);
        };
        carry(m_zoom);
        carry(m_zoomAtPress);
    }
    m_content = std::move(content);
    m_maskColours.clear();
    if (m_content)
        std::erase_if(m_masks, [&](const auto& one) {
            return !one.second.fits(m_content->raster().rows, m_content->raster().columns);
        });
    if (m_content && m_pointed &&
        (m_pointed->row >= m_content->raster().rows || m_pointed->column >= m_content->raster().columns))
        m_pointed.reset();
    if (!m_content || (m_boxCorner && (m_boxCorner->row >= m_content->raster().rows ||
                                       m_boxCorner->column >= m_content->raster().columns)))
        endBox();
    // What a drag began with borrows the sides of the content that has just gone.
    if (!m_content) m_drag = Drag::None;
    m_layoutAtPress = m_content ? layOut(*m_content, m_zoomAtPress, QRectF(rect()), theme()) : RasterLayout();
    placeBrushBar();
    update();
}

QString RasterCanvas::sentence() const {
    return m_content ? rasterSentence(*m_content, titleWords()) : nothingYet();
}

RasterLayout RasterCanvas::layout() const {
    return m_content ? layOut(*m_content, m_zoom, QRectF(rect()), theme()) : RasterLayout();
}

void RasterCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    RasterContentPtr content = m_content;
    if (!content || content->figure != figure() || content->theme != theme.kind)
        content = makeRasterContent(figure(), theme);
    if (!content) return drawSentence(painter, area, nothingYet(), theme);
    if (area.width() < 40 || area.height() < 40) return;
    const RasterLayout layout = layOut(*content, m_zoom, area, theme);
    drawRaster(painter, *content, layout, theme, nullptr, m_swipe);
    if (theme.kind == Theme::Kind::Paper) return;  // what is taken hold of belongs to the screen
    for (const SideCursor& cursor : cursors())
        drawRasterCursor(painter, layout, cursor.isAcross, cursor.cell, theme);
}

void RasterCanvas::paintWindow(QPainter& painter) {
    if (!m_content) {
        const auto* raster = body<Raster>();
        return drawSentence(painter, rect(),
                            raster && !raster->z.empty() ? tr("Preparing the picture…") : nothingYet(),
                            theme());
    }
    const RasterLayout layout = this->layout();
    drawRaster(painter, *m_content, layout, theme(),
               &m_image.images(m_content, layout, devicePixelRatioF(), theme()), m_swipe);
    drawMasks(painter, layout);
    for (const SideCursor& cursor : cursors())
        drawRasterCursor(painter, layout, cursor.isAcross, cursor.cell, theme());
    drawPointer(painter, layout);
}

/// What the chosen brush has painted, and fainter what the others have, each in a colour of its own. It is part of the
/// question, whatever gesture is chosen now.
void RasterCanvas::drawMasks(QPainter& painter, const RasterLayout& layout) {
    const double scale = devicePixelRatioF();
    const auto across = layout.across.rangesOf(static_cast<int>(std::lround(layout.raster.width() * scale)));
    const auto down = layout.down.rangesOf(static_cast<int>(std::lround(layout.raster.height() * scale)));
    for (const auto& [gesture, mask] : m_masks) {
        if (mask.isEmpty()) continue;
        auto colours = m_maskColours.find(gesture);
        if (colours == m_maskColours.end())
            colours =
                m_maskColours
                    .emplace(
                        gesture,
                        mask.colours(theme().categories[kMaskCategories[static_cast<std::size_t>(gesture) %
                                                                        kMaskCategories.size()]]))
                    .first;
        const QImage image = sampleCells(colours->second, across, down, Hatch(theme(), scale));
        painter.setOpacity(gesture == gestureIndex() ? 1 : kOtherMasks);
        painter.drawImage(layout.raster, image, QRectF(image.rect()));
    }
    painter.setOpacity(1);
}

void RasterCanvas::drawPointer(QPainter& painter, const RasterLayout& layout) const {
    const Theme& look = theme();
    painter.save();
    painter.setClipRect(layout.raster.adjusted(-1, -1, 1, 1));
    painter.setBrush(Qt::NoBrush);
    if (m_pointed && !m_box && m_drag != Drag::Pan) {
        QRectF cell = layout.rectOf(*m_pointed);
        // On whole pixels, so that the hairs and the frame are sharp.
        const QPointF at(std::round(cell.center().x()) + 0.5, std::round(cell.center().y()) + 0.5);
        for (const auto& [colour, style] :
             {std::pair(look.panel, Qt::SolidLine), std::pair(look.text, Qt::DotLine)}) {
            QColor hair = colour;
            hair.setAlphaF(0.45f);
            painter.setPen(QPen(hair, 1, style));
            painter.drawLine(QPointF(layout.raster.left(), at.y()), QPointF(cell.left(), at.y()));
            painter.drawLine(QPointF(cell.right(), at.y()), QPointF(layout.raster.right(), at.y()));
            painter.drawLine(QPointF(at.x(), layout.raster.top()), QPointF(at.x(), cell.top()));
            painter.drawLine(QPointF(at.x(), cell.bottom()), QPointF(at.x(), layout.raster.bottom()));
        }
        if (cell.width() < 6 || cell.height() < 6)
            cell = cell.united(QRectF(cell.center() - QPointF(3, 3), QSizeF(6, 6)));
        painter.setPen(QPen(look.panel, 3));
        painter.drawRect(cell);
        painter.setPen(QPen(m_byKeyboard ? look.accent : look.text, 1.5));
        painter.drawRect(cell);
        if (m_gesture && m_gesture->isBrush()) {
            // The brush itself, in cells.
            const double wide = cell.width() * brushSize(), high = cell.height() * brushSize();
            painter.setPen(QPen(look.panel, 2.5));
            painter.drawEllipse(m_byKeyboard ? cell.center() : m_last, wide / 2, high / 2);
            painter.setPen(QPen(look.text, 1));
            painter.drawEllipse(m_byKeyboard ? cell.center() : m_last, wide / 2, high / 2);
        }
    }
    QColor fill = look.accent;
    fill.setAlphaF(0.18f);
    const auto drawShape = [&](auto&& draw) {
        painter.setBrush(fill);
        painter.setPen(QPen(look.panel, 3));
        draw();
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.accent, 1.5));
        draw();
    };
    if (m_box) drawShape([&] { painter.drawRect(*m_box); });
    if (m_gesture && m_gesture->isActive()) {
        if (const auto band = m_gesture->band(layout)) drawShape([&] { painter.drawRect(*band); });
        if (m_gesture->kind() == Gesture::Kind::Lasso && m_gesture->lasso().size() > 1)
            drawShape([&] { painter.drawPolygon(m_gesture->lasso()); });
    }
    painter.restore();
}

QVariantMap RasterCanvas::viewState() const {
    QVariantMap state;
    if (!m_content) return state;
    if (m_zoom.across) state[QStringLiteral("x")] = listOf(m_content->across, *m_zoom.across);
    if (m_zoom.down) state[QStringLiteral("y")] = listOf(m_content->down, *m_zoom.down);
    if (m_content->left && m_swipe != 0.5) state[QStringLiteral("swipe")] = m_swipe;
    return state;
}

void RasterCanvas::setViewState(const QVariantMap& state) {
    if (!m_content && !(m_content = makeRasterContent(figure(), theme()))) return;
    m_zoom = {spanOf(m_content->across, state[QStringLiteral("x")]),
              spanOf(m_content->down, state[QStringLiteral("y")])};
    const double swipe = state.value(QStringLiteral("swipe"), 0.5).toDouble();
    m_swipe = std::isfinite(swipe) ? std::clamp(swipe, 0.0, 1.0) : 0.5;
    placeBrushBar();
    update();
}

void RasterCanvas::home() {
    if (m_zoom.isHome() && m_swipe == 0.5) return;
    m_zoom = {};
    m_swipe = 0.5;
    placeBrushBar();
    edited();
}

void RasterCanvas::setActiveGesture(int index) {
    FieldCanvas::setActiveGesture(index);
    m_gesture.reset();
    if (const Gesture* gesture = activeGesture()) m_gesture.emplace(*gesture);
    m_brushBar->setVisible(false);
    if (m_gesture && m_gesture->isBrush()) m_brushBar->show(brushSize(), m_isErasing);
    placeBrushBar();
}

void RasterCanvas::placeBrushBar() {
    if (!m_content || m_brushBar->isHidden()) return;
    m_brushBar->show(brushSize(), m_isErasing);  // which goes with the size of the cells
    const QRectF raster = layout().raster;
    // Beside or below the picture where there is room: what is painted on should be seen.
    QPointF corner(raster.right() - m_brushBar->width() - space::tight, raster.top() + space::tight);
    const double leftRoom = raster.left(), below = height() - raster.bottom();
    if (raster.height() < 4 * m_brushBar->height()) {
        if (below > m_brushBar->height() + space::inside)
            corner = {raster.center().x() - m_brushBar->width() / 2.0, height() - m_brushBar->height() - 1.0};
        else if (leftRoom > m_brushBar->width() + space::tight)
            corner = {0, raster.top()};
    }
    const double most = std::max(0, width() - m_brushBar->width());
    m_brushBar->move(static_cast<int>(std::clamp(corner.x(), 0.0, most)), static_cast<int>(corner.y()));
    m_brushBar->raise();
}

void RasterCanvas::resizeEvent(QResizeEvent* event) {
    FieldCanvas::resizeEvent(event);
    placeBrushBar();
}

void RasterCanvas::setBrushSize(int cells) {
    if (!m_content) return;
    const auto most = static_cast<int>(std::max(m_content->raster().rows, m_content->raster().columns));
    m_brushSize = std::clamp(cells, 1, std::max(1, most));
    placeBrushBar();
    update();
}

int RasterCanvas::brushSize() const {
    if (m_brushSize || !m_content) return m_brushSize.value_or(1);
    const RasterLayout now = layout();
    return std::min(now.across.smallestCell_px(), now.down.smallestCell_px()) < kHit_px ? kSmallCells : 1;
}

void RasterCanvas::setErasing(bool erases) {
    m_isErasing = erases;
    placeBrushBar();
}

void RasterCanvas::forgetPainted() {
    m_masks.clear();
    m_maskColours.clear();
    update();
}

void RasterCanvas::clearMask() {
    if (!m_content || !m_gesture || !m_gesture->isBrush()) return;
    mask().clear();
    m_maskColours.clear();
    update();
    Q_EMIT gestured(gestureIndex(), nlohmann::json{{"mask", mask().toJson()}});
}

}  // namespace latent::desktop
