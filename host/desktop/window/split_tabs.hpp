// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Pages in tabs, in one or more panes side by side. A page is moved to the pane beside its own, or to a new
// one, by a key or by dragging its tab.
//
// Pages are widgets that the caller makes; SplitTabs owns them. The pane that last had the focus is the active one and
// takes new pages; a click anywhere in one makes it the active one. UI thread only.
//
//     tabs->addPage(page, icon("experiment"), tr("SIM: exact dynamics"));
//     tabs->splitCurrent();
//     const SplitTabs::Arrangement before = tabs->arrangement();  // and setArrangement(before) again

#include <QIcon>
#include <QList>
#include <QSplitter>
#include <vector>

class QRubberBand;
class QTabWidget;

namespace latent::desktop {

class PageTabs;

class SplitTabs : public QSplitter {
    Q_OBJECT
  public:
    /// The pages of each pane, from left to right.
    using Arrangement = QList<QList<QWidget*>>;
    explicit SplitTabs(QWidget* parent = nullptr);

    void addPage(QWidget* page, const QIcon& icon, const QString& title);
    void setTitle(QWidget* page, const QString& title);
    QString titleOf(QWidget* page) const;
    void show(QWidget* page);
    /// In front of its pane, which need not become the active one.
    void bringToFront(QWidget* page);
    bool isInFront(QWidget* page) const;
    QWidget* current() const;
    std::vector<QWidget*> pages() const;
    /// Pane that a page is in, from left to right.
    int paneOf(QWidget* page) const;
    Arrangement arrangement() const;
    /// Pages that it does not name stay behind those that it does; names that are gone are left out.
    void setArrangement(const Arrangement& wanted);
    /// Whether moveCurrent() would do something.
    bool canMove(int step) const;

  public Q_SLOTS:
    /// Moves the current page into the pane to the right of its own (a new one if there is none).
    void splitCurrent() { moveCurrent(1); }
    /// To the pane at the left (-1) or the right (1); at the right a new one if there is none.
    void moveCurrent(int step);
    /// `at`: place among the tabs; -1: the last.
    void moveToPane(QWidget* page, int pane, int at = -1);
    void closeCurrent();
    void closePage(QWidget* page);
    /// Everything back into one pane.
    void unsplit();
    void nextPage(int step);

  Q_SIGNALS:
    void currentChanged(QWidget* page);
    void aboutToClose(QWidget* page);
    /// A page came, went or was moved.
    void arranged();

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    /// Where a page would land: a pane, or a new one before it.
    struct Landing {
        int pane = 0, at = -1;
        bool isNew = false;
        QRect area;  ///< what is marked meanwhile
    };
    Landing landingOf(QWidget* page, const QPoint& where) const;
    void drag(QWidget* page);
    PageTabs* makePane(int index = -1);
    QTabWidget* pane(int index) const;
    QTabWidget* holder(QWidget* page) const;
    void put(QWidget* page, QTabWidget* to, int at);
    void activate(QWidget* inside);
    void shareWidth();
    void dropEmptyPanes();
    QTabWidget* m_active;
    QRubberBand* m_mark = nullptr;
    bool m_isArranging = false;
};

}  // namespace latent::desktop
