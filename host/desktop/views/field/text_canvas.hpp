// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A paragraph with emphasis as in Markdown (*, **, `) and nothing else: no links, no HTML, no pictures. Longer ones scroll.
// UI thread only.
//
//     FigureCanvas* canvas = makeFieldCanvas(*figure, card);
//     canvas->setFigure(figure);

#include <QTextDocument>

#include "desktop/views/canvas.hpp"

class QLabel;

namespace latent::desktop {

/// The paragraph as safe HTML: everything is escaped but pairs of emphasis marks.
QString emphasised(const QString& paragraph);

class TextCanvas final : public FigureCanvas {
    Q_OBJECT
  public:
    explicit TextCanvas(QWidget* parent);
    void setFigure(FigurePtr figure) override;
    FigurePtr figure() const override { return m_figure; }
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) override;

  private:
    FigurePtr m_figure;
    QLabel* m_label;
};

}  // namespace latent::desktop
