// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The brush's own controls over a raster: size, eraser, clear. Shown while a brush gesture is chosen.
//
// UI thread; owned by its canvas, which tells it the size and hears what is asked.
//
//     auto* bar = new BrushBar(this);
//     connect(bar, &BrushBar::sizeAsked, this, &RasterCanvas::setBrushSize);

#include <QFrame>

class QLabel;
class QToolButton;

namespace latent::desktop {

class BrushBar final : public QFrame {
    Q_OBJECT
  public:
    explicit BrushBar(QWidget* parent);
    void show(int size, bool erases);

  Q_SIGNALS:
    void sizeAsked(int size);
    void eraserAsked(bool erases);
    void clearAsked();

  private:
    QToolButton* button(const QString& icon, const QString& words);
    QLabel* m_size;
    QToolButton* m_eraser;
    int m_cells = 3;
};

}  // namespace latent::desktop
