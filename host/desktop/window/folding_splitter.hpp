// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures beside their sliders, or, in a pane that is narrow and high or has no room for both beside each other, figures
// above them. UI thread only.
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
};

class FoldingSplitter final : public QSplitter {
  public:
    FoldingSplitter(FoldingWidths widths, QWidget* parent);
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void share();
    FoldingWidths m_widths;
    bool m_isShared = false;  ///< once; then it is the person's
};

}  // namespace latent::desktop
