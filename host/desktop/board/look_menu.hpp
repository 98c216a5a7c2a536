// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a person may change of a plot beside zooming: how much its curves are smoothed, and whether an axis is
// logarithmic. Entries of a card's menu that are there only where they make sense. UI thread only.
//
//     auto* look = new LookMenu(header->menu(), [this] { return m_canvas; });
//     connect(look, &LookMenu::chosen, this, [this](const QVariantMap& state) { m_canvas->setViewState(state); });

#include <QObject>
#include <functional>

#include "desktop/views/canvas.hpp"

class QAction;
class QActionGroup;
class QMenu;

namespace latent::desktop {

class LookMenu : public QObject {
    Q_OBJECT
  public:
    /// `canvas` may give null. The entries come at the end of the menu.
    LookMenu(QMenu* menu, std::function<FigureCanvas*()> canvas);

  Q_SIGNALS:
    /// The whole view state of the canvas, with the choice in it.
    void chosen(const QVariantMap& viewState);

  private:
    void refresh();
    void toggleScale(bool alongX, bool logarithmic);
    std::function<FigureCanvas*()> m_canvas;
    QMenu* m_smoothing;
    QActionGroup* m_weights;
    QAction *m_x, *m_y;
};

}  // namespace latent::desktop
