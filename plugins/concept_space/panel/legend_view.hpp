// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the colours and marks of the picture mean. Painted with the marks of the picture itself. UI thread.
//
//     column->addWidget(new LegendView(state, this));

#include <QWidget>

#include "panel/hypercube_state.hpp"

namespace concept_space {

class LegendView : public QWidget {
    Q_OBJECT
  public:
    explicit LegendView(HypercubeState& state, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void drawBar(QPainter& painter, const QRectF& area) const;
    void drawLevels(QPainter& painter, QPointF at) const;
    HypercubeState& m_state;
};

}  // namespace concept_space
