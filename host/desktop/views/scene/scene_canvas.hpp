// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The canvas of points and paths in three dimensions.
//
// Dragging turns the scene, the wheel zooms at the mouse, Shift or the middle button pan, a double click shows all. The mouse
// next to a point reads it out; a mark of a shared cursor is dragged along its path. Keys: arrows turn (with Shift a degree
// at a time, with Ctrl they pan), + and − zoom, Home shows all, comma and full stop step the first cursor; page up and down
// walk along the points of a series, Space and Return pick the one that is read out. UI thread.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <QPixmap>

#include "desktop/views/field/field_canvas.hpp"
#include "desktop/views/scene/scene_drawing.hpp"

namespace latent::desktop {

class KeyButton;

class SceneCanvas final : public FieldCanvas {
    Q_OBJECT
  public:
    using FieldCanvas::FieldCanvas;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;
    bool makes(engine::figures::Gesture::Kind kind) const override {
        return kind == engine::figures::Gesture::Kind::Pick || kind == engine::figures::Gesture::Kind::Lasso;
    }
    QVariantMap viewState() const override;
    void setViewState(const QVariantMap& state) override;
    void home() override;
    void setActiveGesture(int index) override;
    void toggleSeries(const QString& label);
    void showAlone(const QString& label);
    /// As it is in the window now; where tests click.
    const SceneArrangement& arrangement();
    const SceneModel* model() const { return m_model.get(); }

  protected:
    void figureChanged(bool isAnother) override;
    QString sentence() const override;
    bool isBusy() const override { return m_drag != Drag::None; }
    void paintWindow(QPainter& painter) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    enum class Drag { None, Turn, Pan, Cursor, Lasso };

    void setView(SceneView view);
    void redraw();
    void arrangeKey();
    void zoomAt(const QPointF& position, double factor);
    void turn(double azimuth_deg, double elevation_deg);
    void panBy(const QPointF& pixels);
    void pointAt(std::optional<SceneHit> hit);
    void walk(int step);
    void pick();
    std::optional<SceneMark> markAt(const QPointF& position) const;
    void dragCursor(const QPointF& position);
    void stepCursor(int step);
    void moveCursor(const QString& name, qint64 index);

    SceneModelPtr m_model;
    SceneView m_view, m_viewAtPress;
    std::optional<SceneArrangement> m_arranged;  ///< none: to be made
    QPixmap m_base;                              ///< all but what the pointer adds; null: to be drawn
    std::vector<KeyButton*> m_keyButtons;
    Drag m_drag = Drag::None;
    QPointF m_pressed;
    bool m_hasMoved = false, m_byKeyboard = false;
    std::optional<SceneHit> m_hit;
    std::optional<SceneMark> m_grabbed;
    QPolygonF m_lasso;
    std::optional<std::pair<QString, qint64>> m_moved;  ///< a cursor ahead of the figure
};

}  // namespace latent::desktop
