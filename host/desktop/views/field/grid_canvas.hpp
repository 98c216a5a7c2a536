// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The canvas of grids of images: tiles that fill the width, captions below them, one colour scale.
//
// Wheel zooms at the mouse, dragging pans, a double click shows all. A click makes the pick that is chosen, else it puts a
// shared cursor along the tiles on the tile. Keys: arrows move a pointer from cell to cell and on into the next tile (with
// Ctrl tile by tile), + and − zoom, Home shows all, comma and full stop step the first cursor, Space and Return click. UI
// thread; grids of more than two million cells are made ready on a pool thread.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include "desktop/views/field/field_canvas.hpp"
#include "desktop/views/field/grid_drawing.hpp"

namespace latent::desktop {

class GridCanvas final : public FieldCanvas {
    Q_OBJECT
  public:
    using FieldCanvas::FieldCanvas;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        return kind == engine::figures::Gesture::Kind::Pick;
    }
    QVariantMap viewState() const override;
    void setViewState(const QVariantMap& state) override;
    void home() override;
    /// As it is in the window now; where tests click.
    GridLayout layout() const;

  protected:
    void figureChanged(bool isAnother) override;
    QString sentence() const override;
    bool isBusy() const override { return m_isPanning; }
    void paintWindow(QPainter& painter) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void adopt(GridContentPtr content);
    void zoomAt(const QPointF& position, double factor);
    void setZoom(GridZoom zoom);
    void pointAt(std::optional<GridPixel> pixel);
    void movePointer(int down, int across, bool byTiles);
    void showPointed();
    void click();
    void stepCursor(int step);
    void moveCursor(const QString& name, qint64 index);
    std::optional<std::size_t> marked() const;
    void drawPointer(QPainter& painter, const GridLayout& layout) const;

    GridContentPtr m_content;
    GridImageCache m_images;
    std::uint64_t m_wish = 0;  ///< the newest content asked for
    GridZoom m_zoom, m_zoomAtPress;
    bool m_isPressed = false, m_isPanning = false, m_byKeyboard = false;
    QPointF m_pressed;
    std::optional<GridPixel> m_pointed;
    std::optional<std::pair<QString, qint64>> m_moved;  ///< a cursor ahead of the figure
};

}  // namespace latent::desktop
