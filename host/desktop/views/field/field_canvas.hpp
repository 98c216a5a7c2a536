// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What all painted field canvases share: the figure, the chosen gesture, the readout, the focus ring, and words for those who
// do not see the picture.
//
// A subclass draws into any painter (paint), takes over a new figure (figureChanged) and says in a sentence what is drawn.
// UI thread; the canvas shares the figure with whoever resolved it.
//
//     class RasterCanvas final : public FieldCanvas {
//         void figureChanged(bool isAnother) override;
//         QString sentence() const override;      // "Heat map weights, 4 by 4, from −0.2 to 1."
//     };

#include "desktop/views/canvas.hpp"

namespace latent::desktop {

class FieldCanvas : public FigureCanvas {
    Q_OBJECT
  public:
    explicit FieldCanvas(QWidget* parent);
    void setFigure(FigurePtr figure) final;
    FigurePtr figure() const final { return m_figure; }
    void setActiveGesture(int index) override;
    QSize sizeHint() const override { return {480, 320}; }
    QSize minimumSizeHint() const override { return {160, 110}; }

  protected:
    /// The figure is another one (zoom and rotation start anew), or the same one with other numbers. May be null.
    virtual void figureChanged(bool isAnother) = 0;
    /// One sentence that says what is drawn.
    virtual QString sentence() const = 0;
    /// Whether Escape would end something here, and is not for the dialog or board around.
    virtual bool isBusy() const { return false; }

    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent*) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void leaveEvent(QEvent* event) override;
    /// The drawing in the window with whatever only the window has: pointer, shapes of gestures.
    virtual void paintWindow(QPainter& painter) { paint(painter, QRectF(rect()), theme()); }

    /// Body of the figure, when it is one of this kind and something is in it.
    template <class Body>
    const Body* body() const {
        return m_figure && !m_figure->isEmpty ? std::get_if<Body>(&m_figure->body) : nullptr;
    }
    const engine::figures::Gesture* activeGesture() const;
    int gestureIndex() const { return m_gestureIndex; }
    void setReadout(const QString& words);
    /// The view was changed by hand.
    void edited();
    QString titleWords() const;
    /// The sentence where there is nothing to draw.
    QString nothingYet() const { return tr("%1: nothing is drawn yet.").arg(titleWords()); }

  private:
    void describe();
    FigurePtr m_figure;
    int m_gestureIndex = -1;
    bool m_readsOut = false;
    bool m_hasKeyboardFocus = false;
};

/// A sentence in the middle of an area, where there is nothing to draw.
void drawSentence(QPainter& painter, const QRectF& area, const QString& words, const Theme& theme);

}  // namespace latent::desktop
