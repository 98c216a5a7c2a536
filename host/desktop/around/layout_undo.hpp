// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Makes what a person does to the docks of a window something that can be undone: moved, stacked, floated, hidden, shown, reset.
//
// It looks when a dock says that it has changed and compares where docks are, not how large: a window that is resized is no
// edit. What the program itself restores is not one either, when it says so with forget(). UI thread only.
//
//     auto* undo = new LayoutUndo(window, bench.undo(), kLayoutVersion);
//     window->restoreState(…); undo->forget();

#include <QByteArray>
#include <QObject>
#include <QStringList>
#include <QTimer>

class QMainWindow;
class QUndoStack;

namespace latent::desktop {

class LayoutUndo : public QObject {
    Q_OBJECT
  public:
    LayoutUndo(QMainWindow* window, QUndoStack& stack, int version);
    /// Begins from what the window is now.
    void forget();
    /// Puts a layout on the screen without making an edit of it.
    void apply(const QByteArray& layout);

  private:
    void look();
    QStringList places() const;
    QMainWindow* m_window;
    QUndoStack& m_stack;
    int m_version;
    QTimer m_soon;
    QStringList m_places;
    QByteArray m_layout;
};

}  // namespace latent::desktop
