// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Makes what a person does to the pages of a window something that can be undone: closed, moved to another
// pane, put in another order.
//
// It compares which page stands where whenever the tabs say that they were arranged. A page that is opened is
// no edit, and what the program itself restores is none either, when it says so with forget(). A page that was
// closed is made anew from its state. UI thread only.
//
//     auto* undo = new PagesUndo(*tabs, bench.undo(), [&](QWidget* p) { return stateOf(p); },
//                                [&](const QVariantMap& state) { return openPage(state); });
//     restorePages(state); undo->forget();

#include <QMap>
#include <QObject>
#include <QTimer>
#include <QVariantMap>
#include <functional>

#include "desktop/window/split_tabs.hpp"

class QUndoStack;

namespace latent::desktop {

class PagesUndo : public QObject {
    Q_OBJECT
  public:
    using Save = std::function<QVariantMap(QWidget*)>;
    /// Null: that page cannot be opened any more. It may be one that is open already.
    using Open = std::function<QWidget*(const QVariantMap&)>;
    PagesUndo(SplitTabs& tabs, QUndoStack& stack, Save save, Open open);

    /// Begins from what the tabs are now.
    void forget();

    /// Pages by number, which stays with a page also when it is closed and opened again.
    using Places = QList<QList<int>>;
    struct Closed {
        QVariantMap state;
        QString title;
    };
    /// Puts pages where they were without making an edit of it; opens those of `closed` that are not there.
    void apply(const Places& places, const QMap<int, Closed>& closed);
    /// Closes pages without making an edit of it.
    void close(const QList<int>& numbers);

  private:
    void look();
    Places places();
    int numberOf(QWidget* page);
    QWidget* pageOf(int number) const;

    SplitTabs& m_tabs;
    QUndoStack& m_stack;
    Save m_save;
    Open m_open;
    QTimer m_soon;
    Places m_places;
    QMap<int, Closed> m_closed;  ///< since the last look
    int m_next = 1;
    bool m_isApplying = false;
};

}  // namespace latent::desktop
