// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Pages in tabs, in one or more panes side by side. A tab can be moved to a pane of its own and back.
//
// Pages are widgets that the caller makes; SplitTabs owns them. The pane that last had the focus is the
// active one and takes new pages. UI thread only.
//
//     tabs->addPage(page, icon("experiment"), tr("SIM: exact dynamics"));
//     tabs->splitCurrent();

#include <QIcon>
#include <QSplitter>
#include <QTabWidget>
#include <vector>

namespace latent::desktop {

class SplitTabs : public QSplitter {
    Q_OBJECT
  public:
    explicit SplitTabs(QWidget* parent = nullptr);

    void addPage(QWidget* page, const QIcon& icon, const QString& title);
    void setTitle(QWidget* page, const QString& title);
    void show(QWidget* page);
    QWidget* current() const;
    std::vector<QWidget*> pages() const;
    /// Pane that a page is in, from left to right.
    int paneOf(QWidget* page) const;

  public Q_SLOTS:
    /// Moves the current page into a pane to the right of its own (a new one if there is none).
    void splitCurrent();
    void moveToPane(QWidget* page, int pane);
    void closeCurrent();
    void closePage(QWidget* page);
    /// Everything back into one pane.
    void unsplit();
    void nextPage(int step);

  Q_SIGNALS:
    void currentChanged(QWidget* page);
    void aboutToClose(QWidget* page);
    void arranged();

  private:
    QTabWidget* makePane();
    QTabWidget* pane(int index) const;
    QTabWidget* holder(QWidget* page) const;
    void dropEmptyPanes();
    QTabWidget* m_active;
};

}  // namespace latent::desktop
