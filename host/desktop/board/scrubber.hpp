// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A slider over one shared cursor, with play, single steps, and the words "frame 124 of 200 · time 6.2".
//
// It shows where the cursor of a FigureSource stands and moves it; play advances it at a rate that crosses the whole
// dimension in about eight seconds. Keys: arrows step, Home and End jump, space plays. UI thread only.
//
//     auto* scrubber = new Scrubber(source, this);
//     scrubber->setPlace(figure->cursors.front());

#include <QTimer>
#include <QWidget>

#include "desktop/live/figure_source.hpp"

class QLabel;
class QSlider;
class QToolButton;

namespace latent::desktop {

class Scrubber : public QWidget {
    Q_OBJECT
  public:
    explicit Scrubber(FigureSource& source, QWidget* parent = nullptr);
    void setPlace(const engine::figures::CursorPlace& place);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void play(bool on);
    void advance();
    void say();
    FigureSource& m_source;
    engine::figures::CursorPlace m_place;
    QSlider* m_slider;
    QToolButton* m_play;
    QLabel* m_words;
    QTimer m_timer;
    int m_widest = 0;          ///< of the words so far
    qsizetype m_form = -1;     ///< in which they are: full, or shorter
};

}  // namespace latent::desktop
