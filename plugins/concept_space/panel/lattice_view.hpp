// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The picture: combinations as discs in the colour of their loss, edges of the cube, what grew from what, what breaks the order.
//
// Nothing is told by colour alone: a disc has its loss beside it, a broken edge is dashed and marked, a learned combination
// has a number. Mouse: hover reads out, a click selects. Keys: left and right move the frame (page up and down by ten, home
// and end to the ends), the digits put a concept into the selected combination or take it out, escape selects nothing.
// UI thread.
//
//     auto* view = new LatticeView(state, this);

#include <QWidget>
#include <optional>

#include "panel/hypercube_state.hpp"

class QPainter;

namespace concept_space {

class LatticeView : public QWidget {
    Q_OBJECT
  public:
    explicit LatticeView(HypercubeState& state, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {560, 380}; }
    QSize minimumSizeHint() const override { return {280, 220}; }
    QPointF centreOf(std::size_t node) const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Sizes {
        QRectF area;  ///< of the centres
        double radius = 0;
        bool names = false;   ///< room for the name in a disc
        bool losses = false;  ///< room for the loss under it
    };
    Sizes sizes() const;
    std::optional<std::size_t> nodeAt(const QPointF& point) const;
    void drawEdges(QPainter& painter) const;
    void drawGrowth(QPainter& painter) const;
    void drawBroken(QPainter& painter) const;
    void drawMarks(QPainter& painter) const;
    void drawNode(QPainter& painter, const Sizes& s, std::size_t node) const;
    void drawRank(QPainter& painter, const Sizes& s, std::size_t node, const QPointF& centre) const;
    void describe();

    HypercubeState& m_state;
};

}  // namespace concept_space
