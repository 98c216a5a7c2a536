// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures beside their sliders, or, in a pane that is narrow and high or has no room for both beside each other, figures
// above them: then each keeps the height in which it can be read (low_pane.hpp lets them scroll). UI thread only.
//
//     auto* splitter = new FoldingSplitter({.least = 500, .first = 200, .side = 328}, page);
//     splitter->addWidget(figures);
//     splitter->addWidget(form);

#include <QSplitter>

namespace latent::desktop {

struct FoldingWidths {
    int least = 0;  ///< pixels: narrower than this, and higher than wide, the second stands below the first
    int first = 0;  ///< pixels that the first one needs to stand beside the second
    int side = 0;   ///< pixels that the second one gets beside the first
    int high = 0;   ///< pixels of height that the first one keeps above the second
};

class FoldingSplitter final : public QSplitter {
  public:
    FoldingSplitter(FoldingWidths widths, QWidget* parent);
    QSize minimumSizeHint() const override;
    /// For the pane that is seen; without a call, for the size that it has itself.
    void foldFor(const QSize& pane);

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fold(const QSize& pane);
    void share();
    void keepHeights();
    FoldingWidths m_widths;
    QSize m_pane;
    bool m_isShared = false;  ///< once; then it is the person's
};

}  // namespace latent::desktop
