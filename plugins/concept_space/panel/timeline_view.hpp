// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All frames at once: the loss of every combination over time, how many pairs break the order, and the frame cursor.
//
// Press and drag moves the cursor; keys as a slider's (arrows, page, home, end). Lines have the colour of their number of
// concepts; the selected combination stands out. The lines are drawn once and kept, so that moving the cursor costs nothing.
// UI thread.
//
//     auto* timeline = new TimelineView(state, this);

#include <QPixmap>
#include <QWidget>

#include "panel/hypercube_state.hpp"

namespace concept_space {

class TimelineView : public QWidget {
    Q_OBJECT
  public:
    explicit TimelineView(HypercubeState& state, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {560, 176}; }
    QSize minimumSizeHint() const override { return {240, 144}; }
    /// Of a frame, in this widget's coordinates.
    double xOf(std::size_t frame) const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override { QWidget::focusInEvent(event), update(); }
    void focusOutEvent(QFocusEvent* event) override { QWidget::focusOutEvent(event), update(); }

  private:
    QRectF plot() const;   ///< of the lines
    QRectF strip() const;  ///< of the broken pairs
    void drawAxes(QPainter& painter) const;
    void drawCurve(QPainter& painter, std::size_t node) const;
    void drawStrip(QPainter& painter) const;
    void drawCursor(QPainter& painter) const;
    const QPixmap& picture();
    void moveTo(double x);

    HypercubeState& m_state;
    QPixmap m_picture;
    int m_drawn = -1;  ///< revision of the picture
};

}  // namespace concept_space
