// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Figures and sliders in a pane that may be too low for both: there they scroll together, each as high as it can be read.
//
// Asks for as much width as what it holds, and for hardly any height. UI thread.
//
//     auto* pane = new LowPane(splitter, page);
//     tabs->addTab(pane, tr("What if?"));

#include <QScrollArea>

#include "desktop/window/folding_splitter.hpp"

namespace latent::desktop {

class LowPane final : public QScrollArea {
  public:
    LowPane(FoldingSplitter* content, QWidget* parent);
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    FoldingSplitter* m_content;
};

}  // namespace latent::desktop
