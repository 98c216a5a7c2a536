// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A page that is dragged by its tab: the tabs of a pane that let it go, and what travels with the mouse.
//
// Inside its bar a tab is moved by the bar itself; pulled out of it, the page is dragged and may be dropped on
// another pane, or at the side of one to get a pane of its own. UI thread only.
//
//     auto* pane = new PageTabs(splitter);
//     connect(pane, &PageTabs::pulledOut, splitter, &SplitTabs::drag);
//     QWidget* page = draggedPage(event->mimeData(), tabs->pages());

#include <QTabBar>
#include <QTabWidget>
#include <memory>
#include <vector>

class QMimeData;

namespace latent::desktop {

class PageBar final : public QTabBar {
    Q_OBJECT
  public:
    using QTabBar::QTabBar;

  Q_SIGNALS:
    void pulledOut(int index);

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    bool m_isHeld = false;
};

class PageTabs final : public QTabWidget {
    Q_OBJECT
  public:
    explicit PageTabs(QWidget* parent = nullptr);

  Q_SIGNALS:
    void pulledOut(QWidget* page);
    void reordered();
};

/// Names a page of this process. The caller owns it.
std::unique_ptr<QMimeData> dragOf(const QWidget* page);
/// The page that is named, where it is one of `pages`; null: something else is dragged.
QWidget* draggedPage(const QMimeData* data, const std::vector<QWidget*>& pages);

}  // namespace latent::desktop
