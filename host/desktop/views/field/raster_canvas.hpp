// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The canvas of heat maps and images.
//
// Wheel zooms at the mouse, dragging pans, a box is drawn with the right button or Shift, a double click shows all. A click
// with no gesture chosen gives index −1 and the cell, by which a sweep opens its run. Keys: arrows move a pointer from cell
// to cell (with Ctrl ten), + and − zoom, B begins a box of
// which Space sets the corners, Home shows all, comma and full stop step the first cursor, < and > move the swiping
// line, Space begins and ends a gesture, Return clicks, Escape gives up. The brush: [ and ] size, E eraser, Delete clears; its right button erases. UI thread;
// rasters of more than two million cells are made ready on a pool thread.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <map>
#include <optional>

#include "desktop/views/field/field_canvas.hpp"
#include "desktop/views/field/raster_drawing.hpp"
#include "desktop/views/field/raster_gesture.hpp"

namespace latent::desktop {

class BrushBar;

class RasterCanvas final : public FieldCanvas {
    Q_OBJECT
  public:
    explicit RasterCanvas(QWidget* parent);
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        return kind != engine::figures::Gesture::Kind::Connect;  // which joins the nodes of graphs
    }
    QVariantMap viewState() const override;
    void setViewState(const QVariantMap& state) override;
    void home() override;
    void setActiveGesture(int index) override;
    void forgetPainted() override;
    void setBrushSize(int cells);
    /// One cell where one can be hit, three where cells are small on the screen; or what was set.
    int brushSize() const;
    void setErasing(bool erases);
    void clearMask();
    /// As it is in the window now; where tests click.
    RasterLayout layout() const;
    bool isReady() const { return m_content != nullptr; }

  protected:
    void figureChanged(bool isAnother) override;
    QString sentence() const override;
    bool isBusy() const override {
        return m_drag != Drag::None || m_placesBox || (m_gesture && m_gesture->isActive());
    }
    void paintWindow(QPainter& painter) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    enum class Drag { None, Pan, Box, Cursor, Swipe, Gesture };
    struct Axes {
        bool across = true, down = true;
    };
    /// A shared cursor along one of the sides.
    struct SideCursor {
        const engine::figures::CursorPlace* place = nullptr;
        bool isAcross = true;
        std::size_t cell = 0;
    };

    void adopt(RasterContentPtr content);
    void setZoom(RasterZoom zoom);
    void zoomAt(const QPointF& position, double factor, Axes axes);
    void zoomTo(const QRectF& box, Axes axes);
    void panBy(const QPointF& pixels, Axes axes);
    Axes axesAt(const QPointF& position) const;
    void hover(const QPointF& position);
    void pointAt(std::optional<Cell> cell);
    void movePointer(int down, int across);
    void startDrag(Drag drag, const QPointF& position);
    void finishGesture();
    void click(const Cell& cell);
    bool brushKey(int key);
    bool boxKey(int key);
    void endBox();
    RasterTools tools(bool erases);
    BrushMask& mask();
    void drawMasks(QPainter& painter, const RasterLayout& layout);
    void placeBrushBar();
    bool isOnSwipe(const QPointF& position) const;
    void setSwipe(double share);
    void drawPointer(QPainter& painter, const RasterLayout& layout) const;
    std::vector<SideCursor> cursors() const;
    std::optional<SideCursor> cursorAt(const QPointF& position) const;
    qint64 indexOfCell(const SideCursor& cursor, std::size_t cell) const;
    void moveCursor(QString name,
                    qint64 index);  ///< a copy: the name may be that of the cursor that is replaced

    RasterContentPtr m_content;
    RasterImageCache m_image;
    RasterZoom m_zoom, m_zoomAtPress;
    double m_swipe = 0.5;      ///< share of the width that lies left of the swiping line
    std::uint64_t m_wish = 0;  ///< the newest content asked for
    Drag m_drag = Drag::None;
    QPointF m_pressed, m_last;
    bool m_hasMoved = false, m_isErasing = false, m_rightErases = false;
    Axes m_axes;
    RasterLayout m_layoutAtPress;
    std::optional<QRectF> m_box;
    bool m_placesBox = false;         ///< a corner of a box is looked for with the keyboard
    std::optional<Cell> m_boxCorner;  ///< the first one, once it is set
    std::optional<Cell> m_pointed;
    bool m_byKeyboard = false;
    std::optional<RasterGesture> m_gesture;
    std::map<int, BrushMask>
        m_masks;  ///< what each brush has painted, by its gesture: lit pixels are no shadow
    std::map<int, CellColours> m_maskColours;  ///< of the masks as they are; absent: to be made
    std::optional<int> m_brushSize;            ///< as it was set, in cells
    BrushBar* m_brushBar;
    std::optional<std::pair<QString, qint64>> m_dragged;  ///< a cursor ahead of the figure
};

}  // namespace latent::desktop
