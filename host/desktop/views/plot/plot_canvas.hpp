// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The canvas of lines, points and trajectories in two dimensions, and histograms.
//
// A PlotScene in a widget: this class turns mouse, wheel and keys into zoom, cursors, toggled series and gestures, and
// figures into scenes. Keys: arrows pan, + and − zoom, B begins a box that arrows and Space
// draw, Home shows all data, comma and full stop step the first cursor; with a gesture chosen, arrows move a pointer and
// Space begins and ends the gesture, Escape gives it up. UI thread.
//
//     FigureCanvas* canvas = makePlotCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <optional>

#include "desktop/views/canvas.hpp"
#include "desktop/views/plot/adjusted_figure.hpp"
#include "desktop/views/plot/key_button.hpp"
#include "desktop/views/plot/plot_gesture.hpp"
#include "desktop/views/plot/plot_scene.hpp"
#include "desktop/views/plot/plot_zoom.hpp"

namespace latent::desktop {

class PlotCanvas final : public FigureCanvas {
    Q_OBJECT
  public:
    explicit PlotCanvas(QWidget* parent = nullptr);
    ~PlotCanvas() override;

    void setFigure(FigurePtr figure) override;
    FigurePtr figure() const override { return m_given; }
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        // It has no pixels to paint and no nodes to join.
        return kind != engine::figures::Gesture::Kind::Brush &&
               kind != engine::figures::Gesture::Kind::Connect;
    }
    QVariantMap viewState() const override;
    void setViewState(const QVariantMap& state) override;
    QSize sizeHint() const override { return {480, 300}; }
    QSize minimumSizeHint() const override { return {160, 110}; }
    const PlotScene& scene() const { return m_scene; }

    void home() override;
    void setActiveGesture(int index) override;
    void toggleSeries(const QString& label);
    void showAlone(const QString& label);

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    enum class Drag { None, Pan, Box, Cursor, Gesture };

    void rebuild();
    void render();
    void arrangeKey();
    void edited();
    void startDrag(Drag drag, const QPointF& position);
    void endDrag(const QPointF& position);
    void boxTo(const QPointF& position);
    /// The cursor whose line or mark is under the mouse.
    const engine::figures::CursorPlace* cursorAt(const QPointF& position) const;
    void dragCursor(const QPointF& position);
    void stepCursor(int step);
    void hover(const QPointF& position);
    bool gestureKey(QKeyEvent* event);
    bool pointerKey(QKeyEvent* event);
    void beginBox();
    bool boxKey(QKeyEvent* event);
    void endBox();
    void moveKeyboardPointer(const QPointF& by);
    void finishGesture();
    QRectF axes() const { return m_scene.map().area; }

    class Plot;
    Plot* m_plot;
    PlotScene m_scene;
    FigurePtr m_given, m_figure;  ///< as it came, and as it is shown: smoothed, on other scales
    Adjustment m_adjustment;
    std::vector<KeyButton*> m_keyButtons;
    Drag m_drag = Drag::None;
    QPointF m_pressed;
    bool m_hasMoved = false;
    std::optional<PanStart> m_pan;
    PlotAxes m_axes;
    QString m_draggedCursor;
    int m_gestureIndex = -1;
    std::optional<PlotGesture> m_gesture;
    bool m_readsOut = false;
    enum class KeyBox { None, Placing, Drawing } m_keyBox = KeyBox::None;
};

}  // namespace latent::desktop
