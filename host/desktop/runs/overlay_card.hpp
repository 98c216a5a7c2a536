// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One overlaid figure in its frame: title, export, canvas, readout. UI thread only.
//
//     card->setFigure(overlay(figures));

#include <QFrame>

#include "desktop/views/canvas.hpp"

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace latent::desktop {

class OverlayCard : public QFrame {
    Q_OBJECT
  public:
    explicit OverlayCard(QWidget* parent = nullptr);
    void setFigure(const FigurePtr& figure);
    FigurePtr figure() const { return m_figure; }
    QVariantMap viewState() const { return m_canvas ? m_canvas->viewState() : QVariantMap(); }

  Q_SIGNALS:
    void exported(const QStringList& files);

  private:
    void exportAs();
    FigurePtr m_figure;
    FigureCanvas* m_canvas = nullptr;
    QLabel *m_title, *m_readout;
    QVBoxLayout* m_column;
};

}  // namespace latent::desktop
