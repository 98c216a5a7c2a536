// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The whole panel: title and choosers, the picture with its legend, words for what it shows, the timeline with play.
//
// UI thread. `state` outlives it.
//
//     auto* widget = new HypercubeWidget(state, parent);

#include <QTimer>
#include <QWidget>

#include "panel/hypercube_state.hpp"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace concept_space {

class LatticeView;
class TimelineView;

class HypercubeWidget : public QWidget {
    Q_OBJECT
  public:
    explicit HypercubeWidget(HypercubeState& state, QWidget* parent = nullptr);
    LatticeView* picture() const { return m_picture; }
    TimelineView* timeline() const { return m_timeline; }
    /// What the line under the picture says: whether the order of subsets holds, and what that means.
    std::pair<QString, QString> verdict() const;
    QSize minimumSizeHint() const override { return {320, 360}; }

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* makeHeader();
    QWidget* makeSide();
    QWidget* makeFoot();
    void fillChoosers();
    void showWords();
    void showVerdict();
    void showTheme();
    void play(bool on);

    HypercubeState& m_state;
    LatticeView* m_picture;
    TimelineView* m_timeline;
    QWidget *m_choosers, *m_side, *m_foot;
    QHBoxLayout* m_chooserRow;
    QToolButton *m_play, *m_logarithmic;
    QLabel *m_when, *m_verdict, *m_verdictMark, *m_about, *m_aboutTitle;
    QTimer m_clock;
};

}  // namespace concept_space
