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
class QScrollArea;

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
    /// As high as its words, up to where they scroll.
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    FigurePtr m_figure;
    QLabel* m_label;
    QScrollArea* m_scroll;  ///< no layout holds it: a layout would answer for the height
};

}  // namespace latent::desktop
